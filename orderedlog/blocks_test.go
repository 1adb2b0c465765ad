package orderedlog_test

import (
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

func TestBlocks_AreFoundByHashNumberAndBranch(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	block := func(branch, number uint64, hash byte) core.Transaction {
		return core.NewBlockEntry(&core.Block{Rollup: rollupC, Branch: branch, Number: number, Hash: common.Hash{hash}, Signature: make([]byte, 65)})
	}
	told := func(txs ...core.Transaction) *core.Decided {
		return c.decide(nil, core.Section{Rollup: rollupC, Txs: txs})
	}
	if _, ok, err := l.LastBlock(rollupC); ok || err != nil {
		t.Fatalf("a block in an empty log: %v", err)
	}
	ticks := []*core.Decided{
		told(block(0, 7, 7), block(0, 8, 8)), c.decide(nil), told(block(0, 9, 9)), told(block(1, 8, 18), block(1, 9, 19)), told(block(2, 8, 8)),
	}
	appendAll(t, l, ticks...)
	seqs := func(places []core.Place, err error) (all []uint64) {
		if err != nil {
			t.Error(err)
		}
		for _, p := range places {
			all = append(all, p.Seq)
		}
		return all
	}
	edge := func(p core.Place, ok bool, err error) []uint64 {
		if !ok {
			return seqs(nil, err)
		}
		return []uint64{p.Seq, p.Tick}
	}
	check := func(name string, got, want []uint64) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	check("hash told twice", seqs(l.BlocksOf(rollupC, common.Hash{8})), []uint64{1, 5})
	check("hash of another rollup", seqs(l.BlocksOf(rollupA, common.Hash{8})), nil)
	check("number", seqs(l.BlocksAt(rollupC, 8)), []uint64{1, 3, 5})
	check("begin of branch 1", edge(l.FirstOfBranch(rollupC, 1)), []uint64{3, 4})
	check("branch to come", edge(l.FirstOfBranch(rollupC, 3)), nil)
	check("last", edge(l.LastBlock(rollupC)), []uint64{5, 5})
	if err := l.Prune(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	check("hash after pruning", seqs(l.BlocksOf(rollupC, common.Hash{8})), []uint64{5})
	check("number after pruning", seqs(l.BlocksAt(rollupC, 9)), []uint64{4})
	check("branch 0 after pruning", edge(l.FirstOfBranch(rollupC, 0)), nil)
}
