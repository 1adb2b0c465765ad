package zone

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Executed is the newest tick whose results are published; zero before the first.
func (z *Zone) Executed() uint64 {
	z.results.mu.Lock()
	defer z.results.mu.Unlock()
	return z.results.executed
}

// WaitExecuted returns when the tick's results are published, when ctx ends, or with ErrStopped once the zone does not
// execute any more.
func (z *Zone) WaitExecuted(ctx context.Context, tick uint64) error {
	r := z.results
	for {
		r.mu.Lock()
		executed, grown, stopped := r.executed, r.grown, r.stopped
		r.mu.Unlock()
		switch {
		case executed >= tick:
			return nil
		case stopped:
			return fmt.Errorf("%w: executed is tick %d", ErrStopped, executed)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-grown:
		}
	}
}

// Digest is the zone's digest after a tick; ok is false if the tick is not executed or more than 4096 ticks old.
func (z *Zone) Digest(tick uint64) (digest common.Hash, ok bool) {
	z.results.mu.Lock()
	defer z.results.mu.Unlock()
	return z.results.ring.get(tick)
}

// Digests are the digests of at most max consecutive ticks, the first of which is from. There are none if that tick is
// not executed or too old, or once the zone's results differ from the attested ones.
func (z *Zone) Digests(from uint64, max int) []common.Hash {
	z.results.mu.Lock()
	defer z.results.mu.Unlock()
	if z.results.diverged != nil || z.results.failed != nil {
		return nil
	}
	return z.results.ring.list(from, max)
}

// SubscribeExecuted sends every tick's result to ch from now on, in order. The zone never waits: a result that does not
// fit into the channel is left out for that reader, who sees the gap in the tick numbers and reads what it missed from
// the log and Fate. Results are shared and must not be changed. cancel ends it; the channel is never closed.
func (z *Zone) SubscribeExecuted(ch chan<- TickResult) (cancel func()) {
	r := z.results
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readers = append(r.readers, ch)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if i := slices.Index(r.readers, ch); i >= 0 {
			r.readers = slices.Delete(r.readers, i, i+1)
		}
	}
}

// Attested tells the zone which result the validators' quorum attested. If its own differs, it offers no digests and goes
// back to the newest attested seal, once (see Run). The results of ticks that are not executed yet are compared when they
// are, and only the newest of those is kept: a digest commits to all before it. Run does the same with the attested
// results in the log's records, so calling this only finds a difference earlier.
func (z *Zone) Attested(a core.Attested) {
	if a.Zone != z.cfg.Zone || a.Tick == 0 {
		return
	}
	if own, differs := z.results.compare(a); differs {
		z.listener.Diverged(Diverged{Zone: a.Zone, Tick: a.Tick, Own: own, Attested: a.Digest})
	}
}

// Agreed is the newest attested tick at which the zone's own result is the attested one: up to it, and no further, what
// the zone says is attested. It never goes back.
func (z *Zone) Agreed() uint64 { return z.results.agreement().Tick }

// Shown is the newest tick that was executed before the zone went back to a seal, at its start or later. While Executed is
// below it, what the zone says is older than what it said before.
func (z *Zone) Shown() uint64 {
	z.results.mu.Lock()
	defer z.results.mu.Unlock()
	return z.results.shown
}

// Rebuilds counts how often the zone went back to a seal since it was opened.
func (z *Zone) Rebuilds() uint64 {
	z.results.mu.Lock()
	defer z.results.mu.Unlock()
	return z.results.rebuilds
}

// Err says why the zone does not execute any more and will not until the node is started again; nil while it does.
func (z *Zone) Err() error {
	z.results.mu.Lock()
	defer z.results.mu.Unlock()
	return z.results.failed
}

// Fate is what became of a lane position; ok is false while it is not decided. A zone that has given up vouches for nothing
// but what was attested.
func (z *Zone) Fate(rollup core.RollupID, seq uint64) (fate Fate, ok bool, err error) {
	fate, ok, err = z.store.fate(rollup, seq)
	if ok && z.Err() != nil && fate.Tick > z.Agreed() {
		return Fate{}, false, err
	}
	return fate, ok, err
}

// Bundle lists what became of a bundle at every place in the order at which it stands, ascending by tick; at most one
// of them is not void.
func (z *Zone) Bundle(id common.Hash) ([]BundleFate, error) {
	places, err := z.store.places(id)
	if err != nil {
		return nil, fmt.Errorf("read bundle %s: %w", id, err)
	}
	var fates []BundleFate
	for _, p := range places {
		if p.Tick > max(z.Executed(), z.Agreed()) {
			break // recorded before a crash, not executed again yet
		}
		b := BundleFate{ID: p.ID, Tick: p.Tick, Atomicity: p.Atomicity, FailingLeg: NoLeg, Legs: make([]LegFate, len(p.Legs))}
		for i, leg := range p.Legs {
			f, ok, err := z.Fate(leg.Rollup, leg.Seq)
			if err != nil {
				return nil, err
			}
			b.Legs[i] = LegFate{LegPlace: leg, Decided: ok, Fate: f}
			if ok && f.FailingLeg != NoLeg && (b.FailingLeg == NoLeg || uint64(f.FailingLeg) == leg.Leg) {
				b.FailingLeg, b.Code = f.FailingLeg, f.Code
			}
		}
		fates = append(fates, b)
	}
	return fates, nil
}
