package gateway_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

// subscribeFrom subscribes to the ticks from a tick on.
func subscribeFrom(t *testing.T, c *rpc.Client, from uint64) <-chan json.RawMessage {
	t.Helper()
	ch := make(chan json.RawMessage, 4096)
	sub, err := c.Subscribe(t.Context(), "lockstep", ch, "ticks", map[string]any{"from": from})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Unsubscribe)
	return ch
}

// follower holds a client's stream to what it must be: every tick once and in order, every decided position once.
type follower struct {
	next    uint64
	decided map[uint64]int
}

func (f *follower) take(t *testing.T, raw json.RawMessage) message {
	t.Helper()
	var m message
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	switch m.Type {
	case "tick":
		if m.Number != f.next {
			t.Fatalf("got tick %d, want %d", m.Number, f.next)
		}
		f.next++
	case "empty":
		if m.Number != f.next+m.Empty-1 {
			t.Fatalf("got %d empty ticks up to %d, want them to begin with %d", m.Empty, m.Number, f.next)
		}
		f.next += m.Empty
	case "executed":
		for _, o := range m.Outcomes {
			f.decided[o.Seq]++
		}
	}
	return m
}

// Whatever the tick is with which a subscriber begins, and while ticks come: no gap, no repeat.
func TestTicks_ReplayJoinsTheLiveStreamWithoutGapOrRepeat(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	quick := subscribe(t, h.Dial(t, "ws", "/"))
	const before, after = 700, 60
	order := func(n uint64) {
		tx := gatewaytest.Tx(gatewaytest.A, n)
		tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
		h.Log.Append(gatewaytest.Content{})
		h.Zone.Decide(tick, gatewaytest.Included(gatewaytest.A, n, tx))
	}
	for n := range uint64(before) {
		order(n)
	}
	for decided := 0; decided < before; { // the gateway has told all of it
		if m := next(t, quick); m.Type == "executed" {
			decided += len(m.Outcomes)
		}
	}
	head := h.Log.Head()
	starts := []uint64{1, 2, 3, head - 300, head - 1, head}
	var streams []<-chan json.RawMessage
	for i, from := range starts {
		streams = append(streams, subscribeFrom(t, h.Dial(t, "ws", "/"), from))
		for n := range uint64(after / len(starts)) {
			order(before + uint64(i*after/len(starts)) + n)
		}
	}
	for i, from := range starts {
		f := &follower{next: from, decided: make(map[uint64]int)}
		for f.decided[before+after-1] == 0 {
			f.take(t, next(t, streams[i]))
		}
		// The transaction seq n is ordered by tick 2n+2.
		for seq := from / 2; seq < before+after; seq++ {
			if tick := 2*seq + 2; tick >= from && f.decided[seq] != 1 {
				t.Fatalf("from %d: position %d, decided by tick %d, was told %d times", from, seq, tick, f.decided[seq])
			}
		}
	}
}

func TestTicks_ReplayTellsWhatAnEarlierTickLeftUndecided(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	quick := subscribe(t, h.Dial(t, "ws", "/"))
	single, leg := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.A, 5)
	h.Zone.Decide(h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{single}}))
	second := h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{gatewaytest.Bundle(h.Genesis, leg)}})
	h.Zone.Decide(second, gatewaytest.InBundle(gatewaytest.Included(gatewaytest.A, 1, leg), gatewaytest.Bundle(h.Genesis, leg).Hash))
	third := h.Log.Append(gatewaytest.Content{})
	h.Zone.Decide(third, gatewaytest.Included(gatewaytest.A, 0, single))
	for {
		if m := next(t, quick); m.Type == "executed" && m.Tick == third {
			break
		}
	}
	ch := subscribeFrom(t, h.Dial(t, "ws", "/"), third)
	f := &follower{next: third, decided: make(map[uint64]int)}
	for f.decided[0] == 0 {
		f.take(t, next(t, ch))
	}
	if f.decided[1] != 0 {
		t.Error("the leg was decided before, and is told")
	}
}

func TestTicks_ReplayIsRefusedOutsideTheLog(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	quick := subscribe(t, h.Dial(t, "ws", "/"))
	for n := range uint64(20) {
		h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{gatewaytest.Tx(gatewaytest.A, n)}})
		next(t, quick)
	}
	h.Log.Prune(10)
	c := h.Dial(t, "ws", "/")
	for _, test := range []struct {
		name string
		from any
		code int
		want string
	}{
		{"pruned", 9, 47201, "10 to 22"}, {"not there yet", 23, 47201, "10 to 22"}, {"zero", 0, 47201, "10 to 22"}, {"no number", "ten", 47102, "a whole JSON number"},
	} {
		got := failure(t, c.CallContext(t.Context(), nil, "lockstep_subscribe", "ticks", map[string]any{"from": test.from}))
		if got.Code != test.code || !strings.Contains(got.Data.Want, test.want) || got.Data.Field != "options.from" {
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
	if got := failure(t, c.CallContext(t.Context(), nil, "lockstep_subscribe", "ticks", map[string]any{"from": 9})); !strings.Contains(got.Message, "the oldest tick that this node keeps is 10") {
		t.Errorf("got %q", got.Message)
	}
	if got := failure(t, c.CallContext(t.Context(), nil, "lockstep_subscribe", "ticks", map[string]any{"since": 9})); got.Code != 47100 {
		t.Errorf("got %+v", got)
	}
	f := &follower{next: 10, decided: make(map[uint64]int)}
	for ch := subscribeFrom(t, c, 10); f.next < 22; {
		f.take(t, next(t, ch))
	}
}

// levels subscribes to the levels of an id.
func levels(t *testing.T, c *rpc.Client, id any) <-chan gateway.LevelMessage {
	t.Helper()
	ch := make(chan gateway.LevelMessage, 64)
	sub, err := c.Subscribe(t.Context(), "lockstep", ch, "levels", id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Unsubscribe)
	return ch
}

func TestLevels_TellEveryLevelOfATransaction(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	c := h.Dial(t, "ws", "/")
	ch := levels(t, c, tx.Hash())
	if m := next(t, ch); m.Level != core.LevelUnknown || m.Kind != "unknown" || m.Final {
		t.Errorf("first: %+v", m)
	}
	h.Pool.Set(tx.Hash(), gateway.PoolEntry{Waiting: true})
	if m := next(t, ch); m.Level != core.LevelAccepted || m.Kind != "transaction" || m.Time == 0 {
		t.Errorf("accepted: %+v", m)
	}
	tick := h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	if m := next(t, ch); m.Level != core.LevelOrdered || m.Tick != tick || m.TickTime != gatewaytest.Start+10 || m.Time == 0 || m.Outcome != nil {
		t.Errorf("ordered: %+v", m)
	}
	h.Zone.Decide(tick, gatewaytest.Void(gatewaytest.A, 0, tx, core.VoidNonceTooLow, "next nonce 4"))
	if m := next(t, ch); m.Level != core.LevelExecuted || m.DecidedTick != tick || m.Time == 0 || *m.Outcome != core.VoidNonceTooLow || m.Reason != "next nonce 4" || m.Final {
		t.Errorf("executed: %+v", m)
	}
	attest(h, tick)
	if m := next(t, ch); m.Level != core.LevelAttested || m.Time == 0 || !m.Final {
		t.Errorf("attested: %+v", m)
	}
	// Who comes later gets the whole of it at once.
	if m := next(t, levels(t, c, tx.Hash())); m.Level != core.LevelAttested || !m.Final || *m.Outcome != core.VoidNonceTooLow {
		t.Errorf("afterwards: %+v", m)
	}
}

func TestLevels_LeaveNoneOutWhenSeveralAreReachedAtOnce(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	leg, other := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.B, 0)
	bundle := gatewaytest.Bundle(h.Genesis, leg, other)
	ch := levels(t, h.Dial(t, "ws", "/"), bundle.Hash)
	next(t, ch)
	// The subscriber is woken once for several of these, or for each.
	tick := h.Log.Append(gatewaytest.Content{Bundles: []core.DecodedBundle{bundle}})
	h.Zone.Decide(tick,
		gatewaytest.InBundle(gatewaytest.Included(gatewaytest.A, 0, leg), bundle.Hash), gatewaytest.InBundle(gatewaytest.Included(gatewaytest.B, 0, other), bundle.Hash))
	attest(h, tick)
	var got []core.Level
	for {
		m := next(t, ch)
		if got = append(got, m.Level); m.Time == 0 || m.Kind != "bundle" || (m.Level >= core.LevelExecuted) != (m.Outcome != nil) {
			t.Errorf("got %+v", m)
		}
		if m.Final {
			break
		}
	}
	if want := []core.Level{core.LevelOrdered, core.LevelExecuted, core.LevelAttested}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLevels_EndWithADrop(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	h.Pool.Set(tx.Hash(), gateway.PoolEntry{Waiting: true})
	ch := levels(t, h.Dial(t, "ws", "/"), tx.Hash())
	if m := next(t, ch); m.Level != core.LevelAccepted {
		t.Errorf("got %+v", m)
	}
	h.Pool.Set(tx.Hash(), gateway.PoolEntry{Dropped: &gateway.Refusal{Cause: gateway.ErrReplaced}})
	if m := next(t, ch); !m.Final || m.Dropped == nil || m.Dropped.Reason != "replaced" {
		t.Errorf("got %+v", m)
	}
}

func TestLevels_EndAtTheLastLevelThatTheRollupHas(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	tx, alone := gatewaytest.Tx(gatewaytest.A, 0), gatewaytest.Tx(gatewaytest.Alone, 0)
	c := h.Dial(t, "ws", "/")
	notExecuted, stopped := levels(t, c, alone.Hash()), levels(t, c, tx.Hash())
	next(t, notExecuted)
	next(t, stopped)
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx, alone}})
	if m := next(t, notExecuted); m.Level != core.LevelOrdered || !m.Final {
		t.Errorf("a zone that this node does not execute: %+v", m)
	}
	if m := next(t, stopped); m.Level != core.LevelOrdered || m.Final {
		t.Errorf("an executed zone: %+v", m)
	}
	h.Zone.Stop()
	if m := next(t, stopped); m.Level != core.LevelOrdered || !m.Final {
		t.Errorf("after the zone has stopped: %+v", m)
	}
	if got := failure(t, c.CallContext(t.Context(), nil, "lockstep_subscribe", "levels", "0x12")); got.Code != 47102 {
		t.Errorf("got %+v", got)
	}
}
