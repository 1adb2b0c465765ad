package demo

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// The demo's sizes: pools of 100 ETH, TOK at 1 ETH on the first rollup and at 1.25 ETH on the second, and an arbitrage
// of 1 ETH. A devnet's accounts can pay for almost a hundred demos.
var (
	poolEther  = ether(100)
	cheapToken = ether(100)
	dearToken  = ether(80)
	stake      = ether(1)
	inventory  = ether(10) // what everybody has of each rollup's TOK
	gasMoney   = ether(1)
)

// setUp brings Lockstep's own contracts, deploys both exchanges at the same time, makes the price gap and gives everybody
// what they need.
func (s *stage) setUp(ctx context.Context, c *uniswap.Contracts) error {
	zone, err := sharedZone(s.network)
	if err != nil {
		return err
	}
	rollups := zone[:2]
	s.heading("Setting up: Uniswap v2 on rollups %s and %s, with a price gap between them", rollups[0], rollups[1])
	for _, id := range rollups {
		if s.eth[id], err = s.client.Rollup(ctx, id); err != nil {
			return fmt.Errorf("rollup %s: %w", id, err)
		}
	}
	s.cast()
	tokens := []*big.Int{cheapToken, dearToken}
	exchanges := make([]*uniswap.Exchange, len(rollups))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, id := range rollups {
		group.Go(func() (err error) {
			exchanges[i], err = s.setUpRollup(groupCtx, c, zone, id, tokens[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.cheap, s.dear, s.contracts = exchanges[0], exchanges[1], deployment.Of(zone)
	if s.market, err = s.openMarket(ctx); err != nil {
		return err
	}
	s.buyer, s.seller = s.trader.on[rollups[0]], s.trader.on[rollups[1]]
	for i, id := range rollups {
		price := new(big.Rat).SetFrac(poolEther, tokens[i])
		s.line("rollup %s  pool of %s ETH and %3s TOK  1 TOK costs %s ETH  router %s",
			id, units(poolEther, 0), units(tokens[i], 0), price.FloatString(2), exchanges[i].Router)
	}
	s.line("trader %s has %s TOK on each and signs all legs of steps 1 to 3", s.trader.address, units(inventory, 0))
	return nil
}

// setUpRollup prepares one rollup.
func (s *stage) setUpRollup(ctx context.Context, c *uniswap.Contracts, zone []core.RollupID, id core.RollupID, tokens *big.Int) (*uniswap.Exchange, error) {
	eth, accounts := s.eth[id], devnet.Accounts()
	if err := afford(ctx, actor.On(id, eth, accounts[deployerAccount].Key), new(big.Int).Add(poolEther, gasMoney)); err != nil {
		return nil, err
	}
	for _, p := range s.people {
		need := gasMoney
		switch p {
		case s.trader:
			need = new(big.Int).Add(stake, gasMoney)
		case s.modest, s.greedy:
			need = new(big.Int).Add(inventory, gasMoney)
		}
		if err := afford(ctx, p.on[id], need); err != nil {
			return nil, err
		}
	}
	if _, err := deployment.Deploy(ctx, eth, id, zone, accounts[contractsAccount].Key); err != nil {
		return nil, err
	}
	x, err := uniswap.Deploy(ctx, c, actor.On(id, eth, accounts[deployerAccount].Key), poolEther, tokens)
	if err != nil {
		return nil, err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error {
		for _, p := range s.people {
			if err := x.Give(groupCtx, p.address, inventory); err != nil {
				return err
			}
		}
		return nil
	})
	contracts := deployment.Of(zone)
	for p, spender := range map[*person]common.Address{s.trader: x.Router, s.alice: contracts.Swap, s.bob: contracts.Swap, s.carol: contracts.TokenBridge, s.dora: predeploy.Permit2Address} {
		group.Go(func() error { return x.Approve(groupCtx, p.on[id], spender) })
	}
	return x, group.Wait()
}

// exchanges are both, the cheap one first.
func (s *stage) exchanges() [2]*uniswap.Exchange { return [2]*uniswap.Exchange{s.cheap, s.dear} }

// sharedZone are rollups that are executed together, at least two.
func sharedZone(n *gateway.NetworkStatus) ([]core.RollupID, error) {
	for _, z := range n.Zones {
		if len(z.Rollups) >= 2 {
			return z.Rollups, nil
		}
	}
	return nil, fmt.Errorf("%w: the network has no zone with two rollups", ErrFailed)
}

// afford fails early, and with advice, if an account cannot pay what the demo needs.
func afford(ctx context.Context, a *actor.Account, need *big.Int) error {
	have, err := a.Eth.BalanceAt(ctx, a.Address, nil)
	if err != nil {
		return fmt.Errorf("balance on rollup %s: %w", a.Rollup, err)
	}
	if have.Cmp(need) < 0 {
		return fmt.Errorf("%w: account %s has %s on rollup %s and needs %s; the demo pays from a devnet's development accounts, which `make devnet ARGS=--fresh` fills again",
			ErrFunds, a.Address, inEther(have), a.Rollup, inEther(need))
	}
	return nil
}
