package explorer

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// reported hands the network's tick to the feed.
func reported(t *testing.T, n *network, x *Explorer, tick, now uint64) {
	t.Helper()
	record, decoded, err := n.Tick(tick)
	if err != nil {
		t.Fatal(err)
	}
	x.live.ordered(record, decoded, now)
}

// TestFrame_Golden shows a frame as a page gets it: the page's own tests read the same file.
func TestFrame_Golden(t *testing.T) {
	n := newNetwork()
	x := n.open(t, filepath.Join(t.TempDir(), "x"), nil)
	x.live.begin(0, n)
	a, b := testTx(rollupA, 0, bob), testTx(rollupB, 0, bob)
	bundle := testBundle(n.genesis, a, b)
	n.order(nil)
	n.order(nil)
	n.order([]core.DecodedBundle{bundle}, testTx(rollupA, 1, bob), testTx(rollupA, 2, bob))
	n.order(nil)
	x.Accepted(bundle.Hash, time.UnixMilli(int64(start)+20))
	result := n.decide(3, core.Included, false)
	for i := range result.Outcomes { // the bundle fails at its second leg
		if o := &result.Outcomes[i]; o.Bundle != (common.Hash{}) {
			o.Code, o.FailingLeg, o.Detail = core.VoidOtherLeg, 1, "execution reverted"
			if o.Rollup == rollupB {
				o.Code = core.VoidLegReverted
			}
		}
	}
	x.live.executed(result, start+45) // earlier than the order: held back
	f := &frames{live: x.live, deps: &x.deps}
	for tick := range uint64(4) {
		reported(t, n, x, tick+1, start+40+tick)
	}
	x.live.attested(core.Attested{Zone: 1, Tick: 3}, start+60)
	x.Voted(4, []core.Vote{
		{Validator: testAddress(1), Signed: true, Results: []core.Attested{{Zone: 1, Tick: 2}}}, {Validator: testAddress(2)},
	})
	x.Rewound(1, 4)
	frame, ok := f.next(start + 100)
	if !ok {
		t.Fatal("no frame")
	}
	hello := x.hello(false)
	hello.Now = start
	encoded, err := json.MarshalIndent(map[string]any{"hello": hello, "frame": frame}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, "testdata/live.golden.json", string(encoded)+"\n")
	if _, ok := f.next(start + 200); ok {
		t.Error("a frame although nothing happened")
	}
	if quiet, ok := f.next(start + 1200); !ok || quiet.Head.Tick != 4 || quiet.Times == nil {
		t.Errorf("after a quiet second: %+v, %t", quiet, ok)
	}
}

func TestFrame_IsBounded(t *testing.T) {
	n := newNetwork()
	x := n.open(t, filepath.Join(t.TempDir(), "x"), func(c *Config) { c.MaxEvents = 10 })
	x.live.begin(0, n)
	for nonce := range uint64(100) {
		tick := n.order([]core.DecodedBundle{testBundle(n.genesis, testTx(rollupA, nonce, bob), testTx(rollupB, nonce, bob))})
		reported(t, n, x, tick, start)
		code := core.Included
		if nonce%2 == 1 { // so that outcomes make no long runs
			code = core.VoidBlockFull
		}
		x.live.executed(n.decide(tick, code, false), start)
	}
	frame, _ := (&frames{live: x.live, deps: &x.deps}).next(start + 100)
	events := len(frame.Outcomes) + len(frame.Bundles)
	for _, row := range frame.Ticks {
		events += len(row.Bundles)
		for _, lane := range row.Lanes {
			events += len(lane.Entries)
		}
	}
	// A bundle is an entry of two lanes, itself, two outcomes, and its own outcome.
	if events != 10 || frame.Dropped != 590 {
		t.Errorf("%d events, %d dropped", events, frame.Dropped)
	}
	if last := frame.Rollups[0]; last.NextSeq != 100 {
		t.Errorf("counts go on: %+v", last)
	}
}

func TestDistribution_ForgetsAfterAMinute(t *testing.T) {
	var d distribution
	for i := range uint64(100) {
		d.add(start, i, 1) // 0 to 99 ms
	}
	v := d.view(start + 1000)
	if v.Count != 100 || v.P50 < 45 || v.P50 > 55 || v.P90 < 85 || v.P90 > 95 || v.P99 < 95 || v.P99 > 100 {
		t.Errorf("%+v", v)
	}
	d.add(start+59_000, 20_000, 3)
	if v := d.view(start + 60_000); v.Count != 3 || v.Buckets[len(bounds)] != 3 || v.P50 != 10_000 {
		t.Errorf("%+v", v)
	}
}

func TestRates_AreOfTheirSpan(t *testing.T) {
	var r rates
	for ms := uint64(0); ms <= 20_000; ms += 200 {
		r.ticks += 2
		added := uint64(1)
		if ms > 19_000 {
			added = 11
		}
		r.close(start+ms, map[core.RollupID]uint64{rollupA: added})
	}
	entries := func(f *rateFrame) uint64 { return f.added[rollupA] }
	if got := r.over(rateShort, entries); got != 55 {
		t.Errorf("%v entries a second over one second, want 55", got)
	}
	if got := r.over(rateSpan, entries); got != 10 {
		t.Errorf("%v entries a second over ten, want 10", got)
	}
	if got := r.over(rateSpan, func(f *rateFrame) uint64 { return f.ticks }); got != 10 {
		t.Errorf("%v ticks a second, want 10", got)
	}
}

func TestVoters_RememberVotes(t *testing.T) {
	g := testGenesis()
	v := newVoters(g)
	one, two := testAddress(1), testAddress(2)
	for tick := uint64(1); tick <= 100; tick++ {
		v.add(tick, []core.Vote{{Validator: one, Signed: tick%4 != 0}, {Validator: two, Signed: tick <= 90, Results: []core.Attested{{Zone: 1, Tick: tick}}}})
		v.add(tick, []core.Vote{{Validator: one}, {Validator: two}}) // a replay changes nothing
	}
	v.add(103, []core.Vote{{Validator: two, Signed: true}}) // one has left, and two commits were not seen
	v.seat(g.Validators[1:], []common.Address{one})
	states := v.states()
	// The stronger one stands first.
	if s := states[0]; states[0].Address != two || s.Jailed || s.LastVote != 103 || s.Lag != 0 || !strings.HasSuffix(s.Votes, "0000--1") || len(s.Votes) != shownVotes || s.Attests[0].Tick != 100 {
		t.Errorf("%+v", s)
	}
	if s := states[1]; !s.Jailed || s.LastVote != 99 || s.Lag != 4 || !strings.HasSuffix(s.Votes, "1110---") || s.Share != 0.75 {
		t.Errorf("%+v", s)
	}
	if got := v.of(90); len(got) != 2 || !got[0].Signed || !got[1].Signed {
		t.Errorf("votes for 90: %+v", got)
	}
	if got := v.of(104); got != nil {
		t.Errorf("votes for a tick to come: %+v", got)
	}
	if got := v.of(103); len(got) != 1 {
		t.Errorf("votes for 103: %+v", got)
	}
}
