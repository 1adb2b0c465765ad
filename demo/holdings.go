package demo

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/demo/uniswap"
)

// holdings is what the trader has on one rollup, and the pool there.
type holdings struct {
	Ether, Tokens *big.Int
	Nonce         uint64
	Reserves      [2]*big.Int
}

// position is what the trader has on both rollups; it is compared before and after a bundle.
type position struct{ Cheap, Dear holdings }

func readHoldings(ctx context.Context, x *uniswap.Exchange, who common.Address) (h holdings, err error) {
	if h.Ether, err = x.Eth.BalanceAt(ctx, who, nil); err != nil {
		return h, err
	}
	if h.Nonce, err = x.Eth.NonceAt(ctx, who, nil); err != nil {
		return h, err
	}
	if h.Tokens, err = x.TokensOf(ctx, who); err != nil {
		return h, err
	}
	h.Reserves, err = x.Reserves(ctx)
	return h, err
}

// position reads the holdings on both rollups.
func (s *stage) position(ctx context.Context) (p position, err error) {
	if p.Cheap, err = readHoldings(ctx, s.cheap, s.buyer.Address); err != nil {
		return p, fmt.Errorf("holdings on rollup %s: %w", s.buyer.Rollup, err)
	}
	if p.Dear, err = readHoldings(ctx, s.dear, s.seller.Address); err != nil {
		return p, fmt.Errorf("holdings on rollup %s: %w", s.seller.Rollup, err)
	}
	return p, nil
}

func (h holdings) equal(other holdings) bool {
	return h.Nonce == other.Nonce && h.Ether.Cmp(other.Ether) == 0 && h.Tokens.Cmp(other.Tokens) == 0 &&
		h.Reserves[0].Cmp(other.Reserves[0]) == 0 && h.Reserves[1].Cmp(other.Reserves[1]) == 0
}

func (p position) equal(other position) bool {
	return p.Cheap.equal(other.Cheap) && p.Dear.equal(other.Dear)
}

// gain is what an arbitrage did: ETH spent where the token is cheap and earned where it is dear, fees included, and
// the change of the tokens over both rollups.
type gain struct{ Spent, Earned, Profit, Tokens *big.Int }

func (p position) gainTo(after position) gain {
	g := gain{
		Spent:  new(big.Int).Sub(p.Cheap.Ether, after.Cheap.Ether),
		Earned: new(big.Int).Sub(after.Dear.Ether, p.Dear.Ether),
		Tokens: new(big.Int).Add(after.Cheap.Tokens, after.Dear.Tokens),
	}
	g.Profit = new(big.Int).Sub(g.Earned, g.Spent)
	g.Tokens.Sub(g.Tokens, p.Cheap.Tokens).Sub(g.Tokens, p.Dear.Tokens)
	return g
}
