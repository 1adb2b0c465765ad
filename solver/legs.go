package solver

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/uniswaprouter"
	"github.com/lockstep-network/lockstep/gen/bindings/wrappedether"
)

var (
	router = uniswaprouter.NewIUniswapV2Router()
	erc20  = wrappedether.NewIWrappedEther()
)

// kind is what a leg is for.
type kind uint8

const (
	kindBuy kind = iota
	kindFill
	kindClaim
	kindSell
	kinds
)

// call is a leg before it is signed.
type call struct {
	kind   kind
	rollup core.RollupID
	to     common.Address
	value  *big.Int
	data   []byte
	gas    uint64
	// asserts: the settler makes an assertion in it.
	asserts bool
}

// farFuture is the deadline that routers are given: the bundle has its own.
var farFuture = big.NewInt(1 << 40)

// plan is everything that a bundle is made of.
type plan struct {
	order     *order
	quote     *Quote
	filler    common.Address
	salt      common.Hash
	gasLimits [kinds]uint64
}

// calls are the legs of a bid, in their order: the output is bought before it is paid out, and the input taken before it is sold.
func (c *Config) calls(p *plan) ([]call, error) {
	q, o := p.quote, p.order
	fill := orders.Fill{Filler: p.filler, InputAmount: q.Input, OutputAmount: q.Output, Salt: p.salt}
	fillData, err := orders.FillCall(o.order, fill)
	if err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	claimData, err := orders.OpenForCall(o.order, o.signature, fill)
	if err != nil {
		return nil, fmt.Errorf("openFor: %w", err)
	}
	var legs []call
	if q.Buy != 0 {
		legs = append(legs, c.buy(p))
	}
	payment := new(big.Int)
	if o.job.Output == Ether {
		payment = q.Output
	}
	legs = append(legs,
		call{kind: kindFill, rollup: o.job.Destination, to: common.BytesToAddress(o.intent.DestinationSettler[:]), value: payment, data: fillData, asserts: true},
		call{kind: kindClaim, rollup: o.job.Origin, to: o.order.OriginSettler, value: new(big.Int), data: claimData, asserts: true},
	)
	if q.Sell != 0 {
		legs = append(legs, c.sell(p))
	}
	for i := range legs {
		legs[i].gas = p.gasLimits[legs[i].kind]
	}
	return legs, nil
}

// buy spends what the quote says on at least the output.
func (c *Config) buy(p *plan) call {
	q, r := p.quote, c.rollup(p.quote.Buy)
	if p.order.job.Output == WrappedEther {
		return call{kind: kindBuy, rollup: r.ID, to: r.WETH, value: q.Spent, data: erc20.PackDeposit()}
	}
	token, _ := c.addressOf(Place{r.ID, p.order.job.Output}) // the route's pool has it
	data := router.PackSwapExactETHForTokens(q.Output, []common.Address{r.WETH, token}, p.filler, farFuture)
	return call{kind: kindBuy, rollup: r.ID, to: r.Router, value: q.Spent, data: data}
}

// sell gives the input for at least what the bundle costs: if the pool gives less by then, the bundle is void.
func (c *Config) sell(p *plan) call {
	q, r := p.quote, c.rollup(p.quote.Sell)
	if p.order.job.Input == WrappedEther {
		return call{kind: kindSell, rollup: r.ID, to: r.WETH, value: new(big.Int), data: erc20.PackWithdraw(q.Input)}
	}
	token, _ := c.addressOf(Place{r.ID, p.order.job.Input}) // the route's pool has it
	least := new(big.Int).Add(q.Spent, q.Gas)
	data := router.PackSwapExactTokensForETH(q.Input, least, []common.Address{token, r.WETH}, p.filler, farFuture)
	return call{kind: kindSell, rollup: r.ID, to: r.Router, value: new(big.Int), data: data}
}
