package evm

import (
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// View is what readers see of a rollup after one tick: the sealed chain and the open block up to that tick. A view
// never changes; it and everything it returns may be read from any goroutine, and must not be written to.
type View struct {
	// Tick is the tick after which the view was published; right after opening the folder or a rewind it is zero.
	Tick uint64
	// Sealed is the header of the newest sealed block.
	Sealed *gethtypes.Header
	// Header is the provisional header of the open block; nil when no block is open. GasUsed and Bloom are those up
	// to this tick, Root, TxHash and ReceiptHash are zero.
	Header *gethtypes.Header
	// Hash is the provisional hash of the open block, which its receipts and logs carry:
	// keccak(tag ‖ networkId ‖ rollup ‖ number ‖ parent hash). Zero when no block is open.
	Hash common.Hash

	chain *Chain
	// base is the state root under the layers: that of the sealed block.
	base   common.Hash
	layers *layer
	// included is the open block's record, nil when none is open; txs and receipts are its prefix at this tick.
	included *inclusions
	txs      gethtypes.Transactions
	receipts gethtypes.Receipts
	nextFee  *big.Int
}

// inclusions is the append-only record of what an open block includes. One goroutine appends; views read the prefix
// that existed when they were published.
type inclusions struct {
	txs      gethtypes.Transactions
	receipts gethtypes.Receipts
	// index maps a transaction's hash to its position.
	index sync.Map
}

func (in *inclusions) add(tx *gethtypes.Transaction, receipt *gethtypes.Receipt) {
	in.index.Store(tx.Hash(), len(in.txs))
	in.txs = append(in.txs, tx)
	in.receipts = append(in.receipts, receipt)
}

// Number is the number of the open block, or of the sealed one when none is open: the block that `pending` means.
func (v *View) Number() uint64 {
	if v.Header != nil {
		return v.Header.Number.Uint64()
	}
	return v.Sealed.Number.Uint64()
}

// BaseFee is the base fee in wei that a transaction must pay now: that of the open block, or of the next one when none
// is open. The caller owns the result.
func (v *View) BaseFee() *big.Int { return new(big.Int).Set(v.nextFee) }

// Txs are the open block's transactions up to this tick, in order; nil when no block is open.
func (v *View) Txs() gethtypes.Transactions { return v.txs }

// Receipts are the receipts of Txs, with all derived fields. BlockHash is the provisional Hash.
func (v *View) Receipts() gethtypes.Receipts { return v.receipts }

// Lookup finds a transaction of the open block by hash and tells its position.
func (v *View) Lookup(hash common.Hash) (tx *gethtypes.Transaction, receipt *gethtypes.Receipt, index int, ok bool) {
	if v.included == nil {
		return nil, nil, 0, false
	}
	at, found := v.included.index.Load(hash)
	if !found || at.(int) >= len(v.txs) {
		return nil, nil, 0, false
	}
	index = at.(int)
	return v.txs[index], v.receipts[index], index, true
}

// StateDB makes a private state for one request. The result is not safe for concurrent use; what is written to it is
// lost with it.
func (v *View) StateDB() (*state.StateDB, error) { return nil, nil }

// Account reads one account; an absent one is returned as an empty account. Root is not meaningful for accounts
// touched in the open block.
func (v *View) Account(address common.Address) (*gethtypes.StateAccount, error) { return nil, nil }
