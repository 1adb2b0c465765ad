package gateway_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// prover says what it was asked for, once there is a checkpoint of the tick it wants.
type prover struct {
	mu    sync.Mutex
	ready func() bool
}

func (p *prover) answer(format string, args ...any) (json.RawMessage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready != nil && !p.ready() {
		return nil, &gateway.Refusal{Cause: gateway.ErrNotCovered, Detail: "tick 2 is wanted, the newest complete checkpoint is of tick 1"}
	}
	return json.Marshal(fmt.Sprintf(format, args...))
}

func (p *prover) Transaction(rollup core.RollupID, seq uint64, orderOnly bool) (json.RawMessage, error) {
	return p.answer("transaction %s %d %v", rollup, seq, orderOnly)
}

func (p *prover) Bundle(at core.BundlePlace, orderOnly bool) (json.RawMessage, error) {
	return p.answer("bundle %d %d %v", at.Tick, at.Index, orderOnly)
}

func (p *prover) Range(rollup core.RollupID, from, to uint64) (json.RawMessage, error) {
	return p.answer("range %s %d %d", rollup, from, to)
}

func TestGetProof_FindsWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Prover: new(prover)})
	tx, leg := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0)
	bundle := gatewaytest.Bundle(h.Genesis, leg)
	h.Zone.Decide(h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}, Bundles: []core.DecodedBundle{bundle}}))
	c := h.Dial(t, "http", "/")
	for _, test := range []struct {
		method string
		params []any
		want   string
	}{
		{"lockstep_getProof", []any{gatewaytest.A, 5}, "transaction 901 5 false"},
		{"lockstep_getProof", []any{gatewaytest.A, 5, map[string]any{"orderOnly": true}}, "transaction 901 5 true"},
		{"lockstep_getProof", []any{tx.Hash()}, "transaction 901 0 false"},
		{"lockstep_getProof", []any{gatewaytest.A, tx.Hash()}, "transaction 901 0 false"},
		{"lockstep_getProof", []any{bundle.Hash, map[string]any{"orderOnly": true}}, "bundle 2 0 true"},
		{"lockstep_getLaneProof", []any{gatewaytest.A, 3, 9}, "range 901 3 9"},
	} {
		if got := call[string](t, c, test.method, test.params...); got != test.want {
			t.Errorf("%s %v: %q, want %q", test.method, test.params, got, test.want)
		}
	}
	for _, test := range []struct {
		method string
		params []any
		code   int
	}{
		{"lockstep_getProof", []any{common.Hash{1}}, 47204},
		{"lockstep_getProof", []any{gatewaytest.B, tx.Hash()}, 47204},
		{"lockstep_getProof", []any{5, 0}, 47200},
		{"lockstep_getProof", []any{gatewaytest.A}, 47101},
		{"lockstep_getProof", []any{gatewaytest.A, "x"}, 47102},
		{"lockstep_getProof", []any{tx.Hash(), map[string]any{"wait": 1}}, 47100},
		{"lockstep_getLaneProof", []any{gatewaytest.A, 3, 3}, 47102},
	} {
		var got string
		if err := failure(t, c.Call(&got, test.method, test.params...)); err.Code != test.code {
			t.Errorf("%s %v: %d %v, want %d", test.method, test.params, err.Code, err, test.code)
		}
	}
}

func TestGetProof_WaitsForTheCheckpoint(t *testing.T) {
	t.Parallel()
	p := new(prover)
	h := gatewaytest.New(t, gatewaytest.Options{Prover: p})
	p.mu.Lock()
	p.ready = func() bool { c, ok, _ := h.Checkpoints.Newest(); return ok && c.Draft.Checkpoint.Tick >= 2 }
	p.mu.Unlock()
	c := h.Dial(t, "http", "/")
	var got string
	if err := failure(t, c.Call(&got, "lockstep_getProof", gatewaytest.A, 0)); err.Code != 47203 {
		t.Errorf("without a wait: %d %v", err.Code, err)
	}
	if err := failure(t, c.Call(&got, "lockstep_getProof", gatewaytest.A, 0, map[string]any{"waitMs": 20})); err.Code != 47203 {
		t.Errorf("at the end of the wait: %d %v", err.Code, err)
	}
	waiting := background[string](t, c, "lockstep_getProof", gatewaytest.A, 0, map[string]any{"waitMs": 20_000})
	h.Checkpoints.Add(completeCheckpoint(t, h.Genesis.NetworkID(), 1, 1))
	h.Log.Append(gatewaytest.Content{})
	h.Checkpoints.Add(completeCheckpoint(t, h.Genesis.NetworkID(), 2, 2))
	h.Log.Append(gatewaytest.Content{})
	if a := <-waiting; a.err != nil || a.result != "transaction 901 0 false" {
		t.Errorf("with a wait: %+v", a)
	}
}

func TestGetProof_SaysThatANodeMakesNone(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	var got string
	if err := failure(t, h.Dial(t, "http", "/").Call(&got, "lockstep_getProof", gatewaytest.A, 0)); err.Code != 47504 {
		t.Errorf("%d %v", err.Code, err)
	}
}
