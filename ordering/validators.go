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
// Control entries let validators come, go, change their power and their keys (see control_validators.go). The only other
// change is the jail: a validator that signed two blocks of one height and round leaves for good. Automatic jailing stops before the jailed hold 1/3 of the power of all seats together: from there on the
// assumption of the quorum is broken, and removing the rest would hand the network to fewer and fewer. Such evidence is
// recorded, and people decide.

// ValidatorUpdate is a validator's new power for the engine.
type ValidatorUpdate struct {
	ConsensusKey []byte
	Power        uint64 // zero: leaves
	// Jailed: it leaves because it signed twice.
	Jailed bool
}

// member is a validator with its consensus address.
type member struct {
	core.Validator
	address [20]byte
}

// seat is a validator's place by height.
type seat struct {
	member
	equivocated, until, since, before uint64 // see validatorValue
}

// power is the validator's power in the commit of a tick; zero: it does not sign it.
func (s *seat) power(height uint64) uint64 {
	switch {
	case s.until != 0 && height > s.until:
		return 0
	case height < s.since:
		return s.before
	}
	return s.Power
}

// value is the seat in the ledger.
func (s *seat) value() validatorValue {
	return validatorValue{s.ConsensusKey, s.Address, s.Power, s.equivocated, s.until, s.since, s.before}
}

// seats are all validators that sign, will sign, or were jailed.
type seats []seat

// signers are the members that sign the commit of a tick, in the engine's order, and their power together.
func (s seats) signers(height uint64) (members []member, power uint64) {
	var signing []core.Validator
	for i := range s {
		if p := s[i].power(height); p > 0 {
			v := s[i].Validator
			v.Power = p
			signing = append(signing, v)
			power += p
		}
	}
	return memberOrder(signing), power
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
	members, power := s.signers(m.tick.Height)
	if !slices.EqualFunc(members, m.validators, member.equal) {
		m.validators, m.power = members, power
		m.verified = make([]signedVote, len(members))
	}
}

func (v member) equal(other member) bool {
	return v.address == other.address && v.Address == other.Address && v.Power == other.Power
}

// readSeats reads every validator's place from a ledger.
func readSeats(l *ledger) seats {
	var s seats
	for _, kv := range l.entries() {
		if kv.Key[0] != spaceValidator {
			continue
		}
		value := decodeValue[validatorValue](kv.Value)
		v := core.Validator{ConsensusKey: value.ConsensusKey, Address: value.Address, Power: value.Power}
		s = append(s, seat{member{v, v.ConsensusAddress()}, value.Equivocated, value.Until, value.Since, value.Before})
	}
	return s
}

// jail records the evidence that a decided block brings, and lets validators leave. It gives the seats after the tick
// and the changes for the engine.
func (m *Machine) jail(st *stage, before seats, p Proposal) (seats, []ValidatorUpdate) {
	if len(p.Misbehavior) == 0 {
		return before, nil
	}
	s := slices.Clone(before)
	var updates []ValidatorUpdate
	for _, address := range p.Misbehavior {
		i := slices.IndexFunc(s, func(v seat) bool { return v.address == address })
		if i < 0 || s[i].equivocated != 0 {
			continue
		}
		v := &s[i]
		v.equivocated = p.Height
		if v.until == 0 && s.mayJail(v.Power) {
			v.until = p.Height + 1
			updates = append(updates, ValidatorUpdate{ConsensusKey: v.ConsensusKey, Jailed: true})
		}
		st.put(validatorKey(v.address), v.value())
	}
	return s, updates
}

// mayJail reports whether the jailed, with this power more, hold less than 1/3 of the power of all seats.
func (s seats) mayJail(power uint64) bool {
	var total uint64
	for i := range s {
		total += s[i].Power
		if s[i].until != 0 && s[i].equivocated != 0 {
			power += s[i].Power
		}
	}
	return 3*power < total // below 2^62
}

// retire drops the results of validators whose last vote stands in the tick at height, and gives up their seats unless
// they were jailed.
func (m *Machine) retire(st *stage, height uint64) seats {
	leaves := func(v seat) bool { return v.until != 0 && v.until+1 == height }
	if !slices.ContainsFunc(m.seats, leaves) {
		return m.seats
	}
	var stay seats
	for i := range m.seats {
		v := &m.seats[i]
		if !leaves(*v) {
			stay = append(stay, *v)
			continue
		}
		for _, z := range m.now.Zones {
			st.drop(resultsKey(z.ID, v.address))
		}
		if v.equivocated != 0 {
			stay = append(stay, *v)
		} else {
			st.drop(validatorKey(v.address))
		}
	}
	return stay
}

// validateSeats checks that the validators of a stored ledger have possible places.
func (m *Machine) validateSeats(l *ledger) error {
	tick := lookup[tickValue](l, tickKey())
	signing := false
	places := readSeats(l)
	strange := slices.IndexFunc(l.entries(), func(kv core.KV) bool {
		return kv.Key[0] == spaceValidator && !slices.ContainsFunc(places, func(v seat) bool { return bytes.Equal(kv.Key, validatorKey(v.address)) })
	})
	if strange >= 0 {
		return fmt.Errorf("%w: key %x is not that of the validator in it", ErrLedger, l.entries()[strange].Key)
	}
	for _, v := range places {
		key := validatorKey(v.address)
		switch {
		case v.Power == 0, v.equivocated > tick.Height, v.until > tick.Height+1, v.since > tick.Height+2:
			return fmt.Errorf("%w: key %x holds a place that no validator can have after tick %d", ErrLedger, key, tick.Height)
		}
		signing = signing || v.power(tick.Height) > 0
	}
	if !signing {
		return fmt.Errorf("%w: nobody signs the commit of tick %d", ErrLedger, tick.Height)
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
