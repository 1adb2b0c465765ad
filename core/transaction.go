package core

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// Transaction is one signed transaction of one rollup, as bytes and, for EVM rollups, decoded. Values are made by
// NewTransaction, NewOpaqueTransaction and DecodeTransaction only and are never changed afterwards, so copies may
// share the decoded form (which caches the recovered sender).
type Transaction struct {
	rollup RollupID
	raw    []byte
	hash   common.Hash
	eth    *gethtypes.Transaction
}

// DecodeTransaction reads the canonical EIP-2718 bytes of an EVM rollup's transaction. It checks what can be seen
// without a state and without the signature: the type (0, 1, 2 or 4), that it carries a chain id and that this is the
// rollup's, and that the bytes are the canonical ones. Errors are ErrMalformed, ErrTxType, ErrNoChainID, ErrWrongChainID.
func DecodeTransaction(rollup RollupID, raw []byte) (Transaction, error) {
	if len(raw) > 0 && raw[0] < 0x80 && !allowedType(raw[0]) {
		return Transaction{}, fmt.Errorf("%w: type %d (supported: 0, 1, 2, 4)", ErrTxType, raw[0])
	}
	eth := new(gethtypes.Transaction)
	if err := eth.UnmarshalBinary(raw); err != nil {
		return Transaction{}, fmt.Errorf("%w: transaction: %w", ErrMalformed, err)
	}
	tx, err := NewTransaction(rollup, eth)
	if err == nil && !bytes.Equal(tx.raw, raw) {
		return Transaction{}, fmt.Errorf("%w: transaction: not the canonical encoding", ErrMalformed)
	}
	return tx, err
}

// NewTransaction wraps a decoded transaction for an EVM rollup, under the same rules as DecodeTransaction.
func NewTransaction(rollup RollupID, eth *gethtypes.Transaction) (Transaction, error) {
	if !allowedType(eth.Type()) {
		return Transaction{}, fmt.Errorf("%w: type %d (supported: 0, 1, 2, 4)", ErrTxType, eth.Type())
	}
	if !eth.Protected() {
		return Transaction{}, ErrNoChainID
	}
	if id := eth.ChainId(); !id.IsUint64() || id.Uint64() != uint64(rollup) {
		return Transaction{}, fmt.Errorf("%w: have %s, want %s", ErrWrongChainID, id, rollup)
	}
	raw, err := eth.MarshalBinary()
	if err != nil {
		return Transaction{}, fmt.Errorf("%w: transaction: %w", ErrMalformed, err)
	}
	return Transaction{rollup: rollup, raw: raw, hash: eth.Hash(), eth: eth}, nil
}

// NewOpaqueTransaction wraps bytes whose meaning only the rollup knows.
func NewOpaqueTransaction(rollup RollupID, raw []byte) Transaction {
	return Transaction{rollup: rollup, raw: raw, hash: crypto.Keccak256Hash(raw)}
}

func allowedType(t byte) bool {
	switch t {
	case gethtypes.LegacyTxType, gethtypes.AccessListTxType, gethtypes.DynamicFeeTxType, gethtypes.SetCodeTxType:
		return true
	}
	return false
}

// Rollup is the rollup the transaction is for.
func (t Transaction) Rollup() RollupID { return t.rollup }

// Raw is the canonical bytes; the caller must not change them.
func (t Transaction) Raw() []byte { return t.raw }

// Hash is keccak256(Raw), for EVM rollups the Ethereum transaction hash.
func (t Transaction) Hash() common.Hash { return t.hash }

// Eth is the decoded form, nil for opaque transactions.
func (t Transaction) Eth() *gethtypes.Transaction { return t.eth }

// WithEth gives the transaction the decoded form of another value with the same hash, whose sender may already be
// recovered. A nil or different transaction changes nothing.
func (t Transaction) WithEth(eth *gethtypes.Transaction) Transaction {
	if eth != nil && eth.Hash() == t.hash {
		t.eth = eth
	}
	return t
}

// EncodeEntry writes the transaction as an entry of a section: version ‖ kind ‖ raw bytes.
func (t Transaction) EncodeEntry() []byte {
	return append([]byte{EncodingVersion, byte(EncTransaction)}, t.raw...)
}

// DecodeEntry reads a section's entry for a rollup of the given kind. In this protocol version only transactions may
// stand in a section.
func DecodeEntry(rollup RollupID, kind RollupKind, b []byte) (Transaction, error) {
	raw, err := openEncoding(EncTransaction, b)
	if err != nil {
		return Transaction{}, err
	}
	return DecodeLane(rollup, kind, raw)
}

// DecodeLane reads raw transaction bytes for a rollup of the given kind.
func DecodeLane(rollup RollupID, kind RollupKind, raw []byte) (Transaction, error) {
	if len(raw) == 0 {
		return Transaction{}, fmt.Errorf("%w: transaction", ErrEmpty)
	}
	if kind == KindOpaque {
		return NewOpaqueTransaction(rollup, raw), nil
	}
	return DecodeTransaction(rollup, raw)
}
