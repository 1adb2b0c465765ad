package zone_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// syncing is an engine whose Sync does what the test says, and whose Seal finds out whether the seal before is durable.
type syncing struct {
	*zonetest.Engine
	t      *testing.T
	sync   func() error
	behind *atomic.Bool
}

func (e *syncing) Seal(extra []byte) (zone.SealedBlock, error) {
	if e.behind.Swap(true) {
		e.t.Error("a slot is sealed before the seal before it is durable")
	}
	return e.Engine.Seal(extra)
}

func (e *syncing) Sync() error {
	defer e.behind.Store(false)
	return e.sync()
}

// newSyncing makes a rig whose engine of rollup 901 syncs as sync says.
func newSyncing(t *testing.T, sync func() error) *rig {
	r := newStill(t)
	r.wrap = func(e *zonetest.Engine) zone.Engine {
		if e != r.engines[901] {
			return e
		}
		return &syncing{Engine: e, t: t, sync: sync, behind: new(atomic.Bool)}
	}
	return r
}

func TestZone_ExecutesWhileItsSealBecomesDurable(t *testing.T) {
	release := make(chan struct{})
	r := newSyncing(t, func() error { <-release; return nil })
	r.start()
	r.tick(0)
	r.log.Append(zonetest.Start+1000, nil, nil) // seals
	r.tick(1)
	r.executeAll()
	for id, engine := range r.engines {
		if head := engine.Head(); head.Number != 1 {
			t.Errorf("rollup %s: block %d is sealed, want 1", id, head.Number)
		}
	}
	before := r.zone.Digests(1, 3)

	r.fs.SetIgnoreSyncs(true) // power is lost before the blocks are synced
	close(release)
	r.crash()
	r.start()
	again := r.executeAll()
	if len(again) != 3 || again[0].Tick != 1 {
		t.Fatalf("executed %d ticks again, want all 3", len(again))
	}
	for i, digest := range before {
		if again[i].Digest != digest {
			t.Errorf("digest of tick %d is %s, was %s", i+1, again[i].Digest, digest)
		}
	}
}

func TestZone_SealsWhenTheSealBeforeIsDurable(t *testing.T) {
	release := make(chan struct{})
	r := newSyncing(t, func() error { <-release; return nil })
	r.start()
	for slot := range uint64(10) {
		r.log.Append(zonetest.Start+1000*slot, nil, nil)
		if slot == 1 {
			r.executeAll()
		}
		if slot > 1 {
			release <- struct{}{}
		}
	}
	r.executeAll()
	close(release)
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}

func TestZone_EndsIfASealCannotBeMadeDurable(t *testing.T) {
	broken := errors.New("bad disk")
	r := newSyncing(t, func() error { return broken })
	r.start()
	for slot := range uint64(4) {
		r.log.Append(zonetest.Start+1000*slot, nil, nil)
	}
	if err := r.runToEnd(); !errors.Is(err, broken) {
		t.Errorf("the run ended with %v", err)
	}
}
