package gateway_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

func TestGetStatus_FollowsATransactionThroughTheLevels(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	expect := func(kind string, level core.Level, attempts int) gateway.Status {
		t.Helper()
		s := call[gateway.Status](t, c, getStatus, tx.Hash())
		if s.ID != tx.Hash() || s.Kind != kind || s.Level != level || len(s.Attempts) != attempts {
			t.Fatalf("got %+v, want a %s at level %s with %d attempts", s, kind, level, attempts)
		}
		return s
	}
	expect("unknown", core.LevelUnknown, 0)
	h.Pool.Set(tx.Hash(), gateway.PoolEntry{Waiting: true})
	expect("transaction", core.LevelAccepted, 0)
	h.Pool.Set(tx.Hash(), gateway.PoolEntry{})
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	a := expect("transaction", core.LevelOrdered, 1).Attempts[0]
	if *a.Rollup != gatewaytest.A || *a.Seq != 0 || a.Tick != tick || a.TickTime != gatewaytest.Start+10 || a.Outcome != nil || a.Receipt != nil {
		t.Errorf("ordered: %+v", a)
	}
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, 0, tx))
	a = expect("transaction", core.LevelExecuted, 1).Attempts[0]
	if *a.Outcome != core.Included || *a.Block != 7 || *a.TxIndex != 0 || *a.GasUsed != 21000 || a.DecidedTick != tick {
		t.Errorf("executed: %+v", a)
	}
	var receipt struct{ TransactionHash common.Hash }
	if err := json.Unmarshal(a.Receipt, &receipt); err != nil || receipt.TransactionHash != tx.Hash() {
		t.Errorf("receipt %s: %v", a.Receipt, err)
	}
	attest(h, tick)
	expect("transaction", core.LevelAttested, 1)
}

func TestGetStatus_ListsEveryAttempt(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	first := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	second := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	h.Zone.Decide(first, gatewaytest.Included(gatewaytest.A, 0, tx))
	attest(h, first)
	h.Zone.Decide(second, gatewaytest.Void(gatewaytest.A, 1, tx, core.VoidNonceTooLow, "nonce too low"))
	s := call[gateway.Status](t, h.Dial(t, "http", "/"), getStatus, tx.Hash())
	if s.Level != core.LevelAttested || len(s.Attempts) != 2 {
		t.Fatalf("got %+v", s)
	}
	if a := s.Attempts[1]; a.Level != core.LevelExecuted || *a.Outcome != core.VoidNonceTooLow || a.Reason != "nonce too low" || a.Block != nil || *a.Seq != 1 {
		t.Errorf("second attempt: %+v", a)
	}
}

func TestGetStatus_SaysWhyThePoolDroppedAnEntry(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	id := common.Hash{31: 9}
	h.Pool.Set(id, gateway.PoolEntry{Bundle: true, Dropped: core.ErrExpired})
	s := call[gateway.Status](t, h.Dial(t, "http", "/"), getStatus, id)
	if s.Kind != "bundle" || s.Level != core.LevelUnknown || s.Dropped == nil || s.Dropped.Code != 47408 || s.Dropped.Reason != "expired" {
		t.Errorf("got %+v, dropped %+v", s, s.Dropped)
	}
}

func TestGetStatus_SummarisesABundle(t *testing.T) {
	t.Parallel()
	a, b := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0)
	otherLeg := gatewaytest.Void(gatewaytest.A, 0, a, core.VoidOtherLeg, "")
	otherLeg.FailingLeg = 1
	failing := gatewaytest.Void(gatewaytest.B, 0, b, core.VoidLegReverted, "execution reverted: no")
	failing.FailingLeg = 1
	for _, c := range []struct {
		name    string
		fates   []gateway.Fate
		level   core.Level
		outcome *core.OutcomeCode
		failing int
	}{
		{"undecided", nil, core.LevelOrdered, nil, -1},
		{"half", []gateway.Fate{gatewaytest.Included(gatewaytest.A, 0, a)}, core.LevelOrdered, nil, -1},
		{"included", []gateway.Fate{gatewaytest.Included(gatewaytest.A, 0, a), gatewaytest.Included(gatewaytest.B, 0, b)}, core.LevelExecuted, ptr(core.Included), -1},
		{"void", []gateway.Fate{otherLeg, failing}, core.LevelExecuted, ptr(core.VoidLegReverted), 1},
		{"void as a whole", []gateway.Fate{gatewaytest.Void(gatewaytest.A, 0, a, core.VoidCommitment, ""), gatewaytest.Void(gatewaytest.B, 0, b, core.VoidCommitment, "")}, core.LevelExecuted, ptr(core.VoidCommitment), -1},
		{"different outcomes", []gateway.Fate{gatewaytest.Included(gatewaytest.A, 0, a), gatewaytest.Void(gatewaytest.B, 0, b, core.VoidNonceTooLow, "")}, core.LevelExecuted, nil, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := gatewaytest.New(t, gatewaytest.Options{})
			bundle := gatewaytest.Bundle(h.Genesis, a, b)
			tick := h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{bundle}, Txs: []core.Transaction{gatewaytest.Tx(gatewaytest.A, 9)}})
			h.Zone.Decide(tick, c.fates...)
			client := h.Dial(t, "http", "/")
			s := call[gateway.Status](t, client, getStatus, bundle.Hash)
			if s.Kind != "bundle" || s.Level != c.level || len(s.Attempts) != 1 || len(s.Attempts[0].Legs) != 2 {
				t.Fatalf("got %+v", s)
			}
			attempt := s.Attempts[0]
			if !equal(attempt.Outcome, c.outcome) || !equal(attempt.FailingLeg, indexOrNil(c.failing)) {
				t.Errorf("outcome %v, failing leg %v", attempt.Outcome, attempt.FailingLeg)
			}
			if leg := attempt.Legs[1]; *leg.Rollup != gatewaytest.B || *leg.Seq != 0 || *leg.TxHash != b.Hash() || *leg.BundleID != bundle.Hash {
				t.Errorf("second leg: %+v", leg)
			}
			if s := call[gateway.Status](t, client, getStatus, a.Hash()); s.Kind != "transaction" || *s.Attempts[0].BundleID != bundle.Hash {
				t.Errorf("first leg by its own hash: %+v", s)
			}
		})
	}
}

func TestGetStatus_StopsAtOrderedWhereNothingIsExecuted(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx, opaque := gatewaytest.Tx(gatewaytest.Alone, 0), core.NewOpaqueTransaction(gatewaytest.Opaque, []byte{1, 2, 3})
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx, opaque}})
	c := h.Dial(t, "http", "/")
	for _, id := range []common.Hash{tx.Hash(), opaque.Hash()} {
		if s := call[gateway.Status](t, c, getStatus, id); s.Level != core.LevelOrdered || s.Kind != "transaction" {
			t.Errorf("got %+v", s)
		}
	}
}

func TestWaitFor_ReturnsWhenTheLevelIsReached(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	bundle := gatewaytest.Bundle(h.Genesis, tx)
	waits := make(map[core.Level][]<-chan answer[gateway.Status])
	c := h.Dial(t, "ws", "/")
	for _, level := range []core.Level{core.LevelOrdered, core.LevelExecuted, core.LevelAttested} {
		for _, id := range []common.Hash{tx.Hash(), bundle.Hash} {
			waits[level] = append(waits[level], background[gateway.Status](t, c, waitFor, id, level, 20_000))
		}
	}
	expect := func(level core.Level) {
		t.Helper()
		for _, wait := range waits[level] {
			if got := next(t, wait); got.err != nil || got.result.Level != level {
				t.Errorf("waiting for %s: level %s, %v", level, got.result.Level, got.err)
			}
		}
	}
	tick := h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{bundle}})
	expect(core.LevelOrdered)
	h.Zone.Decide(tick, gatewaytest.InBundle(gatewaytest.Included(gatewaytest.A, 0, tx), bundle.Hash))
	expect(core.LevelExecuted)
	attest(h, tick)
	expect(core.LevelAttested)
}

func TestWaitFor_ReturnsWhenThePoolDropsTheEntry(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c, dropped, lost := h.Dial(t, "ws", "/"), common.Hash{31: 1}, common.Hash{31: 2}
	ch := levels(t, c, dropped)
	if m := next(t, ch); m.Final {
		t.Fatalf("before: %+v", m)
	}
	first := background[gateway.Status](t, c, waitFor, dropped, "ordered", 20_000)
	second := background[gateway.Status](t, c, waitFor, lost, "ordered", 20_000)
	h.Pool.Drop(dropped, core.ErrExpired)
	if m := next(t, ch); !m.Final || m.Dropped == nil || m.Dropped.Reason != "expired" {
		t.Errorf("subscriber got %+v", m)
	}
	if got := next(t, first); got.err != nil || got.result.Dropped == nil || got.result.Dropped.Reason != "expired" {
		t.Errorf("got %+v, %v", got.result, got.err)
	}
	h.Pool.Set(lost, gateway.PoolEntry{Dropped: core.ErrExpired})
	h.Pool.Drop(common.Hash{}, core.ErrExpired) // more than the pool could list
	if got := next(t, second); got.err != nil || got.result.Dropped == nil {
		t.Errorf("got %+v, %v", got.result, got.err)
	}
}

// staleLedger has not taken over what the log holds already.
type staleLedger struct{}

func (staleLedger) Attested(core.ZoneID) core.Attested { return core.Attested{} }
func (staleLedger) Lane(core.RollupID) core.LaneHead   { return core.LaneHead{} }

func TestWaitFor_DoesNotMissAnAttestationThatTheLedgerTakesOverLater(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Ledger: staleLedger{}})
	c, tx := h.Dial(t, "http", "/"), gatewaytest.Tx(gatewaytest.A, 0)
	call[gateway.NetworkStatus](t, c, "lockstep_status") // it runs
	wait := background[gateway.Status](t, c, waitFor, tx.Hash(), "attested", 20_000)
	attest(h, orderAndDecide(h, tx))
	if got := next(t, wait); got.err != nil || got.result.Level != core.LevelAttested {
		t.Errorf("got level %s, %v", got.result.Level, got.err)
	}
}

func TestWaitFor_AnswersWithTheCurrentStateWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	s := call[gateway.Status](t, h.Dial(t, "http", "/"), waitFor, tx.Hash(), core.LevelExecuted, 1)
	if s.Level != core.LevelOrdered {
		t.Errorf("got level %s", s.Level)
	}
}

func TestWaitFor_IsBounded(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxWaiters = 1 }})
	c := h.Dial(t, "http", "/")
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	first := background[common.Hash](t, h.Dial(t, "http", "/rollup/901"), sendRaw, raw(tx))
	next(t, h.Pool.Added)
	if got := failure(t, c.CallContext(t.Context(), nil, waitFor, tx.Hash(), "executed", 1)); got.Code != 47501 {
		t.Errorf("got %+v", got)
	}
	orderAndDecide(h, tx)
	if got := next(t, first); got.err != nil {
		t.Error(got.err)
	}
}

func TestStatusMethods_RefuseBadParameters(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	id := common.Hash{31: 1}
	for _, r := range []struct {
		name   string
		method string
		args   []any
		code   int
		field  string
	}{
		{"short id", getStatus, []any{"0x12"}, 47102, "id"},
		{"id no string", getStatus, []any{12}, 47102, "id"},
		{"no id", getStatus, nil, -32602, ""},
		{"too many", getStatus, []any{id, 1}, -32602, ""},
		{"level", waitFor, []any{id, "done"}, 47102, "level"},
		{"level of later versions", waitFor, []any{id, "final"}, 47102, "level"},
		{"level unknown", waitFor, []any{id, "unknown"}, 47102, "level"},
		{"timeout", waitFor, []any{id, "ordered", "1s"}, 47102, "timeoutMs"},
		{"long timeout", waitFor, []any{id, "ordered", 3_600_000}, 47102, "timeoutMs"},
		{"tick 0", "lockstep_getTick", []any{0}, 47201, "number"},
		{"future tick", "lockstep_getTick", []any{77}, 47201, "number"},
		{"tick", "lockstep_getTick", []any{"0x1"}, 47102, "number"},
		{"method", "lockstep_makeCoffee", nil, -32601, ""},
		{"namespace", "eth_chainId", nil, -32601, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := failure(t, c.CallContext(t.Context(), nil, r.method, r.args...)); got.Code != r.code || got.Data.Field != r.field {
				t.Errorf("got %+v, want code %d, field %q", got, r.code, r.field)
			}
		})
	}
}

func TestGetStatus_HidesADamagedLog(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	h.Log.Break(errors.New("damaged record"))
	got := failure(t, c.CallContext(t.Context(), nil, getStatus, common.Hash{31: 1}))
	if got.Code != 47000 || got.Data.RequestID == "" || got.Message != "internal error (request "+got.Data.RequestID+")" {
		t.Errorf("got %+v", got)
	}
}

func TestStatus_DescribesTheNetwork(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	tick := orderAndDecide(h, tx)
	head := attest(h, tick)
	s := call[gateway.NetworkStatus](t, h.Dial(t, "http", "/"), "lockstep_status")
	if s.NetworkID != h.Genesis.NetworkID() || s.ChainID != h.Genesis.ChainID() || s.Version != "test" || s.Head.Tick != head || s.Head.Time != gatewaytest.Start+20 {
		t.Errorf("network: %+v", s)
	}
	if len(s.Validators) != 2 || s.Validators[0].Power != 10 || len(s.Zones) != 2 || len(s.Rollups) != 5 {
		t.Fatalf("got %+v", s)
	}
	if z := s.Zones[0]; *z.Executed != head || z.Attested != tick || s.Zones[1].Executed != nil {
		t.Errorf("zones: %+v", s.Zones)
	}
	if r := s.Rollups[0]; r.NextSeq != 1 || *r.SealedBlock != 6 || r.RPC != "/rollup/901" || r.Zone != 1 || r.LaneHead == (common.Hash{}) {
		t.Errorf("rollup A: %+v", r)
	}
	if r := s.Rollups[3]; r.Kind != core.KindOpaque || r.RPC != "" || r.SealedBlock != nil {
		t.Errorf("opaque rollup: %+v", r)
	}
}

func TestGetTick_ShowsTheTickWithItsFates(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	legA, legB, single := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0), gatewaytest.Tx(gatewaytest.A, 1)
	bundle := gatewaytest.Bundle(h.Genesis, legA, legB)
	tick := h.Log.Append(gatewaytest.Content{
		Bundles: []core.DecodedBundle{bundle}, Txs: []core.Transaction{single},
		Attested: []core.Attested{{Zone: gatewaytest.Zone1, Tick: 1, Digest: common.Hash{31: 1}}},
	})
	h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, 0, legA), gatewaytest.Included(gatewaytest.B, 0, legB))
	c := h.Dial(t, "http", "/")
	got := call[gateway.TickView](t, c, "lockstep_getTick", tick)
	if got.Number != tick || len(got.Lanes) != 2 || len(got.Bundles) != 1 || len(got.Sections) != 1 || len(got.Attested) != 1 {
		t.Fatalf("got %+v", got)
	}
	lane := got.Lanes[0]
	if lane.Rollup != gatewaytest.A || lane.Count != 2 || *lane.Positions[0].Outcome != core.Included || lane.Positions[1].Outcome != nil || *lane.Positions[1].Seq != 1 {
		t.Errorf("lane A: %+v", lane)
	}
	if got.Sections[0].Txs[0] != single.Hash() || got.Bundles[0].ID != bundle.Hash || got.Bundles[0].Legs[1].TxHash != legB.Hash() {
		t.Errorf("content: %+v", got)
	}
	if latest := call[gateway.TickView](t, c, "lockstep_getTick", "latest"); latest.Number != tick {
		t.Errorf("latest is %d", latest.Number)
	}
}

func TestWaitFor_LeavesWithTheStateKnownAtShutdown(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.MaxWaiters = 1 }})
	c := h.Dial(t, "http", "/")
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	wait := background[gateway.Status](t, c, waitFor, tx.Hash(), "attested", 20_000)
	awaitBusy(t, h)
	begun := time.Now()
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	if got := next(t, wait); got.err != nil || got.result.Level != core.LevelOrdered || time.Since(begun) > 5*time.Second {
		t.Errorf("got level %s, %v after %s", got.result.Level, got.err, time.Since(begun))
	}
}

func ptr[T any](v T) *T { return &v }

func indexOrNil(i int) *int {
	if i < 0 {
		return nil
	}
	return &i
}

func equal[T comparable](a, b *T) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}
