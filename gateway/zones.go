package gateway

import (
	"cmp"
	"maps"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// Zones come into being while a gateway runs: a control entry forms them. This node executes those that it was started with, of
// which some may not be formed yet, and never one that it learns of later.

// served are the zones that this node executes, or will once they are formed, ascending.
func (d *Deps) served() []core.ZoneID { return slices.Sorted(maps.Keys(d.Zones)) }

// zones are the served zones and those that others execute, as far as they are formed, ascending.
func (d *Deps) zones() []core.Zone {
	zones := slices.Clone(d.Genesis.InForce().Zones)
	for _, id := range d.served() {
		if !slices.ContainsFunc(zones, func(z core.Zone) bool { return z.ID == id }) {
			zones = append(zones, core.Zone{ID: id})
		}
	}
	slices.SortFunc(zones, func(a, b core.Zone) int { return cmp.Compare(a.ID, b.ID) })
	return zones
}
