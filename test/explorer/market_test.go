package explorer

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"log/slog"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
	"github.com/lockstep-network/lockstep/solver"
)

// artifacts is where `make artifacts` installs Uniswap.
const artifacts = "../../demo/artifacts"

// The development accounts of a market.
const (
	founder = iota
	makerAccount
	walletAccount
	pageAccount
)

// market is a devnet with the contracts, a token with a pool on each of two rollups, and a solver. The token costs 1 ETH on the
// first rollup and 1.25 ETH on the second.
type market struct {
	url       string
	rollups   []core.RollupID
	names     []string
	exchanges []*uniswap.Exchange
	// impostor is another token on the second rollup with the symbol of the exchange's.
	impostor common.Address
}

func startMarket(t *testing.T) *market {
	t.Helper()
	contracts, err := uniswap.Load(artifacts)
	if err != nil {
		t.Fatal(err)
	}
	info := devnettest.Start(t, devnet.Options{}).Info()
	m := &market{url: info.RPC, exchanges: make([]*uniswap.Exchange, 2)}
	c, err := client.Dial(t.Context(), m.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, r := range info.Rollups {
		m.rollups = append(m.rollups, r.ChainID)
		m.names = append(m.names, r.Name)
	}
	group, ctx := errgroup.WithContext(t.Context())
	for i, tokens := range []*big.Int{ether(5_000), ether(4_000)} {
		group.Go(func() error { return m.furnish(ctx, c, contracts, i, tokens) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	m.solve(t)
	return m
}

// furnish deploys what one rollup needs, and gives tokens to those who trade.
func (m *market) furnish(ctx context.Context, c *client.Client, contracts *uniswap.Contracts, i int, tokens *big.Int) error {
	eth, err := c.Rollup(ctx, m.rollups[i])
	if err != nil {
		return err
	}
	key := devnet.Accounts()[founder].Key
	if _, err := deployment.Deploy(ctx, eth, m.rollups[i], m.rollups, key); err != nil {
		return err
	}
	if m.exchanges[i], err = uniswap.Deploy(ctx, contracts, actor.On(m.rollups[i], eth, key), ether(5_000), tokens); err != nil {
		return err
	}
	if i == 1 {
		if err := m.impersonate(ctx, contracts, actor.On(m.rollups[i], eth, key)); err != nil {
			return err
		}
	}
	for _, account := range []int{makerAccount, walletAccount, pageAccount} {
		if i == 1 && account != makerAccount {
			continue // they begin with tokens on the first rollup only
		}
		if err := m.exchanges[i].Give(ctx, devnet.Accounts()[account].Address, ether(1_000)); err != nil {
			return err
		}
	}
	return nil
}

// impersonate gives the wallet a token that only looks like the exchange's.
func (m *market) impersonate(ctx context.Context, contracts *uniswap.Contracts, from *actor.Account) error {
	x, err := uniswap.Deploy(ctx, contracts, from, ether(1), ether(1))
	if err != nil {
		return err
	}
	m.impostor = x.Token
	return x.Give(ctx, devnet.Accounts()[walletAccount].Address, ether(1))
}

// solve runs a solver until the test ends.
func (m *market) solve(t *testing.T) {
	t.Helper()
	c := solver.Config{
		Gateway: "ws" + m.url[len("http"):], Keys: []*ecdsa.PrivateKey{devnet.Accounts()[makerAccount].Key}, Strategy: solver.Both, Margin: 10, MarginFloor: 10,
		MaxOrder: ether(1_000), BundleLife: time.Minute, Tip: big.NewInt(1e8), MaxGasPrice: big.NewInt(1e11), Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	token := solver.Token{Symbol: "TOK", Decimals: 18, Keep: new(big.Int), Addresses: make(map[core.RollupID]common.Address)}
	settler := deployment.Of(m.rollups).IntentSettler
	for i, x := range m.exchanges {
		c.Rollups = append(c.Rollups, solver.Rollup{ID: m.rollups[i], Router: x.Router, Factory: x.Factory, WETH: x.WETH, Settler: settler, Keep: ether(100)})
		token.Addresses[m.rollups[i]] = x.Token
	}
	c.Tokens = []solver.Token{token}
	s, err := solver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil && ctx.Err() == nil {
			t.Errorf("solver: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

// facts is what the script in the browser has to know of the market.
func (m *market) facts(t *testing.T) string {
	t.Helper()
	type rollup struct {
		ID    core.RollupID  `json:"id"`
		Name  string         `json:"name"`
		Token common.Address `json:"token"`
	}
	accounts := devnet.Accounts()
	facts := struct {
		Rollups []rollup `json:"rollups"`
		// Key is that of the wallet in the browser, Stranger that of somebody else; Page is the index of the account in the page.
		Key      string `json:"key"`
		Stranger string `json:"stranger"`
		Page     int    `json:"page"`
		// Impostor is a token on the second rollup with the symbol of the real one.
		Impostor common.Address `json:"impostor"`
	}{Impostor: m.impostor, Key: accounts[walletAccount].KeyHex(), Stranger: accounts[founder].KeyHex(), Page: pageAccount}
	for i, id := range m.rollups {
		facts.Rollups = append(facts.Rollups, rollup{id, m.names[i], m.exchanges[i].Token})
	}
	text, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(1e18)) }
