//det:machine

package zone

import (
	"fmt"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// The members of a zone change by what the log says of a tick, which is always one that opens blocks. A rollup that joins
// opens its first block with that tick. For one that leaves nothing is ordered after it: its open block is sealed with the
// others, and the tick that seals it is the last one whose results have the rollup. While its lane is stopped it stays, so
// that everything that was ordered has an outcome.

// A zone that is not of the genesis has no members until a tick forms it. Before that it has no blocks and no results: its
// digest is still zero when the forming tick begins, whenever this node began to wait.

// formed reports whether the zone has members, or gets the first one with the tick of a record. The last one never leaves.
func (m *machine) formed(record *core.TickRecord) bool {
	return len(m.lanes) > 0 || slices.ContainsFunc(record.Members, func(c core.MemberChange) bool { return c.Zone == m.zone })
}

// pass goes by a tick in which the zone does not exist.
func (m *machine) pass(record *core.TickRecord) error {
	if record.Number != m.tick+1 {
		return fmt.Errorf("%w: tick %d after tick %d", ErrInvariant, record.Number, m.tick)
	}
	m.tick, m.time = record.Number, record.Time
	return nil
}

// changeMembers lets rollups leave that have nothing to apply any more, and takes up what the tick changes.
func (m *machine) changeMembers(changes []core.MemberChange) error {
	if m.fresh {
		for _, l := range m.lanes {
			l.closed = l.leaving && !l.stopped
		}
	}
	for i := range changes {
		if c := &changes[i]; c.Zone == m.zone {
			if err := m.changeMember(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *machine) changeMember(c *core.MemberChange) error {
	at, member := m.laneOf(c.Rollup)
	switch {
	case !m.fresh || member != c.Leaves():
		return fmt.Errorf("%w: tick %d changes the membership of rollup %s, which is %t; it opens blocks: %t", ErrInvariant, m.tick, c.Rollup, member, m.fresh)
	case c.Leaves():
		m.lanes[at].leaving = true
		return nil
	}
	engine := m.engines[c.Rollup]
	if engine == nil {
		return notConfigured(c.Rollup, m.zone)
	}
	if own := m.joining[c.Rollup]; own != c.Genesis {
		return fmt.Errorf("%w: rollup %s joins zone %s with tick %d: this node has genesis %s of it, agreed is %s; put the agreed one in its place and start the node again",
			ErrMember, c.Rollup, m.zone, m.tick, own, c.Genesis)
	}
	if head := engine.Head(); head.Number > 0 { // executed before, and rewound to a seal without it
		if err := engine.Rewind(0); err != nil {
			return fmt.Errorf("rewind rollup %s, which joins: %w", c.Rollup, err)
		}
	}
	m.lanes = append(m.lanes, &lane{rollup: c.Rollup, engine: engine})
	m.sortLanes()
	return nil
}

func (m *machine) sortLanes() {
	slices.SortFunc(m.lanes, func(a, b *lane) int {
		if a.rollup < b.rollup {
			return -1
		}
		return 1 // no two are equal
	})
}

// seat makes the lanes of a seal's members. There is an engine for each.
func (m *machine) seat(r SealRecord) {
	m.lanes = nil
	for _, seal := range r.Rollups {
		m.lanes = append(m.lanes, &lane{rollup: seal.Rollup, engine: m.engines[seal.Rollup], leaving: seal.Leaving})
	}
}

// dropClosed forgets the rollups that left, after the results of the tick.
func (m *machine) dropClosed() {
	m.lanes = slices.DeleteFunc(m.lanes, func(l *lane) bool { return l.closed })
}

// notConfigured is the error for a member that this node has no engine for.
func notConfigured(rollup core.RollupID, zone core.ZoneID) error {
	return fmt.Errorf("%w: rollup %s is a member of zone %s, and this node has no genesis of it; put it into the node's folder and start the node again", ErrMember, rollup, zone)
}

// publishMembers shows readers which rollups are executed. Simulations are kept out meanwhile, or nobody reads yet.
func (z *Zone) publishMembers() {
	members := make(map[core.RollupID]Engine, len(z.machine.lanes))
	for _, l := range z.machine.lanes {
		members[l.rollup] = l.engine
	}
	z.members.Store(&members)
}
