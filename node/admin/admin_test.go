package admin_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/node/admin"
)

func TestValidate_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  admin.Config
		want string // empty: accepted
	}{
		{"off", admin.Config{}, ""},
		{"debug without a port", admin.Config{Debug: true}, "admin.listen"},
		{"loopback", admin.Config{Listen: "127.0.0.1:0", Debug: true}, ""},
		{"loopback of IPv6", admin.Config{Listen: "[::1]:6060"}, ""},
		{"localhost", admin.Config{Listen: "localhost:6060"}, ""},
		{"no port", admin.Config{Listen: "localhost"}, "want HOST:PORT"},
		{"every interface", admin.Config{Listen: ":6060"}, "admin.allowRemote"},
		{"an address of the network", admin.Config{Listen: "10.0.0.1:6060"}, "admin.allowRemote"},
		{"every interface on purpose", admin.Config{Listen: "0.0.0.0:6060", AllowRemote: true}, ""},
		{"a name is not looked up", admin.Config{Listen: "localhost.example:6060"}, "admin.allowRemote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.cfg.Validate()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func start(t *testing.T) string {
	t.Helper()
	answer := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "lockstep_node_tests_total"}))
	s, err := admin.New(admin.Config{Listen: "127.0.0.1:0"}, admin.Deps{
		Metrics: registry, Health: answer("healthy"), Ready: answer("ready"), Logger: slog.New(slog.DiscardHandler),
	})
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
	return s.Addr().String()
}

func get(t *testing.T, address, host, path string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestServer_AnswersOperators(t *testing.T) {
	t.Parallel()
	address := start(t)
	for path, want := range map[string]string{
		"/metrics": "lockstep_node_tests_total", "/healthz": "healthy", "/readyz": "ready",
		"/debug/pprof/": "goroutine", "/debug/pprof/goroutine?debug=1": "goroutine profile",
	} {
		if status, body := get(t, address, "", path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %.200q", path, status, body)
		}
	}
	if status, _ := get(t, address, "", "/rollup/901"); status != http.StatusNotFound {
		t.Errorf("a rollup without debug: status %d", status)
	}
}

func TestServer_RefusesPagesThatPointToIt(t *testing.T) {
	t.Parallel()
	address := start(t)
	for host, want := range map[string]int{
		"evil.example": http.StatusForbidden, "evil.example:6060": http.StatusForbidden, "10.0.0.1": http.StatusForbidden,
		"localhost:6060": http.StatusOK, "[::1]:6060": http.StatusOK, "[::1]": http.StatusOK,
	} {
		if status, _ := get(t, address, host, "/debug/pprof/cmdline"); status != want {
			t.Errorf("host %s: status %d, want %d", host, status, want)
		}
	}
}
