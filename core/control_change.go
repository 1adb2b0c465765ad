package core

import (
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
)

// ChangeKind says what a control entry changes. Numbers are never reused.
type ChangeKind uint8

// The kinds of changes.
const (
	ChangeRegisterRollup  ChangeKind = 1  // a rollup joins the registry; one of kind evm also a zone, or forms one
	ChangeRetireRollup    ChangeKind = 2  // nothing is ordered for a rollup any more; one of kind evm leaves its zone
	ChangeSetOperator     ChangeKind = 3  // another key signs a rollup's blocks and reports
	ChangeSetParameters   ChangeKind = 4  // parameters get other values
	ChangeAddValidator    ChangeKind = 5  // a validator joins
	ChangeRemoveValidator ChangeKind = 6  // a validator leaves
	ChangeReplaceKeys     ChangeKind = 7  // a validator gets another consensus key, another Ethereum key, or both
	ChangeSetPower        ChangeKind = 8  // a validator gets another power
	ChangeSetProtocol     ChangeKind = 9  // the network follows another version of the rules
	ChangeCancel          ChangeKind = 10 // a change that waits is given up
)

// Change is what a control entry changes: exactly one field is set.
type Change struct {
	RegisterRollup  *RegisterRollup  `json:"registerRollup,omitempty"`
	RetireRollup    *RetireRollup    `json:"retireRollup,omitempty"`
	SetOperator     *SetOperator     `json:"setOperator,omitempty"`
	SetParameters   *SetParameters   `json:"setParameters,omitempty"`
	AddValidator    *Validator       `json:"addValidator,omitempty"`
	RemoveValidator *RemoveValidator `json:"removeValidator,omitempty"`
	ReplaceKeys     *ReplaceKeys     `json:"replaceKeys,omitempty"`
	SetPower        *SetPower        `json:"setPower,omitempty"`
	SetProtocol     *SetProtocol     `json:"setProtocol,omitempty"`
	Cancel          *CancelChange    `json:"cancel,omitempty"`
}

// RegisterRollup puts a rollup into the registry. One of kind evm joins a zone, and then the operators of all members that
// have one must have signed the entry beside the validators; or it forms a new zone, and then its own operator, if it names one.
type RegisterRollup struct {
	ID   RollupID   `json:"id"`
	Name string     `json:"name"`
	Kind RollupKind `json:"kind"`
	// Operator signs the rollup's blocks and reports, and of kind evm who may join its zone; required for kind opstack.
	Operator common.Address `json:"operator"`
	// Zone executes a rollup of kind evm; zero for others, as the rest.
	Zone ZoneID `json:"zone,omitempty" rlp:"optional"`
	// Genesis commits to the first state, see Joining.Hash. A node that has another one for the rollup executes it not.
	Genesis common.Hash `json:"genesis,omitzero" rlp:"optional"`
	// SystemContracts commits to the code of the system accounts in it, which all members of a zone have in common.
	SystemContracts common.Hash `json:"systemContracts,omitzero" rlp:"optional"`
	// Forms: the zone is a new one, of which this rollup is the first member. Its id must never have been used.
	Forms bool `json:"forms,omitempty" rlp:"optional"`
}

// RetireRollup ends the order of a rollup for good. Its id stays taken, and what was ordered stays readable.
type RetireRollup struct {
	ID RollupID `json:"id"`
}

// SetOperator names another operator.
type SetOperator struct {
	ID       RollupID       `json:"id"`
	Operator common.Address `json:"operator"`
}

// SetParameters gives parameters other values, ascending by name.
type SetParameters struct {
	Values []ParameterValue `json:"values"`
}

// ParameterValue is a parameter, by its name in the genesis, and its value.
type ParameterValue struct {
	Name  string `json:"name"`
	Value uint64 `json:"value"`
}

// RemoveValidator lets the validator of an Ethereum address leave.
type RemoveValidator struct {
	Address common.Address `json:"address"`
}

// ReplaceKeys gives the validator of an Ethereum address the keys of Validator, whose proofs of possession both keys have
// signed. A key may stay the same, the power must.
type ReplaceKeys struct {
	Address   common.Address `json:"address"`
	Validator Validator      `json:"validator"`
}

// SetPower gives the validator of an Ethereum address another power.
type SetPower struct {
	Address common.Address `json:"address"`
	Power   uint64         `json:"power"`
}

// SetProtocol lets the network follow another version of the rules from its effective tick on. A node whose build does not
// know the version stops there.
type SetProtocol struct {
	Version uint64 `json:"version"`
}

// CancelChange gives up a change that was ordered and has not taken effect, with the tick that orders this one.
type CancelChange struct {
	// Sequence is that of the change which is given up.
	Sequence uint64 `json:"sequence"`
}

// Kind is the change's kind, zero if not exactly one field is set.
func (c *Change) Kind() ChangeKind {
	var kind ChangeKind
	for k, set := range c.fields() {
		if !set {
			continue
		}
		if kind != 0 {
			return 0
		}
		kind = ChangeKind(k + 1)
	}
	return kind
}

// fields reports which fields are set, in the order of their kinds.
func (c *Change) fields() [10]bool {
	return [...]bool{
		c.RegisterRollup != nil, c.RetireRollup != nil, c.SetOperator != nil, c.SetParameters != nil, c.AddValidator != nil,
		c.RemoveValidator != nil, c.ReplaceKeys != nil, c.SetPower != nil, c.SetProtocol != nil, c.Cancel != nil,
	}
}

// body is the field that is set.
func (c *Change) body() (ChangeKind, any) {
	kind := c.Kind()
	switch kind {
	case ChangeRegisterRollup:
		return kind, c.RegisterRollup
	case ChangeRetireRollup:
		return kind, c.RetireRollup
	case ChangeSetOperator:
		return kind, c.SetOperator
	case ChangeSetParameters:
		return kind, c.SetParameters
	case ChangeAddValidator:
		return kind, c.AddValidator
	case ChangeRemoveValidator:
		return kind, c.RemoveValidator
	case ChangeReplaceKeys:
		return kind, c.ReplaceKeys
	case ChangeSetPower:
		return kind, c.SetPower
	case ChangeSetProtocol:
		return kind, c.SetProtocol
	case ChangeCancel:
		return kind, c.Cancel
	}
	return 0, struct{}{}
}

// newChange is an empty change of a kind and the field that is set in it; nil for an unknown kind.
func newChange(kind ChangeKind) (c Change, body any) {
	switch kind {
	case ChangeRegisterRollup:
		c.RegisterRollup = new(RegisterRollup)
	case ChangeRetireRollup:
		c.RetireRollup = new(RetireRollup)
	case ChangeSetOperator:
		c.SetOperator = new(SetOperator)
	case ChangeSetParameters:
		c.SetParameters = new(SetParameters)
	case ChangeAddValidator:
		c.AddValidator = new(Validator)
	case ChangeRemoveValidator:
		c.RemoveValidator = new(RemoveValidator)
	case ChangeReplaceKeys:
		c.ReplaceKeys = new(ReplaceKeys)
	case ChangeSetPower:
		c.SetPower = new(SetPower)
	case ChangeSetProtocol:
		c.SetProtocol = new(SetProtocol)
	case ChangeCancel:
		c.Cancel = new(CancelChange)
	default:
		return c, nil
	}
	_, body = c.body()
	return c, body
}

// Validate checks what is wrong with a change whatever the state. It recovers at most one signature.
func (c *Change) Validate() error {
	if err := c.validate(); err != nil {
		return fmt.Errorf("change: %w: %w", ErrControl, err)
	}
	return nil
}

func (c *Change) validate() error {
	switch c.Kind() {
	case ChangeRegisterRollup:
		return c.RegisterRollup.validate()
	case ChangeSetParameters:
		return c.SetParameters.validate()
	case ChangeAddValidator:
		return c.AddValidator.Validate()
	case ChangeReplaceKeys:
		return c.ReplaceKeys.Validator.Validate()
	case ChangeSetPower:
		if p := c.SetPower.Power; p == 0 || p >= 1<<52 {
			return fmt.Errorf("setPower.power is %d, want 1 to 2^52-1; removeValidator lets a validator leave", p)
		}
	case ChangeSetProtocol:
		if c.SetProtocol.Version == 0 {
			return fmt.Errorf("setProtocol.version is missing")
		}
	case ChangeCancel:
		if c.Cancel.Sequence == 0 {
			return fmt.Errorf("cancel.sequence is missing: that of the change to give up")
		}
	case 0:
		return fmt.Errorf("want exactly one of registerRollup, retireRollup, setOperator, setParameters, addValidator, removeValidator, replaceKeys, setPower, setProtocol, cancel")
	}
	return nil
}

func (r *RegisterRollup) validate() error {
	switch {
	case r.ID == 0:
		return fmt.Errorf("registerRollup.id is missing")
	case !validName(r.Name):
		return fmt.Errorf("registerRollup.name %q: want 1 to %d characters of a-z, 0-9 and '-'", r.Name, MaxNameLength)
	case r.Kind != KindOPStack && r.Kind != KindOpaque && r.Kind != KindEVM:
		return fmt.Errorf("registerRollup.kind %s: want evm, opstack or opaque", r.Kind)
	case r.Kind == KindEVM && (r.Zone == 0 || r.Genesis == (common.Hash{}) || r.SystemContracts == (common.Hash{})):
		return fmt.Errorf("registerRollup: kind evm has a zone, the hash of its genesis and that of the system contracts in it")
	case r.Kind != KindEVM && (r.Zone != 0 || r.Genesis != (common.Hash{}) || r.SystemContracts != (common.Hash{}) || r.Forms):
		return fmt.Errorf("registerRollup: zone, genesis, systemContracts and forms belong to kind evm, this one is %s", r.Kind)
	case r.Kind == KindOPStack && r.Operator == (common.Address{}):
		return fmt.Errorf("registerRollup.operator is missing: kind opstack has one")
	}
	return nil
}

func (s *SetParameters) validate() error {
	if n := len(s.Values); n == 0 || n > len(new(Params).changeable()) {
		return fmt.Errorf("setParameters.values: %d of them, want 1 to %d", n, len(new(Params).changeable()))
	}
	for i, v := range s.Values {
		if i > 0 && s.Values[i-1].Name >= v.Name {
			return fmt.Errorf("setParameters.values[%d]: %q is not above the one before", i, v.Name)
		}
		if new(Params).parameter(v.Name) == nil {
			return fmt.Errorf("setParameters.values[%d]: %q cannot be changed, want one of %s", i, v.Name, strings.Join(ChangeableParameters(), ", "))
		}
	}
	return nil
}

func (r *RegisterRollup) words() string {
	operator := "without an operator"
	if r.Operator != (common.Address{}) {
		operator = "with operator " + r.Operator.String()
	}
	text := fmt.Sprintf("register rollup %s %q of kind %s %s", r.ID, r.Name, r.Kind, operator)
	if r.Kind != KindEVM {
		return text
	}
	place := "in zone"
	if r.Forms {
		place = "as the first one of the new zone"
	}
	return text + fmt.Sprintf(" %s %s with genesis %s", place, r.Zone, r.Genesis)
}

// Words says what the change does, for people who are to sign it. It is part of what is signed.
func (c *Change) Words() string {
	switch c.Kind() {
	case ChangeRegisterRollup:
		return c.RegisterRollup.words()
	case ChangeRetireRollup:
		return fmt.Sprintf("retire rollup %s for good", c.RetireRollup.ID)
	case ChangeSetOperator:
		return fmt.Sprintf("make %s the operator of rollup %s", c.SetOperator.Operator, c.SetOperator.ID)
	case ChangeSetParameters:
		parts := make([]string, len(c.SetParameters.Values))
		for i, v := range c.SetParameters.Values {
			parts[i] = fmt.Sprintf("%s to %d", v.Name, v.Value)
		}
		return "set " + strings.Join(parts, ", ")
	case ChangeAddValidator:
		v := c.AddValidator
		return fmt.Sprintf("add validator %s with power %d and consensus key %s", v.Address, v.Power, v.ConsensusKey)
	case ChangeRemoveValidator:
		return fmt.Sprintf("remove validator %s", c.RemoveValidator.Address)
	case ChangeReplaceKeys:
		v := &c.ReplaceKeys.Validator
		return fmt.Sprintf("give validator %s the address %s and the consensus key %s", c.ReplaceKeys.Address, v.Address, v.ConsensusKey)
	case ChangeSetPower:
		return fmt.Sprintf("give validator %s the power %d", c.SetPower.Address, c.SetPower.Power)
	case ChangeSetProtocol:
		return fmt.Sprintf("follow protocol version %d", c.SetProtocol.Version)
	case ChangeCancel:
		return fmt.Sprintf("give up change %d", c.Cancel.Sequence)
	}
	return "nothing"
}
