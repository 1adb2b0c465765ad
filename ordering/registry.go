package ordering

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// InForce is the genesis with the registry and the parameters that hold for the tick after the last committed one. It is a
// snapshot that must not be changed.
func (m *Machine) InForce() *core.Genesis {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.now
}

// Protocol is the version of the rules that the network follows, and the first tick under them.
func (m *Machine) Protocol() (version, since uint64) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	p := lookup[protocolValue](m.ledger, protocolKey())
	return p.Version, p.Since
}

// Outdated is ErrProtocol when this build does not know the rules of the tick after the last committed one, so that it can
// neither propose nor decide it.
func (m *Machine) Outdated() error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.checkProtocol(m.ledger)
}

// checkProtocol says whether this build knows the rules of the tick after the committed ones.
func (m *Machine) checkProtocol(l *ledger) error {
	if p := lookup[protocolValue](l, protocolKey()); p.Version > m.supported {
		return fmt.Errorf("%w: the network follows protocol version %d from tick %d on, this build knows versions up to %d: "+
			"install a build that knows it and start the node again", ErrProtocol, p.Version, p.Since, m.supported)
	}
	return nil
}

// readRegistry makes the snapshot of a ledger. Rollups of the genesis keep what only the genesis knows of them.
func readRegistry(g *core.Genesis, l *ledger) *core.Genesis {
	r := core.Registry{Params: lookup[core.Params](l, paramsKey())}
	for _, kv := range l.entries() {
		if kv.Key[0] != spaceRollup {
			continue
		}
		id, value := core.RollupID(idOf(kv.Key)), decodeValue[rollupValue](kv.Value)
		rollup := core.Rollup{ID: id, Name: value.Name, Kind: core.RollupKind(value.Kind)}
		if i := slices.IndexFunc(g.Rollups, func(r core.Rollup) bool { return r.ID == id }); i >= 0 {
			rollup = g.Rollups[i]
		}
		rollup.Operator = value.Operator
		r.Rollups = append(r.Rollups, rollup)
		if value.Retired != 0 {
			r.Retired = append(r.Retired, id)
		}
	}
	r.Zones, r.Left = readZones(l)
	slices.SortFunc(r.Rollups, func(a, b core.Rollup) int { return cmp.Compare(a.ID, b.ID) })
	slices.Sort(r.Retired)
	return g.With(r)
}

// readZones are the zones with their members, and those with former ones, ascending.
func readZones(l *ledger) (zones, left []core.Zone) {
	for _, kv := range l.entries() {
		if kv.Key[0] != spaceZone {
			continue
		}
		id := core.ZoneID(idOf(kv.Key))
		zones = append(zones, core.Zone{ID: id, Rollups: membersOf(l, id, false)})
		if former := membersOf(l, id, true); len(former) > 0 {
			left = append(left, core.Zone{ID: id, Rollups: former})
		}
	}
	return zones, left
}

// membersOf are the rollups of a zone that are in service, or those that are retired, ascending.
func membersOf(l *ledger, zone core.ZoneID, retired bool) (members []core.RollupID) {
	for _, kv := range l.entries() {
		if kv.Key[0] != spaceRollup {
			continue
		}
		if value := decodeValue[rollupValue](kv.Value); value.Zone == uint64(zone) && (value.Retired != 0) == retired {
			members = append(members, core.RollupID(idOf(kv.Key)))
		}
	}
	slices.Sort(members)
	return members
}

// validateRegistry checks that a stored ledger has the rollups of the genesis, and parameters that a network may have.
func validateRegistry(g *core.Genesis, l *ledger) error {
	for i := range g.Rollups {
		r := &g.Rollups[i]
		key, want := rollupKey(r.ID), rollupOf(g, r)
		got := lookup[rollupValue](l, key)
		if got.Kind != want.Kind || got.Zone != want.Zone || got.SystemContracts != want.SystemContracts || got.Name != "" {
			return fmt.Errorf("%w: key %x is not that of this network", ErrLedger, key)
		}
	}
	if err := validateZones(g, l); err != nil {
		return err
	}
	if err := lookup[core.Params](l, paramsKey()).Validate(); err != nil {
		return fmt.Errorf("%w: parameters: %w", ErrLedger, err)
	}
	return nil
}

// validateZones checks that every zone has the members that are registered for it, and that one which is not of the genesis was
// formed by a tick and has what that tick gave it.
func validateZones(g *core.Genesis, l *ledger) error {
	tick := lookup[tickValue](l, tickKey()).Height
	zones, _ := readZones(l)
	for _, z := range zones {
		value := lookup[zoneValue](l, zoneKey(z.ID))
		same := func(a uint64, b core.RollupID) bool { return a == uint64(b) }
		if !slices.EqualFunc(value.Rollups, z.Rollups, same) || len(z.Rollups) == 0 {
			return fmt.Errorf("%w: key %x is not that of the registered rollups", ErrLedger, zoneKey(z.ID))
		}
		first := slices.ContainsFunc(g.Zones, func(first core.Zone) bool { return first.ID == z.ID })
		if first != (value.Since == 0) || value.Since > tick {
			return fmt.Errorf("%w: key %x is of a zone that tick %d formed; of the genesis: %t; the ledger is of tick %d", ErrLedger, zoneKey(z.ID), value.Since, first, tick)
		}
		for _, key := range [][]byte{attestedKey(z.ID), bundleBucketKey(z.ID)} {
			if l.read(key) == nil {
				return fmt.Errorf("%w: key %x is missing", ErrLedger, key)
			}
		}
	}
	for _, kv := range l.entries() {
		if kv.Key[0] != spaceRollup {
			continue
		}
		if zone := decodeValue[rollupValue](kv.Value).Zone; zone != 0 && l.read(zoneKey(core.ZoneID(zone))) == nil {
			return fmt.Errorf("%w: key %x is of a rollup of zone %d, which there is not", ErrLedger, kv.Key, zone)
		}
	}
	return nil
}
