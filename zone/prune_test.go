package zone_test

import (
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// TestZone_PrunesWhatTheLogForgets prunes half of a zone's records. What is decided later stays, and a zone that loses
// power afterwards starts from a seal that it kept and ends with the digests of one that forgot nothing.
func TestZone_PrunesWhatTheLogForgets(t *testing.T) {
	t.Parallel()
	net := zonetest.NewNetwork(func(p *core.Params) { p.BlockGas = 200_000 }, 901, 902, 903)
	log := zonetest.NewLog(net.Genesis)
	steady, pruned := newRig(t, net, log, nil), newRig(t, net, log, nil)
	steady.start()
	pruned.start()
	traffic := zonetest.NewTraffic(net, log, 5, func(id core.RollupID, name string) uint64 {
		return steady.engines[id].Nonce(net.Address(name))
	})
	ticks := func(n int) {
		for range n {
			traffic.Tick()
			steady.executeAll()
			pruned.executeAll()
		}
	}
	ticks(200)
	if needed, err := pruned.zone.Needs(); err != nil || needed != 1 {
		t.Fatalf("with nothing attested, tick %d is needed, %v", needed, err)
	}
	digest, _ := steady.zone.Digest(100)
	pruned.zone.Attested(core.Attested{Zone: zonetest.Zone, Tick: 100, Digest: digest})
	ticks(1)
	before, err := pruned.zone.Needs()
	if err != nil || before < 10 || before > 100 {
		t.Fatalf("with tick 100 attested, tick %d is needed, %v", before, err)
	}
	if err := pruned.zone.Prune(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	check := func() {
		t.Helper()
		gone, kept := 0, 0
		for _, id := range net.Genesis.Zones[0].Rollups {
			entries, err := log.Lane(id, 0, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				want, _, _ := steady.zone.Fate(id, e.Seq)
				got, ok, err := pruned.zone.Fate(id, e.Seq)
				switch {
				case err != nil || ok && got != want:
					t.Fatalf("rollup %s seq %d: %+v, %v, want %+v", id, e.Seq, got, err, want)
				case ok:
					kept++
				case want.Tick >= before:
					t.Errorf("rollup %s seq %d was decided in tick %d and is gone", id, e.Seq, want.Tick)
				default:
					gone++
				}
				if e.Item.IsLeg() {
					samePlaces(t, steady.zone, pruned.zone, e, before)
				}
			}
		}
		if gone == 0 || kept == 0 {
			t.Fatalf("%d fates are gone, %d are kept", gone, kept)
		}
	}
	check()
	ticks(20)
	pruned.crash()
	pruned.start()
	if next := pruned.zone.Executed() + 1; next < before {
		t.Fatalf("the zone starts with tick %d, which the log may have forgotten", next)
	}
	pruned.executeAll()
	ticks(20)
	check()
	own, _ := pruned.zone.Digest(log.Head())
	if want, ok := steady.zone.Digest(log.Head()); !ok || own != want {
		t.Errorf("digest %s, want %s", own, want)
	}
}

// samePlaces compares where a leg's bundle stands: places below before are gone.
func samePlaces(t *testing.T, steady, pruned *zone.Zone, e core.LaneEntry, before uint64) {
	t.Helper()
	all, err := steady.Bundle(e.Item.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	some, err := pruned.Bundle(e.Item.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, p := range all {
		if p.Tick >= before {
			want++
		}
	}
	if len(some) != want {
		t.Errorf("bundle %s has %d places, want %d", e.Item.Bundle, len(some), want)
	}
}
