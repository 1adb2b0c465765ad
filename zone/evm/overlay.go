package evm

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// over begins a workspace over this one. Until it is merged or forgotten this one must not be written to.
//
// It is a StateDB of its own that reads through the one below, so its transactions are finalised one by one as anywhere
// else; go-ethereum's snapshots cannot span that, and undoing by inverse writes would leave logs behind.
func (w *workspace) over() (*workspace, error) {
	scratch, err := state.NewWithReader(w.env.parentRoot, w.state.Database(), &workspaceReader{w.state.StateDB})
	if err != nil {
		return nil, fmt.Errorf("%w: begin an overlay: %w", ErrState, err)
	}
	o := &workspace{
		env: w.env, below: w, state: newRecorder(scratch), gas: w.gas.Snapshot(), size: w.size,
		firstTx: w.firstTx + len(w.included.txs), logs: w.logs, bloom: w.bloom,
	}
	o.evm = w.env.newEVM(o.state)
	return o, nil
}

// merge makes everything in this workspace part of the one below. It writes final values: what happened in between is
// in the receipts, which come from here.
func (w *workspace) merge() error {
	for _, address := range slices.SortedFunc(maps.Keys(w.state.touched), common.Address.Cmp) {
		if err := w.mergeAccount(address, w.state.touched[address]); err != nil {
			return err
		}
	}
	below := w.below
	below.state.Finalise(w.env.rules)
	below.gas.Set(w.gas)
	below.size, below.logs, below.bloom = w.size, w.logs, w.bloom
	below.included.txs = append(below.included.txs, w.included.txs...)
	below.included.receipts = append(below.included.receipts, w.included.receipts...)
	below.included.encoded = append(below.included.encoded, w.included.encoded...)
	return w.broken()
}

func (w *workspace) mergeAccount(address common.Address, t *touched) error {
	from, to := w.state, w.below.state
	if !from.Exist(address) {
		return w.mergeDeletion(address)
	}
	if balance := from.GetBalance(address); balance.Cmp(to.GetBalance(address)) != 0 {
		to.SetBalance(address, balance.Clone(), tracing.BalanceChangeUnspecified)
	}
	if nonce := from.GetNonce(address); nonce != to.GetNonce(address) {
		to.SetNonce(address, nonce, tracing.NonceChangeUnspecified)
	}
	if from.GetCodeHash(address) != codeHash(to, address) {
		to.SetCode(address, from.GetCode(address), tracing.CodeChangeUnspecified)
	}
	for _, slot := range slices.SortedFunc(maps.Keys(t.slots), common.Hash.Cmp) {
		if value := from.GetState(address, slot); value != to.GetState(address, slot) {
			to.SetState(address, slot, value)
		}
	}
	return nil
}

// mergeDeletion removes an account that exists below but no longer here: one that had nothing but a balance when a
// contract was created at its address and destroyed in the same transaction (EIP-6780), or spent it (EIP-161). Emptied,
// it goes when the state below is finalised.
func (w *workspace) mergeDeletion(address common.Address) error {
	to := w.below.state
	if !to.Exist(address) {
		return nil
	}
	if to.GetNonce(address) != 0 || codeHash(to, address) != gethtypes.EmptyCodeHash {
		return fmt.Errorf("%w: account %s with nonce or code was deleted", ErrState, address)
	}
	to.SetBalance(address, new(uint256.Int), tracing.BalanceChangeUnspecified)
	return nil
}

// codeHash is that of no code for accounts that do not exist, where a StateDB has zero.
func codeHash(s *recorder, address common.Address) common.Hash {
	if hash := s.GetCodeHash(address); hash != (common.Hash{}) {
		return hash
	}
	return gethtypes.EmptyCodeHash
}

// workspaceReader reads a StateDB between two transactions. It is not safe for concurrent use, and need not be: an
// overlay without prefetcher reads from the goroutine that executes.
type workspaceReader struct {
	state *state.StateDB
}

// Account implements state.StateReader.
func (r *workspaceReader) Account(address common.Address) (*gethtypes.StateAccount, error) {
	return readAccount(r.state, address), r.state.Error()
}

// Storage implements state.StateReader.
func (r *workspaceReader) Storage(address common.Address, slot common.Hash) (common.Hash, error) {
	return r.state.GetState(address, slot), r.state.Error()
}

// Has implements state.ContractCodeReader.
func (r *workspaceReader) Has(address common.Address, hash common.Hash) bool {
	return r.state.GetCodeHash(address) == hash
}

// Code implements state.ContractCodeReader.
func (r *workspaceReader) Code(address common.Address, hash common.Hash) []byte {
	if !r.Has(address, hash) {
		return nil
	}
	return r.state.GetCode(address)
}

// CodeSize implements state.ContractCodeReader.
func (r *workspaceReader) CodeSize(address common.Address, hash common.Hash) int {
	return len(r.Code(address, hash))
}
