package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/rlp"
)

// EncodingVersion is the first byte of every encoding.
const EncodingVersion byte = 1

// EncodingKind is the second byte of every encoding and says what follows.
type EncodingKind byte

// The kinds of encodings. Numbers are never reused. 0x13 (forced section), 0x05 and 0x06 (sealed and
// forced entries) are reserved for entries that later protocol versions order; 0x62–0x6f
// belong to package zone for what only it stores.
const (
	EncTransaction      EncodingKind = 0x01 // a section's entry: one transaction
	EncBundle           EncodingKind = 0x02 // a bundle
	EncBlock            EncodingKind = 0x03 // a section's entry: a block of the rollup's own chain
	EncReport           EncodingKind = 0x04 // a section's entry: what became of a part of the lane
	EncControl          EncodingKind = 0x07 // part of a tick: a change of the network, signed by its validators
	EncSection          EncodingKind = 0x10 // part of a tick: one rollup's singles
	EncBundleSection    EncodingKind = 0x11 // part of a tick: its bundles
	EncSystemEntry      EncodingKind = 0x12 // part of a tick: the extended commit of the tick before
	EncVoteExtension    EncodingKind = 0x20 // what a validator says with its precommit
	EncGossipBatch      EncodingKind = 0x30 // what gateways send to the other validators' pools
	EncReplacingBundle  EncodingKind = 0x31 // a bundle that takes the place of another one, in a gossip batch
	EncCancellation     EncodingKind = 0x32 // the cancellation of a bundle, in a gossip batch
	EncTickRecord       EncodingKind = 0x40 // the ordered log's record of a tick
	EncDraft            EncodingKind = 0x41 // the ordered log's record of a checkpoint that is to be signed
	EncCompletion       EncodingKind = 0x42 // the ordered log's record of a checkpoint's signatures
	EncLedgerValue      EncodingKind = 0x50 // a value of the ledger; its key says which
	EncOutcome          EncodingKind = 0x60 // the zone's record of one outcome
	EncSealRecord       EncodingKind = 0x61 // the zone's record of one seal
	EncSignedCheckpoint EncodingKind = 0x48 // a checkpoint with its signatures
	EncValidatorSet     EncodingKind = 0x49 // a set that signs checkpoints
	EncTransactionProof EncodingKind = 0x80 // a proof of one lane position
	EncBundleProof      EncodingKind = 0x81 // a proof of all legs of a bundle
	EncRangeProof       EncodingKind = 0x82 // a proof of a part of a lane
	EncHeadProof        EncodingKind = 0x83 // a proof of a lane's head
	EncGenesis          EncodingKind = 0x70 // the canonical twin of the genesis, hashed but never sent
)

// header length of every encoding: version and kind.
const encodingHeader = 2

// Encode writes version ‖ kind ‖ RLP(v). It panics if v is of a type that RLP cannot hold, which is a programming
// error that any golden vector of the type shows.
func Encode(kind EncodingKind, v any) []byte {
	body := rlp.NewEncoderBuffer(nil)
	if err := rlp.Encode(body, v); err != nil {
		panic(fmt.Sprintf("core: encode kind %#x: %v", kind, err))
	}
	return sealEncoding(kind, body)
}

// sealEncoding writes version ‖ kind ‖ body. Nothing may be done with the body afterwards.
func sealEncoding(kind EncodingKind, body rlp.EncoderBuffer) []byte {
	encoded := make([]byte, encodingHeader, encodingHeader+body.Size())
	encoded[0], encoded[1] = EncodingVersion, byte(kind)
	encoded = body.AppendToBytes(encoded)
	_ = body.Flush() // gives its memory back; there is no writer that could fail
	return encoded
}

// Decode reads what Encode wrote into v, which must be a pointer. Unknown versions, other kinds, trailing bytes and
// non-canonical RLP are errors.
func Decode(kind EncodingKind, b []byte, v any) error {
	body, err := openEncoding(kind, b)
	if err != nil {
		return err
	}
	if err := rlp.DecodeBytes(body, v); err != nil {
		return fmt.Errorf("%w: kind %#x: %w", ErrMalformed, kind, err)
	}
	return nil
}

// KindOf tells the kind of an encoding without reading the rest of it.
func KindOf(b []byte) (EncodingKind, error) {
	if len(b) < encodingHeader {
		return 0, fmt.Errorf("%w: %d bytes, want at least %d", ErrMalformed, len(b), encodingHeader)
	}
	if b[0] != EncodingVersion {
		return 0, fmt.Errorf("%w: %d, want %d", ErrUnknownVersion, b[0], EncodingVersion)
	}
	return EncodingKind(b[1]), nil
}

func openEncoding(kind EncodingKind, b []byte) ([]byte, error) {
	got, err := KindOf(b)
	if err != nil {
		return nil, err
	}
	if got != kind {
		return nil, fmt.Errorf("%w: %#x, want %#x", ErrUnknownKind, got, kind)
	}
	return b[encodingHeader:], nil
}
