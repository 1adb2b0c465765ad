package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// ErrFailed: a step of the demo did not end as it should.
var ErrFailed = errors.New("demo: not as it should be")

// Options say which network to use.
type Options struct {
	// RPC is the gateway's URL.
	RPC string
	// Artifacts is the folder in which npm installed the contracts.
	Artifacts string
	// Progress gets the report as text while it is made; nil for none.
	Progress io.Writer
}

// The demo's sizes: pools of 1,000 ETH, Token at 1 ETH on the first rollup and at 1.25 ETH on the second, and an
// arbitrage of 10 ETH.
var (
	poolEther  = ether(1000, 1)
	cheapToken = ether(1000, 1)
	dearToken  = ether(800, 1)
	stake      = ether(10, 1)
	inventory  = ether(100, 1)
)

// stage is everything the steps act on.
type stage struct {
	*printer
	client  *client.Client
	network *gateway.NetworkStatus
	// cheap and dear are the exchanges; buyer and seller the arbitrageur's account on each.
	cheap, dear   *exchange
	buyer, seller *actor
	report        *Report
}

// Run plays the demo. The report holds the steps that were played, also when an error ends it early.
func Run(ctx context.Context, options Options) (*Report, error) {
	contracts, err := loadContracts(options.Artifacts)
	if err != nil {
		return nil, err
	}
	c, err := client.Dial(ctx, options.RPC)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	network, err := c.Network(ctx)
	if err != nil {
		return nil, fmt.Errorf("no gateway answers at %s: %w\nstart one with `make devnet`", options.RPC, err)
	}
	s := &stage{printer: newPrinter(options.Progress), client: c, network: network, report: &Report{NetworkID: network.NetworkID}}
	if err := s.setUp(ctx, contracts); err != nil {
		return s.report, err
	}
	for _, step := range []func(context.Context) error{s.arbitrage, s.failingLeg, s.protectedLeg} {
		if err := step(ctx); err != nil {
			return s.report, err
		}
	}
	s.finish()
	return s.report, nil
}

// setUp deploys both exchanges at the same time, makes the price gap and gives the arbitrageur an inventory.
func (s *stage) setUp(ctx context.Context, c *contracts) error {
	rollups, err := sharedZone(s.network)
	if err != nil {
		return err
	}
	s.heading("Deploying Uniswap v2 on rollups %s and %s", rollups[0], rollups[1])
	accounts := devnet.Accounts()
	exchanges := make([]*exchange, len(rollups))
	traders := make([]*actor, len(rollups))
	group, groupCtx := errgroup.WithContext(ctx)
	for i, tokens := range []*big.Int{cheapToken, dearToken} {
		group.Go(func() (err error) {
			eth, err := s.client.Rollup(groupCtx, rollups[i])
			if err != nil {
				return err
			}
			traders[i] = newActor(rollups[i], eth, accounts[1].Key)
			deployer := newActor(rollups[i], eth, accounts[0].Key)
			if exchanges[i], err = deployExchange(groupCtx, c, deployer, poolEther, tokens); err != nil {
				return err
			}
			if err := exchanges[i].give(groupCtx, traders[i].address, inventory); err != nil {
				return err
			}
			return exchanges[i].approve(groupCtx, traders[i])
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	s.cheap, s.dear, s.buyer, s.seller = exchanges[0], exchanges[1], traders[0], traders[1]
	s.line("pool on %s: %s ETH and %s TOK; on %s: %s ETH and %s TOK", rollups[0], inEther(poolEther), inEther(cheapToken), rollups[1], inEther(poolEther), inEther(dearToken))
	s.line("so a TOK costs 1.00 ETH on %s and 1.25 ETH on %s", rollups[0], rollups[1])
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

// holdings is what the demo compares before and after a bundle that must leave no trace.
type holdings struct {
	Ether, Tokens *big.Int
	Nonce         uint64
	Reserves      [2]*big.Int
}

func (x *exchange) holdings(ctx context.Context, who common.Address) (h holdings, err error) {
	if h.Ether, err = x.client.BalanceAt(ctx, who, nil); err != nil {
		return h, err
	}
	if h.Nonce, err = x.client.NonceAt(ctx, who, nil); err != nil {
		return h, err
	}
	if h.Tokens, err = x.tokensOf(ctx, who); err != nil {
		return h, err
	}
	h.Reserves, err = x.reserves(ctx)
	return h, err
}

func (h holdings) equal(other holdings) bool {
	return h.Nonce == other.Nonce && h.Ether.Cmp(other.Ether) == 0 && h.Tokens.Cmp(other.Tokens) == 0 &&
		h.Reserves[0].Cmp(other.Reserves[0]) == 0 && h.Reserves[1].Cmp(other.Reserves[1]) == 0
}

// both reads the holdings on both rollups.
func (s *stage) both(ctx context.Context) (cheap, dear holdings, err error) {
	if cheap, err = s.cheap.holdings(ctx, s.buyer.address); err != nil {
		return
	}
	dear, err = s.dear.holdings(ctx, s.seller.address)
	return
}
