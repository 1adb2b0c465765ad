package solver

import (
	"context"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// patience bounds the wait for what must happen; it is no measure of anything.
const patience = 30 * time.Second

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("not %s", what)
		case <-ticker.C:
		}
	}
}

// start runs a solver until the test ends, and returns when it listens.
func start(t *testing.T, cfg Config) *Solver {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	eventually(t, "ready", s.Ready)
	return s
}

// valueOf reads a counter or gauge.
func valueOf(m prometheus.Metric) float64 {
	var value dto.Metric
	if err := m.Write(&value); err != nil {
		panic(err)
	}
	return value.GetCounter().GetValue() + value.GetGauge().GetValue()
}

// counted is a solver's number of solutions with an outcome.
func (s *Solver) counted(outcome string) int {
	return int(valueOf(s.meters.solutions.WithLabelValues(outcome)))
}

// submit gives an order to the gateway.
func (w *world) submit(t *testing.T, what wish) common.Hash {
	t.Helper()
	o, signature := w.sign(t, what)
	id, err := w.gate.SubmitIntent(t.Context(), &o, signature)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// await waits until an order is as it should be.
func (w *world) await(t *testing.T, id common.Hash, what string, holds func(*client.Intent) bool) *client.Intent {
	t.Helper()
	var view *client.Intent
	eventually(t, what, func() bool {
		var err error
		if view, err = w.gate.Intent(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return holds(view)
	})
	return view
}

func filled(view *client.Intent) bool { return view.Status == "filled" }

// trade buys tokens on the first rollup, which makes them dearer there, or sells them.
func (w *world) trade(t *testing.T, amount *big.Int, buys bool) {
	t.Helper()
	x := w.exchanges[0]
	make := x.Sell
	if buys {
		make = x.Buy
	}
	call, err := make(x.Address, amount, big.NewInt(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Send(t.Context(), call); err != nil {
		t.Fatal(err)
	}
}

func TestSolvers_OnADevnet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, account := range []int{4, 5} {
		w.stock(t, 0, account, ether(10_000))
		w.stock(t, 1, account, ether(20_000))
	}
	t.Run("the better of two wins", func(t *testing.T) { testTwoSolvers(t, w) })
	t.Run("inventory beats pools", func(t *testing.T) { testStrategies(t, w) })
	t.Run("many orders with two keys", func(t *testing.T) { testManyOrders(t, w) })
	t.Run("a limit order is filled when the price has come", func(t *testing.T) { testLimitOrder(t, w) })
	t.Run("parts of an order", func(t *testing.T) { testParts(t, w) })
	t.Run("the connection breaks", func(t *testing.T) { testDisconnect(t, w) })
}

func addressOf(account int) common.Address {
	return crypto.PubkeyToAddress(devnet.Accounts()[account].Key.PublicKey)
}

func testTwoSolvers(t *testing.T, w *world) {
	cheap, dear := start(t, w.config(t, 4, Inventory, 20)), start(t, w.config(t, 5, Inventory, 60))
	var view *client.Intent
	for both := false; !both; { // on a busy machine one of them may be too late for a window
		bids, lost := [2]int{cheap.counted(outcomeSent), dear.counted(outcomeSent)}, dear.counted(outcomeLost)
		executed := cheap.counted(outcomeExecuted) + dear.counted(outcomeExecuted)
		view = w.await(t, w.submit(t, wish{input: ether(1000), limit: ether(900)}), "filled", filled)
		eventually(t, "counted", func() bool { return cheap.counted(outcomeExecuted)+dear.counted(outcomeExecuted) > executed })
		both = cheap.counted(outcomeSent) > bids[0] && dear.counted(outcomeSent) > bids[1]
		if both {
			eventually(t, "lost by the other one", func() bool { return dear.counted(outcomeLost) > lost })
		}
	}
	if len(view.Fills) != 1 || view.Fills[0].Filler != addressOf(4) {
		t.Fatalf("%+v", view.Fills)
	}
	// 20 basis points and the fees are what it keeps, and no more.
	if out := view.Fills[0].OutputAmount.ToInt(); out.Cmp(ether(997)) < 0 || out.Cmp(ether(998)) > 0 {
		t.Errorf("gives %s", out)
	}
	if profit := valueOf(cheap.meters.profit.WithLabelValues("TOK")) / float64(cheap.counted(outcomeExecuted)); profit < 0.001 || profit > 0.01 {
		t.Errorf("profit %f", profit)
	}
	if cheap.counted(outcomeWon) != cheap.counted(outcomeExecuted) || cheap.counted(outcomeVoid)+dear.counted(outcomeVoid) != 0 {
		t.Error("counted what did not happen")
	}
}

func testStrategies(t *testing.T, w *world) {
	stocked, bare := start(t, w.config(t, 4, Inventory, 100)), start(t, w.config(t, 6, Pools, 0))
	view := w.await(t, w.submit(t, wish{input: ether(1000), limit: ether(700)}), "filled", filled)
	if view.Fills[0].Filler != addressOf(4) {
		t.Errorf("%+v", view.Fills)
	}
	eventually(t, "counted", func() bool { return stocked.counted(outcomeExecuted) == 1 && bare.counted(outcomeLost) == 1 })
}

func testManyOrders(t *testing.T, w *world) {
	cfg := w.config(t, 4, Both, 10)
	cfg.Keys = append(cfg.Keys, devnet.Accounts()[5].Key)
	s := start(t, cfg)
	var ids []common.Hash
	for range 6 {
		ids = append(ids, w.submit(t, wish{input: ether(500), limit: ether(400)}))
	}
	fillers := make(map[common.Address]bool)
	for _, id := range ids {
		view := w.await(t, id, "filled", filled)
		fillers[view.Fills[len(view.Fills)-1].Filler] = true
	}
	if len(fillers) != 2 {
		t.Errorf("filled by %v, want both keys at work", fillers)
	}
	eventually(t, "counted", func() bool { return s.counted(outcomeExecuted) == len(ids) })
	if n := s.counted(outcomeVoid); n != 0 {
		t.Errorf("%d void", n)
	}
}

func testLimitOrder(t *testing.T, w *world) {
	s := start(t, w.config(t, 6, Pools, 10))
	id := w.submit(t, wish{input: ether(1000), limit: ether(1050), ether: true})
	other := w.submit(t, wish{input: ether(100), limit: ether(80), ether: true})
	w.await(t, other, "filled", filled) // so the first was looked at too
	if view, err := w.gate.Intent(t.Context(), id); err != nil || view.Status != "open" || view.Solutions != 0 {
		t.Fatalf("%+v %v", view, err)
	}
	w.trade(t, ether(6000), true)
	view := w.await(t, id, "filled", filled)
	if out := view.Fills[0].OutputAmount.ToInt(); out.Cmp(ether(1050)) < 0 {
		t.Errorf("gives %s", out)
	}
	eventually(t, "counted", func() bool { return s.counted(outcomeExecuted) == 2 })
}

func testParts(t *testing.T, w *world) {
	s := start(t, w.config(t, 6, Pools, 10))
	id := w.submit(t, wish{input: ether(10_000), limit: ether(10_000), ether: true, partial: true})
	part := w.await(t, id, "filled in part", func(v *client.Intent) bool {
		return len(v.Fills) > 0 && v.Fills[0].Status == "executed" && v.Status == "open"
	})
	first := part.Fills[0].InputAmount.ToInt()
	if first.Cmp(ether(100)) < 0 || first.Cmp(ether(9000)) > 0 {
		t.Errorf("takes %s", first)
	}
	w.trade(t, ether(40_000), true)
	view := w.await(t, id, "filled", filled)
	total := new(big.Int)
	for _, f := range view.Fills {
		if f.Status != "executed" {
			continue
		}
		total.Add(total, f.InputAmount.ToInt())
		if f.OutputAmount.ToInt().Cmp(f.InputAmount.ToInt()) < 0 {
			t.Errorf("a part under the limit: %+v", f)
		}
	}
	if total.Cmp(ether(10_000)) != 0 {
		t.Errorf("filled %s", total)
	}
	eventually(t, "counted", func() bool { return s.counted(outcomeExecuted) >= 2 })
}

func testDisconnect(t *testing.T, w *world) {
	p := newProxy(t, strings.TrimPrefix(w.url, "ws://"))
	cfg := w.config(t, 4, Inventory, 20)
	cfg.Gateway = "ws://" + p.listener.Addr().String()
	s := start(t, cfg)
	w.await(t, w.submit(t, wish{input: ether(100), limit: ether(90)}), "filled", filled)
	// In the middle of an auction: the bid is at the gateway already, and what became of it is learned later.
	id := w.submit(t, wish{input: ether(100), limit: ether(90)})
	w.await(t, id, "bid for", func(v *client.Intent) bool { return v.Solutions > 0 || filled(v) })
	p.cut(true)
	eventually(t, "disconnected", func() bool { return !s.Ready() })
	w.await(t, id, "filled", filled)
	var ids []common.Hash
	for range 3 {
		ids = append(ids, w.submit(t, wish{input: ether(100), limit: ether(90)}))
	}
	p.cut(false)
	p.cut(true)
	p.cut(false)
	for _, id := range ids {
		w.await(t, id, "filled", filled)
	}
	eventually(t, "counted", func() bool { return s.counted(outcomeExecuted) == 5 })
	if n := valueOf(s.meters.sessions); n < 2 {
		t.Errorf("%f sessions", n)
	}
}

// proxy is a way to the gateway that can be cut.
type proxy struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	down  bool
	conns []net.Conn
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: to}
	done := make(chan struct{})
	go func() { defer close(done); p.run() }()
	t.Cleanup(func() { l.Close(); p.cut(true); <-done })
	return p
}

func (p *proxy) run() {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil || !p.keep(in, out) {
			in.Close()
			continue
		}
		for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
			all.Go(func() {
				_, _ = io.Copy(way[0], way[1]) // ends when either side is closed
				way[0].Close()
				way[1].Close()
			})
		}
	}
}

func (p *proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		for _, c := range conns {
			c.Close()
		}
		return false
	}
	p.conns = append(p.conns, conns...)
	return true
}

// cut ends all connections, and refuses new ones until it is called with false.
func (p *proxy) cut(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	for _, c := range slices.Clone(p.conns) {
		c.Close()
	}
	p.conns = nil
}
