package demo

import (
	"context"
	"fmt"
	"math/big"
	"time"

	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

const (
	bundleLife = time.Minute // how long a bundle may wait for its tick
	stepWait   = 20 * time.Second
	swapGas    = 400_000 // for legs that cannot be estimated, because they are meant to revert
)

// arbitrage buys where the token is cheap and sells where it is dear, in one bundle.
func (s *stage) arbitrage(ctx context.Context) error {
	s.heading("1. A bundle with a leg on each rollup takes the arbitrage")
	before, beforeDear, err := s.both(ctx)
	if err != nil {
		return err
	}
	legs, err := s.arbitrageLegs(ctx, nil)
	if err != nil {
		return err
	}
	step, err := s.play(ctx, "arbitrage", newBundle(legs))
	if err != nil {
		return err
	}
	if step.Outcome != core.Included {
		return fmt.Errorf("%w: the arbitrage is %s (%s), want included", ErrFailed, step.Outcome, step.Reason)
	}
	after, afterDear, err := s.both(ctx)
	if err != nil {
		return err
	}
	spent := new(big.Int).Sub(before.Ether, after.Ether)
	earned := new(big.Int).Sub(afterDear.Ether, beforeDear.Ether)
	profit := new(big.Int).Sub(earned, spent)
	tokens := new(big.Int).Sub(new(big.Int).Add(after.Tokens, afterDear.Tokens), new(big.Int).Add(before.Tokens, beforeDear.Tokens))
	step.Profit = inEther(profit)
	s.line("spent %s ETH on %s, earned %s ETH on %s, tokens over both rollups unchanged: profit %s ETH after fees",
		inEther(spent), s.buyer.rollup, inEther(earned), s.seller.rollup, step.Profit)
	if profit.Sign() <= 0 || tokens.Sign() != 0 {
		return fmt.Errorf("%w: profit is %s wei, token difference %s", ErrFailed, profit, tokens)
	}
	return nil
}

// failingLeg sends the arbitrage with an impossible price on its second leg: nothing may remain of the first.
func (s *stage) failingLeg(ctx context.Context) error {
	s.heading("2. A bundle whose second leg reverts changes nothing on either rollup")
	before, beforeDear, err := s.both(ctx)
	if err != nil {
		return err
	}
	legs, err := s.arbitrageLegs(ctx, new(big.Int).Mul(stake, big.NewInt(1000)))
	if err != nil {
		return err
	}
	b := newBundle(legs)
	simulated, err := s.client.SimulateBundle(ctx, b)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	step, err := s.play(ctx, "failing leg", b)
	if err != nil {
		return err
	}
	after, afterDear, err := s.both(ctx)
	if err != nil {
		return err
	}
	s.line("void: leg %s reverted with %q; balances, nonces and reserves of both rollups are as before", legName(step.FailingLeg), step.Reason)
	switch {
	case step.Outcome != core.VoidLegReverted || step.FailingLeg == nil || *step.FailingLeg != 1:
		return fmt.Errorf("%w: outcome is %s, failing leg %s; want %s of leg 1", ErrFailed, step.Outcome, legName(step.FailingLeg), core.VoidLegReverted)
	case simulated.OK:
		return fmt.Errorf("%w: the simulation of the failing bundle says it would succeed", ErrFailed)
	case !before.equal(after) || !beforeDear.equal(afterDear):
		return fmt.Errorf("%w: a failed bundle left a trace: %+v → %+v, %+v → %+v", ErrFailed, before, after, beforeDear, afterDear)
	}
	return nil
}

// protectedLeg tries to use one leg of a protected bundle alone, then sends the whole bundle.
func (s *stage) protectedLeg(ctx context.Context) error {
	s.heading("3. A leg of a protected bundle cannot be torn out")
	b, legs, err := s.protectedBundle(ctx)
	if err != nil {
		return err
	}
	refusal := s.buyer.client.SendTransaction(ctx, legs[0].tx)
	if refusal == nil {
		return fmt.Errorf("%w: the gateway took a leg of a protected bundle alone", ErrFailed)
	}
	s.report.Refusal = refusal.Error()
	s.line("leg 0 sent alone to rollup %s is refused: %s", legs[0].rollup, refusal)
	step, err := s.play(ctx, "protected bundle", b)
	if err != nil {
		return err
	}
	if step.Outcome != core.Included {
		return fmt.Errorf("%w: the protected bundle is %s (%s), want included", ErrFailed, step.Outcome, step.Reason)
	}
	s.line("the whole bundle goes through afterwards")
	return nil
}

// leg is a signed transaction with its rollup.
type leg struct {
	rollup core.RollupID
	tx     *gethtypes.Transaction
}

// arbitrageCalls are the two calls; minimum is the least ETH that the second one accepts, nil for what was staked. With
// a minimum the second call may be meant to revert, so its gas is not estimated.
func (s *stage) arbitrageCalls(ctx context.Context, minimum *big.Int) (buy, sell call, err error) {
	tokens, err := s.cheap.quote(ctx, stake, s.cheap.WETH, s.cheap.Token)
	if err != nil {
		return call{}, call{}, err
	}
	if buy, err = s.cheap.buy(s.buyer.address, stake, tokens); err != nil {
		return call{}, call{}, err
	}
	if minimum == nil {
		sell, err = s.dear.sell(s.seller.address, tokens, stake)
		return buy, sell, err
	}
	sell, err = s.dear.sell(s.seller.address, tokens, minimum)
	sell.Gas = swapGas
	return buy, sell, err
}

// arbitrageLegs signs both calls.
func (s *stage) arbitrageLegs(ctx context.Context, minimum *big.Int) ([]leg, error) {
	buy, sell, err := s.arbitrageCalls(ctx, minimum)
	if err != nil {
		return nil, err
	}
	return s.signLegs(ctx, buy, sell)
}

func (s *stage) signLegs(ctx context.Context, buy, sell call) ([]leg, error) {
	first, err := s.buyer.sign(ctx, buy)
	if err != nil {
		return nil, fmt.Errorf("sign leg 0: %w", err)
	}
	second, err := s.seller.sign(ctx, sell)
	if err != nil {
		return nil, fmt.Errorf("sign leg 1: %w", err)
	}
	return []leg{{s.buyer.rollup, first}, {s.seller.rollup, second}}, nil
}

// newBundle puts legs into an execution bundle that is valid from now on.
func newBundle(legs []leg) *core.Bundle {
	return &core.Bundle{
		Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(bundleLife).UnixMilli()), Legs: bundleLegs(legs),
	}
}

func bundleLegs(legs []leg) []core.Leg {
	encoded := make([]core.Leg, len(legs))
	for i, l := range legs {
		raw, err := l.tx.MarshalBinary()
		if err != nil {
			panic(fmt.Sprintf("demo: encode a transaction that was just signed: %v", err))
		}
		encoded[i] = core.Leg{Rollup: l.rollup, Tx: raw}
	}
	return encoded
}

// play sends a bundle, follows it to every level and adds the step to the report.
func (s *stage) play(ctx context.Context, name string, b *core.Bundle) (*Step, error) {
	begin := time.Now()
	id, err := s.client.SendBundle(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("send bundle %q: %w", name, err)
	}
	step := &Step{Name: name, BundleID: id}
	s.report.Steps = append(s.report.Steps, step)
	for _, level := range []struct {
		level core.Level
		took  *float64
	}{{core.LevelOrdered, &step.OrderedMs}, {core.LevelExecuted, &step.ExecutedMs}, {core.LevelAttested, &step.AttestedMs}} {
		status, err := s.client.WaitFor(ctx, id, level.level, stepWait)
		if err != nil {
			return step, fmt.Errorf("wait for %s: %w", level.level, err)
		}
		*level.took = float64(time.Since(begin).Microseconds()) / 1000
		step.take(status)
		if status.Level < level.level {
			return step, fmt.Errorf("%w: bundle %s is %s after %s, want %s", ErrFailed, id, status.Level, stepWait, level.level)
		}
	}
	s.line("bundle %s: %s in tick %d, %s; ordered after %.1f ms, executed after %.1f ms, attested after %.1f ms",
		id.TerminalString(), step.Outcome, step.Tick, step.Level, step.OrderedMs, step.ExecutedMs, step.AttestedMs)
	return step, nil
}

// take copies what the newest attempt says.
func (step *Step) take(status *gateway.Status) {
	step.Level = status.Level
	if len(status.Attempts) == 0 {
		return
	}
	a := status.Attempts[len(status.Attempts)-1]
	step.Tick, step.Reason, step.FailingLeg = a.Tick, a.Reason, a.FailingLeg
	if a.Outcome != nil {
		step.Outcome = *a.Outcome
	}
}
