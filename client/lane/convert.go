package lane

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
)

func bundleMessage(b *core.Bundle) *rollupv1.SubmitBundleRequest {
	m := &rollupv1.SubmitBundleRequest{
		Atomicity: rollupv1.Atomicity(b.Atomicity), NotBeforeMs: b.NotBefore, NotAfterMs: b.NotAfter, Commitment: b.Commitment[:],
	}
	for _, leg := range b.Legs {
		m.Legs = append(m.Legs, &rollupv1.Leg{Rollup: uint64(leg.Rollup), Transaction: leg.Tx, MayRevert: leg.MayRevert})
	}
	return m
}

func blockMessage(b *core.Block) *rollupv1.Block {
	return &rollupv1.Block{
		Rollup: uint64(b.Rollup), Branch: b.Branch, Number: b.Number, Hash: b.Hash[:], Parent: b.Parent[:], Timestamp: b.Timestamp,
		L1Number: b.L1Number, L1Hash: b.L1Hash[:], TransactionsHash: b.TxsHash[:], Signature: b.Signature,
	}
}

func reportMessage(r *core.Report) *rollupv1.BlockReport {
	m := &rollupv1.BlockReport{
		Rollup: uint64(r.Rollup), Branch: r.Branch, Number: r.Number, Hash: r.Hash[:], Parent: r.Parent[:], Timestamp: r.Timestamp,
		FirstSeq: r.FirstSeq, NextSeq: r.NextSeq, Decision: rollupv1.CutDecision(r.Decision), CutTick: r.CutTick, Signature: r.Signature,
	}
	for _, s := range r.Skips {
		m.Skips = append(m.Skips, &rollupv1.Skip{Seq: s.Seq, Code: uint32(s.Code)})
	}
	return m
}

// item reads an entry of a lane.
func item(rollup core.RollupID, e *rollupv1.LaneEntry) (core.LaneItem, error) {
	var tx core.Transaction
	switch e.Kind {
	case rollupv1.EntryKind_ENTRY_KIND_TRANSACTION:
		tx = core.NewOpaqueTransaction(rollup, e.Data)
	case rollupv1.EntryKind_ENTRY_KIND_BLOCK, rollupv1.EntryKind_ENTRY_KIND_REPORT:
		var err error
		if tx, err = core.DecodeOperatorEntry(e.Data); err != nil {
			return core.LaneItem{}, err
		}
	default:
		return core.LaneItem{}, fmt.Errorf("entry of kind %s", e.Kind)
	}
	if len(e.BundleId) > 0 {
		return core.LaneItem{Tx: tx, Bundle: common.BytesToHash(e.BundleId), Leg: e.Leg}, nil
	}
	return core.NewLaneItem(tx), nil
}
