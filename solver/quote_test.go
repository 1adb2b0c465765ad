package solver

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

const a, b, c core.RollupID = 901, 902, 903

func ether(milli int64) *big.Int { return new(big.Int).Mul(big.NewInt(milli), big.NewInt(1e15)) }

// usualView is two tokens on three rollups, dear and cheap, with an inventory everywhere.
func usualView() *View {
	return &View{
		Pools: map[Place]Pool{
			{a, "TOK"}:        {Ether: ether(100_000), Token: ether(100_000)},
			{b, "TOK"}:        {Ether: ether(100_000), Token: ether(80_000)},
			{b, "USD"}:        {Ether: ether(50_000), Token: ether(150_000_000)},
			{c, "USD"}:        {Ether: ether(20_000), Token: ether(61_000_000)},
			{a, WrappedEther}: {Wraps: true},
			{b, WrappedEther}: {Wraps: true},
		},
		Usable: map[Place]*big.Int{
			{a, Ether}: ether(50_000), {b, Ether}: ether(50_000), {c, Ether}: ether(50_000),
			{a, "TOK"}: ether(1000), {b, "TOK"}: ether(5000), {b, "USD"}: ether(10_000_000), {c, "USD"}: ether(1_000_000),
		},
		GasPrice: map[core.RollupID]*big.Int{a: big.NewInt(1e9), b: big.NewInt(2e9), c: big.NewInt(1e9)},
	}
}

var usualGas = GasUse{Buy: 130_000, Fill: 110_000, Claim: 130_000, Sell: 120_000}

func allRoutes() (routes []Route) {
	for _, buy := range []core.RollupID{0, a, b, c} {
		for _, sell := range []core.RollupID{0, a, b, c} {
			routes = append(routes, Route{buy, sell})
		}
	}
	return routes
}

func sellTokForUsd() *Job {
	return &Job{Origin: a, Destination: b, Input: "TOK", Output: "USD", Amount: ether(1000), Limit: ether(2_800_000), Left: ether(1000)}
}

func TestAmounts_AreUniswaps(t *testing.T) {
	t.Parallel()
	// As UniswapV2Library's own tests have them.
	if got := AmountOut(big.NewInt(2), big.NewInt(100), big.NewInt(100)); got.Int64() != 1 {
		t.Errorf("getAmountOut(2, 100, 100) = %s, want 1", got)
	}
	if got, ok := AmountIn(big.NewInt(1), big.NewInt(100), big.NewInt(100)); !ok || got.Int64() != 2 {
		t.Errorf("getAmountIn(1, 100, 100) = %s, want 2", got)
	}
	if _, ok := AmountIn(big.NewInt(100), big.NewInt(100), big.NewInt(100)); ok {
		t.Error("a pool gave all that it has")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		x, y, in := number(r, 100), number(r, 100), number(r, 90)
		out := AmountOut(in, x, y)
		// (x·1000 + in·997)·(y - out) ≥ x·1000·y, and one more would break it.
		keeps := func(out *big.Int) bool {
			left := new(big.Int).Add(new(big.Int).Mul(x, feeWhole), new(big.Int).Mul(in, feeLeft))
			left.Mul(left, new(big.Int).Sub(y, out))
			return left.Cmp(new(big.Int).Mul(new(big.Int).Mul(x, feeWhole), y)) >= 0
		}
		if !keeps(out) || keeps(new(big.Int).Add(out, big.NewInt(1))) {
			t.Fatalf("out = %s for %s at %s/%s", out, in, x, y)
		}
		if want, ok := AmountIn(out, x, y); out.Sign() > 0 && (!ok || want.Cmp(new(big.Int).Add(in, big.NewInt(1))) > 0) {
			t.Fatalf("%s buys %s, which costs %s", in, out, want)
		}
	}
}

// number has up to so many bits, and is not zero.
func number(r *rand.Rand, bits int) *big.Int {
	n := new(big.Int)
	for range bits/32 + 1 {
		n.Lsh(n, 32).Or(n, big.NewInt(int64(r.Uint32())))
	}
	n.Rsh(n, uint(n.BitLen()-min(n.BitLen(), 1+r.IntN(bits))))
	return n.Add(n, big.NewInt(1))
}

func randomCase(r *rand.Rand) (*Job, *View, *Terms) {
	view := usualView()
	for place, pool := range view.Pools {
		if !pool.Wraps {
			view.Pools[place] = Pool{Ether: number(r, 80), Token: number(r, 90)}
		}
	}
	for place := range view.Usable {
		view.Usable[place] = number(r, 85)
	}
	for id := range view.GasPrice {
		view.GasPrice[id] = number(r, 36)
	}
	symbols := []string{"TOK", "USD", WrappedEther}
	job := &Job{
		Origin: a, Destination: b, Input: symbols[r.IntN(3)], Output: append(symbols, Ether)[r.IntN(4)],
		Amount: number(r, 80), Limit: number(r, 80), Partial: r.IntN(2) == 0,
	}
	job.Left = new(big.Int).Set(job.Amount)
	if job.Partial {
		job.Left = least(job.Left, number(r, 80))
	}
	terms := &Terms{Margin: r.Uint64N(500), Gas: usualGas}
	if r.IntN(3) == 0 {
		terms.MaxOrder = number(r, 80)
	}
	return job, view, terms
}

func TestPrice_NeverAtALossNorUnderTheLimit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	offers, parts := 0, 0
	for range 6000 {
		job, view, terms := randomCase(r)
		q, err := Price(job, view, allRoutes(), terms)
		if err != nil {
			continue
		}
		offers++
		if q.Input.Cmp(job.Left) < 0 {
			parts++
		}
		checkQuote(t, job, view, terms, q)
	}
	if offers < 500 || parts < 50 {
		t.Errorf("%d offers, %d parts: too few to say anything", offers, parts)
	}
}

func checkQuote(t *testing.T, job *Job, view *View, terms *Terms, q *Quote) {
	t.Helper()
	if q.Input.Sign() <= 0 || q.Input.Cmp(job.Left) > 0 || !job.Partial && q.Input.Cmp(job.Left) != 0 {
		t.Fatalf("%+v takes %s of %s", job, q.Input, job.Left)
	}
	if limit := job.LimitOf(q.Input); q.Output.Cmp(limit) < 0 || new(big.Int).Sub(q.Output, limit).Cmp(q.Surplus) != 0 {
		t.Fatalf("%+v: offers %s (surplus %s) at a limit of %s", job, q.Output, q.Surplus, limit)
	}
	if q.Profit.Sign() < 0 {
		t.Fatalf("%+v: profit %s", job, q.Profit)
	}
	if same := job.Input == job.Output && q.Route == (Route{}); !same && q.Profit.Cmp(marginOf(q.Value, terms.Margin)) < 0 {
		t.Fatalf("%+v: profit %s below the margin of %s", job, q.Profit, q.Value)
	}
	if terms.MaxOrder != nil && q.Value.Cmp(terms.MaxOrder) > 0 {
		t.Fatalf("worth %s, at most %s", q.Value, terms.MaxOrder)
	}
	if q.Buy != job.Destination && q.Output.Cmp(view.usable(job.Destination, job.Output)) > 0 {
		t.Fatalf("%+v by %+v: gives %s, has %s", job, q.Route, q.Output, view.usable(job.Destination, job.Output))
	}
	if q.Buy != 0 && q.Spent.Cmp(view.usable(q.Buy, Ether)) > 0 {
		t.Fatalf("spends %s, has %s", q.Spent, view.usable(q.Buy, Ether))
	}
	if q.Sell != 0 && q.Sell != job.Origin && q.Input.Cmp(view.usable(q.Sell, job.Input)) > 0 {
		t.Fatalf("sells %s, has %s", q.Input, view.usable(q.Sell, job.Input))
	}
	// What the legs on pools do is what they were said to do.
	if q.Sell != 0 && view.Pools[Place{q.Sell, job.Input}].Sell(q.Input).Cmp(q.Value) != 0 {
		t.Fatalf("the input sells for something else than %s", q.Value)
	}
	if q.Buy != 0 && view.Pools[Place{q.Buy, job.Output}].Buy(q.Spent).Cmp(q.Output) < 0 {
		t.Fatalf("%s do not buy %s", q.Spent, q.Output)
	}
}

func TestPrice_IsMonotoneInTheMargin(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	compared := 0
	for range 2500 {
		job, view, terms := randomCase(r)
		job.Partial, job.Left = false, job.Amount
		low, high := *terms, *terms
		high.Margin += 1 + r.Uint64N(300)
		better, _ := Price(job, view, allRoutes(), &low)
		worse, _ := Price(job, view, allRoutes(), &high)
		if worse == nil {
			continue
		}
		compared++
		if better == nil || better.Output.Cmp(worse.Output) < 0 {
			t.Fatalf("%+v: margin %d offers %+v, margin %d offers %+v", job, low.Margin, better, high.Margin, worse)
		}
	}
	if compared < 100 {
		t.Errorf("%d compared", compared)
	}
}

// The part that is chosen gains at least as much as any of many others.
func TestPrice_TakesTheBestPart(t *testing.T) {
	t.Parallel()
	job := &Job{Origin: a, Destination: b, Input: "TOK", Output: "USD", Partial: true, Amount: ether(50_000), Left: ether(50_000), Limit: ether(130_000_000)}
	route, terms := Route{Buy: b, Sell: a}, &Terms{Margin: 20, Gas: usualGas}
	view := usualView()
	q, err := Price(job, view, []Route{route}, terms)
	if err != nil {
		t.Fatal(err)
	}
	if q.Input.Cmp(job.Left) >= 0 || q.Input.Cmp(ether(100)) < 0 {
		t.Errorf("takes %s", q.Input)
	}
	p, _ := newPricing(job, view, route, terms)
	most, _ := p.gain(q.Input)
	for milli := int64(1); milli < 50_000; milli += 71 {
		if gain, ok := p.gain(ether(milli)); ok && new(big.Int).Sub(gain, most).Cmp(big.NewInt(10)) > 0 {
			t.Fatalf("%d/1000 gains %s, the chosen %s gains %s", milli, gain, q.Input, most)
		}
	}
	job.Partial = false
	if _, err := Price(job, view, []Route{route}, terms); !errors.Is(err, ErrUnprofitable) {
		t.Errorf("the whole: %v", err)
	}
}

func TestPrice_SaysWhyThereIsNoOffer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*Job, *View, *Terms)
		route  Route
		want   error
	}{
		{"fine", func(*Job, *View, *Terms) {}, Route{b, a}, nil},
		{"from the inventory", func(*Job, *View, *Terms) {}, Route{}, nil},
		{"bought on a third rollup", func(*Job, *View, *Terms) {}, Route{c, a}, nil},
		{"the limit is too high", func(j *Job, _ *View, _ *Terms) { j.Limit = ether(3_100_000) }, Route{b, a}, ErrUnprofitable},
		{"the margin is too high", func(_ *Job, _ *View, terms *Terms) { terms.Margin = 1500 }, Route{b, a}, ErrUnprofitable},
		{"gas is too dear", func(_ *Job, v *View, _ *Terms) { v.GasPrice[a] = big.NewInt(1e13) }, Route{b, a}, ErrUnprofitable},
		{"unknown token", func(j *Job, _ *View, _ *Terms) { j.Input = "XYZ" }, Route{b, a}, ErrNoMarket},
		{"no pool there", func(*Job, *View, *Terms) {}, Route{a, a}, ErrNoMarket},
		{"too large", func(_ *Job, _ *View, terms *Terms) { terms.MaxOrder = ether(900) }, Route{b, a}, ErrTooLarge},
		{"no inventory", func(_ *Job, v *View, _ *Terms) { v.Usable[Place{b, "USD"}] = ether(1) }, Route{}, ErrInventory},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			job, view, terms := sellTokForUsd(), usualView(), &Terms{Margin: 20, Gas: usualGas}
			test.change(job, view, terms)
			q, err := Price(job, view, []Route{test.route}, terms)
			if !errors.Is(err, test.want) || (q == nil) != (test.want != nil) {
				t.Errorf("got %+v and %v, want %v", q, err, test.want)
			}
		})
	}
}

// Moving a token to another rollup is one for one, less margin and fees.
func TestPrice_MovesATokenOneForOne(t *testing.T) {
	t.Parallel()
	job := &Job{Origin: a, Destination: b, Input: "TOK", Output: "TOK", Amount: ether(1000), Left: ether(1000), Limit: ether(990)}
	q, err := Price(job, usualView(), []Route{{}}, &Terms{Margin: 10, Gas: usualGas})
	if err != nil {
		t.Fatal(err)
	}
	if q.Output.Cmp(ether(998)) < 0 || q.Output.Cmp(ether(999)) > 0 || q.Profit.Sign() <= 0 {
		t.Errorf("%+v", q)
	}
}
