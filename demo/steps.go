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
	// swapGas is ample for a swap. An estimate would not do: the first trade of a second costs the pool more than the
	// later ones, and a leg that is meant to revert has none.
	swapGas = 400_000
)

// arbitrage buys where the token is cheap and sells where it is dear, in one bundle.
func (s *stage) arbitrage(ctx context.Context) error {
	s.heading("1. Arbitrage: one bundle buys TOK on rollup %s and sells it on rollup %s", s.buyer.rollup, s.seller.rollup)
	legs, err := s.arbitrageLegs(ctx, nil)
	if err != nil {
		return err
	}
	return s.takeGap(ctx, "arbitrage", newBundle(legs))
}

// takeGap plays a bundle that makes the arbitrage and judges what came out of it.
func (s *stage) takeGap(ctx context.Context, name string, b *core.Bundle) error {
	before, err := s.position(ctx)
	if err != nil {
		return err
	}
	step, err := s.follow(ctx, name, b)
	if err != nil {
		return err
	}
	after, err := s.position(ctx)
	if err != nil {
		return err
	}
	g := before.gainTo(after)
	if err := judgeArbitrage(step, g); err != nil {
		return err
	}
	step.Profit = units(g.Profit, 4)
	s.line("leg 0 spent %s on %s, leg 1 earned %s on %s: profit %s after fees", inEther(g.Spent), s.buyer.rollup, inEther(g.Earned), s.seller.rollup, inEther(g.Profit))
	return nil
}

// failingLeg sends the arbitrage with an impossible price on its second leg: nothing may remain of the first.
func (s *stage) failingLeg(ctx context.Context) error {
	impossible := new(big.Int).Mul(stake, big.NewInt(1000))
	s.heading("2. Failing leg: the same again, but leg 1 insists on %s ETH, which the pool cannot give", units(impossible, 0))
	before, err := s.position(ctx)
	if err != nil {
		return err
	}
	legs, err := s.arbitrageLegs(ctx, impossible)
	if err != nil {
		return err
	}
	b := newBundle(legs)
	simulated, err := s.client.SimulateBundle(ctx, b)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	step, err := s.follow(ctx, "failing leg", b)
	if err != nil {
		return err
	}
	after, err := s.position(ctx)
	if err != nil {
		return err
	}
	if err := judgeFailing(step, simulated, before, after); err != nil {
		return err
	}
	s.line("leg 1 failed on %s: %s", s.seller.rollup, step.Reason)
	s.line("so leg 0 had no effect on %s either: balances, tokens, nonces and pools of both are as before, no fee was paid", s.buyer.rollup)
	return nil
}

// protectedLeg tries to use one leg of a protected bundle alone, then sends the whole bundle.
func (s *stage) protectedLeg(ctx context.Context) error {
	s.heading("3. Protected legs: somebody tears leg 0 out of its bundle and sends it alone")
	b, legs, err := s.protectedBundle(ctx)
	if err != nil {
		return err
	}
	lone := legs[0].tx.Hash()
	if err := s.buyer.client.SendTransaction(ctx, legs[0].tx); err != nil {
		return fmt.Errorf("send a leg alone: %w", err)
	}
	status, err := s.client.Status(ctx, lone)
	if err != nil {
		return fmt.Errorf("status of the lone leg: %w", err)
	}
	if err := judgeParked(status); err != nil {
		return err
	}
	s.report.LoneLeg = fmt.Sprintf("parked, not ordered: waits for the bundle of commitment %s", status.Parked.Commitment.TerminalString())
	s.line("rollup %s: %s", legs[0].rollup, s.report.LoneLeg)
	s.line("the whole bundle, sent afterwards, still goes through, and the leg runs in it only:")
	if err := s.takeGap(ctx, "protected bundle", b); err != nil {
		return err
	}
	if status, err = s.client.Status(ctx, lone); err != nil {
		return fmt.Errorf("status of the leg: %w", err)
	}
	return judgeBundled(status)
}

// leg is a signed transaction with its rollup.
type leg struct {
	rollup core.RollupID
	tx     *gethtypes.Transaction
}

// arbitrageCalls are the two calls; minimum is the least ETH that the second one accepts, nil for what was staked.
func (s *stage) arbitrageCalls(ctx context.Context, minimum *big.Int) (buy, sell call, err error) {
	if minimum == nil {
		minimum = stake
	}
	tokens, err := s.cheap.quote(ctx, stake, s.cheap.WETH, s.cheap.Token)
	if err != nil {
		return call{}, call{}, err
	}
	if buy, err = s.cheap.buy(s.buyer.address, stake, tokens); err != nil {
		return call{}, call{}, err
	}
	sell, err = s.dear.sell(s.seller.address, tokens, minimum)
	buy.Gas, sell.Gas = swapGas, swapGas
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

// follow sends a bundle, waits for every level and adds the step to the report.
func (s *stage) follow(ctx context.Context, name string, b *core.Bundle) (*Step, error) {
	begin := time.Now()
	id, err := s.client.SendBundle(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("send the bundle: %w", err)
	}
	step := &Step{Name: name, BundleID: id}
	s.report.Steps = append(s.report.Steps, step)
	for _, level := range []struct {
		level core.Level
		took  *float64
	}{{core.LevelOrdered, &step.OrderedMs}, {core.LevelExecuted, &step.ExecutedMs}, {core.LevelAttested, &step.AttestedMs}} {
		status, err := s.client.WaitFor(ctx, id, level.level, stepWait)
		if err != nil {
			return nil, fmt.Errorf("wait until bundle %s is %s: %w", id, level.level, err)
		}
		*level.took = milliseconds(time.Since(begin))
		step.take(status)
		if status.Level < level.level {
			return nil, fmt.Errorf("%w: bundle %s is %s after %s, want %s%s", ErrFailed, id, status.Level, stepWait, level.level, dropped(status))
		}
	}
	s.fate(step)
	return step, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// dropped says why a bundle left the pool, if it did.
func dropped(status *gateway.Status) string {
	if status.Dropped == nil {
		return ""
	}
	return " (dropped: " + status.Dropped.Message + ")"
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
