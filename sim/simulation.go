package sim

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/zone"
)

// maxStalled is how many steps in a row may end without a tick before that is a violation.
const maxStalled = 3000

// simulation is the state of a run.
type simulation struct {
	// asked names the faults of the run; cfg.Faults is empty once the network comes to rest.
	asked string
	cfg   Config
	net   *network
	trace *trace
	rand  *rand.Rand

	nowMs  uint64 // real time, of which every validator has its own idea
	timeMs uint64 // consensus time of the newest tick
	height uint64 // of the newest decided tick

	validators []*validator
	executors  []map[core.RollupID]*executor
	consensus  *consensus
	gossip     *gossip
	hostile    *hostile
	faults     *faults
	load       *load
	oracle     *oracle

	stalled   int
	counts    map[string]uint64
	violation *Violation
}

func newSimulation(cfg Config) (*simulation, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	net, err := newNetwork(cfg.Validators, cfg.Rollups)
	if err != nil {
		return nil, err
	}
	if bug := cfg.bugs.network; bug != nil {
		bug(net)
		net.id = net.genesis.NetworkID()
	}
	s := &simulation{
		cfg: cfg, asked: FaultNames(cfg.Faults), net: net, trace: newTrace(cfg.Trace), nowMs: genesisTime, timeMs: genesisTime, counts: make(map[string]uint64),
	}
	s.rand = s.random("main")
	s.consensus, s.oracle, s.load = newConsensus(s), newOracle(s), newLoad(s)
	s.gossip = &gossip{s: s, rand: s.random("gossip")}
	s.hostile = &hostile{s: s, rand: s.random("hostile"), next: s.random("spoilers").IntN(len(spoilers))}
	s.faults = &faults{s: s, rand: s.random("faults")}
	for i := range cfg.Validators {
		if i == 0 || cfg.Independent {
			if err := s.addExecutors(); err != nil {
				return nil, errors.Join(err, s.close())
			}
		}
		v := s.newValidator(i, s.executors[len(s.executors)-1])
		v.fs.SetIgnoreSyncs(cfg.bugs.unsynced)
		s.validators = append(s.validators, v)
		if err := v.start(); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func (s *simulation) addExecutors() error {
	executors := make(map[core.RollupID]*executor)
	s.executors = append(s.executors, executors)
	for _, id := range s.net.evm {
		x, err := newExecutor(s.net.genesis, id)
		if err != nil {
			return err
		}
		executors[id] = x
	}
	return nil
}

// random is a source of its own for every purpose, so that one kind of fault does not shift the others more than it must.
func (s *simulation) random(purpose string) *rand.Rand {
	sum := sha256.Sum256([]byte(purpose))
	return rand.New(rand.NewPCG(s.cfg.Seed, binary.BigEndian.Uint64(sum[:])))
}

// members are a zone's rollups.
func (s *simulation) members(id core.ZoneID) []core.RollupID {
	for _, z := range s.net.genesis.Zones {
		if z.ID == id {
			return z.Rollups
		}
	}
	return nil
}

func (s *simulation) event(format string, args ...any) { s.trace.event(format, args...) }

// count notes a fault that was injected, or another thing worth counting.
func (s *simulation) count(name string) {
	s.counts[name]++
	s.event("%s", name)
}

// broken notes that a promise was broken; the first one ends the run.
func (s *simulation) broken(invariant string, validator int, format string, args ...any) error {
	v := &Violation{Invariant: invariant, Tick: s.height, Validator: validator, Detail: fmt.Sprintf(format, args...)}
	if s.violation == nil {
		s.violation = v
	}
	return s.violation
}

// protected reports whether a transaction may only stand in its bundle.
func (s *simulation) protected(tx core.Transaction) bool {
	if tx.Eth() == nil {
		return false
	}
	_, named := core.PredeployKeys(tx.Eth(), s.net.genesis.Predeploy.Address)
	return named
}

// run decides all ticks under load, then lets the network come to rest.
func (s *simulation) run(ctx context.Context) error {
	for s.height < s.cfg.Ticks {
		if err := s.step(ctx, s.stepMs(), true); err != nil {
			return err
		}
	}
	return s.rest(ctx)
}

// stepMs is how long until the next step.
func (s *simulation) stepMs() uint64 {
	if s.cfg.has(Clock) && s.rand.IntN(40) == 0 {
		s.count("clock:jump")
		return 1000 + s.rand.Uint64N(4000)
	}
	return 20 + s.rand.Uint64N(160)
}

// step lets time pass and everybody do what they would have done meanwhile.
func (s *simulation) step(ctx context.Context, ms uint64, loaded bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.nowMs += ms
	if err := s.faults.strike(); err != nil {
		return err
	}
	if loaded {
		s.load.send()
	}
	s.gossip.exchange()
	decided, err := s.consensus.decide()
	if err != nil {
		return err
	}
	if s.stalled++; decided {
		s.stalled = 0
	} else if s.stalled > maxStalled {
		return s.broken("ticks go on", -1, "no tick in %d steps", s.stalled)
	}
	for _, v := range s.validators {
		if v.up {
			if err := s.consensus.catchUp(v); err != nil {
				return err
			}
		}
		if v.up {
			if err := s.execute(v); err != nil {
				return err
			}
		}
	}
	if s.violation != nil {
		return s.violation
	}
	if s.cfg.Progress != nil && s.height%100 == 0 && decided {
		s.cfg.Progress(s.report())
	}
	return nil
}

// apply makes a validator take over a decided tick, unless it dies at it.
func (s *simulation) apply(v *validator, p ordering.Proposal) error {
	effects, err := v.machine.Finalize(p)
	if err != nil {
		return s.broken("decided proposals are applied", v.index, "tick %d: %v", p.Height, err)
	}
	d := effects.Decided
	if bug := s.cfg.bugs.decided; bug != nil {
		bug(v.index, d)
	}
	if v.dieAppending == 1 {
		return s.down(v, true)
	}
	if v.dieAppending == 2 {
		v.fs.SetIgnoreSyncs(true)
	}
	if err := v.log.Append(d); err != nil {
		return s.broken("the log takes every tick", v.index, "tick %d: %v", p.Height, err)
	}
	if v.dieAppending == 2 {
		return s.down(v, true)
	}
	v.appended = p.Height
	v.machine.Commit()
	v.pool.Committed(d)
	s.oracle.committed(v, d)
	return nil
}

// maxExecuted is how many ticks an executor gets on in one step: a validator that was away is behind for some time.
const maxExecuted = 64

// execute lets a validator's zones get on, as far as they are not slow.
func (s *simulation) execute(v *validator) error {
	for _, row := range s.net.genesis.Zones {
		z := v.zones[row.ID]
		for n := 0; n < maxExecuted && !z.failed && z.tick+v.lag < v.log.Head(); n++ {
			err := z.Step()
			switch {
			case errors.Is(err, errDied):
				s.event("died executing %d", v.index)
				return s.down(v, true)
			case errors.Is(err, zone.ErrDiverged):
				z.failed = true
				if v.clean() {
					return s.broken("a right executor is never outvoted", v.index, "%v", err)
				}
			case err != nil:
				return s.broken("zones execute what was ordered", v.index, "%v", err)
			}
		}
	}
	for _, z := range v.zones {
		if z.failed {
			return s.repair(v)
		}
	}
	v.pool.Executed(v.executedAll())
	return nil
}

// repair gives a validator that found its results outvoted a right executor, which begins anew.
func (s *simulation) repair(v *validator) error {
	s.count("repaired")
	if err := v.stop(false); err != nil {
		return err
	}
	v.twist = nil
	v.wipeDisks()
	for _, z := range s.net.genesis.Zones {
		if err := v.fs.RemoveAll(zoneDir(z.ID)); err != nil {
			return err
		}
	}
	root, err := v.fs.OpenDir("/")
	if err != nil {
		return err
	}
	if err := errors.Join(root.Sync(), root.Close()); err != nil {
		return err
	}
	return s.wake(v)
}

// down ends a validator's process.
func (s *simulation) down(v *validator, losesPower bool) error {
	s.event("down %d power %v at tick %d", v.index, losesPower, v.machine.Height())
	if v.wakeMs < s.nowMs {
		v.wakeMs = s.nowMs + 100 + s.rand.Uint64N(8000)
	}
	if err := v.stop(losesPower); err != nil {
		return fmt.Errorf("stop validator %d: %w", v.index, err)
	}
	if s.cfg.Independent {
		for id, x := range v.executors {
			x.forget(v.disks[id].blocks[len(v.disks[id].blocks)-1])
		}
	}
	return nil
}

// wake starts a validator's process again and checks what it finds.
func (s *simulation) wake(v *validator) error {
	if err := v.start(); err != nil {
		return s.broken("a validator starts from what it finds", v.index, "%v", err)
	}
	head := v.log.Head()
	s.event("up %d at tick %d executed %d", v.index, head, v.executedAll())
	if head < v.appended {
		return s.broken("what was appended survives", v.index, "log ends at tick %d, appended was %d", head, v.appended)
	}
	v.appended = head
	return s.oracle.restarted(v)
}

// The network comes to rest in so many steps of a second: more than a pool waits for a nonce, and than any bundle's window.
const (
	restSteps = 75
	restMs    = 1000
)

// rest ends all trouble and lets everything that was accepted come to its end.
func (s *simulation) rest(ctx context.Context) error {
	s.event("rest")
	s.cfg.Faults = nil
	s.faults.heal()
	for _, v := range s.validators {
		v.lag, v.skewMs, v.wakeMs, v.dieAppending = 0, 0, 0, 0
		for _, e := range v.engines {
			e.left = -1
		}
		if v.twist != nil {
			if v.up {
				if err := s.repair(v); err != nil {
					return err
				}
			} else {
				v.twist, v.wakeMs = nil, 0
				v.wipeDisks()
				_ = v.fs.RemoveAll("/zone-1")
				_ = v.fs.RemoveAll("/zone-2")
			}
		}
	}
	for range restSteps {
		if err := s.step(ctx, restMs, false); err != nil {
			return err
		}
	}
	return s.oracle.end()
}

func (s *simulation) close() error {
	var errs []error
	for _, v := range s.validators {
		if v.up {
			errs = append(errs, v.stop(false))
		}
	}
	for _, executors := range s.executors {
		for _, x := range executors {
			x.close()
		}
	}
	return errors.Join(errs...)
}

// hashOf is a short hash of a list of byte strings.
func hashOf(list [][]byte) []byte {
	var sums []byte
	for _, b := range list {
		sums = append(sums, crypto.Keccak256(b)...)
	}
	return crypto.Keccak256(sums)[:8]
}
