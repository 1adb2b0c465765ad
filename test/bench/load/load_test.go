package load

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// instant is a target that tells each level of a transaction a while after it was sent; those whose number is in lost never come, those in
// refused are refused.
type instant struct {
	delay         time.Duration
	lost, refused map[int]bool
	sink          Sink
	sent          []int
	broken        error
}

func (t *instant) Levels() []Level   { return []Level{Ordered, Executed} }
func (t *instant) Prepare(int) error { return nil }
func (t *instant) Follow(_ context.Context, sink Sink) (func(), error) {
	t.sink = sink
	return func() {}, nil
}

func (t *instant) Send(ctx context.Context, first, last int) error {
	for i := first; i < last; i++ {
		if t.refused[i] {
			return errors.New("the pool is full")
		}
	}
	if err := sleepUntil(ctx, time.Now().Add(t.delay)); err != nil {
		return err
	}
	if t.broken != nil {
		t.sink.Failed(t.broken)
		return nil
	}
	t.sink.Tick()
	for i := first; i < last; i++ {
		if !t.lost[i] {
			t.sink.Saw(i, Ordered, time.Now())
			t.sink.Saw(i, Executed, time.Now().Add(t.delay))
		}
	}
	return nil
}

func TestPlan_PacedMeasuresFromTheTimeAtWhichATransactionWasDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := &instant{delay: 20 * time.Millisecond}
		r, err := Plan{Rate: 100, WarmUp: time.Second, Duration: 2 * time.Second}.Run(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		ordered, executed := r.Latency["ordered"], r.Latency["executed"]
		if r.Count != 200 || ordered.P50 != 20 || ordered.Max != 20 || executed.P99 != 40 || ordered.Missing != 0 {
			t.Errorf("%+v", r)
		}
		if r.PerSecond < 99 || r.PerSecond > 101 {
			t.Errorf("%v per second, want 100", r.PerSecond)
		}
	})
}

func TestPlan_PacedCollectsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := &instant{delay: 20 * time.Millisecond}
		r, err := Plan{Rate: 1000, Together: 5 * time.Millisecond, WarmUp: time.Second, Duration: 2 * time.Second}.Run(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if ordered := r.Latency["ordered"]; r.Count != 2000 || ordered.Max != 25 || ordered.P50 < 20 || ordered.Missing != 0 {
			t.Errorf("%+v", r)
		}
		if r.PerSecond < 990 || r.PerSecond > 1010 {
			t.Errorf("%v per second, want 1000", r.PerSecond)
		}
	})
}

func TestPlan_PacedSaysWhatNeverCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := &instant{delay: time.Millisecond, lost: map[int]bool{150: true, 160: true}, refused: map[int]bool{170: true}}
		r, err := Plan{Rate: 100, WarmUp: time.Second, Duration: time.Second}.Run(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if r.Latency["ordered"].Missing != 3 || r.Refused != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestPlan_WindowedKeepsSoManyUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := &instant{delay: 100 * time.Millisecond}
		r, err := Plan{Window: 50, Batch: 10, WarmUp: time.Second, Duration: 2 * time.Second, Transactions: 100_000}.Run(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		if r.PerSecond < 490 || r.PerSecond > 510 { // 50 under way, each for 0.1 s
			t.Errorf("%v per second, want 500", r.PerSecond)
		}
		if r.Latency["ordered"].P50 != 100 {
			t.Errorf("%+v", r.Latency)
		}
	})
}

func TestPlan_FailsWithItsFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := &instant{broken: errors.New("connection lost")}
		_, err := Plan{Window: 5, Batch: 1, Duration: time.Second, Transactions: 100}.Run(t.Context(), target)
		if err == nil || !strings.Contains(err.Error(), "connection lost (of 100 transactions 0 ordered 0 executed)") {
			t.Errorf("got %v", err)
		}
	})
}

func TestPlan_SaysWhyNothingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := make(map[int]bool)
		for i := range 100 {
			all[i] = true
		}
		_, err := Plan{Rate: 10, Duration: time.Second}.Run(t.Context(), &instant{refused: all})
		if err == nil || !strings.Contains(err.Error(), "no transaction was seen") || !strings.Contains(err.Error(), "the pool is full") {
			t.Errorf("got %v", err)
		}
	})
}

func TestIdle_MeasuresEachAloneAndNotTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := Idle{Transactions: 5, Pause: time.Second}.Run(t.Context(), &instant{delay: 7 * time.Millisecond})
		if err != nil || r.Count != 5 || r.Latency["ordered"].Max != 7 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
