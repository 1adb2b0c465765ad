package zone_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// wrongRig is a rig whose log says what a right zone would: three slots of transfers, each tick attested by the next one.
// The engines of the zone in it get every transfer of value 7 wrong for as long as wrong says so.
func wrongRig(t *testing.T, wrong func() bool) *rig {
	right := newStill(t)
	right.start()
	for nonce := range uint64(30) {
		tx := right.net.Sign(zonetest.Tx{Rollup: 901, From: "a", Nonce: nonce, To: "sink", Value: map[bool]uint64{true: 7}[nonce == 25]})
		right.log.Append(zonetest.Start+nonce*100, nil, []core.Section{{Rollup: 901, Txs: []core.Transaction{tx}}})
	}
	right.executeAll()
	right.log.Attest(right.zone.Digest)
	return newRig(t, right.net, right.log, func(e *zonetest.Engine) zone.Engine {
		return &zonetest.Wrong{Engine: e, Code: core.VoidNonceTooLow, Of: func(tx core.Transaction) bool {
			return tx.Eth().Value().Uint64() == 7 && wrong()
		}}
	})
}

func TestZone_HealsByExecutingAgain(t *testing.T) {
	var calls atomic.Int64
	r := wrongRig(t, func() bool { return calls.Add(1) == 1 }) // a bad moment
	r.start()
	r.executeAll()
	for r.zone.Agreed() < r.log.Head()-1 {
		t.Fatalf("agreed with tick %d, want %d", r.zone.Agreed(), r.log.Head()-1)
	}
	if r.zone.Rebuilds() != 1 || r.zone.Err() != nil {
		t.Errorf("%d rebuilds, %v", r.zone.Rebuilds(), r.zone.Err())
	}
	if f, ok, err := r.zone.Fate(901, 25); !ok || err != nil || f.Code != core.Included {
		t.Errorf("the position that was wrong is %+v, %v, %v", f, ok, err)
	}
	if list := r.zone.Digests(r.log.Head(), 1); len(list) != 1 {
		t.Error("a zone that is right again offers no digests")
	}
}

func TestZone_GivesUpAfterOneRebuild(t *testing.T) {
	r := wrongRig(t, func() bool { return true })
	r.build = "wrong"
	r.start()
	err := r.runToEnd()
	if !errors.Is(err, zone.ErrDiverged) {
		t.Fatalf("the run ended with %v", err)
	}
	if r.zone.Rebuilds() != 1 || !errors.Is(r.zone.Err(), zone.ErrDiverged) || r.zone.Digests(1, 64) != nil {
		t.Errorf("%d rebuilds, %v, digests %v", r.zone.Rebuilds(), r.zone.Err(), r.zone.Digests(1, 64))
	}
	r.vouchesForAttestedOnly(25)

	r.image() // and the loss of power
	r.start()
	if err := r.runToEnd(); !errors.Is(err, zone.ErrSwitchedOff) || !strings.Contains(err.Error(), "attested") {
		t.Fatalf("the same build ran again: %v", err)
	}
	r.vouchesForAttestedOnly(25)

	r.image()
	r.build, r.wrap = "right", nil
	r.start()
	r.executeAll()
	if r.zone.Agreed() != r.log.Head()-1 || r.zone.Err() != nil {
		t.Errorf("the right build agrees up to tick %d, %v", r.zone.Agreed(), r.zone.Err())
	}
	if f, ok, err := r.zone.Fate(901, 25); !ok || err != nil || f.Code != core.Included {
		t.Errorf("the position that was wrong is %+v, %v, %v", f, ok, err)
	}
}

func TestZone_StartsSwitchedOffAfterTwoPanics(t *testing.T) {
	r := wrongRig(t, func() bool { panic("engine bug") })
	r.start()
	if err := r.runToEnd(); !errors.Is(err, zone.ErrInvariant) || r.zone.Rebuilds() != 1 {
		t.Fatalf("%d rebuilds, %v", r.zone.Rebuilds(), err)
	}
	r.image()
	if err := r.open(); err != nil {
		t.Fatal(err)
	}
	if err := r.zone.Err(); !errors.Is(err, zone.ErrSwitchedOff) || !strings.Contains(err.Error(), "tick 26") {
		t.Errorf("the zone starts with %v", err)
	}
	if err := r.zone.WaitExecuted(t.Context(), r.log.Head()); !errors.Is(err, zone.ErrStopped) {
		t.Errorf("a wait ended with %v", err)
	}
}

// A restarted zone says at once what it said was attested, and never anything else.
func TestZone_KeepsWhatIsAttestedOverRestarts(t *testing.T) {
	r := wrongRig(t, func() bool { return false })
	r.start()
	r.executeAll()
	before := make(map[uint64]zone.Fate)
	agreed := r.zone.Agreed()
	for seq := range uint64(30) {
		before[seq], _, _ = r.zone.Fate(901, seq)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if err := r.zone.Close(); err != nil { // a process that ends; what the loss of power takes, the log brings back
		t.Fatal(err)
	}
	if err := r.open(); err != nil {
		t.Fatal(err)
	}
	defer r.zone.Close()
	if r.zone.Agreed() != agreed || r.zone.Executed() >= agreed || r.zone.Shown() != r.log.Head() {
		t.Errorf("agreed %d, want %d; executed %d; shown %d", r.zone.Agreed(), agreed, r.zone.Executed(), r.zone.Shown())
	}
	for seq, want := range before {
		if got, ok, err := r.zone.Fate(901, seq); err != nil || ok != (want.Tick <= agreed) || ok && got != want {
			t.Errorf("seq %d: %+v %v %v, before the restart %+v", seq, got, ok, err, want)
		}
	}
}

// runToEnd waits until the loop has ended by itself.
func (r *rig) runToEnd() error {
	r.t.Helper()
	if err := r.zone.WaitExecuted(r.t.Context(), 1<<40); !errors.Is(err, zone.ErrStopped) {
		r.t.Fatal(err)
	}
	return r.stop()
}

// vouchesForAttestedOnly checks that a zone that has given up tells fates below seq and none from there on.
func (r *rig) vouchesForAttestedOnly(seq uint64) {
	r.t.Helper()
	for s := range uint64(30) {
		f, ok, err := r.zone.Fate(901, s)
		if err != nil || ok != (s < seq) || ok && f.Tick > r.zone.Agreed() {
			r.t.Errorf("seq %d: %+v, %v, %v; agreed is tick %d", s, f, ok, err, r.zone.Agreed())
		}
	}
	if digest, ok := r.zone.Digest(r.zone.Agreed()); ok && digest == (common.Hash{}) {
		r.t.Error("no digest of the agreed tick")
	}
}
