package execution

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// executed is what a run of a workload gave.
type executed struct {
	cost
	// blocks are those of the first rollup, the setup's first.
	blocks gethtypes.Blocks
	// outcomes counts what became of the measured transactions.
	outcomes map[core.OutcomeCode]int
	reverted int
}

// measuredFrom is the number of the first block with a measured transaction.
const measuredFrom = 3

// inZone executes a workload as a validator's zone does.
func (w *workload) inZone() (e executed, err error) {
	dir, err := os.MkdirTemp("", "lockstep-bench-")
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	chains, engines := make(map[core.RollupID]*evm.Chain), make(map[core.RollupID]zone.Engine)
	for _, id := range rollups {
		chain, err := evm.Open(evm.ConfigOf(w.genesis, id, filepath.Join(dir, id.String())))
		if err != nil {
			return e, err
		}
		defer func() { err = errors.Join(err, chain.Close()) }()
		chains[id], engines[id] = chain, chain
	}
	e.outcomes = make(map[core.OutcomeCode]int)
	cfg := zone.Config{
		Genesis: w.genesis, Zone: zonetest.Zone, Dir: filepath.Join(dir, "zone"),
		Known: func(_ core.RollupID, hash common.Hash) *gethtypes.Transaction { return w.pool[hash] },
		Listener: zone.Listener{Executed: func(r zone.TickResult) {
			if r.Tick > w.first {
				e.count(r)
			}
		}},
	}
	z, err := zone.New(cfg, engines, w.log)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	if err := steps(z, w.first); err != nil {
		return e, err
	}
	e.cost, err = measured(func() error { return steps(z, w.last-w.first) })
	if err != nil {
		return e, err
	}
	e.cost.txs = w.txs
	chain := chains[rollups[0]].BlockChain()
	for n := uint64(1); n <= chain.CurrentBlock().Number.Uint64(); n++ {
		e.blocks = append(e.blocks, chain.GetBlockByNumber(n))
	}
	if total := len(e.outcomes); total == 0 {
		return e, fmt.Errorf("%s: nothing was decided", w.name)
	}
	return e, nil
}

func (e *executed) count(r zone.TickResult) {
	for _, f := range r.Outcomes {
		e.outcomes[f.Code]++
		e.gas += f.GasUsed
		if f.Reverted {
			e.reverted++
		}
	}
}

// whole makes sure that all transactions took effect, or the figure would be of something else.
func (e *executed) whole(name string) error {
	if e.outcomes[core.Included] != e.txs || e.reverted != 0 {
		return fmt.Errorf("%s: outcomes %v with %d reverted, want %d included", name, e.outcomes, e.reverted, e.txs)
	}
	return nil
}

func steps(z *zone.Zone, n uint64) error {
	for range n {
		if err := z.Step(); err != nil {
			return err
		}
	}
	return nil
}
