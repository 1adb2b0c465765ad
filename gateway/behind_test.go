package gateway_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

func TestBehind_RefusesWhatWouldBeStale(t *testing.T) {
	t.Parallel()
	var decided atomic.Uint64
	h := gatewaytest.New(t, gatewaytest.Options{Decided: decided.Load})
	ws := h.Dial(t, "ws", "/rollup/901")
	const blockNumber = `{"jsonrpc":"2.0","id":7,"method":"eth_getBlockByNumber","params":["latest",false]}`
	if r := do(t, h, request{path: "/rollup/901", body: blockNumber}); r.status != http.StatusOK {
		t.Errorf("while it keeps up: %d %s", r.status, r.body)
	}
	decided.Store(1000)
	if r := readiness(t, h); codes(r) != "behind" || !strings.Contains(r.Reasons[0].Text, "999 ticks are missing") {
		t.Errorf("%+v", r)
	}
	if r := do(t, h, request{path: "/rollup/901", body: blockNumber}); r.status != http.StatusServiceUnavailable || r.rpc.Error.Code != 47507 || !strings.Contains(r.body, "999 ticks") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := do(t, h, request{path: "/rollup/901", body: "[" + chainID + "," + blockNumber + "]"}); r.status != http.StatusServiceUnavailable {
		t.Errorf("a batch: %d %s", r.status, r.body)
	}
	if r := do(t, h, request{path: "/rollup/901", body: chainID}); r.status != http.StatusOK {
		t.Errorf("what never changes: %d %s", r.status, r.body)
	}
	if got := failure(t, ws.CallContext(t.Context(), nil, "eth_getBlockByNumber", "latest", false)); got.Code != 47507 {
		t.Errorf("by WebSocket: %+v", got)
	}
	if got := call[hexutil.Uint64](t, ws, "eth_chainId"); got != 901 {
		t.Errorf("by WebSocket: %d", got)
	}
	h.Zone.Decide(h.Log.Append(gatewaytest.Content{}))
	decided.Store(2)
	if r := do(t, h, request{path: "/rollup/901", body: blockNumber}); r.status != http.StatusOK {
		t.Errorf("once it has caught up: %d %s", r.status, r.body)
	}
}
