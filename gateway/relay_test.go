package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// newRelay runs a gateway alone until the test ends and gives its URL once somebody behind it is ready.
func newRelay(t *testing.T, configure func(*gateway.Config), upstreams ...string) string {
	t.Helper()
	cfg := gateway.Default()
	cfg.Listen = "127.0.0.1:0"
	if configure != nil {
		configure(&cfg)
	}
	behind := gateway.DefaultRelay()
	behind.Upstreams, behind.CheckInterval, behind.CheckTimeout = upstreams, 10*time.Millisecond, patience
	r, err := gateway.NewRelay(cfg, behind, gateway.RelayDeps{Network: gatewaytest.Genesis().NetworkID().String(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	url := "http://" + r.Addr().String()
	return url
}

// awaitRelay waits until /readyz of a relay answers a status.
func awaitRelay(t *testing.T, url string, want int) gateway.Readiness {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		status, body := get(t, url+"/readyz")
		var r gateway.Readiness
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if status == want {
			return r
		}
	}
	t.Fatalf("%s/readyz is not %d", url, want)
	return gateway.Readiness{}
}

// awaitUpstreams waits until a relay knows that so many gateways behind it are ready: until then it asks the others for nothing.
func awaitUpstreams(t *testing.T, url string, want int) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		_, page := get(t, url+"/metrics")
		ready := 0
		for line := range strings.Lines(string(page)) {
			if strings.HasPrefix(line, "lockstep_relay_upstream_ready{") && strings.HasSuffix(line, " 1\n") {
				ready++
			}
		}
		if ready == want {
			return
		}
	}
	t.Fatalf("%d gateways behind %s are not ready", want, url)
}

func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	res, err := http.Get(url) //nolint:noctx // a test's own port
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

func postTo(t *testing.T, url, body string) (int, string) {
	t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body)) //nolint:noctx // a test's own port
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

func TestRelay_ForwardsAndFailsOver(t *testing.T) {
	t.Parallel()
	nodes := []*gatewaytest.Harness{gatewaytest.New(t, gatewaytest.Options{}), gatewaytest.New(t, gatewaytest.Options{})}
	url := newRelay(t, nil, nodes[0].URL("http", ""), nodes[1].URL("http", ""))
	awaitUpstreams(t, url, len(nodes))
	for _, scheme := range []string{"http", "ws"} {
		c, err := rpc.DialContext(t.Context(), strings.Replace(url, "http", scheme, 1)+"/rollup/901")
		if err != nil {
			t.Fatal(err)
		}
		if got := call[hexutil.Uint64](t, c, "eth_chainId"); got != 901 {
			t.Errorf("%s: %d", scheme, got)
		}
		c.Close()
	}
	if status, body := postTo(t, url+"/rollup/7", chainID); status != http.StatusNotFound || !strings.Contains(body, "47200") {
		t.Errorf("an answer of the gateway behind: %d %s", status, body)
	}
	for i, h := range nodes {
		if err := h.Stop(); err != nil {
			t.Fatal(err)
		}
		status, body := postTo(t, url+"/rollup/901", chainID)
		if i == 0 && (status != http.StatusOK || !strings.Contains(body, "0x385")) {
			t.Errorf("with one of two left: %d %s", status, body)
		}
		if i == 1 && (status != http.StatusServiceUnavailable || !strings.Contains(body, "47508")) {
			t.Errorf("with none left: %d %s", status, body)
		}
	}
	if r := awaitRelay(t, url, http.StatusServiceUnavailable); codes(r) != "noUpstream" {
		t.Errorf("%+v", r)
	}
}

func TestRelay_TellsWhoTheClientIsAndKeepsItsLimits(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.TrustedProxies = []string{"127.0.0.1"} }})
	url := newRelay(t, func(c *gateway.Config) { c.ClientRate, c.ClientBurst, c.MaxBatch, c.MaxBody = 1, 4, 3, 2000 }, h.URL("http", ""))
	awaitRelay(t, url, http.StatusOK)
	if status, body := postTo(t, url+"/", strings.Repeat(" ", 3000)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d %s", status, body)
	}
	status, body := postTo(t, url+"/rollup/901", "["+chainID+","+chainID+","+chainID+"]")
	if status != http.StatusOK || strings.Count(body, "0x385") != 3 {
		t.Errorf("a batch: %d %s", status, body)
	}
	// One call too many; after a pause of a busy machine there is another one for each second.
	for deadline := time.Now().Add(patience); status == http.StatusOK && time.Now().Before(deadline); {
		status, body = postTo(t, url+"/rollup/901", "["+chainID+","+chainID+","+chainID+"]")
	}
	if status != http.StatusTooManyRequests || !strings.Contains(body, "-32005") {
		t.Errorf("one call too many: %d %s", status, body)
	}
}

// What was lost under way is made again elsewhere if it asks, and never if it submits.
func TestRelay_RepeatsQuestionsOnly(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	lossy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			_, _ = io.WriteString(w, `{"ready":true,"tick":5}`)
			return
		}
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "lockstep_status") {
			_, _ = io.WriteString(w, `{"result":{"networkId":"`+gatewaytest.Genesis().NetworkID().String()+`"}}`)
			return
		}
		calls.Add(1)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(lossy.Close)
	url := newRelay(t, nil, lossy.URL)
	awaitRelay(t, url, http.StatusOK)
	if status, body := postTo(t, url+"/rollup/901", `{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["0x00"]}`); status != http.StatusBadGateway || !strings.Contains(body, "47509") || calls.Load() != 1 {
		t.Errorf("a submission after %d attempts: %d %s", calls.Load(), status, body)
	}
	h := gatewaytest.New(t, gatewaytest.Options{})
	both := newRelay(t, nil, lossy.URL, h.URL("http", ""))
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if status, body := postTo(t, both+"/rollup/901", chainID); status == http.StatusOK && strings.Contains(body, "0x385") {
			return
		}
	}
	t.Error("no answer of the one that is left")
}

func TestRelay_RefusesAnotherNetwork(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			_, _ = io.WriteString(w, `{"ready":true,"tick":5}`)
			return
		}
		_, _ = io.WriteString(w, `{"result":{"networkId":"0x01"}}`)
	}))
	t.Cleanup(other.Close)
	url := newRelay(t, nil, other.URL)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if status, body := postTo(t, url+"/", chainID); status != http.StatusServiceUnavailable {
			t.Fatalf("%d %s", status, body)
		} else if strings.Contains(body, "it is of network") {
			return
		}
	}
	t.Error("the reason does not come")
}

func TestRelayConfig_NamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, upstreams := range [][]string{nil, {"127.0.0.1:8545"}, {"https://a.example"}, {"http://a.example/rollup/901"}} {
		c := gateway.DefaultRelay()
		c.Upstreams = upstreams
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "relay.upstreams") {
			t.Errorf("%q: %v", upstreams, err)
		}
	}
}

// A gateway that is frozen takes requests and answers none. What was asked of it is asked of another once that is noticed.
func TestRelay_AsksAnotherThanOneThatFroze(t *testing.T) {
	t.Parallel()
	var frozen atomic.Bool
	begun, thaw := make(chan struct{}, 64), make(chan struct{})
	one := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path == "/readyz" && !frozen.Load():
			_, _ = io.WriteString(w, `{"ready":true,"tick":5}`)
		case strings.Contains(string(body), "lockstep_status"):
			_, _ = io.WriteString(w, `{"result":{"networkId":"`+gatewaytest.Genesis().NetworkID().String()+`"}}`)
		case r.URL.Path == "/readyz":
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			begun <- struct{}{}
			<-thaw
		}
	}))
	t.Cleanup(one.Close)
	t.Cleanup(func() { close(thaw) }) // before it is closed
	h := gatewaytest.New(t, gatewaytest.Options{})
	url := newRelay(t, func(c *gateway.Config) { c.TrustedProxies = []string{"127.0.0.1"} }, one.URL, h.URL("http", ""))
	awaitUpstreams(t, url, 2)
	const clients = 64 // each stays with one of the two: it is all but certain that somebody is with the one that freezes
	answers := make(chan string, clients)
	for i := range clients {
		go func() {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/rollup/901", strings.NewReader(chainID))
			if err != nil {
				answers <- err.Error()
				return
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i))
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				answers <- err.Error()
				return
			}
			defer res.Body.Close()
			text, _ := io.ReadAll(res.Body)
			answers <- string(text)
		}()
	}
	<-begun
	frozen.Store(true)
	for range clients {
		if answer := <-answers; !strings.Contains(answer, "0x385") {
			t.Errorf("an answer: %s", answer)
		}
	}
}
