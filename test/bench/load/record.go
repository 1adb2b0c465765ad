package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// record is what is known of one load.
type record struct {
	mu     sync.Mutex
	levels []Level
	due    []time.Time
	seen   [levels][]time.Time
	counts [levels]int
	ticks  int
	failed error
	// awaited is what somebody waits for; reached gets a token when it is there, or when the load has failed.
	awaited struct {
		level Level
		count int
	}
	reached chan struct{} // capacity 1
}

func newRecord(target Target, n int) *record {
	r := &record{levels: target.Levels(), due: make([]time.Time, n), reached: make(chan struct{}, 1)}
	for _, level := range r.levels {
		r.seen[level] = make([]time.Time, n)
	}
	return r
}

// Saw implements Sink; only the first time counts.
func (r *record) Saw(i int, level Level, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i < 0 || i >= len(r.due) || r.seen[level] == nil || !r.seen[level][i].IsZero() {
		return
	}
	r.seen[level][i] = at
	r.counts[level]++
	if level == r.awaited.level && r.counts[level] == r.awaited.count {
		r.wake()
	}
}

// Tick implements Sink.
func (r *record) Tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ticks++
}

// Failed implements Sink; the first error counts.
func (r *record) Failed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
		r.wake()
	}
}

func (r *record) last() Level { return r.levels[len(r.levels)-1] }

func (r *record) wake() {
	select {
	case r.reached <- struct{}{}:
	default:
	}
}

// submitted notes when transactions left, or were due to.
func (r *record) submitted(first, last int, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := first; i < last; i++ {
		r.due[i] = at
	}
}

// await waits until enough transactions are at a level. It gives false when that many are not there and none came during all of
// patience; the error is ctx's or the follower's. One goroutine waits at a time.
func (r *record) await(ctx context.Context, level Level, count int, patience time.Duration) (bool, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	before := -1
	for {
		r.mu.Lock()
		have, failed := r.counts[level], r.failed
		r.awaited.level, r.awaited.count = level, count
		r.mu.Unlock()
		if failed != nil || have >= count {
			return failed == nil, failed
		}
		select {
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-r.reached:
		case <-timer.C:
			if have == before {
				return false, nil
			}
			before = have
			timer.Reset(patience)
		}
	}
}

// Latency is from the moment at which a transaction was due to that at which the follower learnt of the level, in ms.
type Latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
	// Missing is how many of the transactions never got there.
	Missing int `json:"missing,omitempty"`
}

// latencies of the transactions from number first up to last, by level.
func (r *record) latencies(first, last int) map[string]Latency {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string]Latency)
	for _, level := range r.levels {
		var took []time.Duration
		for i := first; i < last; i++ {
			if at := r.seen[level][i]; !at.IsZero() {
				took = append(took, at.Sub(r.due[i]))
			}
		}
		slices.Sort(took)
		at := func(p float64) float64 { return harness.Percentile(took, p, time.Millisecond) }
		all[level.String()] = Latency{at(0.50), at(0.99), at(1), last - first - len(took)}
	}
	return all
}

// seenBetween counts the transactions that reached a level in a span of time.
func (r *record) seenBetween(level Level, from, to time.Time) (count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, at := range r.seen[level] {
		if !at.IsZero() && !at.Before(from) && at.Before(to) {
			count++
		}
	}
	return count
}

// state is how far the load has come, for errors.
func (r *record) state() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := fmt.Sprintf("of %d transactions", len(r.due))
	for _, level := range r.levels {
		text += fmt.Sprintf(" %d %s", r.counts[level], level)
	}
	return text
}

func (r *record) tickCount() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ticks
}
