package opstack

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// SharedState is how far the chain's blocks have taken the lane.
type SharedState struct {
	// Cursor is the position behind what the newest block that was made here took, Lane the end of the lane as it was read.
	Cursor uint64 `json:"cursor"`
	Lane   uint64 `json:"lane"`
	// Waiting counts the transactions between the two.
	Waiting int `json:"waiting"`
	// Clock is the newest consensus time that was read, in ms.
	Clock uint64 `json:"clock"`
	// Reported is the newest block of which the lane says what it took; zero for none.
	Reported uint64 `json:"reported"`
	// Problem is why the last block was not filled; empty when it was.
	Problem string `json:"problem,omitempty"`
}

func (f *filler) view() *SharedState {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.shown
	v.Lane, v.Clock = f.lane.end(), f.lane.clock
	v.Waiting = len(f.lane.transactions(v.Cursor, v.Lane))
	if f.book.last != nil {
		v.Reported = f.book.last.Number
	}
	return &v
}

// run reads the lane and reports into it until ctx ends.
func (f *filler) run(ctx context.Context) {
	f.mu.Lock()
	f.heard = time.Now()
	f.mu.Unlock()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { f.follow(ctx); return nil })
	group.Go(func() error { f.report(ctx); return nil })
	_ = group.Wait() // both end with ctx alone
}

// follow reads the lane, from where it was left, for as long as it takes.
func (f *filler) follow(ctx context.Context) {
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		reading, cancel := context.WithCancel(ctx)
		watchdog := time.AfterFunc(laneSilence, cancel)
		f.mu.Lock()
		from := f.after
		f.mu.Unlock()
		err := f.operator.Network.Follow(reading, from, &laneReader{f, func() { watchdog.Reset(laneSilence) }})
		watchdog.Stop()
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errSilent
		}
		f.trouble(err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// laneReader hands the lane to the filler.
type laneReader struct {
	*filler
	alive func()
}

// Tick implements lane.Reader.
func (r *laneReader) Tick(t *lane.Tick, after lane.Cursor) error {
	r.alive()
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.Time > r.lane.clock {
		r.heard = time.Now()
	}
	r.lane.tick(t)
	r.after = after
	r.previews.arrived(t, r.lane.end())
	for _, item := range t.Items {
		if report := item.Tx.Report(); report != nil {
			r.book.hear(report)
			oldest, _, _ := r.book.oldest()
			r.lane.forget(oldest)
		}
	}
	r.news()
	return nil
}

// Clock implements lane.Reader.
func (r *laneReader) Clock(timeMs uint64, after lane.Cursor) error {
	r.alive()
	r.mu.Lock()
	defer r.mu.Unlock()
	if timeMs > r.lane.clock {
		r.lane.clock, r.heard = timeMs, time.Now()
	}
	r.after = after
	r.news()
	return nil
}

// Proven implements lane.Reader.
func (r *laneReader) Proven(*proof.HeadFact) error { return nil }

// report hands in what blocks took, one after the other: the next one when the one before is in the lane.
func (f *filler) report(ctx context.Context) {
	var sent *core.Report
	var at time.Time
	var newest common.Hash // the newest head that was filled; later ones may be the chain's own
	for ctx.Err() == nil {
		head, _, changed := f.adapter.newestHead()
		f.mu.Lock()
		if _, filled := f.book.records[head]; filled {
			newest = head
		}
		moved, due := f.moved, f.book.due(f.operator.Rollup, newest)
		f.mu.Unlock()
		if due != nil && (sent == nil || sent.Hash != due.Hash || sent.Branch != due.Branch || time.Since(at) > resendAfter) {
			sent, at = due, time.Now()
			if err := f.submit(ctx, due); err != nil && lane.Reason(err) != reasonKnown && ctx.Err() == nil {
				f.adapter.meters.failures.Inc()
				f.log.Warn("a report waits", "height", due.Number, "err", err)
			}
		}
		timer := time.NewTimer(resendAfter / 5)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-moved:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (f *filler) submit(ctx context.Context, r *core.Report) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := r.Sign(f.operator.NetworkID, f.operator.Key); err != nil {
		return err
	}
	_, err := f.operator.Network.SubmitReport(ctx, r)
	return err
}
