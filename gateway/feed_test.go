package gateway

import (
	"reflect"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// drain gives back what the feed has published since a place, in short: "tick 3", "empty 2 to 5", "executed 3".
func drain(t *testing.T, f *feed, place *uint64) []any {
	t.Helper()
	var messages []any
	for {
		m, _, lost := f.read(*place)
		if lost {
			t.Fatal("lost")
		}
		if m == nil {
			return messages
		}
		messages = append(messages, m)
		*place++
	}
}

// tickOf is a tick with or without content.
func tickOf(n uint64, content bool) (*core.TickRecord, *core.Tick, []core.Attested) {
	tick := &core.Tick{Number: n, Time: n * 10}
	if content {
		tick.Sections = []core.Section{{Rollup: 904, Txs: []core.Transaction{core.NewOpaqueTransaction(904, []byte{byte(n)})}}}
	}
	return &core.TickRecord{Number: n, Time: n * 10}, tick, nil
}

func TestFeed_ReportsOutcomesAfterTheTickThatOrdered(t *testing.T) {
	t.Parallel()
	f, place := newFeed(16, 1<<20), uint64(0)
	f.begin(4, []core.Zone{{ID: 1}})
	fates := []Fate{{Outcome: core.Outcome{Rollup: 901, TxHash: common.Hash{1}}, FailingLeg: -1}}
	f.executed(1, 4, fates) // of a tick that nobody will be told of any more
	f.executed(1, 5, fates) // the zone's follower is ahead of the log's
	f.executed(1, 6, fates)
	if got := drain(t, f, &place); len(got) != 1 || got[0].(*ExecutedMessage).Tick != 4 {
		t.Fatalf("got %v", got)
	}
	f.ordered(tickOf(5, true))
	got := drain(t, f, &place)
	if len(got) != 2 || got[0].(*TickMessage).Number != 5 || got[1].(*ExecutedMessage).Tick != 5 {
		t.Fatalf("got %v", got)
	}
	f.ordered(tickOf(6, true))
	if got := drain(t, f, &place); len(got) != 2 || got[1].(*ExecutedMessage).Tick != 6 {
		t.Fatalf("got %v", got)
	}
}

func TestFeed_ReportsAnAttestedResultAtOnceOnlyIfItIsNews(t *testing.T) {
	t.Parallel()
	f, place := newFeed(16, 1<<20), uint64(0)
	f.now = func() time.Time { return time.UnixMilli(77) }
	empty := func(n uint64, attested ...core.Attested) (*core.TickRecord, *core.Tick, []core.Attested) {
		record, tick, _ := tickOf(n, false)
		return record, tick, attested
	}
	f.begin(0, []core.Zone{{ID: 1}})
	f.ordered(empty(1, core.Attested{Zone: 1, Tick: 1}))
	f.ordered(empty(2))
	if got := drain(t, f, &place); len(got) != 0 {
		t.Fatalf("empty ticks: got %v", got)
	}
	f.ordered(tickOf(3, true))
	drain(t, f, &place)
	f.ordered(empty(4, core.Attested{Zone: 1, Tick: 2}))
	if got := drain(t, f, &place); len(got) != 0 {
		t.Fatalf("attested before the content: got %v", got)
	}
	f.ordered(empty(5, core.Attested{Zone: 1, Tick: 3, Digest: common.Hash{3}}))
	want := []any{&TickMessage{Type: messageEmpty, Number: 5, Time: 50, Seen: 77, Empty: 2, Attested: []AttestedView{{1, 3, common.Hash{3}}}}}
	if got := drain(t, f, &place); !reflect.DeepEqual(got, want) {
		t.Fatalf("attested content: got %+v", got)
	}
	f.ordered(empty(6, core.Attested{Zone: 1, Tick: 4}))
	if got := drain(t, f, &place); len(got) != 0 {
		t.Fatalf("nothing new: got %v", got)
	}
}

func TestFeed_DropsWhomTheRingHasGoneRound(t *testing.T) {
	t.Parallel()
	f := newFeed(3, 1<<20)
	for n := range uint64(3) {
		f.ordered(tickOf(n+1, true))
	}
	if m, _, lost := f.read(0); lost || m.(*TickMessage).Number != 1 {
		t.Errorf("three behind: %v, lost %t", m, lost)
	}
	f.ordered(tickOf(4, true))
	if _, _, lost := f.read(0); !lost {
		t.Error("four behind a ring of three: not lost")
	}
}

func TestFeed_IsBoundedInMemory(t *testing.T) {
	t.Parallel()
	_, tick, _ := tickOf(1, true)
	row := core.LaneRow{Rollup: 904, Count: 1}
	one := &core.TickRecord{Number: 1, Lanes: []core.LaneRow{row}}
	sizing := newFeed(1, 1)
	sizing.ordered(one, tick, nil)
	const room = 3
	f := newFeed(100, room*sizing.weight)
	for range 10 {
		f.ordered(one, tick, nil)
	}
	kept := 0
	for _, m := range f.ring {
		if m != nil {
			kept++
		}
	}
	if kept != room || f.weight != room*sizing.weight || f.oldest != 10-room {
		t.Errorf("%d messages of weight %d are kept, from %d on; want %d", kept, f.weight, f.oldest, room)
	}
	if m, _, _ := sizing.read(0); m == nil {
		t.Error("a message that is heavier than the bound is not sent at all")
	}
}

func TestFeed_TakesNobodyInAfterItsEnd(t *testing.T) {
	t.Parallel()
	f := newFeed(3, 1<<20)
	if !f.join() {
		t.Fatal("the first was refused")
	}
	f.leave()
	f.close()
	if f.join() {
		t.Error("joined a closed feed")
	}
}
