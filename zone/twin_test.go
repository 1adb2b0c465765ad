package zone_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

const twinTicks = 250

// TestZone_TwinsAgree feeds two zones the same ticks. One of them dies again and again, in the middle of any call of any
// engine (between the two seals too), sometimes with the loss of what was not synced, sometimes with blocks that an
// engine's disk had taken but lost. Both must end with equal digests, blocks and fates.
func TestZone_TwinsAgree(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			net := zonetest.NewNetwork(func(p *core.Params) { p.BlockGas = 200_000 }, 901, 902, 903)
			log := zonetest.NewLog(net.Genesis)
			steady := newRig(t, net, log, nil)
			steady.start()
			traffic := zonetest.NewTraffic(net, log, seed, func(id core.RollupID, name string) uint64 {
				return steady.engines[id].Nonce(net.Address(name))
			})
			traffic.About = "a"
			traffic.Assert = func(a core.Assertion) zonetest.Tx {
				return zonetest.Tx{To: "sink", Data: append([]byte{zonetest.OpAssert}, a.Calldata()...)}
			}
			for range twinTicks {
				traffic.Tick()
				steady.executeAll()
			}

			log.Attest(steady.zone.Digest)
			rng := rand.New(rand.NewPCG(seed, 1))
			restless := newRig(t, net, log, nil)
			deaths := restless.liveAndDie(rng)
			if deaths < 5 {
				t.Fatalf("died %d times only: the test shows nothing", deaths)
			}
			codes := compareTwins(t, log, steady.twin(), restless.twin())
			for _, code := range []core.OutcomeCode{
				core.Included, core.VoidBadSignature, core.VoidNonceTooLow, core.VoidNonceTooHigh, core.VoidInsufficientFunds,
				core.VoidBlockFull, core.VoidLegReverted, core.VoidOtherLeg, core.VoidCommitment, core.VoidAssertion,
			} {
				if codes[code] == 0 {
					t.Errorf("no position is %s: the traffic shows too little (%v)", code, codes)
				}
			}
		})
	}
}

// liveAndDie runs the zone until all is executed, dying on the way, and counts the deaths.
func (r *rig) liveAndDie(rng *rand.Rand) int {
	r.t.Helper()
	for deaths := 0; ; deaths++ {
		life := &life{left: 20 + rng.IntN(500), after: rng.IntN(2) == 0}
		r.wrap = func(e *zonetest.Engine) zone.Engine { return life.wrap(e) }
		r.build = fmt.Sprint("life ", deaths) // one build would be switched off
		err := r.open()
		if err == nil {
			checkNothingUnsealed(r.t, r.log, r.zone, r.net.Genesis.Zones[0].Rollups)
			ctx, cancel := context.WithCancel(r.t.Context())
			ended := make(chan error, 1)
			z := r.zone
			go func() { ended <- z.Run(ctx) }()
			if waited := z.WaitExecuted(ctx, r.log.Head()); waited == nil {
				r.stop = func() error { cancel(); return <-ended }
				r.t.Cleanup(func() { _ = r.stop(); _ = z.Close() })
				return deaths
			}
			err = <-ended
			cancel()
		}
		if !errors.Is(err, errDied) {
			r.t.Fatalf("death %d: %v", deaths, err)
		}
		switch power := rng.IntN(3); {
		case r.zone == nil: // died while recovering; New has closed the files
		case power == 0:
			if err := r.zone.Close(); err != nil {
				r.t.Fatal(err)
			}
		default:
			r.image()
			if power == 1 {
				r.disks[901+core.RollupID(rng.IntN(3))].Truncate(1 + rng.IntN(2))
			}
		}
	}
}

// checkNothingUnsealed checks that a zone that just recovered reports nothing that it is about to execute again, save what
// is attested and will come out the same.
func checkNothingUnsealed(t *testing.T, log *zonetest.Log, z *zone.Zone, rollups []core.RollupID) {
	t.Helper()
	for _, id := range rollups {
		entries, err := log.Lane(id, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if f, ok, err := z.Fate(id, e.Seq); err != nil || (ok && f.Tick > max(z.Executed(), z.Agreed())) {
				t.Fatalf("rollup %s seq %d: decided in tick %d, executed is %d, agreed %d, err %v",
					id, e.Seq, f.Tick, z.Executed(), z.Agreed(), err)
			}
		}
	}
}

// twin is a zone that has executed the whole log.
type twin struct {
	zone    *zone.Zone
	engines map[core.RollupID]zone.Engine
}

func (r *rig) twin() twin {
	engines := make(map[core.RollupID]zone.Engine)
	for id, e := range r.engines {
		engines[id] = e
	}
	return twin{r.zone, engines}
}

// compareTwins compares all digests, blocks and fates, and counts the codes.
func compareTwins(t *testing.T, log *zonetest.Log, a, b twin) map[core.OutcomeCode]int {
	t.Helper()
	for tick := uint64(1); tick <= log.Head(); tick++ { // those that recovery does not recompute are read back
		da, okA := a.zone.Digest(tick)
		db, okB := b.zone.Digest(tick)
		if !okA || !okB || da != db {
			t.Fatalf("digest of tick %d: %s %v, %s %v", tick, da, okA, db, okB)
		}
	}
	codes := make(map[core.OutcomeCode]int)
	for id := range a.engines {
		compareBlocks(t, id, a.engines[id], b.engines[id])
		entries, err := log.Lane(id, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			fa, okA, errA := a.zone.Fate(id, e.Seq)
			fb, okB, errB := b.zone.Fate(id, e.Seq)
			if okA != okB || fa != fb || errA != nil || errB != nil {
				t.Fatalf("rollup %s seq %d: %v %+v %v, %v %+v %v", id, e.Seq, okA, fa, errA, okB, fb, errB)
			}
			if okA {
				codes[fa.Code]++
			}
		}
	}
	return codes
}

func compareBlocks(t *testing.T, id core.RollupID, a, b zone.Engine) {
	t.Helper()
	if a.Head().Number < 10 {
		t.Errorf("rollup %s has %d blocks only: the test shows too little", id, a.Head().Number)
	}
	for n := uint64(0); n <= max(a.Head().Number, b.Head().Number); n++ {
		ba, okA := a.Sealed(n)
		bb, okB := b.Sealed(n)
		if !okA || !okB || ba.Hash != bb.Hash {
			t.Errorf("rollup %s block %d: %s %v, %s %v", id, n, ba.Hash, okA, bb.Hash, okB)
		}
	}
}

var errDied = errors.New("the process died")

// life is a number of engine calls, over all rollups, after which every call fails: the last one is done or not.
type life struct {
	mu    sync.Mutex
	left  int
	after bool
}

func (l *life) wrap(e zone.Engine) zone.Engine { return &mortal{e, l} }

// call runs f unless the life is over.
func (l *life) call(f func() error) error {
	l.mu.Lock()
	l.left--
	left := l.left
	l.mu.Unlock()
	if left < 0 || (left == 0 && !l.after) {
		return errDied
	}
	if err := f(); err != nil {
		return err
	}
	if left == 0 {
		return errDied
	}
	return nil
}

// mortal is an engine that dies with its process.
type mortal struct {
	zone.Engine
	life *life
}

func (m *mortal) Open(timestamp uint64) error {
	return m.life.call(func() error { return m.Engine.Open(timestamp) })
}

func (m *mortal) Apply(tx core.Transaction) (x zone.Execution, err error) {
	err = m.life.call(func() error { x, err = m.Engine.Apply(tx); return err })
	return x, err
}

func (m *mortal) Attempt() zone.Attempt { return &mortalAttempt{m.Engine.Attempt(), m.life} }

func (m *mortal) EndTick(tick uint64) (root common.Hash, err error) {
	err = m.life.call(func() error { root, err = m.Engine.EndTick(tick); return err })
	return root, err
}

func (m *mortal) Seal(extra []byte) (block zone.SealedBlock, err error) {
	err = m.life.call(func() error { block, err = m.Engine.Seal(extra); return err })
	return block, err
}

func (m *mortal) Sync() error { return m.life.call(m.Engine.Sync) }

func (m *mortal) Rewind(number uint64) error {
	return m.life.call(func() error { return m.Engine.Rewind(number) })
}

type mortalAttempt struct {
	zone.Attempt
	life *life
}

func (m *mortalAttempt) Apply(tx core.Transaction) (x zone.Execution, err error) {
	err = m.life.call(func() error { x, err = m.Attempt.Apply(tx); return err })
	return x, err
}

func (m *mortalAttempt) Storage(account common.Address, slot common.Hash) (value common.Hash, code bool, err error) {
	err = m.life.call(func() error { value, code, err = m.Attempt.Storage(account, slot); return err })
	return value, code, err
}

func (m *mortalAttempt) Merge() error { return m.life.call(m.Attempt.Merge) }
