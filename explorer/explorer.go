package explorer

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
)

// Explorer gathers, remembers and answers. New builds it, Run works until its context ends.
type Explorer struct {
	cfg  Config
	deps Deps
	log  *slog.Logger

	live    *live
	backlog *backlog
	// fixed is what does not change of a Hello.
	fixed Hello
	// streams and requests hold a token for each live stream and each request of the API.
	streams, requests chan struct{}
	index             *index
	mux               *http.ServeMux
	// undecided is the number of a change below which all are decided.
	undecided atomic.Uint64

	closing sync.Once
	// done is closed when the explorer ends: streams end with it.
	done chan struct{}
}

// New opens the index in its folder and starts nothing. Close must be called if Run is not.
func New(cfg Config, deps Deps) (*Explorer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := deps.validate(); err != nil {
		return nil, err
	}
	x := &Explorer{
		cfg: cfg, deps: deps, log: deps.Logger.With("stage", "explorer"), live: newLive(deps.Genesis, cfg.MaxEvents),
		streams: make(chan struct{}, cfg.MaxStreams), requests: make(chan struct{}, cfg.MaxRequests), done: make(chan struct{}),
	}
	x.live.measured = deps.Measured
	x.backlog = newBacklog(strconv.FormatUint(x.now(), 36), cfg.Backlog, cfg.BacklogBytes)
	x.fixed = x.firstHello()
	x.mux = x.routes()
	var err error
	x.index, err = openIndex(deps.Dir, deps.Genesis.NetworkID(), cfg.MaxRows, x.log)
	return x, err
}

// firstHello is a Hello without what differs from stream to stream.
func (x *Explorer) firstHello() Hello {
	g := x.deps.Genesis
	return Hello{
		NetworkID: g.NetworkID(), Name: g.Name, Version: x.deps.Version, ChainID: g.ChainID(), SlotMs: g.Params.SlotSeconds * 1000,
		FrameMs: uint64(x.cfg.Frame / time.Millisecond), Buckets: bounds,
	}
}

// registry lists the rollups and the zones that there are now.
func (x *Explorer) registry() (rollups []RollupInfo, zones []ZoneInfo) {
	zones = []ZoneInfo{}
	now := x.deps.Genesis.InForce()
	for _, r := range now.Rollups {
		rollups = append(rollups, x.rollupInfo(r.ID))
	}
	for _, z := range now.Zones {
		zones = append(zones, ZoneInfo{z.ID, z.Rollups})
	}
	return rollups, zones
}

func (x *Explorer) rollupInfo(id core.RollupID) RollupInfo {
	r, _ := x.deps.Genesis.Rollup(id)
	info := RollupInfo{ID: id, Name: r.Name, Kind: r.Kind, Zone: x.deps.Genesis.ZoneOf(id)}
	if x.deps.Chains[id] != nil {
		info.RPC = "/rollup/" + id.String()
	}
	return info
}

// now is the node's clock in ms since the Unix epoch.
func (x *Explorer) now() uint64 { return uint64(x.deps.Now().UnixMilli()) }

// Accepted takes notice of an entry that this node took from a client: a transaction hash or a bundle id, and when it came.
func (x *Explorer) Accepted(id common.Hash, at time.Time) {
	now := uint64(at.UnixMilli())
	x.live.mu.Lock()
	defer x.live.mu.Unlock()
	x.live.arrived.add(id, now)
}

// Voted takes notice of what a decided tick says about the commit of the tick before.
func (x *Explorer) Voted(tick uint64, votes []core.Vote) {
	if len(votes) > 0 {
		x.live.voted(tick, votes)
	}
}

// Executed takes notice of a zone's result of a tick. It keeps the result.
func (x *Explorer) Executed(r Result) { x.live.executed(r, x.now()) }

// Rewound takes notice of a zone that executes again from a tick on.
func (x *Explorer) Rewound(zone core.ZoneID, tick uint64) { x.live.rebuilt(zone, tick) }

// Run follows the log, makes messages and keeps the index until ctx ends (nil). When it returns everything is closed. An
// explorer that cannot go on is no reason for a node to end: it says so in the log, and pages see that nothing moves.
func (x *Explorer) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	head := x.deps.Log.Head()
	x.live.begin(head, x.deps.Ledger)
	for name, run := range map[string]func(context.Context) error{
		"feed":   func(ctx context.Context) error { return x.follow(ctx, head) },
		"frames": x.makeFrames,
		"index":  func(ctx context.Context) error { return x.index.run(ctx, &x.deps) },
	} {
		group.Go(func() error {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				x.log.Error("the explorer does not go on", "reason", name, "err", err)
			}
			return nil
		})
	}
	<-ctx.Done()
	x.end()
	err := group.Wait()
	return joinClose(err, x.Close)
}

// joinClose closes and gives the first error.
func joinClose(err error, closing func() error) error {
	if closed := closing(); err == nil {
		return closed
	}
	return err
}

// end lets all streams end.
func (x *Explorer) end() { x.closing.Do(func() { close(x.done) }) }

// Close closes the index. It is idempotent.
func (x *Explorer) Close() error {
	x.end()
	if err := x.index.close(); err != nil {
		return fmt.Errorf("explorer: close index: %w", err)
	}
	return nil
}

// follow reads the ticks after head from the log.
func (x *Explorer) follow(ctx context.Context, head uint64) error {
	for next := head + 1; ; next++ {
		if err := x.deps.Log.Wait(ctx, next); err != nil {
			return err
		}
		record, tick, err := x.deps.Log.Tick(next)
		if err != nil {
			return fmt.Errorf("read tick %d: %w", next, err)
		}
		x.live.ordered(record, tick, x.now())
	}
}

// makeFrames encodes what has happened, once for all streams.
func (x *Explorer) makeFrames(ctx context.Context) error {
	beat := time.NewTicker(x.cfg.Frame)
	defer beat.Stop()
	f := &frames{live: x.live, deps: &x.deps}
	for {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return nil
		}
		frame, ok := f.next(x.now())
		if !ok {
			continue
		}
		if err := x.backlog.add(func(id string) ([]byte, error) { return event(id, "frame", frame) }); err != nil {
			return err
		}
	}
}

// Streams is how many pages are sent what happens.
func (x *Explorer) Streams() int { return len(x.streams) }
