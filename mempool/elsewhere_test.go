package mempool_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

const op = mempooltest.OPStack

// report has the operator say what the lane's positions from first to next-1 became.
func (f *fixture) report(first, next uint64, skips ...core.Skip) {
	f.t.Helper()
	r := &core.Report{Rollup: op, Number: f.tick, Hash: common.Hash{1}, FirstSeq: first, NextSeq: next, Skips: skips}
	if err := r.Sign(mempooltest.Genesis().NetworkID(), mempooltest.OperatorKey()); err != nil {
		f.t.Fatal(err)
	}
	tx, err := core.DecodeOperatorEntry(r.Encode())
	if err != nil {
		f.t.Fatal(err)
	}
	f.commit(core.Candidates{Sections: []core.Section{{Rollup: op, Txs: []core.Transaction{tx}}}})
}

// ordered has the lane take transactions that this pool never saw.
func (f *fixture) ordered(txs ...transfer) {
	f.t.Helper()
	section := core.Section{Rollup: op}
	for _, tr := range txs {
		tr.Rollup = op
		tx, err := core.DecodeTransaction(op, tr.Raw())
		if err != nil {
			f.t.Fatal(err)
		}
		section.Txs = append(section.Txs, tx)
	}
	f.commit(core.Candidates{Sections: []core.Section{section}})
	f.pool.Drain()
}

func (f *fixture) addOP(nonces ...uint64) {
	f.t.Helper()
	for _, n := range nonces {
		f.mustAdd(transfer{Rollup: op, Nonce: n})
	}
}

func (f *fixture) wantOP(want ...uint64) {
	f.t.Helper()
	if got := nonces(f.sel(), op); !slices.Equal(got, want) {
		f.t.Fatalf("offered nonces %v, want %v", got, want)
	}
}

func (f *fixture) pass(d time.Duration) {
	f.clock.Add(d.Milliseconds())
	f.pool.Drain()
}

func TestElsewhere_ASendersTransactionsAscendHoweverTheyCome(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.addOP(7, 5, 6, 8)
	f.mustAdd(transfer{Rollup: op, Key: 1, Nonce: 3})
	got := f.sel().Sections[0].Txs
	var mine []uint64
	for _, tx := range got {
		if tx.Eth().Nonce() != 3 {
			mine = append(mine, tx.Eth().Nonce())
		}
	}
	if !slices.Equal(mine, []uint64{5, 6, 7, 8}) || len(got) != 5 {
		t.Fatalf("offered %v of %d", mine, len(got))
	}
	_, err := f.add(transfer{Rollup: op, Nonce: 7})
	wantRefusal(t, err, mempool.ErrAlreadyKnown)
	f.order()
	if pending, queued := f.pool.Stats(op); pending != 0 || queued != 0 || f.pool.Counters().Txs != 0 {
		t.Errorf("%d and %d are left", pending, queued)
	}
}

func TestElsewhere_ReplacesByHigherFeesOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.addOP(0, 1)
	_, err := f.add(transfer{Rollup: op, Nonce: 1, FeeCap: 105, Tip: 2})
	wantRefusal(t, err, mempool.ErrReplaceUnderpriced, "10%")
	better := f.mustAdd(transfer{Rollup: op, Nonce: 1, FeeCap: 110, Tip: 2})
	f.wantOP(0, 1)
	if got := f.sel().Sections[0].Txs[1].Hash(); got != better {
		t.Errorf("offered %s, want the replacement", got)
	}
}

func TestElsewhere_HoldsWhatLeavesAGapUntilItIsClosed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.ordered(transfer{Nonce: 4}) // this pool never held it
	f.addOP(6)
	if !f.pool.Find(transfer{Rollup: op, Nonce: 6}.Sign().Hash()).Parked {
		t.Error("6 is not parked")
	}
	f.wantOP()
	if got := f.pool.Reap(0); len(got) != 0 {
		t.Errorf("what waits is gossiped: %d batches", len(got))
	}
	f.addOP(5)
	f.wantOP(5, 6)
	f.pass(time.Second)
	batches := f.pool.Reap(0)
	if len(batches) != 1 {
		t.Fatalf("%d batches", len(batches))
	}
	g, err := core.DecodeGossipBatch(batches[0])
	if err != nil || len(g.Txs) != 2 || !slices.Equal(g.Txs[0].Raw, transfer{Rollup: op, Nonce: 5}.Raw()) {
		t.Errorf("gossip %+v, %v; want 5 before 6", g, err)
	}
}

func TestElsewhere_OffersAGapThatMayBeNoneAfterAWhile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.ordered(transfer{Nonce: 4})
	f.addOP(9, 8)
	f.pass(2 * time.Second)
	f.wantOP()
	f.pass(2 * time.Second)
	f.wantOP(8, 9)
	f.order()
	f.addOP(10)
	f.wantOP(10)
}

func TestElsewhere_DropsAGapThatTheChainConfirms(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.pool.NoteNonce(op, mempooltest.Addr(0), 4)
	_, err := f.add(transfer{Rollup: op, Nonce: 3})
	wantRefusal(t, err, mempool.ErrNonceTooLow, "next nonce 4, tx nonce 3")
	hash := f.mustAdd(transfer{Rollup: op, Nonce: 6})
	for range 599 {
		if gaps := f.pool.Gaps(op, 8); !slices.Equal(gaps, []common.Address{mempooltest.Addr(0)}) {
			t.Fatalf("gaps %v", gaps)
		}
		f.pool.NoteNonce(op, mempooltest.Addr(0), 4)
		f.pass(time.Second)
		f.wantOP()
	}
	f.pool.NoteNonce(op, mempooltest.Addr(0), 4)
	f.pass(2 * time.Second)
	reason, ok := f.pool.Dropped(hash)
	if !ok {
		t.Fatal("it is not dropped")
	}
	wantRefusal(t, reason, mempool.ErrWaitedTooLong, "nonce 4")
}

func TestElsewhere_FollowsTheChainPastTheLane(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.pool.NoteNonce(op, mempooltest.Addr(0), 4)
	f.addOP(6)
	f.wantOP()
	f.pool.NoteNonce(op, mempooltest.Addr(0), 6) // its sequencer took two past the lane
	f.wantOP(6)
}

func TestElsewhere_WhatWasSkippedMayBeSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.addOP(0, 1, 2)
	f.order()
	_, err := f.add(transfer{Rollup: op, Nonce: 1})
	wantRefusal(t, err, mempool.ErrAlreadyKnown)
	_, err = f.add(transfer{Rollup: op, Nonce: 1, FeeCap: 200, Tip: 2})
	wantRefusal(t, err, mempool.ErrNonceTooLow, "taken by", "position 1 of the lane")
	if next := f.pool.NextNonce(op, mempooltest.Addr(0), 0); next != 3 {
		t.Errorf("next nonce %d, want 3", next)
	}
	f.report(0, 3, core.Skip{Seq: 1, Code: core.VoidInsufficientFunds}, core.Skip{Seq: 2, Code: core.VoidNonceTooHigh})
	if next := f.pool.NextNonce(op, mempooltest.Addr(0), 1); next != 1 {
		t.Errorf("next nonce %d, want 1", next)
	}
	f.addOP(2) // the same bytes
	f.wantOP()
	f.addOP(1)
	f.wantOP(1, 2)
	_, err = f.add(transfer{Rollup: op, Nonce: 0, FeeCap: 200, Tip: 2})
	wantRefusal(t, err, mempool.ErrNonceTooLow, "next nonce 1, tx nonce 0")
}

// A node that has just started knows nothing of a sender, or believes something that is not so any more.
func TestElsewhere_WithoutKnowledgeNothingIsHeldForLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.addOP(57)
	f.wantOP(57)
	f.order()
	f.pass(11 * time.Minute) // no report came: what the lane held is forgotten
	f.addOP(90)
	f.wantOP(90)
}

// Peers may know more of a sender than this node, so what they bring is not refused for its nonce.
func TestElsewhere_TakesFromPeersWhatItWouldRefuseItself(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.pool.NoteNonce(op, mempooltest.Addr(0), 4)
	batch := core.GossipBatch{Txs: []core.GossipTx{{Rollup: uint64(op), Raw: transfer{Rollup: op, Nonce: 3}.Raw()}}}
	if err := f.pool.Insert(batch.Encode()); err != nil {
		t.Fatal(err)
	}
	f.pool.Drain()
	f.wantOP(3)
}

func TestElsewhere_MemoryIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(c *mempool.Config) { c.MaxNonces, c.MaxSenderWaiting = 4, 2 })
	for i := range 100 {
		f.pool.NoteNonce(op, mempooltest.Addr(i), 7)
	}
	f.mustAdd(transfer{Rollup: op, Key: 0, Nonce: 9}) // forgotten: no gap is known
	f.mustAdd(transfer{Rollup: op, Key: 99, Nonce: 9})
	if got := f.sel().Sections[0].Txs; len(got) != 1 || mempooltest.Addr(0) == mempooltest.Addr(99) {
		t.Errorf("offered %d, want that of the forgotten sender", len(got))
	}
	f.mustAdd(transfer{Rollup: op, Key: 99, Nonce: 10})
	_, err := f.add(transfer{Rollup: op, Key: 99, Nonce: 11})
	wantRefusal(t, err, mempool.ErrAccountLimitExceeded, "2 txs wait for nonce 7")
	for n := range uint64(20) {
		f.ordered(transfer{Key: 5, Nonce: n})
	}
	if next := f.pool.NextNonce(op, mempooltest.Addr(5), 0); next != 0 {
		t.Errorf("next %d: the first ones are not watched any more", next)
	}
	if next := f.pool.NextNonce(op, mempooltest.Addr(5), 16); next != 20 {
		t.Errorf("next %d, want 20", next)
	}
}

func TestElsewhere_ALegAndTheSameTransactionAreNotInOneTick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.addOP(0, 1, 2)
	b := f.bundle(transfer{Rollup: op, Nonce: 1}, transfer{Rollup: op, Key: 1})
	b.Atomicity = core.AtomicInclusion
	f.mustAddBundle(b)
	f.wantOP(0, 1, 2)
	if got := f.sel().Bundles; len(got) != 0 {
		t.Fatal("the leg goes before nonce 0")
	}
	f.order()
	if got := f.sel(); len(got.Bundles) > 1 || len(got.Sections) != 0 {
		t.Errorf("left: %+v", got)
	}
}
