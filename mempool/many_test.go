package mempool_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// What is brought together is decided about as if it were brought one by one, by a client or by a peer.
func TestAddTransactions_DecidesAboutEachAsAlone(t *testing.T) {
	large := make([]byte, mempooltest.Genesis().Params.MaxTxBytes+1)
	var raws [][]byte
	for i := range 100 {
		raws = append(raws, fmt.Appendf(nil, "transaction %d", i))
	}
	raws[7], raws[40], raws[70] = nil, large, raws[3]
	for _, c := range []struct {
		rollup core.RollupID
		raws   [][]byte
	}{
		{opaque, raws}, {opaque, raws[:3]}, {opaque, nil}, {rollupA, [][]byte{transfer{}.Raw(), {1}, transfer{}.Raw(), transfer{Nonce: 1}.Raw()}}, {5, raws[:2]},
	} {
		alone, together := newFixture(t), newFixture(t)
		hashes, errs := together.pool.AddTransactions(t.Context(), c.rollup, c.raws)
		for i, raw := range c.raws {
			hash, err := alone.pool.AddTransaction(t.Context(), c.rollup, raw)
			if fmt.Sprint(err) != fmt.Sprint(errs[i]) || err == nil && hash != hashes[i] {
				t.Errorf("rollup %s, %d: %s, %v, alone %s, %v", c.rollup, i, hashes[i], errs[i], hash, err)
			}
		}
		got, want := together.pool.Counters(), alone.pool.Counters()
		if got != want {
			t.Errorf("rollup %s: %+v, alone %+v", c.rollup, got, want)
		}
		if got, want := sections(together), sections(alone); got != want {
			t.Errorf("rollup %s: offered %s, alone %s", c.rollup, got, want)
		}
		if got, want := bytes.Join(together.pool.Reap(0), nil), bytes.Join(alone.pool.Reap(0), nil); !bytes.Equal(got, want) {
			t.Errorf("rollup %s: gossip is %x, alone %x", c.rollup, got, want)
		}
	}
}

func sections(f *fixture) (said string) {
	for _, s := range f.sel().Sections {
		for _, tx := range s.Txs {
			said += fmt.Sprintf("%s %s %x\n", s.Rollup, tx.Hash(), tx.Raw())
		}
	}
	return said
}

// The pool keeps a copy of what peers sent, of a size of its own: not the batch, which is larger than any transaction in it.
func TestInsert_KeepsNothingOfABatch(t *testing.T) {
	f := newFixture(t)
	var batch core.GossipBatch
	for i := range 70 {
		rollup := opaque
		if i%3 == 0 {
			rollup = rollupA
		}
		raw := fmt.Appendf(nil, "transaction %d", i)
		if rollup == rollupA {
			raw = transfer{Nonce: uint64(i / 3)}.Raw()
		}
		batch.Txs = append(batch.Txs, core.GossipTx{Rollup: uint64(rollup), Raw: raw})
	}
	encoded := batch.Encode()
	if err := f.pool.Insert(encoded); err != nil {
		t.Fatal(err)
	}
	f.pool.Drain()
	clear(encoded)
	seen := make(map[common.Hash]bool)
	for _, s := range f.sel().Sections {
		for _, tx := range s.Txs {
			if tx.Hash() != crypto.Keccak256Hash(tx.Raw()) {
				t.Errorf("%s is kept as %x", tx.Hash(), tx.Raw())
			}
			seen[tx.Hash()] = true
		}
	}
	for i, tx := range batch.Txs {
		if !seen[crypto.Keccak256Hash(tx.Raw)] {
			t.Errorf("transaction %d is not there", i)
		}
	}
}
