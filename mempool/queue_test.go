package mempool_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

func TestPool_QueuesGapsUntilFilled(t *testing.T) {
	f := newFixture(t)
	for _, n := range []uint64{3, 1, 2, 5} {
		f.mustAdd(transfer{Nonce: n})
	}
	if c := f.sel(); !c.Empty() {
		t.Fatalf("selected %v over a gap", nonces(c, rollupA))
	}
	if pending, queued := f.pool.Stats(rollupA); pending != 0 || queued != 4 {
		t.Errorf("stats %d, %d, want 0, 4", pending, queued)
	}
	f.mustAdd(transfer{Nonce: 0})
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{0, 1, 2, 3}) {
		t.Errorf("selected %v", have)
	}
	if n := f.pool.Nonce(rollupA, mempooltest.Addr(0)); n != 4 {
		t.Errorf("next nonce %d, want 4", n)
	}
	pending, queued := f.pool.ContentFrom(rollupA, mempooltest.Addr(0))
	if len(pending) != 4 || len(queued) != 1 || queued[0].Nonce() != 5 {
		t.Errorf("%d pending, %d queued", len(pending), len(queued))
	}
	allPending, allQueued := f.pool.Content(rollupA)
	if len(allPending[mempooltest.Addr(0)]) != 4 || len(allQueued[mempooltest.Addr(0)]) != 1 {
		t.Errorf("content %v %v", allPending, allQueued)
	}
}

func TestPool_ReplacesByTheTenPercentRule(t *testing.T) {
	tests := []struct {
		name        string
		feeCap, tip int64
		ok          bool
	}{
		{"same fees", 100, 10, false},
		{"fee cap only", 110, 10, false},
		{"tip only", 100, 11, false},
		{"one wei short", 109, 11, false},
		{"both by 10 %", 110, 11, true},
		{"much more", 1000, 1000, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t)
			old := f.mustAdd(transfer{FeeCap: 100, Tip: 10})
			f.mustAdd(transfer{Nonce: 1})
			hash, err := f.add(transfer{FeeCap: test.feeCap, Tip: test.tip, Gas: 22000})
			if !test.ok {
				wantRefusal(t, err, mempool.ErrReplaceUnderpriced, "replacement transaction underpriced", "maxFeePerGas")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			c := f.sel()
			if have := nonces(c, rollupA); !slices.Equal(have, []uint64{0, 1}) || c.Sections[0].Txs[0].Hash() != hash {
				t.Errorf("selected nonces %v, first %s, want %s", have, c.Sections[0].Txs[0].Hash(), hash)
			}
			reason, _ := f.pool.Dropped(old)
			wantRefusal(t, reason, mempool.ErrReplaced, hash.String())
			if found := f.pool.Find(old); found.Held || !errors.Is(found.Dropped, mempool.ErrReplaced) {
				t.Errorf("the replaced transaction: %+v", found)
			}
			if found := f.pool.Find(hash); !found.Held || found.Bundle {
				t.Errorf("the replacement: %+v", found)
			}
			if pending, queued := f.pool.Totals(); pending != 2 || queued != 0 {
				t.Errorf("totals %d and %d, want 2 and 0", pending, queued)
			}
			if f.pool.Known(rollupA, old) != nil {
				t.Error("the replaced transaction is still known")
			}
		})
	}
}

func TestPool_KeepsLowFeesInReplacement(t *testing.T) {
	f := newFixture(t)
	f.state.SetBaseFee(rollupA, 1)
	f.mustAdd(transfer{FeeCap: 2, Tip: 1})
	_, err := f.add(transfer{FeeCap: 2, Tip: 1, Gas: 22000}) // 10 % of 1 wei rounds to nothing, and is not enough
	wantRefusal(t, err, mempool.ErrReplaceUnderpriced)
}

func TestPool_CapsASender(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxSenderTxs, c.MaxSenderWaiting, c.MaxSenderBytes = 5, 2, 2000 })
	f.mustAdd(transfer{Nonce: 2})
	f.mustAdd(transfer{Nonce: 4})
	_, err := f.add(transfer{Nonce: 6})
	wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "tx nonce 6", "wait for nonce 0")
	_, err = f.add(transfer{Data: make([]byte, 2000)})
	wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "limit 2000")
	f.mustAdd(transfer{Nonce: 0})
	f.mustAdd(transfer{Nonce: 1})
	f.mustAdd(transfer{Nonce: 3})
	_, err = f.add(transfer{Nonce: 5})
	wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "pooled 5 txs")
	f.mustAdd(transfer{Nonce: 3, FeeCap: 200, Tip: 2}) // replacing is possible at the cap
	f.order()
	f.mustAdd(transfer{Nonce: 5}) // ordered ones do not count
}

func TestPool_CapsRollupAndAllByEvictingTheLongestWaiting(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxTxs, c.MaxRollupTxs = 6, 4 })
	oldest := f.mustAdd(transfer{Key: 1, Nonce: 9})
	f.mustAdd(transfer{Key: 2, Nonce: 9})
	f.mustAdd(transfer{Key: 3})
	f.mustAdd(transfer{Key: 4})
	_, err := f.add(transfer{Key: 5, Nonce: 1})
	wantRefusal(t, err, mempool.ErrFull, "rollup 901")
	f.mustAdd(transfer{Key: 5})
	reason, _ := f.pool.Dropped(oldest)
	wantRefusal(t, reason, mempool.ErrFull, "waiting for nonce 0")
	f.mustAdd(transfer{Key: 6})
	_, err = f.add(transfer{Key: 7}) // nothing waits any more
	wantRefusal(t, err, mempool.ErrFull, "rollup 901 holds 4 txs")

	waiting := f.mustAdd(transfer{Rollup: rollupB, Key: 1, Nonce: 1})
	f.mustAdd(transfer{Rollup: rollupB, Key: 2})
	f.mustAdd(transfer{Rollup: rollupB, Key: 3}) // the pool is full with 6: the one waiting on B goes
	if _, ok := f.pool.Dropped(waiting); !ok {
		t.Error("the waiting transaction of B was not evicted")
	}
	_, err = f.add(transfer{Rollup: rollupC, Key: 3})
	wantRefusal(t, err, mempool.ErrFull, "6 txs")
	if c := f.pool.Counters(); c.Txs != 6 || c.Evicted != 3 {
		t.Errorf("%d txs, %d evicted, want 6 and 3", c.Txs, c.Evicted)
	}
}

func TestPool_CapsBytes(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxBytes, c.MaxRollupBytes = 3000, 2000 })
	data := make([]byte, 850)
	f.mustAdd(transfer{Key: 1, Data: data})
	f.mustAdd(transfer{Key: 2, Data: data})
	_, err := f.add(transfer{Key: 3, Data: data})
	wantRefusal(t, err, mempool.ErrFull, "rollup 901")
	f.mustAdd(transfer{Rollup: rollupB, Key: 3, Data: data[:700]})
	_, err = f.add(transfer{Rollup: rollupB, Key: 4, Data: data})
	wantRefusal(t, err, mempool.ErrFull, "3 txs of")
	if c := f.pool.Counters(); c.Bytes > 3000 {
		t.Errorf("%d bytes", c.Bytes)
	}
}

func TestPool_CapsBundles(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxBundles, c.MaxBundlesBytes = 2, 1500 })
	f.mustAddBundle(f.bundle(transfer{Key: 1}))
	_, err := f.pool.AddBundle(t.Context(), f.bundle(transfer{Key: 2, Data: make([]byte, 1500), Gas: 1e6}))
	wantRefusal(t, err, mempool.ErrFull, "1 bundles")
	f.mustAddBundle(f.bundle(transfer{Key: 2}))
	_, err = f.pool.AddBundle(t.Context(), f.bundle(transfer{Key: 3}))
	wantRefusal(t, err, mempool.ErrFull, "2 bundles")
	f.order()
	f.mustAddBundle(f.bundle(transfer{Key: 3}))
}

func TestPool_CapsBundlesOfASender(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxSenderBundles = 2 })
	f.mustAddBundle(f.bundle(transfer{Key: 1}))
	f.mustAddBundle(f.bundle(transfer{Key: 1, Gas: 22_000}))
	_, err := f.pool.AddBundle(t.Context(), f.bundle(transfer{Key: 2}, transfer{Key: 1, Gas: 23_000}))
	wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "legs[1].tx", "2 bundles")
	f.mustAddBundle(f.bundle(transfer{Key: 2}, transfer{Rollup: rollupB, Key: 1}))
}

func TestPool_ParksWhatFallsBelowTheBaseFee(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{FeeCap: 100})
	f.mustAdd(transfer{Nonce: 1, FeeCap: 50})
	f.mustAdd(transfer{Nonce: 2, FeeCap: 100})
	f.state.SetBaseFee(rollupA, 51)
	f.executed()
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{0}) {
		t.Errorf("selected %v at base fee 51", have)
	}
	f.state.SetBaseFee(rollupA, 50)
	f.executed()
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{0, 1, 2}) {
		t.Errorf("selected %v at base fee 50", have)
	}
}

func TestPool_DropsWhatTheBalanceNoLongerCovers(t *testing.T) {
	f := newFixture(t)
	f.state.SetBalance(rollupA, mempooltest.Addr(0), uint256.NewInt(3*2_100_000))
	f.mustAdd(transfer{})
	f.order()
	second, third := f.mustAdd(transfer{Nonce: 1}), f.mustAdd(transfer{Nonce: 2})
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.state.SetBalance(rollupA, mempooltest.Addr(0), uint256.NewInt(2*2_100_000-1))
	f.executed()
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{1}) {
		t.Errorf("selected %v", have)
	}
	reason, _ := f.pool.Dropped(third)
	wantRefusal(t, reason, mempool.ErrInsufficientFunds, "have 4199999")
	if _, ok := f.pool.Dropped(second); ok {
		t.Error("the covered transaction was dropped")
	}
}

func TestPool_TellsSubscribersOnceWhenExecutable(t *testing.T) {
	f := newFixture(t)
	events := make(chan mempool.NewTxs, 8)
	cancel := f.pool.SubscribeNewTxs(rollupA, events)
	others := make(chan mempool.NewTxs, 1)
	defer f.pool.SubscribeNewTxs(rollupB, others)()
	f.mustAdd(transfer{Nonce: 1})
	if len(events) != 0 {
		t.Error("told of a waiting transaction")
	}
	f.mustAdd(transfer{})
	event := <-events
	if event.Rollup != rollupA || len(event.Txs) != 2 || event.Txs[0].Nonce() != 0 || event.Txs[1].Nonce() != 1 {
		t.Errorf("event %+v", event)
	}
	f.state.SetBaseFee(rollupA, 1000)
	f.executed()
	f.state.SetBaseFee(rollupA, 1)
	f.executed()
	cancel()
	cancel()
	f.mustAdd(transfer{Key: 1})
	if len(events) != 0 {
		t.Errorf("told again: %+v", <-events)
	}
	if len(others) != 0 {
		t.Errorf("told of another rollup's: %+v", <-others)
	}
	full := make(chan mempool.NewTxs)
	defer f.pool.SubscribeNewTxs(rollupA, full)()
	f.mustAdd(transfer{Key: 2})
	if lost := f.pool.Counters().EventsLost; lost != 1 {
		t.Errorf("%d events lost, want 1", lost)
	}
}

func TestPool_LookupsOfUnknownThings(t *testing.T) {
	f := newFixture(t)
	hash := transfer{}.Sign().Hash()
	if _, ok := f.pool.Get(rollupA, hash); ok || f.pool.Known(12345, hash) != nil {
		t.Error("found what is not there")
	}
	if _, ok := f.pool.GetBundle(hash); ok {
		t.Error("found a bundle that is not there")
	}
	pending, queued := f.pool.Content(12345)
	if len(pending)+len(queued) != 0 || f.pool.Nonce(12345, mempooltest.Addr(0)) != 0 || f.pool.Pending(12345, mempooltest.Addr(0)) != nil {
		t.Error("found something on an unknown rollup")
	}
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 8)
	if n := f.pool.Nonce(rollupA, mempooltest.Addr(0)); n != 8 {
		t.Errorf("nonce of an account without transactions: %d, want 8", n)
	}
}
