package core

import "slices"

// What a genesis says of rollups and parameters may change by control entries. Package ordering keeps what is in force in
// its ledger and gives it out as a genesis that is equal in everything else: a snapshot, never changed afterwards. Stages
// beside ordering hold one that follows it, and read lists and parameters through InForce.

// Registry is what control entries have made of a genesis.
type Registry struct {
	Params Params
	// Rollups ascend by id, retired ones included.
	Rollups []Rollup
	// Retired ascend; nothing is ordered for them.
	Retired []RollupID
	// Zones have the members that are executed now, Left those that were and are not any more.
	Zones, Left []Zone
}

// With is the genesis with another registry. Its NetworkID is not the network's.
func (g *Genesis) With(r Registry) *Genesis {
	snapshot := *g
	snapshot.current = nil
	snapshot.Params, snapshot.Rollups, snapshot.retired = r.Params, r.Rollups, r.Retired
	snapshot.Zones, snapshot.left = r.Zones, r.Left
	return &snapshot
}

// Following is the genesis for stages that must know what is in force: its lookups and rules go by what current gives, its
// fields stay those of the genesis. current is called from any goroutine.
func (g *Genesis) Following(current func() *Genesis) *Genesis {
	following := *g
	following.current = current
	return &following
}

// InForce is the genesis with the registry that is in force now. It is a snapshot that must not be changed.
func (g *Genesis) InForce() *Genesis {
	if g.current == nil {
		return g
	}
	return g.current()
}

// Members are the rollups of a zone by what is in force, those that left it included, ascending.
func (g *Genesis) Members(zone ZoneID) (members []RollupID) {
	g = g.InForce()
	for _, zones := range [][]Zone{g.Zones, g.left} {
		for _, z := range zones {
			if z.ID == zone {
				members = append(members, z.Rollups...)
			}
		}
	}
	slices.Sort(members)
	return members
}

// Retired reports whether nothing is ordered for a rollup any more.
func (g *Genesis) Retired(id RollupID) bool {
	_, retired := slices.BinarySearch(g.InForce().retired, id)
	return retired
}
