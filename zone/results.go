package zone

import (
	"context"
	"fmt"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// results is what the loop has published; all of it may be read from any goroutine.
type results struct {
	mu       sync.Mutex
	executed uint64
	time     uint64 // consensus time of that tick in ms; zero until one is executed
	ring     ring
	grown    chan struct{} // closed and replaced when executed grows, closed for good when the zone stops
	stopped  bool
	diverged error
	differs  core.Attested // what was attested instead
	attested core.Attested // the newest attested result of a tick that is not executed yet
	agreed   core.Attested // the newest attested result that is the zone's own
	shown    uint64        // executed before the zone went back to a seal
	rebuilds uint64
	failed   error // why the zone does not execute any more
	cancel   context.CancelCauseFunc
	readers  []chan<- TickResult
}

func newResults() *results { return &results{grown: make(chan struct{})} }

// restore sets the results to those before tick next. What was attested and agreed with stays so, and must come out again.
func (r *results) restore(next uint64, digests []common.Hash) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shown = max(r.shown, r.executed)
	r.executed, r.time = next-1, 0
	r.attested = r.agreed // or what the zone differed from, which is newer
	if r.diverged != nil {
		r.attested = r.differs
	}
	r.diverged, r.differs = nil, core.Attested{}
	r.ring.reset(next - uint64(len(digests)))
	for _, d := range digests {
		r.ring.put(d)
	}
}

// compare takes notice of an attested result; differs means that it is the first one that is not the zone's own.
func (r *results) compare(a core.Attested) (own common.Hash, differs bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	own, known := r.ring.get(a.Tick)
	switch {
	case !known:
		if a.Tick > r.executed && a.Tick > r.attested.Tick {
			r.attested = a
		}
	case own == a.Digest:
		if a.Tick > r.agreed.Tick {
			r.agreed = a
		}
	case r.diverged == nil:
		r.diverged = fmt.Errorf("%w: zone %s tick %d: own %s, attested %s", ErrDiverged, a.Zone, a.Tick, own, a.Digest)
		r.differs = a
		if r.cancel != nil {
			r.cancel(r.diverged)
		}
		return own, true
	}
	return own, false
}

// publish makes a tick's result readable and wakes who waits for it.
func (r *results) publish(t TickResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.executed, r.time = t.Tick, t.Time
	r.ring.put(t.Digest)
	if r.attested.Tick == t.Tick && r.attested.Digest == t.Digest && t.Tick > r.agreed.Tick {
		r.agreed = r.attested // before anybody learns of the tick
	}
	close(r.grown)
	r.grown = make(chan struct{})
	for _, ch := range r.readers {
		select {
		case ch <- t:
		default:
		}
	}
}

// pass goes by a tick without results, in which the zone does not exist yet.
func (r *results) pass(tick, time uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.executed, r.time = tick, time
	r.ring.reset(tick + 1)
	close(r.grown)
	r.grown = make(chan struct{})
}

// stop wakes everybody for the last time; err says why the zone cannot go on, nil if it may.
func (r *results) stop(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
	if !r.stopped {
		r.stopped = true
		close(r.grown)
	}
}

// begin ties the results to a run of the loop, which cancel ends.
func (r *results) begin(cancel context.CancelCauseFunc) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return ErrStopped
	}
	r.cancel = cancel
	return nil
}

// divergence is the difference that was found, if there is one, with its tick.
func (r *results) divergence() (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.differs.Tick, r.diverged
}

// agreement is the newest attested result that is the zone's own.
func (r *results) agreement() core.Attested {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.agreed
}

// pending is the attested result that waits for a tick, if there is one.
func (r *results) pending(tick uint64) (core.Attested, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.attested, tick != 0 && r.attested.Tick == tick
}

// published is the newest tick and its consensus time in ms; the time is zero until a tick is executed.
func (r *results) published() (tick, time uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.executed, r.time
}
