package gateway_test

import (
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// standing is a chain of which everything is said already.
type standing struct{ server *rpc.Server }

func (s standing) Server() *rpc.Server { return s.server }
func (s standing) Local(string) bool   { return true }
func (s standing) PreConfirmed(common.Hash) (gateway.PreConfirmation, bool) {
	return gateway.PreConfirmation{}, false
}

// A chain that joins a running network is served from then on.
func TestMountChain_ServesOnceTheChainIsRegistered(t *testing.T) {
	t.Parallel()
	var inForce atomic.Pointer[core.Genesis]
	var all *core.Genesis
	h := gatewaytest.New(t, gatewaytest.Options{
		Genesis: func(g *core.Genesis) *core.Genesis {
			all = g
			var before []core.Rollup
			for _, r := range g.Rollups {
				if r.ID != gatewaytest.Chain {
					before = append(before, r)
				}
			}
			inForce.Store(g.With(core.Registry{Params: g.Params, Rollups: before}))
			return g.Following(inForce.Load)
		},
		Mount: func(g *gateway.Gateway) {
			chain := standing{gatewaytest.Rollup(gatewaytest.Chain, g.Sender(gatewaytest.Chain))}
			if err := g.MountChain(gatewaytest.Chain, chain); err != nil {
				t.Fatal(err)
			}
			if g.MountChain(gatewaytest.Chain, chain) == nil || g.MountChain(gatewaytest.Alone, chain) == nil {
				t.Error("mounted twice, or for a rollup that the network executes")
			}
		},
	})
	const ask = `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}`
	if got := do(t, h, request{path: "/rollup/905", body: ask}); got.rpc.Error == nil || got.rpc.Error.Code != 47200 {
		t.Errorf("before: %s", got.body)
	}
	inForce.Store(all)
	if got := do(t, h, request{path: "/rollup/905", body: ask}); string(got.rpc.Result) != `"0x389"` {
		t.Errorf("after: %s", got.body)
	}
}

func report(first, next, number uint64, skips ...core.Skip) core.Transaction {
	return core.NewReportEntry(&core.Report{
		Rollup: gatewaytest.Chain, Number: number, Hash: common.Hash{byte(number)}, Timestamp: 100 + number, FirstSeq: first, NextSeq: next, Skips: skips,
		Signature: make([]byte, 65),
	})
}

func TestGetStatus_ShowsWhatTheOperatorReports(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	taken, skipped := gatewaytest.Tx(gatewaytest.Chain, 0), gatewaytest.Tx(gatewaytest.Chain, 5)
	ask := func(tx core.Transaction) gateway.Attempt {
		t.Helper()
		s := call[gateway.Status](t, c, getStatus, tx.Hash())
		if len(s.Attempts) != 1 {
			t.Fatalf("status %+v", s)
		}
		return s.Attempts[0]
	}
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{taken, skipped}})
	if a := ask(taken); a.Level != core.LevelOrdered || a.Reported != nil || a.Outcome != nil {
		t.Errorf("before the report: %+v", a)
	}
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{report(0, 2, 7, core.Skip{Seq: 1, Code: core.VoidNonceTooHigh})}})
	a := ask(taken)
	if want := (gateway.ReportedView{Number: 7, Hash: common.Hash{7}, Timestamp: 107, Seq: 2, Tick: tick}); a.Reported == nil || *a.Reported != want {
		t.Errorf("reported %+v, want %+v", a.Reported, want)
	}
	if a.Level != core.LevelExecuted || *a.Outcome != core.Included || *a.Block != 7 || a.DecidedTick != tick {
		t.Errorf("taken: %+v", a)
	}
	if a := ask(skipped); a.Level != core.LevelExecuted || *a.Outcome != core.VoidNonceTooHigh || a.Block != nil || a.Reported.Number != 7 || a.Reason == "" {
		t.Errorf("skipped: %+v", a)
	}
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{report(0, 2, 8)}}) // after a reorg of the chain
	if a := ask(skipped); *a.Outcome != core.Included || *a.Block != 8 || a.Reported.Number != 8 || a.Reason != "" {
		t.Errorf("reported anew: %+v", a)
	}
}

// A bundle with a leg on a chain that others execute says what its atomicity is worth, and each leg has its own report.
func TestGetStatus_OfABundleSaysItIsAtomicByInclusion(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.Chain, 0), gatewaytest.Tx(gatewaytest.Chain, 1))
	b.Atomicity = core.AtomicInclusion
	b.Hash = b.Bundle.ID(h.Genesis.NetworkID())
	h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{b}})
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{report(0, 2, 7, core.Skip{Seq: 1, Code: core.VoidInsufficientFunds})}})
	s := call[gateway.Status](t, c, getStatus, b.Hash)
	if len(s.Attempts) != 1 || s.Attempts[0].Atomicity != core.AtomicInclusion || len(s.Attempts[0].Legs) != 2 {
		t.Fatalf("status %+v", s)
	}
	for i, want := range []core.OutcomeCode{core.Included, core.VoidInsufficientFunds} {
		if leg := s.Attempts[0].Legs[i]; leg.Reported == nil || *leg.Outcome != want {
			t.Errorf("leg %d: %+v, want %s", i, leg, want)
		}
	}
}

// Who waits for a level of what a chain takes is told by the operator's report.
func TestLevels_OfAChainEndWithTheOperatorsReport(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "ws", "/")
	tx, leg, elsewhere := gatewaytest.Tx(gatewaytest.Chain, 0), gatewaytest.Tx(gatewaytest.Chain, 1), gatewaytest.Tx(gatewaytest.A, 0)
	b := gatewaytest.Bundle(h.Genesis, leg, elsewhere)
	b.Atomicity = core.AtomicInclusion
	b.Hash = b.ID(h.Genesis.NetworkID())
	single, bundle := levels(t, c, tx.Hash()), levels(t, c, b.Hash)
	next(t, single)
	next(t, bundle)
	waiting := background[gateway.Status](t, c, waitFor, tx.Hash(), "executed", patience.Milliseconds())
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}, Bundles: []core.DecodedBundle{b}})
	for _, ch := range []<-chan gateway.LevelMessage{single, bundle} {
		if m := next(t, ch); m.Level != core.LevelOrdered || m.Tick != tick || m.Final {
			t.Errorf("ordered: %+v", m)
		}
	}
	h.Zone.Decide(tick, gatewaytest.InBundle(gatewaytest.Included(gatewaytest.A, 0, elsewhere), b.Hash))
	reported := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{report(0, 2, 7)}})
	if m := next(t, single); m.Level != core.LevelExecuted || *m.Outcome != core.Included || m.DecidedTick != reported || !m.Final {
		t.Errorf("reported: %+v", m)
	}
	if m := next(t, bundle); m.Level != core.LevelExecuted || *m.Outcome != core.Included || m.DecidedTick != reported {
		t.Errorf("bundle: %+v", m)
	}
	if got := next(t, waiting); got.err != nil || got.result.Level != core.LevelExecuted || got.result.Attempts[0].Reported == nil {
		t.Errorf("waited: %+v, %v", got.result, got.err)
	}
}
