package core

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/rlp"
)

// Section is the part of a tick that holds one rollup's single transactions, in execution order.
type Section struct {
	Rollup RollupID
	Txs    []Transaction
}

// Encode writes version ‖ kind ‖ RLP([rollup, [entry…]]).
func (s Section) Encode() []byte {
	var entries uint64
	for i := range s.Txs {
		entries += rlp.ListSize(s.Txs[i].entrySize()) // a string of two bytes or more has the head of a list
	}
	encoded := startEncoding(EncSection, uint64(rlp.IntSize(uint64(s.Rollup)))+rlp.ListSize(entries))
	encoded = appendListHead(rlp.AppendUint64(encoded, uint64(s.Rollup)), entries)
	for i := range s.Txs {
		encoded = s.Txs[i].appendEntry(appendStringHead(encoded, s.Txs[i].entrySize()))
	}
	return encoded
}

// maxForeseen bounds for how many entries there is room before they were found good.
const maxForeseen = 1024

// DecodeSection reads a section; kind tells the kind of a registered rollup. Errors name the entry. The transactions share memory with
// b, which must not be changed afterwards.
func DecodeSection(b []byte, kind func(RollupID) (RollupKind, bool)) (Section, error) {
	rollup, entries, err := openSection(b)
	if err != nil {
		return Section{}, fmt.Errorf("section: %w", err)
	}
	s := Section{Rollup: rollup}
	k, ok := kind(s.Rollup)
	if !ok {
		return Section{}, fmt.Errorf("section: %w", &UnknownRollupError{s.Rollup})
	}
	count, err := rlp.CountValues(entries)
	if err != nil {
		return Section{}, fmt.Errorf("section: %w: kind %#x: %w", ErrMalformed, EncSection, err)
	}
	s.Txs = make([]Transaction, 0, min(count, maxForeseen))
	for i := 0; len(entries) > 0; i++ {
		var entry []byte
		if entry, entries, err = rlp.SplitString(entries); err != nil {
			return Section{}, fmt.Errorf("section: %w: kind %#x: entry %d: %w", ErrMalformed, EncSection, i, err)
		}
		tx, err := decodeUnhashed(s.Rollup, k, entry[:len(entry):len(entry)])
		if err != nil {
			return Section{}, fmt.Errorf("section of rollup %s: entry %d: %w", s.Rollup, i, err)
		}
		s.Txs = append(s.Txs, tx)
	}
	if k == KindOpaque {
		hashOpaque(s.Txs)
	}
	return s, nil
}

// decodeUnhashed is DecodeEntry, but leaves the hash of an opaque transaction to hashOpaque.
func decodeUnhashed(rollup RollupID, kind RollupKind, b []byte) (Transaction, error) {
	if kind == KindOpaque && len(b) > encodingHeader && b[0] == EncodingVersion && EncodingKind(b[1]) == EncTransaction {
		return Transaction{rollup: rollup, raw: b[encodingHeader:]}, nil
	}
	return DecodeEntry(rollup, kind, b)
}

// openSection gives the rollup and the content of the list of entries.
func openSection(b []byte) (rollup RollupID, entries []byte, err error) {
	body, err := openEncoding(EncSection, b)
	if err != nil {
		return 0, nil, err
	}
	fields, rest, err := rlp.SplitList(body)
	id := uint64(0)
	if err == nil {
		id, fields, err = rlp.SplitUint64(fields)
	}
	var more []byte
	if err == nil {
		entries, more, err = rlp.SplitList(fields)
	}
	if err == nil && len(more)+len(rest) > 0 {
		err = rlp.ErrMoreThanOneValue
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%w: kind %#x: %w", ErrMalformed, EncSection, err)
	}
	return RollupID(id), entries, nil
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
func (g GossipBatch) Encode() []byte {
	var txs, bundles uint64
	for i := range g.Txs {
		txs += rlp.ListSize(g.Txs[i].content())
	}
	for _, b := range g.Bundles {
		bundles += rlp.BytesSize(b)
	}
	encoded := startEncoding(EncGossipBatch, rlp.ListSize(txs)+rlp.ListSize(bundles))
	encoded = appendListHead(encoded, txs)
	for i := range g.Txs {
		encoded = rlp.AppendUint64(appendListHead(encoded, g.Txs[i].content()), g.Txs[i].Rollup)
		encoded = appendString(encoded, g.Txs[i].Raw)
	}
	encoded = appendListHead(encoded, bundles)
	for _, b := range g.Bundles {
		encoded = appendString(encoded, b)
	}
	return encoded
}

// content is the length of [rollup, raw] without its head.
func (t *GossipTx) content() uint64 { return uint64(rlp.IntSize(t.Rollup)) + rlp.BytesSize(t.Raw) }

// DecodeGossipBatch reads a batch; its items are checked by the pool. Transactions share memory with b, which must not be changed afterwards.
func DecodeGossipBatch(b []byte) (GossipBatch, error) {
	body, err := openEncoding(EncGossipBatch, b)
	if err != nil {
		return GossipBatch{}, fmt.Errorf("gossip batch: %w", err)
	}
	g, err := splitGossipBatch(body)
	if err != nil {
		return GossipBatch{}, fmt.Errorf("gossip batch: %w: kind %#x: %w", ErrMalformed, EncGossipBatch, err)
	}
	return g, nil
}

// splitGossipBatch reads RLP([[[rollup, raw]…], [bundle…]]) without reflection, as a validator reads each transaction of the others in one.
func splitGossipBatch(body []byte) (g GossipBatch, err error) {
	fields, rest, err := rlp.SplitList(body)
	if err != nil {
		return g, err
	}
	txs, fields, err := rlp.SplitList(fields)
	if err != nil {
		return g, err
	}
	bundles, fields, err := rlp.SplitList(fields)
	if err != nil {
		return g, err
	}
	if len(rest)+len(fields) > 0 {
		return g, rlp.ErrMoreThanOneValue
	}
	for len(txs) > 0 {
		var tx, more []byte
		var item GossipTx
		if tx, txs, err = rlp.SplitList(txs); err != nil {
			return g, err
		}
		if item.Rollup, tx, err = rlp.SplitUint64(tx); err != nil {
			return g, err
		}
		if item.Raw, more, err = rlp.SplitString(tx); err != nil {
			return g, err
		}
		if len(more) > 0 {
			return g, rlp.ErrMoreThanOneValue
		}
		g.Txs = append(g.Txs, item)
	}
	for len(bundles) > 0 {
		var bundle []byte
		if bundle, bundles, err = rlp.SplitString(bundles); err != nil {
			return g, err
		}
		g.Bundles = append(g.Bundles, bytes.Clone(bundle)) // it may stay longer than the batch
	}
	return g, nil
}
