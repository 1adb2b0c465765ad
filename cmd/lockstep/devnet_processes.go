package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/settings"
	"github.com/lockstep-network/lockstep/node/supervise"
	"github.com/lockstep-network/lockstep/node/testnet"
)

// processNetwork is a devnet whose validators are processes.
type processNetwork struct {
	dir     string
	genesis *core.Genesis
	// gateways are the addresses of the validators' gateways.
	gateways []string
}

func (n *processNetwork) home(validator int) string {
	return filepath.Join(n.dir, fmt.Sprintf("validator-%d", validator))
}

// runProcesses runs the devnet with a process for each validator.
func (f *devnetFlags) runProcesses(cmd *cobra.Command) error {
	if !f.processes {
		return usageError{errors.New("--restart goes with --processes")}
	}
	if len(f.opaque) > 0 || len(f.op) > 0 || f.config != "" {
		return usageError{errors.New("--opaque, --opstack and --config are for a devnet in one process; with --processes each validator has its node.toml")}
	}
	network, err := f.openProcesses()
	if errors.Is(err, testnet.ErrOptions) || errors.Is(err, devnet.ErrShape) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	processes, err := f.processesOf(cmd, network)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...) }
	group, ctx := errgroup.WithContext(cmd.Context())
	group.Go(func() error {
		return supervise.Run(ctx, supervise.Options{
			Processes: processes, Restart: f.restart,
			Started: func(p supervise.Process, pid int) { say("%s: process %d, log %s", p.Name, pid, p.Log) },
			Ended: func(e supervise.Ended) {
				what := "it stays down"
				if e.Again >= 0 {
					what = "it is started again in " + e.Again.String()
				}
				say("%s: process %d has ended: %s; %s (log %s)", e.Process.Name, e.PID, e.Reason, what, e.Process.Log)
			},
		})
	})
	group.Go(func() error { return f.announceProcesses(ctx, cmd, network) })
	if err := group.Wait(); err != nil {
		return err
	}
	if !f.asJSON {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "\nstopped; the chains are kept in %s\n", network.dir)
	}
	return err
}

// openProcesses makes the network's homes at the first start.
func (f *devnetFlags) openProcesses() (*processNetwork, error) {
	n := &processNetwork{dir: filepath.Clean(string(f.dir)) + "-processes"}
	genesisFile := filepath.Join(n.dir, "validator-0", testnet.GenesisFile)
	if f.fresh {
		if _, err := os.Stat(genesisFile); err == nil { // it is what it is called, and may be thrown away
			if err := os.RemoveAll(n.dir); err != nil {
				return nil, err
			}
		}
	}
	text, err := os.ReadFile(genesisFile)
	if errors.Is(err, fs.ErrNotExist) {
		return n, f.initProcesses(n)
	}
	if err != nil {
		return nil, err
	}
	if n.genesis, err = core.ParseGenesis(text); err != nil {
		return nil, fmt.Errorf("%s: %w; start with --fresh to throw its chains away", genesisFile, err)
	}
	if has := len(n.genesis.Validators); f.shape.Validators != 0 && f.shape.Validators != has || f.shape.Rollups != 0 && f.shape.Rollups != len(n.genesis.Rollups) {
		return nil, fmt.Errorf("%w: the one in %s has %d validators and %d rollups; leave the numbers out, or throw its chains away with --fresh",
			devnet.ErrShape, n.dir, has, len(n.genesis.Rollups))
	}
	return n, f.findGateways(n)
}

// initProcesses writes a new network with development accounts.
func (f *devnetFlags) initProcesses(n *processNetwork) (err error) {
	count := f.shape.OrDefault().Validators
	first, err := freeRow(2 * count)
	if err != nil {
		return err
	}
	options := testnet.Options{Output: n.dir, Shape: f.shape, P2PPort: first, RPCPort: first + uint16(count)}
	for _, a := range devnet.Accounts() {
		options.Funded = append(options.Funded, a.Address)
	}
	if n.genesis, err = testnet.Init(options); err != nil {
		return err
	}
	return f.findGateways(n)
}

// findGateways counts the gateways' ports up from --rpc; for port 0 they are those that the first start has found free.
func (f *devnetFlags) findGateways(n *processNetwork) error {
	host, text, err := net.SplitHostPort(string(f.rpc))
	if err != nil {
		return err
	}
	first, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return err
	}
	for i := range n.genesis.Validators {
		address := net.JoinHostPort(host, strconv.FormatUint(first+uint64(i), 10))
		if first == 0 {
			e, err := settings.Load(settings.Defaults(""), settings.Sources{File: filepath.Join(n.home(i), testnet.SettingsFile)})
			if err != nil {
				return err
			}
			address = e.Config.Gateway.Listen
		}
		n.gateways = append(n.gateways, address)
	}
	return nil
}

// Rows of ports are looked for below those that kernels give to outgoing connections.
const firstRow, lastRow = 20000, 30000

// freeRow finds ports in a row that nobody listens on.
func freeRow(count int) (uint16, error) {
	for first := firstRow + os.Getpid()%(lastRow-firstRow); first+count < 32768; first += count {
		free := 0
		for ; free < count; free++ {
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+free)))
			if err != nil {
				break
			}
			if err := l.Close(); err != nil {
				return 0, err
			}
		}
		if free == count {
			return uint16(first), nil
		}
	}
	return 0, errors.New("no free ports in a row")
}

// processesOf are the validators' command lines, with the settings of this one.
func (f *devnetFlags) processesOf(cmd *cobra.Command, n *processNetwork) ([]supervise.Process, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var chosen []string
	all := settings.List()
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if slices.ContainsFunc(all, func(s settings.Setting) bool { return s.Path == flag.Name }) {
			chosen = append(chosen, "--"+flag.Name+"="+flag.Value.String())
		}
	})
	var processes []supervise.Process
	for i, address := range n.gateways {
		home := n.home(i)
		args := append([]string{"node", "--home", home, "--log-level", f.level.String(), "--gateway.listen=" + address}, chosen...)
		processes = append(processes, supervise.Process{Name: fmt.Sprintf("validator %d", i), Binary: binary, Args: args, Log: filepath.Join(home, "node.log")})
	}
	return processes, nil
}

// announceProcesses waits until every validator executes, deploys the contracts and prints how to reach all of it.
func (f *devnetFlags) announceProcesses(ctx context.Context, cmd *cobra.Command, n *processNetwork) error {
	for _, address := range n.gateways {
		if err := awaitExecuting(ctx, "http://"+address); err != nil {
			return nil // ctx ended
		}
	}
	info := devnetInfo{Info: devnet.InfoOf(n.genesis, n.dir, n.gateways[0])}
	var err error
	if info.Contracts, err = deployOnDevnet(ctx, info.RPC, n.genesis); err != nil && ctx.Err() == nil {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning: no contracts for messages, tokens, swaps and intents:", err)
	}
	if ctx.Err() != nil {
		return nil
	}
	return announce(cmd.OutOrStdout(), info, f.asJSON)
}

// awaitExecuting waits until a gateway answers and its node has executed a tick; its error is ctx's.
func awaitExecuting(ctx context.Context, url string) error {
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		c, err := client.Dial(ctx, url)
		if err == nil {
			s, err := c.Network(ctx)
			c.Close()
			if err == nil && s.Zones[0].Executed != nil && *s.Zones[0].Executed > 0 {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
		}
	}
}
