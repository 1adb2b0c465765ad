package demo

import (
	"context"
	"fmt"
	"math/big"

	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/core"
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
	inventory  = ether(10)
	gasMoney   = ether(1)
)

// setUp deploys both exchanges at the same time, makes the price gap and gives the arbitrageur an inventory.
func (s *stage) setUp(ctx context.Context, c *contracts) error {
	rollups, err := sharedZone(s.network)
	if err != nil {
		return err
	}
	s.heading("Setting up: Uniswap v2 on rollups %s and %s, with a price gap between them", rollups[0], rollups[1])
	accounts := devnet.Accounts()
	tokens := []*big.Int{cheapToken, dearToken}
	exchanges := make([]*exchange, len(rollups))
	traders := make([]*actor, len(rollups))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, id := range rollups {
		group.Go(func() error {
			eth, err := s.client.Rollup(groupCtx, id)
			if err != nil {
				return fmt.Errorf("rollup %s: %w", id, err)
			}
			deployer := newActor(id, eth, accounts[0].Key)
			traders[i] = newActor(id, eth, accounts[1].Key)
			if err := afford(groupCtx, deployer, new(big.Int).Add(poolEther, gasMoney)); err != nil {
				return err
			}
			if err := afford(groupCtx, traders[i], new(big.Int).Add(stake, gasMoney)); err != nil {
				return err
			}
			if exchanges[i], err = deployExchange(groupCtx, c, deployer, poolEther, tokens[i]); err != nil {
				return err
			}
			if err := exchanges[i].give(groupCtx, traders[i].address, inventory); err != nil {
				return err
			}
			return exchanges[i].approve(groupCtx, traders[i])
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.cheap, s.dear, s.buyer, s.seller = exchanges[0], exchanges[1], traders[0], traders[1]
	for i, id := range rollups {
		price := new(big.Rat).SetFrac(poolEther, tokens[i])
		s.line("rollup %s  pool of %s ETH and %3s TOK  1 TOK costs %s ETH  router %s",
			id, units(poolEther, 0), units(tokens[i], 0), price.FloatString(2), exchanges[i].Router)
	}
	s.line("trader %s has %s TOK on each and signs all legs below", traders[0].address, units(inventory, 0))
	return nil
}

// sharedZone picks two rollups that are executed together.
func sharedZone(n *gateway.NetworkStatus) ([]core.RollupID, error) {
	for _, z := range n.Zones {
		if len(z.Rollups) >= 2 {
			return z.Rollups[:2], nil
		}
	}
	return nil, fmt.Errorf("%w: the network has no zone with two rollups", ErrFailed)
}

// afford fails early, and with advice, if an account cannot pay what the demo needs.
func afford(ctx context.Context, a *actor, need *big.Int) error {
	have, err := a.client.BalanceAt(ctx, a.address, nil)
	if err != nil {
		return fmt.Errorf("balance on rollup %s: %w", a.rollup, err)
	}
	if have.Cmp(need) < 0 {
		return fmt.Errorf("%w: account %s has %s on rollup %s and needs %s; the demo pays from a devnet's development accounts, which `make devnet ARGS=--fresh` fills again",
			ErrFunds, a.address, inEther(have), a.rollup, inEther(need))
	}
	return nil
}
