package ordering

import (
	"github.com/lockstep-network/lockstep/core"
)

// genesisChanges stages the first ledger of a network.
func genesisChanges(g *core.Genesis) []core.KV {
	s := &stage{base: &ledger{}, changed: make(map[string][]byte)}
	s.put(networkKey(), g.NetworkID())
	putZones(s, g)
	s.put(paramsKey(), g.Params)
	s.put(protocolKey(), protocolValue{Version: g.Params.ProtocolVersion, Since: 1})
	s.put(tickKey(), tickValue{Height: 0, Time: g.Time})
	s.put(checkpointKey(), checkpointValue{})
	s.put(completeKey(), completeValue{Signers: g.ValidatorSet()})
	s.put(nextSignersKey(), g.ValidatorSet())
	for i := range g.Validators {
		v := &g.Validators[i]
		s.put(validatorKey(v.ConsensusAddress()), validatorValue{ConsensusKey: v.ConsensusKey, Address: v.Address, Power: v.Power})
	}
	for _, r := range g.Rollups {
		s.put(rollupKey(r.ID), rollupOf(g, &r))
		s.put(laneKey(r.ID), laneValue{})
		if r.Kind == core.KindEVM {
			s.put(singleBucketKey(r.ID), bucketValue{LastMs: g.Time})
		}
	}
	for _, z := range g.Zones {
		s.put(attestedKey(z.ID), attestedValue{})
		s.put(bundleBucketKey(z.ID), bucketValue{LastMs: g.Time})
	}
	return s.changes()
}

// rollupOf is the first place of a rollup of the genesis in the registry.
func rollupOf(g *core.Genesis, r *core.Rollup) rollupValue {
	return rollupValue{Kind: uint8(r.Kind), Operator: r.Operator, Zone: uint64(g.ZoneOf(r.ID)), SystemContracts: r.SystemContracts(g.Predeploy.Address)}
}

// putZones stages the zones with their first members.
func putZones(s *stage, g *core.Genesis) {
	for _, z := range g.Zones {
		members := make([]uint64, len(z.Rollups))
		for i, id := range z.Rollups {
			members[i] = uint64(id)
		}
		s.put(zoneKey(z.ID), zoneValue{Rollups: members})
	}
}
