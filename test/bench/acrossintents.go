package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
	"github.com/lockstep-network/lockstep/solver"
)

var settler = intentsettler.NewIntentSettler()

// IntentLatency is from lockstep_submitIntent to the moment a subscriber of the same gateway learns what became of it, in ms.
type IntentLatency struct {
	Count     int `json:"count"`
	PerSecond int `json:"perSecond"`
	// Window is the auction's length in ticks, TickMs how long a tick took on average meanwhile.
	Window uint64  `json:"window"`
	TickMs float64 `json:"tickMs"`
	// Late are those that nobody had made an offer for when their first window ended.
	Late int `json:"late"`
	// Awarded is until the winner's bundle was sent, Executed and Attested until it was that.
	Awarded  Percentiles `json:"awarded"`
	Ordered  Percentiles `json:"ordered"`
	Executed Percentiles `json:"executed"`
	Attested Percentiles `json:"attested"`
}

const (
	solverKeys  = 12 // accounts of the solver: each works on one bid at a time
	solverPace  = 20 * time.Millisecond
	setUpTime   = 2 * time.Minute
	orderLife   = 10 * time.Minute
	eventBuffer = 1 << 12
)

// An order is worth a hundredth of a token; its limit leaves room for the solver's margin and gas.
var (
	orderInput = big.NewInt(params.Ether / 100)
	orderLimit = big.NewInt(params.Ether / 125)
)

// orderTerms say what an order is about: the first rollup's token for the second one's.
type orderTerms struct {
	user         *sender
	input, limit *big.Int
	partial      bool
}

func (s *setting) order(t orderTerms) (orders.Order, error) {
	user := t.user.address()
	data, err := orders.EncodeIntent(orders.Intent{
		InputToken: s.exchanges[0].Token, InputAmount: t.input, OutputToken: common.BytesToHash(s.exchanges[1].Token[:]), MinOutput: t.limit,
		Recipient: common.BytesToHash(user[:]), DestinationChainId: actor.ChainID(s.load.rollups[1].id),
		DestinationSettler: common.BytesToHash(s.contracts.IntentSettler[:]), PartialFill: t.partial,
	})
	if err != nil {
		return orders.Order{}, err
	}
	nonce := make([]byte, 31) // Permit2's nonces have no order
	if _, err := rand.Read(nonce); err != nil {
		return orders.Order{}, err
	}
	deadline := uint32(time.Now().Add(orderLife).Unix())
	return orders.Order{
		OriginSettler: s.contracts.IntentSettler, User: user, Nonce: new(big.Int).SetBytes(nonce), OriginChainId: actor.ChainID(s.load.rollups[0].id),
		OpenDeadline: deadline, FillDeadline: deadline, OrderDataType: orders.DataType, OrderData: data,
	}, nil
}

// onchainOrder is what a user gives who opens an order itself.
func onchainOrder(o orders.Order) intentsettler.OnchainCrossChainOrder {
	return intentsettler.OnchainCrossChainOrder{FillDeadline: o.FillDeadline, OrderDataType: o.OrderDataType, OrderData: o.OrderData}
}

// benchIntents submits orders at a constant rate, which one solver in this process fills from its inventory.
func (s *setting) benchIntents(ctx context.Context, o acrossOptions) (IntentLatency, error) {
	fmt.Fprintf(os.Stderr, "a solver with %d accounts …\n", solverKeys)
	config, err := s.solverConfig(ctx)
	if err != nil {
		return IntentLatency{}, err
	}
	one, err := solver.New(config)
	if err != nil {
		return IntentLatency{}, err
	}
	running, stop := context.WithCancel(ctx)
	group, groupCtx := errgroup.WithContext(running)
	group.Go(func() error { return one.Run(groupCtx) })
	defer func() {
		stop()
		if err := group.Wait(); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}()
	if err := awaitReady(groupCtx, one); err != nil {
		return IntentLatency{}, err
	}
	fmt.Fprintf(os.Stderr, "%d intents, %d per second …\n", o.intents, o.perSecond)
	return s.runIntents(ctx, o)
}

// solverConfig is that of a solver with an inventory of both tokens.
func (s *setting) solverConfig(ctx context.Context) (solver.Config, error) {
	config := solver.Config{
		Gateway: strings.Replace(s.net.info.RPC, "http://", "ws://", 1), Strategy: solver.Inventory, Margin: 30, MarginFloor: 30,
		MaxOrder: tokens(1), BundleLife: 30 * time.Second, Tip: big.NewInt(1), MaxGasPrice: big.NewInt(100 * params.GWei),
		Tokens: []solver.Token{{Symbol: "TOK", Decimals: 18, Keep: new(big.Int), Addresses: make(map[core.RollupID]common.Address)}},
	}
	for range solverKeys {
		key, err := crypto.GenerateKey()
		if err != nil {
			return config, err
		}
		config.Keys = append(config.Keys, key)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, x := range s.exchanges {
		config.Rollups = append(config.Rollups, solver.Rollup{
			ID: x.Rollup, Router: x.Router, Factory: x.Factory, WETH: x.WETH, Settler: s.contracts.IntentSettler, Keep: big.NewInt(params.Ether / 10),
		})
		config.Tokens[0].Addresses[x.Rollup] = x.Token
		group.Go(func() error {
			for _, key := range config.Keys {
				to := crypto.PubkeyToAddress(key.PublicKey)
				if _, err := x.Send(groupCtx, actor.Call{To: &to, Value: tokens(10)}); err != nil {
					return err
				}
				if err := x.Give(groupCtx, to, tokens(5)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return config, group.Wait()
}

// awaitReady waits until a solver watches for orders.
func awaitReady(ctx context.Context, one *solver.Solver) error {
	ctx, cancel := context.WithTimeoutCause(ctx, setUpTime, errors.New("the solver does not get ready"))
	defer cancel()
	ticker := time.NewTicker(solverPace)
	defer ticker.Stop()
	for !one.Ready() {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
	return nil
}

// runIntents submits and waits until everything is filled and attested.
func (s *setting) runIntents(ctx context.Context, o acrossOptions) (IntentLatency, error) {
	gate, err := client.Dial(ctx, strings.Replace(s.net.info.RPC, "http://", "ws://", 1))
	if err != nil {
		return IntentLatency{}, err
	}
	defer gate.Close()
	w := newWatch(o.intents)
	if err := w.subscribe(ctx, gate); err != nil {
		return IntentLatency{}, err
	}
	first, err := gate.LatestTick(ctx)
	if err != nil {
		return IntentLatency{}, err
	}
	var group errgroup.Group
	begin := time.Now()
	for i := range o.intents {
		user := s.load.rollups[0].senders[i%len(s.load.rollups[0].senders)]
		order, err := s.order(orderTerms{user: user, input: orderInput, limit: orderLimit})
		if err != nil {
			return IntentLatency{}, err
		}
		if err := sleepUntil(ctx, begin.Add(time.Duration(i)*time.Second/time.Duration(o.perSecond))); err != nil {
			return IntentLatency{}, err
		}
		group.Go(func() error { return w.submit(ctx, gate, order, user.key) })
	}
	if err := group.Wait(); err != nil {
		return IntentLatency{}, fmt.Errorf("submit: %w", err)
	}
	if err := w.await(ctx); err != nil {
		return IntentLatency{}, err
	}
	last, err := gate.LatestTick(ctx)
	if err != nil {
		return IntentLatency{}, err
	}
	l := w.latency()
	l.PerSecond, l.TickMs = o.perSecond, float64(last.Time-first.Time)/float64(last.Number-first.Number)
	return l, nil
}

// watch notes when a subscriber learns what became of orders and bundles.
type watch struct {
	mu      sync.Mutex
	want    int
	orders  map[common.Hash]*orderTimes
	bundles map[common.Hash]*sample
	waiting []*sample // executed, not attested yet
	err     error
	done    chan struct{}
	ended   sync.Once
}

// orderTimes are those of one order, and the bundle that filled it.
type orderTimes struct {
	submitted, awarded time.Time
	closes             uint64 // of the first window
	window             uint64
	late               bool
	bundle             common.Hash
}

func newWatch(want int) *watch {
	return &watch{want: want, orders: make(map[common.Hash]*orderTimes), bundles: make(map[common.Hash]*sample), done: make(chan struct{})}
}

func (w *watch) subscribe(ctx context.Context, gate *client.Client) error {
	events, ticks := make(chan *client.IntentEvent, eventBuffer), make(chan *client.TickEvent, eventBuffer)
	intents, err := gate.SubscribeIntents(ctx, events)
	if err != nil {
		return fmt.Errorf("subscribe to intents: %w", err)
	}
	blocks, err := gate.SubscribeTicks(ctx, ticks)
	if err != nil {
		return fmt.Errorf("subscribe to ticks: %w", err)
	}
	go func() {
		for {
			select {
			case e := <-events:
				w.event(e, time.Now())
			case t := <-ticks:
				w.tick(t, time.Now())
			case <-intents.Err():
				return
			case <-blocks.Err():
				return
			}
		}
	}()
	return nil
}

// submit signs an order and submits it.
func (w *watch) submit(ctx context.Context, gate *client.Client, order orders.Order, key *ecdsa.PrivateKey) error {
	id, err := orders.ID(order)
	if err != nil {
		return err
	}
	signature, err := orders.Sign(order, key)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.orders[id] = &orderTimes{submitted: time.Now()}
	w.mu.Unlock()
	_, err = gate.SubmitIntent(ctx, &order, signature)
	return err
}

// event notes what happened to an order.
func (w *watch) event(e *client.IntentEvent, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := w.orders[e.Intent.OrderID]
	if o == nil {
		return
	}
	auction := e.Intent.Auction
	switch e.Event {
	case "opened":
		o.closes, o.window = auction.ClosesTick, auction.ClosesTick-auction.OpensTick
	case "awarded":
		o.awarded, o.late = now, auction.ClosesTick > o.closes
	case "closed":
		w.err = fmt.Errorf("order %s is %s: %s", e.Intent.OrderID, e.Intent.Status, e.Intent.Reason)
		w.end()
	case "filled":
		for _, f := range e.Intent.Fills {
			if f.Status == "executed" {
				o.bundle = f.BundleID
			}
		}
	}
	w.finish()
}

// tick notes what a tick ordered, decided and attested.
func (w *watch) tick(t *client.TickEvent, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range t.Bundles {
		w.bundles[b.ID] = &sample{ordered: now}
	}
	for _, outcome := range t.Outcomes {
		if outcome.BundleID == nil || w.bundles[*outcome.BundleID] == nil || !w.bundles[*outcome.BundleID].executed.IsZero() {
			continue
		}
		b := w.bundles[*outcome.BundleID]
		b.executed, b.tick = now, t.Tick
		w.waiting = append(w.waiting, b)
	}
	results, err := t.Results()
	if err != nil {
		w.err = err
		w.end()
	}
	for _, r := range results {
		for len(w.waiting) > 0 && w.waiting[0].tick <= r.Tick {
			w.waiting[0].attested = now
			w.waiting = w.waiting[1:]
		}
	}
	w.finish()
}

// finish ends the wait once everything is filled and attested.
func (w *watch) finish() {
	if len(w.orders) < w.want {
		return
	}
	for _, o := range w.orders {
		if b := w.bundles[o.bundle]; b == nil || b.attested.IsZero() {
			return
		}
	}
	w.end()
}

func (w *watch) end() { w.ended.Do(func() { close(w.done) }) }

func (w *watch) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, setUpTime, errors.New("not every order was filled and attested in time"))
	defer cancel()
	select {
	case <-w.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *watch) latency() IntentLatency {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := IntentLatency{Count: len(w.orders)}
	var awarded, ordered, executed, attested []time.Duration
	for _, o := range w.orders {
		b := w.bundles[o.bundle]
		awarded = append(awarded, o.awarded.Sub(o.submitted))
		ordered = append(ordered, b.ordered.Sub(o.submitted))
		executed = append(executed, b.executed.Sub(o.submitted))
		attested = append(attested, b.attested.Sub(o.submitted))
		l.Window = o.window
		if o.late {
			l.Late++
		}
	}
	l.Awarded, l.Ordered, l.Executed, l.Attested = percentiles(awarded), percentiles(ordered), percentiles(executed), percentiles(attested)
	return l
}

func (l IntentLatency) print(w io.Writer) {
	fmt.Fprintf(w, "%d intents, %d per second, one solver; auction window %d ticks, %.0f ms per tick meanwhile; %d had no offer in their first window\n\n",
		l.Count, l.PerSecond, l.Window, l.TickMs, l.Late)
	row := func(name string, p Percentiles) []any {
		return []any{name, fmt.Sprintf("%.0f", p.P50), fmt.Sprintf("%.0f", p.P99), fmt.Sprintf("%.0f", p.Max)}
	}
	table(w, []any{"from `lockstep_submitIntent` until", "p50 ms", "p99 ms", "most ms"},
		row("awarded: the auction is over", l.Awarded), row("ordered", l.Ordered), row("executed", l.Executed), row("attested", l.Attested))
}
