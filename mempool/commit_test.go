package mempool_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"go.uber.org/goleak"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPool_LifeOfATransaction(t *testing.T) {
	f := newFixture(t)
	addr := mempooltest.Addr(0)
	first, second := f.mustAdd(transfer{}), f.mustAdd(transfer{Nonce: 1})
	if c := f.sel(); count(c) != 2 {
		t.Fatalf("%d selected", count(c))
	}
	if c := f.sel(); count(c) != 2 {
		t.Fatalf("%d selected after a proposal that failed", count(c))
	}
	f.order()
	if !f.sel().Empty() {
		t.Fatal("ordered transactions are offered again")
	}
	if c := f.pool.Counters(); c.Txs != 0 || c.Bytes != 0 || c.Ordered != 2 {
		t.Errorf("ordered ones still count: %+v", c)
	}
	if tx, ok := f.pool.Get(rollupA, first); !ok || f.pool.Known(rollupA, first) != tx {
		t.Error("an ordered transaction is not found before its view is published")
	}
	if n := len(f.pool.Pending(rollupA, addr)); n != 2 || f.pool.Nonce(rollupA, addr) != 2 {
		t.Errorf("%d pending, next nonce %d, want 2 and 2", n, f.pool.Nonce(rollupA, addr))
	}
	_, err := f.add(transfer{Nonce: 1, FeeCap: 1000, Tip: 1000})
	wantRefusal(t, err, mempool.ErrNonceTooLow, "tx nonce 1 is taken by "+second.String(), "tick 1")

	f.state.SetNonce(rollupA, addr, 2) // the view appears before the pool is told
	if n := f.pool.Nonce(rollupA, addr); n != 2 {
		t.Errorf("next nonce %d between view and Executed, want 2", n)
	}
	f.executed()
	if _, ok := f.pool.Get(rollupA, first); ok || f.pool.Known(rollupA, second) != nil {
		t.Error("executed transactions are still there")
	}
	if c := f.pool.Counters(); c.Ordered != 0 || c.Dropped != 0 {
		t.Errorf("after execution: %+v", c)
	}
}

func TestPool_IgnoresLateGossipOfWhatWasOrdered(t *testing.T) {
	f := newFixture(t)
	f.run()
	f.mustAdd(transfer{})
	batches := f.pool.Reap(0)
	f.mustAddBundle(f.bundle(transfer{Key: 1}))
	f.clock.Add(5)
	batches = append(batches, f.pool.Reap(0)...)
	f.order()
	f.executed() // both were void: the nonces are unused
	f.gossip(batches...)
	if !f.sel().Empty() {
		t.Error("late gossip brought back what was ordered")
	}
	if c := f.pool.Counters(); c.GossipRefused != 2 {
		t.Errorf("%d refused, want 2", c.GossipRefused)
	}
	f.mustAdd(transfer{}) // but its sender may try again
	f.mustAddBundle(f.bundle(transfer{Key: 1}))
	if c := f.sel(); count(c) != 1 || len(c.Bundles) != 1 {
		t.Errorf("%d singles, %d bundles, want 1 and 1", count(c), len(c.Bundles))
	}
}

func TestPool_RefusesAgainWhatIsInFlight(t *testing.T) {
	f, other := newFixture(t), newFixture(t)
	other.mustAdd(transfer{})
	f.commit(other.sel()) // this node never saw it before it was ordered
	_, err := f.add(transfer{})
	wantRefusal(t, err, mempool.ErrAlreadyKnown)
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.executed()
	_, err = f.add(transfer{})
	wantRefusal(t, err, mempool.ErrNonceTooLow, "next nonce 1, tx nonce 0")
}

func TestPool_LooksAgainAtWhatAVoidLeavesBehind(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{})
	f.order()
	f.mustAdd(transfer{Nonce: 1})
	f.executed() // the first one was void
	if !f.sel().Empty() {
		t.Error("a transaction without its predecessor was selected")
	}
	f.mustAdd(transfer{Gas: 22_000})
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{0, 1}) {
		t.Errorf("selected %v", have)
	}
}

func TestPool_KeepsWhatWaitsInAStoppedLane(t *testing.T) {
	f := newFixture(t)
	addr := mempooltest.Addr(0)
	for n := range uint64(3) {
		f.mustAdd(transfer{Nonce: n})
	}
	f.order()
	f.mustAdd(transfer{Nonce: 3})
	f.state.SetFirstUnapplied(rollupA, 1) // the block was full after the first
	f.state.SetNonce(rollupA, addr, 1)
	f.executed()
	if n := len(f.pool.Pending(rollupA, addr)); n != 3 {
		t.Errorf("%d pending, want 3", n)
	}
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{3}) {
		t.Errorf("selected %v behind a stopped lane, want [3]", have)
	}
	f.state.SetFirstUnapplied(rollupA, 3)
	f.state.SetNonce(rollupA, addr, 3)
	f.commit(core.Candidates{})
	f.executed()
	if c := f.pool.Counters(); c.Ordered != 0 {
		t.Errorf("%d positions are kept after the lane went on", c.Ordered)
	}
}

func TestPool_HoldsSendersOfBundlesInFlight(t *testing.T) {
	f := newFixture(t)
	id := f.mustAddBundle(f.bundle(transfer{Key: 1}, transfer{Rollup: rollupB, Key: 1}))
	leg := transfer{Key: 1}.Sign().Hash()
	if _, ok := f.pool.Get(rollupA, leg); ok {
		t.Error("the leg of a waiting bundle is shown as a transaction")
	}
	if f.pool.Known(rollupA, leg) == nil {
		t.Error("the leg's decoded form is not known")
	}
	if found := f.pool.Find(leg); found.Held {
		t.Errorf("the leg of a waiting bundle is held: %+v", found)
	}
	if found := f.pool.Find(id); !found.Held || !found.Bundle {
		t.Errorf("the bundle is not held as a bundle: %+v", found)
	}
	f.order()
	if _, ok := f.pool.Get(rollupA, leg); !ok {
		t.Error("the ordered leg is not shown")
	}
	if _, ok := f.pool.GetBundle(id); !ok {
		t.Error("the ordered bundle is not found")
	}
	f.mustAdd(transfer{Key: 1, Nonce: 0, Gas: 22_000})
	f.mustAdd(transfer{Key: 1, Nonce: 1})
	if !f.sel().Empty() {
		t.Error("selected something of a sender whose nonce depends on a bundle in flight")
	}
	f.state.SetNonce(rollupA, mempooltest.Addr(1), 1)
	f.executed()
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{1}) {
		t.Errorf("selected %v after the bundle", have)
	}
	if found := f.pool.Find(id); found != (mempool.Found{Ordered: true}) {
		t.Errorf("the executed bundle is still held: %+v", found)
	}
	if _, ok := f.pool.GetBundle(id); ok || f.pool.Known(rollupB, leg) != nil {
		t.Error("the executed bundle is still there")
	}
	if c := f.pool.Counters(); c.Ordered != 0 || c.Bundles != 0 || c.BundleBytes != 0 {
		t.Errorf("left behind: %+v", c)
	}
}

func TestPool_KeepsNothingOfRollupsItTakesNothingFor(t *testing.T) {
	f := newFixture(t)
	tx, err := core.DecodeTransaction(mempooltest.OPStack, transfer{Rollup: mempooltest.OPStack}.Raw())
	if err != nil {
		t.Fatal(err)
	}
	f.commit(core.Candidates{Sections: []core.Section{
		{Rollup: mempooltest.OPStack, Txs: []core.Transaction{tx}},
		{Rollup: opaque, Txs: []core.Transaction{core.NewOpaqueTransaction(opaque, []byte("x"))}},
	}})
	if c := f.pool.Counters(); c.Ordered != 0 {
		t.Errorf("%d positions are kept that nothing here will execute", c.Ordered)
	}
}

func TestPool_ExecutedMayComeBeforeCommitted(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{})
	c := f.sel()
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.pool.Executed(1)
	f.commit(c)
	if counters := f.pool.Counters(); counters.Ordered != 0 || counters.Txs != 0 || !f.sel().Empty() {
		t.Errorf("left behind: %+v", counters)
	}
}

func TestPool_NoticesNoncesUsedByStrangers(t *testing.T) {
	f, other := newFixture(t), newFixture(t)
	f.run()
	f.mustAdd(transfer{Nonce: 0, Gas: 22_000})
	f.mustAdd(transfer{Nonce: 1})
	other.mustAdd(transfer{Nonce: 0})
	f.commit(other.sel()) // another proposer took a transaction with the same nonce that never came here
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.executed()
	// The workers find the sender some time before or after; a gossip item that passes them tells that they are done.
	for len(nonces(f.sel(), rollupA)) != 1 {
		f.gossip(core.GossipBatch{Txs: []core.GossipTx{{Rollup: 1, Raw: []byte{1}}}}.Encode())
	}
	if have := nonces(f.sel(), rollupA); !slices.Equal(have, []uint64{1}) {
		t.Errorf("selected %v", have)
	}
}

func TestPool_LooksAtAllAccountsWhenStrangersOverflow(t *testing.T) {
	f := newFixture(t) // no workers run
	taken := f.mustAdd(transfer{Gas: 22_000})
	for key := range 300 {
		other := newFixture(t)
		other.mustAdd(transfer{Key: key})
		f.commit(other.sel())
	}
	f.state.SetNonce(rollupA, mempooltest.Addr(0), 1)
	f.executed()
	reason, _ := f.pool.Dropped(taken)
	wantRefusal(t, reason, mempool.ErrNonceTooLow, "next nonce 1, tx nonce 0")
}

func TestPool_BoundsWhatWaitsForAStoppedZone(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxTxs, c.MaxRollupTxs, c.MaxBundles = 50, 50, 10 })
	for i := range 200 {
		if _, err := f.add(transfer{Key: 1, Nonce: uint64(i)}); err != nil {
			wantRefusal(t, err, mempool.ErrFull) // what is forgotten leaves a gap, and what waits for it is bounded too
		}
		f.mustAddBundle(f.bundle(transfer{Key: 1000 + i}))
		f.order() // nothing is ever executed
	}
	if c := f.pool.Counters(); c.Ordered != 50 || c.Txs != 50 {
		t.Errorf("%d positions and %d transactions are kept, caps 50 and 50", c.Ordered, c.Txs)
	}
	bundles := 0
	for i := range 200 {
		if _, ok := f.pool.GetBundle(f.bundle(transfer{Key: 1000 + i}).ID(mempooltest.Genesis().NetworkID())); ok {
			bundles++
		}
	}
	if bundles != 10 {
		t.Errorf("%d ordered bundles are kept, cap 10", bundles)
	}
}

func TestPool_BoundsTheBytesOfWhatWaitsForAStoppedZone(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxRollupBytes, c.MaxBundlesBytes = 50_000, 20_000 })
	data := make([]byte, 5000)
	var ids []common.Hash
	for key := range 40 {
		f.mustAdd(transfer{Key: key, Data: data, Gas: 1e6})
		ids = append(ids, f.mustAddBundle(f.bundle(transfer{Rollup: rollupB, Key: key, Data: data, Gas: 1e6})))
		f.order() // nothing is ever executed
	}
	if c := f.pool.Counters(); c.Ordered > 2*9 || c.Ordered < 2*8 {
		t.Errorf("%d positions of 5 kB are kept, caps 50 kB on each of two rollups", c.Ordered)
	}
	for key, id := range ids {
		if _, kept := f.pool.GetBundle(id); kept != (key >= 37) {
			t.Errorf("bundle %d of 40 kept: %t, want the newest 3 of 5 kB, cap 20 kB", key, kept)
		}
	}
}

func TestPool_KeepsItsPlacesWhenTheStateFails(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{})
	f.order()
	f.mustAdd(transfer{Nonce: 1})
	f.state.Fail(errors.New("disk gone"))
	f.executed()
	if c := f.pool.Counters(); c.StateErrors != 1 || c.Txs != 1 {
		t.Errorf("counters %+v", c)
	}
}

// run starts the pool's workers until the test ends or stop is called.
func (f *fixture) run() (stop func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.pool.Run(ctx) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-done; err != nil {
				f.t.Error(err)
			}
		}
	}
	f.t.Cleanup(stop)
	return stop
}

// gossip inserts batches and returns when the workers are done with them.
func (f *fixture) gossip(batches ...[]byte) {
	f.t.Helper()
	want := f.pool.Counters().GossipIn
	for _, b := range batches {
		g, err := core.DecodeGossipBatch(b)
		if err != nil {
			f.t.Fatal(err)
		}
		want += uint64(len(g.Txs) + len(g.Bundles))
		if err := f.pool.Insert(b); err != nil {
			f.t.Fatal(err)
		}
	}
	waitFor(f.t, func() bool { return f.pool.Counters().GossipIn >= want })
}
