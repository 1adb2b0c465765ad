package solver

import "math/big"

// basisPoints are a whole.
var basisPoints = big.NewInt(10_000)

// marginOf is the solver's share of a value, rounded up.
func marginOf(value *big.Int, margin uint64) *big.Int {
	share := new(big.Int).Mul(value, new(big.Int).SetUint64(margin))
	return divUp(share, basisPoints)
}

// budget is what may be spent for an input after margin and fees; negative if these are more than it is worth.
func (p *pricing) budget(input *big.Int) *big.Int {
	value := p.value(input)
	left := new(big.Int).Sub(value, marginOf(value, p.terms.Margin))
	return left.Sub(left, p.gas)
}

// offer is the most that can be given for an input, and what is spent on it.
func (p *pricing) offer(input *big.Int) (output, spent *big.Int) {
	spent = p.budget(input)
	if spent.Sign() <= 0 {
		return new(big.Int), new(big.Int)
	}
	if p.funds != nil {
		spent = least(spent, p.funds)
	}
	output = p.output(spent)
	if p.stock != nil {
		output = least(output, p.stock)
	}
	return output, spent
}

// gain is what an input brings beyond margin and fees if its output is just the limit; false if that cannot be had.
func (p *pricing) gain(input *big.Int) (*big.Int, bool) {
	limit := p.job.LimitOf(input)
	cost, ok := p.cost(limit)
	if !ok || p.funds != nil && cost.Cmp(p.funds) > 0 || p.stock != nil && limit.Cmp(p.stock) > 0 {
		return nil, false
	}
	return new(big.Int).Sub(p.budget(input), cost), true
}

// best is the offer along the route: for all that is left, or, where parts are allowed, for the part that gains most.
func (p *pricing) best(route Route) (*Quote, error) {
	p.boundByValue()
	if p.most.Sign() == 0 || !p.job.Partial && p.most.Cmp(p.job.Left) < 0 {
		return nil, ErrTooLarge
	}
	input := p.most
	if p.job.Partial {
		input = p.bestPart()
	}
	output, spent := p.offer(input)
	limit := p.job.LimitOf(input)
	if output.Sign() == 0 || output.Cmp(limit) < 0 {
		if p.stock != nil && limit.Cmp(p.stock) > 0 {
			return nil, ErrInventory
		}
		return nil, ErrUnprofitable
	}
	return p.quote(route, input, output, spent), nil
}

// quote puts an offer into words. What is taken from the inventory is valued at what it costs to buy it back; a leg on a pool
// spends all that it is given.
func (p *pricing) quote(route Route, input, output, spent *big.Int) *Quote {
	if route.Buy == 0 {
		if cost, ok := p.cost(output); ok {
			spent = least(spent, cost)
		}
	}
	value := p.value(input)
	profit := new(big.Int).Sub(value, spent)
	profit = p.wei(profit.Sub(profit, p.gas))
	return &Quote{
		Route: route, Input: new(big.Int).Set(input), Output: output, Surplus: new(big.Int).Sub(output, p.job.LimitOf(input)),
		Value: p.wei(value), Spent: p.wei(spent), Gas: p.gasWei, Profit: profit,
	}
}

// boundByValue lowers the most that is taken until it is worth no more than the largest bid.
func (p *pricing) boundByValue() {
	largest := p.terms.MaxOrder
	if largest == nil {
		return
	}
	p.most = lastWhere(new(big.Int), p.most, func(x *big.Int) bool { return p.wei(p.value(x)).Cmp(largest) <= 0 })
}

// bestPart finds the part that gains most. The gain is concave in the part, apart from rounding: what each further unit is
// worth falls, what its output costs rises.
func (p *pricing) bestPart() *big.Int {
	// Beyond some size the output cannot be had at all.
	high := lastWhere(new(big.Int), p.most, func(x *big.Int) bool { _, ok := p.gain(x); return ok })
	low := big.NewInt(1)
	third := new(big.Int)
	for {
		width := new(big.Int).Sub(high, low)
		if third.Quo(width, big.NewInt(3)).Sign() == 0 {
			break
		}
		left, right := new(big.Int).Add(low, third), new(big.Int).Sub(high, third)
		a, _ := p.gain(left)
		b, _ := p.gain(right)
		if a.Cmp(b) < 0 {
			low = left
		} else {
			high = right
		}
	}
	top := low
	for x := new(big.Int).Add(low, big.NewInt(1)); x.Cmp(high) <= 0; x.Add(x, big.NewInt(1)) {
		a, _ := p.gain(top)
		if b, ok := p.gain(x); ok && (a == nil || b.Cmp(a) > 0) {
			top = new(big.Int).Set(x)
		}
	}
	return p.widen(top)
}

// widen takes all that is left where the search came close to it: what is too small for anybody is of no use to the user.
func (p *pricing) widen(part *big.Int) *big.Int {
	rest := new(big.Int).Sub(p.most, part)
	if rest.Mul(rest, big.NewInt(1000)).Cmp(p.most) > 0 {
		return part
	}
	if whole, ok := p.gain(p.most); ok && whole.Sign() >= 0 {
		return p.most
	}
	return part
}

// lastWhere is the largest number from low to high for which holds is true; it must be so up to some number and not beyond.
// low if there is none.
func lastWhere(low, high *big.Int, holds func(*big.Int) bool) *big.Int {
	if holds(high) {
		return new(big.Int).Set(high)
	}
	low, high = new(big.Int).Set(low), new(big.Int).Set(high)
	for {
		middle := new(big.Int).Add(low, high)
		middle.Rsh(middle, 1)
		if middle.Cmp(low) == 0 {
			return low
		}
		if holds(middle) {
			low = middle
		} else {
			high = middle
		}
	}
}
