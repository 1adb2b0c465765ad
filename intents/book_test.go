package intents

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

var settlerAddress = common.Address{19: 0x77}

// world is what a book sees: the chains' state, the zone and the pool, as the test says.
type world struct {
	mu sync.Mutex
	// code are accounts with code, numbers what calls answer, by the first 4 bytes of the call; what is not there reverts.
	code    map[common.Address]bool
	answers map[string][]byte
	broken  error
	// does is what bundles do, by id; block, if it is set, holds simulations up.
	does  map[common.Hash]Simulation
	block chan struct{}
	begun chan struct{}
	// ticks are what Next gives.
	ticks chan uint64
	fates map[common.Hash]Fate
	sent  []common.Hash
}

func (w *world) HasCode(_ context.Context, _ core.RollupID, account common.Address) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.code[account], w.broken
}

func (w *world) Call(_ context.Context, _ core.RollupID, _ common.Address, data []byte) ([]byte, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	answer, ok := w.answers[string(data[:4])]
	return answer, ok, w.broken
}

func (w *world) Simulate(ctx context.Context, b core.DecodedBundle) (Simulation, error) {
	if w.block != nil {
		w.begun <- struct{}{}
		<-w.block
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.does[b.Hash], w.broken
}

func (w *world) Next(ctx context.Context, after uint64) (tick, timeMs uint64, err error) {
	select {
	case tick, ok := <-w.ticks:
		if !ok {
			return 0, 0, errors.New("zone stopped")
		}
		return tick, begin + 10*tick, nil
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
}

func (w *world) Fate(_ context.Context, id common.Hash) (Fate, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := w.fates[id]
	return f, ok, nil
}

func (w *world) SendBundle(_ context.Context, _ string, b *core.Bundle) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, b.ID(testGenesis().NetworkID()))
	return nil
}

// set changes the world under its lock.
func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *world) number(function string, n int64) {
	w.set(func() { w.answers[string(selector(function))] = common.BigToHash(big.NewInt(n)).Bytes() })
}

func (w *world) state(status uint8, taken int64) {
	w.set(func() {
		w.answers[string(settler.PackStateOf(common.Hash{})[:4])] = append(common.BigToHash(big.NewInt(int64(status))).Bytes(), common.BigToHash(big.NewInt(taken)).Bytes()...)
	})
}

func testGenesis() *core.Genesis {
	return &core.Genesis{
		Version: core.GenesisVersion, Name: "intents", Params: core.DefaultParams(), Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{{ID: 1, Rollups: []core.RollupID{rollupA, rollupB}}, {ID: 2, Rollups: []core.RollupID{903}}},
		Rollups: []core.Rollup{
			{ID: rollupA, Kind: core.KindEVM}, {ID: rollupB, Kind: core.KindEVM}, {ID: 903, Kind: core.KindEVM}, {ID: 904, Kind: core.KindOPStack},
		},
	}
}

// desk is a book at tick 1 in a world in which everything is as it should be.
type desk struct {
	t *testing.T
	*Book
	world *world
	key   *ecdsa.PrivateKey
	user  common.Address
	now   time.Time
	done  chan struct{} // closed when the loop has ended
	meter *prometheus.Registry
}

func newDesk(t *testing.T, change func(*Config)) *desk {
	t.Helper()
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("a user")))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, key: key, meter: prometheus.NewRegistry(), user: crypto.PubkeyToAddress(key.PublicKey), now: time.UnixMilli(int64(begin))}
	d.world = &world{
		code: map[common.Address]bool{settlerAddress: true}, answers: make(map[string][]byte), does: make(map[common.Hash]Simulation),
		ticks: make(chan uint64), fates: make(map[common.Hash]Fate),
	}
	d.world.state(0, 0)
	d.world.number("nonceBitmap(address,uint256)", 0)
	d.world.number("balanceOf(address)", 100)
	d.world.number("allowance(address,address)", 100)
	cfg := Default()
	if change != nil {
		change(&cfg)
	}
	d.Book, err = New(cfg, Deps{
		Genesis: testGenesis(), Zone: 1, Settler: settlerAddress, Executor: d.world, Chains: d.world, Pool: d.world,
		Metrics: NewMetrics(d.meter), Now: d.clock, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.done = make(chan struct{})
	go func() {
		defer close(d.done)
		if err := d.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-d.done
	})
	d.advance(1, 1)
	return d
}

func (d *desk) clock() time.Time {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	return d.now
}

func (d *desk) later(by time.Duration) { d.world.set(func() { d.now = d.now.Add(by) }) }

// advance lets ticks go by and returns when the book has seen the last one.
func (d *desk) advance(from, to uint64) {
	d.t.Helper()
	for tick := from; tick <= to; tick++ {
		d.world.ticks <- tick
	}
	d.world.ticks <- 0 // taken only after the last tick was seen; it is older and nothing
	for d.Stats().Work > 0 {
		runtime.Gosched()
	}
}

// order is 100 for at least 70, signed after the change.
func (d *desk) order(change func(*orders.Order, *orders.Intent)) (orders.Order, []byte) {
	d.t.Helper()
	o := orders.Order{
		OriginSettler: settlerAddress, User: d.user, Nonce: big.NewInt(5), OriginChainId: big.NewInt(int64(rollupA)),
		OpenDeadline: deadline, FillDeadline: deadline, OrderDataType: orders.DataType,
	}
	in := orders.Intent{
		InputToken: common.Address{1}, InputAmount: big.NewInt(100), OutputToken: common.Hash{31: 2}, MinOutput: big.NewInt(70),
		Recipient: common.BytesToHash(d.user[:]), DestinationChainId: big.NewInt(int64(rollupB)), DestinationSettler: common.BytesToHash(settlerAddress[:]),
	}
	if change != nil {
		change(&o, &in)
	}
	var err error
	if o.OrderData, err = orders.EncodeIntent(in); err != nil {
		d.t.Fatal(err)
	}
	signature, err := orders.Sign(o, d.key)
	if err != nil && o.OrderDataType == orders.DataType {
		signature = make([]byte, 65) // the form is refused before the signature is looked at
	}
	return o, signature
}

func (d *desk) submitted(change func(*orders.Order, *orders.Intent)) common.Hash {
	d.t.Helper()
	o, signature := d.order(change)
	id, err := d.Submit(d.t.Context(), "client", o, signature)
	if err != nil {
		d.t.Fatalf("submit: %v", err)
	}
	return id
}

// event is a settler's log: the two indexed fields and the rest.
func event(name string, id common.Hash, filler common.Address, rest ...any) *gethtypes.Log {
	parsed, err := intentsettler.IntentSettlerMetaData.ParseABI()
	if err != nil {
		panic(err)
	}
	e := parsed.Events[name]
	data, err := e.Inputs.NonIndexed().Pack(rest...)
	if err != nil {
		panic(err)
	}
	return &gethtypes.Log{Address: settlerAddress, Topics: []common.Hash{e.ID, id, common.BytesToHash(filler[:])}, Data: data}
}

// fills are the legs' logs of a bundle that takes input for output.
func (d *desk) fills(id common.Hash, input, output int64) []Leg {
	filler := common.Address{0xf1}
	return []Leg{
		{rollupB, []*gethtypes.Log{event("Filled", id, filler, [32]byte(common.BytesToHash(d.user[:])), big.NewInt(output))}},
		{rollupA, []*gethtypes.Log{event("Claimed", id, filler, big.NewInt(input), big.NewInt(output))}},
	}
}

// bundle is one that n tells apart and that does what s says.
func (d *desk) bundle(n byte, s Simulation) core.DecodedBundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: begin + 60*second, Legs: []core.Leg{{Rollup: rollupA, Tx: bytes.Repeat([]byte{n}, 50)}}}
	decoded := core.DecodedBundle{Bundle: b, Hash: b.ID(d.network)}
	d.world.set(func() { d.world.does[decoded.Hash] = s })
	return decoded
}

func (d *desk) solution(n byte, id common.Hash, input, output int64) core.DecodedBundle {
	return d.bundle(n, Simulation{Leg: -1, Legs: d.fills(id, input, output)})
}

func (d *desk) view(id common.Hash) View {
	d.t.Helper()
	v, err := d.Get(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

func TestBook_WinnerIsSentAndItsReceiptsCount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	id := d.submitted(nil)
	if again := d.submitted(nil); again != id {
		t.Error("the same order again is another one")
	}
	feed, err := d.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	best, worse := d.solution(1, id, 100, 90), d.solution(2, id, 100, 80)
	for _, b := range []core.DecodedBundle{worse, best, best} {
		if _, err := d.Solve(t.Context(), "solver", id, b); err != nil {
			t.Fatal(err)
		}
	}
	d.advance(2, 9)
	if v := d.view(id); v.Status != Pending || len(v.Fills) != 1 || v.Fills[0].BundleID != best.Hash || len(d.world.sent) != 1 {
		t.Fatalf("at the end of the window: %+v, sent %s", v, d.world.sent)
	}
	// The receipts say less than the simulation did; they count.
	d.world.set(func() { d.world.fates[best.Hash] = Fate{Included: true, Legs: d.fills(id, 100, 88), Tick: 10} })
	d.later(250 * time.Millisecond)
	d.advance(10, 10)
	if v := d.view(id); v.Status != Filled || v.Fills[0].Output.Int64() != 88 || v.Fills[0].Tick != 10 {
		t.Errorf("filled as %+v", v)
	}
	for _, want := range []Event{EventOpened, EventAwarded, EventFilled} {
		if n, err := feed.Next(t.Context()); err != nil || n.Event != want {
			t.Errorf("got %s, %v, want %s", n.Event, err, want)
		}
	}
	if got := d.counted("lockstep_intents_orders_total", "filled"); got != 1 {
		t.Errorf("%v filled orders are counted", got)
	}
	if got := d.counted("lockstep_intents_solutions_total", solutionTaken); got != 3 {
		t.Errorf("%v solutions are counted", got)
	}
	if got := d.counted("lockstep_intents_executed_seconds", ""); got != 0.25 {
		t.Errorf("the fill took %v s", got)
	}
}

// counted reads a counter with this value of its label, or the sum of a histogram.
func (d *desk) counted(name, label string) float64 {
	d.t.Helper()
	families, err := d.meter.Gather()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			if h := m.GetHistogram(); h != nil {
				return h.GetSampleSum()
			}
			if m.GetLabel()[0].GetValue() == label {
				return m.GetCounter().GetValue()
			}
		}
	}
	d.t.Fatalf("no metric %s of %q", name, label)
	return 0
}

func TestBook_WhatHasNoEffectOnTheOrderIsVoid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fate   Fate
		known  bool
		reason string
	}{
		"void":           {Fate{Tick: 10, Reason: "leg 0: reverted"}, true, "leg 0: reverted"},
		"without events": {Fate{Tick: 10, Included: true}, true, "executed without effect on the order"},
		"never ordered":  {Fate{}, false, "notAfter"},
		"left the pool":  {Fate{Reason: "it left the pool"}, true, "it left the pool"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, nil)
			id := d.submitted(nil)
			b := d.solution(1, id, 100, 90)
			if _, err := d.Solve(t.Context(), "solver", id, b); err != nil {
				t.Fatal(err)
			}
			d.advance(2, 9)
			if c.known {
				d.world.set(func() { d.world.fates[b.Hash] = c.fate })
			}
			d.advance(10, 10)
			if !c.known {
				if v := d.view(id); v.Status != Pending {
					t.Errorf("before its notAfter it is %+v", v)
				}
				d.advance(6010, 6010)
			}
			if v := d.view(id); v.Status != Open || v.Fills[0].Status != FillVoid || !strings.Contains(v.Fills[0].Reason, c.reason) {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestBook_RefusesOrdersThatCannotBeSettled(t *testing.T) {
	t.Parallel()
	type change = func(*orders.Order, *orders.Intent)
	for _, c := range []struct {
		name  string
		cause error
		field string
		order change
		world func(*world)
		says  string
	}{
		{"origin outside of the zone", ErrOrder, "order.originChainId", func(o *orders.Order, _ *orders.Intent) { o.OriginChainId = big.NewInt(903) }, nil, "zone 1"},
		{"origin of 256 bits", ErrOrder, "order.originChainId", func(o *orders.Order, _ *orders.Intent) { o.OriginChainId = new(big.Int).Lsh(big.NewInt(1), 255) }, nil, "zone 1"},
		{"opstack rollup", ErrOrder, "intent.destinationChainId", func(_ *orders.Order, in *orders.Intent) { in.DestinationChainId = big.NewInt(904) }, nil, "open it on chain"},
		{"other settler", ErrOrder, "order.originSettler", func(o *orders.Order, _ *orders.Intent) { o.OriginSettler = common.Address{9} }, nil, settlerAddress.Hex()},
		{"other settler there", ErrOrder, "intent.destinationSettler", func(_ *orders.Order, in *orders.Intent) { in.DestinationSettler = common.Hash{31: 9} }, nil, settlerAddress.Hex()},
		{"data of another type", ErrOrder, "", func(o *orders.Order, _ *orders.Intent) { o.OrderDataType = [32]byte{1} }, nil, "orderDataType"},
		{"nothing to give", ErrOrder, "", func(_ *orders.Order, in *orders.Intent) { in.InputAmount = new(big.Int) }, nil, "inputAmount"},
		{"escrow", ErrOrder, "intent.escrow", func(_ *orders.Order, in *orders.Intent) { in.Escrow = true }, nil, "open it on chain"},
		{"open deadline", ErrDeadline, "order.openDeadline", func(o *orders.Order, _ *orders.Intent) { o.OpenDeadline = 99 }, nil, "at least 100"},
		{"fill deadline", ErrDeadline, "order.fillDeadline", func(o *orders.Order, _ *orders.Intent) { o.FillDeadline = 99 }, nil, "at least 100"},
		{"no settler", ErrOrder, "", nil, func(w *world) { w.code = map[common.Address]bool{} }, "contracts deploy"},
		{"nonce at Permit2", ErrNonce, "", nil, func(w *world) { w.number("nonceBitmap(address,uint256)", 1<<5) }, "nonce 5"},
		{"another nonce at Permit2", nil, "", nil, func(w *world) { w.number("nonceBitmap(address,uint256)", 1<<6) }, ""},
		{"nonce of an order in parts", nil, "", func(_ *orders.Order, in *orders.Intent) { in.PartialFill = true }, func(w *world) { w.number("nonceBitmap(address,uint256)", 1<<5) }, ""},
		{"closed on chain", ErrNonce, "", nil, func(w *world) { w.state(chainClosed, 0) }, "cancelled it on chain"},
		{"opened on chain", ErrNonce, "", nil, func(w *world) { w.state(chainOpen, 0) }, "claim"},
		{"all taken", ErrNonce, "", nil, func(w *world) { w.state(0, 100) }, "taken"},
		{"balance", ErrFunds, "intent.inputAmount", nil, func(w *world) { w.number("balanceOf(address)", 99) }, "balance"},
		{"allowance for Permit2", ErrFunds, "intent.inputAmount", nil, func(w *world) { w.number("allowance(address,address)", 99) }, predeploy.Permit2Address.Hex()},
		{"allowance for the settler", ErrFunds, "intent.inputAmount", func(_ *orders.Order, in *orders.Intent) { in.PartialFill = true }, func(w *world) { w.number("allowance(address,address)", 99) }, settlerAddress.Hex()},
		{"half is taken and half allowed", nil, "", func(_ *orders.Order, in *orders.Intent) { in.PartialFill = true }, func(w *world) { w.state(0, 50); w.number("allowance(address,address)", 50) }, ""},
		{"no token", ErrFunds, "", nil, func(w *world) { delete(w.answers, string(selector("balanceOf(address)"))) }, "ERC-20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, nil)
			if c.world != nil {
				c.world(d.world)
			}
			o, signature := d.order(c.order)
			_, err := d.Submit(t.Context(), "client", o, signature)
			wantRefusal(t, err, c.cause, c.field, c.says)
			if kept := d.Stats().Orders; (kept == 1) != (c.cause == nil) {
				t.Errorf("%d orders are in the book", kept)
			}
		})
	}
}

func wantRefusal(t *testing.T, err, cause error, field, says string) {
	t.Helper()
	if cause == nil {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var r *Refusal
	if !errors.As(err, &r) || !errors.Is(err, cause) || r.Field != field || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v, want %v at %q that says %q", err, cause, field, says)
	}
}

func TestBook_SignaturesAreTheUsers(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	o, signature := d.order(nil)
	stranger := bytes.Clone(signature)
	stranger[3] ^= 1
	for name, s := range map[string][]byte{"another's": stranger, "short": signature[:64], "none": nil} {
		_, err := d.Submit(t.Context(), "client", o, s)
		if !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A user with code is asked, whatever the signature looks like (ERC-1271).
	d.world.set(func() { d.world.code[d.user] = true })
	_, err := d.Submit(t.Context(), "client", o, signature)
	wantRefusal(t, err, ErrSignature, "signature", "ERC-1271")
	d.world.set(func() { d.world.answers[string(isValidSignature)] = common.RightPadBytes([]byte{0xff}, 32) })
	_, err = d.Submit(t.Context(), "client", o, signature)
	wantRefusal(t, err, ErrSignature, "signature", "ERC-1271")
	d.world.set(func() { d.world.answers[string(isValidSignature)] = common.RightPadBytes(isValidSignature, 32) })
	if _, err := d.Submit(t.Context(), "client", o, []byte("any")); err != nil {
		t.Errorf("accepted by the user's code: %v", err)
	}
}

// A page begins behind an order that was open when it was given, whatever has become of it.
func TestBook_IsReadInPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	ids := make([]common.Hash, 5)
	for i := range ids {
		ids[i] = d.submitted(func(o *orders.Order, _ *orders.Intent) { o.Nonce = big.NewInt(int64(10 + i)) })
	}
	signature, err := core.SignCancelIntent(d.key, d.network, ids[1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cancel(t.Context(), ids[1], signature); err != nil {
		t.Fatal(err)
	}
	for _, page := range []struct {
		after common.Hash
		limit int
		want  []common.Hash
	}{
		{common.Hash{}, 2, []common.Hash{ids[0], ids[2]}}, {ids[0], 1, []common.Hash{ids[2]}}, {ids[1], 9, ids[2:]},
		{ids[3], 9, ids[4:]}, {ids[4], 9, nil}, {common.Hash{}, 9, []common.Hash{ids[0], ids[2], ids[3], ids[4]}},
	} {
		views, err := d.List(page.after, page.limit)
		if err != nil || !slices.EqualFunc(views, page.want, func(v View, id common.Hash) bool { return v.Order.ID == id }) {
			t.Errorf("at most %d after %s: %+v, %v", page.limit, page.after, views, err)
		}
	}
	_, err = d.List(common.Hash{1}, 9)
	wantRefusal(t, err, ErrUnknown, "", "begin with the first one again")
}

func TestBook_CancelNeedsTheUsersSignature(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	id := d.submitted(nil)
	own, err := core.SignCancelIntent(d.key, d.network, id)
	if err != nil {
		t.Fatal(err)
	}
	_, orderSignature := d.order(nil)
	elsewhere, err := core.SignCancelIntent(d.key, core.NetworkID{1}, id)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string][]byte{"the order's": orderSignature, "of another network": elsewhere, "short": own[:10], "long": make([]byte, 1<<20)} {
		if _, err := d.Cancel(t.Context(), id, s); !errors.Is(err, ErrSignature) {
			t.Errorf("%s signature: %v", name, err)
		}
	}
	if _, err := d.Cancel(t.Context(), common.Hash{1}, own); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown order: %v", err)
	}
	if status, err := d.Cancel(t.Context(), id, own); err != nil || status != Cancelled {
		t.Errorf("cancel: %s, %v", status, err)
	}
	o, signature := d.order(nil)
	if _, err := d.Submit(t.Context(), "somebody", o, signature); !errors.Is(err, ErrState) {
		t.Errorf("brought back: %v", err)
	}
}

func TestBook_RefusesSolutionsThatDoNotSolve(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	id := d.submitted(nil)
	legs := d.fills(id, 100, 90)
	forged := d.fills(id, 100, 90)
	forged[1].Logs[0].Address = common.Address{9}
	swapped := []Leg{{rollupA, legs[0].Logs}, {rollupB, legs[1].Logs}}
	unequal := []Leg{legs[0], d.fills(id, 100, 91)[1]}
	elsewhere := []Leg{{rollupB, []*gethtypes.Log{event("Filled", id, common.Address{0xf1}, [32]byte{1}, big.NewInt(90))}}, legs[1]}
	twice := []Leg{legs[0], legs[0], legs[1]}
	for n, c := range []struct {
		name  string
		does  Simulation
		cause error
		field string
		says  string
	}{
		{"reverts", Simulation{Failure: "reverted: no deal", Leg: 1}, ErrFails, "legs[1]", "no deal"},
		{"expired", Simulation{Failure: "bundle has expired", Leg: -1}, ErrFails, "", "expired"},
		{"nothing", Simulation{Leg: -1}, ErrSolution, "", "fills order"},
		{"fill alone", Simulation{Leg: -1, Legs: legs[:1]}, ErrSolution, "", "openFor"},
		{"claim alone", Simulation{Leg: -1, Legs: legs[1:]}, ErrSolution, "", "fills order"},
		{"another contract's claim", Simulation{Leg: -1, Legs: forged}, ErrSolution, "", "openFor"},
		{"on the wrong rollups", Simulation{Leg: -1, Legs: swapped}, ErrSolution, "", "rollup 902"},
		{"unequal", Simulation{Leg: -1, Legs: unequal}, ErrSolution, "", "91"},
		{"to somebody else", Simulation{Leg: -1, Legs: elsewhere}, ErrSolution, "", "fills order"},
		{"a fill too many", Simulation{Leg: -1, Legs: twice}, ErrSolution, "", "no leg claims"},
		{"another order's", Simulation{Leg: -1, Legs: d.fills(common.Hash{1}, 100, 90)}, ErrSolution, "", "fills order"},
	} {
		_, err := d.Solve(t.Context(), "solver", id, d.bundle(byte(n+1), c.does))
		wantRefusal(t, err, c.cause, c.field, c.says)
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
	inclusion, pinned := d.solution(100, id, 100, 90), d.solution(101, id, 100, 90)
	inclusion.Atomicity, pinned.ParentTick = core.AtomicInclusion, 7
	_, err := d.Solve(t.Context(), "solver", id, inclusion)
	wantRefusal(t, err, ErrSolution, "atomicity", "execution")
	_, err = d.Solve(t.Context(), "solver", id, pinned)
	wantRefusal(t, err, ErrSolution, "parentTick", "7")
	// It would win, and nobody else could settle the order until it may be ordered.
	later := d.solution(104, id, 100, 1000)
	later.NotBefore = begin + 11
	_, err = d.Solve(t.Context(), "solver", id, later)
	wantRefusal(t, err, ErrSolution, "notBefore", "at most 100010")
	later.NotBefore--
	if _, err := d.Solve(t.Context(), "solver", id, later); err != nil {
		t.Errorf("from now on: %v", err)
	}
	_, err = d.Solve(t.Context(), "solver", common.Hash{1}, d.solution(102, id, 100, 90))
	wantRefusal(t, err, ErrUnknown, "", "unknown")
	// Two fills of one order in one bundle count together.
	s, err := d.Solve(t.Context(), "solver", id, d.bundle(103, Simulation{Leg: -1, Legs: append(d.fills(id, 40, 30), d.fills(id, 60, 45)...)}))
	if err != nil || s.Input.Int64() != 100 || s.Output.Int64() != 75 || s.Surplus.Int64() != 5 {
		t.Errorf("in two parts: %+v, %v", s, err)
	}
}

func TestBook_ComparesOpenOrdersWithTheirChain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(c *Config) { c.Window = 1 })
	id := d.submitted(nil)
	d.world.set(func() { d.world.broken = errors.New("disk on fire") }) // is no reason to end the book
	d.advance(2, 3)
	if v := d.view(id); v.Status != Open {
		t.Fatalf("the order is %s while the state cannot be read", v.Status)
	}
	d.world.set(func() { d.world.broken = nil })
	d.world.state(chainClosed, 0)
	d.advance(4, 4)
	if v := d.view(id); v.Status != Cancelled || v.Reason == "" {
		t.Errorf("the order is %s (%s)", v.Status, v.Reason)
	}
}

func TestBook_StandsStillWhenTheZoneStops(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	id := d.submitted(nil)
	close(d.world.ticks)
	<-d.done
	o, signature := d.order(func(o *orders.Order, _ *orders.Intent) { o.Nonce = big.NewInt(6) })
	if _, err := d.Submit(t.Context(), "client", o, signature); !errors.Is(err, ErrNotServed) {
		t.Errorf("an order: %v", err)
	}
	if _, err := d.Solve(t.Context(), "solver", id, d.solution(1, id, 100, 90)); !errors.Is(err, ErrNotServed) {
		t.Errorf("a solution: %v", err)
	}
}

func TestBook_EveryCapIsKept(t *testing.T) {
	t.Parallel()
	t.Run("maxOrderBytes", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxOrderBytes = 400 })
		o, signature := d.order(nil)
		_, err := d.Submit(t.Context(), "client", o, append(signature, make([]byte, 400)...))
		wantRefusal(t, err, ErrLimit, "intents.maxOrderBytes", "at most 400")
	})
	t.Run("maxLifetime", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxLifetime = 30 * time.Second })
		latest := uint32(begin/1000 + 30)
		o, signature := d.order(func(o *orders.Order, _ *orders.Intent) { o.OpenDeadline, o.FillDeadline = latest+1, latest+2 })
		_, err := d.Submit(t.Context(), "client", o, signature)
		wantRefusal(t, err, ErrLimit, "intents.maxLifetime", fmt.Sprintf("have %d, the order's first deadline: want at most %d, which is 30s ahead", latest+1, latest))
		d.submitted(func(o *orders.Order, _ *orders.Intent) { o.OpenDeadline, o.FillDeadline = latest, latest+1000 })
	})
	t.Run("failing orders", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxClientFailures, c.FailureWindow = 3, time.Minute })
		past, forged := d.order(func(o *orders.Order, _ *orders.Intent) { o.FillDeadline = 99 })
		good, signature := d.order(nil)
		for range 2 { // what fails its form, and what fails the state
			if _, err := d.Submit(t.Context(), "client", past, forged); !errors.Is(err, ErrDeadline) {
				t.Fatal(err)
			}
			if _, err := d.Submit(t.Context(), "client", good, forged); !errors.Is(err, ErrSignature) {
				t.Fatal(err)
			}
		}
		_, err := d.Submit(t.Context(), "client", good, signature)
		wantRefusal(t, err, ErrQuota, "", "try again in 20s")
		id, err := d.Submit(t.Context(), "another", good, signature)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Solve(t.Context(), "client", id, d.solution(1, id, 100, 90))
		wantRefusal(t, err, ErrQuota, "", "try again in 20s") // it is one allowance for both
	})
	t.Run("failing forms", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxClientFailures, c.FailureWindow = 3, time.Minute })
		id := d.submitted(nil)
		pinned := d.solution(1, id, 100, 90)
		pinned.ParentTick = 7
		for range 4 {
			if _, err := d.Solve(t.Context(), "solver", id, pinned); !errors.Is(err, ErrSolution) {
				t.Fatal(err)
			}
		}
		_, err := d.Solve(t.Context(), "solver", id, d.solution(2, id, 100, 90))
		wantRefusal(t, err, ErrQuota, "", "try again in 20s")
	})
	t.Run("maxSimulations", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxSimulations = 1 })
		id := d.submitted(nil)
		b, other := d.solution(1, id, 100, 90), d.solution(2, id, 100, 90)
		d.world.block, d.world.begun = make(chan struct{}), make(chan struct{})
		done := make(chan error, 1)
		go func() {
			_, err := d.Solve(context.Background(), "solver", id, b)
			done <- err
		}()
		<-d.world.begun
		if _, err := d.Solve(t.Context(), "solver", id, other); !errors.Is(err, ErrBusy) {
			t.Errorf("a second simulation: %v", err)
		}
		o, signature := d.order(func(o *orders.Order, _ *orders.Intent) { o.Nonce = big.NewInt(6) })
		if _, err := d.Submit(t.Context(), "client", o, signature); !errors.Is(err, ErrBusy) {
			t.Errorf("an order meanwhile: %v", err)
		}
		close(d.world.block)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Run("maxClientFailures", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxClientFailures, c.FailureWindow = 3, time.Minute })
		id := d.submitted(nil)
		fails := d.bundle(1, Simulation{Failure: "reverted", Leg: 0})
		for range 4 {
			if _, err := d.Solve(t.Context(), "solver", id, fails); !errors.Is(err, ErrFails) {
				t.Fatal(err)
			}
		}
		good := d.solution(2, id, 100, 90)
		_, err := d.Solve(t.Context(), "solver", id, good)
		wantRefusal(t, err, ErrQuota, "", "try again in 20s")
		d.world.set(func() { d.world.broken = errors.Join(errors.New("leg 0"), context.DeadlineExceeded) })
		for range 4 { // what takes longest is not free
			if _, err := d.Solve(t.Context(), "slow", id, good); !errors.Is(err, ErrFails) {
				t.Fatal(err)
			}
		}
		d.world.set(func() { d.world.broken = nil })
		if _, err := d.Solve(t.Context(), "slow", id, good); !errors.Is(err, ErrQuota) {
			t.Errorf("after simulations that take too long: %v", err)
		}
		if _, err := d.Solve(t.Context(), "another", id, good); err != nil {
			t.Errorf("another client: %v", err)
		}
		d.later(21 * time.Second)
		if _, err := d.Solve(t.Context(), "solver", id, good); err != nil {
			t.Errorf("later: %v", err)
		}
	})
	t.Run("maxClients", func(t *testing.T) {
		t.Parallel()
		cfg, now := Default(), time.Unix(1000, 0)
		cfg.MaxClients = 2
		q := newQuota(cfg)
		for _, client := range []string{"a", "b", "c", ""} {
			q.charge(client, now)
		}
		if len(q.paid) != 2 {
			t.Errorf("%d clients are counted", len(q.paid))
		}
		q.charge("c", now.Add(time.Hour))
		if len(q.paid) != 1 {
			t.Errorf("who has paid is not forgotten: %v", q.paid)
		}
	})
	t.Run("maxSubscribers", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.MaxSubscribers = 1 })
		first, err := d.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Subscribe()
		wantRefusal(t, err, ErrLimit, "intents.maxSubscribers", "at most 1")
		first.Close()
		first.Close()
		if _, err := d.Subscribe(); err != nil {
			t.Errorf("after the first has left: %v", err)
		}
	})
	t.Run("feedBacklog", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, func(c *Config) { c.FeedBacklog = 2 })
		slow, err := d.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		for n := range int64(3) {
			d.submitted(func(o *orders.Order, _ *orders.Intent) { o.Nonce = big.NewInt(n) })
		}
		for range 2 {
			if _, err := slow.Next(t.Context()); err != nil {
				t.Errorf("what there was room for: %v", err)
			}
		}
		if _, err := slow.Next(t.Context()); !errors.Is(err, ErrSlow) {
			t.Errorf("then: %v", err)
		}
		slow.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		idle, err := d.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // what is there
			if n, err := idle.Next(t.Context()); err != nil || n.Event != EventOpened {
				t.Errorf("got %s, %v", n.Event, err)
			}
		}
		if _, err := idle.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("without anything to tell: %v", err)
		}
	})
}

// Nothing that is offered is shown before it is sent.
func TestBook_OffersAreSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	id := d.submitted(nil)
	b := d.solution(1, id, 100, 90)
	if _, err := d.Solve(t.Context(), "solver", id, b); err != nil {
		t.Fatal(err)
	}
	v := d.view(id)
	if v.Solutions != 1 || len(v.Fills) != 0 {
		t.Errorf("shown is %+v", v)
	}
	feed, err := d.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := feed.Next(t.Context()); err != nil || len(n.View.Fills) != 0 {
		t.Errorf("told is %+v, %v", n, err)
	}
}
