package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
)

// Gateway serves clients. New and Mount build it, Run serves until its context ends.
type Gateway struct {
	door
	deps    Deps
	log     *slog.Logger
	network core.NetworkID

	listener *limitedListener
	server   *http.Server
	root     *mount
	rollups  map[core.RollupID]*mount
	sealed   map[core.RollupID]*mount

	waiters     *waiters
	feed        *feed
	attested    *attestations
	times       *levelTimes
	rewinds     *rewinds
	meters      *meters
	supervision *Supervision
	metrics     http.Handler
	simulations chan struct{}
	// subscriptions counts those of all WebSockets.
	subscriptions atomic.Int64
	wsBuffers     sync.Pool

	flashbotsLines flashbotsLines

	started   atomic.Bool
	websocket sync.WaitGroup
	// draining is closed when the shutdown begins: whoever waits answers with what is known.
	draining chan struct{}
}

// mount is one JSON-RPC endpoint.
type mount struct {
	// rollup is the rollup that is served, nil for the network's own methods.
	rollup *core.RollupID
	server *rpc.Server
	// chain serves a chain that others execute; nil for every other endpoint.
	chain Chain
	// client is the gateway's own way to ask the endpoint.
	client *rpc.Client
}

// New checks the configuration and builds a gateway. It starts nothing; the port is open afterwards, so Close must be
// called if Run is not.
func New(cfg Config, deps Deps) (*Gateway, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Genesis == nil || deps.Pool == nil || deps.Log == nil || deps.Index == nil || deps.Ledger == nil || deps.Checkpoints == nil || deps.Logger == nil {
		return nil, fmt.Errorf("%w: genesis, pool, log, index, ledger, checkpoints and logger are required", ErrWiring)
	}
	g := &Gateway{
		deps: deps, log: deps.Logger.With("stage", "gateway"), network: deps.Genesis.NetworkID(),
		rollups: make(map[core.RollupID]*mount), sealed: make(map[core.RollupID]*mount),
		waiters: newWaiters(cfg.MaxWaiters), feed: newFeed(cfg.FeedBacklog, cfg.FeedBytes), attested: newAttestations(),
		times: newLevelTimes(deps.served()), rewinds: new(rewinds),
		simulations: make(chan struct{}, cfg.MaxSimulations),
		draining:    make(chan struct{}),
	}
	if deps.Now == nil {
		g.deps.Now = time.Now
	}
	if deps.Metrics == nil {
		deps.Metrics = prometheus.NewRegistry()
	}
	var err error
	if g.door, err = newDoor(cfg, g.deps.Now, func(limit string) { g.meters.exceeded(limit) }); err != nil {
		return nil, err
	}
	g.flashbotsLines.init()
	g.meters = newMeters(deps.Metrics, g)
	g.metrics = promhttp.HandlerFor(deps.Metrics, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
	g.feed.now = g.deps.Now
	g.supervision = newSupervision(g.cfg, g.deps, g.attestedResult, g.draining)
	root := rpc.NewServer()
	if err := root.RegisterName("lockstep", &API{g}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWiring, err)
	}
	if err := root.RegisterName("rpc", discovery{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWiring, err)
	}
	g.root = g.newMount(root, nil)
	if g.listener, err = g.listen(deps.Listener); err != nil {
		return nil, err
	}
	g.server = &http.Server{
		Handler:           http.HandlerFunc(g.serveHTTP),
		ReadHeaderTimeout: cfg.ReadHeaderTimeout, ReadTimeout: cfg.ReadTimeout,
		WriteTimeout: cfg.WriteTimeout, IdleTimeout: cfg.IdleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       slog.NewLogLogger(g.log.Handler(), slog.LevelDebug),
	}
	if deps.Rollups != nil {
		// gRPC needs HTTP/2, and behind a proxy that ends TLS it comes without.
		g.server.Protocols = new(http.Protocols)
		g.server.Protocols.SetHTTP1(true)
		g.server.Protocols.SetUnencryptedHTTP2(true)
		g.server.RegisterOnShutdown(deps.Rollups.Close)
	}
	return g, nil
}

// newMount applies the limits to a JSON-RPC server.
func (g *Gateway) newMount(server *rpc.Server, rollup *core.RollupID) *mount {
	server.SetBatchLimits(g.cfg.MaxBatch, g.cfg.MaxBatchResponse)
	server.SetHTTPBodyLimit(g.cfg.MaxBody)
	return &mount{rollup: rollup, server: server}
}

// Mount serves a rollup's Ethereum JSON-RPC under /rollup/{id}, and its strict variant, in which "latest" is the newest
// sealed block everywhere, under /rollup/{id}/sealed unless it is nil. One that is not registered is served once it is. To the former it adds Flashbots' methods. It must be called before Run, which stops the
// servers at its end.
func (g *Gateway) Mount(rollup core.RollupID, open, sealed *rpc.Server) error {
	if g.started.Load() {
		return fmt.Errorf("%w: mount of rollup %s after the start", ErrWiring, rollup)
	}
	if r, ok := g.deps.Genesis.Rollup(rollup); ok && r.Kind != core.KindEVM || open == nil || g.rollups[rollup] != nil {
		return fmt.Errorf("%w: mount of rollup %s: not executed by the network, without a server, or mounted twice", ErrWiring, rollup)
	}
	if err := open.RegisterName("eth", &Flashbots{g, rollup}); err != nil {
		return fmt.Errorf("%w: mount of rollup %s: %w", ErrWiring, rollup, err)
	}
	g.rollups[rollup] = g.newMount(open, &rollup)
	if sealed != nil {
		g.sealed[rollup] = g.newMount(sealed, &rollup)
	}
	return nil
}

// Addr is the address of the open port.
func (g *Gateway) Addr() net.Addr { return g.listener.Addr() }

// Close closes the port of a gateway that is not run. It is idempotent.
func (g *Gateway) Close() error {
	if err := g.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("gateway: close port: %w", err)
	}
	return nil
}

// Run serves until ctx ends, then lets requests under way finish for up to Config.DrainTimeout. It returns nil after an
// orderly shutdown, and an error when the port or the log fails. It can be called once.
func (g *Gateway) Run(ctx context.Context) error {
	if !g.started.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: run twice", ErrWiring)
	}
	for _, m := range g.mounts() {
		m.client = rpc.DialInProc(m.server)
	}
	group, ctx := errgroup.WithContext(ctx)
	// Where the followers begin is read before the first request comes, so that no waiter is missed.
	head := g.deps.Log.Head()
	g.feed.begin(head, g.deps.zones())
	for id := range g.deps.Zones {
		c := g.newCursors(id)
		g.feed.executedBefore(id, c.start)
		group.Go(func() error { return g.followZone(ctx, id, c) })
	}
	group.Go(func() error { return g.followLog(ctx, head) })
	group.Go(func() error { return g.followPool(ctx) })
	group.Go(g.serve)
	group.Go(func() error {
		<-ctx.Done()
		return g.drain()
	})
	g.log.Info("gateway listens", "address", g.Addr().String())
	return group.Wait()
}

func (g *Gateway) serve() error {
	if err := g.server.Serve(g.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("gateway: serve: %w", err)
	}
	return nil
}

// drain takes no more connections, lets requests finish, and then ends everything that is still open.
func (g *Gateway) drain() error {
	close(g.draining)
	force := time.AfterFunc(g.cfg.DrainTimeout, g.listener.closeAll)
	defer force.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), g.cfg.DrainTimeout)
	defer cancel()
	err := g.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		g.log.Warn("requests were cut off at shutdown", "after", g.cfg.DrainTimeout)
		err = g.server.Close()
	}
	for _, m := range g.mounts() {
		m.client.Close()
		m.server.Stop()
	}
	g.websocket.Wait()
	g.feed.close()
	if err != nil {
		return fmt.Errorf("gateway: shut down: %w", err)
	}
	return nil
}

// mounts are all endpoints.
func (g *Gateway) mounts() []*mount {
	all := []*mount{g.root}
	for _, byRollup := range []map[core.RollupID]*mount{g.rollups, g.sealed} {
		for _, m := range byRollup {
			all = append(all, m)
		}
	}
	return all
}

// mounted is the endpoint of a rollup, nil if there is none.
func (g *Gateway) mounted(rollup core.RollupID) *mount { return g.rollups[rollup] }

// rollupPath is where a rollup's Ethereum JSON-RPC is served.
func rollupPath(rollup core.RollupID) string { return "/rollup/" + rollup.String() }
