package ordering

import (
	"fmt"

	"github.com/lockstep-network/lockstep/core"
)

// chainWalk follows a rollup's own chain through the section of a tick: what blocks and reports must continue.
type chainWalk struct {
	machine *Machine
	state   core.ChainState
	// end is the lane's end before the tick: reports are about what was ordered before them.
	end uint64
	// entries are the blocks and reports so far.
	entries int
}

// walkChain begins at the committed ledger.
func (m *Machine) walkChain(rollup core.RollupID) *chainWalk {
	return &chainWalk{
		machine: m, state: lookup[core.ChainState](m.ledger, chainKey(rollup)),
		end: lookup[laneValue](m.ledger, laneKey(rollup)).NextSeq,
	}
}

// check says whether an entry may follow those that were taken, cheap rules first. Transactions always may.
func (w *chainWalk) check(tx core.Transaction) (core.ChainState, error) {
	if tx.Kind() == core.EncTransaction {
		return w.state, nil
	}
	if w.entries >= core.MaxOperatorEntries {
		return w.state, fmt.Errorf("%w: more than %d blocks and reports of rollup %s", ErrCap, core.MaxOperatorEntries, tx.Rollup())
	}
	next, err := w.state.Next(tx, w.end)
	if err == nil {
		err = w.machine.now.CheckOperator(w.machine.network, tx)
	}
	if err != nil {
		return w.state, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return next, nil
}

// take goes on behind an entry that check has let pass with this state.
func (w *chainWalk) take(tx core.Transaction, next core.ChainState) {
	if tx.Kind() != core.EncTransaction {
		w.state = next
		w.entries++
	}
}

// advanceChains moves the chain of every rollup whose operator has an entry in the tick.
func (m *Machine) advanceChains(s *stage, tick *core.Tick) error {
	for _, section := range tick.Sections {
		walk := m.walkChain(section.Rollup)
		before := walk.state
		for _, tx := range section.Txs {
			if tx.Kind() == core.EncTransaction {
				continue
			}
			next, err := walk.state.Next(tx, walk.end)
			if err != nil {
				return fmt.Errorf("%w: rollup %s: %w", ErrDecidedInvalid, section.Rollup, err)
			}
			walk.take(tx, next)
		}
		if walk.state != before {
			s.put(chainKey(section.Rollup), walk.state)
		}
	}
	return nil
}

// Chain is how far a rollup's operator has told its chain, and the end of the lane.
func (m *Machine) Chain(rollup core.RollupID) (state core.ChainState, nextSeq uint64) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return lookup[core.ChainState](m.ledger, chainKey(rollup)), lookup[laneValue](m.ledger, laneKey(rollup)).NextSeq
}
