package evm

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

// recorder is a StateDB that remembers what was written, so that a layer or a merge looks at nothing else. Reverted
// writes stay recorded: readers of the record look at final values.
type recorder struct {
	*state.StateDB
	touched map[common.Address]*touched
	// warm are the precompiled contracts: addresses that every transaction's access list has from its beginning to its end, so they
	// need not be written into a new one each time.
	warm []common.Address
}

// touched is what was written of one account beyond balance and nonce.
type touched struct {
	code  bool
	slots map[common.Hash]struct{}
}

func newRecorder(s *state.StateDB) *recorder {
	return &recorder{StateDB: s, touched: make(map[common.Address]*touched)}
}

// drain hands over the record and begins a new one.
func (r *recorder) drain() map[common.Address]*touched {
	record := r.touched
	r.touched = make(map[common.Address]*touched)
	return record
}

func (r *recorder) touch(address common.Address) *touched {
	t, ok := r.touched[address]
	if !ok {
		t = new(touched)
		r.touched[address] = t
	}
	return t
}

// Prepare implements vm.StateDB.
func (r *recorder) Prepare(rules params.Rules, sender, coinbase common.Address, to *common.Address, precompiles []common.Address, list gethtypes.AccessList) {
	r.warm = precompiles
	r.StateDB.Prepare(rules, sender, coinbase, to, nil, list)
}

// AddressInAccessList implements vm.StateDB.
func (r *recorder) AddressInAccessList(address common.Address) bool {
	return r.StateDB.AddressInAccessList(address) || slices.Contains(r.warm, address)
}

// SlotInAccessList implements vm.StateDB.
func (r *recorder) SlotInAccessList(address common.Address, slot common.Hash) (hasAddress, hasSlot bool) {
	hasAddress, hasSlot = r.StateDB.SlotInAccessList(address, slot)
	return hasAddress || slices.Contains(r.warm, address), hasSlot
}

// CreateAccount implements vm.StateDB.
func (r *recorder) CreateAccount(address common.Address) {
	r.touch(address)
	r.StateDB.CreateAccount(address)
}

// CreateContract implements vm.StateDB.
func (r *recorder) CreateContract(address common.Address) {
	r.touch(address)
	r.StateDB.CreateContract(address)
}

// AddBalance implements vm.StateDB.
func (r *recorder) AddBalance(address common.Address, amount *uint256.Int, why tracing.BalanceChangeReason) uint256.Int {
	r.touch(address)
	return r.StateDB.AddBalance(address, amount, why)
}

// SubBalance implements vm.StateDB.
func (r *recorder) SubBalance(address common.Address, amount *uint256.Int, why tracing.BalanceChangeReason) uint256.Int {
	r.touch(address)
	return r.StateDB.SubBalance(address, amount, why)
}

// SetBalance is what a merge writes with.
func (r *recorder) SetBalance(address common.Address, amount *uint256.Int, why tracing.BalanceChangeReason) {
	r.touch(address)
	r.StateDB.SetBalance(address, amount, why)
}

// SetNonce implements vm.StateDB.
func (r *recorder) SetNonce(address common.Address, nonce uint64, why tracing.NonceChangeReason) {
	r.touch(address)
	r.StateDB.SetNonce(address, nonce, why)
}

// SetCode implements vm.StateDB.
func (r *recorder) SetCode(address common.Address, code []byte, why tracing.CodeChangeReason) []byte {
	r.touch(address).code = true
	return r.StateDB.SetCode(address, code, why)
}

// SetState implements vm.StateDB.
func (r *recorder) SetState(address common.Address, slot, value common.Hash) common.Hash {
	t := r.touch(address)
	if t.slots == nil {
		t.slots = make(map[common.Hash]struct{})
	}
	t.slots[slot] = struct{}{}
	return r.StateDB.SetState(address, slot, value)
}

// SelfDestruct implements vm.StateDB.
func (r *recorder) SelfDestruct(address common.Address) {
	r.touch(address)
	r.StateDB.SelfDestruct(address)
}
