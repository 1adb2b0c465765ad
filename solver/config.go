package solver

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/core"
)

// Strategy says where the output of an order may come from, and where its input may go.
type Strategy string

const (
	// Inventory: from and into the solver's own accounts.
	Inventory Strategy = "inventory"
	// Pools: bought and sold in the order's own bundle.
	Pools Strategy = "pools"
	// Both: whichever offers more.
	Both Strategy = "both"
)

// Config is what the owner of a solver chooses.
type Config struct {
	// Gateway is the root URL of the gateway whose orders are watched, ws:// or wss://.
	Gateway string
	// Keys are the accounts, the same on all rollups. Each has its own inventory and works on one bid at a time on each rollup.
	Keys []*ecdsa.PrivateKey
	// Rollups are those that orders may come from and go to; at least two, of one zone.
	Rollups []Rollup
	// Tokens are those that are traded. Ether and each rollup's wrapped ether (WETH) are known without being listed.
	Tokens []Token
	// Strategy says which routes are used.
	Strategy Strategy
	// Margin is what the solver keeps of the input's value, in basis points (1/10000), at most 5000.
	Margin uint64
	// MarginFloor is how far the margin may fall for a pair of tokens whose auctions are lost to better offers; it rises again with
	// those that are won. Equal to Margin: nothing is learned.
	MarginFloor uint64
	// MaxOrder is the most that the input of one bid may be worth, in wei. Larger orders that allow parts are filled in parts.
	MaxOrder *big.Int
	// BundleLife is how long a bid stays valid, from 1 s to 5 min. It must outlast the auction.
	BundleLife time.Duration
	// Tip is the priority fee per unit of gas in wei; MaxGasPrice is above which nothing is offered.
	Tip, MaxGasPrice *big.Int
	// Logger takes the log; nil for none.
	Logger *slog.Logger
	// Metrics gets the solver's metrics; nil for none.
	Metrics *prometheus.Registry
}

// Rollup is a rollup with the contracts that the solver uses there.
type Rollup struct {
	ID core.RollupID
	// Router, Factory and WETH are those of a Uniswap v2.
	Router, Factory, WETH common.Address
	// Settler is the IntentSettler.
	Settler common.Address
	// Keep is the ether that every account keeps for gas, in wei.
	Keep *big.Int
}

// Token is one asset, and where it lives. The solver takes it to be worth the same everywhere.
type Token struct {
	Symbol    string
	Decimals  uint8
	Addresses map[core.RollupID]common.Address
	// Keep is what every account keeps of it on each rollup, in the smallest unit.
	Keep *big.Int
}

// Limits of the configuration.
const (
	maxMargin               = 5000
	minLife, maxLife        = time.Second, 5 * time.Minute
	fewestRollups, mostKeys = 2, 64
)

// Validate reports all problems at once; they wrap ErrConfig. What only the network can tell is checked by Run.
func (c *Config) Validate() error {
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{ErrConfig}, args...)...))
	}
	if u, err := url.Parse(c.Gateway); err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		fail("gateway is %q, want a WebSocket URL such as ws://127.0.0.1:8545: orders come by subscription", c.Gateway)
	}
	if n := len(c.Keys); n == 0 || n > mostKeys {
		fail("keys: there are %d, want 1 to %d", n, mostKeys)
	}
	if !slices.Contains([]Strategy{Inventory, Pools, Both}, c.Strategy) {
		fail("strategy is %q, want inventory, pools or both", c.Strategy)
	}
	if c.Margin > maxMargin {
		fail("margin is %d basis points, want at most %d", c.Margin, maxMargin)
	}
	if c.MarginFloor > c.Margin {
		fail("marginFloor is %d basis points, want at most margin, which is %d", c.MarginFloor, c.Margin)
	}
	if c.BundleLife < minLife || c.BundleLife > maxLife {
		fail("bundleLife is %s, want %s to %s", c.BundleLife, minLife, maxLife)
	}
	for _, amount := range []struct {
		name  string
		value *big.Int
		least int64
	}{{"maxOrder", c.MaxOrder, 1}, {"gas.tip", c.Tip, 0}, {"gas.maxPrice", c.MaxGasPrice, 1}} {
		if amount.value == nil || amount.value.Cmp(big.NewInt(amount.least)) < 0 {
			fail("%s is missing or too small", amount.name)
		}
	}
	c.checkRollups(fail)
	c.checkTokens(fail)
	return errors.Join(problems...)
}

func (c *Config) checkRollups(fail func(string, ...any)) {
	if len(c.Rollups) < fewestRollups {
		fail("rollups: there are %d, want at least %d: an order goes from one to another", len(c.Rollups), fewestRollups)
	}
	seen := make(map[core.RollupID]bool)
	for i, r := range c.Rollups {
		if r.ID == 0 || seen[r.ID] {
			fail("rollups[%d].id is %s, want a chain id that no other entry has", i, r.ID)
		}
		seen[r.ID] = true
		for name, address := range map[string]common.Address{"router": r.Router, "factory": r.Factory, "weth": r.WETH, "settler": r.Settler} {
			if address == (common.Address{}) {
				fail("rollups[%d].%s is missing: rollup %s needs its address", i, name, r.ID)
			}
		}
		if r.Keep == nil || r.Keep.Sign() <= 0 {
			fail("rollups[%d].keep is missing or zero: an account needs ether for gas", i)
		}
	}
}

func (c *Config) checkTokens(fail func(string, ...any)) {
	symbols := map[string]bool{Ether: true, WrappedEther: true}
	addresses := make(map[core.RollupID]map[common.Address]string)
	for _, r := range c.Rollups {
		addresses[r.ID] = map[common.Address]string{r.WETH: WrappedEther}
	}
	for i, t := range c.Tokens {
		if t.Symbol == "" || strings.ContainsAny(t.Symbol, " \t\n") || symbols[t.Symbol] {
			fail("tokens[%d].symbol is %q, want a word that no other token has; %s and %s are known already", i, t.Symbol, Ether, WrappedEther)
		}
		symbols[t.Symbol] = true
		if len(t.Addresses) == 0 {
			fail("tokens[%d].addresses is empty: %s needs an address on at least one rollup", i, t.Symbol)
		}
		for id, address := range t.Addresses {
			known := addresses[id]
			if known == nil {
				fail("tokens[%d].addresses has rollup %s, which is not among rollups", i, id)
				continue
			}
			if other, taken := known[address]; taken || address == (common.Address{}) {
				fail("tokens[%d].addresses: %s on rollup %s is the address of %q already, or zero", i, address, id, other)
			}
			known[address] = t.Symbol
		}
		if t.Keep == nil || t.Keep.Sign() < 0 {
			fail("tokens[%d].keep is missing or negative", i)
		}
	}
}

func (c *Config) rollup(id core.RollupID) *Rollup {
	for i := range c.Rollups {
		if c.Rollups[i].ID == id {
			return &c.Rollups[i]
		}
	}
	return nil
}

// symbolOf finds a token by its address; empty if it is not one of ours.
func (c *Config) symbolOf(id core.RollupID, address common.Address) string {
	if r := c.rollup(id); r != nil && r.WETH == address {
		return WrappedEther
	}
	for _, t := range c.Tokens {
		if t.Addresses[id] == address {
			return t.Symbol
		}
	}
	return ""
}

// addressOf is a token's address on a rollup; false if it is not there. Ether has none.
func (c *Config) addressOf(p Place) (common.Address, bool) {
	if p.Symbol == WrappedEther {
		if r := c.rollup(p.Rollup); r != nil {
			return r.WETH, true
		}
	}
	for _, t := range c.Tokens {
		if address, ok := t.Addresses[p.Rollup]; ok && t.Symbol == p.Symbol {
			return address, true
		}
	}
	return common.Address{}, false
}

// keepOf is what an account keeps at a place.
func (c *Config) keepOf(p Place) *big.Int {
	if p.Symbol == Ether {
		return c.rollup(p.Rollup).Keep
	}
	for _, t := range c.Tokens {
		if t.Symbol == p.Symbol {
			return t.Keep
		}
	}
	return new(big.Int)
}

// places are all tokens on all rollups, wrapped ether included, ether not.
func (c *Config) places() (all []Place) {
	for _, r := range c.Rollups {
		all = append(all, Place{r.ID, WrappedEther})
		for _, t := range c.Tokens {
			if _, ok := t.Addresses[r.ID]; ok {
				all = append(all, Place{r.ID, t.Symbol})
			}
		}
	}
	return all
}

// routes are those that the strategy allows for a job. Ether is never bought: it is what everything is bought with.
func (c *Config) routes(job *Job) (all []Route) {
	rollups := []core.RollupID{0}
	for _, r := range c.Rollups {
		rollups = append(rollups, r.ID)
	}
	for _, buy := range rollups {
		for _, sell := range rollups {
			traded := sell != 0 && (buy != 0 || job.Output == Ether)
			kept := sell == 0 && buy == 0
			if c.Strategy == Both || c.Strategy == Pools && traded || c.Strategy == Inventory && kept {
				all = append(all, Route{buy, sell})
			}
		}
	}
	return all
}

// decimalsOf is a token's number of digits after the point.
func (c *Config) decimalsOf(symbol string) uint8 {
	for _, t := range c.Tokens {
		if t.Symbol == symbol {
			return t.Decimals
		}
	}
	return 18
}
