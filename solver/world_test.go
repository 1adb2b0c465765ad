package solver

import (
	"context"
	"crypto/ecdsa"
	"log/slog"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// artifacts is where `make artifacts` installs Uniswap.
const artifacts = "../demo/artifacts"

// world is a devnet with an exchange and a settler on each of two rollups, and somebody who gives orders. TOK costs 1 ETH on
// the first rollup; on the second 1.25 ETH, until somebody trades there.
type world struct {
	url       string
	gate      *client.Client
	rollups   []core.RollupID
	settler   common.Address
	exchanges []*uniswap.Exchange
	user      *ecdsa.PrivateKey
	next      int64 // nonce of orders
}

func newWorld(t *testing.T) *world {
	t.Helper()
	contracts, err := uniswap.Load(artifacts)
	if err != nil {
		t.Fatal(err)
	}
	info := devnettest.Start(t, devnet.Options{}).Info()
	w := &world{url: "ws" + info.RPC[len("http"):], user: devnet.Accounts()[2].Key, exchanges: make([]*uniswap.Exchange, 2)}
	if w.gate, err = client.Dial(t.Context(), w.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.gate.Close)
	for _, r := range info.Rollups {
		w.rollups = append(w.rollups, r.ChainID)
	}
	group, ctx := errgroup.WithContext(t.Context())
	for i, tokens := range []*big.Int{ether(100_000), ether(80_000)} {
		group.Go(func() error { return w.furnish(ctx, contracts, i, tokens) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	w.settler = deployment.Of(w.rollups).IntentSettler
	return w
}

// furnish deploys what one rollup needs and gives the user tokens with approvals.
func (w *world) furnish(ctx context.Context, contracts *uniswap.Contracts, i int, tokens *big.Int) error {
	eth, err := w.gate.Rollup(ctx, w.rollups[i])
	if err != nil {
		return err
	}
	key := devnet.Accounts()[0].Key
	addresses, err := deployment.Deploy(ctx, eth, w.rollups[i], w.rollups, key)
	if err != nil {
		return err
	}
	x, err := uniswap.Deploy(ctx, contracts, actor.On(w.rollups[i], eth, key), ether(100_000), tokens)
	if err != nil {
		return err
	}
	w.exchanges[i] = x
	user := actor.On(w.rollups[i], eth, w.user)
	if err := x.Give(ctx, user.Address, ether(50_000)); err != nil {
		return err
	}
	for _, spender := range []common.Address{predeploy.Permit2Address, addresses.IntentSettler} {
		if err := x.Approve(ctx, user, spender); err != nil {
			return err
		}
	}
	return nil
}

// config is one of a solver with the development account of that index.
func (w *world) config(t *testing.T, account int, strategy Strategy, margin uint64) Config {
	t.Helper()
	c := Config{
		Gateway: w.url, Keys: []*ecdsa.PrivateKey{devnet.Accounts()[account].Key}, Strategy: strategy, Margin: margin, MarginFloor: margin,
		MaxOrder: ether(50_000), BundleLife: 20 * time.Second, Tip: big.NewInt(1e8), MaxGasPrice: big.NewInt(1e11),
		Metrics: prometheus.NewRegistry(),
		Logger:  slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})).With("home", account),
	}
	tok := Token{Symbol: "TOK", Decimals: 18, Keep: new(big.Int), Addresses: make(map[core.RollupID]common.Address)}
	for i, x := range w.exchanges {
		c.Rollups = append(c.Rollups, Rollup{ID: w.rollups[i], Router: x.Router, Factory: x.Factory, WETH: x.WETH, Settler: w.settler, Keep: ether(100)})
		tok.Addresses[w.rollups[i]] = x.Token
	}
	c.Tokens = []Token{tok}
	return c
}

// stock gives an account tokens on a rollup.
func (w *world) stock(t *testing.T, rollup, account int, tokens *big.Int) {
	t.Helper()
	if err := w.exchanges[rollup].Give(t.Context(), devnet.Accounts()[account].Address, tokens); err != nil {
		t.Fatal(err)
	}
}

// wish is an order: so much TOK of the first rollup for at least so much on the second.
type wish struct {
	input, limit *big.Int
	ether        bool // the output is ether instead of TOK
	partial      bool
	life         time.Duration
}

// sign makes the user's order of a wish.
func (w *world) sign(t *testing.T, what wish) (orders.Order, []byte) {
	t.Helper()
	if what.life == 0 {
		what.life = 5 * time.Minute
	}
	user := crypto.PubkeyToAddress(w.user.PublicKey)
	in := orders.Intent{
		InputToken: w.exchanges[0].Token, InputAmount: what.input, OutputToken: common.BytesToHash(w.exchanges[1].Token[:]), MinOutput: what.limit,
		Recipient: common.BytesToHash(user[:]), DestinationChainId: actor.ChainID(w.rollups[1]),
		DestinationSettler: common.BytesToHash(w.settler[:]), PartialFill: what.partial,
	}
	if what.ether {
		in.OutputToken = common.Hash{}
	}
	data, err := orders.EncodeIntent(in)
	if err != nil {
		t.Fatal(err)
	}
	w.next++
	deadline := uint32(time.Now().Add(what.life).Unix())
	o := orders.Order{
		OriginSettler: w.settler, User: user, Nonce: big.NewInt(w.next), OriginChainId: actor.ChainID(w.rollups[0]),
		OpenDeadline: deadline, FillDeadline: deadline, OrderDataType: orders.DataType, OrderData: data,
	}
	signature, err := orders.Sign(o, w.user)
	if err != nil {
		t.Fatal(err)
	}
	return o, signature
}

// view is an order as a gateway shows it.
func (w *world) view(t *testing.T, what wish) *client.Intent {
	t.Helper()
	o, signature := w.sign(t, what)
	id, err := orders.ID(o)
	if err != nil {
		t.Fatal(err)
	}
	return &client.Intent{OrderID: id, Order: gateway.NewOrderView(&o), Signature: signature, Status: "open", Left: (*hexutil.Big)(what.input)}
}
