package demo

import (
	"context"
	"fmt"
	"math/big"

	"github.com/lockstep-network/lockstep/core"
)

// swapGas is ample for a trade. An estimate would not do: the first trade of a second costs the pool more than the later
// ones, and a leg that is meant to revert has none.
const swapGas = 400_000

// arbitrage buys where the token is cheap and sells where it is dear, in one bundle.
func (s *stage) arbitrage(ctx context.Context) error {
	s.heading("1. Arbitrage: one bundle buys TOK on rollup %s and sells it on rollup %s", s.buyer.Rollup, s.seller.Rollup)
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
	step, err := s.send(ctx, name, b)
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
	s.line("leg 0 spent %s on %s, leg 1 earned %s on %s: profit %s after fees", inEther(g.Spent), s.buyer.Rollup, inEther(g.Earned), s.seller.Rollup, inEther(g.Profit))
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
	step, err := s.send(ctx, "failing leg", b)
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
	s.line("leg 1 failed on %s: %s", s.seller.Rollup, step.Reason)
	s.line("so leg 0 had no effect on %s either: balances, tokens, nonces and pools of both are as before, no fee was paid", s.buyer.Rollup)
	return nil
}

// protectedLeg tries to use one leg of a protected bundle alone, then sends the whole bundle.
func (s *stage) protectedLeg(ctx context.Context) error {
	s.heading("3. Protected legs: somebody tears leg 0 out of its bundle and sends it alone")
	acts, err := s.arbitrageActs(ctx, nil)
	if err != nil {
		return err
	}
	b, legs, err := s.protect(ctx, acts...)
	if err != nil {
		return err
	}
	lone := legs[0].tx.Hash()
	if err := s.buyer.Eth.SendTransaction(ctx, legs[0].tx); err != nil {
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

// arbitrageActs are the two calls; minimum is the least ETH that the second one accepts, nil for what was staked.
func (s *stage) arbitrageActs(ctx context.Context, minimum *big.Int) ([]act, error) {
	if minimum == nil {
		minimum = stake
	}
	tokens, err := s.cheap.Quote(ctx, stake, s.cheap.WETH, s.cheap.Token)
	if err != nil {
		return nil, err
	}
	buy, err := s.cheap.Buy(s.buyer.Address, stake, tokens)
	if err != nil {
		return nil, err
	}
	sell, err := s.dear.Sell(s.seller.Address, tokens, minimum)
	buy.Gas, sell.Gas = swapGas, swapGas
	return []act{{by: s.buyer, call: buy}, {by: s.seller, call: sell}}, err
}

// arbitrageLegs signs both calls.
func (s *stage) arbitrageLegs(ctx context.Context, minimum *big.Int) ([]leg, error) {
	acts, err := s.arbitrageActs(ctx, minimum)
	if err != nil {
		return nil, err
	}
	return signLegs(ctx, acts...)
}
