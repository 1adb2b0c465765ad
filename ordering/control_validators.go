package ordering

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// seatChange is what a change does to the validators: at most one leaves or gives up a key, at most one comes.
type seatChange struct {
	// out is the index of the seat that ends, -1 for none.
	out int
	// in is the seat that begins; nil for none.
	in *core.Validator
	// power and address, where not zero, are what the seat at keep gets; -1 for none.
	keep    int
	power   uint64
	address common.Address
}

// changed says what a change of the validators does, or why it is not possible.
func (s seats) changed(c *core.Change) (seatChange, error) {
	change := seatChange{out: -1, keep: -1}
	var err error
	switch c.Kind() {
	case core.ChangeAddValidator:
		change.in = c.AddValidator
		err = s.free(c.AddValidator, -1)
		if n := len(s.checkpointSigners()); err == nil && n >= core.MaxValidators {
			err = fmt.Errorf("there are %d validators, and no more may be", n)
		}
	case core.ChangeRemoveValidator:
		change.out, err = s.find(c.RemoveValidator.Address)
	case core.ChangeSetPower:
		change.keep, err = s.find(c.SetPower.Address)
		if change.power = c.SetPower.Power; err == nil && s[change.keep].Power == change.power {
			err = fmt.Errorf("validator %s has power %d already", c.SetPower.Address, change.power)
		}
	case core.ChangeReplaceKeys:
		change, err = s.replaced(c.ReplaceKeys)
	default:
		err = fmt.Errorf("change of kind %d", c.Kind())
	}
	if err != nil {
		return change, err
	}
	return change, s.bounded(change)
}

// replaced is a change of keys: with another consensus key a seat ends and another begins.
func (s seats) replaced(r *core.ReplaceKeys) (seatChange, error) {
	change := seatChange{out: -1, keep: -1}
	i, err := s.find(r.Address)
	if err != nil {
		return change, err
	}
	v := &r.Validator
	same := bytes.Equal(s[i].ConsensusKey, v.ConsensusKey)
	switch {
	case v.Power != s[i].Power:
		return change, fmt.Errorf("validator %s has power %d, not %d: setPower changes it", r.Address, s[i].Power, v.Power)
	case same && s[i].Address == v.Address:
		return change, fmt.Errorf("validator %s has these keys already", r.Address)
	}
	if err := s.free(v, i); err != nil {
		return change, err
	}
	if same {
		change.keep, change.address = i, v.Address
	} else {
		change.out, change.in = i, v
	}
	return change, nil
}

// find is the seat of a validator that stays.
func (s seats) find(address common.Address) (int, error) {
	if i := slices.IndexFunc(s, func(v seat) bool { return v.Address == address && v.until == 0 }); i >= 0 {
		return i, nil
	}
	if slices.ContainsFunc(s, func(v seat) bool { return v.Address == address }) {
		return -1, fmt.Errorf("validator %s has left, or was jailed for good", address)
	}
	return -1, fmt.Errorf("%s is no validator", address)
}

// free checks that no seat but one has a key of v. The keys of who was jailed stay taken.
func (s seats) free(v *core.Validator, but int) error {
	for i := range s {
		switch {
		case i == but:
		case s[i].Address == v.Address:
			return fmt.Errorf("the Ethereum key %s is a validator's", v.Address)
		case bytes.Equal(s[i].ConsensusKey, v.ConsensusKey):
			return fmt.Errorf("the consensus key %s is a validator's", v.ConsensusKey)
		}
	}
	return nil
}

// bounded checks that less than 1/3 of the power moves: of what is there, and of what will be.
func (s seats) bounded(c seatChange) error {
	before := s.checkpointSigners().TotalPower()
	var down, up uint64
	if c.out >= 0 {
		down = s[c.out].Power
	}
	if c.in != nil {
		up = c.in.Power
	}
	if c.keep >= 0 {
		switch was := s[c.keep].Power; {
		case c.address != (common.Address{}):
			down, up = was, was
		case c.power < was:
			down = was - c.power
		default:
			up = c.power - was
		}
	}
	if after := before + up - down; 3*down >= before || 3*up >= after { // all below 2^61
		return fmt.Errorf("a change may move less than 1/3 of the power: this one takes %d of %d and gives %d of %d", down, before, up, after)
	}
	return nil
}

// takeSeats lets a change of the validators take effect, unless it must wait for the one before.
func (m *Machine) takeSeats(st *stage, c *core.Change, s seats, height uint64) (after seats, updates []ValidatorUpdate, wait bool) {
	change, err := s.changed(c)
	if err != nil {
		panic(fmt.Sprintf("ordering: judged change: %v", err))
	}
	if !s.settled(height) {
		return s, nil, true
	}
	after = slices.Clone(s)
	if i := change.keep; i >= 0 {
		v := &after[i]
		if change.power != 0 {
			v.before, v.since, v.Power = v.Power, height+2, change.power
			updates = append(updates, ValidatorUpdate{ConsensusKey: v.ConsensusKey, Power: v.Power})
		}
		if change.address != (common.Address{}) {
			v.Address = change.address
		}
	}
	if i := change.out; i >= 0 {
		after[i].until = height + 1
		updates = append(updates, ValidatorUpdate{ConsensusKey: after[i].ConsensusKey})
	}
	if change.in != nil {
		in := core.Validator{ConsensusKey: change.in.ConsensusKey, Address: change.in.Address, Power: change.in.Power}
		after = append(after, seat{member: member{Validator: in, address: in.ConsensusAddress()}, since: height + 2})
		updates = append(updates, ValidatorUpdate{ConsensusKey: in.ConsensusKey, Power: in.Power})
	}
	if !continued(st, s.checkpointSigners(), after.checkpointSigners()) {
		return s, nil, true
	}
	for i := range after {
		if i >= len(s) || after[i].value().differs(s[i].value()) {
			st.put(validatorKey(after[i].address), after[i].value())
		}
	}
	return after, updates, false
}

// settled reports whether the changes before have reached the engine's set.
func (s seats) settled(height uint64) bool {
	return !slices.ContainsFunc(s, func(v seat) bool { return v.since > height || v.until >= height })
}

// continued reports whether the members that stay in a set hold more than 2/3 of each set that may have to sign the next
// checkpoint: the one that has to now, and the one that will have to if the open checkpoint becomes complete. A change that
// leaves them no less than they hold before passes too: the jail may have taken so many that only changes can help.
func continued(st *stage, before, after core.ValidatorSet) bool {
	for _, set := range []core.ValidatorSet{lookup[completeValue](st, completeKey()).Signers, lookup[signersValue](st, nextSignersKey())} {
		if stay := powerOf(set, after); !quorum(stay, set.TotalPower()) && stay < powerOf(set, before) {
			return false
		}
	}
	return true
}

// powerOf is the power in a set of the members that another one has too.
func powerOf(set, others core.ValidatorSet) (power uint64) {
	for _, member := range set {
		if _, ok := others.Find(member.Address); ok {
			power += member.Power
		}
	}
	return power
}
