package ordering

import (
	"fmt"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// Control entries change the network: its registry, its parameters, its validators, its rules. A tick orders at most one;
// its change waits in the ledger and takes effect with the first tick at or after its effective one that opens a slot, so
// that no block of a rollup is open under two registries. What the change then says is judged once more, by the ledger of
// that tick: a change that another one has made impossible is refused there, for good.
//
// Validators: what a tick E changes holds in the engine from the commit of E+2 on (see validators.go), and for the
// checkpoints from the next complete one on. Three rules keep both chains whole. A change moves less than 1/3 of the power.
// It waits until the one before has reached the engine. It waits until those that stay hold more than 2/3 of every set that
// may have to sign the next checkpoint, so that removals in a row cannot outrun the checkpoints; one that takes nothing from
// them need not wait.

// maxPendingControl bounds the changes that wait.
const maxPendingControl = 16

// controlValue is how far control entries have come.
type controlValue struct {
	// Last is the sequence of the newest entry that was ordered.
	Last uint64
	// Pending are those that have not taken effect, ascending.
	Pending []uint64
}

// changeValue is an ordered change.
type changeValue struct {
	Content   []byte // core.Change, encoded
	Effective uint64
	// Ordered is the tick that ordered it.
	Ordered uint64
	// Decided is the tick with which it took effect or was refused, zero before.
	Decided uint64
	// Refused: another change had made it impossible.
	Refused bool
	// Cancelled is the sequence of the entry that gave it up, zero for none.
	Cancelled uint64 `rlp:"optional"`
}

// checkControl judges the control entry of a tick by the committed ledger, cheap rules first.
func (m *Machine) checkControl(tick *core.Tick) error {
	if tick.Control == nil {
		return nil
	}
	if err := m.mayOrder(tick.Control, tick.Number, tick.Time); err != nil {
		return fmt.Errorf("%w: control entry: %w", ErrControl, err)
	}
	return nil
}

// mayOrder says whether a tick at height and time may hold the entry.
func (m *Machine) mayOrder(c *core.Control, height, time uint64) error {
	if err := c.Validate(); err != nil {
		return err
	}
	at := lookup[controlValue](m.ledger, controlKey())
	switch {
	case c.Sequence != at.Last+1:
		return fmt.Errorf("sequence: %w: %d, the next one is %d", core.ErrControl, c.Sequence, at.Last+1)
	case len(at.Pending) >= maxPendingControl && c.Change.Cancel == nil:
		return fmt.Errorf("%w: %d changes wait to take effect, and no more may; one can be given up", core.ErrControl, len(at.Pending))
	case c.Change.Cancel != nil && c.Effective > 0:
		return fmt.Errorf("effective: %w: %d, but a change is given up with the tick that orders it: it is 0", core.ErrControl, c.Effective)
	case time > c.NotAfter:
		return fmt.Errorf("notAfter: %w: %d has passed, consensus time is %d", core.ErrControl, c.NotAfter, time)
	case c.NotAfter-time > core.MaxControlWindow:
		return fmt.Errorf("notAfter: %w: %d ms after consensus time %d, cap %d ms", core.ErrControl, c.NotAfter-time, time, uint64(core.MaxControlWindow))
	case c.Effective > height && c.Effective-height > core.MaxControlDelay:
		return fmt.Errorf("effective: %w: tick %d is more than %d after tick %d", core.ErrControl, c.Effective, uint64(core.MaxControlDelay), height)
	}
	if err := m.judge(&c.Change, m.seats, m.ledger); err != nil {
		return fmt.Errorf("change: %w: %w", core.ErrControl, err)
	}
	return c.Verify(m.network, m.seats.checkpointSigners(), m.consenting(&c.Change)...)
}

// CheckControl says whether the tick after the last committed one may order a control entry: nil, or an error of package
// core that says what is wrong or missing.
func (m *Machine) CheckControl(c *core.Control) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.mayOrder(c, m.tick.Height+1, m.tick.Time)
}

// control orders the tick's control entry and lets changes take effect. It gives the seats after the tick and adds to the
// engine's updates.
func (m *Machine) control(st *stage, tick *core.Tick, s seats, updates []ValidatorUpdate) (seats, []ValidatorUpdate) {
	at := lookup[controlValue](st, controlKey())
	if c := tick.Control; c != nil {
		at = note(st, at, c, tick.Number)
	}
	if len(at.Pending) == 0 || !m.opensSlot(tickValue{tick.Number, tick.Time}) {
		return s, updates
	}
	var waiting []uint64
	for _, sequence := range at.Pending {
		value := lookup[changeValue](st, changeKey(sequence))
		change, err := core.DecodeChange(value.Content)
		if err != nil {
			panic(fmt.Sprintf("ordering: change %d: %v", sequence, err)) // checked before it was ordered
		}
		if value.Effective > tick.Number {
			waiting = append(waiting, sequence)
			continue
		}
		next := s
		if err := m.judge(&change, s, st); err != nil {
			value.Refused = true
		} else {
			var moved []ValidatorUpdate
			var wait bool
			if next, moved, wait = m.take(st, &change, s, tick.Number); wait {
				waiting = append(waiting, sequence)
				continue
			}
			updates = append(updates, moved...)
		}
		s = next
		value.Decided = tick.Number
		st.put(changeKey(sequence), value)
	}
	st.put(controlKey(), controlValue{Last: at.Last, Pending: waiting})
	return s, updates
}

// note writes down an entry with the tick that orders it, and gives up what it cancels.
func note(st *stage, at controlValue, c *core.Control, height uint64) controlValue {
	value := changeValue{Content: c.Change.Encode(), Effective: c.Effective, Ordered: height}
	at.Last, at.Pending = c.Sequence, slices.Clone(at.Pending)
	if cancel := c.Change.Cancel; cancel != nil {
		at.Pending = slices.DeleteFunc(at.Pending, func(sequence uint64) bool { return sequence == cancel.Sequence })
		given := lookup[changeValue](st, changeKey(cancel.Sequence))
		given.Decided, given.Cancelled = height, c.Sequence
		st.put(changeKey(cancel.Sequence), given)
		value.Decided = height
	} else {
		at.Pending = append(at.Pending, c.Sequence)
	}
	st.put(changeKey(c.Sequence), value)
	st.put(controlKey(), at)
	return at
}

// take lets a change that was judged take effect with the tick at height. wait is true if its time has not come.
func (m *Machine) take(st *stage, c *core.Change, s seats, height uint64) (after seats, updates []ValidatorUpdate, wait bool) {
	switch c.Kind() {
	case core.ChangeRegisterRollup:
		m.register(st, c.RegisterRollup, height)
	case core.ChangeRetireRollup:
		m.retireRollup(st, c.RetireRollup.ID, height)
	case core.ChangeSetOperator:
		value := lookup[rollupValue](st, rollupKey(c.SetOperator.ID))
		value.Operator = c.SetOperator.Operator
		st.put(rollupKey(c.SetOperator.ID), value)
	case core.ChangeSetParameters:
		params, err := lookup[core.Params](st, paramsKey()).With(c.SetParameters.Values)
		if err != nil {
			panic(fmt.Sprintf("ordering: judged parameters: %v", err))
		}
		st.put(paramsKey(), params)
	case core.ChangeSetProtocol:
		st.put(protocolKey(), protocolValue{Version: c.SetProtocol.Version, Since: height + 1})
	default:
		return m.takeSeats(st, c, s, height)
	}
	return s, nil, false
}

// judge says whether a change is possible in a ledger with these seats.
func (m *Machine) judge(c *core.Change, s seats, l reader) error {
	rollup := func(id core.RollupID) (rollupValue, error) {
		value := lookup[rollupValue](l, rollupKey(id))
		switch {
		case value.Kind == 0:
			return value, &core.UnknownRollupError{Rollup: id}
		case value.Retired != 0:
			return value, fmt.Errorf("%w: rollup %s, since tick %d", core.ErrRetired, id, value.Retired)
		}
		return value, nil
	}
	switch c.Kind() {
	case core.ChangeRegisterRollup:
		return m.judgeRegistration(c.RegisterRollup, l)
	case core.ChangeRetireRollup:
		value, err := rollup(c.RetireRollup.ID)
		if err == nil && value.Zone != 0 && len(lookup[zoneValue](l, zoneKey(core.ZoneID(value.Zone))).Rollups) == 1 {
			err = fmt.Errorf("rollup %s is the last one of zone %d", c.RetireRollup.ID, value.Zone)
		}
		return err
	case core.ChangeSetOperator:
		value, err := rollup(c.SetOperator.ID)
		if err == nil && core.RollupKind(value.Kind) == core.KindOPStack && c.SetOperator.Operator == (rollupValue{}).Operator {
			err = fmt.Errorf("rollup %s is of kind opstack, which has an operator", c.SetOperator.ID)
		}
		if err == nil && value.Operator == c.SetOperator.Operator {
			err = fmt.Errorf("%s is the operator of rollup %s already", value.Operator, c.SetOperator.ID)
		}
		return err
	case core.ChangeSetParameters:
		_, err := lookup[core.Params](l, paramsKey()).With(c.SetParameters.Values)
		return err
	case core.ChangeSetProtocol:
		if now := lookup[protocolValue](l, protocolKey()); c.SetProtocol.Version != now.Version+1 {
			return fmt.Errorf("protocol version %d, the network follows %d, so that the next is %d", c.SetProtocol.Version, now.Version, now.Version+1)
		}
		return nil
	case core.ChangeCancel:
		if !slices.Contains(lookup[controlValue](l, controlKey()).Pending, c.Cancel.Sequence) {
			return fmt.Errorf("change %d does not wait to take effect", c.Cancel.Sequence)
		}
		return nil
	}
	_, err := s.changed(c)
	return err
}

// ControlChange is a change that was ordered, and what became of it.
type ControlChange struct {
	Sequence uint64
	Change   core.Change
	// Effective is the tick that the entry names, Ordered the one that ordered it.
	Effective, Ordered uint64
	// Decided is the tick with which it took effect or was refused; zero while it waits.
	Decided uint64
	Refused bool
	// Cancelled is the sequence of the entry that gave it up, zero for none.
	Cancelled uint64
}

// Control lists the changes from a sequence on, at most limit, and gives the sequence that the next entry must have.
func (m *Machine) Control(from uint64, limit int) (changes []ControlChange, next uint64) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	last := lookup[controlValue](m.ledger, controlKey()).Last
	for sequence := max(from, 1); sequence <= last && len(changes) < limit; sequence++ {
		value := lookup[changeValue](m.ledger, changeKey(sequence))
		change, err := core.DecodeChange(value.Content)
		if err != nil {
			panic(fmt.Sprintf("ordering: change %d: %v", sequence, err))
		}
		changes = append(changes, ControlChange{sequence, change, value.Effective, value.Ordered, value.Decided, value.Refused, value.Cancelled})
	}
	return changes, last + 1
}
