package core

import (
	"encoding/binary"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// OutcomeCode says what became of a lane position. The list is closed and its numbers never move.
type OutcomeCode uint16

// Included, and the reasons why a position is void. A void position had no effect; its signature stays valid until
// its nonce is used.
const (
	// Included: executed and in the rollup's block; a reverted single is included with status 0.
	Included OutcomeCode = 0

	VoidBadSignature      OutcomeCode = 1  // no sender can be recovered
	VoidNonceTooLow       OutcomeCode = 2  // the sender's nonce is already used
	VoidNonceTooHigh      OutcomeCode = 3  // an earlier nonce of the sender is missing
	VoidNonceMax          OutcomeCode = 4  // the sender's nonce is 2^64-1 (EIP-2681)
	VoidInsufficientFunds OutcomeCode = 5  // balance below value + gas × fee cap
	VoidFeeCapTooLow      OutcomeCode = 6  // fee cap below the block's base fee (EIP-1559)
	VoidTipAboveFeeCap    OutcomeCode = 7  // priority fee above the fee cap (EIP-1559)
	VoidFeeOverflow       OutcomeCode = 8  // a fee field above 2^256-1
	VoidIntrinsicGas      OutcomeCode = 9  // gas limit below the intrinsic gas
	VoidFloorDataGas      OutcomeCode = 10 // gas limit below the calldata floor (EIP-7623)
	VoidGasAboveCap       OutcomeCode = 11 // gas limit above the cap per transaction (EIP-7825)
	VoidGasOverflow       OutcomeCode = 12 // gas accounting overflows 64 bits
	VoidInitCodeTooLarge  OutcomeCode = 13 // init code above the limit (EIP-3860)
	VoidSenderNotEOA      OutcomeCode = 14 // the sender has code that is no delegation (EIP-3607)
	VoidTxType            OutcomeCode = 15 // the rollup's fork does not know the transaction type
	VoidAuthorizations    OutcomeCode = 16 // an empty authorization list or a deployment with one (EIP-7702)

	VoidBlockFull      OutcomeCode = 32 // a leg of an execution bundle does not fit, or its lane is stopped
	VoidLegReverted    OutcomeCode = 33 // this leg reverted without mayRevert
	VoidOtherLeg       OutcomeCode = 34 // another leg, named in the outcome, voided the bundle
	VoidCommitment     OutcomeCode = 35 // the bundle's commitment is not the one of its legs
	VoidAssertion      OutcomeCode = 36 // an assertion of this leg did not hold after the last leg, or was one too many
	VoidParentTick     OutcomeCode = 37 // the state pinned by parentTick was not the one met
	VoidPanic          OutcomeCode = 48 // the executor panicked twice on this entry
	VoidZoneUnassigned OutcomeCode = 49 // the rollup is not executed in the bundle's zone

	VoidRejected    OutcomeCode = 64 // the rollup's own execution client refused it; only in reports
	VoidUndecodable OutcomeCode = 65 // no transaction of the rollup's chain at all; only in reports
)

var outcomeNames = map[OutcomeCode]string{
	Included: "included", VoidBadSignature: "badSignature", VoidNonceTooLow: "nonceTooLow",
	VoidNonceTooHigh: "nonceTooHigh", VoidNonceMax: "nonceMax", VoidInsufficientFunds: "insufficientFunds",
	VoidFeeCapTooLow: "feeCapTooLow", VoidTipAboveFeeCap: "tipAboveFeeCap", VoidFeeOverflow: "feeOverflow",
	VoidIntrinsicGas: "intrinsicGas", VoidFloorDataGas: "floorDataGas", VoidGasAboveCap: "gasAboveCap",
	VoidGasOverflow: "gasOverflow", VoidInitCodeTooLarge: "initCodeTooLarge", VoidSenderNotEOA: "senderNotEOA",
	VoidTxType: "txType", VoidAuthorizations: "authorizations", VoidBlockFull: "blockFull",
	VoidLegReverted: "legReverted", VoidOtherLeg: "otherLeg", VoidCommitment: "commitment",
	VoidAssertion: "assertion", VoidParentTick: "parentTick", VoidPanic: "panic", VoidZoneUnassigned: "zoneUnassigned",
	VoidRejected: "rejected", VoidUndecodable: "undecodable",
}

// Void reports whether the position had no effect.
func (c OutcomeCode) Void() bool { return c != Included }

// String is the name used in RPC and docs.
func (c OutcomeCode) String() string {
	if name, ok := outcomeNames[c]; ok {
		return name
	}
	return fmt.Sprintf("code(%d)", uint16(c))
}

// MarshalText writes the code's name.
func (c OutcomeCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a code's name.
func (c *OutcomeCode) UnmarshalText(text []byte) error {
	for code, name := range outcomeNames { //det:unordered names are unique, so at most one entry matches
		if name == string(text) {
			*c = code
			return nil
		}
	}
	return fmt.Errorf("core: unknown outcome code %q", text)
}

// Outcome is the result of one lane position, decided once, in one tick.
type Outcome struct {
	Rollup RollupID
	Seq    uint64
	// TxHash is the entry's id.
	TxHash common.Hash
	Code   OutcomeCode
	// Bundle is the bundle the position is a leg of, zero for singles.
	Bundle common.Hash
	// ReceiptHash is keccak256 of the receipt's consensus encoding (EIP-2718); zero when void.
	ReceiptHash common.Hash
}

// Leaf is the outcome's leaf: keccak(tag ‖ rollup ‖ seq ‖ entry id ‖ code ‖ bundle ‖ receipt hash).
func (o Outcome) Leaf() common.Hash {
	return TagOutcome.Sum(U64(uint64(o.Rollup)), U64(o.Seq), o.TxHash[:], U64(uint64(o.Code)), o.Bundle[:], o.ReceiptHash[:])
}

// appendLeaf appends what Leaf is the hash of.
func (o *Outcome) appendLeaf(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(append(b, TagOutcome...), uint64(o.Rollup))
	b = append(binary.BigEndian.AppendUint64(b, o.Seq), o.TxHash[:]...)
	b = append(binary.BigEndian.AppendUint64(b, uint64(o.Code)), o.Bundle[:]...)
	return append(b, o.ReceiptHash[:]...)
}

// OutcomesRoot is the MerkleRoot over the leaves of n outcomes.
func OutcomesRoot(n int, outcome func(i int) *Outcome) common.Hash {
	leaves := make([]common.Hash, n)
	if n < manyHashes || !hasFourfold() {
		h := newHashing()
		for i := range leaves {
			h.in = outcome(i).appendLeaf(h.in)
			leaves[i] = h.sum()
		}
		return h.merkleRoot(leaves)
	}
	f := newFourfold()
	var inputs [together][]byte // all of one size, so four begin and end together
	input := func(i int) []byte {
		b := &inputs[i%together]
		*b = outcome(i).appendLeaf((*b)[:0])
		return *b
	}
	f.all(n, input, func(i int, hash common.Hash) { leaves[i] = hash })
	return f.merkleRoot(leaves)
}

// RollupResult is what a tick did to one rollup of a zone.
type RollupResult struct {
	Rollup RollupID `json:"rollup"`
	// NextSeq is the first lane position that is not ordered yet.
	NextSeq uint64 `json:"nextSeq"`
	// FirstUnapplied is the first lane position without an outcome; NextSeq unless the lane is stopped.
	FirstUnapplied uint64 `json:"firstUnapplied"`
	// OutcomesRoot is the MerkleRoot over the leaves of the outcomes decided in this tick, in the order decided.
	OutcomesRoot common.Hash `json:"outcomesRoot"`
	// ReceiptsRoot is the MPT root (as in an Ethereum header) of the receipts made in this tick; of none, the empty root.
	ReceiptsRoot common.Hash `json:"receiptsRoot"`
	// LastSealed is the hash of the rollup's newest sealed block.
	LastSealed common.Hash `json:"lastSealed"`
}

// Leaf is the result's leaf in the zone's tree.
func (r RollupResult) Leaf() common.Hash {
	return TagRollupResult.Sum(U64(uint64(r.Rollup)), U64(r.NextSeq), U64(r.FirstUnapplied),
		r.OutcomesRoot[:], r.ReceiptsRoot[:], r.LastSealed[:])
}

// NextZoneDigest chains a zone's results: digest' = keccak(tag ‖ networkId ‖ zone ‖ digest ‖ tick ‖ root), where root
// is the ResultsRoot. The digest before tick 1 is zero.
func NextZoneDigest(network NetworkID, zone ZoneID, digest common.Hash, tick uint64, results []RollupResult) common.Hash {
	return ChainZoneDigest(network, zone, digest, tick, ResultsRoot(results))
}

// ResultsRoot is the MerkleRoot over the results' leaves in ascending order of rollup.
func ResultsRoot(results []RollupResult) common.Hash { return MerkleRoot(ResultLeaves(results)) }

// ResultLeaves are the leaves of ResultsRoot.
func ResultLeaves(results []RollupResult) []common.Hash {
	leaves := make([]common.Hash, len(results))
	for i, r := range results {
		leaves[i] = r.Leaf()
	}
	return leaves
}

// ChainZoneDigest is NextZoneDigest for who knows the results' root and not the results.
func ChainZoneDigest(network NetworkID, zone ZoneID, digest common.Hash, tick uint64, root common.Hash) common.Hash {
	return TagZoneDigest.Sum(network[:], U64(uint64(zone)), digest[:], U64(tick), root[:])
}
