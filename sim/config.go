package sim

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/zone"
)

// Fault is a kind of trouble.
type Fault string

// The kinds of trouble.
const (
	// Crash: a validator loses power at any point, with the writes that were not synced, and comes back later.
	Crash Fault = "crash"
	// Gossip: batches between pools are lost, late, doubled and overtake each other; some are garbage.
	Gossip Fault = "gossip"
	// Partition: the validators fall into two groups that do not hear each other; the larger one may be too small.
	Partition Fault = "partition"
	// Slow: an executor falls behind by up to some dozens of ticks.
	Slow Fault = "slow"
	// Diverge: the executors of less than 1/3 of the power give wrong results, in several ways.
	Diverge Fault = "diverge"
	// Split: up to half of the executors are wrong in different ways for a while, so that nothing can be attested.
	Split Fault = "split"
	// Proposal: proposers of less than 1/3 of the power break the rules, or say different things to different peers.
	Proposal Fault = "proposal"
	// Votes: precommits are late, withheld, or carry garbage extensions.
	Votes Fault = "votes"
	// Clock: the validators' clocks differ, and time jumps.
	Clock Fault = "clock"
	// Load: clients send what must be refused or voided: torn legs, wrong commitments, conflicts, gaps, garbage.
	Load Fault = "load"
)

// Faults are all kinds of trouble.
var Faults = []Fault{Crash, Gossip, Partition, Slow, Diverge, Split, Proposal, Votes, Clock, Load}

// ParseFaults reads a list such as "crash,gossip"; "all" and "none" are lists too.
func ParseFaults(list string) ([]Fault, error) {
	switch list {
	case "all":
		return slices.Clone(Faults), nil
	case "none", "":
		return nil, nil
	}
	var faults []Fault
	for name := range strings.SplitSeq(list, ",") {
		f := Fault(strings.TrimSpace(name))
		if !slices.Contains(Faults, f) {
			return nil, fmt.Errorf("%w: unknown fault %q, want all, none or a list of %s", ErrConfig, name, FaultNames(Faults))
		}
		if !slices.Contains(faults, f) {
			faults = append(faults, f)
		}
	}
	return faults, nil
}

// FaultNames is the list that ParseFaults reads.
func FaultNames(faults []Fault) string {
	if len(faults) == 0 {
		return "none"
	}
	names := make([]string, len(faults))
	for i, f := range faults {
		names[i] = string(f)
	}
	return strings.Join(names, ",")
}

// Config decides a run completely.
type Config struct {
	// Seed is what everything random is drawn from.
	Seed uint64
	// Ticks is how many ticks are decided under load; those in which the network comes to rest follow.
	Ticks uint64
	// Validators have equal power; 1 to 16.
	Validators int
	// Rollups are the `evm` rollups, 1 to 8: the first ones in zone 1, from the third on the last one in zone 2. One
	// opaque rollup comes on top.
	Rollups int
	// Bundles is how many bundles clients send per tick, on average; as many single transactions come on top.
	Bundles int
	// Faults is what may go wrong.
	Faults []Fault
	// Independent makes every validator execute for itself, and again after a crash, instead of sharing executions.
	Independent bool
	// Trace gets one line per event; nil discards them.
	Trace io.Writer
	// Progress is called now and then with what has happened so far; nil is fine.
	Progress func(Report)

	bugs bugs
}

// bugs are wrong rules that tests plant to see whether they are found.
type bugs struct {
	engine     func(validator int, e zone.Engine) zone.Engine
	decided    func(validator int, d *core.Decided)
	candidates func(validator int, c core.Candidates) core.Candidates
	check      func(validator int, p ordering.Proposal, err error) error
	// network changes the first state.
	network func(n *network)
	// unsynced makes disks that sync nothing.
	unsynced bool
}

// Command is the command line that repeats the run.
func (c Config) Command() string {
	line := fmt.Sprintf("lockstep sim --seed %d --ticks %d --validators %d --rollups %d --bundles %d --faults %s",
		c.Seed, c.Ticks, c.Validators, c.Rollups, c.Bundles, FaultNames(c.Faults))
	if c.Independent {
		line += " --independent"
	}
	return line
}

func (c Config) validate() error {
	switch {
	case c.Ticks == 0:
		return fmt.Errorf("%w: ticks is 0", ErrConfig)
	case c.Validators < 1 || c.Validators > 16:
		return fmt.Errorf("%w: %d validators, want 1 to 16", ErrConfig, c.Validators)
	case c.Rollups < 1 || c.Rollups > 8:
		return fmt.Errorf("%w: %d rollups, want 1 to 8", ErrConfig, c.Rollups)
	case c.Bundles < 0 || c.Bundles > 64:
		return fmt.Errorf("%w: %d bundles per tick, want 0 to 64", ErrConfig, c.Bundles)
	}
	return nil
}

func (c Config) has(f Fault) bool { return slices.Contains(c.Faults, f) }
