package execution

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// slotMs is a slot of consensus time.
const slotMs = 1000

// shape says how a workload lies in time.
type shape struct {
	slots int // measured
	ticks int // in a slot
	txs   int // in a slot, on each rollup
}

// plan is what a workload is made of.
type plan struct {
	artifacts string
	name      string
	shape
	// next makes the i-th transaction of a rollup.
	next func(s *scene, rollup, i int) (core.Transaction, error)
}

// workload is a script of ticks: the setup's slot, then the measured slots, then one tick that seals the last of them.
type workload struct {
	*scene
	plan
	log   *decodedLog
	pool  map[common.Hash]*gethtypes.Transaction
	first uint64 // the tick before the measured ones
	last  uint64 // the tick that seals the last measured slot
	txs   int    // measured, over all rollups
}

func transfer(s *scene, rollup, i int) (core.Transaction, error) {
	to := other(i * 7919 % others)
	return s.sign(rollup, i%accounts, call{to: &to, value: common.Big1, gas: 21_000})
}

func swap(s *scene, rollup, i int) (core.Transaction, error) {
	account := i % accounts
	data, err := s.contracts.Router.ABI.Pack("swapExactETHForTokens", common.Big1, []common.Address{s.weth, s.token}, s.owners[account], big.NewInt(1<<40))
	if err != nil {
		return core.Transaction{}, err
	}
	return s.sign(rollup, account, call{to: &s.router, value: big.NewInt(1_000_000 + int64(i)), gas: 200_000, data: data})
}

// begin makes a workload whose first slots have the setup.
func begin(p plan) (*workload, error) {
	s, err := newScene(p.artifacts)
	if err != nil {
		return nil, err
	}
	w := &workload{scene: s, plan: p, log: &decodedLog{Log: zonetest.NewLog(s.genesis)}, pool: make(map[common.Hash]*gethtypes.Transaction)}
	w.log.Append(zonetest.Start, nil, w.sections(s.setup))
	w.first = w.log.Append(zonetest.Start+slotMs, nil, nil)
	return w, nil
}

// end appends the tick that seals the last slot, and decodes all.
func (w *workload) end() error {
	w.last = w.log.Append(w.at(w.slots, 0), nil, nil)
	return w.log.decode()
}

// at is the consensus time of a measured tick.
func (s shape) at(slot, tick int) uint64 {
	return zonetest.Start + uint64(2+slot)*slotMs + uint64(tick*slotMs/s.ticks)
}

// fill gives each of the first n rollups its share of every tick; order puts a tick's transactions into the log.
func fill(p plan, n int, order func(w *workload, time uint64, txs [2][]core.Transaction) error) (*workload, error) {
	w, err := begin(p)
	if err != nil {
		return nil, err
	}
	for slot := range p.slots {
		for tick := range p.ticks {
			var txs [2][]core.Transaction
			for i := slot*p.shape.txs + tick*p.shape.txs/p.ticks; i < slot*p.shape.txs+(tick+1)*p.shape.txs/p.ticks; i++ {
				for rollup := range n {
					tx, err := p.next(w.scene, rollup, i)
					if err != nil {
						return nil, err
					}
					txs[rollup] = append(txs[rollup], tx)
				}
			}
			if err := order(w, p.at(slot, tick), txs); err != nil {
				return nil, err
			}
		}
	}
	w.txs = n * p.slots * p.shape.txs
	return w, w.end()
}

// asSingles orders every transaction for itself.
func asSingles(w *workload, time uint64, txs [2][]core.Transaction) error {
	w.log.Append(time, nil, w.sections(txs))
	return nil
}

// asBundles orders each transaction of the first rollup together with that of the second one.
func asBundles(w *workload, time uint64, txs [2][]core.Transaction) error {
	kind := func(core.RollupID) (core.RollupKind, bool) { return core.KindEVM, true }
	w.sections(txs)
	var bundles []core.DecodedBundle
	for i := range txs[0] {
		b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: time + 60_000}
		for rollup, id := range rollups {
			b.Legs = append(b.Legs, core.Leg{Rollup: id, Tx: txs[rollup][i].Raw()})
		}
		decoded, err := b.DecodeLegs(w.genesis.NetworkID(), kind)
		if err != nil {
			return fmt.Errorf("bundle %d: %w", i, err)
		}
		bundles = append(bundles, decoded)
	}
	w.log.Append(time, bundles, nil)
	return nil
}

// sections are the transactions of a tick by rollup, which the pool knows from now on.
func (w *workload) sections(txs [2][]core.Transaction) (sections []core.Section) {
	for i, id := range rollups {
		if len(txs[i]) == 0 {
			continue
		}
		for _, tx := range txs[i] {
			w.pool[tx.Hash()] = tx.Eth()
		}
		sections = append(sections, core.Section{Rollup: id, Txs: txs[i]})
	}
	return sections
}
