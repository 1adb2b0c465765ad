package sim

import (
	"errors"
	"fmt"
	"iter"
	"math/big"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/ordering/comet"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// validator is one node: its disks, which survive a crash, and its process, which does not.
type validator struct {
	s     *simulation
	index int

	fs        *vfs.MemFS
	disks     map[core.RollupID]*disk
	executors map[core.RollupID]*executor
	// appended is the newest tick whose Append returned with syncs in force: it must survive.
	appended uint64
	// stored is the newest block that its engine has: it is there before the tick is applied.
	stored uint64

	up     bool
	life   int    // how often the process was started
	wakeMs uint64 // when it comes back
	skewMs int64  // of its clock
	lag    uint64 // ticks that its executors stay behind
	twist  *twist
	// dieAppending: the process dies at the next append; 1: before it, 2: before it is synced.
	dieAppending int
	group        int // of the partition
	log          *orderedlog.Log
	machine      *ordering.Machine
	pool         *mempool.Pool
	engines      map[core.RollupID]*engine
	zones        map[core.ZoneID]*runningZone
	applied      map[core.RollupID]uint64
}

// runningZone is a zone with what it said last.
type runningZone struct {
	*zone.Zone
	id     core.ZoneID
	tick   uint64
	failed bool // its results are wrong and it stopped
}

func (s *simulation) newValidator(index int, executors map[core.RollupID]*executor) *validator {
	v := &validator{s: s, index: index, fs: vfs.NewStrictMem(), disks: make(map[core.RollupID]*disk), executors: executors}
	v.wipeDisks()
	return v
}

// wipeDisks begins all chains anew.
func (v *validator) wipeDisks() {
	for id, x := range v.executors {
		v.disks[id] = &disk{blocks: []*node{x.root}}
	}
}

// now is the validator's clock.
func (v *validator) now() time.Time { return time.UnixMilli(int64(v.s.nowMs) + v.skewMs) }

// start opens everything from the disks, as package node does.
func (v *validator) start() error {
	g := v.s.net.genesis
	v.up, v.life, v.dieAppending = true, v.life+1, 0
	v.applied = make(map[core.RollupID]uint64)
	var err error
	if v.log, err = orderedlog.Open(orderedlog.Config{Dir: "/log", FS: v.fs, Network: v.s.net.id, Kind: g.Kind}); err != nil {
		return err
	}
	if v.machine, err = ordering.New(g, comet.VerifyExtension); err != nil {
		return err
	}
	if height := v.log.Head(); height > 0 {
		rows, err := v.log.Ledger()
		if err != nil {
			return err
		}
		if err := v.machine.Load(height, pairs(rows)); err != nil {
			return fmt.Errorf("load ledger of tick %d: %w", height, err)
		}
	} else {
		v.machine.InitChain()
	}
	v.openEngines()
	if v.pool, err = mempool.New(poolConfig(), g, poolState{v}, v.now); err != nil {
		return err
	}
	v.zones = make(map[core.ZoneID]*runningZone)
	for _, z := range g.Zones {
		if err := v.openZone(z.ID); err != nil {
			return err
		}
	}
	return nil
}

func (v *validator) openEngines() {
	v.engines = make(map[core.RollupID]*engine)
	for id, x := range v.executors {
		v.engines[id] = newEngine(x, v.disks[id])
	}
}

func (v *validator) openZone(id core.ZoneID) error {
	running := &runningZone{id: id}
	engines := make(map[core.RollupID]zone.Engine)
	for _, r := range v.s.members(id) {
		var e zone.Engine = v.engines[r]
		if wrap := v.s.cfg.bugs.engine; wrap != nil {
			e = wrap(v.index, e)
		}
		if v.twist != nil {
			e = &wrongEngine{e, *v.twist}
		}
		engines[r] = e
	}
	z, err := zone.New(zone.Config{
		Genesis: v.s.net.genesis, Zone: id, Dir: zoneDir(id), FS: v.fs, Known: v.s.load.known, Listener: v.listen(running),
	}, engines, v.log)
	if err != nil {
		return err
	}
	running.Zone = z
	running.tick = z.Executed()
	v.zones[id] = running
	return nil
}

func (v *validator) listen(z *runningZone) zone.Listener {
	return zone.Listener{
		Recovered: func(e zone.Recovered) {
			for _, r := range e.Seal.Rollups {
				v.applied[r.Rollup] = r.FirstUnapplied
			}
		},
		Executed: func(r zone.TickResult) {
			z.tick = r.Tick
			for _, rollup := range r.Rollups {
				v.applied[rollup.Rollup] = rollup.FirstUnapplied
			}
			v.s.oracle.executed(v, z.id, r)
		},
		Sealed: func(r zone.SealRecord) { v.s.oracle.sealed(v, z.id, r) },
	}
}

// executedAll is the newest tick that all zones have executed.
func (v *validator) executedAll() uint64 {
	all := v.machine.Height()
	for _, z := range v.zones {
		all = min(all, z.tick)
	}
	return all
}

// stop ends the process. What was not synced is lost with power.
func (v *validator) stop(losesPower bool) error {
	v.up = false
	if losesPower {
		v.fs.SetIgnoreSyncs(true)
	}
	var errs []error
	for _, z := range v.zones {
		errs = append(errs, z.Close())
	}
	errs = append(errs, v.log.Close())
	if losesPower {
		v.fs.ResetToSyncedState()
		v.fs.SetIgnoreSyncs(v.s.cfg.bugs.unsynced)
	}
	return errors.Join(errs...)
}

// clean reports whether the validator's results must be right.
func (v *validator) clean() bool { return v.twist == nil }

// behind reports whether the validator must catch up before it votes.
func (v *validator) behind() bool { return v.machine.Height() < v.s.height }

func pairs(rows []core.KV) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for _, kv := range rows {
			if !yield(kv.Key, kv.Value) {
				return
			}
		}
	}
}

// lifetime is how long a transaction waits for a missing nonce in a pool; short, so that a run sees the end of it.
const lifetime = 20 * time.Second

func poolConfig() mempool.Config {
	c := mempool.Default()
	c.Workers, c.Lifetime, c.MaxReasons = 1, lifetime, 1<<20
	return c
}

// poolState is the executed state as the validator's pool sees it.
type poolState struct{ v *validator }

func (s poolState) Account(rollup core.RollupID, addr common.Address) (uint64, *uint256.Int, bool, error) {
	account, err := s.v.engines[rollup].at.view.Account(addr)
	if err != nil {
		return 0, nil, false, err
	}
	return account.Nonce, account.Balance, evm.HasCode(account), nil
}

func (s poolState) BaseFee(rollup core.RollupID) *big.Int {
	return s.v.engines[rollup].at.view.BaseFee()
}

func (s poolState) CheckGas(rollup core.RollupID, tx *gethtypes.Transaction) error {
	return s.v.executors[rollup].workers[0].chain.CheckGas(tx)
}

func (s poolState) FirstUnapplied(rollup core.RollupID) uint64 { return s.v.applied[rollup] }

// zoneDir is where a zone's records lie.
func zoneDir(id core.ZoneID) string { return fmt.Sprintf("/zone-%d", id) }
