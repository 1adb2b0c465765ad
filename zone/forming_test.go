package zone_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// The rollups of a zone that is formed by the first of them; both are in no genesis.
const (
	firstMember  core.RollupID = 904
	secondMember core.RollupID = 905
)

// newForming makes a log of a network without the zone.
func newForming() (*zonetest.Network, *zonetest.Log) {
	net := zonetest.NewNetwork(nil, 901)
	net.Genesis.Zones, net.Genesis.Rollups = net.Genesis.Zones[1:], net.Genesis.Rollups[:1]
	return net, zonetest.NewLog(net.Genesis)
}

// waiting makes a rig that waits for the zone to be formed, or begins with the tick that forms it.
func waiting(t *testing.T, net *zonetest.Network, log *zonetest.Log, first uint64) *rig {
	r := newRig(t, net, log, nil)
	r.disks, r.first = make(map[core.RollupID]*zonetest.Disk), first
	r.mayJoin(firstMember, secondMember)
	return r
}

// former orders ticks of half a second, in which a spends its nonces on a rollup.
type former struct {
	net    *zonetest.Network
	log    *zonetest.Log
	nonces map[core.RollupID]uint64
}

func (f *former) tick(changes []core.MemberChange, rollups ...core.RollupID) uint64 {
	var sections []core.Section
	for _, id := range rollups {
		tx := f.net.Sign(zonetest.Tx{Rollup: id, From: "a", Nonce: f.nonces[id]})
		f.nonces[id]++
		sections = append(sections, core.Section{Rollup: id, Txs: []core.Transaction{tx}})
	}
	f.log.Members(changes...)
	return f.log.Append(zonetest.Start+500*f.log.Head(), nil, sections)
}

// A zone has the same results whether a node waits for it from tick 1 on, from some tick before the forming one, or begins with
// that one; and whether it dies before it or after it.
func TestZone_IsFormed(t *testing.T) {
	t.Parallel()
	net, log := newForming()
	f := &former{net, log, make(map[core.RollupID]uint64)}
	steady := waiting(t, net, log, 1)
	steady.start()
	for range 5 {
		f.tick(nil)
	}
	if results := steady.executeAll(); len(results) != 0 || steady.zone.Digests(1, 9) != nil {
		t.Fatalf("results before the zone is formed: %+v", results)
	}
	if needs, err := steady.zone.Needs(); err != nil || needs != 6 {
		t.Errorf("a zone that is not formed needs tick %d, %v", needs, err)
	}
	later := waiting(t, net, log, log.Head()+1)
	later.start()
	f.tick(nil)
	forming := f.tick([]core.MemberChange{joinsZone(firstMember)})
	f.tick(nil, firstMember)
	for _, r := range []*rig{steady, later} {
		r.executeAll()
		r.crash() // nothing is sealed: it begins with the forming tick again
		r.first = forming
		r.start()
	}
	f.tick([]core.MemberChange{joinsZone(secondMember)}, firstMember)
	for range 6 {
		f.tick(nil, firstMember, secondMember)
	}
	results := steady.executeAll()
	if first := results[0]; first.Tick != forming || first.Before != (common.Hash{}) || len(first.Rollups) != 1 || first.Rollups[0].Rollup != firstMember {
		t.Fatalf("the forming tick %d: %+v", forming, first)
	}
	if needs, err := steady.zone.Needs(); err != nil || needs != forming {
		t.Errorf("nothing is attested, and the zone needs tick %d, %v, want %d", needs, err, forming)
	}
	log.Attest(steady.zone.Digest)
	later.executeAll()
	later.crash()
	later.start()
	replaying := waiting(t, net, log, forming)
	replaying.start()
	f.tick(nil, secondMember)
	for _, r := range []*rig{steady, later, replaying} {
		r.executeAll()
	}
	for tick := forming; tick <= log.Head(); tick++ {
		want, ok := steady.zone.Digest(tick)
		for name, r := range map[string]*rig{"later": later, "replaying": replaying} {
			if got, held := r.zone.Digest(tick); !ok || held && got != want || !held && name == "replaying" {
				t.Errorf("%s: digest of tick %d is %s, %t, want %s", name, tick, got, held, want)
			}
		}
	}
	if a := replaying.zone.Agreed(); a != log.Head()-2 {
		t.Errorf("agreed up to tick %d of %d", a, log.Head())
	}
	checkDecided(t, "replaying", log, replaying.zone, firstMember, secondMember)
}

// What is attested with the forming tick, which is nothing yet, is no difference.
func TestZone_NothingIsAttestedBeforeItIsFormed(t *testing.T) {
	t.Parallel()
	net, log := newForming()
	f := &former{net, log, make(map[core.RollupID]uint64)}
	r := waiting(t, net, log, 1)
	r.start()
	f.tick(nil)
	forming := f.tick([]core.MemberChange{joinsZone(firstMember)})
	f.tick(nil, firstMember)
	r.executeAll()
	r.zone.Attested(core.Attested{Zone: zonetest.Zone, Tick: forming - 1})
	f.tick(nil, firstMember)
	r.executeAll()
	if err := r.zone.Err(); err != nil || r.zone.Agreed() != 0 {
		t.Errorf("agreed up to tick %d, %v", r.zone.Agreed(), err)
	}
}

func TestZone_IsNotFormedOfWhatTheNodeDoesNotHave(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change core.MemberChange
		want   string
	}{
		"another rollup":  {joinsZone(903), "rollup 903 is a member of zone 1, and this node has no genesis of it"},
		"another genesis": {core.MemberChange{Zone: zonetest.Zone, Rollup: firstMember, Genesis: common.Hash{9}}, common.Hash{9}.Hex()},
	} {
		net, log := newForming()
		f := &former{net, log, make(map[core.RollupID]uint64)}
		r := waiting(t, net, log, 1)
		r.start()
		f.tick(nil)
		r.executeAll()
		f.tick([]core.MemberChange{c.change})
		err := r.zone.WaitExecuted(t.Context(), log.Head())
		if stopped := r.zone.Err(); err == nil || !errors.Is(stopped, zone.ErrMember) || !strings.Contains(stopped.Error(), c.want) {
			t.Errorf("%s: %v, stopped with %v, want %q", name, err, stopped, c.want)
		}
	}
}

func TestNew_RefusesAFirstTickThatCannotBe(t *testing.T) {
	t.Parallel()
	net, log := newForming()
	r := waiting(t, net, log, 0)
	if err := r.open(); !errors.Is(err, zone.ErrConfig) {
		t.Errorf("a zone that is not of the genesis, without a first tick: %v", err)
	}
	still := newStill(t)
	still.first = 7
	if err := still.open(); !errors.Is(err, zone.ErrConfig) {
		t.Errorf("a zone of the genesis that begins with tick 7: %v", err)
	}
}
