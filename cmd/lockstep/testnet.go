package main

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/node/testnet"
)

func newTestnet() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "testnet",
		Short: "Make networks whose nodes are processes of their own",
		Args:  onlyCommands,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTestnetInit())
	return cmd
}

// testnetFlags is a command line of lockstep testnet init.
type testnetFlags struct {
	options     testnet.Options
	fund        []string
	fees        string
	devAccounts bool
	asJSON      bool
}

func newTestnetInit() *cobra.Command {
	f := testnetFlags{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a network: a home folder with keys, genesis and settings for each node",
		Long: "Writes a new folder with a home for each node, which `lockstep node --home` runs, and for nodes on one machine a\n" +
			"script that starts them all. Copy each home to its machine and nowhere else: a validator's holds its keys.\n\n" +
			"Followers check and serve everything and have no vote; gateways stand alone in front of the followers, or of the\n" +
			"validators where there are none. docs/operations.md says when to use which.\n\n" +
			"With --password-file the Ethereum keys are encrypted; the nodes read the password from a file of the same name on their\n" +
			"machine. Accounts get 10,000 ETH on every rollup: name yours with --fund.",
		Example: "  lockstep testnet init --output net --dev-accounts\n  lockstep testnet init --output net --validators 4 --hosts v0.example,v1.example,v2.example,v3.example --fund 0x…",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.options.Output, "output", "", "new `FOLDER` for the network")
	flags.IntVar(&f.options.Shape.Validators, "validators", 4, "how many validators, 4 to 16")
	flags.IntVar(&f.options.Shape.Rollups, "rollups", 2, "how many EVM rollups, 2 to 16")
	flags.IntVar(&f.options.Followers, "followers", 0, "how many followers, 0 to 64")
	flags.IntVar(&f.options.Gateways, "gateways", 0, "how many gateways alone, 0 to 64")
	flags.StringSliceVar(&f.options.Hosts, "hosts", nil, "host `NAMES` or addresses of validators, followers and gateways, separated by commas; none: all on this machine")
	flags.Uint16Var(&f.options.P2PPort, "p2p-port", 26656, "port for the other nodes; on one machine the first of as many")
	flags.Uint16Var(&f.options.RPCPort, "rpc-port", 8545, "port of the gateways; on one machine the first of as many")
	flags.StringSliceVar(&f.fund, "fund", nil, "`ADDRESSES` that get 10,000 ETH on every rollup")
	flags.StringVar(&f.fees, "fee-recipient", common.Address{}.Hex(), "`ADDRESS` that gets the rollups' fees; the zero address burns them")
	flags.BoolVar(&f.devAccounts, "dev-accounts", false, "fund the devnet's accounts too; everybody knows their keys")
	flags.StringVar(&f.options.PasswordFile, "password-file", "", "`FILE` whose first line encrypts the Ethereum keys; none: they are in the plain")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	return cmd
}

func (f *testnetFlags) run(cmd *cobra.Command) error {
	if f.options.Output == "" {
		return usageError{errors.New("--output is missing: a new folder for the network")}
	}
	for _, text := range f.fund {
		if !common.IsHexAddress(text) {
			return usageError{fmt.Errorf("--fund %q: want 0x and 40 hex digits", text)}
		}
		f.options.Funded = append(f.options.Funded, common.HexToAddress(text))
	}
	if !common.IsHexAddress(f.fees) {
		return usageError{fmt.Errorf("--fee-recipient %q: want 0x and 40 hex digits", f.fees)}
	}
	f.options.FeeRecipient = common.HexToAddress(f.fees)
	if f.devAccounts {
		for _, a := range devnet.Accounts() {
			f.options.Funded = append(f.options.Funded, a.Address)
		}
	}
	if f.options.PasswordFile != "" {
		var err error
		if f.options.Password, err = keys.Password(f.options.PasswordFile); err != nil {
			return err
		}
		f.options.Progress = func(done, all int) { fmt.Fprintf(cmd.ErrOrStderr(), "folders of %d of %d nodes\n", done, all) }
	}
	genesis, err := testnet.Init(f.options)
	if errors.Is(err, testnet.ErrOptions) || errors.Is(err, devnet.ErrShape) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), map[string]any{"networkId": genesis.NetworkID(), "output": f.options.Output, "validators": len(genesis.Validators), "followers": f.options.Followers, "gateways": f.options.Gateways})
	}
	next := "copy each node's folder to its machine, and run there: lockstep node --home FOLDER"
	if len(f.options.Hosts) == 0 {
		next = fmt.Sprintf("start it:  LOCKSTEP=$PWD/bin/lockstep %s/start.sh", f.options.Output)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "network %s with %d validators, %d followers, %d gateways and %d rollups in %s\n%s\n", genesis.NetworkID(), len(genesis.Validators), f.options.Followers, f.options.Gateways, len(genesis.Rollups), f.options.Output, next)
	return err
}
