package solver

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"io"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gateway"
)

// book is a gateway that takes every bid, and remembers what it is told to.
type book struct {
	views map[common.Hash]*client.Intent
	bids  []*core.Bundle
	sim   client.Simulation
	gas   uint64 // of each leg
	// broken: bids are taken, and the connection breaks before the answer.
	broken bool
}

var errUnknown = errors.New("unknown intent")

func (b *book) Intent(_ context.Context, id common.Hash) (*client.Intent, error) {
	if view := b.views[id]; view != nil {
		return view, nil
	}
	return nil, errUnknown
}

func (b *book) SimulateBundle(_ context.Context, bundle *core.Bundle) (*client.Simulation, error) {
	s := b.sim
	for range bundle.Legs {
		s.Legs = append(s.Legs, gateway.SimulatedLegView{GasUsed: b.gas})
	}
	return &s, nil
}

func (b *book) SubmitSolution(_ context.Context, _ common.Hash, bundle *core.Bundle) (*gateway.SolutionReceipt, error) {
	b.bids = append(b.bids, bundle)
	if b.broken {
		return nil, io.ErrUnexpectedEOF
	}
	return &gateway.SolutionReceipt{BundleID: bundle.ID(core.NetworkID{1})}, nil
}

// newest is the id of the newest bid.
func (b *book) newest() common.Hash { return b.bids[len(b.bids)-1].ID(core.NetworkID{1}) }

func (b *book) Status(context.Context, common.Hash) (*client.Status, error) {
	return nil, errUnknown // so profits are those that were computed
}

// quiet is a solver between two rollups with an inventory and a book, but no network.
func quiet(t *testing.T, keys int) (*session, *book) {
	t.Helper()
	cfg := Config{
		Gateway: "ws://127.0.0.1:1", Strategy: Inventory, Margin: 30, MarginFloor: 10, MaxOrder: ether(1e9), BundleLife: 10 * time.Second,
		Tip: big.NewInt(1), MaxGasPrice: big.NewInt(1e11),
		Rollups: []Rollup{
			{ID: a, Router: common.Address{1}, Factory: common.Address{2}, WETH: common.Address{3}, Settler: common.Address{4}, Keep: ether(1)},
			{ID: b, Router: common.Address{1}, Factory: common.Address{2}, WETH: common.Address{3}, Settler: common.Address{4}, Keep: ether(1)},
		},
		Tokens: []Token{{Symbol: "TOK", Decimals: 18, Keep: new(big.Int), Addresses: map[core.RollupID]common.Address{a: {5}, b: {6}}}},
	}
	for i := range keys {
		cfg.Keys = append(cfg.Keys, keyOf(byte(i+1)))
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	gate := &book{views: make(map[common.Hash]*client.Intent), sim: client.Simulation{OK: true}, gas: 100_000}
	x := &session{Solver: s, gate: gate, snap: newSnapshot(s.accounts)}
	view := usualView()
	x.snap.pools, x.snap.gasPrice = view.Pools, view.GasPrice
	for _, id := range []core.RollupID{a, b} {
		x.snap.fees[id] = fees{tip: big.NewInt(1), cap: big.NewInt(1e10)}
		for _, acc := range s.accounts {
			x.snap.balances[acc.address][Place{id, Ether}] = ether(1e6)
			x.snap.balances[acc.address][Place{id, "TOK"}] = ether(1e6)
		}
	}
	return x, gate
}

func keyOf(n byte) *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
	if err != nil {
		panic(err)
	}
	return key
}

// intentOf is an order of TOK for TOK with that nonce.
func intentOf(t *testing.T, nonce int64, change func(*orders.Order, *orders.Intent)) client.Intent {
	t.Helper()
	deadline := uint32(time.Now().Add(time.Minute).Unix())
	in := orders.Intent{
		InputToken: common.Address{5}, InputAmount: ether(1000), OutputToken: common.BytesToHash(common.Address{6}.Bytes()), MinOutput: ether(900),
		DestinationChainId: actor.ChainID(b), DestinationSettler: common.BytesToHash(common.Address{4}.Bytes()), Recipient: common.BytesToHash([]byte{7}),
	}
	o := orders.Order{
		OriginSettler: common.Address{4}, User: common.Address{7}, Nonce: big.NewInt(nonce), OriginChainId: actor.ChainID(a),
		OpenDeadline: deadline, FillDeadline: deadline, OrderDataType: orders.DataType,
	}
	if change != nil {
		change(&o, &in)
	}
	var err error
	if o.OrderData, err = orders.EncodeIntent(in); err != nil {
		t.Fatal(err)
	}
	id, err := orders.ID(o)
	if err != nil {
		t.Fatal(err)
	}
	return client.Intent{OrderID: id, Order: gateway.NewOrderView(&o), Status: "open", Left: (*hexutil.Big)(in.InputAmount), Signature: make([]byte, 65)}
}

// tell gives an event to the solver and lets it act.
func (x *session) tell(t *testing.T, event string, view client.Intent) {
	t.Helper()
	x.event(t.Context(), &client.IntentEvent{Event: event, Intent: view})
	x.stale = false // what is in the test's snapshot does not change
	if err := x.act(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// with is the view in another status, with one more fill.
func with(view client.Intent, status, fillStatus string, bundle common.Hash, output *big.Int) client.Intent {
	view.Status = status
	view.Fills = append(view.Fills[:len(view.Fills):len(view.Fills)], gateway.IntentFillView{
		BundleID: bundle, Status: fillStatus, InputAmount: (*hexutil.Big)(ether(1000)), OutputAmount: (*hexutil.Big)(output),
	})
	return view
}

func wantCounts(t *testing.T, s *Solver, want map[string]int) {
	t.Helper()
	for _, outcome := range []string{outcomeSent, outcomeWon, outcomeLost, outcomeExecuted, outcomeVoid} {
		if got := s.counted(outcome); got != want[outcome] {
			t.Errorf("%s: %d, want %d", outcome, got, want[outcome])
		}
	}
}

// A bid whose answer was lost is followed like any other.
func TestFate_WonWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	x.network, gate.broken = core.NetworkID{1}, true
	view := intentOf(t, 1, nil)
	x.event(t.Context(), &client.IntentEvent{Event: "opened", Intent: view})
	x.stale = false
	if err := x.act(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("the session goes on: %v", err)
	}
	x.tell(t, "filled", with(view, "filled", "executed", gate.newest(), ether(997)))
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 1, outcomeWon: 1, outcomeExecuted: 1})
}

func TestFate_WonAndExecuted(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	view := intentOf(t, 1, nil)
	x.tell(t, "opened", view)
	x.tell(t, "opened", view) // of a subscription that began anew
	x.tell(t, "awarded", with(view, "pending", "sent", gate.newest(), ether(997)))
	x.tell(t, "filled", with(view, "filled", "executed", gate.newest(), ether(997)))
	x.tell(t, "filled", with(view, "filled", "executed", gate.newest(), ether(997)))
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 1, outcomeWon: 1, outcomeExecuted: 1})
	if len(x.orders) != 0 || len(x.accounts[0].busy) != 0 {
		t.Errorf("remembers %v and is busy with %v", x.orders, x.accounts[0].busy)
	}
	if x.margins.of(market{"TOK", "TOK"}) != 30 {
		t.Error("the margin is above its ceiling")
	}
}

// The winner of the auction fails, and our bid, which had lost, is the next best.
func TestFate_LostAndThenWon(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	view := intentOf(t, 1, nil)
	x.tell(t, "opened", view)
	rival := common.Hash{9}
	awarded := with(view, "pending", "sent", rival, ether(998))
	x.tell(t, "awarded", awarded)
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 1, outcomeLost: 1})
	if got := x.margins.of(market{"TOK", "TOK"}); got >= 30 || got < 10 {
		t.Errorf("margin %d after a loss", got)
	}
	awarded.Fills[0].Status = "void"
	x.tell(t, "awarded", with(awarded, "pending", "sent", gate.newest(), ether(997)))
	x.tell(t, "filled", with(awarded, "filled", "executed", gate.newest(), ether(997)))
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 1, outcomeLost: 1, outcomeWon: 1, outcomeExecuted: 1})
}

func TestFate_VoidAndBidAgain(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	view := intentOf(t, 1, nil)
	x.tell(t, "opened", view)
	sent := with(view, "pending", "sent", gate.newest(), ether(997))
	x.tell(t, "awarded", sent)
	x.tell(t, "reopened", with(view, "open", "void", gate.newest(), ether(997)))
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 2, outcomeWon: 1, outcomeVoid: 1})
	x.tell(t, "reopened", view) // nobody's solution was valid at the end of the window
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 3, outcomeWon: 1, outcomeVoid: 2})
	view.Status = "cancelled"
	x.tell(t, "closed", view)
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 3, outcomeWon: 1, outcomeVoid: 3})
	if len(x.orders) != 0 || len(x.accounts[0].busy) != 0 {
		t.Errorf("remembers %v and is busy with %v", x.orders, x.accounts[0].busy)
	}
}

// One key has one bid at a time on a rollup, two keys have two, and the next order has its turn when a fate is known.
func TestNonces_BelongToOneOrder(t *testing.T) {
	t.Parallel()
	for _, keys := range []int{1, 2} {
		x, gate := quiet(t, keys)
		first := intentOf(t, 1, nil)
		x.tell(t, "opened", first)
		winner := gate.newest()
		for n := range int64(3) {
			x.tell(t, "opened", intentOf(t, 2+n, nil))
		}
		if len(gate.bids) != keys {
			t.Fatalf("%d bids with %d keys", len(gate.bids), keys)
		}
		x.tell(t, "awarded", with(first, "pending", "sent", winner, ether(997)))
		if len(gate.bids) != keys {
			t.Errorf("%d bids while the first one's fate is open", len(gate.bids))
		}
		x.tell(t, "filled", with(first, "filled", "executed", winner, ether(997)))
		if len(gate.bids) != keys+1 {
			t.Errorf("%d bids after that, want %d", len(gate.bids), keys+1)
		}
	}
}

// What became of orders while there was no connection is asked for; what the gateway has forgotten is over.
func TestCatchUp_AsksForWhatWasMissed(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 2)
	first, second := intentOf(t, 1, nil), intentOf(t, 2, nil)
	x.tell(t, "opened", first)
	filled := with(first, "filled", "executed", gate.newest(), ether(997))
	gate.views[first.OrderID] = &filled
	x.tell(t, "opened", second)
	if err := x.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 2, outcomeWon: 1, outcomeExecuted: 1})
	if len(x.orders) != 0 || len(x.accounts[0].busy)+len(x.accounts[1].busy) != 0 {
		t.Errorf("remembers %v", x.orders)
	}
}

func TestExpire_GivesUpWhatNobodyTellsOf(t *testing.T) {
	t.Parallel()
	x, _ := quiet(t, 1)
	now := time.Now()
	x.now = func() time.Time { return now }
	x.tell(t, "opened", intentOf(t, 1, nil))
	now = now.Add(x.cfg.BundleLife + grace + time.Second)
	x.expire(t.Context())
	wantCounts(t, x.Solver, map[string]int{outcomeSent: 1, outcomeVoid: 1})
	if len(x.accounts[0].busy) != 0 || len(x.orders) != 1 {
		t.Error("the nonces are not free again, or the order is forgotten")
	}
	now = now.Add(2 * time.Minute)
	x.expire(t.Context())
	if len(x.orders) != 0 {
		t.Error("an order outlives its deadline")
	}
}

func TestRead_PassesOthersOrdersBy(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	for name, change := range map[string]func(*orders.Order, *orders.Intent){
		"another settler":     func(o *orders.Order, _ *orders.Intent) { o.OriginSettler = common.Address{8} },
		"another rollup":      func(_ *orders.Order, in *orders.Intent) { in.DestinationChainId = big.NewInt(999) },
		"another token":       func(_ *orders.Order, in *orders.Intent) { in.InputToken = common.Address{8} },
		"another output":      func(_ *orders.Order, in *orders.Intent) { in.OutputToken = common.BytesToHash([]byte{8}) },
		"escrow":              func(_ *orders.Order, in *orders.Intent) { in.Escrow = true },
		"another destination": func(_ *orders.Order, in *orders.Intent) { in.DestinationSettler = common.BytesToHash([]byte{8}) },
	} {
		view := intentOf(t, 1, change)
		if _, err := x.cfg.read(&view, time.Now()); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
		x.tell(t, "opened", view)
	}
	lie := intentOf(t, 1, nil)
	lie.OrderID = common.Hash{1}
	if _, err := x.cfg.read(&lie, time.Now()); !errors.Is(err, ErrForeign) {
		t.Errorf("an order under another id: %v", err)
	}
	if len(gate.bids) != 0 || len(x.orders) != 0 {
		t.Errorf("%d bids", len(gate.bids))
	}
}

// A bid that would be void is not made, and the order is left alone for a moment.
func TestTry_DoesNotBidWhatWouldBeVoid(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	gate.sim = client.Simulation{Code: core.VoidLegReverted, Reason: "execution reverted"}
	view := intentOf(t, 1, nil)
	x.tell(t, "opened", view)
	o := x.orders[view.OrderID]
	if len(gate.bids) != 0 || !errors.Is(o.why, errVoid) || !o.held.After(x.now()) {
		t.Errorf("%d bids, %v, held until %s", len(gate.bids), o.why, o.held)
	}
}

// A recipient with code can use as much gas as it likes. That makes its own order dear, and no other one.
func TestTry_GasOfOneOrderIsNotThatOfOthers(t *testing.T) {
	t.Parallel()
	x, gate := quiet(t, 1)
	for id := range x.snap.gasPrice {
		x.snap.gasPrice[id] = big.NewInt(1e11)
	}
	gate.gas = 950_000
	wasteful := intentOf(t, 1, nil)
	x.tell(t, "opened", wasteful)
	if o := x.orders[wasteful.OrderID]; len(gate.bids) != 0 || !errors.Is(o.why, ErrUnprofitable) {
		t.Fatalf("%d bids, %v", len(gate.bids), o.why)
	}
	gate.gas = 100_000
	usual := intentOf(t, 2, nil)
	x.tell(t, "opened", usual)
	if len(gate.bids) != 1 {
		t.Errorf("%d bids for an ordinary order after it: %v", len(gate.bids), x.orders[usual.OrderID].why)
	}
}
