package comet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	cmtabci "github.com/cometbft/cometbft/abci/types"
	cmtnode "github.com/cometbft/cometbft/node"
	cmtp2p "github.com/cometbft/cometbft/p2p"
	cmtproxy "github.com/cometbft/cometbft/proxy"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Node is one validator's engine with the ordering machine in it.
type Node struct {
	cfg     Config
	deps    Deps
	log     *slog.Logger
	app     *App
	genesis *cmttypes.GenesisDoc
	signer  cmttypes.PrivValidator
	key     *cmtp2p.NodeKey

	mu sync.Mutex
	// reserved holds the listening port until the engine takes it; nil from then on, and once the node is closed.
	reserved net.Listener
	used     bool

	absent  absence
	delays  *delays
	holders *holders
	fs      vfs.FS     // where the engine's database lies; nil is the operating system's files
	dbs     *databases // nil until the engine opens the first
	failed  chan error // capacity 1: the first reason wins, later ones are dropped
	sink    *engineSink
	engine  atomic.Pointer[cmtnode.Node] // set while it runs
	// closeWAL is set once the engine has a write-ahead log.
	closeWAL func()
}

// New checks the configuration, reads the keys (see GenerateKeys) and takes the listening port; it starts nothing.
// A node that is not run must be closed.
func New(cfg Config, deps Deps) (*Node, error) {
	if err := errors.Join(cfg.Validate(), deps.validate()); err != nil {
		return nil, err
	}
	cfg.Peers = slices.Clone(cfg.Peers) // AddPeers must not write into the caller's
	n := &Node{cfg: cfg, deps: deps, log: deps.Logger.With("stage", "ordering"), app: newApp(cfg, deps), delays: newDelays(), failed: make(chan error, 1)}
	n.app.timeouts.delays = n.delays.list
	var err error
	if n.genesis, err = engineGenesis(deps.Genesis); err != nil {
		return nil, err
	}
	if n.signer, err = signerOf(cfg); err != nil {
		return nil, err
	}
	if n.key, err = loadNodeKey(cfg.Home); err != nil {
		return nil, err
	}
	n.holders = newHolders(string(n.key.ID()), deps)
	if n.reserved, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, fmt.Errorf("ordering: listen for validators: %w", err)
	}
	n.cfg.Listen = n.reserved.Addr().String()
	return n, nil
}

// signerOf is what signs the node's votes; nil for a remote signer.
func signerOf(cfg Config) (cmttypes.PrivValidator, error) {
	if cfg.Follow {
		return newFollower(), nil
	}
	if cfg.Signer != "" {
		return nil, nil //nolint:nilnil // it comes with the signer, see awaitSigner
	}
	return openVoter(cfg.Home)
}

// P2PAddr is nodeid@host:port, as the other validators name this node in their Peers. With Listen at port 0 it has the
// port that the kernel chose.
func (n *Node) P2PAddr() string { return string(n.key.ID()) + "@" + n.cfg.Listen }

// AddPeers adds to Config.Peers, for networks whose ports are known only after New. It must not be called after Run.
func (n *Node) AddPeers(peers ...string) error {
	for _, peer := range peers {
		if err := checkPeer(peer); err != nil {
			return fmt.Errorf("%w: peer: %w", ErrConfig, err)
		}
		if peer != n.P2PAddr() {
			n.cfg.Peers = append(n.cfg.Peers, peer)
		}
	}
	return nil
}

// Joined is closed at the first proposal that this node makes or votes on.
func (n *Node) Joined() <-chan struct{} { return n.app.joined }

// Close gives the port of a node back that is not going to be run. It is idempotent and harmless after Run.
func (n *Node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.reserved == nil {
		return nil
	}
	err := n.reserved.Close()
	n.reserved = nil
	return err
}

// Run replays what the machine has not seen, joins the network and orders until ctx ends (nil) or the node halts
// (ErrHalted with the reason). It may be called once. Of the engine three idle goroutines stay behind for good and its
// pauses before the next dialing for some seconds, because it gives nobody a handle on them; they touch nothing.
func (n *Node) Run(ctx context.Context) error { return n.run(ctx, n.app) }

func (n *Node) run(ctx context.Context, app cmtabci.Application) (err error) {
	if err := n.claim(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := n.awaitGenesis(ctx); err != nil {
		return nil // ctx ended before the network began
	}
	n.sink = &engineSink{failed: n.fail}
	done, err := n.awaitSigner(ctx)
	if err != nil {
		return err
	}
	defer done()
	if n.signer == nil {
		return nil // ctx ended before the signer came
	}
	defer n.closeDBs()
	engine, err := n.open(ctx, app)
	switch {
	case n.isHalted():
		return fmt.Errorf("%w: start: %w", ErrHalted, n.app.cause) // the engine keeps its text only
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil:
		return n.startFailure(err)
	}
	if err := n.start(engine); err != nil {
		return n.startFailure(errors.Join(err, n.abandon(engine)))
	}
	n.log.Info("ordering started", "height", n.deps.Machine.Height(), "peer", n.P2PAddr())
	n.engine.Store(engine)
	dialing, hangUp := context.WithCancel(ctx)
	dials := n.keepPeers(dialing, engine)
	reason := n.watch(ctx)
	hangUp()
	n.engine.Store(nil)
	err = n.stop(engine)
	dials.Wait()
	if n.isHalted() {
		reason = n.app.cause // also when it came while stopping
	}
	if reason != nil {
		n.log.Error("ordering halted", "height", n.deps.Machine.Height(), "err", reason)
		return errors.Join(fmt.Errorf("%w: %w", ErrHalted, reason), err)
	}
	n.log.Info("ordering stopped", "height", n.deps.Machine.Height())
	return err
}

// claim makes sure that a node is run once.
func (n *Node) claim() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.used || n.reserved == nil {
		return ErrUsed
	}
	n.used = true
	return nil
}

// awaitGenesis waits until the network's first moment; the engine would do so without listening to ctx.
func (n *Node) awaitGenesis(ctx context.Context) error {
	timer := time.NewTimer(time.Until(n.genesis.GenesisTime))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watch returns the reason of a halt, or nil when ctx ends.
func (n *Node) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-n.app.halted:
		return n.app.cause
	case err := <-n.failed:
		return err // or the echo of the cause, which run prefers
	}
}

func (n *Node) isHalted() bool {
	select {
	case <-n.app.halted:
		return true
	default:
		return false
	}
}

// open builds the engine, which replays decided blocks into the machine. The engine panics on a state that does not
// fit its blocks; that is an error here.
func (n *Node) open(ctx context.Context, app cmtabci.Application) (engine *cmtnode.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	cfg, err := engineConfig(n.cfg)
	if err != nil {
		return nil, err
	}
	n.app.timeouts.begin(n.cfg.Peers, cfg.Consensus)
	return cmtnode.NewNodeWithContext(ctx, cfg, n.signer, n.key,
		cmtproxy.NewConnSyncLocalClientCreator(app), // a lock per connection: gossip does not wait for consensus
		func() (*cmttypes.GenesisDoc, error) { return n.genesis, nil },
		n.openDB, cmtnode.DefaultMetricsProvider(cfg.Instrumentation),
		&engineLogger{log: n.log, module: "engine", sink: n.sink},
		cmtnode.CustomReactors(map[string]cmtp2p.Reactor{"DELAYS": n.delays, "HOLDERS": n.holders}))
}

func (n *Node) fail(reason error) {
	select {
	case n.failed <- reason:
	default:
	}
}

// start hands the port over and starts the engine; its panics (a damaged write-ahead log) are errors here.
func (n *Node) start(engine *cmtnode.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	// The engine prefers the genesis that it stored at its first start.
	if got := engine.GenesisDoc().ChainID; got != n.genesis.ChainID {
		return fmt.Errorf("%w: %s in %s, want %s", ErrForeign, got, n.cfg.Home, n.genesis.ChainID)
	}
	if err := n.withoutBlockSync(engine); err != nil {
		return err
	}
	speech := newPush(func(height uint64) int { return len(n.deps.Machine.Signers(height)) })
	if err := withPush(engine, speech); err != nil {
		return err
	}
	if err := withoutEvents(engine); err != nil {
		return err
	}
	if n.closeWAL, err = withWAL(engine, engine.Config().Consensus.WalFile(), speech.say); err != nil {
		return err
	}
	n.app.commits = engine.BlockStore()
	if err := n.Close(); err != nil {
		return fmt.Errorf("release port: %w", err)
	}
	if err := engine.Start(); err != nil {
		return err
	}
	return beginConsensus(engine)
}

// abandon ends an engine that failed to start.
func (n *Node) abandon(engine *cmtnode.Node) error {
	if engine.IsRunning() {
		return n.stop(engine)
	}
	if n.closeWAL != nil {
		n.closeWAL()
	}
	return errors.Join(engine.ProxyApp().Stop(), engine.EventBus().Stop())
}

// stop ends the engine and waits for its consensus loop; the tick being decided is finished or left to the next start.
func (n *Node) stop(engine *cmtnode.Node) error {
	n.sink.stopping.Store(true)
	close(n.app.stopping)
	if err := engine.Stop(); err != nil {
		return fmt.Errorf("ordering: stop: %w", err)
	}
	engine.Wait()
	if err := engine.ProxyApp().Stop(); err != nil {
		return fmt.Errorf("ordering: stop: %w", err)
	}
	return nil
}
