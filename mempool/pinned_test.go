package mempool_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
)

// pinned makes a bundle of one leg with a parentTick.
func (f *fixture) pinned(key int, parent uint64) *core.Bundle {
	b := f.bundle(transfer{Key: key}, transfer{Rollup: rollupB, Key: key})
	b.ParentTick = parent
	return b
}

// offered lists what the next tick would hold.
func (f *fixture) offered() (ids []common.Hash) {
	for _, b := range f.sel().Bundles {
		ids = append(ids, b.Hash)
	}
	return ids
}

func wantIDs(t *testing.T, when string, got []common.Hash, want ...common.Hash) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = got[i] == want[i]
	}
	if !same {
		t.Errorf("%s: offered %s, want %s", when, got, want)
	}
}

func TestSelect_ParentTickGoesFirstInItsTickOnly(t *testing.T) {
	f := newFixture(t)
	f.commit(core.Candidates{})
	plain := f.mustAddBundle(f.bundle(transfer{Key: 1}))
	poor := f.pinned(2, 2)
	poor.NotBefore = poor.NotAfter // does not fit into the tick
	waits := f.mustAddBundle(poor)
	first, second := f.mustAddBundle(f.pinned(3, 2)), f.mustAddBundle(f.pinned(4, 2))
	next := f.mustAddBundle(f.pinned(5, 3))
	wantIDs(t, "tick 2", f.offered(), plain)
	f.commit(core.Candidates{})
	wantIDs(t, "tick 3", f.offered(), first, plain)
	f.order()
	f.executed()
	for _, id := range []common.Hash{waits, second} {
		reason, _ := f.pool.Dropped(id)
		wantRefusal(t, reason, core.ErrParentTickPassed, "parentTick: ", "2, tick 3 is ordered")
	}
	if reason, ok := f.pool.Dropped(first); ok {
		t.Errorf("the ordered one was dropped: %v", reason)
	}
	wantIDs(t, "tick 4", f.offered(), next)
	f.order()
	f.executed()
	if c := f.pool.Counters(); c.Bundles != 0 || c.Dropped != 2 {
		t.Errorf("after all: %+v", c)
	}
	f.mustAddBundle(f.pinned(4, 4)) // its senders are free again
}

func TestPool_RefusesParentTicksThatCannotBe(t *testing.T) {
	f := newFixture(t)
	if _, err := f.pool.AddBundle(t.Context(), f.pinned(1, 1_000_000)); err != nil {
		t.Fatalf("a pool that knows no tick yet: %v", err)
	}
	for range 10 {
		f.commit(core.Candidates{})
	}
	for _, test := range []struct {
		parent uint64
		want   error
		text   string
	}{
		{9, core.ErrParentTickPassed, "9, tick 10 is ordered"},
		{10, nil, ""},
		{74, nil, ""},
		{75, mempool.ErrParentTickAhead, "parentTick: mempool: parentTick is too far ahead: have 75, want 10 to 74"},
		{1<<64 - 1, mempool.ErrParentTickAhead, "parentTick"},
	} {
		_, err := f.pool.AddBundle(t.Context(), f.pinned(int(test.parent%100)+2, test.parent))
		if test.want == nil {
			if err != nil {
				t.Errorf("parentTick %d: %v", test.parent, err)
			}
			continue
		}
		wantRefusal(t, err, test.want, test.text)
	}
}

// A bundle for a later tick does not call for a proposal; with the tick before its own it does.
func TestPool_ReadyWithAParentTickInItsTick(t *testing.T) {
	f := newFixture(t)
	f.commit(core.Candidates{})
	f.mustAddBundle(f.pinned(1, 2))
	select {
	case <-f.pool.Ready():
		t.Fatal("ready for tick 2, which may not hold the bundle")
	default:
	}
	f.commit(core.Candidates{})
	select {
	case <-f.pool.Ready():
	default:
		t.Fatal("not ready for tick 3, which may hold the bundle")
	}
}
