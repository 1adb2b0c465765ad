package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

// stoppedText is what clients learn of a zone that has stopped; the reason is in the node's log.
const stoppedText = "this node has stopped executing the zone; ordering goes on, ask another node"

// replayWait is how long a request waits for a zone that executes again before it is refused.
const replayWait = 10 * time.Second

// rewinds hold, per zone, the place from which it executes again, until its follower has taken notice.
type rewinds struct {
	mu     sync.Mutex
	places map[core.ZoneID]rewind
}

type rewind struct {
	tick      uint64
	unapplied map[core.RollupID]uint64
}

// Rewound tells the gateway that a zone executes again from tick on; unapplied is the first lane position of each rollup
// that was not decided before it. It may be called from any goroutine and does not block.
func (g *Gateway) Rewound(zone core.ZoneID, tick uint64, unapplied map[core.RollupID]uint64) {
	g.rewinds.mu.Lock()
	defer g.rewinds.mu.Unlock()
	if g.rewinds.places == nil {
		g.rewinds.places = make(map[core.ZoneID]rewind)
	}
	g.rewinds.places[zone] = rewind{tick, unapplied}
}

func (r *rewinds) take(zone core.ZoneID) (rewind, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	back, ok := r.places[zone]
	delete(r.places, zone)
	return back, ok
}

// stopZone ends the Ethereum JSON-RPC of a zone that does not execute any more: its state is old, or wrong.
func (g *Gateway) stopZone(id core.ZoneID, err error) {
	g.log.Error("a zone has stopped; its rollups are not served any more", "zone", id, "err", err)
	for _, rollup := range g.deps.Genesis.Members(id) {
		for _, mounts := range []map[core.RollupID]*mount{g.rollups, g.sealed} {
			if m := mounts[rollup]; m != nil {
				m.server.Stop() // ends the WebSockets; further requests are refused by admit
			}
		}
	}
	g.waiters.wakeAttested()
}

// off says why a rollup's zone has stopped; nil while it executes.
func (g *Gateway) off(rollup core.RollupID) error {
	z, ok := g.deps.Zones[g.deps.Genesis.ZoneOf(rollup)]
	if !ok {
		return nil
	}
	return z.Err()
}

// admit lets a request through unless its answer could be older, or less true, than one given before: it waits while a
// zone executes again what it had executed before a restart, and refuses rollups of a zone that has stopped.
func (g *Gateway) admit(ctx context.Context, m *mount) error {
	if g.started.Load() {
		deadline := time.Now().Add(replayWait)
		for _, z := range g.deps.Zones {
			if z.Executed() >= z.Shown() || z.Err() != nil {
				continue
			}
			waiting, cancel := context.WithDeadline(ctx, deadline)
			err := z.WaitExecuted(waiting, z.Shown())
			cancel()
			if err != nil && z.Err() == nil {
				return &Refusal{Cause: ErrNotServed, Detail: "the node has restarted and executes again what it had executed before, try again"}
			}
		}
	}
	if m.rollup != nil && g.off(*m.rollup) != nil {
		return &Refusal{Cause: ErrNotServed, Field: "rollup", Have: m.rollup.String(), Detail: stoppedText}
	}
	return nil
}
