package orderedlog_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

func TestImport_BeginsWithATickAsIfThoseBeforeWerePruned(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	whole, dir := open(t, t.TempDir()), filepath.Join(t.TempDir(), "log")
	ticks := []*core.Decided{
		opening(c.decide(nil), 0, otherSet), // 1
		completing(c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB)}), 1, oneSet),
		opening(c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB)}), 0, otherSet), // 3
		completing(c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB)}), 3, otherSet),
	}
	appendAll(t, whole, ticks...)
	handovers, err := whole.Handovers(3)
	if err != nil || len(handovers) != 1 {
		t.Fatalf("%d handovers, %v", len(handovers), err)
	}
	cfg := orderedlog.Config{Dir: dir, Network: network, Kind: kind}
	if err := orderedlog.Import(cfg, ticks[2], handovers); err != nil {
		t.Fatal(err)
	}
	if err := orderedlog.Import(cfg, ticks[2], handovers); !errors.Is(err, orderedlog.ErrConflict) {
		t.Errorf("a second import: %v", err)
	}
	l := open(t, dir)
	if l.Oldest() != 3 || l.Head() != 3 {
		t.Fatalf("ticks %d to %d, want 3 alone", l.Oldest(), l.Head())
	}
	if _, err := l.Record(2); !errors.Is(err, orderedlog.ErrPruned) {
		t.Errorf("tick before the first: %v", err)
	}
	appendAll(t, l, ticks[3])
	wantCheckpoint(t, l, ticks[2].Draft, ticks[3].Completion)
	wantCheckpoint(t, l, ticks[0].Draft, ticks[1].Completion)
	if got, err := l.Handovers(3); err != nil || len(got) != 1 {
		t.Errorf("%d handovers, %v", len(got), err)
	}
	seq := ticks[2].Record.Lanes[0].FirstSeq
	if entries, err := l.Lane(rollupA, seq, 10); err != nil || len(entries) != 2 {
		t.Errorf("lane from seq %d: %d entries, %v", seq, len(entries), err)
	}
	if _, err := l.Lane(rollupA, seq-1, 1); !errors.Is(err, orderedlog.ErrPruned) {
		t.Errorf("lane before the first tick: %v", err)
	}
	ledger, err := l.Ledger()
	if err != nil || !slices.EqualFunc(ledger, ticks[3].Ledger, func(a, b core.KV) bool { return string(a.Key) == string(b.Key) && string(a.Value) == string(b.Value) }) {
		t.Errorf("ledger %v, %v", ledger, err)
	}
}
