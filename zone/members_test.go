package zone_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// TestZone_TwinsAgreeOnMembers feeds two zones the same ticks, with which one rollup joins and later leaves, and one of the
// genesis leaves. One of the zones dies again and again. Lanes are stopped often, the one that leaves among them.
func TestZone_TwinsAgreeOnMembers(t *testing.T) {
	const late core.RollupID = 904
	stoppedLeaving := 0
	for seed := range uint64(6) {
		net := zonetest.NewNetwork(func(p *core.Params) { p.BlockGas = 120_000 }, 901, 902, 903)
		log := zonetest.NewLog(net.Genesis)
		steady := newRig(t, net, log, nil)
		steady.mayJoin(late)
		steady.start()
		traffic := zonetest.NewTraffic(net, log, seed, func(id core.RollupID, name string) uint64 {
			return steady.engines[id].Nonce(net.Address(name))
		})
		var results []zone.TickResult
		ticks := func(n int) {
			for range n {
				traffic.Tick()
				results = append(results, steady.executeAll()...)
			}
		}
		change := func(c core.MemberChange) {
			traffic.Change(c)
			results = append(results, steady.executeAll()...)
		}
		ticks(40)
		change(joinsZone(late))
		ticks(60)
		change(leavesZone(902))
		ticks(40)
		change(leavesZone(late))
		ticks(60)
		for _, r := range results {
			if r.Sealed != nil && slices.ContainsFunc(r.Sealed.Rollups, func(s zone.RollupSeal) bool { return s.Leaving && s.FirstUnapplied < s.NextSeq }) {
				stoppedLeaving++
			}
		}
		if last := results[len(results)-1].Rollups; len(last) != 2 || last[0].Rollup != 901 || last[1].Rollup != 903 {
			t.Fatalf("seed %d: the zone's results are of %+v at the end", seed, last)
		}
		log.Attest(steady.zone.Digest)
		restless := newRig(t, net, log, nil)
		restless.mayJoin(late)
		if deaths := restless.liveAndDie(rand.New(rand.NewPCG(seed, 1))); deaths < 5 {
			t.Fatalf("seed %d: died %d times only: the test shows nothing", seed, deaths)
		}
		if codes := compareTwins(t, log, steady.twin(), restless.twin()); codes[core.Included] == 0 || codes[core.VoidBlockFull] == 0 {
			t.Errorf("seed %d: the traffic shows too little: %v", seed, codes)
		}
		checkDecided(t, fmt.Sprintf("seed %d", seed), log, steady.zone, 902, late)
	}
	if stoppedLeaving == 0 {
		t.Error("no lane was stopped while its rollup left: the test shows too little")
	}
}

// checkDecided checks that everything that was ordered for rollups has a fate.
func checkDecided(t *testing.T, what string, log *zonetest.Log, z *zone.Zone, rollups ...core.RollupID) {
	t.Helper()
	for _, id := range rollups {
		entries, err := log.Lane(id, 0, 1<<20)
		if err != nil || len(entries) == 0 {
			t.Fatalf("%s: %d entries of rollup %s, %v", what, len(entries), id, err)
		}
		for _, e := range entries {
			if _, ok, err := z.Fate(id, e.Seq); err != nil || !ok {
				t.Errorf("%s: rollup %s seq %d is not decided: %v", what, id, e.Seq, err)
			}
		}
	}
}
