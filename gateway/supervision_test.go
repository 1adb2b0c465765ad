package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

func readiness(t *testing.T, h *gatewaytest.Harness) (r gateway.Readiness) {
	t.Helper()
	got := do(t, h, request{method: http.MethodGet, path: "/readyz"})
	if err := json.Unmarshal([]byte(got.body), &r); err != nil || r.Ready != (got.status == http.StatusOK) {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return r
}

func codes(r gateway.Readiness) string {
	var codes []string
	for _, reason := range r.Reasons {
		codes = append(codes, reason.Code)
	}
	return strings.Join(codes, " ")
}

func TestReadyz_TellsTheTruth(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tick := h.Log.Append(gatewaytest.Content{})
	h.Zone.Decide(tick)
	if r := readiness(t, h); !r.Ready || r.Executed[gatewaytest.Zone1] != tick {
		t.Errorf("a node that executes: %+v", r)
	}
	h.Zone.Rebuild(0)
	if got := codes(readiness(t, h)); got != "zoneBehind" {
		t.Errorf("a zone that executes again: %q", got)
	}
	h.Zone.Decide(tick)
	if r := readiness(t, h); !r.Ready {
		t.Errorf("a zone that has executed again: %+v", r)
	}
	h.Zone.Stop()
	if got := codes(readiness(t, h)); got != "zoneStopped" {
		t.Errorf("a zone that has stopped: %q", got)
	}
}

func TestZoneThatStopped_IsNotServed(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ws := h.Dial(t, "ws", "/rollup/901")
	var id hexutil.Uint64
	if err := ws.Call(&id, "eth_chainId"); err != nil {
		t.Fatal(err)
	}
	h.Zone.Stop()
	for ws.Call(&id, "eth_chainId") == nil { // until the gateway has heard of it
		if t.Context().Err() != nil {
			t.Fatal("the connection stays open")
		}
	}
	got := do(t, h, request{path: "/rollup/901", body: chainID})
	if got.status != http.StatusServiceUnavailable || got.rpc.Error == nil || got.rpc.Error.Data.Reason != "notServed" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	var s gateway.NetworkStatus
	if err := h.Dial(t, "http", "/").Call(&s, "lockstep_status"); err != nil || s.Zones[0].Stopped == "" {
		t.Errorf("the network's methods: %+v, %v", s.Zones, err)
	}
}

// What a node claims beyond what its own digests prove is never called attested.
func TestStatus_IsAttestedOnlyWhereThisNodeAgrees(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	h.Zone.Decide(tick, gatewaytest.Void(gatewaytest.A, 0, tx, core.VoidNonceTooLow, "wrong"))
	h.Zone.Dispute()
	h.Log.Append(gatewaytest.Content{Attested: []core.Attested{{Zone: gatewaytest.Zone1, Tick: tick}}})
	root := h.Dial(t, "http", "/")
	var s gateway.Status
	if err := root.Call(&s, "lockstep_waitFor", tx.Hash(), "attested", 100); err != nil || s.Level != core.LevelExecuted {
		t.Fatalf("a disputed result: %+v, %v", s, err)
	}
	h.Zone.Rebuild(tick - 1)
	if err := root.Call(&s, "lockstep_getStatus", tx.Hash()); err == nil && s.Level > core.LevelOrdered {
		t.Errorf("while it is executed again: %+v", s)
	}
}

func TestTicks_TakeBackWhatIsExecutedAgain(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ticks := subscribe(t, h.Dial(t, "ws", "/"))
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	h.Zone.Decide(tick, gatewaytest.Void(gatewaytest.A, 0, tx, core.VoidNonceTooLow, "wrong"))
	expect := func(kind string) message {
		t.Helper()
		m := next(t, ticks)
		if m.Type != kind {
			t.Fatalf("got %+v, want %s", m, kind)
		}
		return m
	}
	expect("tick")
	if m := expect("executed"); m.Outcomes[0].Outcome != core.VoidNonceTooLow {
		t.Fatalf("first: %+v", m)
	}
	h.Zone.Rebuild(tick - 1)
	h.Gateway.Rewound(gatewaytest.Zone1, tick, map[core.RollupID]uint64{gatewaytest.A: 0, gatewaytest.B: 0})
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, 0, tx))
	h.Zone.Decide(h.Log.Append(gatewaytest.Content{})) // the follower looks when it is told of a tick
	if m := expect("rebuilt"); m.Tick != tick || m.Zone != gatewaytest.Zone1 {
		t.Errorf("rebuilt: %+v", m)
	}
	if m := expect("executed"); m.Tick != tick || m.Outcomes[0].Outcome != core.Included {
		t.Errorf("again: %+v", m)
	}
}

func TestStatus_TellsWhenLevelsWereReached(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	root := h.Dial(t, "http", "/")
	// The answer comes from log and zone, the times from their followers, which may be a moment behind.
	status := func(tx core.Transaction, level string, stamped func(*gateway.LevelTimes) bool) *gateway.LevelTimes {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); ; {
			var s gateway.Status
			if err := root.Call(&s, "lockstep_waitFor", tx.Hash(), level, 5000); err != nil || len(s.Attempts) != 1 {
				t.Fatalf("%+v, %v", s, err)
			}
			if at := s.Attempts[0].Times; at != nil && stamped(at) {
				return at
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: no time of level %s: %+v", tx.Hash(), level, s.Attempts[0].Times)
			}
		}
	}
	if err := root.Call(new(gateway.NetworkStatus), "lockstep_status"); err != nil { // answered once the followers run
		t.Fatal(err)
	}
	first, tx := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 1)
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{first}})
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, 0, first))
	h.Log.Append(gatewaytest.Content{Attested: []core.Attested{{Zone: gatewaytest.Zone1, Tick: tick}}})
	h.Zone.Decide(tick + 1)
	status(first, "attested", func(at *gateway.LevelTimes) bool { return at.Executed != 0 })

	tick = h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	if at := status(tx, "ordered", func(at *gateway.LevelTimes) bool { return at.Ordered != 0 }); at.Ordered == 0 || at.Executed != 0 || at.Attested != 0 {
		t.Errorf("ordered: %+v", at)
	}
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, 1, tx))
	if at := status(tx, "executed", func(at *gateway.LevelTimes) bool { return at.Executed != 0 }); at.Executed < at.Ordered || at.Attested != 0 {
		t.Errorf("executed: %+v", at)
	}
	h.Log.Append(gatewaytest.Content{Attested: []core.Attested{{Zone: gatewaytest.Zone1, Tick: tick}}})
	if at := status(tx, "attested", func(at *gateway.LevelTimes) bool { return at.Attested != 0 }); at.Ordered == 0 || at.Attested < at.Executed || at.Executed < at.Ordered {
		t.Errorf("attested: %+v", at)
	}
}
