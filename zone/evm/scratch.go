package evm

import (
	"context"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/vm"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// scratch is an execution on a view that is never merged.
type scratch struct {
	// stopped gives the error of the context that the scratch was begun with.
	stopped func() error
	on      *workspace
	// release ends the watches that would stop an EVM when the context ends.
	release []func() bool
	over    bool
}

// Scratch implements zone.Engine. When no block is open it executes in the block that would follow the sealed one after
// one slot.
func (c *Chain) Scratch(ctx context.Context) (zone.Attempt, error) {
	view := c.View()
	header := view.Header
	if header == nil {
		header = c.nextHeader(view.Sealed, view.Sealed.Time+c.cfg.Params.SlotSeconds)
	}
	statedb, err := view.StateDB()
	if err != nil {
		return nil, err
	}
	env := c.environment(header, view.base.root)
	s := &scratch{stopped: ctx.Err}
	newEVM := env.newEVM
	env.newEVM = func(state vm.StateDB) *vm.EVM {
		evm := newEVM(state)
		s.release = append(s.release, context.AfterFunc(ctx, evm.Cancel))
		return evm
	}
	if view.Header == nil {
		if s.on, err = beginBlock(env, statedb, view.Sealed); err != nil {
			return nil, err
		}
		return s, nil
	}
	s.on = resumeBlock(env, statedb, view)
	return s, nil
}

// resumeBlock is the workspace of a view's open block.
func resumeBlock(env *environment, statedb *state.StateDB, view *View) *workspace {
	w := &workspace{
		env: env, state: newRecorder(statedb), gas: view.gas.Snapshot(), size: view.size, bloom: view.Header.Bloom,
		firstTx: len(view.txs), logs: view.logs,
	}
	w.evm = env.newEVM(w.state)
	return w
}

// Apply implements zone.Attempt.
func (s *scratch) Apply(tx core.Transaction) (_ zone.Execution, err error) {
	defer haltOnPanic(&err, "simulate")
	if s.over {
		return zone.Execution{}, ErrAttemptOver
	}
	if err := s.stopped(); err != nil {
		return zone.Execution{}, err
	}
	execution, err := s.on.apply(tx)
	if why := s.stopped(); why != nil {
		return zone.Execution{}, why // what was executed may have been cut short
	}
	return execution, err
}

// Storage implements zone.Attempt.
func (s *scratch) Storage(account common.Address, slot common.Hash) (_ common.Hash, _ bool, err error) {
	defer haltOnPanic(&err, "simulate")
	if s.over {
		return common.Hash{}, false, ErrAttemptOver
	}
	if err := s.stopped(); err != nil {
		return common.Hash{}, false, err
	}
	return s.on.storage(account, slot)
}

// Coinbase implements zone.Coinbase.
func (s *scratch) Coinbase() (balance *big.Int, block uint64, baseFee *big.Int) {
	header := s.on.env.header
	return s.on.state.GetBalance(header.Coinbase).ToBig(), header.Number.Uint64(), new(big.Int).Set(header.BaseFee)
}

// Merge implements zone.Attempt.
func (s *scratch) Merge() error { return ErrScratchMerge }

// Drop implements zone.Attempt.
func (s *scratch) Drop() {
	if s.over {
		return
	}
	s.over = true
	for _, stop := range s.release {
		stop()
	}
	s.on.release()
}
