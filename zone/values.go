package zone

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// The fixed-order twins of what is stored; every value is version ‖ kind ‖ RLP of its twin.
type (
	ownerRLP struct {
		Network common.Hash
		Zone    uint64
	}
	fateRLP struct {
		TxHash      common.Hash
		Code        uint16
		Bundle      common.Hash
		ReceiptHash common.Hash
		Tick        uint64
		Block       uint64
		Index       uint64
		Reverted    bool
		GasUsed     uint64
		FailingLeg  uint64 // index + 1, zero for none
		Detail      string
	}
	bundleRLP struct {
		Atomicity uint8
		Legs      []LegPlace
	}
	digestRLP struct {
		Tick   uint64
		Digest common.Hash
	}
	deathRLP struct {
		Build  string
		Tick   uint64
		Count  uint64
		Reason string
	}
)

func encodeFate(f Fate) []byte {
	return core.Encode(core.EncOutcome, &fateRLP{
		f.TxHash, uint16(f.Code), f.Bundle, f.ReceiptHash,
		f.Tick, f.Block, f.Index, f.Reverted, f.GasUsed, uint64(f.FailingLeg + 1), f.Detail,
	})
}

func decodeFate(rollup core.RollupID, seq uint64, b []byte) (Fate, error) {
	var v fateRLP
	if err := core.Decode(core.EncOutcome, b, &v); err != nil {
		return Fate{}, fmt.Errorf("%w: fate: %w", ErrCorrupt, err)
	}
	return Fate{
		Outcome: core.Outcome{
			Rollup: rollup, Seq: seq, TxHash: v.TxHash, Code: core.OutcomeCode(v.Code), Bundle: v.Bundle, ReceiptHash: v.ReceiptHash,
		},
		Tick: v.Tick, Block: v.Block, Index: v.Index, Reverted: v.Reverted, GasUsed: v.GasUsed,
		FailingLeg: int(v.FailingLeg) - 1, Detail: v.Detail,
	}, nil
}

func encodeBundle(p BundlePlace) []byte {
	return core.Encode(encBundle, &bundleRLP{uint8(p.Atomicity), p.Legs})
}

func decodeBundle(id common.Hash, tick uint64, b []byte) (BundlePlace, error) {
	var v bundleRLP
	if err := core.Decode(encBundle, b, &v); err != nil {
		return BundlePlace{}, fmt.Errorf("%w: bundle: %w", ErrCorrupt, err)
	}
	return BundlePlace{ID: id, Tick: tick, Atomicity: core.Atomicity(v.Atomicity), Legs: v.Legs}, nil
}

func encodeSeal(r SealRecord) []byte { return core.Encode(core.EncSealRecord, &r) }

func decodeSeal(b []byte) (SealRecord, error) {
	var r SealRecord
	if err := core.Decode(core.EncSealRecord, b, &r); err != nil {
		return SealRecord{}, fmt.Errorf("%w: seal record: %w", ErrCorrupt, err)
	}
	return r, nil
}
