package mempool_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// signedBlock is block n of a branch of the opaque rollup, signed by its operator.
func signedBlock(t *testing.T, branch, n uint64) []byte {
	t.Helper()
	hash := func(n uint64) common.Hash { return common.Hash{byte(branch), byte(n), 1} }
	b := &core.Block{Rollup: opaque, Branch: branch, Number: n, Hash: hash(n), Parent: hash(n - 1)}
	if err := b.Sign(mempooltest.Genesis().NetworkID(), mempooltest.OperatorKey()); err != nil {
		t.Fatal(err)
	}
	return b.Encode()
}

func blockNumbers(c core.Candidates) (numbers []uint64) {
	for _, s := range c.Sections {
		for _, tx := range s.Txs {
			if b := tx.Block(); b != nil {
				numbers = append(numbers, b.Number)
			}
		}
	}
	return numbers
}

func TestOperator_BlocksAreOfferedInTheirOrderHoweverTheyCome(t *testing.T) {
	f := newFixture(t)
	for _, n := range []uint64{3, 1, 2, 5} {
		if _, err := f.pool.AddOperatorEntry(t.Context(), signedBlock(t, 0, n)); err != nil {
			t.Fatal(err)
		}
	}
	if got := blockNumbers(f.sel()); !slices.Equal(got, []uint64{1, 2, 3}) {
		t.Fatalf("offered %v, want 1 to 3: 5 has no block before it", got)
	}
	f.order()
	if got := blockNumbers(f.sel()); got != nil {
		t.Errorf("offered %v again", got)
	}
	select {
	case <-f.pool.Ready():
		t.Error("the pool says that it has something, and it has a block that follows none")
	default:
	}
	_, err := f.pool.AddOperatorEntry(t.Context(), signedBlock(t, 0, 2))
	if !errors.Is(err, mempool.ErrAlreadyKnown) {
		t.Errorf("block 2 once more: %v", err)
	}
	f.commit(core.Candidates{Sections: []core.Section{{Rollup: opaque, Txs: []core.Transaction{decodeEntry(t, signedBlock(t, 1, 9))}}}})
	if _, err = f.pool.AddOperatorEntry(t.Context(), signedBlock(t, 0, 4)); !errors.Is(err, core.ErrChainOrder) {
		t.Errorf("a block of a branch that was left: %v", err)
	}
	held := f.pool.Find(decodeEntry(t, signedBlock(t, 0, 5)).Hash())
	if held.Held || !errors.Is(held.Dropped, core.ErrChainOrder) {
		t.Errorf("block 5 of the branch that was left: %+v", held)
	}
}

func TestOperator_EntriesGoByGossipAndExpire(t *testing.T) {
	a, b := newFixture(t), newFixture(t)
	b.run()
	for _, n := range []uint64{1, 2, 4} {
		if _, err := a.pool.AddOperatorEntry(t.Context(), signedBlock(t, 0, n)); err != nil {
			t.Fatal(err)
		}
	}
	b.gossip(a.pool.Reap(0)...)
	if got := blockNumbers(b.sel()); !slices.Equal(got, []uint64{1, 2}) {
		t.Errorf("the other pool offers %v", got)
	}
	a.order()
	a.clock.Add(mempool.Default().Lifetime.Milliseconds() + time.Second.Milliseconds())
	a.pool.Drain()
	held := a.pool.Find(decodeEntry(t, signedBlock(t, 0, 4)).Hash())
	if held.Held || !errors.Is(held.Dropped, mempool.ErrWaitedTooLong) {
		t.Errorf("block 4, whose predecessor never came: %+v", held)
	}
}

func TestOperator_RefusesForgeries(t *testing.T) {
	f := newFixture(t)
	forged := decodeEntry(t, signedBlock(t, 0, 1)).Block()
	forged.Number = 2
	if _, err := f.pool.AddOperatorEntry(t.Context(), forged.Encode()); !errors.Is(err, core.ErrOperatorSignature) {
		t.Errorf("a block that was changed: %v", err)
	}
	forged.Rollup = rollupA
	if _, err := f.pool.AddOperatorEntry(t.Context(), forged.Encode()); !errors.Is(err, core.ErrNoOperator) {
		t.Errorf("a block of an evm rollup: %v", err)
	}
	forged.Rollup = 7
	if _, err := f.pool.AddOperatorEntry(t.Context(), forged.Encode()); !errors.Is(err, core.ErrUnknownRollup) {
		t.Errorf("a block of no rollup: %v", err)
	}
	if _, err := f.pool.AddOperatorEntry(t.Context(), []byte{1, 1, 0xc0}); !errors.Is(err, core.ErrUnknownKind) {
		t.Errorf("a transaction: %v", err)
	}
	if have := f.pool.Counters(); have.Admitted != 0 || have.Refused != 4 {
		t.Errorf("counters: %+v", have)
	}
}

func decodeEntry(t *testing.T, enc []byte) core.Transaction {
	t.Helper()
	tx, err := core.DecodeOperatorEntry(enc)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}
