package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// stillness is how long a load waits for the next of its transactions before it counts the others as missing.
const stillness = 10 * time.Second

// Plan is a load.
type Plan struct {
	// Rate is transactions per second; zero keeps Window of them under way instead.
	Rate, Window int
	// Batch is how many transactions a windowed load sends at a time.
	Batch int
	// Together is for how long a paced load collects what falls due, to send it at a time.
	Together time.Duration
	// WarmUp is before, and Duration while is measured.
	WarmUp, Duration time.Duration
	// Transactions is how many a windowed load has at most.
	Transactions int
	// PIDs are the processes whose use of the machine counts.
	PIDs []int
	// Measured is called when what is measured begins, and what it gives when that is over; nil for nothing.
	Measured Measured
}

// Measured watches what is measured from its beginning until end is called.
type Measured func() (end func() error, err error)

// Begin begins; nothing watches if m is nil.
func (m Measured) Begin() (end func() error, err error) {
	if m == nil {
		return func() error { return nil }, nil
	}
	return m()
}

// Result is what a load measured.
type Result struct {
	// Count is how many transactions were measured, PerSecond how many of them per second reached the first level while it was measured.
	Count     int     `json:"count"`
	PerSecond float64 `json:"perSecond"`
	// Latency is by level.
	Latency map[string]Latency `json:"latency"`
	// Seconds were measured, Ticks blocks or ticks came in them.
	Seconds float64 `json:"seconds"`
	Ticks   int     `json:"ticks"`
	// Used is what the network's processes used in them.
	Used harness.Usage `json:"used"`
	// Refused is how many sends the network refused, for good, and Refusal why the first of them.
	Refused int    `json:"refused,omitempty"`
	Refusal string `json:"refusal,omitempty"`
}

// Run prepares and runs a load.
func (p Plan) Run(ctx context.Context, target Target) (_ *Result, err error) {
	n := p.Transactions
	if p.Rate > 0 {
		n = int(float64(p.Rate) * (p.WarmUp + p.Duration).Seconds())
	}
	if err := target.Prepare(n); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	r := &run{Plan: p, target: target, record: newRecord(target, n), n: n}
	stop, err := target.Follow(ctx, r.record)
	if err != nil {
		return nil, fmt.Errorf("follow: %w", err)
	}
	defer stop()
	defer func() { err = errors.Join(err, r.ended()) }()
	if p.Rate > 0 {
		return r.paced(ctx)
	}
	return r.windowed(ctx)
}

// run is a load under way.
type run struct {
	Plan
	target  Target
	record  *record
	n       int
	refused atomic.Int64
	broken  atomic.Pointer[error]
	sends   sync.WaitGroup
	end     func() error // of Plan.Measured, while that is under way
}

// send hands in transactions without waiting for the answer.
func (r *run) send(ctx context.Context, first, last int) {
	r.sends.Go(func() {
		if err := r.target.Send(ctx, first, last); err != nil && ctx.Err() == nil {
			count := last - first
			if some := new(Refusal); errors.As(err, &some) {
				count = some.Count
			}
			r.refused.Add(int64(count))
			r.broken.CompareAndSwap(nil, &err)
		}
	})
}

// mark is a moment of a load.
type mark struct {
	at    time.Time
	ticks int
	used  harness.Usage
}

func (r *run) mark() (mark, error) {
	used, err := harness.UsageOf(r.PIDs...)
	return mark{time.Now(), r.record.tickCount(), used}, err
}

// first marks where what is measured begins.
func (r *run) first() (m mark, err error) {
	if r.end, err = r.Measured.Begin(); err != nil {
		return mark{}, err
	}
	return r.mark()
}

// last marks where it ends.
func (r *run) last() (mark, error) {
	m, err := r.mark()
	return m, errors.Join(err, r.ended())
}

// ended ends what watches, if that is under way.
func (r *run) ended() error {
	end := r.end
	if end == nil {
		return nil
	}
	r.end = nil
	return end()
}

// paced sends each transaction when it is due, or all that are due when the clock is coarser than that.
func (r *run) paced(ctx context.Context) (*Result, error) {
	begin := time.Now()
	due := func(i int) time.Time { return begin.Add(time.Duration(i) * time.Second / time.Duration(r.Rate)) }
	warm := int(float64(r.Rate) * r.WarmUp.Seconds())
	var from mark
	for i := 0; i < r.n; {
		if i >= warm && from.at.IsZero() {
			var err error
			if from, err = r.first(); err != nil {
				return nil, err
			}
		}
		if err := sleepUntil(ctx, due(i).Add(r.Together)); err != nil {
			return nil, err
		}
		first := i
		for now := time.Now(); i < r.n && !due(i).After(now); i++ {
			r.record.submitted(i, i+1, due(i))
		}
		r.send(ctx, first, i)
	}
	to, err := r.last()
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, warm, r.n, from, to)
}

// windowed keeps a number of transactions under way until the time is over, which begins with the first one that may leave after the
// warm-up.
func (r *run) windowed(ctx context.Context) (*Result, error) {
	level := r.record.levels[0]
	begin := time.Now()
	var from mark
	sent, measured := 0, 0
	for sent < r.n && (from.at.IsZero() || time.Since(from.at) < r.Duration) {
		last := min(r.n, sent+r.Batch)
		lost := int(r.refused.Load())
		came, err := r.record.await(ctx, level, last-r.Window-lost, stillness)
		if err != nil {
			return nil, r.explain(err)
		}
		if !came {
			return nil, r.explain(fmt.Errorf("nothing came for %s", stillness))
		}
		if from.at.IsZero() && time.Since(begin) >= r.WarmUp {
			if from, err = r.first(); err != nil {
				return nil, err
			}
			measured = sent
		}
		r.record.submitted(sent, last, time.Now())
		r.send(ctx, sent, last)
		sent = last
	}
	if from.at.IsZero() {
		return nil, r.explain(errors.New("the transactions were used up before anything was measured"))
	}
	to, err := r.last()
	if err != nil {
		return nil, err
	}
	return r.finish(ctx, measured, sent, from, to)
}

// finish waits for what is under way and adds up.
func (r *run) finish(ctx context.Context, first, last int, from, to mark) (*Result, error) {
	r.sends.Wait()
	refused := int(r.refused.Load())
	if _, err := r.record.await(ctx, r.record.last(), last-refused, stillness); err != nil {
		return nil, r.explain(err)
	}
	seconds := to.at.Sub(from.at).Seconds()
	result := &Result{
		Count: last - first, Latency: r.record.latencies(first, last), Seconds: seconds, Ticks: to.ticks - from.ticks, Used: to.used.Since(from.used), Refused: refused,
		PerSecond: float64(r.record.seenBetween(r.record.levels[0], from.at, to.at)) / seconds,
	}
	if first := r.broken.Load(); first != nil {
		result.Refusal = (*first).Error()
	}
	if result.Latency[r.record.levels[0].String()].Missing == result.Count {
		return nil, r.explain(errors.New("no transaction was seen"))
	}
	return result, nil
}

// explain adds how far the load has come, and the first refusal.
func (r *run) explain(err error) error {
	if refusal := r.broken.Load(); refusal != nil {
		return fmt.Errorf("%w (%s; a refusal: %w)", err, r.record.state(), *refusal)
	}
	return fmt.Errorf("%w (%s)", err, r.record.state())
}

// sleepUntil waits for a moment; its error is ctx's.
func sleepUntil(ctx context.Context, at time.Time) error {
	left := time.Until(at)
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Idle measures the first transaction of a network that has nothing to do, again and again: each waits for the one before, and
// for pause after it.
type Idle struct {
	Transactions int
	Pause        time.Duration
	Measured     Measured
}

// Run prepares and runs it; the first of the transactions warms up.
func (p Idle) Run(ctx context.Context, target Target) (_ *Result, err error) {
	if err := target.Prepare(p.Transactions + 1); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	r := &run{target: target, record: newRecord(target, p.Transactions+1), n: p.Transactions + 1}
	stop, err := target.Follow(ctx, r.record)
	if err != nil {
		return nil, fmt.Errorf("follow: %w", err)
	}
	defer stop()
	end, err := p.Measured.Begin()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	for i := range r.n {
		if err := sleepUntil(ctx, time.Now().Add(p.Pause)); err != nil {
			return nil, err
		}
		r.record.submitted(i, i+1, time.Now())
		r.send(ctx, i, i+1)
		if came, err := r.record.await(ctx, r.record.last(), i+1, stillness); err != nil || !came {
			return nil, r.explain(errors.Join(err, errors.New("a single transaction did not come")))
		}
	}
	r.sends.Wait()
	return &Result{Count: p.Transactions, Latency: r.record.latencies(1, r.n)}, nil
}
