package gateway_test

import (
	"encoding/json"
	"net"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// message is the union of what the subscription sends.
type message struct {
	Type     string
	Number   uint64
	Time     uint64
	Empty    uint64
	Lanes    []gateway.LaneMessage
	Bundles  []gateway.BundleView
	Attested json.RawMessage
	Zone     core.ZoneID
	Tick     uint64
	Outcomes []gateway.OutcomeMessage
	Error    *gateway.ErrorView
	// ResumeFrom is that of an error.
	ResumeFrom uint64
}

func subscribe(t *testing.T, c *rpc.Client) <-chan message {
	t.Helper()
	ch := make(chan message, 64)
	sub, err := c.Subscribe(t.Context(), "lockstep", ch, "ticks")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Unsubscribe)
	return ch
}

func TestTicks_TellOrderedExecutedAndAttestedOfATransaction(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ticks := subscribe(t, h.Dial(t, "ws", "/"))
	leg, single := gatewaytest.Tx(gatewaytest.B, 0), gatewaytest.Tx(gatewaytest.B, 1)
	bundle := gatewaytest.Bundle(h.Genesis, leg)
	tick := h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{bundle}, Txs: []core.Transaction{single}})

	m := next(t, ticks)
	if m.Type != "tick" || m.Number != tick || m.Time != gatewaytest.Start+10 || len(m.Lanes) != 1 || len(m.Bundles) != 1 {
		t.Fatalf("ordered: %+v", m)
	}
	if lane := m.Lanes[0]; lane.Rollup != gatewaytest.B || lane.FirstSeq != 0 || lane.Count != 2 || lane.Txs[0] != leg.Hash() || lane.Txs[1] != single.Hash() || lane.Head != h.Log.Lane(gatewaytest.B).Head {
		t.Errorf("lane: %+v", lane)
	}
	if m.Bundles[0].ID != bundle.Hash || m.Bundles[0].Legs[0].TxHash != leg.Hash() {
		t.Errorf("bundle: %+v", m.Bundles[0])
	}

	h.Zone.Decide(tick, gatewaytest.InBundle(gatewaytest.Included(gatewaytest.B, 0, leg), bundle.Hash), gatewaytest.Void(gatewaytest.B, 1, single, core.VoidNonceTooLow, "nonce too low"))
	m = next(t, ticks)
	if m.Type != "executed" || m.Zone != gatewaytest.Zone1 || m.Tick != tick || len(m.Outcomes) != 2 {
		t.Fatalf("executed: %+v", m)
	}
	if o := m.Outcomes[0]; o.TxHash != leg.Hash() || o.Outcome != core.Included || *o.BundleID != bundle.Hash || *o.Block != 7 {
		t.Errorf("leg: %+v", o)
	}
	if o := m.Outcomes[1]; o.Seq != 1 || o.Outcome != core.VoidNonceTooLow || o.Reason != "nonce too low" || o.Block != nil {
		t.Errorf("single: %+v", o)
	}

	attest(h, tick)
	m = next(t, ticks)
	var attested []gateway.AttestedView
	if err := json.Unmarshal(m.Attested, &attested); err != nil || m.Type != "empty" || len(attested) != 1 || attested[0].Tick != tick {
		t.Errorf("attested: %+v %s %v", m, m.Attested, err)
	}
}

// Votes agree on a result one tick before a record says so.
func TestTicks_TellAttestedWithTheVotes(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "ws", "/")
	ticks := subscribe(t, c)
	single := gatewaytest.Tx(gatewaytest.B, 0)
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{single}})
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.B, 0, single))
	if m := next(t, ticks); m.Number != tick || len(m.Attested) > 0 {
		t.Fatalf("ordered: %+v", m)
	}
	if m := next(t, ticks); m.Type != "executed" || m.Tick != tick {
		t.Fatalf("executed: %+v", m)
	}
	heard := core.Attested{Zone: gatewaytest.Zone1, Tick: tick, Digest: common.Hash{31: byte(tick)}}
	h.Log.Append(gatewaytest.Content{Heard: []core.Attested{heard}})
	m := next(t, ticks)
	var attested []gateway.AttestedView
	if err := json.Unmarshal(m.Attested, &attested); err != nil || m.Number != tick+1 || len(attested) != 1 || attested[0] != (gateway.AttestedView{Zone: heard.Zone, Tick: heard.Tick, Digest: heard.Digest}) {
		t.Fatalf("attested: %+v %s %v", m, m.Attested, err)
	}
	var status gateway.Status
	if err := c.Call(&status, "lockstep_getStatus", single.Hash()); err != nil || len(status.Attempts) != 1 || status.Attempts[0].Level != core.LevelAttested {
		t.Errorf("status: %+v %v", status, err)
	}
	attest(h, tick) // the record says it again
	again := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{gatewaytest.Tx(gatewaytest.B, 1)}})
	for m = next(t, ticks); m.Number != again; m = next(t, ticks) {
		if m.Type != "empty" {
			t.Errorf("before tick %d: %+v", again, m)
		}
	}
}

func TestTicks_RunLengthCodeEmptyTicks(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ticks := subscribe(t, h.Dial(t, "ws", "/"))
	for range 5 {
		h.Log.Append(gatewaytest.Content{})
	}
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{gatewaytest.Tx(gatewaytest.A, 0)}})
	if m := next(t, ticks); m.Type != "empty" || m.Empty != 5 || m.Number != 6 {
		t.Errorf("got %+v, want the five empty ticks up to 6", m)
	}
	if m := next(t, ticks); m.Type != "tick" || m.Number != 7 {
		t.Errorf("got %+v, want tick 7", m)
	}
	// Without content a run is reported once per second of consensus time.
	for range 3 {
		h.Log.Append(gatewaytest.Content{TimeStep: 600})
	}
	if m := next(t, ticks); m.Type != "empty" || m.Empty != 3 || m.Number != 10 {
		t.Errorf("got %+v, want the three empty ticks up to 10", m)
	}
}

func TestTicks_ReportWhatAStoppedLaneDecidesLater(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ticks := subscribe(t, h.Dial(t, "ws", "/"))
	single, leg := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 5)
	first := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{single}})
	next(t, ticks)
	h.Zone.Decide(first) // the lane has stopped before the single
	second := h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{gatewaytest.Bundle(h.Genesis, leg)}})
	next(t, ticks)
	h.Zone.Decide(second, gatewaytest.Void(gatewaytest.A, 1, leg, core.VoidBlockFull, ""))
	if m := next(t, ticks); m.Type != "executed" || m.Tick != second || len(m.Outcomes) != 1 || m.Outcomes[0].Seq != 1 {
		t.Errorf("leg behind the stop: %+v", m)
	}
	third := h.Log.Append(gatewaytest.Content{})
	h.Zone.Decide(third, gatewaytest.Included(gatewaytest.A, 0, single))
	if m := next(t, ticks); m.Type != "executed" || m.Tick != third || len(m.Outcomes) != 1 || m.Outcomes[0].Seq != 0 {
		t.Errorf("single of the backlog: %+v", m)
	}
}

func TestTicks_NeedAWebSocket(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	err := h.Dial(t, "http", "/").CallContext(t.Context(), nil, "lockstep_subscribe", "ticks")
	if got := failure(t, err); got.Code != -32601 {
		t.Errorf("got %+v", got)
	}
	if err := h.Dial(t, "ws", "/").CallContext(t.Context(), nil, "lockstep_subscribe", "tocks"); failure(t, err).Code != -32601 {
		t.Errorf("got %v", err)
	}
}

func TestTicks_AreBoundedInSubscribers(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxSubscriptions = 1 }})
	c := h.Dial(t, "ws", "/")
	subscribe(t, c)
	if got := failure(t, c.CallContext(t.Context(), nil, "lockstep_subscribe", "ticks")); got.Code != -32005 || got.Data.Field != "gateway.maxSubscriptions" {
		t.Errorf("got %+v", got)
	}
}

// smallBuffers lets the kernel hold back little for a client that does not read.
type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return c, c.(*net.TCPConn).SetWriteBuffer(4096)
}

func TestTicks_DropASlowSubscriberWithAnError(t *testing.T) {
	t.Parallel()
	l, err := gateway.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := gatewaytest.New(t, gatewaytest.Options{Listener: smallBuffers{l}, Config: func(c *gateway.Config) { c.FeedBacklog = 4 }})
	slow := dialSlow(t, h)
	if err := slow.WriteMessage(websocket.TextMessage, []byte(`{"jsonrpc":"2.0","id":1,"method":"lockstep_subscribe","params":["ticks"]}`)); err != nil {
		t.Fatal(err)
	}
	var subscribed struct{ Result string }
	if err := slow.ReadJSON(&subscribed); err != nil || subscribed.Result == "" {
		t.Fatalf("got %+v, %v", subscribed, err)
	}
	// A quick subscriber shows that all messages are out, and that a slow one holds up nobody. It reads each tick before
	// the next one comes; the slow one reads nothing until the kernel's buffers are full and the ring has gone round.
	quick := subscribe(t, h.Dial(t, "ws", "/"))
	var txs []core.Transaction
	for nonce := range uint64(200) {
		txs = append(txs, gatewaytest.Tx(gatewaytest.A, nonce))
	}
	for range 60 {
		h.Log.Append(gatewaytest.Content{Txs: txs})
		if m := next(t, quick); m.Type != "tick" {
			t.Fatalf("quick subscriber got %+v", m)
		}
	}
	if err := slow.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	newest := uint64(0)
	for received := 0; ; received++ {
		var m struct{ Params struct{ Result message } }
		if err := slow.ReadJSON(&m); err != nil {
			t.Fatalf("after %d messages: %v", received, err)
		}
		if m.Params.Result.Type == "error" {
			if e := m.Params.Result.Error; e == nil || e.Code != 47502 || e.Reason != "slowConsumer" {
				t.Errorf("got error %+v", e)
			}
			// Nothing was decided, so the subscriber has to begin with the first tick that it got.
			if got := m.Params.Result.ResumeFrom; got != 2 {
				t.Errorf("resume from %d, want 2, with tick %d the newest that came", got, newest)
			}
			break
		}
		newest = m.Params.Result.Number
	}
	f := &follower{next: 2, decided: make(map[uint64]int)}
	for ch := subscribeFrom(t, h.Dial(t, "ws", "/"), 2); f.next <= h.Log.Head(); {
		f.take(t, next(t, ch))
	}
}

// dialSlow opens a WebSocket with small receive buffers.
func dialSlow(t *testing.T, h *gatewaytest.Harness) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{ReadBufferSize: 512, NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		if err != nil {
			return nil, err
		}
		return c, c.(*net.TCPConn).SetReadBuffer(64 << 10)
	}}
	c, _, err := dialer.DialContext(t.Context(), h.URL("ws", "/"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestTicks_EndWithTheGateway(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ch := make(chan message, 4)
	sub, err := h.Dial(t, "ws", "/").Subscribe(t.Context(), "lockstep", ch, "ticks")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	next(t, sub.Err())
}
