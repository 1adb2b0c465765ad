package gateway_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// A zone that this node executes is formed while the gateway runs, and a rollup joins it later: what is decided is told from then on,
// and again to who reads from an older tick. Of a zone that others execute, and of a rollup that was retired before the node began,
// clients learn that the state is not here.
func TestZones_AreFormedWhileTheGatewayRuns(t *testing.T) {
	t.Parallel()
	var inForce atomic.Pointer[core.Genesis]
	var all *core.Genesis
	with := func(zones ...core.Zone) {
		inForce.Store(all.With(core.Registry{Params: all.Params, Rollups: all.Rollups, Zones: zones}))
	}
	h := gatewaytest.New(t, gatewaytest.Options{Genesis: func(g *core.Genesis) *core.Genesis {
		all = g
		first := *g
		first.Zones = g.Zones[1:]
		with(first.Zones...)
		return first.Following(inForce.Load)
	}})
	c := h.Dial(t, "ws", "/")
	ticks := subscribe(t, c)
	if s := call[gateway.NetworkStatus](t, c, "lockstep_status"); len(s.Zones) != 1 {
		t.Errorf("zones before one is formed: %+v", s.Zones)
	}
	h.Zone.Decide(h.Log.Append(gatewaytest.Content{})) // goes by, as the executor of a zone does that is not formed
	order := func(id core.RollupID, seq uint64) {
		tx := gatewaytest.Tx(id, seq)
		h.Zone.Decide(h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}}), gatewaytest.Included(id, seq, tx))
	}
	told := func(id core.RollupID, seq uint64) {
		t.Helper()
		m := next(t, ticks)
		for m.Type != "executed" {
			m = next(t, ticks)
		}
		if len(m.Outcomes) != 1 || m.Zone != gatewaytest.Zone1 || m.Outcomes[0].Rollup != id || m.Outcomes[0].Seq != seq {
			t.Errorf("told %+v, want position %d of rollup %s", m, seq, id)
		}
	}
	with(core.Zone{ID: gatewaytest.Zone1, Rollups: []core.RollupID{gatewaytest.A}}, all.Zones[1])
	order(gatewaytest.A, 0)
	told(gatewaytest.A, 0)
	with(all.Zones...)
	order(gatewaytest.B, 0)
	told(gatewaytest.B, 0)
	order(gatewaytest.A, 1)
	told(gatewaytest.A, 1)
	if s := call[gateway.NetworkStatus](t, c, "lockstep_status"); len(s.Zones) != 2 || s.Zones[0].Executed == nil || *s.Zones[0].Executed != h.Log.Head() {
		t.Errorf("zones after one was formed: %+v", s.Zones)
	}
	replayed := subscribeFrom(t, h.Dial(t, "ws", "/"), 1)
	f := &follower{next: 1, decided: make(map[uint64]int)}
	for f.decided[0] < 2 || f.decided[1] < 1 { // position 0 of both rollups, position 1 of the first
		f.take(t, next(t, replayed))
	}

	const ask = `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}`
	if got := do(t, h, request{path: "/rollup/903", body: ask}); got.rpc.Error == nil || !strings.Contains(got.rpc.Error.Message, "does not execute rollup 903") {
		t.Errorf("a rollup that others execute: %s", got.body)
	}
	inForce.Store(all.With(core.Registry{
		Params: all.Params, Rollups: all.Rollups, Retired: []core.RollupID{gatewaytest.Alone}, Zones: all.Zones[:1], Left: all.Zones[1:],
	}))
	if got := do(t, h, request{path: "/rollup/903", body: ask}); got.rpc.Error == nil || !strings.Contains(got.rpc.Error.Message, "retired before the node joined") {
		t.Errorf("a rollup that was retired: %s", got.body)
	}
}
