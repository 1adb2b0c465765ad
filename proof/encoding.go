package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/lockstep-network/lockstep/core"
)

// Version is the version of the JSON encoding; the binary one has core.EncodingVersion.
const Version = 1

// Proof is a proof of one of the three kinds, as it travels. Exactly one of the pointers is set.
type Proof struct {
	Version     uint64       `json:"version"`
	Transaction *Transaction `json:"transaction,omitempty"`
	Bundle      *Bundle      `json:"bundle,omitempty"`
	Range       *Range       `json:"range,omitempty"`
}

// Parse reads the JSON encoding. Unknown fields, another version, more or less than one kind and anything above MaxBytes
// are ErrFormat.
func Parse(b []byte) (*Proof, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFormat, len(b), MaxBytes)
	}
	p := new(Proof)
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: data after the proof", ErrFormat)
	}
	if p.Version != Version {
		return nil, fmt.Errorf("%w: version %d, this build reads %d", ErrFormat, p.Version, Version)
	}
	kinds := 0
	for _, set := range []bool{p.Transaction != nil, p.Bundle != nil, p.Range != nil} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, fmt.Errorf("%w: %d kinds in one proof, want one of transaction, bundle and range", ErrFormat, kinds)
	}
	return p, nil
}

// Encode writes the binary encoding: version ‖ kind ‖ RLP of the fields in order.
func (p *Proof) Encode() []byte {
	switch {
	case p.Transaction != nil:
		return core.Encode(core.EncTransactionProof, p.Transaction)
	case p.Bundle != nil:
		return core.Encode(core.EncBundleProof, p.Bundle)
	}
	return core.Encode(core.EncRangeProof, p.Range)
}

// Decode reads the binary encoding.
func Decode(b []byte) (*Proof, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFormat, len(b), MaxBytes)
	}
	kind, err := core.KindOf(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	p := &Proof{Version: Version}
	switch kind {
	case core.EncTransactionProof:
		p.Transaction = new(Transaction)
		err = core.Decode(kind, b, p.Transaction)
	case core.EncBundleProof:
		p.Bundle = new(Bundle)
		err = core.Decode(kind, b, p.Bundle)
	case core.EncRangeProof:
		p.Range = new(Range)
		err = core.Decode(kind, b, p.Range)
	default:
		err = fmt.Errorf("%w: %#x", core.ErrUnknownKind, kind)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return p, nil
}

// Fact is what a proof proves; the pointer of its kind is set.
type Fact struct {
	// Checkpoint is the newest one that the proof ends in.
	Checkpoint  core.Checkpoint `json:"checkpoint"`
	Transaction *Position       `json:"transaction,omitempty"`
	Bundle      *BundleFact     `json:"bundle,omitempty"`
	Range       *RangeFact      `json:"range,omitempty"`
}

// Verify checks a proof of any kind.
func (p *Proof) Verify(t Trust) (*Fact, error) {
	fact := new(Fact)
	var err error
	switch {
	case p.Transaction != nil:
		fact.Checkpoint = p.Transaction.Anchor.newest().Checkpoint
		fact.Transaction, err = p.Transaction.Verify(t)
	case p.Bundle != nil:
		fact.Checkpoint = p.Bundle.Anchor.newest().Checkpoint
		fact.Bundle, err = p.Bundle.Verify(t)
	case p.Range != nil:
		fact.Checkpoint = p.Range.Anchor.Order.Checkpoint
		fact.Range, err = p.Range.Verify(t)
	default:
		err = fmt.Errorf("%w: no kind", ErrFormat)
	}
	if err != nil {
		return nil, err
	}
	return fact, nil
}
