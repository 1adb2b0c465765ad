package orderingtest

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// Cluster is one machine per validator, driven in lockstep. Machine i belongs to the i-th validator of the genesis in the
// engine's order, and goes on when that one was jailed.
type Cluster struct {
	Network  *Network
	Machines []*ordering.Machine
	// Results are what validator i has computed for a zone, for consecutive ticks from `from`; nil means the honest
	// results of every tick that is committed.
	Results func(i int, zone core.ZoneID, from uint64, limit int) []common.Hash
	// Checkpoint is what validator i says about the newest checkpoint; nil means that all sign what there is to sign.
	Checkpoint func(i int) core.CheckpointVote
	// Before is told the votes of every commit before it is applied; nil for nobody.
	Before func(height uint64, votes []ordering.ExtendedVote)
	// Silent validators do not vote.
	Silent map[int]bool
	// StepMs is how much later each tick is than the one before.
	StepMs uint64

	tb         testing.TB
	validators []core.Validator // by machine
	stores     []map[string][]byte
	time       uint64
	votes      []ordering.ExtendedVote
}

// NewCluster starts a machine for every validator.
func (n *Network) NewCluster(tb testing.TB) *Cluster {
	tb.Helper()
	c := &Cluster{Network: n, tb: tb, Silent: make(map[int]bool), StepMs: 10, time: n.Genesis.Time}
	for range n.Genesis.Validators {
		m := n.Machine(tb)
		m.InitChain()
		c.Machines = append(c.Machines, m)
		c.stores = append(c.stores, make(map[string][]byte))
	}
	c.validators = c.Machines[0].Validators()
	return c
}

// Height is the last committed tick.
func (c *Cluster) Height() uint64 { return c.Machines[0].Height() }

// Time is the consensus time of the next tick.
func (c *Cluster) Time() uint64 { return c.time }

// Request is what the engine would give the next tick's proposer.
func (c *Cluster) Request() ordering.BuildRequest {
	return ordering.BuildRequest{Height: c.Height() + 1, Time: c.time, Votes: c.votes, MaxBytes: int64(c.Network.Genesis.Params.MaxTickBytes)}
}

// Step builds a tick on the next proposer's machine and applies it to all.
func (c *Cluster) Step(candidates core.Candidates) *core.Decided {
	c.tb.Helper()
	req := c.Request()
	proposer := c.Machines[int(req.Height)%len(c.Machines)]
	return c.Apply(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: proposer.Build(req, candidates)})
}

// Apply checks, extends, finalizes and commits a proposal on every machine and demands equal results.
func (c *Cluster) Apply(p ordering.Proposal) *core.Decided {
	c.tb.Helper()
	var first *ordering.Effects
	var votes []ordering.ExtendedVote
	for i, m := range c.Machines {
		if err := m.Check(p); err != nil {
			c.tb.Fatalf("tick %d: machine %d refuses: %v", p.Height, i, err)
		}
		if signs := slices.ContainsFunc(m.Signers(p.Height), func(v core.Validator) bool { return v.ConsensusAddress() == c.validators[i].ConsensusAddress() }); signs {
			votes = append(votes, c.vote(i, p.Height))
		}
	}
	if c.Before != nil {
		c.Before(p.Height, votes)
	}
	for i, m := range c.Machines {
		effects, err := m.Finalize(p)
		if err != nil {
			c.tb.Fatalf("tick %d: machine %d: %v", p.Height, i, err)
		}
		if first == nil {
			first = effects
		}
		if effects.AppHash != first.AppHash || string(effects.Decided.Record.Encode()) != string(first.Decided.Record.Encode()) {
			c.tb.Fatalf("tick %d: machine %d differs: app hash %s, want %s", p.Height, i, effects.AppHash, first.AppHash)
		}
		if !reflect.DeepEqual(effects.Decided.Draft, first.Decided.Draft) || !reflect.DeepEqual(effects.Decided.Completion, first.Decided.Completion) {
			c.tb.Fatalf("tick %d: machine %d has another checkpoint", p.Height, i)
		}
		store(c.stores[i], effects.Decided.Ledger)
		m.Commit()
	}
	c.votes, c.time = votes, c.time+c.StepMs
	return first.Decided
}

// vote is the precommit of validator i in the tick at height.
func (c *Cluster) vote(i int, height uint64) ordering.ExtendedVote {
	m := c.Machines[i]
	v := c.validators[i]
	if c.Silent[i] {
		return Absent(v)
	}
	extension := m.Extend(func(zone core.ZoneID, from uint64, limit int) []common.Hash {
		if c.Results != nil {
			return c.Results(i, zone, from, limit)
		}
		return Honest(zone, from, m.Height(), limit)
	}, c.checkpointVote(i))
	if err := m.CheckExtension(extension); err != nil {
		c.tb.Fatalf("tick %d: own extension of validator %d refused: %v", height, i, err)
	}
	return c.Network.Vote(v, height, 0, extension)
}

// checkpointVote is what validator i says about the newest checkpoint.
func (c *Cluster) checkpointVote(i int) core.CheckpointVote {
	if c.Checkpoint != nil {
		return c.Checkpoint(i)
	}
	return c.HonestCheckpoint(i)
}

// HonestCheckpoint is validator i's signature over the newest checkpoint, empty if that is complete.
func (c *Cluster) HonestCheckpoint(i int) core.CheckpointVote {
	tick, digest, ok := c.Machines[i].CheckpointToSign()
	if !ok {
		return core.CheckpointVote{}
	}
	return c.Network.SignCheckpoint(c.tb, c.validators[i], tick, digest)
}

// Restart replaces machine i by one that is restored from what was stored for it.
func (c *Cluster) Restart(i int) {
	c.tb.Helper()
	m := c.Network.Machine(c.tb)
	if err := m.Load(c.Height(), Pairs(c.stores[i])); err != nil {
		c.tb.Fatalf("restart machine %d: %v", i, err)
	}
	if m.AppHash() != c.Machines[i].AppHash() {
		c.tb.Fatalf("restart machine %d: app hash %s, want %s", i, m.AppHash(), c.Machines[i].AppHash())
	}
	c.Machines[i] = m
}

// Store is a copy of what was stored for machine i.
func (c *Cluster) Store(i int) map[string][]byte { return maps.Clone(c.stores[i]) }

// Pairs lists a store in ascending order of keys, as Load takes it.
func Pairs(kvs map[string][]byte) func(yield func([]byte, []byte) bool) {
	return func(yield func([]byte, []byte) bool) {
		for _, key := range slices.Sorted(maps.Keys(kvs)) {
			if !yield([]byte(key), kvs[key]) {
				return
			}
		}
	}
}

// Digest stands for the honest result of a zone after a tick.
func Digest(zone core.ZoneID, tick uint64) common.Hash {
	return core.Tag("lockstep/test-result").Sum(core.U64(uint64(zone)), core.U64(tick))
}

// Honest lists the honest results of a zone for the ticks from `from` to `last`, at most limit.
func Honest(zone core.ZoneID, from, last uint64, limit int) []common.Hash {
	var digests []common.Hash
	for tick := from; tick <= last && len(digests) < limit; tick++ {
		digests = append(digests, Digest(zone, tick))
	}
	return digests
}

// store applies ledger changes to a store.
func store(kvs map[string][]byte, changes []core.KV) {
	for _, kv := range changes {
		if len(kv.Value) == 0 {
			delete(kvs, string(kv.Key))
		} else {
			kvs[string(kv.Key)] = kv.Value
		}
	}
}

// Control is the next control entry, effective at once and signed by all validators that stay.
func (c *Cluster) Control(change core.Change) *core.Control {
	c.tb.Helper()
	_, next := c.Machines[0].Control(0, 0)
	entry := &core.Control{Sequence: next, NotAfter: c.time + 60_000, Change: change}
	return c.Network.Sign(c.tb, entry, c.Machines[0].Signers(c.Height()+2)...)
}

// Join starts a machine for a validator that was not in the genesis, from what machine 0 has stored.
func (c *Cluster) Join(v core.Validator) {
	c.tb.Helper()
	m := c.Network.Machine(c.tb)
	if err := m.Load(c.Height(), Pairs(c.stores[0])); err != nil {
		c.tb.Fatalf("join: %v", err)
	}
	c.Machines, c.stores, c.validators = append(c.Machines, m), append(c.stores, c.Store(0)), append(c.validators, v)
}

// Replace gives machine i the keys of another validator.
func (c *Cluster) Replace(i int, v core.Validator) { c.validators[i] = v }

// Validator is the one that machine i belongs to.
func (c *Cluster) Validator(i int) core.Validator { return c.validators[i] }
