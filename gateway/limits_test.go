package gateway_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// frozen is a clock that stands still, so that no token comes back during a test.
func frozen() time.Time { return time.UnixMilli(int64(gatewaytest.Start)) }

// throttled is a gateway that lets each client make five calls.
func throttled(t *testing.T, change func(*gateway.Config)) *gatewaytest.Harness {
	t.Helper()
	return gatewaytest.New(t, gatewaytest.Options{Now: frozen, Config: func(c *gateway.Config) {
		c.ClientRate, c.ClientBurst, c.MaxBatch = 1, 5, 5
		if change != nil {
			change(c)
		}
	}})
}

// refusals reads the metric of refusals because of a limit.
func refusals(t *testing.T, h *gatewaytest.Harness, reason string) string {
	t.Helper()
	body := do(t, h, request{method: http.MethodGet, path: "/metrics"}).body
	for line := range strings.Lines(body) {
		if value, ok := strings.CutPrefix(line, fmt.Sprintf("lockstep_gateway_refusals_total{reason=%q} ", reason)); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("no metric of %s in %s", reason, body)
	return ""
}

func TestLimits_CallsPerClientOverHTTP(t *testing.T) {
	t.Parallel()
	h := throttled(t, nil)
	for i := range 5 {
		if got := do(t, h, request{path: "/rollup/901", body: chainID}); got.status != 200 {
			t.Fatalf("call %d: %d %s", i, got.status, got.body)
		}
	}
	got := do(t, h, request{path: "/rollup/901", body: chainID})
	if got.status != 429 || got.rpc.Error.Code != -32005 || got.rpc.Error.Data.Field != "gateway.clientRate" || got.header.Get("Retry-After") != "1" {
		t.Errorf("got %d %s, Retry-After %q", got.status, got.body, got.header.Get("Retry-After"))
	}
	if want := "gateway.clientRate: limit exceeded: at most 1 calls per second, 5 at once; try again in 1 s"; got.rpc.Error.Message != want {
		t.Errorf("got %q, want %q", got.rpc.Error.Message, want)
	}
	if got := do(t, h, request{method: http.MethodGet, path: "/healthz"}); got.status != 200 {
		t.Errorf("a probe is refused: %d", got.status)
	}
	if n := refusals(t, h, "clientRate"); n != "1" {
		t.Errorf("counted %s", n)
	}
}

func TestLimits_EachCallOfABatchCounts(t *testing.T) {
	t.Parallel()
	h := throttled(t, nil)
	batch := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(chainID+",", n), ",") + "]" }
	if got := do(t, h, request{path: "/rollup/901", body: batch(3)}); strings.Count(got.body, "0x385") != 3 {
		t.Fatalf("got %s", got.body)
	}
	if got := do(t, h, request{path: "/rollup/901", body: batch(3)}); got.status != 429 {
		t.Errorf("the sixth call: %d %s", got.status, got.body)
	}
	// The refused request has paid for itself, and for no more.
	if got := do(t, h, request{path: "/rollup/901", body: chainID}); got.status != 200 {
		t.Errorf("the last token: %d", got.status)
	}
}

func TestLimits_WebSocketCallsCountToo(t *testing.T) {
	t.Parallel()
	h := throttled(t, nil)
	c := h.Dial(t, "ws", "/rollup/901") // takes one
	for range 4 {
		call[hexutil.Uint64](t, c, "eth_chainId")
	}
	if got := failure(t, c.CallContext(t.Context(), nil, "eth_chainId")); got.Code != -32005 || got.Data.Reason != "limitExceeded" || got.Data.Field != "gateway.clientRate" {
		t.Errorf("got %+v", got)
	}
	batch := []rpc.BatchElem{{Method: "eth_chainId"}, {Method: "eth_chainId"}}
	if err := c.BatchCallContext(t.Context(), batch); err != nil || failure(t, batch[0].Error).Code != -32005 || failure(t, batch[1].Error).Code != -32005 {
		t.Errorf("batch: %v, %v, %v", err, batch[0].Error, batch[1].Error)
	}
}

func TestLimits_ZeroSwitchesTheRateOff(t *testing.T) {
	t.Parallel()
	h := throttled(t, func(c *gateway.Config) { c.ClientRate, c.ClientBurst = 0, 0 })
	for range 50 {
		if got := do(t, h, request{path: "/rollup/901", body: chainID}); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
	}
}

func TestLimits_BelieveForwardedClientsOfTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	ask := func(h *gatewaytest.Harness, forwarded string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL("http", "/rollup/901"), strings.NewReader(chainID))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Forwarded-For", forwarded)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	for _, c := range []struct {
		name, trusted, spend, then string
		want                       int
	}{
		{"nobody is trusted", "10.0.0.0/8", "192.0.2.1", "192.0.2.2", 429},
		{"another client", "127.0.0.0/8", "192.0.2.1", "192.0.2.2", 200},
		{"the same client", "127.0.0.1", "192.0.2.1", "192.0.2.1", 429},
		{"the same client behind two proxies", "127.0.0.1/8", "192.0.2.1", "192.0.2.1, 127.0.0.9", 429},
		{"what the client wrote itself", "127.0.0.1", "192.0.2.1", "192.0.2.77, 192.0.2.1", 429},
		{"no address", "127.0.0.1", "unknown", "192.0.2.2", 200},
		{"the same network of IPv6", "127.0.0.1", "2001:db8::1", "2001:db8::2", 429},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := throttled(t, func(cfg *gateway.Config) { cfg.TrustedProxies = []string{c.trusted} })
			for range 5 {
				if status := ask(h, c.spend); status != 200 {
					t.Fatalf("got %d", status)
				}
			}
			if status := ask(h, c.then); status != c.want {
				t.Errorf("got %d, want %d", status, c.want)
			}
		})
	}
}

func TestLimits_TheTableOfClientsIsBounded(t *testing.T) {
	t.Parallel()
	h := throttled(t, func(c *gateway.Config) { c.TrustedProxies, c.MaxClients = []string{"127.0.0.1"}, 1 })
	for range 5 {
		do(t, h, request{path: "/rollup/901", body: chainID})
	}
	if got := do(t, h, request{path: "/rollup/901", body: chainID}); got.status != 429 {
		t.Fatalf("got %d", got.status)
	}
}

func TestLimits_ConnectionsPerClient(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxConnectionsPerClient = 1 }})
	call[hexutil.Uint64](t, h.Dial(t, "ws", "/rollup/901"), "eth_chainId")
	answer, err := io.ReadAll(dialTCP(t, h))
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 429") || !strings.HasSuffix(string(answer), "too many connections of this client\n") {
		t.Errorf("got %q, %v", answer, err)
	}
}

func TestLimits_CallsUnderWayOnAWebSocket(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxCallsPerConnection = 2 }})
	c, _, err := websocket.DefaultDialer.DialContext(t.Context(), h.URL("ws", "/"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const wait = `{"jsonrpc":"2.0","id":%d,"method":"lockstep_waitFor","params":["0x0000000000000000000000000000000000000000000000000000000000000001","ordered"]}`
	for _, message := range []string{fmt.Sprintf(wait, 1), fmt.Sprintf(wait, 2), `{"jsonrpc":"2.0","id":3,"method":"lockstep_status"}`} {
		if err := c.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	var answer struct {
		ID    int
		Error *rpcErr
	}
	if err := c.ReadJSON(&answer); err != nil || answer.ID != 3 || answer.Error == nil || answer.Error.Code != -32005 || answer.Error.Data.Field != "gateway.maxCallsPerConnection" {
		t.Errorf("got %+v, %v", answer, err)
	}
	if err := h.Dial(t, "ws", "/").CallContext(t.Context(), nil, "lockstep_status"); err != nil {
		t.Errorf("another connection: %v", err)
	}
	if n := refusals(t, h, "maxCallsPerConnection"); n != "1" {
		t.Errorf("counted %s", n)
	}
}

func TestLimits_SubscriptionsPerConnection(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxSubscriptionsPerConnection = 2 }})
	c := h.Dial(t, "ws", "/")
	ch := make(chan json.RawMessage, 64)
	first, err := c.Subscribe(t.Context(), "lockstep", ch, "ticks")
	if err != nil {
		t.Fatal(err)
	}
	// A call that fails takes no place.
	for range 5 {
		if got := failure(t, c.CallContext(t.Context(), nil, "lockstep_subscribe", "tocks")); got.Code != -32601 {
			t.Fatalf("got %+v", got)
		}
	}
	levels(t, c, common.Hash{31: 1})
	refused := func() error { return c.CallContext(t.Context(), nil, "lockstep_subscribe", "ticks") }
	if got := failure(t, refused()); got.Code != -32005 || got.Data.Field != "gateway.maxSubscriptionsPerConnection" {
		t.Errorf("got %+v", got)
	}
	levels(t, h.Dial(t, "ws", "/"), common.Hash{31: 1}) // another connection
	first.Unsubscribe()
	if err := refused(); err != nil {
		t.Errorf("the place is not free again: %v", err)
	}
}
