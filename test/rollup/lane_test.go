package rollup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// recorder is a reader that checks what it is given against what came before, and counts.
type recorder struct {
	cursor  lane.Cursor
	entries []core.LaneItem
	proven  uint64
	ticks   uint64
	time    uint64
	enough  func(r *recorder) bool
}

var errEnough = errors.New("enough")

func (r *recorder) pass(timeMs uint64, after lane.Cursor) error {
	if timeMs < r.time || after.Tick <= r.cursor.Tick {
		return fmt.Errorf("tick %d of time %d after tick %d of time %d", after.Tick, timeMs, r.cursor.Tick, r.time)
	}
	if r.cursor.Tick > 0 {
		r.ticks += after.Tick - r.cursor.Tick
	}
	r.cursor, r.time = after, timeMs
	return r.done()
}

func (r *recorder) done() error {
	if r.enough != nil && r.enough(r) {
		return errEnough
	}
	return nil
}

func (r *recorder) Tick(t *lane.Tick, after lane.Cursor) error {
	if t.FirstSeq != uint64(len(r.entries)) || after.Seq != t.FirstSeq+uint64(len(t.Items)) {
		return fmt.Errorf("tick %d begins at %d, %d positions were given", t.Number, t.FirstSeq, len(r.entries))
	}
	r.entries = append(r.entries, t.Items...)
	return r.pass(t.Time, after)
}

func (r *recorder) Clock(timeMs uint64, after lane.Cursor) error { return r.pass(timeMs, after) }

func (r *recorder) Proven(fact *proof.HeadFact) error {
	r.proven = max(r.proven, fact.Lane.NextSeq)
	return r.done()
}

// A lane is read under load while its connections are cut and the nodes behind them are stopped at random moments. The
// reader sees every tick once, and ends with the head that all nodes have and the validators have signed.
func TestLane_IsReadWithoutGapOrRepeatWhateverDies(t *testing.T) {
	d := start(t)
	proxies := []*proxy{newProxy(t, d, 0), newProxy(t, d, 1)}
	trust := proof.FromGenesis(d.Genesis())
	reader := lane.New(counters, trust, proxies[0].url(), proxies[1].url())
	writer := lane.New(counters, trust, "http://"+d.Node(0).GatewayAddr().String())
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	const wantCuts, wantStops = 15, 2
	var total, cuts, stops atomic.Int64 // total is set when the load ends
	loaded := make(chan error, 1)
	go func() {
		pace := time.NewTicker(2 * time.Millisecond)
		defer pace.Stop()
		n := int64(0)
		for ; cuts.Load() < wantCuts || stops.Load() < wantStops; n++ {
			if _, err := writer.Submit(ctx, fmt.Appendf(nil, "add k%d 1 #%d", n%7, n)); err != nil {
				loaded <- fmt.Errorf("submit %d: %w", n, err)
				cancel()
				return
			}
			<-pace.C
		}
		total.Store(n)
		loaded <- nil
	}()
	stop := make(chan struct{})
	killed := make(chan error, 1)
	go func() {
		killed <- func() error {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return nil
				case <-time.After(time.Duration(20+random.IntN(200)) * time.Millisecond):
				}
				cuts.Add(int64(proxies[random.IntN(2)].cut()))
				if n%8 == 5 { // the load goes through validator 0
					if err := errors.Join(d.Stop(1), d.Start(1)); err != nil {
						return err
					}
					stops.Add(1)
				}
			}
		}()
	}()
	r := &recorder{enough: func(r *recorder) bool {
		n := total.Load()
		return n > 0 && int64(len(r.entries)) >= n && int64(r.proven) >= n
	}}
	if err := reader.Follow(ctx, lane.Cursor{}, r); !errors.Is(err, errEnough) {
		t.Fatalf("after %d entries, %d of them proven: %v", len(r.entries), r.proven, err)
	}
	close(stop)
	if err := errors.Join(<-loaded, <-killed); err != nil {
		t.Fatal(err)
	}
	if int64(len(r.entries)) != total.Load() {
		t.Errorf("%d were sent, %d came", total.Load(), len(r.entries))
	}
	for _, i := range []int{0, 2, 3} {
		if err := d.Node(i).Log().Wait(ctx, r.cursor.Tick); err != nil {
			t.Fatal(err)
		}
		state, err := d.Node(i).Log().LaneAfter(counters, r.cursor.Tick-1)
		if err != nil || state.NextSeq != r.cursor.Seq || state.Head != r.cursor.Head {
			t.Errorf("validator %d: lane %+v, %v, the reader's is %+v", i, state, err, r.cursor)
		}
	}
	t.Logf("%d entries and %d ticks over %d cut connections and %d stopped nodes", len(r.entries), r.ticks, cuts.Load(), stops.Load())
}
