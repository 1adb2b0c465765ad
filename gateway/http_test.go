package gateway_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// reply is an HTTP answer, its body read as a JSON-RPC answer.
type reply struct {
	status int
	header http.Header
	body   string
	rpc    struct {
		JSONRPC string
		ID      json.RawMessage
		Result  json.RawMessage
		Error   *rpcErr
	}
}

// request describes an HTTP request; the default is a POST of a correct JSON-RPC call.
type request struct {
	method, path, body, contentType, host, origin string
	chunked                                       bool
	// minTick is the header Lockstep-Min-Tick.
	minTick string
}

const chainID = `{"jsonrpc":"2.0","id":7,"method":"eth_chainId"}`

func do(t *testing.T, h *gatewaytest.Harness, r request) reply {
	t.Helper()
	if r.method == "" {
		r.method, r.contentType = http.MethodPost, orDefault(r.contentType, "application/json")
	}
	var body io.Reader = strings.NewReader(r.body)
	if r.chunked {
		body = io.MultiReader(body) // hides the length
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, h.URL("http", r.path), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", r.contentType)
	if r.origin != "" {
		req.Header.Set("Origin", r.origin)
	}
	if r.minTick != "" {
		req.Header.Set("Lockstep-Min-Tick", r.minTick)
	}
	req.Host = r.host
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := reply{status: res.StatusCode, header: res.Header, body: string(b)}
	if res.Header.Get("Content-Type") == "application/json" {
		if err := json.Unmarshal(b, &out.rpc); err != nil && !strings.HasPrefix(out.body, "[") {
			t.Fatalf("%s: %v", b, err)
		}
	}
	return out
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func TestHTTP_RoutesByPath(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	for _, scheme := range []string{"http", "ws"} {
		for path, want := range map[string]hexutil.Uint64{"/rollup/901": 901, "/rollup/902": 902} {
			if got := call[hexutil.Uint64](t, h.Dial(t, scheme, path), "eth_chainId"); got != want {
				t.Errorf("%s %s: chain id %d", scheme, path, got)
			}
		}
		if got := call[map[string]string](t, h.Dial(t, scheme, "/"), "rpc_modules"); got["lockstep"] == "" || got["eth"] != "" {
			t.Errorf("%s /: modules %v", scheme, got)
		}
	}
}

func TestHTTP_RefusesWithAJSONRPCError(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	for _, c := range []struct {
		name         string
		request      request
		status, code int
		reason       string
	}{
		{"unknown rollup", request{path: "/rollup/5", body: chainID}, 404, 47200, "unknownRollup"},
		{"rollup no number", request{path: "/rollup/main", body: chainID}, 404, 47200, "unknownRollup"},
		{"rollup with more", request{path: "/rollup/901/x", body: chainID}, 404, 47200, "unknownRollup"},
		{"rollup not served", request{path: "/rollup/903", body: chainID}, 404, 47504, "notServed"},
		{"variant not served", request{path: "/rollup/901/sealed", body: chainID}, 404, 47504, "notServed"},
		{"unknown path", request{path: "/status", body: chainID}, 404, 47103, "http"},
		{"unknown rollup by GET", request{method: "GET", path: "/rollup/5"}, 404, 47200, "unknownRollup"},
		{"method", request{method: "PUT", path: "/", body: chainID}, 405, 47103, "http"},
		{"content type", request{path: "/", body: chainID, contentType: "text/html"}, 415, 47103, "http"},
		{"body too large", request{path: "/", body: strings.Repeat(" ", 2<<20+1)}, 413, 47301, "tooLarge"},
		{"body too large, of unknown length", request{path: "/", body: strings.Repeat(" ", 2<<20+1), chunked: true}, 413, 47301, "tooLarge"},
		{"foreign host", request{path: "/", body: chainID, host: "evil.example"}, 403, 47103, "http"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := do(t, h, c.request)
			if got.status != c.status || got.rpc.Error == nil || got.rpc.Error.Code != c.code || got.rpc.Error.Data.Reason != c.reason || got.rpc.JSONRPC != "2.0" || string(got.rpc.ID) != "null" {
				t.Errorf("got %d %s, want %d with code %d", got.status, got.body, c.status, c.code)
			}
		})
	}
	if got := do(t, h, request{path: "/rollup/5", body: chainID}); got.rpc.Error.Message != "rollup: unknown rollup: have 5, want one of 901, 902, 903, 904, 905" {
		t.Errorf("the message %q does not help", got.rpc.Error.Message)
	}
}

func TestHTTP_AnswersGarbageWithJSONRPCErrors(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	for _, c := range []struct {
		name, body string
		code       int
	}{
		{"bytes", "\x00\xff\xfe garbage", -32700},
		{"half a call", `{"jsonrpc":"2.0","id":1,"meth`, -32700},
		{"null", `null`, -32600},
		{"string", `"hello"`, -32600},
		{"no version", `{"id":1,"method":"eth_chainId"}`, -32600},
		{"empty batch", `[]`, -32600},
		{"deep nesting", `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, -32700},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/", "/rollup/901"} {
				if got := do(t, h, request{path: path, body: c.body}); got.rpc.Error == nil || got.rpc.Error.Code != c.code {
					t.Errorf("%s: got %d %s, want code %d", path, got.status, got.body, c.code)
				}
			}
		})
	}
	if got := do(t, h, request{path: "/rollup/901", body: chainID, chunked: true}); string(got.rpc.Result) != `"0x385"` {
		t.Errorf("a good call of unknown length: %s", got.body)
	}
}

func TestHTTP_BoundsBatches(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxBatch, c.MaxBatchResponse = 100, 2000 }})
	batch := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(chainID+",", n), ",") + "]" }
	if got := do(t, h, request{path: "/rollup/901", body: batch(100)}); strings.Count(got.body, "0x385") != 100 {
		t.Errorf("100 calls: %s", got.body)
	}
	if got := do(t, h, request{path: "/rollup/901", body: batch(101)}); !strings.Contains(got.body, "batch too large") || strings.Contains(got.body, "0x385") {
		t.Errorf("101 calls: %s", got.body)
	}
	long := "[" + strings.TrimSuffix(strings.Repeat(`{"jsonrpc":"2.0","id":7,"method":"lockstep_status"},`, 20), ",") + "]"
	if got := do(t, h, request{path: "/", body: long}); !strings.Contains(got.body, "response too large") || len(got.body) > 20_000 {
		t.Errorf("long answers: %d bytes", len(got.body))
	}
}

func TestHTTP_BoundsTheBodiesTogether(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxBody, c.BodyBudget = 1000, 1000 }})
	// One request holds the whole budget: its body is announced and does not come.
	c := dialTCP(t, h)
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	got := do(t, h, request{path: "/", body: chainID})
	if got.status != 503 || got.rpc.Error.Code != 47501 || got.header.Get("Retry-After") == "" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestHTTP_TellsPeopleWhatItIs(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	got := do(t, h, request{method: "GET", path: "/"})
	if got.status != 200 || !strings.Contains(got.body, "/rollup/901") || !strings.Contains(got.body, h.Genesis.NetworkID().Hex()) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	got = do(t, h, request{method: "GET", path: "/healthz"})
	if got.status != 200 || strings.TrimSpace(got.body) != `{"ok":true,"tick":1,"executed":{"1":1}}` {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestHTTP_LetsBrowsersInByOrigin(t *testing.T) {
	t.Parallel()
	open := gatewaytest.New(t, gatewaytest.Options{})
	listed := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.CORS = []string{"https://app.example"} }})
	for _, c := range []struct {
		name   string
		h      *gatewaytest.Harness
		origin string
		want   string
	}{
		{"all", open, "https://app.example", "*"},
		{"listed", listed, "https://app.example", "https://app.example"},
		{"not listed", listed, "https://evil.example", ""},
		{"no browser", open, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := do(t, c.h, request{path: "/rollup/901", body: chainID, origin: c.origin})
			if allowed := got.header.Get("Access-Control-Allow-Origin"); allowed != c.want || got.status != 200 {
				t.Errorf("got %d, allowed origin %q, want %q", got.status, allowed, c.want)
			}
			preflight := do(t, c.h, request{method: "OPTIONS", path: "/rollup/901", origin: c.origin})
			if allowed := preflight.header.Get("Access-Control-Allow-Headers"); preflight.status != 204 || (allowed != "") != (c.want != "") {
				t.Errorf("preflight: %d, allowed headers %q", preflight.status, allowed)
			}
			conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), c.h.URL("ws", "/"), http.Header{"Origin": {c.origin}})
			if err == nil {
				_ = conn.Close()
			}
			if refused := c.name == "not listed"; refused != (err != nil) || refused && res.StatusCode != 403 {
				t.Errorf("WebSocket: %v", err)
			}
		})
	}
}

func TestHTTP_ChecksTheHostAgainstRebinding(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.VHosts = []string{"localhost", "Node.Example"} }})
	any := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.VHosts = []string{"*"} }})
	for _, c := range []struct {
		h      *gatewaytest.Harness
		host   string
		status int
	}{
		{h, "localhost", 200}, {h, "localhost:8545", 200}, {h, "127.0.0.1:1", 200}, {h, "[::1]:8545", 200}, {h, "node.example:80", 200},
		{h, "evil.example", 403}, {h, "localhost.evil.example:8545", 403}, {any, "evil.example", 200},
	} {
		if got := do(t, c.h, request{path: "/rollup/901", body: chainID, host: c.host}); got.status != c.status {
			t.Errorf("host %s: %d, want %d", c.host, got.status, c.status)
		}
	}
}

func dialTCP(t *testing.T, h *gatewaytest.Harness) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", h.Gateway.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTCP_GarbageEndsTheConnectionOnly(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := dialTCP(t, h)
	if _, err := c.Write([]byte("\x16\x03\x01\x02\x00\x01 this is no HTTP\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
		t.Errorf("got %q, %v", answer, err)
	}
	if got := do(t, h, request{path: "/rollup/901", body: chainID}); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}

func TestTCP_ASlowHeaderIsCutOff(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.ReadHeaderTimeout = 20 * time.Millisecond }})
	c := dialTCP(t, h)
	// On a busy machine the time may be over before anything is sent, or read: then the connection is reset.
	cut := func(err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) }
	if _, err := c.Write([]byte("POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")); err != nil && !cut(err) {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); err != nil && !cut(err) { // until the gateway closes
		t.Error(err)
	}
}

func TestTCP_ConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxConnections = 1 }})
	first := h.Dial(t, "ws", "/rollup/901")
	call[hexutil.Uint64](t, first, "eth_chainId")
	c := dialTCP(t, h)
	if answer, err := io.ReadAll(c); err != nil || !strings.Contains(string(answer), "503") || !strings.HasSuffix(string(answer), "too many connections\n") {
		t.Errorf("got %q, %v", answer, err)
	}
	first.Close()
	// The place is free once the gateway has seen the close, which this side cannot see.
	for deadline := time.Now().Add(patience); ; {
		second, err := rpc.DialContext(t.Context(), h.URL("ws", "/rollup/901"))
		if err == nil {
			second.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the place was never freed")
		}
	}
}

func TestWebSocket_GarbageAndOversizeEndTheConnectionOnly(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxBody = 1000 }})
	for name, message := range map[string]string{"garbage": "\xff\x00{]", "oversize": strings.Repeat(" ", 1001)} {
		t.Run(name, func(t *testing.T) {
			c, _, err := websocket.DefaultDialer.DialContext(t.Context(), h.URL("ws", "/"), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.WriteMessage(websocket.BinaryMessage, []byte(message)); err != nil {
				t.Fatal(err)
			}
			if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			for err == nil {
				_, _, err = c.ReadMessage()
			}
			if closed := (*websocket.CloseError)(nil); !errors.As(err, &closed) {
				t.Errorf("got %v, want the connection to be closed", err)
			}
		})
	}
	if got := do(t, h, request{path: "/rollup/901", body: chainID}); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}
