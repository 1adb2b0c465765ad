package orderedlog_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

var (
	oneSet   = core.ValidatorSet{{Address: common.Address{1}, Power: 1}}
	otherSet = core.ValidatorSet{{Address: common.Address{1}, Power: 2}}
)

// opening makes a tick open a checkpoint that names a set.
func opening(d *core.Decided, skipped uint64, next core.ValidatorSet) *core.Decided {
	d.Draft = &core.CheckpointDraft{
		Checkpoint: core.Checkpoint{Network: network, Tick: d.Record.Number, Results: []core.Attested{{Zone: 1}}, ValidatorSet: next.Hash()},
		Slot:       100 + d.Record.Number, Skipped: skipped, Next: next,
		Proofs: []core.LedgerProof{{Key: []byte{1}, Value: []byte{2}, Nodes: [][]byte{{3}}}},
	}
	return d
}

// completing makes a tick complete the checkpoint of an earlier one.
func completing(d *core.Decided, tick uint64, set core.ValidatorSet) *core.Decided {
	d.Completion = &core.CheckpointCompletion{
		Tick: tick, Digest: common.Hash{byte(tick)}, Set: set,
		Signatures: []core.CheckpointSignature{{Validator: set[0].Address, Signature: []byte{byte(tick)}}},
	}
	return d
}

func wantCheckpoint(t *testing.T, l *orderedlog.Log, draft *core.CheckpointDraft, completion *core.CheckpointCompletion) {
	t.Helper()
	got, err := l.Checkpoint(completion.Tick)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Draft, draft) || !reflect.DeepEqual(got.Completion, completion) {
		t.Errorf("checkpoint %d: %+v with %+v, want %+v with %+v", completion.Tick, got.Draft, got.Completion, draft, completion)
	}
	bySlot, err := l.CheckpointOfSlot(draft.Slot)
	if err != nil || !reflect.DeepEqual(bySlot, got) {
		t.Errorf("slot %d: %+v (%v)", draft.Slot, bySlot, err)
	}
}

func listed(t *testing.T, l *orderedlog.Log, from uint64, max int) []uint64 {
	t.Helper()
	all, err := l.Checkpoints(from, max)
	if err != nil {
		t.Fatal(err)
	}
	var ticks []uint64
	for _, c := range all {
		ticks = append(ticks, c.Completion.Tick)
	}
	return ticks
}

func TestCheckpoint_KeepsCompleteOnesAndDropsSkippedOnes(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newChain(t)
	l := open(t, dir)
	if _, err := l.LatestCheckpoint(); !errors.Is(err, orderedlog.ErrNotFound) {
		t.Errorf("before the first: %v", err)
	}
	ticks := []*core.Decided{
		opening(c.decide(nil), 0, oneSet),                        // 1
		c.decide(nil),                                            // 2
		completing(c.decide(nil), 1, oneSet),                     // 3
		opening(c.decide(nil), 0, oneSet),                        // 4: is never complete
		opening(c.decide(nil), 4, otherSet),                      // 5
		opening(completing(c.decide(nil), 5, oneSet), 0, oneSet), // 6
		completing(c.decide(nil), 6, otherSet),                   // 7
	}
	appendAll(t, l, ticks...)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	wantCheckpoint(t, l, ticks[0].Draft, ticks[2].Completion)
	wantCheckpoint(t, l, ticks[4].Draft, ticks[5].Completion)
	wantCheckpoint(t, l, ticks[5].Draft, ticks[6].Completion)
	if latest, err := l.LatestCheckpoint(); err != nil || latest.Completion.Tick != 6 {
		t.Errorf("latest: %+v (%v)", latest, err)
	}
	for _, missing := range []func() error{
		func() error { _, err := l.Checkpoint(4); return err },
		func() error { _, err := l.Draft(4); return err },
		func() error { _, err := l.Checkpoint(2); return err },
		func() error { _, err := l.CheckpointOfSlot(104); return err },
	} {
		if err := missing(); !errors.Is(err, orderedlog.ErrNotFound) {
			t.Errorf("got %v, want %v", err, orderedlog.ErrNotFound)
		}
	}
	if got := listed(t, l, 0, 10); !slices.Equal(got, []uint64{1, 5, 6}) {
		t.Errorf("all: %v", got)
	}
	if got := listed(t, l, 2, 1); !slices.Equal(got, []uint64{5}) {
		t.Errorf("one from tick 2: %v", got)
	}
	for before, want := range map[uint64]int{5: 0, 6: 1, 7: 2} {
		if handovers, err := l.Handovers(before); err != nil || len(handovers) != want || want > 0 && handovers[0].Completion.Tick != 5 {
			t.Errorf("handovers before tick %d: %v (%v), want %d", before, handovers, err, want)
		}
	}
	if draft, err := l.Draft(5); err != nil || !reflect.DeepEqual(draft, ticks[4].Draft) {
		t.Errorf("draft: %+v (%v)", draft, err)
	}
}

// Who follows the validator sets from the genesis needs the checkpoints that name another set, and the newest one.
func TestPrune_KeepsTheCheckpointsThatChangeTheSet(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	appendAll(t, l,
		opening(c.decide(nil), 0, oneSet),
		opening(completing(c.decide(nil), 1, oneSet), 0, otherSet),
		opening(completing(c.decide(nil), 2, oneSet), 0, otherSet),
		opening(completing(c.decide(nil), 3, otherSet), 0, otherSet),
		completing(c.decide(nil), 4, otherSet), c.decide(nil), c.decide(nil))
	if err := l.Prune(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if got := listed(t, l, 0, 10); !slices.Equal(got, []uint64{2, 4}) {
		t.Errorf("kept: %v, want the one that changes the set and the newest", got)
	}
	if _, err := l.Draft(1); !errors.Is(err, orderedlog.ErrNotFound) {
		t.Errorf("draft of a pruned one: %v", err)
	}
}

func TestAppend_RefusesTheCompletionOfNothing(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	if err := l.Append(completing(c.decide(nil), 1, oneSet)); !errors.Is(err, orderedlog.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if l.Head() != 0 {
		t.Error("the tick was written")
	}
}
