package solver

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// connected is a solver that is set up, without its loop.
func connected(t *testing.T, w *world, cfg Config) *session {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	chains, err := s.setUp(t.Context(), w.gate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll(chains) })
	x := &session{Solver: s, gate: w.gate, chains: chains, stale: true, due: true}
	if err := x.act(t.Context()); err != nil {
		t.Fatal(err)
	}
	return x
}

// On a real network: prices are the router's, and bundles of every route take effect in the simulation, as priced.
func TestBundles_OnADevnet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stock(t, 0, 4, ether(10_000))
	w.stock(t, 1, 4, ether(10_000))
	x := connected(t, w, w.config(t, 4, Both, 10))
	t.Run("prices", func(t *testing.T) { checkPrices(t, w, x) })
	t.Run("what is missing", func(t *testing.T) { checkMissing(t, w) })
	for _, test := range []struct {
		name  string
		wish  wish
		route Route
	}{
		{"from the inventory", wish{input: ether(1000), limit: ether(700)}, Route{}},
		{"through both pools", wish{input: ether(1000), limit: ether(700)}, Route{w.rollups[1], w.rollups[0]}},
		{"bought, and kept", wish{input: ether(1000), limit: ether(700)}, Route{Buy: w.rollups[1]}},
		{"from the inventory, and sold", wish{input: ether(1000), limit: ether(700)}, Route{Sell: w.rollups[0]}},
		{"sold where it is dear, bought where it is cheap", wish{input: ether(1000), limit: ether(900)}, Route{w.rollups[0], w.rollups[1]}},
		{"for ether", wish{input: ether(1000), limit: ether(900), ether: true}, Route{Sell: w.rollups[0]}},
		{"a part", wish{input: ether(40_000), limit: ether(26_000), partial: true}, Route{w.rollups[1], w.rollups[0]}},
	} {
		t.Run(test.name, func(t *testing.T) { checkBundle(t, w, x, test.wish, test.route) })
	}
}

// A solver that cannot work ends at its start, and says what the file has to say instead.
func checkMissing(t *testing.T, w *world) {
	t.Helper()
	for name, change := range map[string]func(*Config) string{
		"router": func(c *Config) string { c.Rollups[0].Router = common.Address{1}; return "the address of the router" },
		"settler": func(c *Config) string {
			c.Rollups[1].Settler = common.Address{1}
			return "the address of the settler (`lockstep contracts deploy` makes it)"
		},
		"factory": func(c *Config) string { c.Rollups[1].Factory = c.Rollups[1].WETH; return "does not know the call" },
		"rollup": func(c *Config) string {
			c.Rollups[1].ID = 999
			c.Tokens = nil
			return "rollup 999 is not in the zone of rollup 901"
		},
		"token": func(c *Config) string {
			c.Tokens[0].Addresses[w.rollups[0]] = common.Address{1}
			return "the address of the token TOK"
		},
		"decimals": func(c *Config) string { c.Tokens[0].Decimals = 6; return "has 18 decimals, the configuration says 6" },
		"ether": func(c *Config) string {
			c.Rollups[0].Keep = ether(1e9)
			return "less than the 1000000.000000 that it is to keep for gas"
		},
	} {
		cfg := w.config(t, 4, Both, 10)
		want := change(&cfg)
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(t.Context()); !errors.Is(err, ErrSetup) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func checkPrices(t *testing.T, w *world, x *session) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	for i, exchange := range w.exchanges {
		pool := x.snap.pools[Place{w.rollups[i], "TOK"}]
		for range 20 {
			amount := number(r, 70)
			for _, way := range []struct {
				got  *big.Int
				path []common.Address
			}{{pool.Buy(amount), []common.Address{exchange.WETH, exchange.Token}}, {pool.Sell(amount), []common.Address{exchange.Token, exchange.WETH}}} {
				answer, err := x.chains[i].call(t.Context(), exchange.Router, router.PackGetAmountsOut(amount, way.path))
				if err != nil {
					t.Fatal(err)
				}
				amounts, err := router.UnpackGetAmountsOut(answer)
				if err != nil || amounts[1].Cmp(way.got) != 0 {
					t.Fatalf("%s along %s gives %s, the router says %s (%v)", amount, way.path, way.got, amounts, err)
				}
			}
		}
	}
}

func checkBundle(t *testing.T, w *world, x *session, what wish, route Route) {
	t.Helper()
	o, err := x.cfg.read(w.view(t, what), x.now())
	if err != nil {
		t.Fatal(err)
	}
	a := x.accounts[0]
	view := x.snap.view(&x.cfg, a)
	q, err := Price(&o.job, view, []Route{route}, &Terms{Margin: 10, MaxOrder: x.cfg.MaxOrder, Gas: o.gas})
	if err != nil {
		t.Fatal(err)
	}
	if what.partial == (q.Input.Cmp(what.input) == 0) {
		t.Errorf("takes %s of %s", q.Input, what.input)
	}
	p := &plan{order: o, quote: q, filler: a.address}
	for k := range p.gasLimits {
		p.gasLimits[k] = simulationGas
	}
	b, calls, err := x.sign(p, a)
	if err != nil {
		t.Fatal(err)
	}
	simulated, err := x.gate.SimulateBundle(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if !simulated.OK || len(simulated.Assertions) != 2 {
		t.Fatalf("%s: %+v", reasonOf(simulated), simulated)
	}
	var gas []uint64
	for i, leg := range simulated.Legs {
		gas = append(gas, leg.GasUsed)
		if calls[i].kind == kindSell {
			checkSold(t, simulated.Legs[i].ReturnData, q.Value)
		}
	}
	t.Logf("%s in, %s out, profit %s, gas %d", decimal(q.Input, 18), decimal(q.Output, 18), decimal(q.Profit, 18), gas)
	// Alone no leg can be executed, so nobody can take one out of the bundle.
	for _, leg := range b.Legs {
		lone := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: b.NotAfter, Legs: []core.Leg{leg}}
		if s, err := x.gate.SimulateBundle(t.Context(), lone); err == nil && s.OK {
			t.Error("a leg takes effect alone")
		}
	}
}

// checkSold compares what the router says that it paid with the price.
func checkSold(t *testing.T, output []byte, want *big.Int) {
	t.Helper()
	amounts, err := router.UnpackSwapExactTokensForETH(output)
	if err != nil || amounts[1].Cmp(want) != 0 {
		t.Errorf("sold for %s (%v), want %s", amounts, err, want)
	}
}
