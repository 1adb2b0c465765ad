package ordering

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// judgeRegistration says whether a rollup may join the registry.
func (m *Machine) judgeRegistration(r *core.RegisterRollup, l reader) error {
	if lookup[rollupValue](l, rollupKey(r.ID)).Kind != 0 {
		return fmt.Errorf("rollup %s is registered already, and ids are never given twice", r.ID)
	}
	registered := slices.Clone(m.now.Rollups)
	if st, ok := l.(*stage); ok {
		registered = append(registered, st.registered()...)
	}
	if n := len(registered); n >= core.MaxRollups {
		return fmt.Errorf("%d rollups are registered, and no more may be", n)
	}
	for i := range registered {
		if other := &registered[i]; other.Name == r.Name {
			return fmt.Errorf("name %q is that of rollup %s, and names are never given twice", r.Name, other.ID)
		}
	}
	if r.Kind != core.KindEVM {
		return nil
	}
	zone := lookup[zoneValue](l, zoneKey(r.Zone))
	if r.Forms {
		return m.judgeForming(r, zone, l)
	}
	if len(zone.Rollups) == 0 {
		return fmt.Errorf("zone %s is none of this network; with registerRollup.forms the rollup forms it", r.Zone)
	}
	member := core.RollupID(zone.Rollups[0])
	if want := lookup[rollupValue](l, rollupKey(member)).SystemContracts; r.SystemContracts != want {
		return fmt.Errorf("system contracts %s, those of rollup %s and the others of zone %s are %s", r.SystemContracts, member, r.Zone, want)
	}
	return nil
}

// judgeForming says whether a rollup may form a zone, of which value is what the ledger has.
func (m *Machine) judgeForming(r *core.RegisterRollup, value zoneValue, l reader) error {
	want := m.genesis.SystemContracts()
	switch n := len(m.zones(l)); {
	case len(value.Rollups) > 0:
		return fmt.Errorf("zone %s exists, and ids are never given twice; without registerRollup.forms the rollup joins it", r.Zone)
	case n >= core.MaxZones:
		return fmt.Errorf("%d zones were formed, and no more may be", n)
	case want == (common.Hash{}):
		return fmt.Errorf("the genesis has no rollup of kind evm, so that there is nothing to compare the system contracts of zone %s with", r.Zone)
	case r.SystemContracts != want:
		return fmt.Errorf("system contracts %s, those of the genesis are %s", r.SystemContracts, want)
	}
	return nil
}

// consenting are the operators who must have signed a change beside the validators: a zone is a trust domain, so who joins
// one needs the consent of its members. A member without an operator leaves that to the validators. Who forms a zone must
// want it itself.
func (m *Machine) consenting(c *core.Change) (operators []common.Address) {
	r := c.RegisterRollup
	if r == nil || r.Kind != core.KindEVM {
		return nil
	}
	if r.Forms && r.Operator != (common.Address{}) {
		return []common.Address{r.Operator}
	}
	for _, id := range lookup[zoneValue](m.ledger, zoneKey(r.Zone)).Rollups {
		operator := lookup[rollupValue](m.ledger, rollupKey(core.RollupID(id))).Operator
		if operator != (common.Address{}) && !slices.Contains(operators, operator) {
			operators = append(operators, operator)
		}
	}
	return operators
}

// register puts a rollup into the registry, and one of kind evm into its zone, which it may form.
func (m *Machine) register(st *stage, r *core.RegisterRollup, height uint64) {
	st.put(rollupKey(r.ID), rollupValue{
		Kind: uint8(r.Kind), Operator: r.Operator, Zone: uint64(r.Zone), SystemContracts: r.SystemContracts, Name: r.Name, Since: height, Genesis: r.Genesis,
	})
	st.put(laneKey(r.ID), laneValue{})
	if r.Kind != core.KindEVM {
		return
	}
	st.put(singleBucketKey(r.ID), bucketValue{LastMs: m.genesis.Time})
	zone := lookup[zoneValue](st, zoneKey(r.Zone))
	if r.Forms {
		zone.Since = height
		// Results are counted from the forming tick on: the digest before it is that of a zone that has done nothing.
		st.put(attestedKey(r.Zone), attestedValue{Tick: height - 1})
		st.put(bundleBucketKey(r.Zone), bucketValue{LastMs: m.genesis.Time})
	}
	zone.Rollups = append(slices.Clone(zone.Rollups), uint64(r.ID))
	slices.Sort(zone.Rollups)
	st.put(zoneKey(r.Zone), zone)
}

// retireRollup ends the order of a rollup; one of kind evm leaves its zone.
func (m *Machine) retireRollup(st *stage, id core.RollupID, height uint64) {
	value := lookup[rollupValue](st, rollupKey(id))
	value.Retired = height
	st.put(rollupKey(id), value)
	if value.Zone == 0 {
		return
	}
	key := zoneKey(core.ZoneID(value.Zone))
	zone := lookup[zoneValue](st, key)
	zone.Rollups = slices.DeleteFunc(slices.Clone(zone.Rollups), func(member uint64) bool { return member == uint64(id) })
	st.put(key, zone)
}

// AgreedGenesis is what the validators agreed on as the first state of a rollup that joined a zone, see core.Joining.Hash,
// and the zone; zero for every other rollup.
func (m *Machine) AgreedGenesis(id core.RollupID) (common.Hash, core.ZoneID) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	value := lookup[rollupValue](m.ledger, rollupKey(id))
	return value.Genesis, core.ZoneID(value.Zone)
}

// RetiredWith is the tick with which a rollup was retired, zero for one in service.
func (m *Machine) RetiredWith(id core.RollupID) uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return lookup[rollupValue](m.ledger, rollupKey(id)).Retired
}

// ZoneSince is the tick with which a zone began: 1 for one of the genesis, zero for one that the network does not have.
func (m *Machine) ZoneSince(id core.ZoneID) uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	zone := lookup[zoneValue](m.ledger, zoneKey(id))
	if len(zone.Rollups) == 0 {
		return 0
	}
	return max(zone.Since, 1)
}

// zones are those of the committed ledger, or of a stage over it, ascending.
func (m *Machine) zones(l reader) []core.ZoneID {
	ids := make([]core.ZoneID, 0, len(m.now.Zones)+1)
	for _, z := range m.now.Zones {
		ids = append(ids, z.ID)
	}
	if st, ok := l.(*stage); ok {
		ids = append(ids, st.formed()...)
		slices.Sort(ids)
	}
	return ids
}

// memberChanges lists the rollups that join a zone or leave it with the tick at height, ascending by rollup.
func memberChanges(rows []core.KV, height uint64) (changes []core.MemberChange) {
	for _, kv := range rows {
		if kv.Key[0] != spaceRollup {
			continue
		}
		value := decodeValue[rollupValue](kv.Value)
		change := core.MemberChange{Zone: core.ZoneID(value.Zone), Rollup: core.RollupID(idOf(kv.Key))}
		switch {
		case value.Zone == 0:
		case value.Retired == height && value.Since != height:
			changes = append(changes, change)
		case value.Since == height && value.Retired == 0:
			change.Genesis = value.Genesis
			changes = append(changes, change)
		}
	}
	slices.SortFunc(changes, func(a, b core.MemberChange) int { return cmp.Compare(a.Rollup, b.Rollup) })
	return changes
}
