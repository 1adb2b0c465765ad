package opstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// exchangeRoom is how many answered calls wait to be looked at. Calls beyond it pass unseen: the next head tells what was missed.
const exchangeRoom = 1024

// Deps are what the proxy works with.
type Deps struct {
	// Operator is needed for the modes Confirm and Shared; nil for none.
	Operator *Operator
	Metrics  prometheus.Registerer
	Logger   *slog.Logger
}

// Adapter is the proxy with what belongs to it.
type Adapter struct {
	cfg      Config
	log      *slog.Logger
	meters   *meters
	listener net.Listener
	proxy    *proxy
	server   *http.Server
	seen     chan exchange
	operator *Operator  // nil without one
	chain    *execution // nil without one
	filler   *filler    // nil without a journal

	mu      sync.Mutex
	mode    Mode
	leaving *Leaving      // nil while nobody wants to leave Shared
	changed chan struct{} // closed and replaced when the mode or the head changes
	head    common.Hash
	headAt  time.Time
	confirm confirmState
	closed  func() error
}

// New reads the secrets and opens the port; it serves nothing yet. An adapter that is not run must be closed.
func New(cfg Config, deps Deps) (*Adapter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a := &Adapter{
		cfg: cfg, log: deps.Logger.With("stage", "opstack"), meters: newMeters(deps.Metrics), seen: make(chan exchange, exchangeRoom),
		changed: make(chan struct{}),
	}
	a.closed = sync.OnceValue(a.closeAll)
	var err error
	if a.proxy, err = newProxy(cfg, a.note, a.meters, a.log); err != nil {
		return nil, err
	}
	if a.operator = deps.Operator; a.operator != nil {
		if a.chain, err = dialExecution(cfg.Engine, a.proxy.out, a.operator.Rollup); err != nil {
			return nil, err
		}
	}
	if a.operator != nil && cfg.Journal != "" {
		if a.filler, err = newFiller(a); err != nil {
			return nil, err
		}
		a.proxy.fill = a.filler
		a.proxy.mode = a.Mode
		if err = a.filler.openStream(); err != nil {
			return nil, err
		}
	}
	if err := a.resume(); err != nil {
		return nil, err
	}
	if a.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, fmt.Errorf("%w: listen on %s: %w", ErrPort, cfg.Listen, err)
	}
	a.server = &http.Server{
		Handler: a.proxy, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	return a, nil
}

// Addr is where op-node is served.
func (a *Adapter) Addr() net.Addr { return a.listener.Addr() }

// Run serves until ctx ends (nil) or the port fails, and closes everything.
func (a *Adapter) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("%w: serve: %w", ErrPort, err)
		}
		return nil
	})
	group.Go(func() error {
		a.watch(ctx)
		return a.Close()
	})
	group.Go(func() error {
		a.whileTelling(ctx, a.tellBlocks)
		return nil
	})
	if a.filler != nil {
		group.Go(func() error {
			a.whileTelling(ctx, a.filler.run)
			return nil
		})
		group.Go(func() error {
			a.drain(ctx)
			return nil
		})
	}
	if a.filler != nil && a.filler.previews != nil {
		group.Go(a.filler.previews.stream.run)
		group.Go(func() error {
			a.filler.previews.run(ctx)
			return nil
		})
	}
	a.log.Info("engine proxy", "address", a.listener.Addr().String(), "engine", a.cfg.Engine, "mode", a.Mode())
	return group.Wait()
}

// Close closes the port. Calls under way get two seconds. It is idempotent.
func (a *Adapter) Close() error { return a.closed() }

func (a *Adapter) closeAll() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	err := a.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = a.server.Close()
	}
	if a.chain != nil {
		a.chain.close()
	}
	if a.filler != nil {
		err = errors.Join(err, a.filler.closeStream(), a.filler.journal.close())
	}
	if portErr := a.listener.Close(); portErr != nil && !errors.Is(portErr, net.ErrClosed) {
		err = errors.Join(err, portErr)
	}
	return err
}

// news wakes who waits for another mode or head; mu is held.
func (a *Adapter) news() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// note is told of every answered call, while op-node waits for the answer's end.
func (a *Adapter) note(e exchange) {
	select {
	case a.seen <- e:
	default:
		a.meters.overlooked.Inc()
	}
}

// watch looks at what has passed.
func (a *Adapter) watch(ctx context.Context) {
	var builds jobs
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-a.seen:
			a.look(&builds, e)
		}
	}
}

func (a *Adapter) look(builds *jobs, e exchange) {
	switch e.call.kind {
	case forkchoiceUpdated:
		v, err := readVerdict(e.body, e.encoding)
		if err != nil || !v.valid {
			a.log.Debug("head not taken", "head", e.call.head, "err", err)
			return
		}
		if len(v.id) > 0 && e.call.attributes != nil {
			b := job{
				id: v.id.String(), parent: e.call.head, timestamp: uint64(e.call.attributes.Timestamp),
				derived: e.call.attributes.NoTxPool, opened: e.at,
			}
			builds.begun(b)
			a.meters.builds.WithLabelValues(b.kind()).Inc()
			a.sequenced(b)
		}
		a.moveHead(e.call.head, e.at)
	case getPayload:
		if b, ok := builds.asked(e.call.id.String()); ok && !b.derived {
			a.meters.open.Observe(e.at.Sub(b.opened).Seconds())
		}
	}
}

func (a *Adapter) moveHead(head common.Hash, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if head == a.head {
		return
	}
	a.head, a.headAt = head, at
	a.news()
}
