package mempool_test

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// waitFor yields until the condition, which other goroutines bring about, holds.
func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("condition did not come true in 30 s")
		}
	}
}

func TestGossip_BringsOnePoolsEntriesToAnother(t *testing.T) {
	a, b := newFixture(t), newFixture(t)
	b.run()
	for key := range 20 {
		for n := range uint64(30) {
			a.mustAdd(transfer{Key: key, Nonce: n})
		}
	}
	id := a.mustAddBundle(a.bundle(transfer{Key: 50}, transfer{Rollup: rollupB, Key: 50}))
	if _, err := a.pool.AddTransaction(t.Context(), opaque, []byte("opaque bytes")); err != nil {
		t.Fatal(err)
	}
	batches := a.pool.Reap(0)
	slices.Reverse(batches) // chunks overtake each other
	b.gossip(batches...)
	if have := b.pool.Counters(); have.Txs != 601 || have.Bundles != 1 || have.GossipRefused != 0 {
		t.Errorf("after gossip: %+v", have)
	}
	c := b.sel()
	if len(nonces(c, rollupA)) != 600 || len(c.Bundles) != 1 || c.Bundles[0].Hash != id || len(c.Sections) != 2 {
		t.Errorf("selected %d of A, %d bundles", len(nonces(c, rollupA)), len(c.Bundles))
	}
	b.clock.Add(10)
	if relayed := b.pool.Reap(0); len(relayed) != 0 {
		t.Errorf("%d batches were relayed", len(relayed))
	}
	a.clock.Add(10)
	if again := a.pool.Reap(0); len(again) != 0 {
		t.Errorf("%d batches were handed out twice", len(again))
	}
	tx, ok := b.pool.Get(rollupA, transfer{}.Sign().Hash())
	if !ok || b.sel().Sections[0].Txs[0].Eth() == nil || b.pool.Known(rollupA, tx.Hash()) != tx {
		t.Error("the decoded object is not shared")
	}
}

func TestReap_PacksByDelayAndBytes(t *testing.T) {
	f := newFixture(t)
	items := func(batches [][]byte) (n int) {
		for _, b := range batches {
			g, err := core.DecodeGossipBatch(b)
			if err != nil {
				t.Fatal(err)
			}
			if len(b) > 64<<10 {
				t.Errorf("batch of %d bytes", len(b))
			}
			n += len(g.Txs) + len(g.Bundles)
		}
		return n
	}
	f.mustAdd(transfer{Key: 1})
	if n := items(f.pool.Reap(0)); n != 1 {
		t.Errorf("%d items at once, want 1", n)
	}
	f.mustAdd(transfer{Key: 2})
	if n := items(f.pool.Reap(0)); n != 0 {
		t.Errorf("%d items within the delay, want 0", n)
	}
	f.clock.Add(2)
	f.mustAdd(transfer{Key: 3})
	if n := items(f.pool.Reap(0)); n != 2 {
		t.Errorf("%d items after the delay, want 2", n)
	}
	for key := range 100 { // 100 kB: one full batch at once, the rest after the delay
		f.mustAdd(transfer{Key: 10 + key, Data: make([]byte, 880), Gas: 1e6})
	}
	batches := f.pool.Reap(0)
	first := items(batches)
	if len(batches) != 1 || first < 50 || first > 70 {
		t.Errorf("%d batches with %d items", len(batches), first)
	}
	f.clock.Add(2)
	if n := items(f.pool.Reap(0)); n != 100-first {
		t.Errorf("%d items, want %d", n, 100-first)
	}
}

func TestReap_KeepsToMaxBytesAndLosesNothing(t *testing.T) {
	f := newFixture(t)
	for key := range 50 {
		f.mustAdd(transfer{Key: key, Data: make([]byte, 900), Gas: 1e6})
	}
	f.mustAdd(transfer{Key: 60, Data: make([]byte, 20_000), Gas: 1e6})
	f.mustAdd(transfer{Key: 61, Data: make([]byte, 900), Gas: 1e6})
	seen := 0
	for range 100 {
		size := 0
		batches := f.pool.Reap(10_000)
		for _, b := range batches {
			g, err := core.DecodeGossipBatch(b)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(g.Txs)
			size += len(b)
		}
		if size > 10_000 && (len(batches) != 1 || size < 20_000) {
			t.Errorf("%d bytes in %d batches", size, len(batches))
		}
		f.clock.Add(2)
	}
	if seen != 52 {
		t.Errorf("%d transactions handed out, want 52", seen)
	}
}

func TestReap_LeavesOutWhatNobodyNeeds(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{Key: 1})
	f.mustAddBundle(f.bundle(transfer{Key: 2}))
	f.order()
	f.mustAdd(transfer{Key: 3})
	f.mustAdd(transfer{Key: 3, FeeCap: 200, Tip: 2})
	batches := f.pool.Reap(0)
	if len(batches) != 1 {
		t.Fatalf("%d batches", len(batches))
	}
	if g, _ := core.DecodeGossipBatch(batches[0]); len(g.Txs) != 1 || len(g.Bundles) != 0 {
		t.Errorf("%d transactions and %d bundles, want the replacement only", len(g.Txs), len(g.Bundles))
	}
}

func TestInsert_RefusesGarbageAndGrowsNoQueue(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.MaxInboxBytes = 400 << 10 })
	for name, batch := range map[string][]byte{
		"empty": nil, "garbage": []byte("garbage"), "version": {9, byte(core.EncGossipBatch), 0xc0},
		"kind": {1, byte(core.EncBundle), 0xc0}, "truncated": {1, byte(core.EncGossipBatch), 0xf8, 0xff},
	} {
		if err := f.pool.Insert(batch); err == nil || errors.Is(err, mempool.ErrBusy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantRefusal(t, f.pool.Insert(make([]byte, 320<<10+1)), core.ErrTooLarge, "gossip batch", "cap 327680")

	// No workers run: the queue fills up to its bound, and says so.
	batch := core.GossipBatch{Txs: []core.GossipTx{{Rollup: 901, Raw: make([]byte, 100<<10)}}}.Encode()
	accepted := 0
	for f.pool.Insert(batch) == nil {
		accepted++
	}
	if accepted != 3 {
		t.Errorf("%d batches of 100 KiB accepted, want 3 within 400 KiB", accepted)
	}
	wantRefusal(t, f.pool.Insert(batch), mempool.ErrBusy)
	f.run()
	waitFor(t, func() bool { return f.pool.Insert(batch) == nil })

	tiny := core.GossipBatch{Txs: make([]core.GossipTx, 60_000)}.Encode()
	waitFor(t, func() bool { return !errors.Is(f.pool.Insert(tiny), mempool.ErrBusy) })
	waitFor(t, func() bool { return f.pool.Counters().GossipRefused >= 60_000 })
}

func TestInsert_ChecksItemsLikeLocalOnes(t *testing.T) {
	f := newFixture(t)
	f.run()
	expired := f.bundle(transfer{})
	expired.NotAfter = 1
	f.gossip(core.GossipBatch{
		Txs: []core.GossipTx{
			{Rollup: 901, Raw: transfer{FeeCap: 1}.Raw()}, {Rollup: 902, Raw: transfer{}.Raw()}, {Rollup: 5, Raw: []byte{1}},
			{Rollup: 901, Raw: nil}, {Rollup: 901, Raw: transfer{Key: 1}.Raw()},
		},
		Bundles: [][]byte{expired.Encode(), []byte("garbage"), (&core.Bundle{}).Encode(), f.bundle(transfer{Key: 2}).Encode()},
	}.Encode())
	if c := f.pool.Counters(); c.GossipIn != 9 || c.GossipRefused != 7 || c.Txs != 1 || c.Bundles != 1 {
		t.Errorf("%+v", c)
	}
}

func TestPool_RecoversASenderOnce(t *testing.T) {
	f := newFixture(t)
	hash := f.mustAdd(transfer{})
	f.mustAddBundle(f.bundle(transfer{}))
	c := f.sel()
	if c.Sections[0].Txs[0].Eth() != f.pool.Known(rollupA, hash) {
		t.Error("selection and lookup give different objects")
	}
	f.commit(c)
	if f.pool.Known(rollupA, hash) != c.Sections[0].Txs[0].Eth() {
		t.Error("the object changed with the order")
	}
}

// What was decided was decoded from a proposal. Whoever reads the tick gets the pool's objects, and what the pool does not hold as it is.
func TestPool_SharesWhatItHoldsWithATick(t *testing.T) {
	f := newFixture(t)
	held := transfer{}.Sign()
	if _, err := f.pool.AddSigned(t.Context(), rollupA, held); err != nil {
		t.Fatal(err)
	}
	leg := transfer{Rollup: rollupB, Key: 1}
	bundle := f.bundle(leg)
	f.mustAddBundle(bundle)
	foreign := transfer{Key: 2}
	decoded := &core.Tick{Number: 7, Time: 8, Control: new(core.Control)}
	decoded.Bundles = []core.DecodedBundle{{Bundle: bundle, Hash: bundle.ID(mempooltest.Genesis().NetworkID()), Txs: []core.Transaction{decode(t, leg)}}}
	decoded.Sections = []core.Section{
		{Rollup: rollupA, Txs: []core.Transaction{decode(t, foreign), decode(t, transfer{})}},
		{Rollup: opaque, Txs: []core.Transaction{core.NewOpaqueTransaction(opaque, []byte("bytes"))}},
	}
	shared := f.pool.Share(decoded)
	if shared.Sections[0].Txs[1].Eth() != held || shared.Bundles[0].Txs[0].Eth() != f.pool.Known(rollupB, decode(t, leg).Hash()) {
		t.Error("the tick has other objects than the pool")
	}
	if shared.Sections[0].Txs[0].Eth() != decoded.Sections[0].Txs[0].Eth() || decoded.Sections[0].Txs[1].Eth() == held {
		t.Error("what the pool does not hold was replaced, or the decided tick was changed")
	}
	if shared.Number != 7 || shared.Time != 8 || shared.Control != decoded.Control || !slices.EqualFunc(shared.Payload(), decoded.Payload(), bytes.Equal) {
		t.Error("the tick says something else")
	}
	if empty := new(core.Tick); f.pool.Share(empty) != empty {
		t.Error("an empty tick was copied")
	}
}

// decode is the transaction as a proposal brings it.
func decode(t *testing.T, tr transfer) core.Transaction {
	t.Helper()
	if tr.Rollup == 0 {
		tr.Rollup = rollupA
	}
	tx, err := core.DecodeTransaction(tr.Rollup, tr.Raw())
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// What is decoded already is refused for the same reasons as what comes as bytes.
func TestPool_RefusesDecodedTransactionsAsRawOnes(t *testing.T) {
	f := newFixture(t)
	large := transfer{Data: make([]byte, core.DefaultParams().MaxTxBytes)}
	for _, tr := range []transfer{{Rollup: 12345}, large, {FeeCap: 1}, {Nonce: 1 << 40, Gas: 1}} {
		if tr.Rollup == 0 {
			tr.Rollup = rollupA
		}
		_, raw := f.pool.AddTransaction(t.Context(), tr.Rollup, tr.Raw())
		_, decoded := f.pool.AddSigned(t.Context(), tr.Rollup, tr.Sign())
		if raw == nil || decoded == nil || raw.Error() != decoded.Error() {
			t.Errorf("%+v: as bytes %v, decoded %v", tr, raw, decoded)
		}
	}
	other := transfer{Rollup: rollupB}.Sign()
	if _, err := f.pool.AddSigned(t.Context(), rollupA, other); !errors.Is(err, core.ErrWrongChainID) {
		t.Errorf("a transaction of another rollup: %v", err)
	}
	blob := gethtypes.NewTx(&gethtypes.BlobTx{ChainID: uint256.NewInt(uint64(rollupA))})
	if _, err := f.pool.AddSigned(t.Context(), rollupA, blob); !errors.Is(err, core.ErrTxType) {
		t.Errorf("a blob transaction: %v", err)
	}
}

func FuzzInsert(f *testing.F) {
	legs := []core.Leg{{Rollup: rollupA, Tx: transfer{}.Raw()}}
	f.Add(core.GossipBatch{}.Encode())
	f.Add(core.GossipBatch{
		Txs:     []core.GossipTx{{Rollup: 901, Raw: transfer{}.Raw()}, {Rollup: uint64(opaque), Raw: []byte("x")}},
		Bundles: [][]byte{(&core.Bundle{Atomicity: 1, NotAfter: startMs + 1000, Legs: legs}).Encode()},
	}.Encode())
	f.Fuzz(func(t *testing.T, batch []byte) {
		fix := newFixture(t)
		if fix.pool.Insert(batch) != nil {
			return
		}
		g, err := core.DecodeGossipBatch(batch)
		if err != nil {
			t.Fatal(err)
		}
		stop := fix.run()
		waitFor(t, func() bool { return fix.pool.Counters().GossipIn == uint64(len(g.Txs)+len(g.Bundles)) })
		stop()
		checkLayout(t, fix.sel(), fix.budget(), make(map[common.Hash]bool), make(map[string]uint64))
	})
}
