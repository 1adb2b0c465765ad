package laneapi_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
	"github.com/lockstep-network/lockstep/gateway/laneapi"
)

// unmeasured hides a body's length.
type unmeasured struct{ io.Reader }

// submit hands in a transaction as JSON.
func submit(t *testing.T, url string, body io.Reader) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/Submit", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// Bodies of this API and of JSON-RPC are paid for out of one budget, also those that do not say how long they are.
func TestBudget_IsSharedWithJSONRPC(t *testing.T) {
	t.Parallel()
	genesis := gatewaytest.Genesis()
	api, err := laneapi.New(laneapi.Default(), laneapi.Deps{
		Genesis: genesis, Pool: takes{gatewaytest.NewPool(genesis)}, Holders: holders(20), AcceptWait: time.Second,
		Metrics: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	const budget = 1000
	h := gatewaytest.New(t, gatewaytest.Options{Rollups: api, Config: func(c *gateway.Config) { c.MaxBody, c.BodyBudget = budget, budget }})
	text, err := json.Marshal(map[string]any{"rollup": uint64(gatewaytest.A), "transaction": gatewaytest.Tx(gatewaytest.A, 0).Raw()})
	if err != nil {
		t.Fatal(err)
	}
	body := func() io.Reader { return strings.NewReader(string(text)) }
	if status, answer := submit(t, h.URL("http", ""), body()); status != http.StatusOK {
		t.Fatalf("with room for it: %d %s", status, answer)
	}
	if status, answer := submit(t, h.URL("http", ""), unmeasured{body()}); status != http.StatusOK {
		t.Fatalf("of unknown length: %d %s", status, answer)
	}
	if status, answer := submit(t, h.URL("http", ""), unmeasured{io.MultiReader(body(), strings.NewReader(strings.Repeat(" ", budget)))}); status != http.StatusTooManyRequests || !strings.Contains(answer, "at most 1000 bytes") {
		t.Errorf("more than all of it, unannounced: %d %s", status, answer)
	}

	// A request of JSON-RPC holds the whole budget: its body is announced and does not come.
	c, err := net.Dial("tcp", h.Gateway.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", budget)
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	if status, answer := submit(t, h.URL("http", ""), body()); status != http.StatusServiceUnavailable || !strings.Contains(answer, "47501") {
		t.Errorf("without room: %d %s", status, answer)
	}
	if status, answer := submit(t, h.URL("http", ""), unmeasured{body()}); status != http.StatusTooManyRequests || !strings.Contains(answer, "at most 1000 bytes") {
		t.Errorf("of unknown length, without room: %d %s", status, answer)
	}
}
