package laneapi

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
)

// Messages stop here: what goes inward is of package core, what goes outward is made from it.

// readHash reads 32 bytes; none at all are the zero hash where that is allowed.
func readHash(field string, b []byte, mayBeMissing bool) (common.Hash, error) {
	if len(b) == common.HashLength || len(b) == 0 && mayBeMissing {
		return common.BytesToHash(b), nil
	}
	return common.Hash{}, badValue(field, fmt.Sprintf("%d bytes", len(b)), "32 bytes")
}

// small is the number of an enumeration, zero if no list is that long.
func small(n int32) uint8 {
	if n < 0 || n > 255 {
		return 0
	}
	return uint8(n)
}

func bundleOf(m *rollupv1.SubmitBundleRequest) (*core.Bundle, error) {
	commitment, err := readHash("commitment", m.Commitment, true)
	if err != nil {
		return nil, err
	}
	b := &core.Bundle{
		Atomicity: core.Atomicity(small(int32(m.Atomicity))), NotBefore: m.NotBeforeMs, NotAfter: m.NotAfterMs, Commitment: commitment,
	}
	for _, leg := range m.Legs {
		b.Legs = append(b.Legs, core.Leg{Rollup: core.RollupID(leg.GetRollup()), Tx: leg.GetTransaction(), MayRevert: leg.GetMayRevert()})
	}
	return b, nil
}

// entryOf is the encoding of what an operator says.
func entryOf(m *rollupv1.ReportRequest) ([]byte, error) {
	switch e := m.Entry.(type) {
	case *rollupv1.ReportRequest_Block:
		b, err := blockOf(e.Block)
		if err != nil {
			return nil, err
		}
		return b.Encode(), nil
	case *rollupv1.ReportRequest_Report:
		r, err := reportOf(e.Report)
		if err != nil {
			return nil, err
		}
		return r.Encode(), nil
	}
	return nil, &gateway.Refusal{Cause: gateway.ErrMissingField, Field: "entry", Want: "a block or a report"}
}

func blockOf(m *rollupv1.Block) (*core.Block, error) {
	b := &core.Block{
		Rollup: core.RollupID(m.Rollup), Branch: m.Branch, Number: m.Number, Timestamp: m.Timestamp, L1Number: m.L1Number, Signature: m.Signature,
	}
	var err error
	for _, field := range []struct {
		name     string
		to       *common.Hash
		from     []byte
		optional bool
	}{
		{"hash", &b.Hash, m.Hash, false}, {"parent", &b.Parent, m.Parent, false}, {"l1_hash", &b.L1Hash, m.L1Hash, true},
		{"transactions_hash", &b.TxsHash, m.TransactionsHash, true},
	} {
		if *field.to, err = readHash(field.name, field.from, field.optional); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func reportOf(m *rollupv1.BlockReport) (*core.Report, error) {
	r := &core.Report{
		Rollup: core.RollupID(m.Rollup), Branch: m.Branch, Number: m.Number, Timestamp: m.Timestamp,
		FirstSeq: m.FirstSeq, NextSeq: m.NextSeq, Decision: core.CutDecision(small(int32(m.Decision))), CutTick: m.CutTick, Signature: m.Signature,
	}
	var err error
	if r.Hash, err = readHash("hash", m.Hash, false); err != nil {
		return nil, err
	}
	if r.Parent, err = readHash("parent", m.Parent, false); err != nil {
		return nil, err
	}
	for i, skip := range m.Skips {
		if skip.Code > 1<<16-1 {
			return nil, badValue(fmt.Sprintf("skips[%d].code", i), fmt.Sprint(skip.Code), "a number of the list of outcomes")
		}
		r.Skips = append(r.Skips, core.Skip{Seq: skip.Seq, Code: core.OutcomeCode(skip.Code)})
	}
	return r, nil
}

// laneTick is what a tick added to a lane.
func laneTick(tick *core.Tick, row core.LaneRow) *rollupv1.LaneUpdate {
	items := tick.LaneItems(row.Rollup)
	m := &rollupv1.LaneTick{
		Number: tick.Number, TimeMs: tick.Time, FirstSeq: row.FirstSeq, Root: row.Root[:], Head: row.Head[:],
		Entries: make([]*rollupv1.LaneEntry, len(items)),
	}
	for i, item := range items {
		e := &rollupv1.LaneEntry{Kind: kinds[item.Tx.Kind()], Data: item.Tx.Raw()}
		if item.IsLeg() {
			e.BundleId, e.Leg = item.Bundle[:], item.Leg
		}
		m.Entries[i] = e
	}
	return &rollupv1.LaneUpdate{Update: &rollupv1.LaneUpdate_Tick{Tick: m}}
}

var kinds = map[core.EncodingKind]rollupv1.EntryKind{
	core.EncTransaction: rollupv1.EntryKind_ENTRY_KIND_TRANSACTION, core.EncBlock: rollupv1.EntryKind_ENTRY_KIND_BLOCK,
	core.EncReport: rollupv1.EntryKind_ENTRY_KIND_REPORT,
}

func acceptanceOf(a gateway.Acceptance) *rollupv1.Acceptance {
	m := &rollupv1.Acceptance{Power: a.Power, Total: a.Total, Safe: a.Safe}
	for _, v := range a.Validators {
		m.Validators = append(m.Validators, v.Bytes())
	}
	return m
}

func checkpointOf(c *core.CompleteCheckpoint) *rollupv1.GetCheckpointResponse {
	signed := c.Signed()
	return &rollupv1.GetCheckpointResponse{
		NetworkId: signed.Checkpoint.Network[:], Slot: c.Draft.Slot, Tick: signed.Checkpoint.Tick, TimeMs: signed.Checkpoint.Time,
		LedgerRoot: signed.Checkpoint.LedgerRoot[:], Digest: c.Completion.Digest[:], Signed: signed.Encode(),
	}
}
