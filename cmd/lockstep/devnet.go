package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/node/devnet"
)

func newDevnet() *cobra.Command {
	var (
		options  devnet.Options
		logLevel string
		asJSON   bool
	)
	cmd := &cobra.Command{
		Use:   "devnet",
		Short: "Run a whole network on this machine: four validators and two EVM rollups in one zone",
		Long: "Runs four validators in one process, each with its own keys, home folder and executor, meshed over loopback,\n" +
			"and two EVM rollups, 901 and 902, in zone 1. Stop it with Ctrl-C; the same --dir continues the same chains.",
		Example: "  lockstep devnet\n  lockstep devnet --dir /tmp/net --rpc 127.0.0.1:9545 --fresh",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			logger, err := newLogger(logLevel)
			if err != nil {
				return err
			}
			options.Logger, options.Version = logger, version
			d, err := devnet.New(options)
			if err != nil {
				return err
			}
			group, ctx := errgroup.WithContext(cmd.Context())
			group.Go(func() error { return d.Run(ctx) })
			group.Go(func() error {
				select {
				case <-ctx.Done():
					return nil
				case <-d.Ready():
					return announce(cmd.OutOrStdout(), d.Info(), asJSON)
				}
			})
			return group.Wait()
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.Dir, "dir", "./devnet-data", "folder of keys, log and chains; created when missing, continued when it is a devnet's")
	flags.BoolVar(&options.Fresh, "fresh", false, "throw the folder's chains away and begin anew")
	flags.StringVar(&options.RPC, "rpc", "127.0.0.1:8545", "address the gateway listens on, HOST:PORT (port 0: any free one)")
	flags.StringVar(&logLevel, "log-level", "warn", "least level of log lines on standard error: debug, info, warn or error")
	flags.BoolVar(&asJSON, "json", false, "print the table as one JSON object")
	return cmd
}

// announce prints what a user needs to begin, and "ready".
func announce(w io.Writer, info devnet.Info, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(info)
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	line := func(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }
	line("Lockstep devnet: %d validators, network %s", info.Validators, info.NetworkID)
	line("")
	line("gateway\t%s", info.RPC)
	line("folder\t%s", info.Dir)
	line("")
	line("ROLLUP\tCHAIN ID\tZONE\tJSON-RPC (HTTP)\tWEBSOCKET")
	for _, r := range info.Rollups {
		line("%s\t%s\t%s\t%s\t%s", r.Name, r.ChainID, r.Zone, r.HTTP, r.WebSocket)
	}
	line("")
	line("ACCOUNT (10,000 ETH on every rollup)\tPRIVATE KEY")
	for _, a := range info.Accounts {
		line("%s\t%s", a.Address.Hex(), a.PrivateKey)
	}
	line("")
	line("!! THESE KEYS ARE PUBLIC: everybody knows the mnemonic \"%s\".", info.Mnemonic)
	line("!! Never send anything of value to these accounts on any public chain.")
	line("")
	line("try:  curl -s -H 'content-type: application/json' %s -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"lockstep_status\",\"params\":[]}'", info.RPC)
	line("      make demo    (in another terminal: a bundle across both rollups)")
	line("")
	line("ready")
	return t.Flush()
}
