package core_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// sampleBlock is a signed block of the opaque rollup with every field set.
func sampleBlock(t testing.TB) *core.Block {
	t.Helper()
	b := &core.Block{
		Rollup: rollupC, Branch: 1, Number: 1000, Hash: common.Hash{1}, Parent: common.Hash{2}, Timestamp: 1_700_000_001,
		L1Number: 20_000_000, L1Hash: common.Hash{3}, TxsHash: common.Hash{4},
	}
	if err := b.Sign(sampleNetwork, ethKey(t, 7)); err != nil {
		t.Fatal(err)
	}
	return b
}

// sampleReport is the report of that block, with two positions skipped.
func sampleReport(t testing.TB) *core.Report {
	t.Helper()
	r := &core.Report{
		Rollup: rollupC, Branch: 1, Number: 1000, Hash: common.Hash{1}, Parent: common.Hash{2}, Timestamp: 1_700_000_001,
		FirstSeq: 10, NextSeq: 20, Decision: core.CutEmpty, CutTick: 42,
		Skips: []core.Skip{{Seq: 11, Code: core.VoidNonceTooLow}, {Seq: 19, Code: core.VoidRejected}},
	}
	if err := r.Sign(sampleNetwork, ethKey(t, 7)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOperatorEntry_GoesThroughASectionUnchanged(t *testing.T) {
	t.Parallel()
	txs := []core.Transaction{core.NewBlockEntry(sampleBlock(t)), core.NewReportEntry(sampleReport(t)), core.NewOpaqueTransaction(rollupC, []byte("x"))}
	section := core.Section{Rollup: rollupC, Txs: txs}
	got, err := core.DecodeSection(section.Encode(), kindOf)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Encode(), section.Encode()) {
		t.Error("the section came back changed")
	}
	for i, tx := range got.Txs {
		if tx.Kind() != txs[i].Kind() || tx.Hash() != txs[i].Hash() || tx.Rollup() != rollupC {
			t.Errorf("entry %d: %v %s", i, tx.Kind(), tx.Hash())
		}
	}
	if _, err := core.DecodeEntry(rollupA, core.KindEVM, txs[0].EncodeEntry()); !errors.Is(err, core.ErrMalformed) {
		t.Errorf("a block in another rollup's section: %v", err)
	}
}

// Bytes that an opaque rollup takes for a transaction are another position than a block of the same bytes.
func TestOperatorEntry_IsNoTransactionOfTheSameBytes(t *testing.T) {
	t.Parallel()
	block := core.NewBlockEntry(sampleBlock(t))
	forged := core.NewOpaqueTransaction(rollupC, block.Raw())
	if core.NewLaneItem(block).Leaf() == core.NewLaneItem(forged).Leaf() {
		t.Error("both have the same leaf")
	}
	report := core.NewReportEntry(sampleReport(t))
	if core.NewLaneItem(block).Leaf() == core.NewLaneItem(report).Leaf() {
		t.Error("block and report have the same leaf")
	}
}

func TestOperatorEntry_SignatureCoversEveryField(t *testing.T) {
	t.Parallel()
	g := sampleGenesis(t)
	g.Rollups[2].Operator = crypto.PubkeyToAddress(ethKey(t, 7).PublicKey)
	good := sampleBlock(t)
	if err := g.CheckOperator(sampleNetwork, core.NewBlockEntry(good)); err != nil {
		t.Fatal(err)
	}
	edits := []func(*core.Block){
		func(b *core.Block) { b.Branch++ }, func(b *core.Block) { b.Number++ }, func(b *core.Block) { b.Hash[5]++ },
		func(b *core.Block) { b.Parent[5]++ }, func(b *core.Block) { b.Timestamp++ }, func(b *core.Block) { b.L1Number++ },
		func(b *core.Block) { b.L1Hash[5]++ }, func(b *core.Block) { b.TxsHash[5]++ },
	}
	for i, edit := range edits {
		b := *good
		edit(&b)
		if err := g.CheckOperator(sampleNetwork, core.NewBlockEntry(&b)); !errors.Is(err, core.ErrOperatorSignature) {
			t.Errorf("edit %d: %v", i, err)
		}
	}
	if err := g.CheckOperator(common.Hash{9}, core.NewBlockEntry(good)); !errors.Is(err, core.ErrOperatorSignature) {
		t.Errorf("another network: %v", err)
	}
	if err := g.CheckOperator(sampleNetwork, core.NewReportEntry(sampleReport(t))); err != nil {
		t.Errorf("report: %v", err)
	}
}

func FuzzDecodeOperatorEntry(f *testing.F) {
	f.Add(sampleBlock(f).Encode())
	f.Add(sampleReport(f).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		tx, err := core.DecodeOperatorEntry(b)
		if err != nil {
			return
		}
		var again []byte
		if block := tx.Block(); block != nil {
			again = block.Encode()
		} else {
			again = tx.Report().Encode()
		}
		if !bytes.Equal(again, b) {
			t.Errorf("decoded and encoded again: %x, want %x", again, b)
		}
	})
}
