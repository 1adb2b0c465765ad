package ordering

import (
	"bytes"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// member is a validator with its consensus address.
type member struct {
	core.Validator
	address [20]byte
}

// memberOrder puts validators into the order of the engine's validator set: power descending, then consensus address
// ascending (CometBFT, types.ValidatorsByVotingPower).
func memberOrder(validators []core.Validator) []member {
	members := make([]member, len(validators))
	for i, v := range validators {
		members[i] = member{Validator: v, address: v.ConsensusAddress()}
	}
	slices.SortFunc(members, func(a, b member) int {
		switch {
		case a.Power > b.Power:
			return -1
		case a.Power < b.Power:
			return 1
		}
		return bytes.Compare(a.address[:], b.address[:])
	})
	return members
}

// quorum reports whether power is more than 2/3 of total. Both are below 2^60, so nothing overflows.
func quorum(power, total uint64) bool { return 3*power > 2*total }
