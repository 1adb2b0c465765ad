package orderingtest

import (
	"crypto/ecdsa"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// OperatorKey is the key of the operator of a test network's rollups OPStack and Opaque; Opaque2 has none.
func OperatorKey() *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("operator")))
	if err != nil {
		panic(err)
	}
	return key
}

// BlockHash is the hash of block n of a branch, as Block names it.
func BlockHash(branch, n uint64) common.Hash {
	return crypto.Keccak256Hash([]byte("block"), core.U64(branch), core.U64(n))
}

// Block makes block n of a branch, which follows block n-1 of it, and lets edits change it before it is signed.
func (n *Network) Block(tb testing.TB, rollup core.RollupID, branch, number uint64, edits ...func(*core.Block)) core.Transaction {
	tb.Helper()
	b := &core.Block{
		Rollup: rollup, Branch: branch, Number: number, Hash: BlockHash(branch, number), Parent: BlockHash(branch, number-1),
		Timestamp: 1_700_000_000 + number, L1Number: 7, L1Hash: common.Hash{7}, TxsHash: common.Hash{8},
	}
	for _, edit := range edits {
		edit(b)
	}
	if err := b.Sign(n.ID(), OperatorKey()); err != nil {
		tb.Fatal(err)
	}
	return core.NewBlockEntry(b)
}

// Report makes the report of block n of branch 0 about the positions first to next-1.
func (n *Network) Report(tb testing.TB, rollup core.RollupID, number, first, next uint64, edits ...func(*core.Report)) core.Transaction {
	tb.Helper()
	r := &core.Report{
		Rollup: rollup, Number: number, Hash: BlockHash(0, number), Parent: BlockHash(0, number-1), Timestamp: 1_700_000_000 + number,
		FirstSeq: first, NextSeq: next, Decision: core.CutByTicks, CutTick: 1,
	}
	for _, edit := range edits {
		edit(r)
	}
	if err := r.Sign(n.ID(), OperatorKey()); err != nil {
		tb.Fatal(err)
	}
	return core.NewReportEntry(r)
}
