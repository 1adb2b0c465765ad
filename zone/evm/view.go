package evm

import (
	"fmt"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// View is what readers see of a rollup after one tick: the sealed chain and the open block up to that tick. A view
// never changes; it and everything it returns may be read from any goroutine, and must not be written to.
type View struct {
	// Tick is the tick after which the view was published. Right after opening the folder or a rewind it is zero;
	// views published by opening or sealing a block carry the last tick that ended.
	Tick uint64
	// Sealed is the header of the newest sealed block.
	Sealed *gethtypes.Header
	// Header is the provisional header of the open block; nil when no block is open. GasUsed and Bloom are those up
	// to this tick; Root, TxHash, ReceiptHash and Extra are known at the seal only and empty.
	Header *gethtypes.Header
	// Hash is the provisional hash of the open block, which its receipts and logs carry:
	// keccak(tag ‖ networkId ‖ rollup ‖ number ‖ parent hash). Zero when no block is open.
	Hash common.Hash

	base   *sealedState
	layers *layer
	// txs and receipts are the open block's at this tick; index maps hashes to positions and may know later ones.
	txs      gethtypes.Transactions
	receipts gethtypes.Receipts
	index    *sync.Map
	baseFee  *big.Int
	// gas, size and logs are what a scratch execution on this view starts from; nil and zero when no block is open.
	gas  *gethcore.GasPool
	size uint64
	logs uint
}

// sealedState is the state of a sealed block, shared by all views over it.
type sealedState struct {
	root   common.Hash
	states state.Database
	// reader is opened once, for single reads from many goroutines.
	reader func() (state.Reader, error)
}

func newSealedState(root common.Hash, states state.Database) *sealedState {
	return &sealedState{root, states, sync.OnceValues(func() (state.Reader, error) { return states.Reader(root) })}
}

// Number is the number of the block that `pending` means: the open one, or the sealed one when none is open.
func (v *View) Number() uint64 {
	if v.Header != nil {
		return v.Header.Number.Uint64()
	}
	return v.Sealed.Number.Uint64()
}

// BaseFee is the base fee in wei that a transaction must pay now: that of the open block, or of the next one when none
// is open. The caller owns the result.
func (v *View) BaseFee() *big.Int { return new(big.Int).Set(v.baseFee) }

// Txs are the open block's transactions up to this tick, in order; empty when no block is open.
func (v *View) Txs() gethtypes.Transactions { return v.txs }

// Receipts are the receipts of Txs, with all derived fields. BlockHash is the provisional Hash.
func (v *View) Receipts() gethtypes.Receipts { return v.receipts }

// Lookup finds a transaction of the open block by its hash, with its receipt and its index in the block.
func (v *View) Lookup(hash common.Hash) (tx *gethtypes.Transaction, receipt *gethtypes.Receipt, index int, ok bool) {
	if v.index == nil {
		return nil, nil, 0, false
	}
	position, found := v.index.Load(hash)
	if !found || position.(int) >= len(v.txs) {
		return nil, nil, 0, false
	}
	index = position.(int)
	return v.txs[index], v.receipts[index], index, true
}

// StateDB makes a private state for one request. The result is not safe for concurrent use; what is written to it is
// lost with it.
func (v *View) StateDB() (*state.StateDB, error) {
	reader, err := v.base.states.Reader(v.base.root)
	if err != nil {
		return nil, fmt.Errorf("%w: open state %s: %w", ErrState, v.base.root, err)
	}
	return state.NewWithReader(v.base.root, v.base.states, &layeredReader{reader, v.layers})
}

// Account reads one account, cheaper than a StateDB; one that does not exist is returned empty. The caller owns the
// result. Its Root is that of the sealed state, whatever the open block has written since.
func (v *View) Account(address common.Address) (*gethtypes.StateAccount, error) {
	account, found := v.layers.account(address)
	if !found {
		reader, err := v.base.reader()
		if err != nil {
			return nil, fmt.Errorf("%w: open state %s: %w", ErrState, v.base.root, err)
		}
		if account, err = reader.Account(address); err != nil {
			return nil, fmt.Errorf("%w: read account %s: %w", ErrState, address, err)
		}
	}
	if account == nil {
		return gethtypes.NewEmptyStateAccount(), nil
	}
	return account.Copy(), nil
}

// HasCode reports whether an account has code: a contract's, or a delegation (EIP-7702).
func HasCode(account *gethtypes.StateAccount) bool {
	hash := common.BytesToHash(account.CodeHash)
	return hash != gethtypes.EmptyCodeHash && hash != (common.Hash{})
}

// publish makes everything applied so far visible to readers.
func (c *Chain) publish() {
	if v := c.View(); c.shows(v) {
		same := *v
		same.Tick = c.tick
		c.views.publish(&same)
		return
	}
	v := &View{Tick: c.tick, Sealed: c.head, base: c.sealed}
	if b := c.open; b != nil {
		b.layers = pushLayer(b.layers, newLayer(b.state.StateDB, b.state.drain()))
		for ; b.indexed < len(b.included.txs); b.indexed++ {
			b.index.Store(b.included.txs[b.indexed].Hash(), b.indexed)
		}
		v.Header = gethtypes.CopyHeader(b.env.header)
		v.Header.GasUsed, v.Header.Bloom = b.gas.Used(), b.bloom
		v.Hash = b.env.provisional
		v.layers, v.index = b.layers, &b.index
		n := len(b.included.txs)
		v.txs, v.receipts = b.included.txs[:n:n], b.included.receipts[:n:n]
		v.baseFee = b.env.header.BaseFee
		v.gas, v.size, v.logs = b.gas.Snapshot(), b.size, b.logs
	} else {
		v.baseFee = eip1559.CalcBaseFee(c.config, c.head)
	}
	c.views.publish(v)
}

// shows tells whether a view has everything that was applied so far, as that of a rollup has for which a tick had nothing.
func (c *Chain) shows(v *View) bool {
	if v == nil || v.base != c.sealed || (v.Header != nil) != (c.open != nil) {
		return false
	}
	return c.open == nil || v.Hash == c.open.env.provisional && len(v.txs) == len(c.open.included.txs) && len(c.open.state.touched) == 0
}
