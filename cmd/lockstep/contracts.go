package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/keys"
)

func newContracts() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contracts",
		Short: "Put the contracts for messages, tokens, swaps and intents on the rollups of a zone, or show where they are",
		Long: "The contracts have the same addresses on all rollups of a zone, whoever deploys them: the deterministic CREATE2 factory\n" +
			"creates them. docs/guides/contracts.md says what they do. A devnet deploys them itself when it starts.",
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newContractsDeploy(), newContractsAddresses())
	return cmd
}

// contractsFlags is a command line of lockstep contracts.
type contractsFlags struct {
	query
	zone          uint32
	key, password string
	devAccount    bool
}

func (f *contractsFlags) registerZone(cmd *cobra.Command) {
	f.register(cmd)
	cmd.Flags().Uint32Var(&f.zone, "zone", 0, "`ID` of the zone; 0 is the only one")
}

func newContractsDeploy() *cobra.Command {
	var f contractsFlags
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Deploy what is missing on the rollups of a zone",
		Long: "Creates the contracts that are missing on each rollup of a zone, waits until they are executed, and prints their addresses.\n" +
			"What is there is left alone, so a second run sends nothing, and one that was interrupted is simply repeated. The account of\n" +
			"the key pays on every rollup, about 8 million gas on each.",
		Example: "  lockstep contracts deploy --dev-account\n  lockstep contracts deploy --rpc http://127.0.0.1:9545 --key deployer.json --password-file password",
		Args:    noArgs,
		RunE:    f.deploy,
	}
	f.registerZone(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.key, "key", "", "`FILE` with the key of the account that pays, as `lockstep keys new` writes it, or 64 hex digits")
	flags.StringVar(&f.password, "password-file", "", "`FILE` with the password of an encrypted key in its first line")
	flags.BoolVar(&f.devAccount, "dev-account", false, "pay from the devnet's account whose key everybody knows; of a devnet, or of testnet init --dev-accounts")
	return cmd
}

func newContractsAddresses() *cobra.Command {
	var f contractsFlags
	cmd := &cobra.Command{
		Use:     "addresses",
		Short:   "Show where the contracts are, and on which rollups of a zone they are missing",
		Example: "  lockstep contracts addresses\n  lockstep contracts addresses --rpc http://127.0.0.1:9545 --json",
		Args:    noArgs,
		RunE:    f.addresses,
	}
	f.registerZone(cmd)
	return cmd
}

// contractsView is what is printed about the contracts of a zone.
type contractsView struct {
	Zone      core.ZoneID          `json:"zone"`
	Contracts deployment.Addresses `json:"contracts"`
	Rollups   []contractsOf        `json:"rollups"`
}

// contractsOf is what is on one rollup.
type contractsOf struct {
	ChainID core.RollupID `json:"chainId"`
	// Deployed are the contracts that were created now, and Missing those that are not there.
	Deployed []string `json:"deployed"`
	Missing  []string `json:"missing"`
}

func (f *contractsFlags) deploy(cmd *cobra.Command, _ []string) error {
	if (f.key == "") == !f.devAccount {
		return usageError{errors.New("name the account that pays: want either --key FILE or --dev-account")}
	}
	key := deployer()
	if f.key != "" {
		var err error
		if key, err = keys.Load(f.key, f.password); err != nil {
			return err
		}
	}
	return f.about(cmd, func(ctx context.Context, c *client.Client, zone []core.RollupID) ([]contractsOf, error) {
		progress := cmd.OutOrStdout()
		if f.asJSON {
			progress = io.Discard
		}
		return deployContracts(ctx, c, deployJob{zone, key, progress})
	})
}

func (f *contractsFlags) addresses(cmd *cobra.Command, _ []string) error {
	return f.about(cmd, func(ctx context.Context, c *client.Client, zone []core.RollupID) ([]contractsOf, error) {
		return eachRollup(ctx, c, zone, func(ctx context.Context, chain deployment.Chain, rollup core.RollupID) (contractsOf, error) {
			missing, err := deployment.Missing(ctx, chain, zone)
			return contractsOf{ChainID: rollup, Deployed: []string{}, Missing: names(missing)}, err
		})
	})
}

// about does something for a zone and prints where its contracts are.
func (f *contractsFlags) about(cmd *cobra.Command, do func(context.Context, *client.Client, []core.RollupID) ([]contractsOf, error)) error {
	c, err := f.dial(cmd.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	network, err := c.Network(cmd.Context())
	if err != nil {
		return f.explain(err)
	}
	id, zone, err := zoneOf(network, core.ZoneID(f.zone))
	if err != nil {
		return err
	}
	rollups, err := do(cmd.Context(), c, zone)
	if err != nil {
		return f.explain(err)
	}
	view := contractsView{id, deployment.Of(zone), rollups}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), view)
	}
	return view.print(cmd.OutOrStdout())
}

// zoneOf are the rollups of a zone; 0 stands for the only one.
func zoneOf(network *client.Network, id core.ZoneID) (core.ZoneID, []core.RollupID, error) {
	var ids []core.ZoneID
	for _, z := range network.Zones {
		ids = append(ids, z.ID)
	}
	if id == 0 && len(ids) == 1 {
		id = ids[0]
	}
	if !slices.Contains(ids, id) {
		return 0, nil, usageError{fmt.Errorf("--zone %s: the network's zones are %v", id, ids)}
	}
	var rollups []core.RollupID
	for _, r := range network.Rollups {
		if r.Zone == id && r.Kind == core.KindEVM {
			rollups = append(rollups, r.ID)
		}
	}
	return id, rollups, nil
}

// deployJob is what is deployed where, by whom; progress gets a line per rollup.
type deployJob struct {
	zone     []core.RollupID
	key      *ecdsa.PrivateKey
	progress io.Writer
}

// deployContracts puts what is missing on all rollups of a zone and says what that was.
func deployContracts(ctx context.Context, c *client.Client, job deployJob) ([]contractsOf, error) {
	var printing sync.Mutex
	return eachRollup(ctx, c, job.zone, func(ctx context.Context, chain deployment.Chain, rollup core.RollupID) (contractsOf, error) {
		done := contractsOf{ChainID: rollup, Missing: []string{}}
		missing, err := deployment.Missing(ctx, chain, job.zone)
		if err != nil {
			return done, err
		}
		if _, err := deployment.Deploy(ctx, chain, rollup, job.zone, job.key); err != nil {
			return done, err
		}
		done.Deployed = names(missing)
		printing.Lock()
		defer printing.Unlock()
		_, err = fmt.Fprintf(job.progress, "rollup %s: %s\n", rollup, done)
		return done, err
	})
}

// eachRollup does something with all rollups at once, and gives the results in their order.
func eachRollup(ctx context.Context, c *client.Client, zone []core.RollupID, do func(context.Context, deployment.Chain, core.RollupID) (contractsOf, error)) ([]contractsOf, error) {
	results := make([]contractsOf, len(zone))
	group, ctx := errgroup.WithContext(ctx)
	for i, rollup := range zone {
		group.Go(func() error {
			eth, err := c.Rollup(ctx, rollup)
			if err != nil {
				return err
			}
			defer eth.Close()
			if results[i], err = do(ctx, eth, rollup); err != nil {
				return fmt.Errorf("rollup %s: %w", rollup, err)
			}
			return nil
		})
	}
	return results, group.Wait()
}

// deployer is the development account that deploys the contracts of a devnet. Those who try the network out use others.
func deployer() *ecdsa.PrivateKey {
	accounts := devnet.Accounts()
	return accounts[len(accounts)-3].Key
}

func names(contracts []deployment.Contract) []string {
	names := make([]string, len(contracts))
	for i, c := range contracts {
		names[i] = c.Name
	}
	return names
}

func (c contractsOf) String() string {
	switch {
	case len(c.Missing) > 0:
		return "missing: " + strings.Join(c.Missing, ", ")
	case len(c.Deployed) > 0:
		return "deployed " + strings.Join(c.Deployed, ", ")
	}
	return "all there"
}

func (v contractsView) print(w io.Writer) error {
	rows := append([][]string{{"CONTRACT", "ADDRESS ON EVERY ROLLUP OF ZONE " + v.Zone.String()}}, contractRows(v.Contracts)...)
	for _, r := range v.Rollups {
		if len(r.Missing) > 0 {
			rows = append(rows, []string{"on " + r.ChainID.String(), r.String()})
		}
	}
	return table(w, rows)
}

func contractRows(a deployment.Addresses) [][]string {
	return [][]string{
		{"Outbox", a.Outbox.Hex()}, {"Inbox", a.Inbox.Hex()}, {"TokenBridge", a.TokenBridge.Hex()}, {"Swap", a.Swap.Hex()},
		{"IntentSettler", a.IntentSettler.Hex()},
	}
}
