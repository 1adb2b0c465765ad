package orders

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// FillCall is the call of the destination's settler that fills the order and asserts that it is claimed.
func FillCall(order Order, fill Fill) ([]byte, error) {
	id, err := ID(order)
	if err != nil {
		return nil, err
	}
	terms, err := Terms(order)
	if err != nil {
		return nil, err
	}
	origin, err := termsArguments.Pack(terms)
	if err != nil {
		return nil, fmt.Errorf("encode fill terms: %w", err)
	}
	filler, err := encodeFill(fill)
	if err != nil {
		return nil, err
	}
	return settler.TryPackFill(id, origin, filler)
}

// OpenForCall is the call of the origin's settler that opens a signed order. Without escrow it also pays the filler and
// asserts the fill; with escrow the fill is not looked at and may be zero.
func OpenForCall(order Order, signature []byte, fill Fill) ([]byte, error) {
	in, err := DecodeIntent(order)
	if err != nil {
		return nil, err
	}
	var filler []byte
	if !in.Escrow {
		if filler, err = encodeFill(fill); err != nil {
			return nil, err
		}
	}
	return settler.TryPackOpenFor(order, signature, filler)
}

// ClaimCall is the call of the origin's settler that pays the filler of an opened order. The proof is for the order's
// verifier; empty for an order without one.
func ClaimCall(order Order, fill Fill, proof []byte) ([]byte, error) {
	if _, err := DecodeIntent(order); err != nil {
		return nil, err
	}
	if err := checkFill(fill); err != nil {
		return nil, err
	}
	return settler.TryPackClaim(order, fill, proof)
}

// CancelCall is the call of the origin's settler by which the user ends an order without escrow.
func CancelCall(order Order) ([]byte, error) {
	if _, err := DecodeIntent(order); err != nil {
		return nil, err
	}
	return settler.TryPackCancel(order)
}

// RefundCall is the call of the origin's settler that gives the rest of an escrow back; anybody may send it.
func RefundCall(order Order) ([]byte, error) {
	if _, err := DecodeIntent(order); err != nil {
		return nil, err
	}
	return settler.TryPackRefund(order)
}

// DecodeFillCall reads the calldata of fill: the order's id, its terms, and the fill. ErrNotTheCall: it is another call.
func DecodeFillCall(data []byte) (id common.Hash, terms FillTerms, fill Fill, err error) {
	method := settlerABI.Methods["fill"]
	if len(data) < 4 || !bytes.Equal(data[:4], method.ID) {
		return id, terms, fill, fmt.Errorf("%w: want the selector %x of %s", ErrNotTheCall, method.ID, method.Sig)
	}
	values, err := method.Inputs.Unpack(data[4:])
	if err != nil {
		return id, terms, fill, fmt.Errorf("%w: %w", ErrNotTheCall, err)
	}
	if terms, err = unpack[FillTerms](termsArguments, values[1].([]byte)); err != nil {
		return id, terms, fill, fmt.Errorf("%w: originData: %w", ErrNotTheCall, err)
	}
	if fill, err = unpack[Fill](fillArguments, values[2].([]byte)); err != nil {
		return id, terms, fill, fmt.Errorf("%w: fillerData: %w", ErrNotTheCall, err)
	}
	return values[0].([32]byte), terms, fill, nil
}

func encodeFill(fill Fill) ([]byte, error) {
	if err := checkFill(fill); err != nil {
		return nil, err
	}
	return fillArguments.Pack(fill)
}
