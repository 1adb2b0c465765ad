package opstack

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// ConfirmState is how far the network has been told of the chain.
type ConfirmState struct {
	Rollup   core.RollupID  `json:"rollup"`
	Operator common.Address `json:"operator"`
	// Network says whether the lane is being read: "ok", "silent", or "unknown" before it was.
	Network string `json:"network"`
	// Sequencing: op-node has asked for a build lately. Blocks of an op-node that only follows are not told.
	Sequencing bool `json:"sequencing"`
	// Ordered is the newest block in the lane, Proven the newest one of which the validators have signed that.
	Ordered *ToldBlock `json:"ordered"`
	Proven  *ToldBlock `json:"proven"`
	// Waiting counts blocks that were handed in and are not ordered, Behind those up to the head that are not in the lane.
	Waiting int    `json:"waiting"`
	Behind  uint64 `json:"behind"`
	// Problem is what the last try failed with; empty when it did not.
	Problem string `json:"problem,omitempty"`
}

// ToldBlock is a block in the lane.
type ToldBlock struct {
	Number uint64      `json:"number"`
	Hash   common.Hash `json:"hash"`
	Seq    uint64      `json:"seq"`
}

// confirmState is what the confirmer lets others know.
type confirmState struct {
	heard           time.Time
	ordered, proven *ToldBlock
	waiting         int
	behind          uint64
	problem         string
	built           time.Time
}

func (s *confirmState) view(o *Operator, now time.Time) *ConfirmState {
	v := &ConfirmState{
		Rollup: o.Rollup, Operator: o.Address(), Network: "ok", Sequencing: now.Sub(s.built) < sequencing, Ordered: s.ordered, Proven: s.proven,
		Waiting: s.waiting, Behind: s.behind, Problem: s.problem,
	}
	switch {
	case s.heard.IsZero():
		v.Network = "unknown"
	case now.Sub(s.heard) > laneSilence:
		v.Network = "silent"
	}
	return v
}

// whileTelling runs something whenever the mode is Confirm or Shared, until ctx ends.
func (a *Adapter) whileTelling(ctx context.Context, run func(context.Context)) {
	for ctx.Err() == nil {
		mode, changed := a.watchMode()
		if mode == PassThrough {
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		running, cancel := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			run(running)
		}()
		for mode != PassThrough && ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-changed:
			}
			mode, changed = a.watchMode()
		}
		cancel()
		<-ended
	}
}

func (a *Adapter) watchMode() (Mode, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mode, a.changed
}

// newestHead is the chain's head, when it was taken, and what is closed at the next change.
func (a *Adapter) newestHead() (common.Hash, time.Time, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.head, a.headAt, a.changed
}

// sequenced takes notice of a build.
func (a *Adapter) sequenced(b job) {
	if b.derived {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	first := time.Since(a.confirm.built) >= sequencing
	if a.confirm.built = b.opened; first {
		a.news()
	}
}

// sequences tells whether op-node is the chain's sequencer.
func (a *Adapter) sequences() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Since(a.confirm.built) < sequencing
}

// clock notes that the lane has brought something.
func (a *Adapter) clock() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.confirm.heard = time.Now()
}

// trouble notes what is wrong, empty for nothing, and tells whether that is news.
func (a *Adapter) trouble(problem string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	news := a.confirm.problem != problem
	a.confirm.problem = problem
	return news
}

// told notes how far the machine is.
func (a *Adapter) told(m *machine) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.confirm
	s.waiting, s.behind = len(m.sent), 0
	if n := len(m.ordered); n > 0 {
		tip := m.ordered[n-1]
		s.ordered = &ToldBlock{tip.number, tip.hash, tip.seq}
		if m.goal != nil && m.goal.Number > tip.number {
			s.behind = m.goal.Number - tip.number
		}
		a.meters.height.Set(float64(tip.number))
	}
	a.meters.behind.Set(float64(s.behind))
}

// proven notes that the lane up to a position is signed.
func (a *Adapter) proven(ordered []link, next uint64) {
	for i := len(ordered) - 1; i >= 0; i-- {
		if l := ordered[i]; l.seq < next {
			a.mu.Lock()
			a.confirm.proven = &ToldBlock{l.number, l.hash, l.seq}
			a.mu.Unlock()
			a.meters.provenHeight.Set(float64(l.number))
			return
		}
	}
}
