package demo

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// exchange is Uniswap v2 on one rollup with one pool, Token/WETH.
type exchange struct {
	*actor
	contracts *contracts
	Factory   common.Address
	Router    common.Address
	WETH      common.Address
	Token     common.Address
	Pair      common.Address
}

// farFuture is the deadline given to the router: the demo's own limits are the bundle's notAfter.
var farFuture = big.NewInt(1 << 40)

// deployExchange deploys the contracts and fills the pool with ethers ETH and tokens Token.
func deployExchange(ctx context.Context, c *contracts, a *actor, ethers, tokens *big.Int) (*exchange, error) {
	x := &exchange{actor: a, contracts: c}
	supply := new(big.Int).Mul(tokens, big.NewInt(10))
	for _, step := range []struct {
		name     string
		artifact *artifact
		into     *common.Address
		args     func() []any
	}{
		{"WETH9", &c.WETH, &x.WETH, func() []any { return nil }},
		{"UniswapV2Factory", &c.Factory, &x.Factory, func() []any { return []any{a.address} }},
		{"UniswapV2Router02", &c.Router, &x.Router, func() []any { return []any{x.Factory, x.WETH} }},
		{"ERC20", &c.Token, &x.Token, func() []any { return []any{supply} }},
	} {
		code, err := step.artifact.deployment(step.args()...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		if *step.into, err = a.deploy(ctx, code); err != nil {
			return nil, fmt.Errorf("deploy %s on rollup %s: %w", step.name, a.rollup, err)
		}
	}
	if err := x.fill(ctx, ethers, tokens); err != nil {
		return nil, fmt.Errorf("fill the pool on rollup %s: %w", a.rollup, err)
	}
	return x, nil
}

// fill approves the router and adds the liquidity, which creates the pair.
func (x *exchange) fill(ctx context.Context, ethers, tokens *big.Int) error {
	if err := x.approve(ctx, x.actor); err != nil {
		return err
	}
	data, err := x.contracts.Router.ABI.Pack("addLiquidityETH", x.Token, tokens, tokens, ethers, x.address, farFuture)
	if err != nil {
		return err
	}
	if _, err := x.send(ctx, call{To: &x.Router, Value: ethers, Data: data}); err != nil {
		return fmt.Errorf("addLiquidityETH: %w", err)
	}
	out, err := x.read(ctx, &x.contracts.Factory, x.Factory, "getPair", x.Token, x.WETH)
	if err != nil {
		return err
	}
	x.Pair = out[0].(common.Address)
	return nil
}

// approve lets the router spend all of the actor's tokens.
func (x *exchange) approve(ctx context.Context, a *actor) error {
	all := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	data, err := x.contracts.Token.ABI.Pack("approve", x.Router, all)
	if err != nil {
		return err
	}
	if _, err := a.send(ctx, call{To: &x.Token, Data: data}); err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	return nil
}

// give moves tokens of the deployer to somebody.
func (x *exchange) give(ctx context.Context, to common.Address, tokens *big.Int) error {
	data, err := x.contracts.Token.ABI.Pack("transfer", to, tokens)
	if err != nil {
		return err
	}
	if _, err := x.send(ctx, call{To: &x.Token, Data: data}); err != nil {
		return fmt.Errorf("transfer tokens: %w", err)
	}
	return nil
}

// buy is the call that spends ethers on at least minTokens.
func (x *exchange) buy(to common.Address, ethers, minTokens *big.Int) (call, error) {
	data, err := x.contracts.Router.ABI.Pack("swapExactETHForTokens", minTokens, []common.Address{x.WETH, x.Token}, to, farFuture)
	return call{To: &x.Router, Value: ethers, Data: data}, err
}

// sell is the call that gives tokens for at least minEthers.
func (x *exchange) sell(to common.Address, tokens, minEthers *big.Int) (call, error) {
	data, err := x.contracts.Router.ABI.Pack("swapExactTokensForETH", tokens, minEthers, []common.Address{x.Token, x.WETH}, to, farFuture)
	return call{To: &x.Router, Data: data}, err
}

// quote is what the pool gives for amount of the first token of path.
func (x *exchange) quote(ctx context.Context, amount *big.Int, path ...common.Address) (*big.Int, error) {
	out, err := x.read(ctx, &x.contracts.Router, x.Router, "getAmountsOut", amount, path)
	if err != nil {
		return nil, err
	}
	amounts := out[0].([]*big.Int)
	return amounts[len(amounts)-1], nil
}

// tokensOf is somebody's token balance.
func (x *exchange) tokensOf(ctx context.Context, who common.Address) (*big.Int, error) {
	out, err := x.read(ctx, &x.contracts.Token, x.Token, "balanceOf", who)
	if err != nil {
		return nil, err
	}
	return out[0].(*big.Int), nil
}

// reserves are the pool's reserves in the pair's own order.
func (x *exchange) reserves(ctx context.Context) ([2]*big.Int, error) {
	out, err := x.read(ctx, &x.contracts.Pair, x.Pair, "getReserves")
	if err != nil {
		return [2]*big.Int{}, err
	}
	return [2]*big.Int{out[0].(*big.Int), out[1].(*big.Int)}, nil
}
