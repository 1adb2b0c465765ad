package ordering

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// judgeRegistration says whether a rollup may join the registry.
func (m *Machine) judgeRegistration(r *core.RegisterRollup, l interface{ read(key []byte) []byte }) error {
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
	if len(zone.Rollups) == 0 {
		return fmt.Errorf("zone %s is none of this network", r.Zone)
	}
	member := core.RollupID(zone.Rollups[0])
	if want := lookup[rollupValue](l, rollupKey(member)).SystemContracts; r.SystemContracts != want {
		return fmt.Errorf("system contracts %s, those of rollup %s and the others of zone %s are %s", r.SystemContracts, member, r.Zone, want)
	}
	return nil
}

// consenting are the operators who must have signed a change beside the validators: a zone is a trust domain, so who joins
// one needs the consent of its members. A member without an operator leaves that to the validators.
func (m *Machine) consenting(c *core.Change) (operators []common.Address) {
	if c.RegisterRollup == nil || c.RegisterRollup.Kind != core.KindEVM {
		return nil
	}
	for _, id := range lookup[zoneValue](m.ledger, zoneKey(c.RegisterRollup.Zone)).Rollups {
		operator := lookup[rollupValue](m.ledger, rollupKey(core.RollupID(id))).Operator
		if operator != (common.Address{}) && !slices.Contains(operators, operator) {
			operators = append(operators, operator)
		}
	}
	return operators
}

// register puts a rollup into the registry, and one of kind evm into its zone.
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
	members := append(slices.Clone(zone.Rollups), uint64(r.ID))
	slices.Sort(members)
	st.put(zoneKey(r.Zone), zoneValue{members})
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
	members := slices.Clone(lookup[zoneValue](st, key).Rollups)
	st.put(key, zoneValue{slices.DeleteFunc(members, func(member uint64) bool { return member == uint64(id) })})
}

// AgreedGenesis is what the validators agreed on as the first state of a rollup that joined a zone, see core.Joining.Hash,
// and the zone; zero for every other rollup.
func (m *Machine) AgreedGenesis(id core.RollupID) (common.Hash, core.ZoneID) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	value := lookup[rollupValue](m.ledger, rollupKey(id))
	return value.Genesis, core.ZoneID(value.Zone)
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
