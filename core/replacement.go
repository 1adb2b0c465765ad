package core

import (
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// EIP-712 types with which a bundle is replaced and cancelled, in the domain of checkpoints: its salt is the networkId.
const (
	ReplaceType = "Replace(bytes16 uuid,uint64 nonce,bytes32 bundleId)"
	CancelType  = "Cancel(bytes16 uuid,uint64 nonce)"
)

// ErrReplacementSignature: a signature under a replacement or cancellation has not the one accepted form.
var ErrReplacementSignature = errors.New("core: invalid signature of a replacement")

// UUID is the name that a signer gives to a line of bundles of which each replaces the one before.
type UUID [16]byte

// String is the form of RFC 9562: 8-4-4-4-12 hex digits in lower case.
func (u UUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// MarshalText writes String.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads the form of RFC 9562, in either case.
func (u *UUID) UnmarshalText(text []byte) error {
	digits := make([]byte, 0, 2*len(u))
	for i, c := range text {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c == '-' {
				continue
			}
			return fmt.Errorf("%w: uuid %q", ErrMalformed, text)
		}
		digits = append(digits, c)
	}
	var parsed UUID
	if len(digits) != hex.EncodedLen(len(parsed)) {
		return fmt.Errorf("%w: uuid %q", ErrMalformed, text)
	}
	if _, err := hex.Decode(parsed[:], digits); err != nil {
		return fmt.Errorf("%w: uuid %q", ErrMalformed, text)
	}
	*u = parsed
	return nil
}

// Replacement puts a bundle into the line (signer, uuid): it takes the place of the bundle with a lower nonce there.
type Replacement struct {
	UUID  UUID   `json:"uuid"`
	Nonce uint64 `json:"nonce"`
	// Signature is R ‖ S ‖ V over ReplaceDigest (see Sign), with S in the lower half and V 27 or 28, as wallets sign typed data.
	Signature hexutil.Bytes `json:"signature"`
}

// Cancellation empties the line (signer, uuid) and blocks what has a lower nonce.
type Cancellation struct {
	UUID  UUID   `json:"uuid"`
	Nonce uint64 `json:"nonce"`
	// Signature is R ‖ S ‖ V over CancelDigest, with S in the lower half and V 27 or 28, as wallets sign typed data.
	Signature hexutil.Bytes `json:"signature"`
}

// ReplaceDigest is what the signer of a replacement signs.
func ReplaceDigest(network NetworkID, uuid UUID, nonce uint64, bundle common.Hash) common.Hash {
	return typedDigest(network, crypto.Keccak256(crypto.Keccak256([]byte(ReplaceType)), uuidWord(uuid), word(nonce), bundle[:]))
}

// CancelDigest is what the signer of a cancellation signs.
func CancelDigest(network NetworkID, uuid UUID, nonce uint64) common.Hash {
	return typedDigest(network, crypto.Keccak256(crypto.Keccak256([]byte(CancelType)), uuidWord(uuid), word(nonce)))
}

// uuidWord is a bytes16 as the 32 bytes of the EVM: padded behind.
func uuidWord(u UUID) []byte { return common.RightPadBytes(u[:], 32) }

// Sign puts a bundle into the line (address of key, r.UUID) with r.Nonce.
func (r *Replacement) Sign(key *ecdsa.PrivateKey, network NetworkID, bundle common.Hash) error {
	signature, err := signTyped(key, ReplaceDigest(network, r.UUID, r.Nonce, bundle))
	if err != nil {
		return fmt.Errorf("core: sign replacement: %w", err)
	}
	r.Signature = signature
	return nil
}

// Sign cancels what the line (address of key, c.UUID) holds below c.Nonce.
func (c *Cancellation) Sign(key *ecdsa.PrivateKey, network NetworkID) error {
	signature, err := signTyped(key, CancelDigest(network, c.UUID, c.Nonce))
	if err != nil {
		return fmt.Errorf("core: sign cancellation: %w", err)
	}
	c.Signature = signature
	return nil
}

// Signer recovers who signed the replacement for a bundle. Any signature of the right form is somebody's: it is the
// line that says whether this somebody may replace anything.
func (r *Replacement) Signer(network NetworkID, bundle common.Hash) (common.Address, error) {
	address, err := recoverTyped(ReplaceDigest(network, r.UUID, r.Nonce, bundle), r.Signature)
	if err != nil {
		return common.Address{}, fmt.Errorf("signature: %w: %w", ErrReplacementSignature, err)
	}
	return address, nil
}

// Signer recovers who signed the cancellation.
func (c *Cancellation) Signer(network NetworkID) (common.Address, error) {
	address, err := recoverTyped(CancelDigest(network, c.UUID, c.Nonce), c.Signature)
	if err != nil {
		return common.Address{}, fmt.Errorf("signature: %w: %w", ErrReplacementSignature, err)
	}
	return address, nil
}

// ReplacingBundle is a bundle with the replacement that brings it, as it is gossiped.
type ReplacingBundle struct {
	Replacement Replacement
	Bundle      *Bundle
}

type replacingRLP struct {
	UUID      UUID
	Nonce     uint64
	Signature []byte
	Bundle    *Bundle
}

// Encode writes version ‖ kind ‖ RLP([uuid, nonce, signature, bundle]).
func (r *ReplacingBundle) Encode() []byte {
	return Encode(EncReplacingBundle, &replacingRLP{r.Replacement.UUID, r.Replacement.Nonce, r.Replacement.Signature, r.Bundle})
}

// DecodeReplacingBundle reads a bundle with its replacement. It checks the form, not the signature.
func DecodeReplacingBundle(b []byte) (*ReplacingBundle, error) {
	var twin replacingRLP
	if err := Decode(EncReplacingBundle, b, &twin); err != nil {
		return nil, fmt.Errorf("replacing bundle: %w", err)
	}
	return &ReplacingBundle{Replacement{twin.UUID, twin.Nonce, twin.Signature}, twin.Bundle}, nil
}

type cancellationRLP struct {
	UUID      UUID
	Nonce     uint64
	Signature []byte
}

// Encode writes version ‖ kind ‖ RLP([uuid, nonce, signature]).
func (c *Cancellation) Encode() []byte {
	return Encode(EncCancellation, &cancellationRLP{c.UUID, c.Nonce, c.Signature})
}

// DecodeCancellation reads a cancellation. It checks the form, not the signature.
func DecodeCancellation(b []byte) (*Cancellation, error) {
	var twin cancellationRLP
	if err := Decode(EncCancellation, b, &twin); err != nil {
		return nil, fmt.Errorf("cancellation: %w", err)
	}
	return &Cancellation{twin.UUID, twin.Nonce, twin.Signature}, nil
}
