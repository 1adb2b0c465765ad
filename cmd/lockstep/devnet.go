package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/settings"
)

// devnetFlags is a command line of lockstep devnet.
type devnetFlags struct {
	dir    folder
	fresh  bool
	shape  devnet.Shape
	opaque []uint
	op     chainFlags
	rpc    address
	level  level
	config string
	asJSON bool
	// processes makes each validator a process of its own, restart starts one again that has ended.
	processes, restart bool
}

func newDevnet() *cobra.Command {
	f := devnetFlags{dir: "./devnet-data", rpc: "127.0.0.1:8545", level: level{slog.LevelWarn}}
	cmd := &cobra.Command{
		Use:   "devnet",
		Short: "Run a whole network on this machine: validators, and EVM rollups in one zone",
		Long: "Runs validators in one process, each with its own keys, home folder and executor, meshed over loopback,\n" +
			"and EVM rollups, 901, 902 and so on, in zone 1. Deploys the contracts for messages, tokens, swaps and intents where they\n" +
			"are missing. Prints how to reach all of it, then \"ready\".\n\n" +
			"Ctrl-C (SIGINT) or SIGTERM stops it, with exit code 0. The next start with the same --dir continues the same\n" +
			"chains, of the same shape; --fresh throws them away. A folder that is in use, of another version or not a devnet's is refused and\n" +
			"left as it is. Settings of the validators come from --config, LOCKSTEP_… and flags, see docs/reference/config.md.\n" +
			"With --processes each validator is a process with a gateway of its own, on ports counted up from --rpc, and its log in its\n" +
			"folder; what happens to a process is said on standard error, and --restart starts it again. Log lines go to standard error; a healthy devnet has none at the default level.",
		Example: "  lockstep devnet\n  lockstep devnet --dir /tmp/net --rpc 127.0.0.1:9545 --fresh --validators 7 --rollups 4",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.Var(&f.dir, "dir", "folder of keys, log and chains; made when missing, continued when it is a devnet's")
	flags.BoolVar(&f.fresh, "fresh", false, "throw the chains in the folder away and begin anew")
	flags.IntVar(&f.shape.Validators, "validators", 0, "how many validators, 4 to 16; 0 is the folder's number, 4 for a new one")
	flags.IntVar(&f.shape.Rollups, "rollups", 0, "how many EVM rollups, 2 to 16; 0 is the folder's number, 2 for a new one")
	flags.UintSliceVar(&f.opaque, "opaque", nil, "`IDS` of rollups of kind opaque that a new network gets besides, separated by commas")
	flags.Var(&f.op, "opstack", "chain `IDS` of chains of the OP Stack that a new network gets besides, separated by commas; their operator is the last development account but one. ID=URL says where the chain's execution client is, so that the gateway serves the chain")
	flags.Var(&f.rpc, "rpc", "address the gateway listens on; port 0 is any free one")
	flags.Var(&f.level, "log-level", "least level of log lines: debug, info, warn or error")
	flags.StringVar(&f.config, "config", "", "TOML `FILE` with settings for every validator; `lockstep config show` prints one")
	settings.Register(flags, chosenByDevnet)
	flags.BoolVar(&f.processes, "processes", false, "run each validator as a process of its own, in the folder named --dir with -processes behind it")
	flags.BoolVar(&f.restart, "restart", false, "with --processes: start a process again that has ended")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object instead of the table, once the network is ready")
	return cmd
}

func (f *devnetFlags) run(cmd *cobra.Command) error {
	if f.processes || f.restart {
		return f.runProcesses(cmd)
	}
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	configure, err := devnetSettings(cmd, f.config)
	if err != nil {
		return err
	}
	log := newDevnetLog(cmd.ErrOrStderr(), f.level.Level, ctx.Done())
	d, err := devnet.New(devnet.Options{
		Dir: string(f.dir), Fresh: f.fresh, Shape: f.shape, Opaque: rollupIDs(f.opaque), OPStack: f.op.ids(), RPC: string(f.rpc), Version: version, Logger: slog.New(log),
		Configure: f.op.configure(configure),
	})
	if err != nil {
		log.down()
		if errors.Is(err, devnet.ErrShape) {
			return usageError{err}
		}
		return err
	}
	slow := time.AfterFunc(patience, log.down)
	defer slow.Stop()
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.Run(groupCtx) })
	group.Go(func() error {
		select {
		case <-groupCtx.Done():
			return nil
		case <-d.Ready():
			log.up()
			info := devnetInfo{Info: d.Info()}
			if info.Contracts, err = deployOnDevnet(groupCtx, info.RPC, d.Genesis()); err != nil && groupCtx.Err() == nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning: no contracts for messages, tokens, swaps and intents:", err)
				fmt.Fprintf(cmd.ErrOrStderr(), "the network runs; try again with: lockstep contracts deploy --dev-account --rpc %s\n", info.RPC)
			}
			return announce(out, info, f.asJSON)
		}
	})
	if err := group.Wait(); err != nil {
		log.down()
		return err
	}
	if f.asJSON {
		return nil
	}
	_, err = fmt.Fprintf(out, "\nstopped; the chains are kept in %s\n", f.dir)
	return err
}

// devnetInfo is what a user needs to know, with the addresses of the contracts if they are there.
type devnetInfo struct {
	devnet.Info
	Contracts *deployment.Addresses `json:"contracts,omitempty"`
}

// deployTimeout is how long a devnet may take to execute the contracts before it goes on without them.
const deployTimeout = time.Minute

// deployOnDevnet puts the contracts on the devnet's rollups, as any user of its gateway could.
func deployOnDevnet(ctx context.Context, rpc string, genesis *core.Genesis) (*deployment.Addresses, error) {
	ctx, stop := context.WithTimeout(ctx, deployTimeout)
	defer stop()
	c, err := client.Dial(ctx, rpc)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	zone := genesis.Zones[0].Rollups
	if _, err := deployContracts(ctx, c, deployJob{zone, deployer(), io.Discard}); err != nil {
		return nil, err
	}
	addresses := deployment.Of(zone)
	return &addresses, nil
}

func rollupIDs(numbers []uint) (ids []core.RollupID) {
	for _, n := range numbers {
		ids = append(ids, core.RollupID(n))
	}
	return ids
}

// announce prints what a user needs to begin, and "ready".
func announce(w io.Writer, info devnetInfo, asJSON bool) error {
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
	if info.Contracts != nil {
		line("CONTRACT\tADDRESS ON EVERY ROLLUP")
		for _, row := range contractRows(*info.Contracts) {
			line("%s\t%s", row[0], row[1])
		}
		line("")
	}
	line("ACCOUNT (10,000 ETH on every rollup)\tPRIVATE KEY")
	for _, a := range info.Accounts {
		line("%s\t%s", a.Address.Hex(), a.PrivateKey)
	}
	line("")
	line("!! THESE KEYS ARE PUBLIC: everybody knows the mnemonic \"%s\".", info.Mnemonic)
	line("!! Never send anything of value to these accounts on any public chain.")
	line("")
	line("try:  %s", tryLine(info))
	line("or, in another terminal:  %s", demoLine(info))
	line("")
	line("ready")
	return t.Flush()
}

// tryLine is a shell command that asks the gateway something.
func tryLine(info devnetInfo) string {
	return fmt.Sprintf(`curl -s -H 'content-type: application/json' %s -d '{"jsonrpc":"2.0","id":1,"method":"lockstep_status"}'`, info.RPC)
}

// demoLine is the command that plays the demo on this network.
func demoLine(info devnetInfo) string {
	if info.RPC == demoRPC {
		return "make demo"
	}
	return fmt.Sprintf(`make demo ARGS="--rpc %s"`, info.RPC)
}
