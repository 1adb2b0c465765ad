package core

import (
	"bytes"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// Transaction is one entry of one rollup's lane, as bytes and decoded: mostly a signed transaction, otherwise a block or a
// report of the rollup's operator. Values are made by NewTransaction, NewOpaqueTransaction, NewBlockEntry, NewReportEntry
// and the decoders only and are never changed afterwards, so copies may share the decoded form (which caches the recovered
// sender).
type Transaction struct {
	rollup RollupID
	raw    []byte
	hash   common.Hash
	eth    *gethtypes.Transaction
	kind   EncodingKind // zero for a transaction
	block  *Block
	report *Report
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

// NewOpaqueTransactions is NewOpaqueTransaction of each, for less than that takes when there are many.
func NewOpaqueTransactions(rollup RollupID, raws [][]byte) []Transaction {
	txs := make([]Transaction, len(raws))
	for i, raw := range raws {
		txs[i] = Transaction{rollup: rollup, raw: raw}
	}
	hashOpaque(txs)
	return txs
}

// hashOpaque gives the opaque ones of some transactions, made without a hash, theirs. Many are hashed four at a time.
func hashOpaque(txs []Transaction) {
	if len(txs) < manyHashes || !hasFourfold() {
		for i := range txs {
			if txs[i].opaque() {
				txs[i].hash = crypto.Keccak256Hash(txs[i].raw)
			}
		}
		return
	}
	input := func(i int) []byte {
		if txs[i].opaque() {
			return txs[i].raw
		}
		return nil
	}
	newFourfold().all(len(txs), input, func(i int, hash common.Hash) {
		if txs[i].opaque() {
			txs[i].hash = hash
		}
	})
}

func (t *Transaction) opaque() bool { return t.kind == 0 && t.eth == nil }

func allowedType(t byte) bool {
	switch t {
	case gethtypes.LegacyTxType, gethtypes.AccessListTxType, gethtypes.DynamicFeeTxType, gethtypes.SetCodeTxType:
		return true
	}
	return false
}

// Rollup is the rollup the transaction is for.
func (t Transaction) Rollup() RollupID { return t.rollup }

// Raw is the canonical bytes, of a block or a report its encoding with version and kind; the caller must not change them.
func (t Transaction) Raw() []byte { return t.raw }

// Kind is EncTransaction, EncBlock or EncReport.
func (t Transaction) Kind() EncodingKind {
	if t.kind == 0 {
		return EncTransaction
	}
	return t.kind
}

// Block is the decoded form of an entry of kind EncBlock, otherwise nil.
func (t Transaction) Block() *Block { return t.block }

// Report is the decoded form of an entry of kind EncReport, otherwise nil.
func (t Transaction) Report() *Report { return t.report }

// Hash is keccak256(Raw), for transactions of EVM rollups the Ethereum transaction hash.
func (t Transaction) Hash() common.Hash { return t.hash }

// Eth is the decoded form, nil for opaque transactions, blocks and reports.
func (t Transaction) Eth() *gethtypes.Transaction { return t.eth }

// WithEth gives the transaction the decoded form of another value with the same hash, whose sender may already be
// recovered. A nil or different transaction changes nothing.
func (t Transaction) WithEth(eth *gethtypes.Transaction) Transaction {
	if eth != nil && eth.Hash() == t.hash {
		t.eth = eth
	}
	return t
}

// EncodeEntry writes the entry as it stands in a section: a transaction as version ‖ kind ‖ raw bytes, a block or a
// report as its encoding.
func (t Transaction) EncodeEntry() []byte {
	if t.Kind() != EncTransaction {
		return t.raw
	}
	return t.appendEntry(nil)
}

// appendEntry appends EncodeEntry to b.
func (t Transaction) appendEntry(b []byte) []byte {
	if t.Kind() == EncTransaction {
		b = append(b, EncodingVersion, byte(EncTransaction))
	}
	return append(b, t.raw...)
}

// entrySize is the length of EncodeEntry.
func (t *Transaction) entrySize() uint64 {
	if t.Kind() == EncTransaction {
		return encodingHeader + uint64(len(t.raw))
	}
	return uint64(len(t.raw))
}

// DecodeEntry reads a section's entry for a rollup of the given kind: a transaction, or a block or a report of exactly
// this rollup.
func DecodeEntry(rollup RollupID, kind RollupKind, b []byte) (Transaction, error) {
	if k, err := KindOf(b); err == nil && (k == EncBlock || k == EncReport) {
		tx, err := DecodeOperatorEntry(b)
		if err == nil && tx.Rollup() != rollup {
			return Transaction{}, fmt.Errorf("%w: entry of rollup %s in the section of rollup %s", ErrMalformed, tx.Rollup(), rollup)
		}
		return tx, err
	}
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
