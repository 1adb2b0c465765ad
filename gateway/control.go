package gateway

import (
	"context"
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// maxChanges is how many changes one answer lists.
const maxChanges = 100

// Control is how the validators change the network.
type Control interface {
	// AddControl admits a control entry. It refuses what the next tick could not hold with an error of package core.
	AddControl(ctx context.Context, c *core.Control) error
	// Changes lists the ordered changes from a sequence on, at most limit, and gives the sequence of the next entry.
	Changes(from uint64, limit int) (changes []Change, next uint64)
	// Validators are those that sign the newest tick.
	Validators() []core.Validator
	// Protocol is the version of the rules that the network follows, and the first tick under them.
	Protocol() (version, since uint64)
}

// Change is an ordered change.
type Change struct {
	Sequence uint64
	Change   core.Change
	// Effective is the tick that the entry names, Ordered the one that ordered it, Decided the one with which it took effect or
	// was refused; zero while it waits.
	Effective, Ordered, Decided uint64
	Refused                     bool
	// Cancelled is the sequence of the change that gave it up, zero for none.
	Cancelled uint64
}

// ControlReceipt answers lockstep_submitControl.
type ControlReceipt struct {
	Sequence uint64 `json:"sequence"`
	// Digest is the EIP-712 hash that was signed.
	Digest common.Hash `json:"digest"`
	// Change says in words what the entry does.
	Change string `json:"change"`
}

// ControlView answers lockstep_getControl.
type ControlView struct {
	// Next is the sequence that the next control entry must have.
	Next uint64 `json:"next"`
	// ProtocolVersion is the version of the rules that the network follows, ProtocolSince the first tick under them.
	ProtocolVersion uint64 `json:"protocolVersion"`
	ProtocolSince   uint64 `json:"protocolSince"`
	// Changes ascend by sequence, at most 100.
	Changes []ChangeView `json:"changes"`
}

// ChangeView is a change that was ordered.
type ChangeView struct {
	Sequence uint64 `json:"sequence"`
	// Change says in words what it does; content is its encoding.
	Change  string        `json:"change"`
	Content hexutil.Bytes `json:"content"`
	// State is `pending`, `effective`, `refused`: another change had made it impossible, or `cancelled`: a later one gave it up.
	State string `json:"state"`
	// Effective is the tick that the entry names, ordered the one that ordered it, decided the one with which it took effect or
	// was refused or given up; missing while it waits.
	Effective uint64 `json:"effective"`
	Ordered   uint64 `json:"ordered"`
	Decided   uint64 `json:"decided,omitempty"`
	// Cancelled is the sequence of the change that gave it up.
	Cancelled uint64 `json:"cancelled,omitempty"`
}

// SubmitControl is lockstep_submitControl.
func (a *API) SubmitControl(ctx context.Context, control Param) (*ControlReceipt, error) {
	receipt, err := a.g.submitControl(ctx, control.raw)
	return receipt, a.g.lockstepError(err)
}

func (g *Gateway) submitControl(ctx context.Context, raw json.RawMessage) (*ControlReceipt, error) {
	var encoded hexutil.Bytes
	if err := json.Unmarshal(raw, &encoded); err != nil || len(encoded) == 0 {
		return nil, badValue("control", raw, "the encoding of a control entry as a 0x hex string")
	}
	c, err := core.DecodeControl(encoded)
	if err != nil {
		return nil, err
	}
	if g.deps.Control == nil {
		return nil, ErrNotServed
	}
	if err := g.deps.Control.AddControl(ctx, c); err != nil {
		return nil, err
	}
	noteAlone(ctx)
	return &ControlReceipt{c.Sequence, c.Digest(g.network), c.Change.Words()}, nil
}

// GetControl is lockstep_getControl.
func (a *API) GetControl(from *Param) (*ControlView, error) {
	view, err := a.g.controlView(from)
	return view, a.g.lockstepError(err)
}

func (g *Gateway) controlView(from *Param) (*ControlView, error) {
	var first uint64 = 1
	if from.given() {
		var err error
		if first, err = readNumber("from", from.raw, "the sequence to begin with"); err != nil {
			return nil, err
		}
	}
	if g.deps.Control == nil {
		return nil, ErrNotServed
	}
	changes, next := g.deps.Control.Changes(first, maxChanges)
	view := &ControlView{Next: next, Changes: make([]ChangeView, len(changes))}
	view.ProtocolVersion, view.ProtocolSince = g.deps.Control.Protocol()
	for i, c := range changes {
		state := "pending"
		switch {
		case c.Cancelled != 0:
			state = "cancelled"
		case c.Refused:
			state = "refused"
		case c.Decided != 0:
			state = "effective"
		}
		view.Changes[i] = ChangeView{c.Sequence, c.Change.Words(), c.Change.Encode(), state, c.Effective, c.Ordered, c.Decided, c.Cancelled}
	}
	return view, nil
}

// validators are those that sign now.
func (g *Gateway) validators() []core.Validator {
	if g.deps.Control == nil {
		return g.deps.Genesis.Validators
	}
	return g.deps.Control.Validators()
}
