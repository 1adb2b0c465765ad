package zone_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// TestZone_BeginsAtASeal lets a zone begin in the middle: it has the fates and digests of one that began at tick 1, also
// after it was killed, and a beginning that was forged anywhere is refused.
func TestZone_BeginsAtASeal(t *testing.T) {
	t.Parallel()
	net := zonetest.NewNetwork(nil, 901, 902, 903)
	log := zonetest.NewLog(net.Genesis)
	steady := newRig(t, net, log, nil)
	steady.start()
	traffic := zonetest.NewTraffic(net, log, 5, func(id core.RollupID, name string) uint64 {
		return steady.engines[id].Nonce(net.Address(name))
	})
	var results []zone.TickResult
	ticks := func(n int) {
		for range n {
			traffic.Tick()
			results = append(results, steady.executeAll()...)
		}
	}
	ticks(150)
	var at zone.TickResult
	for _, r := range results[:120] {
		if r.Sealed != nil && !slices.ContainsFunc(r.Sealed.Rollups, func(s zone.RollupSeal) bool { return s.NextSeq != s.FirstUnapplied }) {
			at = r
		}
	}
	attested := core.Attested{Zone: zonetest.Zone, Tick: at.Tick + 9, Digest: results[at.Tick+8].Digest}
	begin, err := steady.zone.Beginning(at, attested.Tick)
	if err != nil {
		t.Fatal(err)
	}
	joined := newRig(t, net, log, nil)
	for id, disk := range steady.disks {
		i := slices.IndexFunc(begin.Seal.Rollups, func(s zone.RollupSeal) bool { return s.Rollup == id })
		joined.disks[id] = disk.Copy(begin.Seal.Rollups[i].Number)
	}
	refuseForgedBeginnings(t, joined, begin, attested)
	if err := joined.begin(begin, attested); err != nil {
		t.Fatal(err)
	}
	joined.start()
	same := func() {
		t.Helper()
		for _, r := range results[at.Tick-1:] {
			if digest, ok := joined.zone.Digest(r.Tick); !ok || digest != r.Digest {
				t.Fatalf("digest of tick %d: %s, want %s", r.Tick, digest, r.Digest)
			}
			for _, want := range r.Outcomes {
				if got, ok, err := joined.zone.Fate(want.Rollup, want.Seq); err != nil || !ok || got != want {
					t.Fatalf("fate %+v, %v, want %+v", got, err, want)
				}
			}
		}
	}
	joined.executeAll()
	same()
	joined.zone.Attested(attested)
	joined.crash()
	joined.start()
	ticks(20)
	joined.executeAll()
	same()
}

// begin imports a beginning into the rig's files.
func (r *rig) begin(b *zone.Beginning, attested core.Attested) error {
	engines := make(map[core.RollupID]zone.Engine)
	for id, disk := range r.disks {
		engines[id] = zonetest.NewEngine(id, r.net.Genesis.Params, disk)
	}
	record, err := r.log.Record(b.Seal.NextTick)
	if err != nil {
		return err
	}
	return b.Import(r.config(), engines, record, attested)
}

func refuseForgedBeginnings(t *testing.T, joined *rig, good *zone.Beginning, attested core.Attested) {
	t.Helper()
	for name, forge := range map[string]func(*zone.Beginning){
		"digest":            func(b *zone.Beginning) { b.Seal.Digest[0]++ },
		"slot":              func(b *zone.Beginning) { b.Seal.Slot++ },
		"tick":              func(b *zone.Beginning) { b.Seal.NextTick++ },
		"block":             func(b *zone.Beginning) { b.Seal.Rollups[0].Number-- },
		"hash":              func(b *zone.Beginning) { b.Seal.Rollups[1].Hash = common.Hash{1} },
		"position":          func(b *zone.Beginning) { b.Seal.Rollups[1].NextSeq++ },
		"applied":           func(b *zone.Beginning) { b.Seal.Rollups[1].FirstUnapplied++ },
		"both":              func(b *zone.Beginning) { b.Seal.Rollups[1].NextSeq++; b.Seal.Rollups[1].FirstUnapplied++ },
		"rollup left out":   func(b *zone.Beginning) { b.Seal.Rollups = b.Seal.Rollups[1:] },
		"result":            func(b *zone.Beginning) { b.Results[0].NextSeq++ },
		"result left out":   func(b *zone.Beginning) { b.Results = b.Results[1:] },
		"last sealed":       func(b *zone.Beginning) { b.Results[0].LastSealed = common.Hash{1} },
		"root":              func(b *zone.Beginning) { b.Runs[len(b.Runs)-1].Root = common.Hash{1} },
		"run too short":     func(b *zone.Beginning) { b.Runs = b.Runs[:len(b.Runs)-1] },
		"run too long":      func(b *zone.Beginning) { b.Runs[0].Count = 1 << 40 },
		"run of nothing":    func(b *zone.Beginning) { b.Runs[0].Count = 0 },
		"no run":            func(b *zone.Beginning) { b.Runs = nil },
		"other than signed": func(b *zone.Beginning) { b.Runs = append(b.Runs, zone.ResultRun{Count: 1}) },
	} {
		b := *good
		b.Seal.Rollups, b.Results, b.Runs = slices.Clone(good.Seal.Rollups), slices.Clone(good.Results), slices.Clone(good.Runs)
		forge(&b)
		if b.Seal.NextTick > joined.log.Head() {
			continue
		}
		if err := joined.begin(&b, attested); !errors.Is(err, zone.ErrBeginning) {
			t.Errorf("forged %s: %v", name, err)
		}
	}
	if err := joined.begin(good, core.Attested{Zone: zonetest.Zone, Tick: good.Seal.NextTick - 1}); !errors.Is(err, zone.ErrBeginning) {
		t.Errorf("attested before the seal: %v", err)
	}
}
