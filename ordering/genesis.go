package ordering

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// systemAccounts are the accounts whose code the EVM's own rules call, ascending; the predeploy comes with the genesis.
var systemAccounts = []common.Address{
	common.HexToAddress("0x00000961Ef480Eb55e80D19ad83579A64c007002"), // EIP-7002, withdrawal requests
	common.HexToAddress("0x0000BBdDc7CE488642fb579F8B00f3a590007251"), // EIP-7251, consolidation requests
	common.HexToAddress("0x0000F90827F1C53a10cb7A02335B175320002935"), // EIP-2935, block hashes
	common.HexToAddress("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02"), // EIP-4788, beacon roots
}

// genesisChanges stages the first ledger of a network.
func genesisChanges(g *core.Genesis) []core.KV {
	s := &stage{base: &ledger{}, changed: make(map[string][]byte)}
	putFixed(s, g)
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
	return rollupValue{Kind: uint8(r.Kind), Operator: r.Operator, Zone: uint64(g.ZoneOf(r.ID)), SystemContracts: systemContracts(g, r)}
}

// putFixed stages what no tick changes. A stored ledger must agree with it.
func putFixed(s *stage, g *core.Genesis) {
	s.put(networkKey(), g.NetworkID())
	for _, z := range g.Zones {
		members := make([]uint64, len(z.Rollups))
		for i, id := range z.Rollups {
			members[i] = uint64(id)
		}
		s.put(zoneKey(z.ID), zoneValue{members})
	}
}

// systemContracts is keccak(tag ‖ for each system account in ascending order: address ‖ keccak256(code)), so that
// rollups with the same system contracts have the same hash.
func systemContracts(g *core.Genesis, r *core.Rollup) common.Hash {
	if r.EVM == nil {
		return common.Hash{}
	}
	accounts := append(slices.Clone(systemAccounts), g.Predeploy.Address)
	slices.SortFunc(accounts, common.Address.Cmp)
	var parts [][]byte
	for _, address := range accounts {
		parts = append(parts, address[:], crypto.Keccak256(r.EVM.Alloc[address].Code))
	}
	return core.TagSystemContracts.Sum(parts...)
}
