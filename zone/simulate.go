package zone

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// simulationBudget bounds one simulation.
const simulationBudget = 500 * time.Millisecond

// Simulation is what would become of a bundle if it were the next thing executed.
type Simulation struct {
	// Tick is the newest tick whose effects the bundle would see.
	Tick uint64
	// Success: no rule of bundles is broken and no leg fails the bundle.
	Success bool
	// Rule is the rule of ordering that refuses the bundle as it is now, such as an expired window or a parentTick that has passed; nil if none does.
	Rule error
	// Code is that of the failing leg, Included if none fails.
	Code core.OutcomeCode
	// FailingLeg is the index of the leg because of which the bundle would be void, NoLeg otherwise.
	FailingLeg int
	// Reason explains a failing leg for people.
	Reason string
	// Legs holds one row for each leg.
	Legs []SimulatedLeg
	// Assertions are those of an execution bundle, in the order made, those that hold too; none if a leg fails before they
	// are checked.
	Assertions []CheckedAssertion
}

// SimulatedLeg is what would become of a leg.
type SimulatedLeg struct {
	Rollup core.RollupID
	TxHash common.Hash
	// Executed is false for the legs behind a failing one, for those on rollups that the zone does not execute, and
	// for all legs of a bundle that would be void before its first leg.
	Executed bool
	// Code is Included or the reason why the leg is void.
	Code core.OutcomeCode
	// Reverted: receipt status 0.
	Reverted bool
	GasUsed  uint64
	// ReturnData is what the call returned; of a reverted leg, the revert data.
	ReturnData []byte
	// Reason is the decoded revert reason or the explanation of the void.
	Reason string
	Logs   []*gethtypes.Log
	// Block is the number of the block that it was executed in, GasFees what it pays the block's fee recipient for gas above the base
	// fee, in wei, and CoinbaseDiff by how much that account's balance grew: the fees and what was sent to it. Nil if not executed.
	Block                 uint64
	GasFees, CoinbaseDiff *big.Int
}

// Simulate executes a bundle on the open state without side effects, within 500 ms. Errors are ctx's (a deadline error
// also when the 500 ms are over), ErrNotReady before the first tick after the start, and the engines'; a bundle that
// fails is no error.
func (z *Zone) Simulate(ctx context.Context, b core.DecodedBundle) (Simulation, error) {
	ctx, cancel := context.WithTimeout(ctx, simulationBudget)
	defer cancel()
	scratch := newScratch(z, b)
	defer scratch.drop()
	now, err := scratch.begin(ctx)
	if err != nil {
		return Simulation{}, err
	}
	s := Simulation{Tick: scratch.tick, FailingLeg: NoLeg, Legs: make([]SimulatedLeg, len(b.Txs))}
	for i, tx := range b.Txs {
		s.Legs[i] = SimulatedLeg{Rollup: tx.Rollup(), TxHash: tx.Hash()}
	}
	if s.Rule = z.cfg.Genesis.CheckBundle(b, now); s.Rule == nil {
		s.Rule = b.CheckParentTick(s.Tick)
	}
	if v := z.checkSimulated(&b); v != (verdict{}) {
		s.fail(v)
		return s, nil
	}
	if err := s.run(scratch); err != nil {
		return Simulation{}, err
	}
	s.Success = s.Rule == nil && s.FailingLeg == NoLeg
	return s, nil
}

// checkSimulated applies the zone's rules that are known before the first leg.
func (z *Zone) checkSimulated(b *core.DecodedBundle) verdict {
	if b.Atomicity == core.AtomicInclusion {
		return verdict{}
	}
	for i, tx := range b.Txs {
		if (*z.members.Load())[tx.Rollup()] == nil {
			return whole(core.VoidZoneUnassigned, i, fmt.Sprintf("rollup %s is not executed in zone %s", tx.Rollup(), z.cfg.Zone))
		}
	}
	return checkCommitment(z.machine.network, b)
}

// fail records why the bundle would be void. The legs keep what they did themselves.
func (s *Simulation) fail(v verdict) {
	s.Code, s.FailingLeg, s.Reason = v.code, v.leg, v.detail
}

// run executes the legs in order and checks what they asserted. The legs of an inclusion bundle do not depend on each
// other, and assert nothing.
func (s *Simulation) run(scratch *scratch) error {
	b, genesis := scratch.bundle, scratch.zone.cfg.Genesis
	asserted := assertions{predeploy: genesis.Predeploy.Address, limit: genesis.Params.MaxBundleAssertions}
	for i, tx := range b.Txs {
		attempt := scratch.attempts[tx.Rollup()]
		if attempt == nil {
			continue
		}
		before := coinbaseOf(attempt)
		x, err := attempt.Apply(tx)
		if err != nil {
			return fmt.Errorf("simulate leg %d on rollup %s: %w", i, tx.Rollup(), err)
		}
		s.Legs[i].fill(x)
		s.Legs[i].pay(before, attempt, tx)
		if b.Atomicity == core.AtomicInclusion {
			continue
		}
		v := judgeLeg(x, i, b.Legs[i].MayRevert)
		if v == (verdict{}) {
			v = asserted.collect(i, x.Logs)
		}
		if v != (verdict{}) {
			s.fail(v)
			return nil
		}
	}
	v, err := asserted.check(scratch.attempt)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	s.Assertions = asserted.made
	if v != (verdict{}) {
		s.fail(v)
	}
	return nil
}

// fill says what became of a leg.
func (leg *SimulatedLeg) fill(x Execution) {
	leg.Executed, leg.Code, leg.Reverted, leg.GasUsed = true, x.Code, x.Reverted, x.GasUsed
	leg.ReturnData, leg.Logs, leg.Reason = x.ReturnData, x.Logs, x.Detail
	if x.Reverted {
		leg.Reason = revertReason(x.ReturnData)
	}
	if x.NoRoom {
		leg.Code, leg.Reason = core.VoidBlockFull, "does not fit into the open block"
	}
}

// Coinbase is what the attempts of Engine.Scratch tell beside, if they can.
type Coinbase interface {
	// Coinbase is the fee recipient's balance in wei now, and the number and base fee of the block. The caller owns all.
	Coinbase() (balance *big.Int, block uint64, baseFee *big.Int)
}

// coinbaseOf is the fee recipient's balance, nil if the attempt does not tell.
func coinbaseOf(a Attempt) *big.Int {
	told, ok := a.(Coinbase)
	if !ok {
		return nil
	}
	balance, _, _ := told.Coinbase()
	return balance
}

// pay notes what an executed leg paid to the fee recipient.
func (leg *SimulatedLeg) pay(before *big.Int, a Attempt, tx core.Transaction) {
	leg.GasFees, leg.CoinbaseDiff = new(big.Int), new(big.Int)
	told, ok := a.(Coinbase)
	if !ok || leg.Code.Void() {
		return
	}
	after, block, baseFee := told.Coinbase()
	leg.Block = block
	leg.CoinbaseDiff.Sub(after, before)
	if tip, err := tx.Eth().EffectiveGasTip(baseFee); err == nil {
		leg.GasFees.Mul(tip, new(big.Int).SetUint64(leg.GasUsed))
	}
}

// scratch holds the attempts of one simulation.
type scratch struct {
	zone     *Zone
	bundle   core.DecodedBundle
	tick     uint64
	attempts map[core.RollupID]Attempt
}

func newScratch(z *Zone, b core.DecodedBundle) *scratch {
	return &scratch{zone: z, bundle: b, attempts: make(map[core.RollupID]Attempt)}
}

// begin takes all rollups' views after the same tick and gives that tick's consensus time in ms.
func (s *scratch) begin(ctx context.Context) (now uint64, err error) {
	s.zone.views.RLock()
	defer s.zone.views.RUnlock()
	if s.tick, now = s.zone.results.published(); now == 0 {
		return 0, ErrNotReady
	}
	for id, engine := range *s.zone.members.Load() {
		if !s.reads(id) {
			continue
		}
		if s.attempts[id], err = engine.Scratch(ctx); err != nil {
			delete(s.attempts, id)
			return 0, fmt.Errorf("simulate on rollup %s: %w", id, err)
		}
	}
	return now, nil
}

// reads reports whether the bundle can read a rollup: with a leg, or with an assertion, which only a leg that names the
// predeploy can make and which can be about any rollup of the zone.
func (s *scratch) reads(id core.RollupID) bool {
	for _, tx := range s.bundle.Txs {
		if tx.Rollup() == id {
			return true
		}
		if tx.Eth() == nil {
			continue
		}
		if _, named := core.PredeployKeys(tx.Eth(), s.zone.cfg.Genesis.Predeploy.Address); named {
			return true
		}
	}
	return false
}

// attempt is the state of a rollup after the legs, nil for one that the zone does not execute.
func (s *scratch) attempt(id core.RollupID) (Attempt, error) {
	if (*s.zone.members.Load())[id] != nil && s.attempts[id] == nil {
		return nil, fmt.Errorf("%w: an assertion by a bundle that does not name the predeploy", ErrInvariant)
	}
	return s.attempts[id], nil
}

func (s *scratch) drop() {
	for _, a := range s.attempts {
		a.Drop()
	}
}

// revertReason decodes Error(string) and Panic(uint256) (Solidity ABI). Of other data it names the first four bytes, which
// select a custom error, whose meaning only the contract's ABI tells; less than that gives go-ethereum's plain text.
func revertReason(data []byte) string {
	const selector = 4
	if reason, err := abi.UnpackRevert(data); err == nil {
		return "execution reverted: " + reason
	}
	if len(data) < selector {
		return "execution reverted"
	}
	return fmt.Sprintf("execution reverted: custom error %#x", data[:selector])
}
