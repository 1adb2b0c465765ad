package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
)

// childVariable makes the test binary a validator, described by the variable's JSON.
const childVariable = "LOCKSTEP_RECOVERY_VALIDATOR"

var (
	kills = flag.Int("kills", 5, "how often the kill test kills a validator, or all of them")
	long  = flag.Bool("long", false, "run also what takes minutes")
	seed  = flag.Uint64("seed", uint64(time.Now().UnixNano()), "seed of victims, moments and places of damage")
)

// child says what validator a process is.
type child struct {
	Index   int
	Home    string
	Genesis string
	Listen  string
	Peers   []string
	// RPC is the gateway's address, empty without one.
	RPC string
	// State is the address at which the process answers the harness.
	State string
	// Retain is node.Config.Retain.
	Retain uint64
	// RetainBlocks is the engine's.
	RetainBlocks uint64
	// Idle is the engine's pause before an empty tick; zero is the default's.
	Idle time.Duration
	// SnapshotEvery is node.Config.Snapshots.Every, if it is not zero.
	SnapshotEvery uint64
	// JoinFrom are the gateways that the node joins by.
	JoinFrom []string
	// Behind is node.Config.StateSync.Behind, if it is not zero.
	Behind uint64
	// Follow makes it a follower.
	Follow bool
}

func TestMain(m *testing.M) {
	description := os.Getenv(childVariable)
	if description == "" {
		os.Exit(m.Run())
	}
	var c child
	if err := errors.Join(json.Unmarshal([]byte(description), &c), c.serve()); err != nil {
		fmt.Fprintf(os.Stderr, "validator %d: %v\n", c.Index, err)
		os.Exit(1)
	}
}

// serve runs the validator until its standard input ends, which it also does when the harness is gone.
func (c *child) serve() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	b, err := os.ReadFile(c.Genesis)
	if err != nil {
		return err
	}
	genesis, err := core.ParseGenesis(b)
	if err != nil {
		return err
	}
	if err := node.KeepCrashReport(c.Home); err != nil {
		return err
	}
	for err = c.once(ctx, genesis, nil); errors.Is(err, node.ErrLeftBehind); {
		err = c.once(ctx, genesis, err)
	}
	return err
}

// once joins and runs the validator; cause is how it ended before.
func (c *child) once(ctx context.Context, genesis *core.Genesis, cause error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n, err := c.open(ctx, genesis, cause)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.State)
	if err != nil {
		return errors.Join(err, n.Close())
	}
	v := newView(n, genesis)
	server := &http.Server{Handler: v.handler(), ReadHeaderTimeout: time.Second}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { defer cancel(); return n.Run(ctx) })
	group.Go(func() error { v.followAppHash(ctx); return nil })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error { <-ctx.Done(); return server.Close() })
	return group.Wait()
}

func (c *child) open(ctx context.Context, genesis *core.Genesis, cause error) (*node.Node, error) {
	cfg := node.Default(c.Home)
	cfg.Version, cfg.EthereumKey = "test", node.EthereumKey(c.Home)
	if c.Follow {
		cfg.Role, cfg.EthereumKey = node.RoleFollower, ""
	}
	if c.SnapshotEvery != 0 {
		cfg.Snapshots.Every = c.SnapshotEvery
	}
	if c.Behind != 0 {
		cfg.StateSync.Behind = c.Behind
	}
	cfg.StateSync.Peers = c.JoinFrom
	cfg.Ordering.Listen, cfg.Ordering.Peers = c.Listen, c.Peers
	cfg.Ordering.RetainBlocks, cfg.Retain = c.RetainBlocks, c.Retain
	if c.Idle != 0 {
		cfg.Ordering.IdleInterval = c.Idle
	}
	level := slog.LevelError
	if len(c.JoinFrom) > 0 {
		level = slog.LevelInfo
	}
	cfg.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})).With("validator", c.Index)
	if _, err := node.Join(ctx, cfg, genesis, cause); err != nil {
		return nil, err
	}
	var listener net.Listener
	if c.RPC != "" {
		served := gateway.Default()
		cfg.Gateway = &served
		var err error
		if listener, err = gateway.Listen(c.RPC); err != nil {
			return nil, err
		}
	}
	n, err := node.New(cfg, genesis, listener)
	if err != nil && listener != nil {
		_ = listener.Close() // the node may have closed it already
	}
	return n, err
}
