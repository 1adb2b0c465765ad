package zone

import (
	"context"
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
	attested core.Attested // the newest attested result of a tick that is not executed yet
	cancel   context.CancelCauseFunc
	readers  []chan<- TickResult
}

func newResults() *results { return &results{grown: make(chan struct{})} }

// restore sets the results to those before tick next.
func (r *results) restore(next uint64, digests []common.Hash) {
	r.executed = next - 1
	r.ring.reset(next - uint64(len(digests)))
	for _, d := range digests {
		r.ring.put(d)
	}
}

// publish makes a tick's result readable and wakes who waits for it.
func (r *results) publish(t TickResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.executed, r.time = t.Tick, t.Time
	r.ring.put(t.Digest)
	close(r.grown)
	r.grown = make(chan struct{})
	for _, ch := range r.readers {
		select {
		case ch <- t:
		default:
		}
	}
}

// stop wakes everybody for the last time.
func (r *results) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
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
	return r.diverged
}

// divergence is the difference that stopped the zone, if there is one.
func (r *results) divergence() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.diverged
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
