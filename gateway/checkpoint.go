package gateway

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// GetCheckpoint is lockstep_getCheckpoint.
func (a *API) GetCheckpoint(slot Param) (*CheckpointView, error) {
	view, err := a.g.checkpointView(slot.raw)
	return view, a.g.lockstepError(err)
}

// Tags of lockstep_getCheckpoint. There is one finality level here: a complete checkpoint never goes back.
var (
	newestCheckpoint = []string{`"latest"`, `"safe"`, `"finalized"`}
	oldestCheckpoint = `"earliest"`
)

func (g *Gateway) checkpointView(raw json.RawMessage) (*CheckpointView, error) {
	c, ok, err := g.findCheckpoint(raw)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &Refusal{
			Cause: ErrUnknownCheckpoint, Field: "slot", Have: excerpt(raw),
			Want: "a slot whose first tick's checkpoint is complete and kept by this node",
		}
	}
	return newCheckpointView(c), nil
}

func (g *Gateway) findCheckpoint(raw json.RawMessage) (*core.CompleteCheckpoint, bool, error) {
	switch tag := string(raw); {
	case slices.Contains(newestCheckpoint, tag):
		return g.deps.Checkpoints.Newest()
	case tag == oldestCheckpoint:
		return g.deps.Checkpoints.Oldest()
	}
	slot, err := readNumber("slot", raw, `a slot: consensus time in seconds, divided by the slot's length; or one of the strings "latest", "safe", "finalized", "earliest"`)
	if err != nil {
		return nil, false, err
	}
	return g.deps.Checkpoints.OfSlot(slot)
}

func newCheckpointView(c *core.CompleteCheckpoint) *CheckpointView {
	checkpoint, set := &c.Draft.Checkpoint, c.Completion.Set
	view := &CheckpointView{
		NetworkID: checkpoint.Network, Slot: c.Draft.Slot, Tick: checkpoint.Tick, Time: checkpoint.Time,
		LedgerRoot: checkpoint.LedgerRoot, Results: make([]CheckpointResult, len(checkpoint.Results)),
		ValidatorSet: checkpoint.ValidatorSet, Digest: c.Completion.Digest,
		Signatures: make([]SignatureView, len(c.Completion.Signatures)), TotalPower: set.TotalPower(),
		Signers: memberViews(set), NextSigners: memberViews(c.Draft.Next),
	}
	for i, r := range checkpoint.Results {
		view.Results[i] = CheckpointResult{r.Zone, r.Tick, r.Digest}
	}
	for i, s := range c.Completion.Signatures {
		member, _ := set.Find(s.Validator) // ordering counted members only
		view.Signatures[i] = SignatureView{s.Validator, member.Power, s.Signature}
		view.SignedPower += member.Power
	}
	typed, err := json.Marshal(checkpoint.TypedData())
	if err != nil {
		panic(fmt.Sprintf("gateway: typed data: %v", err)) // strings and hashes only
	}
	view.TypedData = typed
	return view
}

func memberViews(set core.ValidatorSet) []SetMemberView {
	views := make([]SetMemberView, len(set))
	for i, m := range set {
		views[i] = SetMemberView{m.Address, m.Power}
	}
	return views
}

// newestCheckpointHead is the newest complete checkpoint as lockstep_status shows it, nil before the first.
func (g *Gateway) newestCheckpointHead() (*CheckpointHead, error) {
	c, ok, err := g.deps.Checkpoints.Newest()
	if err != nil || !ok {
		return nil, err
	}
	return &CheckpointHead{c.Draft.Slot, c.Draft.Checkpoint.Tick, c.Draft.Checkpoint.Time, c.Completion.Digest}, nil
}
