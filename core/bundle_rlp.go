package core

import (
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rlp"
)

// EncodeRLP writes the canonical field order of ARCHITECTURE.md §4.
func (b *Bundle) EncodeRLP(w io.Writer) error { return rlp.Encode(w, b.rlpForm()) }

// DecodeRLP reads the canonical field order of ARCHITECTURE.md §4.
func (b *Bundle) DecodeRLP(s *rlp.Stream) error {
	var twin bundleRLP
	if err := s.Decode(&twin); err != nil {
		return err
	}
	*b = Bundle{
		Atomicity: Atomicity(twin.Atomicity), NotBefore: twin.NotBefore, NotAfter: twin.NotAfter,
		ParentTick: twin.ParentTick, Bid: twin.Bid, Commitment: twin.Commitment, Legs: make([]Leg, len(twin.Legs)),
	}
	for i, leg := range twin.Legs {
		b.Legs[i] = Leg{RollupID(leg.Rollup), leg.Tx, leg.MayRevert}
	}
	return nil
}

// bundleRLP is the fixed-order twin that EncodeRLP and DecodeRLP go through, so that the JSON tags and the field order
// of Bundle can never move the canonical form.
type bundleRLP struct {
	Atomicity  uint8
	NotBefore  uint64
	NotAfter   uint64
	ParentTick uint64
	Bid        uint64
	Commitment common.Hash
	Legs       []legRLP
}

type legRLP struct {
	Rollup    uint64
	Tx        []byte
	MayRevert bool
}

// rlpForm is the twin of b.
func (b *Bundle) rlpForm() *bundleRLP {
	twin := &bundleRLP{
		Atomicity: uint8(b.Atomicity), NotBefore: b.NotBefore, NotAfter: b.NotAfter,
		ParentTick: b.ParentTick, Bid: b.Bid, Commitment: b.Commitment, Legs: make([]legRLP, len(b.Legs)),
	}
	for i, leg := range b.Legs {
		twin.Legs[i] = legRLP{uint64(leg.Rollup), leg.Tx, leg.MayRevert}
	}
	return twin
}
