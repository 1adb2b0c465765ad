package solver

import (
	"math/big"

	"github.com/lockstep-network/lockstep/core"
)

// Symbols that need no configuration: a rollup's ether, and the same as a token. Everything is valued in ether.
const (
	Ether        = "ETH"
	WrappedEther = "WETH"
)

// Place is a token on a rollup.
type Place struct {
	Rollup core.RollupID
	Symbol string
}

// Pool is where a token is exchanged for ether on a rollup: a Uniswap v2 pair, or wrapped ether itself. Its methods do not
// change it, nor the amounts that they are given.
type Pool struct {
	// Ether and Token are the pair's reserves in the smallest units.
	Ether, Token *big.Int
	// Wraps: the token is wrapped ether, one for one and without limit.
	Wraps bool
}

// A pair keeps 0.3 % of what is paid in: UniswapV2Library.getAmountOut.
var (
	feeLeft  = big.NewInt(997)
	feeWhole = big.NewInt(1000)
)

// AmountOut is what a Uniswap v2 pair gives for an amount: in·997·out / (in·1000 + in·997) over the reserves, rounded down.
func AmountOut(amount, reserveIn, reserveOut *big.Int) *big.Int {
	if amount.Sign() <= 0 || reserveIn.Sign() <= 0 || reserveOut.Sign() <= 0 {
		return new(big.Int)
	}
	paid := new(big.Int).Mul(amount, feeLeft)
	whole := new(big.Int).Mul(reserveIn, feeWhole)
	whole.Add(whole, paid)
	return paid.Mul(paid, reserveOut).Div(paid, whole)
}

// AmountIn is what a Uniswap v2 pair wants for an amount, rounded up as the pair does; false if it cannot give it.
func AmountIn(amount, reserveIn, reserveOut *big.Int) (*big.Int, bool) {
	if amount.Sign() <= 0 {
		return new(big.Int), amount.Sign() == 0
	}
	if reserveIn.Sign() <= 0 || reserveOut.Cmp(amount) <= 0 {
		return nil, false
	}
	left := new(big.Int).Sub(reserveOut, amount)
	left.Mul(left, feeLeft)
	paid := new(big.Int).Mul(reserveIn, amount)
	paid.Mul(paid, feeWhole).Div(paid, left)
	return paid.Add(paid, big.NewInt(1)), true
}

// Sell is the ether that the pool gives for tokens.
func (p Pool) Sell(tokens *big.Int) *big.Int {
	if p.Wraps {
		return new(big.Int).Set(tokens)
	}
	return AmountOut(tokens, p.Token, p.Ether)
}

// Buy is the tokens that the pool gives for ether.
func (p Pool) Buy(ether *big.Int) *big.Int {
	if p.Wraps {
		return new(big.Int).Set(ether)
	}
	return AmountOut(ether, p.Ether, p.Token)
}

// Cost is the ether that buys tokens; false if the pool does not have them.
func (p Pool) Cost(tokens *big.Int) (*big.Int, bool) {
	if p.Wraps {
		return new(big.Int).Set(tokens), true
	}
	return AmountIn(tokens, p.Ether, p.Token)
}

// Worth is the tokens that have to be sold for ether; false if the pool does not have it.
func (p Pool) Worth(ether *big.Int) (*big.Int, bool) {
	if p.Wraps {
		return new(big.Int).Set(ether), true
	}
	return AmountIn(ether, p.Token, p.Ether)
}
