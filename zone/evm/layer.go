package evm

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// layer is what one or more ticks changed on top of the layers below it. It is immutable once pushed.
type layer struct {
	below *layer
	// accounts holds the final form of every account written; nil means that it does not exist.
	accounts map[common.Address]*gethtypes.StateAccount
	slots    map[slotKey]common.Hash
	codes    map[common.Hash][]byte
}

type slotKey struct {
	address common.Address
	slot    common.Hash
}

// newLayer reads the final values of what was written.
func newLayer(s *state.StateDB, record map[common.Address]*touched) *layer {
	l := &layer{
		accounts: make(map[common.Address]*gethtypes.StateAccount, len(record)),
		slots:    make(map[slotKey]common.Hash),
		codes:    make(map[common.Hash][]byte),
	}
	for address, t := range record {
		account := readAccount(s, address)
		l.accounts[address] = account
		for slot := range t.slots {
			l.slots[slotKey{address, slot}] = s.GetState(address, slot)
		}
		if t.code && account != nil {
			l.codes[common.BytesToHash(account.CodeHash)] = s.GetCode(address)
		}
	}
	return l
}

// readAccount is the account as a state reader gives it, nil if it does not exist. Root is that of the last sealed
// state, as go-ethereum itself sees it in the middle of a block (EIP-7610 looks at it).
func readAccount(s *state.StateDB, address common.Address) *gethtypes.StateAccount {
	if !s.Exist(address) {
		return nil
	}
	return &gethtypes.StateAccount{
		Nonce:    s.GetNonce(address),
		Balance:  s.GetBalance(address).Clone(),
		Root:     s.GetStorageRoot(address),
		CodeHash: s.GetCodeHash(address).Bytes(),
	}
}

func (l *layer) size() int { return len(l.accounts) + len(l.slots) }

// pushLayer puts top, which must not have been pushed before, on the stack. Layers below that are at most twice as
// large are copied into it, so a stack of n changes has at most log2(n) layers and every change is copied as often.
func pushLayer(stack, top *layer) *layer {
	if top.size() == 0 {
		return stack
	}
	for stack != nil && stack.size() <= 2*top.size() {
		fillFrom(top.accounts, stack.accounts)
		fillFrom(top.slots, stack.slots)
		fillFrom(top.codes, stack.codes)
		stack = stack.below
	}
	top.below = stack
	return top
}

// fillFrom copies what dst does not have yet.
func fillFrom[K comparable, V any](dst, src map[K]V) {
	for key, value := range src {
		if _, ok := dst[key]; !ok {
			dst[key] = value
		}
	}
}

// account finds an account in the stack; found is false if no layer wrote it.
func (l *layer) account(address common.Address) (account *gethtypes.StateAccount, found bool) {
	for ; l != nil; l = l.below {
		if account, found = l.accounts[address]; found {
			return account, true
		}
	}
	return nil, false
}

func (l *layer) slot(key slotKey) (value common.Hash, found bool) {
	for ; l != nil; l = l.below {
		if value, found = l.slots[key]; found {
			return value, true
		}
	}
	return common.Hash{}, false
}

func (l *layer) code(hash common.Hash) (code []byte, found bool) {
	for ; l != nil; l = l.below {
		if code, found = l.codes[hash]; found {
			return code, true
		}
	}
	return nil, false
}

// layeredReader reads the layers and then the sealed state under them.
type layeredReader struct {
	state.Reader
	layers *layer
}

// Account implements state.StateReader.
func (r *layeredReader) Account(address common.Address) (*gethtypes.StateAccount, error) {
	account, found := r.layers.account(address)
	if !found {
		return r.Reader.Account(address)
	}
	if account == nil {
		return nil, nil
	}
	return account.Copy(), nil
}

// Storage implements state.StateReader.
func (r *layeredReader) Storage(address common.Address, slot common.Hash) (common.Hash, error) {
	if value, found := r.layers.slot(slotKey{address, slot}); found {
		return value, nil
	}
	return r.Reader.Storage(address, slot)
}

// Has implements state.ContractCodeReader.
func (r *layeredReader) Has(address common.Address, hash common.Hash) bool {
	if _, found := r.layers.code(hash); found {
		return true
	}
	return r.Reader.Has(address, hash)
}

// Code implements state.ContractCodeReader.
func (r *layeredReader) Code(address common.Address, hash common.Hash) []byte {
	if code, found := r.layers.code(hash); found {
		return code
	}
	return r.Reader.Code(address, hash)
}

// CodeSize implements state.ContractCodeReader.
func (r *layeredReader) CodeSize(address common.Address, hash common.Hash) int {
	if code, found := r.layers.code(hash); found {
		return len(code)
	}
	return r.Reader.CodeSize(address, hash)
}
