package orderedlog_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

func TestLog_PrunesTicksAndWhatPointsToThem(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newChain(t)
	l := open(t, dir)
	var ticks []*core.Decided
	for range 600 {
		ticks = append(ticks, c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB)}))
	}
	appendAll(t, l, ticks...)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Prune(cancelled, 500); !errors.Is(err, context.Canceled) {
		t.Fatalf("prune without time: %v", err)
	}
	if err := l.Prune(t.Context(), 500); err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		if l.Oldest() != 500 || l.Head() != 600 {
			t.Fatalf("ticks %d to %d are kept, want 500 to 600", l.Oldest(), l.Head())
		}
		if err := checkContent(l, ticks); err != nil {
			t.Fatal(err)
		}
		old := ticks[498]
		if places, err := l.Places(old.Tick.Bundles[0].Txs[0].Hash()); err != nil || len(places) != 0 {
			t.Errorf("places of a pruned transaction: %v, %v", places, err)
		}
		if places, err := l.BundlePlaces(old.Tick.Bundles[0].Hash); err != nil || len(places) != 0 {
			t.Errorf("places of a pruned bundle: %v, %v", places, err)
		}
		if _, err := l.Lane(rollupA, 0, 1); !errors.Is(err, orderedlog.ErrPruned) {
			t.Errorf("pruned lane position: %v", err)
		}
		if err := l.Append(old); !errors.Is(err, orderedlog.ErrPruned) {
			t.Errorf("append of a pruned tick: %v", err)
		}
	}
	check()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	check()
	// The head stays, whatever is asked for.
	if err := l.Prune(t.Context(), 10_000); err != nil || l.Oldest() != 600 {
		t.Fatalf("oldest is %d, %v", l.Oldest(), err)
	}
	appendAll(t, l, c.decide(nil))
}

func TestLog_PrunesBesideAppendsAndReaders(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	var ticks []*core.Decided
	for range 2000 {
		ticks = append(ticks, c.decide(nil))
	}
	appendAll(t, l, ticks[:1000]...)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := l.Prune(t.Context(), 900); err != nil {
			t.Error(err)
		}
	})
	wg.Go(func() { appendAll(t, l, ticks[1000:]...) })
	wg.Go(func() {
		for n := uint64(1); n <= 1000; n++ {
			if r, err := l.Record(n); err == nil && r.Number != n || err != nil && !errors.Is(err, orderedlog.ErrPruned) {
				t.Errorf("tick %d: %v", n, err)
			}
		}
	})
	wg.Wait()
	if l.Oldest() != 900 || l.Head() != 2000 {
		t.Errorf("ticks %d to %d are kept", l.Oldest(), l.Head())
	}
}
