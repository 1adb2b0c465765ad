package uniswap

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/demo/actor"
)

// Exchange is Uniswap v2 on one rollup with one pool, Token/WETH.
type Exchange struct {
	// Account deployed it, and owns the tokens that are not in the pool.
	*actor.Account
	contracts *Contracts
	Factory   common.Address
	Router    common.Address
	WETH      common.Address
	Token     common.Address
	Pair      common.Address
}

// farFuture is the deadline given to the router: the demo's own limits are the bundle's notAfter.
var farFuture = big.NewInt(1 << 40)

// Deploy deploys the contracts and fills the pool with ethers ETH and tokens Token.
func Deploy(ctx context.Context, c *Contracts, a *actor.Account, ethers, tokens *big.Int) (*Exchange, error) {
	x := &Exchange{Account: a, contracts: c}
	supply := new(big.Int).Mul(tokens, big.NewInt(10))
	for _, step := range []struct {
		name     string
		artifact *Artifact
		into     *common.Address
		args     func() []any
	}{
		{"WETH9", &c.WETH, &x.WETH, func() []any { return nil }},
		{"UniswapV2Factory", &c.Factory, &x.Factory, func() []any { return []any{a.Address} }},
		{"UniswapV2Router02", &c.Router, &x.Router, func() []any { return []any{x.Factory, x.WETH} }},
		{"ERC20", &c.Token, &x.Token, func() []any { return []any{supply} }},
	} {
		code, err := step.artifact.deployment(step.args()...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
		if *step.into, err = a.Deploy(ctx, code); err != nil {
			return nil, fmt.Errorf("deploy %s on rollup %s: %w", step.name, a.Rollup, err)
		}
	}
	if err := x.fill(ctx, ethers, tokens); err != nil {
		return nil, fmt.Errorf("fill the pool on rollup %s: %w", a.Rollup, err)
	}
	return x, nil
}

// fill approves the router and adds the liquidity, which creates the pair.
func (x *Exchange) fill(ctx context.Context, ethers, tokens *big.Int) error {
	if err := x.Approve(ctx, x.Account, x.Router); err != nil {
		return err
	}
	data, err := x.contracts.Router.ABI.Pack("addLiquidityETH", x.Token, tokens, tokens, ethers, x.Address, farFuture)
	if err != nil {
		return err
	}
	if _, err := x.Send(ctx, actor.Call{To: &x.Router, Value: ethers, Data: data}); err != nil {
		return fmt.Errorf("addLiquidityETH: %w", err)
	}
	out, err := x.view(ctx, &x.contracts.Factory, x.Factory, "getPair", x.Token, x.WETH)
	if err != nil {
		return err
	}
	x.Pair = out[0].(common.Address)
	return nil
}

// Approve lets a spender, the router for example, take all of an account's tokens.
func (x *Exchange) Approve(ctx context.Context, a *actor.Account, spender common.Address) error {
	all := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	data, err := x.contracts.Token.ABI.Pack("approve", spender, all)
	if err != nil {
		return err
	}
	if _, err := a.Send(ctx, actor.Call{To: &x.Token, Data: data}); err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	return nil
}

// Give moves tokens of the deployer to somebody.
func (x *Exchange) Give(ctx context.Context, to common.Address, tokens *big.Int) error {
	data, err := x.contracts.Token.ABI.Pack("transfer", to, tokens)
	if err != nil {
		return err
	}
	if _, err := x.Send(ctx, actor.Call{To: &x.Token, Data: data}); err != nil {
		return fmt.Errorf("transfer tokens: %w", err)
	}
	return nil
}

// Buy is the call that spends ethers on at least minTokens.
func (x *Exchange) Buy(to common.Address, ethers, minTokens *big.Int) (actor.Call, error) {
	data, err := x.contracts.Router.ABI.Pack("swapExactETHForTokens", minTokens, []common.Address{x.WETH, x.Token}, to, farFuture)
	return actor.Call{To: &x.Router, Value: ethers, Data: data}, err
}

// Sell is the call that gives tokens for at least minEthers.
func (x *Exchange) Sell(to common.Address, tokens, minEthers *big.Int) (actor.Call, error) {
	data, err := x.contracts.Router.ABI.Pack("swapExactTokensForETH", tokens, minEthers, []common.Address{x.Token, x.WETH}, to, farFuture)
	return actor.Call{To: &x.Router, Data: data}, err
}

// Quote is what the pool gives for amount of the first token of path.
func (x *Exchange) Quote(ctx context.Context, amount *big.Int, path ...common.Address) (*big.Int, error) {
	out, err := x.view(ctx, &x.contracts.Router, x.Router, "getAmountsOut", amount, path)
	if err != nil {
		return nil, err
	}
	amounts := out[0].([]*big.Int)
	return amounts[len(amounts)-1], nil
}

// TokensOf is somebody's token balance.
func (x *Exchange) TokensOf(ctx context.Context, who common.Address) (*big.Int, error) {
	out, err := x.view(ctx, &x.contracts.Token, x.Token, "balanceOf", who)
	if err != nil {
		return nil, err
	}
	return out[0].(*big.Int), nil
}

// Reserves are the pool's reserves in the pair's own order.
func (x *Exchange) Reserves(ctx context.Context) ([2]*big.Int, error) {
	out, err := x.view(ctx, &x.contracts.Pair, x.Pair, "getReserves")
	if err != nil {
		return [2]*big.Int{}, err
	}
	return [2]*big.Int{out[0].(*big.Int), out[1].(*big.Int)}, nil
}

// view calls a view function and unpacks its results.
func (x *Exchange) view(ctx context.Context, c *Artifact, at common.Address, method string, args ...any) ([]any, error) {
	data, err := c.ABI.Pack(method, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	out, err := x.Read(ctx, at, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return c.ABI.Unpack(method, out)
}
