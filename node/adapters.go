package node

import (
	"context"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
	"github.com/lockstep-network/lockstep/gateway/laneapi"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/ordering/signer"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// Both sides of each seam are visible here, so this is where it is checked that they fit.
var (
	_ mempool.State       = poolState{}
	_ mempool.Progress    = poolState{}
	_ mempool.Chains      = poolState{}
	_ mempool.Controls    = poolState{}
	_ gateway.Control     = control{}
	_ laneapi.Pool        = clientPool{}
	_ laneapi.Log         = laneLog{}
	_ laneapi.Holders     = holders{}
	_ laneapi.Checkpoints = laneCheckpoints{}
	_ gateway.RollupAPI   = (*laneapi.Server)(nil)
	_ comet.Pool          = gossipPool{}
	_ comet.Log           = sharedLog{}
	_ comet.Results       = results{}
	_ comet.Signer        = (*signer.Signer)(nil)
	_ comet.Identity      = (*signer.Signer)(nil)
	_ comet.Holdings      = holdings{}
	_ gateway.Holders     = holders{}
	_ gateway.Pool        = clientPool{}
	_ gateway.Zone        = servedZone{}
	_ gateway.Ledger      = agreed{}
	_ gateway.Checkpoints = checkpoints{}
	_ evm.Submitter       = gateway.Sender{}
	_ chainrpc.Network    = gateway.Sender{}
	_ chainrpc.Pool       = chainPool{}
	_ gateway.Chain       = (*chainrpc.Chain)(nil)
	_ evm.PoolReader      = rollupPool{}
	_ evm.Finality        = finality{}
	_ zone.Engine         = (*evm.Chain)(nil)
)

// poolState is the executed state as the pool sees it.
type poolState struct {
	chains   map[core.RollupID]*evm.Chain
	progress *progress
	node     *Node
}

// Chain is empty until the machine is open; nothing comes to the pool before.
func (s poolState) Chain(rollup core.RollupID) (core.ChainState, uint64) {
	if s.node.machine == nil {
		return core.ChainState{}, 0
	}
	return s.node.machine.Chain(rollup)
}

// CheckControl refuses everything until the machine is open.
func (s poolState) CheckControl(c *core.Control) error {
	if s.node.machine == nil {
		return mempool.ErrState
	}
	return s.node.machine.CheckControl(c)
}

func (s poolState) Account(rollup core.RollupID, addr common.Address) (uint64, *uint256.Int, bool, error) {
	chain := s.chains[rollup]
	if chain == nil { // it joined a zone, and this node has no genesis of it
		return 0, nil, false, mempool.ErrState
	}
	account, err := chain.View().Account(addr)
	if err != nil {
		return 0, nil, false, err
	}
	return account.Nonce, account.Balance, evm.HasCode(account), nil
}

func (s poolState) BaseFee(rollup core.RollupID) *big.Int {
	if chain := s.chains[rollup]; chain != nil {
		return chain.View().BaseFee()
	}
	return new(big.Int)
}

func (s poolState) CheckGas(rollup core.RollupID, tx *gethtypes.Transaction) error {
	if chain := s.chains[rollup]; chain != nil {
		return chain.CheckGas(tx)
	}
	return evm.CheckGasOfOthers(tx)
}

func (s poolState) FirstUnapplied(rollup core.RollupID) uint64 {
	return s.progress.rollup(rollup).firstUnapplied
}

// gossipPool is the pool as the consensus engine sees it.
type gossipPool struct {
	*mempool.Pool
	// committed hears of every tick after the pool.
	committed func(*core.Decided)
}

func (p gossipPool) Committed(d *core.Decided) {
	p.Pool.Committed(d)
	p.committed(d)
}

func (p gossipPool) Insert(batch []byte) error {
	err := p.Pool.Insert(batch)
	if errors.Is(err, mempool.ErrBusy) {
		return errors.Join(comet.ErrRetry, err)
	}
	return err
}

// sharedLog is the log as the consensus engine writes it: readers near its head get the pool's transactions, whose senders
// are recovered, so that neither the zone nor the explorer does that again.
type sharedLog struct {
	*orderedlog.Log
	pool *mempool.Pool
}

func (l sharedLog) Append(d *core.Decided) error {
	shared := *d
	shared.Tick = l.pool.Share(d.Tick)
	return l.Log.Append(&shared)
}

// results are the zones' digests. The map is filled after the engine is wired and before it runs.
type results struct{ zones map[core.ZoneID]*zone.Zone }

func (r results) Digests(id core.ZoneID, from uint64, max int) []common.Hash {
	z, ok := r.zones[id]
	if !ok {
		return nil
	}
	return z.Digests(from, max)
}

// agreed is the ledger as clients ask for it.
type agreed struct{ *ordering.Machine }

func (a agreed) Lane(rollup core.RollupID) core.LaneHead { return a.LaneHead(rollup) }

// checkpoints are the complete ones of the log.
type checkpoints struct{ *orderedlog.Log }

func (c checkpoints) Newest() (*core.CompleteCheckpoint, bool, error) {
	return found(c.LatestCheckpoint())
}

func (c checkpoints) OfSlot(slot uint64) (*core.CompleteCheckpoint, bool, error) {
	return found(c.CheckpointOfSlot(slot))
}

func (c checkpoints) Oldest() (*core.CompleteCheckpoint, bool, error) {
	all, err := c.Checkpoints(0, 1)
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	return all[0], true, nil
}

// found tells what is not there from what cannot be read.
func found(c *core.CompleteCheckpoint, err error) (*core.CompleteCheckpoint, bool, error) {
	if errors.Is(err, orderedlog.ErrNotFound) {
		return nil, false, nil
	}
	return c, err == nil, err
}

// finality tells which sealed blocks are attested.
type finality struct {
	progress *progress
	rollup   core.RollupID
}

func (f finality) Safe() (uint64, bool) {
	p := f.progress.rollup(f.rollup)
	return p.safe, p.known
}

// servedZone is a zone as the gateway asks it.
type servedZone struct {
	*zone.Zone
	progress *progress
}

func (z servedZone) Agreed(newest core.Attested) uint64 {
	z.Attested(newest)
	return z.Zone.Agreed()
}

func (z servedZone) Fate(rollup core.RollupID, seq uint64) (gateway.Fate, bool, error) {
	f, ok, err := z.Zone.Fate(rollup, seq)
	if !ok || err != nil {
		return gateway.Fate{}, false, err
	}
	return gateway.Fate(f), true, nil
}

func (z servedZone) Lane(rollup core.RollupID) gateway.LaneState {
	p := z.progress.rollup(rollup)
	return gateway.LaneState{FirstUnapplied: p.firstUnapplied, Sealed: p.sealed, SealedHash: p.sealedHash}
}

func (z servedZone) Simulate(ctx context.Context, b core.DecodedBundle) (gateway.Simulation, error) {
	s, err := z.Zone.Simulate(ctx, b)
	if errors.Is(err, zone.ErrNotReady) {
		return gateway.Simulation{}, &gateway.Refusal{Cause: gateway.ErrNotServed, Detail: "no tick is executed yet, try again"}
	}
	if err != nil {
		return gateway.Simulation{}, err
	}
	out := gateway.Simulation{
		Tick: s.Tick, Success: s.Success, Rule: s.Rule, Code: s.Code, FailingLeg: s.FailingLeg, Reason: s.Reason,
		Legs: make([]gateway.SimulatedLeg, len(s.Legs)),
	}
	for i, leg := range s.Legs {
		out.Legs[i] = gateway.SimulatedLeg{
			Executed: leg.Executed, Code: leg.Code, Reverted: leg.Reverted, GasUsed: leg.GasUsed,
			ReturnData: leg.ReturnData, Reason: leg.Reason, Logs: leg.Logs,
			Block: leg.Block, GasFees: leg.GasFees, CoinbaseDiff: leg.CoinbaseDiff,
		}
	}
	for _, a := range s.Assertions {
		out.Assertions = append(out.Assertions, gateway.SimulatedAssertion{
			Assertion: a.Assertion, Leg: a.Leg, Holds: a.Holds, Found: a.Found, Reason: a.Reason,
		})
	}
	return out, nil
}
