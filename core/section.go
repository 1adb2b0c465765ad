package core

import (
	"fmt"
)

// Section is the part of a tick that holds one rollup's single transactions, in execution order.
type Section struct {
	Rollup RollupID
	Txs    []Transaction
}

type sectionRLP struct {
	Rollup  uint64
	Entries [][]byte
}

// Encode writes version ‖ kind ‖ RLP([rollup, [entry…]]).
func (s Section) Encode() []byte {
	entries := make([][]byte, len(s.Txs))
	for i, tx := range s.Txs {
		entries[i] = tx.EncodeEntry()
	}
	return Encode(EncSection, &sectionRLP{uint64(s.Rollup), entries})
}

// DecodeSection reads a section; kind tells the kind of a registered rollup. Errors name the entry.
func DecodeSection(b []byte, kind func(RollupID) (RollupKind, bool)) (Section, error) {
	var raw sectionRLP
	if err := Decode(EncSection, b, &raw); err != nil {
		return Section{}, fmt.Errorf("section: %w", err)
	}
	s := Section{Rollup: RollupID(raw.Rollup)}
	k, ok := kind(s.Rollup)
	if !ok {
		return Section{}, fmt.Errorf("section: %w", &UnknownRollupError{s.Rollup})
	}
	for i, entry := range raw.Entries {
		tx, err := DecodeEntry(s.Rollup, k, entry)
		if err != nil {
			return Section{}, fmt.Errorf("section of rollup %s: entry %d: %w", s.Rollup, i, err)
		}
		s.Txs = append(s.Txs, tx) // grows with what was found good, not with what a length claims
	}
	return s, nil
}

// EncodeBundleSection writes version ‖ kind ‖ RLP([bundle encoding…]).
func EncodeBundleSection(bundles []DecodedBundle) []byte {
	encoded := make([][]byte, len(bundles))
	for i, b := range bundles {
		encoded[i] = b.Encode()
	}
	return Encode(EncBundleSection, encoded)
}

// DecodeBundleSection reads the bundles of a tick with their legs. Errors name the bundle and the leg.
func DecodeBundleSection(b []byte, network NetworkID, kind func(RollupID) (RollupKind, bool)) ([]DecodedBundle, error) {
	var raw [][]byte
	if err := Decode(EncBundleSection, b, &raw); err != nil {
		return nil, fmt.Errorf("bundle section: %w", err)
	}
	bundles := []DecodedBundle{}
	for i, enc := range raw {
		bundle, err := DecodeBundle(enc)
		if err != nil {
			return nil, fmt.Errorf("bundle %d: %w", i, err)
		}
		decoded, err := bundle.DecodeLegs(network, kind)
		if err != nil {
			return nil, fmt.Errorf("bundle %d: %w", i, err)
		}
		bundles = append(bundles, decoded)
	}
	return bundles, nil
}

// ExtendedVote is one validator's part of the extended commit that a proposer hands on.
type ExtendedVote struct {
	// Validator is the CometBFT address: the first 20 bytes of SHA-256 of the consensus key.
	Validator []byte
	// Extension is the vote extension as signed; empty where the validator's vote is absent or was left out.
	Extension []byte
	// Signature is over CometBFT's CanonicalVoteExtension sign bytes; empty where Extension is not handed on.
	Signature []byte
}

// SystemEntry is the first CometBFT transaction of every tick: the extended commit of the tick before. Votes are in
// the validator set's order, one per validator; in tick 1 there are none.
type SystemEntry struct {
	Round uint32
	Votes []ExtendedVote
}

// Encode writes version ‖ kind ‖ RLP([round, [[validator, extension, signature]…]]).
func (e SystemEntry) Encode() []byte { return Encode(EncSystemEntry, &e) }

// DecodeSystemEntry reads a system entry.
func DecodeSystemEntry(b []byte) (SystemEntry, error) {
	var e SystemEntry
	if err := Decode(EncSystemEntry, b, &e); err != nil {
		return SystemEntry{}, fmt.Errorf("system entry: %w", err)
	}
	return e, nil
}

// GossipBatch is what gateways send to the other validators' pools in one gossip item.
type GossipBatch struct {
	Txs []GossipTx
	// Bundles are encodings, which their kinds tell apart: of a Bundle, a ReplacingBundle, a Cancellation, a
	// Block or a Report.
	Bundles [][]byte
}

// GossipTx is a transaction with the rollup it is for.
type GossipTx struct {
	Rollup uint64
	Raw    []byte
}

// Encode writes version ‖ kind ‖ RLP([[[rollup, raw]…], [bundle…]]).
func (g GossipBatch) Encode() []byte { return Encode(EncGossipBatch, &g) }

// DecodeGossipBatch reads a batch; its items are checked by the pool.
func DecodeGossipBatch(b []byte) (GossipBatch, error) {
	var g GossipBatch
	if err := Decode(EncGossipBatch, b, &g); err != nil {
		return GossipBatch{}, fmt.Errorf("gossip batch: %w", err)
	}
	return g, nil
}
