package ordering

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Validators sit by height, as in the engine: what Finalize of tick h says about them holds from the commit of tick h+2
// on. So the ledger after tick h knows exactly who signs the commits of h, h+1 and h+2; the system entry of tick h+1,
// its quorum and the tally go by those of h.
//
// The only change of protocol version 1 is the jail: a validator that signed two blocks of one height and round leaves
// for good. Automatic jailing stops before the jailed hold 1/3 of the genesis power together: from there on the
// assumption of the quorum is broken, and removing the rest would hand the network to fewer and fewer. Such evidence is
// recorded, and people decide.

// ValidatorUpdate is a validator's new power for the engine.
type ValidatorUpdate struct {
	ConsensusKey []byte
	Power        uint64 // zero: leaves
}

// member is a validator with its consensus address.
type member struct {
	core.Validator
	address [20]byte
}

// seat is a validator's place by height.
type seat struct {
	member
	equivocated, until uint64 // see validatorValue
}

// signs reports whether the validator signs the commit of a tick.
func (s *seat) signs(height uint64) bool { return s.until == 0 || height <= s.until }

// seats are all validators of the genesis in the engine's order.
type seats []seat

// signers are the members that sign the commit of a tick, in the engine's order, and their power together.
func (s seats) signers(height uint64) (members []member, power uint64) {
	for i := range s {
		if s[i].signs(height) {
			members = append(members, s[i].member)
			power += s[i].Power
		}
	}
	return members, power
}

// Signers are the validators that sign the commit of a tick, from the last committed one to the second after it, in the
// engine's order: by power, highest first, then by consensus address.
func (m *Machine) Signers(height uint64) []core.Validator {
	m.mu.RLock()
	defer m.mu.RUnlock()
	members, _ := m.signers(height)
	validators := make([]core.Validator, len(members))
	for i := range members {
		validators[i] = members[i].Validator
	}
	return validators
}

// Validators are the signers of the last committed tick.
func (m *Machine) Validators() []core.Validator { return m.Signers(m.Height()) }

// Equivocated is the first tick that brought evidence of a validator's double signing, zero if none did.
func (m *Machine) Equivocated(validator common.Address) uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for i := range m.seats {
		if m.seats[i].Address == validator {
			return m.seats[i].equivocated
		}
	}
	return 0
}

// signers are those that sign the commit of a tick, by the committed ledger.
func (m *Machine) signers(height uint64) ([]member, uint64) { return m.seats.signers(height) }

// seat installs who signs the commit of the last committed tick. m.mu is held.
func (m *Machine) seat(s seats) {
	m.seats = s
	leaves := func(v seat) bool { return v.until != 0 && v.until+1 == m.tick.Height }
	if m.validators == nil || slices.ContainsFunc(s, leaves) {
		m.validators, m.power = s.signers(m.tick.Height)
		m.verified = make([]signedVote, len(m.validators))
	}
}

// readSeats reads every validator's place from a ledger.
func (m *Machine) readSeats(l *ledger) seats {
	s := make(seats, 0, len(m.genesis.Validators))
	for _, v := range memberOrder(m.genesis.Validators) {
		value := lookup[validatorValue](l, validatorKey(v.address))
		s = append(s, seat{member: v, equivocated: value.Equivocated, until: value.Until})
	}
	return s
}

// jail records the evidence that a decided block brings, and lets validators leave. It gives the seats after the tick
// and the changes for the engine.
func (m *Machine) jail(st *stage, p Proposal) (seats, []ValidatorUpdate) {
	if len(p.Misbehavior) == 0 {
		return m.seats, nil
	}
	s := slices.Clone(m.seats)
	var updates []ValidatorUpdate
	for _, address := range p.Misbehavior {
		i := slices.IndexFunc(s, func(v seat) bool { return v.address == address })
		if i < 0 || s[i].equivocated != 0 {
			continue
		}
		v := &s[i]
		v.equivocated = p.Height
		if s.mayJail(v.Power) {
			v.until = p.Height + 1
			updates = append(updates, ValidatorUpdate{ConsensusKey: v.ConsensusKey})
		}
		st.put(validatorKey(v.address), validatorValue{v.ConsensusKey, v.Address, v.Power, v.equivocated, v.until})
	}
	return s, updates
}

// mayJail reports whether the jailed, with this power more, hold less than 1/3 of the genesis power.
func (s seats) mayJail(power uint64) bool {
	var total uint64
	for i := range s {
		total += s[i].Power
		if s[i].until != 0 {
			power += s[i].Power
		}
	}
	return 3*power < total // below 2^62
}

// retire drops the results of validators whose last vote stands in the tick at height.
func (m *Machine) retire(st *stage, height uint64) {
	for i := range m.seats {
		if v := &m.seats[i]; v.until != 0 && v.until+1 == height {
			for _, z := range m.genesis.Zones {
				st.drop(resultsKey(z.ID, v.address))
			}
		}
	}
}

// validateSeats checks that a stored ledger has the validators of the genesis, and that their places are possible ones.
func (m *Machine) validateSeats(l *ledger) error {
	tick := lookup[tickValue](l, tickKey())
	known := 0
	for _, v := range m.genesis.Validators {
		key := validatorKey(v.ConsensusAddress())
		got := lookup[validatorValue](l, key)
		same := bytes.Equal(got.ConsensusKey, v.ConsensusKey) && got.Address == v.Address && got.Power == v.Power
		left := got.Until == 0 || got.Equivocated != 0 && got.Until == got.Equivocated+1
		if !same || !left || got.Equivocated > tick.Height {
			return fmt.Errorf("%w: key %x is not that of this network", ErrLedger, key)
		}
		known++
	}
	for _, kv := range l.entries() {
		if kv.Key[0] == spaceValidator {
			known--
		}
	}
	if known != 0 {
		return fmt.Errorf("%w: %d validators more than in the genesis", ErrLedger, -known)
	}
	return nil
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
