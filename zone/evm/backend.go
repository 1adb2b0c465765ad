package evm

import (
	"context"
	"math/big"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/gasprice"
	"github.com/ethereum/go-ethereum/rpc"
)

// openBackend adds the open block to the sealed chain. It is what go-ethereum's eth and txpool services read:
//
//	tag                  state reads                     blocks, receipts by block
//	pending              open block                      open block
//	latest               open block (sealedOnly: sealed) sealed
//	number of the open   open block (sealedOnly: none)   none
//	provisional hash     open block                      open block; once sealed, the sealed one
//
// A transaction and its receipt are found by hash from the tick that executed it. Every method takes one view and
// answers from it.
type openBackend struct {
	*sealedBackend
	// oracle follows the chain from the first question on.
	oracle  func() *gasprice.Oracle
	pending atomic.Pointer[pendingBlock]
}

// pendingBlock is the newest open block that somebody asked for as a block.
type pendingBlock struct {
	view  *View
	block *gethtypes.Block
}

func newOpenBackend(sealed *sealedBackend) *openBackend {
	b := &openBackend{sealedBackend: sealed}
	b.oracle = sync.OnceValue(func() *gasprice.Oracle { return gasprice.NewOracle(b, oracleConfig, minTip) })
	return b
}

// openHeader is the header that `pending` means: a copy of the open block's, or the sealed one when none is open.
func openHeader(v *View) *gethtypes.Header {
	if v.Header == nil {
		return v.Sealed
	}
	header := gethtypes.CopyHeader(v.Header)
	if len(v.Txs()) == 0 { // clients compare these with the transaction list
		header.TxHash, header.ReceiptHash = gethtypes.EmptyTxsHash, gethtypes.EmptyReceiptsHash
	}
	return header
}

// openBlock is the block that `pending` means. It is built when it is asked for, once per view; roots are not known
// before the block is sealed, and are zero.
func (b *openBackend) openBlock(v *View) (*gethtypes.Block, error) {
	if v.Header == nil {
		return b.chain.BlockChain().GetBlock(v.Sealed.Hash(), v.Sealed.Number.Uint64()), nil
	}
	if cached := b.pending.Load(); cached != nil && cached.view == v {
		return cached.block, nil
	}
	body := gethtypes.Body{Transactions: v.Txs(), Withdrawals: []*gethtypes.Withdrawal{}}
	block, err := withBlockHash(gethtypes.NewBlockWithHeader(openHeader(v)).WithBody(body), v.Hash)
	if err != nil {
		return nil, err
	}
	b.pending.Store(&pendingBlock{v, block})
	return block, nil
}

// isOpen tells whether a hash is the provisional hash of the view's open block.
func (v *View) isOpen(hash common.Hash) bool { return v.Header != nil && v.Hash == hash }

// HeaderByNumber returns nil without an error for a block that does not exist.
func (b *openBackend) HeaderByNumber(ctx context.Context, number rpc.BlockNumber) (*gethtypes.Header, error) {
	if number == rpc.PendingBlockNumber {
		return openHeader(b.chain.View()), nil
	}
	return b.sealedBackend.HeaderByNumber(ctx, number)
}

// HeaderByHash returns nil without an error for an unknown hash.
func (b *openBackend) HeaderByHash(ctx context.Context, hash common.Hash) (*gethtypes.Header, error) {
	if v := b.chain.View(); v.isOpen(hash) {
		return openHeader(v), nil
	}
	return b.sealedBackend.HeaderByHash(ctx, hash)
}

// HeaderByNumberOrHash fails for an unknown hash, as go-ethereum's does.
func (b *openBackend) HeaderByNumberOrHash(ctx context.Context, at rpc.BlockNumberOrHash) (*gethtypes.Header, error) {
	if number, ok := at.Number(); ok {
		return b.HeaderByNumber(ctx, number)
	}
	if hash, ok := at.Hash(); ok {
		if v := b.chain.View(); v.isOpen(hash) {
			if err := provisionalError(at); err != nil {
				return nil, err
			}
			return openHeader(v), nil
		}
		at = rpc.BlockNumberOrHashWithHash(b.sealedHash(hash), at.RequireCanonical)
	}
	return b.EthAPIBackend.HeaderByNumberOrHash(ctx, at)
}

// provisionalError refuses an open block to a client that asked for a canonical one.
func provisionalError(at rpc.BlockNumberOrHash) error {
	if at.RequireCanonical {
		return errNotCanonical
	}
	return nil
}

// BlockByNumber returns nil without an error for a block that does not exist.
func (b *openBackend) BlockByNumber(ctx context.Context, number rpc.BlockNumber) (*gethtypes.Block, error) {
	if number == rpc.PendingBlockNumber {
		return b.openBlock(b.chain.View())
	}
	number, err := b.resolve(number)
	if err != nil {
		return nil, err
	}
	return b.EthAPIBackend.BlockByNumber(ctx, number)
}

// BlockByHash returns nil without an error for an unknown hash.
func (b *openBackend) BlockByHash(ctx context.Context, hash common.Hash) (*gethtypes.Block, error) {
	if v := b.chain.View(); v.isOpen(hash) {
		return b.openBlock(v)
	}
	return b.EthAPIBackend.BlockByHash(ctx, b.sealedHash(hash))
}

// BlockByNumberOrHash returns nil without an error for an unknown block.
func (b *openBackend) BlockByNumberOrHash(ctx context.Context, at rpc.BlockNumberOrHash) (*gethtypes.Block, error) {
	if number, ok := at.Number(); ok {
		return b.BlockByNumber(ctx, number)
	}
	if hash, ok := at.Hash(); ok {
		if v := b.chain.View(); v.isOpen(hash) {
			if err := provisionalError(at); err != nil {
				return nil, err
			}
			return b.openBlock(v)
		}
		at = rpc.BlockNumberOrHashWithHash(b.sealedHash(hash), at.RequireCanonical)
	}
	return b.EthAPIBackend.BlockByNumberOrHash(ctx, at)
}

// StateAndHeaderByNumber makes a private state for one request.
func (b *openBackend) StateAndHeaderByNumber(ctx context.Context, number rpc.BlockNumber) (*state.StateDB, *gethtypes.Header, error) {
	v := b.chain.View()
	open := number == rpc.PendingBlockNumber
	if !b.deps.SealedOnly {
		open = open || number == rpc.LatestBlockNumber || number == rpc.BlockNumber(v.Number())
	}
	if open {
		return openState(v)
	}
	number, err := b.resolve(number)
	if err != nil {
		return nil, nil, err
	}
	return b.EthAPIBackend.StateAndHeaderByNumber(ctx, number)
}

// StateAndHeaderByNumberOrHash makes a private state for one request.
func (b *openBackend) StateAndHeaderByNumberOrHash(ctx context.Context, at rpc.BlockNumberOrHash) (*state.StateDB, *gethtypes.Header, error) {
	if number, ok := at.Number(); ok {
		return b.StateAndHeaderByNumber(ctx, number)
	}
	if hash, ok := at.Hash(); ok {
		if v := b.chain.View(); v.isOpen(hash) {
			if err := provisionalError(at); err != nil {
				return nil, nil, err
			}
			return openState(v)
		}
		at = rpc.BlockNumberOrHashWithHash(b.sealedHash(hash), at.RequireCanonical)
	}
	return b.EthAPIBackend.StateAndHeaderByNumberOrHash(ctx, at)
}

func openState(v *View) (*state.StateDB, *gethtypes.Header, error) {
	statedb, err := v.StateDB()
	if err != nil {
		return nil, nil, err
	}
	return statedb, openHeader(v), nil
}

// Pending is the open block with its receipts and a private state; the block is nil when it cannot be made.
func (b *openBackend) Pending() (*gethtypes.Block, gethtypes.Receipts, *state.StateDB) {
	v := b.chain.View()
	block, err := b.openBlock(v)
	if err != nil || block == nil {
		return nil, nil, nil
	}
	statedb, err := v.StateDB()
	if err != nil {
		return nil, nil, nil
	}
	if v.Header == nil {
		return block, b.chain.BlockChain().GetReceiptsByHash(block.Hash()), statedb
	}
	return block, v.Receipts(), statedb
}

// GetReceipts are the receipts of a block, by its own or its provisional hash.
func (b *openBackend) GetReceipts(ctx context.Context, hash common.Hash) (gethtypes.Receipts, error) {
	if v := b.chain.View(); v.isOpen(hash) {
		return v.Receipts(), nil
	}
	return b.sealedBackend.GetReceipts(ctx, hash)
}

// GetCanonicalTransaction finds an executed transaction: in the open block, or else in the sealed chain. A view is
// published after the blocks below it are sealed, so that order misses nothing.
func (b *openBackend) GetCanonicalTransaction(hash common.Hash) (bool, *gethtypes.Transaction, common.Hash, uint64, uint64) {
	v := b.chain.View()
	if tx, _, index, ok := v.Lookup(hash); ok {
		return true, tx, v.Hash, v.Number(), uint64(index)
	}
	return b.EthAPIBackend.GetCanonicalTransaction(hash)
}

// GetCanonicalReceipt is the receipt of a transaction that GetCanonicalTransaction has found.
func (b *openBackend) GetCanonicalReceipt(tx *gethtypes.Transaction, blockHash common.Hash, number, index uint64) (*gethtypes.Receipt, error) {
	if v := b.chain.View(); v.isOpen(blockHash) {
		if _, receipt, _, ok := v.Lookup(tx.Hash()); ok {
			return receipt, nil
		}
	}
	sealed := b.sealedHash(blockHash)
	receipt, err := b.EthAPIBackend.GetCanonicalReceipt(tx, sealed, number, index)
	if err != nil || sealed == blockHash {
		return receipt, err
	}
	return relabel(receipt, blockHash), nil // sealed between the two calls: keep to the hash of the first
}

// relabel copies a receipt and its logs with another block hash.
func relabel(receipt *gethtypes.Receipt, blockHash common.Hash) *gethtypes.Receipt {
	renamed := *receipt
	renamed.BlockHash = blockHash
	renamed.Logs = make([]*gethtypes.Log, len(receipt.Logs))
	for i, log := range receipt.Logs {
		copied := *log
		copied.BlockHash = blockHash
		renamed.Logs[i] = &copied
	}
	return &renamed
}

// BaseFee is the base fee in wei that a transaction must pay now.
func (b *openBackend) BaseFee(context.Context) *big.Int { return b.chain.View().BaseFee() }
