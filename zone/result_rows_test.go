package zone_test

import (
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// From what the zone keeps, every outcome's way to the newest digest can be rebuilt, after a restart too.
func TestZone_KeepsWhatProofsOfOutcomesAreMadeOf(t *testing.T) {
	net := zonetest.NewNetwork(func(p *core.Params) { p.BlockGas = 200_000 }, 901, 902, 903)
	log := zonetest.NewLog(net.Genesis)
	r := newRig(t, net, log, nil)
	r.start()
	traffic := zonetest.NewTraffic(net, log, 1, func(id core.RollupID, name string) uint64 {
		return r.engines[id].Nonce(net.Address(name))
	})
	digests := map[uint64]common.Hash{}
	for range twinTicks {
		traffic.Tick()
		if log.Head()%3 == 0 {
			log.Append(zonetest.Start, nil, nil) // an empty tick of an older time, which runs in the open blocks
		}
		for _, result := range r.executeAll() {
			digests[result.Tick] = result.Digest
		}
	}
	decided := checkResults(t, r, digests)
	if decided < 100 {
		t.Fatalf("%d positions are decided: the test shows nothing", decided)
	}
	r.crash()
	r.start()
	r.executeAll()
	if again := checkResults(t, r, digests); again != decided {
		t.Errorf("%d positions after a restart, want %d", again, decided)
	}
	if _, err := r.zone.Decisions(log.Head() + 1); !errors.Is(err, zone.ErrNoResults) {
		t.Errorf("decisions of a tick to come: %v", err)
	}
	if _, _, err := r.zone.ResultRuns(1, log.Head()+1); !errors.Is(err, zone.ErrNoResults) {
		t.Errorf("results up to a tick to come: %v", err)
	}
}

// checkResults rebuilds the digests from every tick that decided something, and counts the positions decided.
func checkResults(t *testing.T, r *rig, digests map[uint64]common.Hash) (decided int) {
	t.Helper()
	network, last := r.net.Genesis.NetworkID(), r.zone.Executed()
	for tick := uint64(1); tick <= last; tick++ {
		d, err := r.zone.Decisions(tick)
		if errors.Is(err, zone.ErrNoResults) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, result := range d.Results {
			leaves := make([]common.Hash, len(d.Outcomes[i]))
			for j, o := range d.Outcomes[i] {
				leaves[j] = o.Leaf()
			}
			if core.MerkleRoot(leaves) != result.OutcomesRoot {
				t.Fatalf("tick %d, rollup %s: the outcomes are not those of the result", tick, result.Rollup)
			}
			decided += len(leaves)
		}
		digest, runs, err := r.zone.ResultRuns(tick, last)
		if err != nil {
			t.Fatal(err)
		}
		if runs[0].Root != core.ResultsRoot(d.Results) {
			t.Fatalf("tick %d: the first root is not that of its results", tick)
		}
		at := tick
		for _, run := range runs {
			for range run.Count {
				digest = core.ChainZoneDigest(network, zonetest.Zone, digest, at, run.Root)
				if digest != digests[at] {
					t.Fatalf("tick %d, rebuilt from tick %d: digest %s, want %s", at, tick, digest, digests[at])
				}
				at++
			}
		}
		if at != last+1 {
			t.Fatalf("the roots from tick %d end before tick %d, want %d", tick, at, last+1)
		}
	}
	return decided
}
