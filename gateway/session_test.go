package gateway_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// headerTick is the tick that an answer carries.
func headerTick(t *testing.T, r reply) uint64 {
	t.Helper()
	tick, err := strconv.ParseUint(r.header.Get("Lockstep-Tick"), 10, 64)
	if err != nil {
		t.Fatalf("Lockstep-Tick: %v (%d %s)", err, r.status, r.body)
	}
	return tick
}

func TestSession_WaitsForWhatTheClientHasSeen(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.SessionWait = patience }})
	seen := headerTick(t, do(t, h, request{path: "/rollup/901", body: chainID}))
	if seen != 1 {
		t.Errorf("the answer is of tick %d", seen)
	}
	want := strconv.FormatUint(seen+1, 10)
	answered := make(chan reply, 1)
	go func() { answered <- do(t, h, request{path: "/rollup/901", body: chainID, minTick: want}) }()
	tick := h.Log.Append(gatewaytest.Content{})
	select {
	case r := <-answered:
		t.Fatalf("answered before tick %d was executed: %d %s", tick, r.status, r.body)
	case <-time.After(50 * time.Millisecond):
	}
	h.Zone.Decide(tick)
	if r := next(t, answered); r.status != http.StatusOK || headerTick(t, r) != tick {
		t.Errorf("%d %s", r.status, r.body)
	}
}

func TestSession_RefusesWhatItHasNotExecuted(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.SessionWait = 20 * time.Millisecond }})
	r := do(t, h, request{path: "/", body: chainID, minTick: "9"})
	if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" || r.rpc.Error.Code != 47507 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := do(t, h, request{path: "/", body: chainID, minTick: "soon"}); r.status != http.StatusBadRequest || r.rpc.Error.Code != 47103 {
		t.Errorf("no number: %d %s", r.status, r.body)
	}
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), h.URL("ws", "/rollup/901")+"?minTick=9", nil)
	if err == nil {
		_ = conn.Close()
		t.Fatal("a WebSocket was opened at a gateway that is behind")
	}
	if res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%v %v", res, err)
	}
	if res != nil {
		_ = res.Body.Close()
	}
}

func TestSession_BrowsersMayUseIt(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	asked := do(t, h, request{path: "/", body: chainID, origin: "https://a.example"})
	allowed := do(t, h, request{method: http.MethodOptions, path: "/", origin: "https://a.example"})
	if asked.header.Get("Access-Control-Expose-Headers") != "Lockstep-Tick, Lockstep-Held" || !strings.Contains(allowed.header.Get("Access-Control-Allow-Headers"), "Lockstep-Min-Tick") {
		t.Errorf("%v\n%v", asked.header, allowed.header)
	}
}
