package solver

import (
	"math/big"
	"slices"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
)

// Job is what has to be priced: an order, or what is left of it.
type Job struct {
	// Origin is where the input is taken, Destination where the output is paid.
	Origin, Destination core.RollupID
	// Input and Output are the symbols of the tokens; Output may be Ether.
	Input, Output string
	// Amount is the order's whole input, Limit the least output for it; a part costs its share, rounded up.
	Amount, Limit *big.Int
	// Left is what of the input is not filled yet.
	Left *big.Int
	// Partial: less than what is left may be filled.
	Partial bool
}

// LimitOf is the least output for a part of the input.
func (j *Job) LimitOf(input *big.Int) *big.Int {
	return orders.MinOutput(orders.Intent{InputAmount: j.Amount, MinOutput: j.Limit}, input)
}

// divUp divides, rounds up and keeps the result in a.
func divUp(a, b *big.Int) *big.Int {
	_, rest := a.QuoRem(a, b, new(big.Int))
	if rest.Sign() > 0 {
		a.Add(a, big.NewInt(1))
	}
	return a
}

// View is everything else that a price depends on, as it was at one moment. Pricing reads it only.
type View struct {
	// Pools are the known markets.
	Pools map[Place]Pool
	// Usable is what may be spent: balances without what is to be kept. Ether stands under the symbol Ether.
	Usable map[Place]*big.Int
	// GasPrice is what a unit of gas costs, in wei.
	GasPrice map[core.RollupID]*big.Int
}

func (v *View) usable(rollup core.RollupID, symbol string) *big.Int {
	if amount := v.Usable[Place{rollup, symbol}]; amount != nil && amount.Sign() > 0 {
		return amount
	}
	return new(big.Int)
}

// Route says where the output comes from and where the input goes to.
type Route struct {
	// Buy is the rollup on whose pool the output is bought in the same bundle; zero: it is taken from the inventory. Where it is
	// not the order's destination, the inventory there gives and the one here is filled up again.
	Buy core.RollupID
	// Sell is the rollup on whose pool the input is sold in the same bundle; zero: it is kept.
	Sell core.RollupID
}

// Terms are what the solver asks for itself.
type Terms struct {
	// Margin is its share of the input's value, in basis points (1/10000).
	Margin uint64
	// MaxOrder is the most that the input of one bid may be worth, in wei; nil: no limit.
	MaxOrder *big.Int
	// Gas is what the legs of a route use; see GasUse.
	Gas GasUse
}

// GasUse is what each kind of leg uses.
type GasUse struct{ Buy, Fill, Claim, Sell uint64 }

// Quote is an offer for a job by a route.
type Quote struct {
	Route
	// Input is how much of the order's input is taken, Output what is given for it, Surplus what that is above the limit.
	Input, Output, Surplus *big.Int
	// Value is what the input is worth, Spent what the output costs, Gas the fees of all legs: in wei. Legs on pools carry out
	// exactly these amounts; what is kept or taken from the inventory is valued at what it would cost to trade it now.
	Value, Spent, Gas *big.Int
	// Profit is Value - Spent - Gas.
	Profit *big.Int
}

// pricing is a job seen along one route. Value and output are in the same unit in between: wei, or where both sides are the
// same token of the inventory, that token.
type pricing struct {
	job   *Job
	terms *Terms
	// value is what an amount of the input is worth, output what one gets for so much of that worth, cost its inverse.
	value, output func(*big.Int) *big.Int
	cost          func(*big.Int) (*big.Int, bool)
	// gas is the fees; gasWei the same in wei.
	gas, gasWei *big.Int
	// most is the most of the input that can be taken, funds the most of the worth that can be spent, stock the most of the
	// output that is there; nil: no limit.
	most, funds, stock *big.Int
	wei                func(*big.Int) *big.Int
}

// Price gives the best offer for a job among the routes, or the reason why there is none. Routes that cannot be gone are
// passed over.
func Price(job *Job, view *View, routes []Route, terms *Terms) (*Quote, error) {
	var best *Quote
	err := ErrNoMarket
	for _, route := range routes {
		p, ok := newPricing(job, view, route, terms)
		if !ok {
			continue
		}
		q, why := p.best(route)
		if why != nil {
			if best == nil {
				err = telling(err, why)
			}
			continue
		}
		if best == nil || q.betterThan(best) {
			best, err = q, nil
		}
	}
	return best, err
}

// telling is the reason that says more: one that comes closer to an offer.
func telling(a, b error) error {
	ranks := []error{errBusy, ErrNoMarket, ErrTooLarge, ErrInventory, ErrUnprofitable}
	if slices.Index(ranks, b) > slices.Index(ranks, a) {
		return b
	}
	return a
}

func (q *Quote) betterThan(other *Quote) bool {
	if c := q.Surplus.Cmp(other.Surplus); c != 0 {
		return c > 0
	}
	return q.Profit.Cmp(other.Profit) > 0
}

// newPricing puts together what a route costs; false where a market is missing.
func newPricing(job *Job, view *View, route Route, terms *Terms) (*pricing, bool) {
	p := &pricing{job: job, terms: terms, most: new(big.Int).Set(job.Left), wei: func(x *big.Int) *big.Int { return x }}
	gas, ok := view.gasOf(job, route, terms.Gas)
	if !ok {
		return nil, false
	}
	p.gas, p.gasWei = gas, gas
	if !p.sellSide(view, route) || !p.buySide(view, route) {
		return nil, false
	}
	if job.Input == job.Output && route == (Route{}) {
		return p, p.sameToken(view)
	}
	return p, true
}

// sellSide says what the input is worth.
func (p *pricing) sellSide(view *View, route Route) bool {
	symbol := p.job.Input
	if route.Sell == 0 {
		pools := view.poolsOf(symbol)
		p.value = func(x *big.Int) *big.Int { return best(pools, x, Pool.Sell) }
		return len(pools) > 0
	}
	pool, ok := view.Pools[Place{route.Sell, symbol}]
	p.value = pool.Sell
	if route.Sell != p.job.Origin {
		p.most = least(p.most, view.usable(route.Sell, symbol))
	}
	return ok
}

// buySide says what the output costs.
func (p *pricing) buySide(view *View, route Route) bool {
	symbol := p.job.Output
	if route.Buy != p.job.Destination {
		p.stock = view.usable(p.job.Destination, symbol)
	}
	if symbol == Ether {
		p.output = func(w *big.Int) *big.Int { return new(big.Int).Set(w) }
		p.cost = func(o *big.Int) (*big.Int, bool) { return o, true }
		return route.Buy == 0
	}
	if route.Buy == 0 {
		pools := view.poolsOf(symbol)
		p.output = func(w *big.Int) *big.Int { return best(pools, w, Pool.Buy) }
		p.cost = func(o *big.Int) (*big.Int, bool) { return cheapest(pools, o) }
		return len(pools) > 0
	}
	pool, ok := view.Pools[Place{route.Buy, symbol}]
	p.output, p.cost = pool.Buy, pool.Cost
	p.funds = view.usable(route.Buy, Ether)
	return ok
}

// sameToken prices a token that is the same on both rollups: one for one, and the fees in that token.
func (p *pricing) sameToken(view *View) bool {
	pools := view.poolsOf(p.job.Input)
	gas, found := (*big.Int)(nil), false
	for _, pool := range pools {
		if tokens, ok := pool.Worth(p.gasWei); ok && (!found || tokens.Cmp(gas) < 0) {
			gas, found = tokens, true
		}
	}
	p.wei, p.gas = p.value, gas
	p.value = func(x *big.Int) *big.Int { return new(big.Int).Set(x) }
	p.output = p.value
	p.cost = func(o *big.Int) (*big.Int, bool) { return o, true }
	return found
}

// gasOf are the fees of a route's legs, in wei.
func (v *View) gasOf(job *Job, route Route, use GasUse) (*big.Int, bool) {
	total := new(big.Int)
	for _, leg := range []struct {
		rollup core.RollupID
		gas    uint64
	}{{route.Buy, use.Buy}, {job.Destination, use.Fill}, {job.Origin, use.Claim}, {route.Sell, use.Sell}} {
		if leg.rollup == 0 {
			continue
		}
		price := v.GasPrice[leg.rollup]
		if price == nil {
			return nil, false
		}
		total.Add(total, new(big.Int).Mul(price, new(big.Int).SetUint64(leg.gas)))
	}
	return total, true
}

// poolsOf are all markets of a token.
func (v *View) poolsOf(symbol string) (pools []Pool) {
	for place, pool := range v.Pools {
		if place.Symbol == symbol {
			pools = append(pools, pool)
		}
	}
	return pools
}

// best is the most that one of the pools gives.
func best(pools []Pool, amount *big.Int, trade func(Pool, *big.Int) *big.Int) *big.Int {
	most := new(big.Int)
	for _, pool := range pools {
		if got := trade(pool, amount); got.Cmp(most) > 0 {
			most = got
		}
	}
	return most
}

// cheapest is the least that one of the pools wants.
func cheapest(pools []Pool, tokens *big.Int) (*big.Int, bool) {
	var ether *big.Int
	for _, pool := range pools {
		if cost, ok := pool.Cost(tokens); ok && (ether == nil || cost.Cmp(ether) < 0) {
			ether = cost
		}
	}
	return ether, ether != nil
}

func least(a, b *big.Int) *big.Int {
	if b.Cmp(a) < 0 {
		return new(big.Int).Set(b)
	}
	return a
}
