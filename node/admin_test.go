package node_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/admin"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

func statusOf(t *testing.T, url string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Error(err)
	}
	return answer.StatusCode
}

// Validator 0 has a gateway, validator 1 has none; both have a private listener.
func TestAdmin_HasWhatThePublicPortHasNot(t *testing.T) {
	t.Parallel()
	d := devnettest.Start(t, devnet.Options{Configure: func(i int, cfg *node.Config) {
		if i < 2 {
			cfg.Admin = admin.Config{Listen: "127.0.0.1:0", Debug: true}
		}
	}})
	rollup := "/rollup/" + d.Info().Rollups[0].ChainID.String()
	if d.Node(1).GatewayAddr() != nil || d.Node(2).AdminAddr() != nil {
		t.Fatal("validator 1 has a gateway, or validator 2 a private listener")
	}
	for i := range 2 {
		private := "http://" + d.Node(i).AdminAddr().String()
		for _, path := range []string{"/metrics", "/healthz", "/readyz", "/debug/pprof/goroutine"} {
			if status := statusOf(t, private+path); status != http.StatusOK {
				t.Errorf("validator %d: %s: status %d", i, path, status)
			}
		}
		if err := debugCall(t, private+rollup); err != nil {
			t.Errorf("validator %d: debug: %v", i, err)
		}
	}
	public := "http://" + d.Node(0).GatewayAddr().String()
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/goroutine", "/debug/pprof/profile"} {
		if status := statusOf(t, public+path); status != http.StatusNotFound {
			t.Errorf("public port: %s: status %d", path, status)
		}
	}
	for _, path := range []string{"/", rollup, rollup + "/sealed"} {
		var refusal rpc.Error
		if !errors.As(debugCall(t, public+path), &refusal) || refusal.ErrorCode() != -32601 {
			t.Errorf("public port: debug at %s: %v, want method not found", path, refusal)
		}
	}
}

func debugCall(t *testing.T, url string) error {
	t.Helper()
	c, err := rpc.DialContext(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var header string
	return c.CallContext(t.Context(), &header, "debug_getRawHeader", "0x0")
}
