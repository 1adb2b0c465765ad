package sim

import (
	"bytes"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// checkpoints are all checkpoints of a run, and who signed what.
type checkpoints struct {
	drafts map[uint64]*core.CheckpointDraft // by tick
	done   map[uint64]*core.CheckpointCompletion
	signed []core.CheckpointVote // the newest, by validator: what a signing record holds
}

func newCheckpoints(validators int) *checkpoints {
	return &checkpoints{
		drafts: make(map[uint64]*core.CheckpointDraft), done: make(map[uint64]*core.CheckpointCompletion),
		signed: make([]core.CheckpointVote, validators),
	}
}

// sign is the validator's vote for the open checkpoint. A right validator is never asked for a second digest of a tick,
// or for an older tick, whatever it has lost: its signer would refuse and its operator be accused.
func (o *oracle) sign(v *validator) core.CheckpointVote {
	tick, digest, ok := v.machine.CheckpointToSign()
	if !ok {
		return core.CheckpointVote{}
	}
	last := &o.checkpoints.signed[v.index]
	if tick == last.Tick && digest == last.Digest {
		return *last
	}
	o.check(tick > last.Tick, by{v.index, "one checkpoint signature per tick"}, "tick %d %s after tick %d %s", tick, digest, last.Tick, last.Digest)
	signature, err := core.SignCheckpoint(o.s.net.checkpointKeys[v.index], digest)
	o.check(err == nil, by{v.index, "one checkpoint signature per tick"}, "sign: %v", err)
	*last = core.CheckpointVote{Tick: tick, Digest: digest, Signature: signature}
	return *last
}

// checkpoint compares the checkpoint that a tick opens or completes with the first validator's. One that is complete
// must be signed by more than 2/3, over the digest of a draft that names the right ledger and right results.
func (o *oracle) checkpoint(v *validator, d *core.Decided) {
	if d.Draft != nil {
		tick := d.Record.Number
		first := o.checkpoints.drafts[tick]
		if first == nil {
			o.checkpoints.drafts[tick], first = d.Draft, d.Draft
			o.draft(v, &d.Draft.Checkpoint)
		}
		o.check(bytes.Equal(first.Encode(), d.Draft.Encode()), by{v.index, "checkpoints are equal"}, "draft of tick %d differs", tick)
	}
	if c := d.Completion; c != nil {
		first := o.checkpoints.done[c.Tick]
		if first == nil {
			o.checkpoints.done[c.Tick], first = c, c
			o.completion(v, c)
		}
		o.check(bytes.Equal(first.Encode(), c.Encode()), by{v.index, "checkpoints are equal"}, "completion of tick %d differs", c.Tick)
	}
}

// draft checks what a checkpoint says.
func (o *oracle) draft(v *validator, c *core.Checkpoint) {
	root := c.Tick > 0 && c.Tick <= uint64(len(o.apps)) && c.LedgerRoot == o.apps[c.Tick-1]
	o.check(root, by{v.index, "checkpoints are right"}, "tick %d: ledger root %s", c.Tick, c.LedgerRoot)
	for _, at := range c.Results {
		known := o.digests[at.Zone]
		right := at.Tick == 0 && at.Digest == common.Hash{} || at.Tick > 0 && at.Tick <= uint64(len(known)) && known[at.Tick-1] == at.Digest
		o.check(right, by{v.index, "checkpoints are right"}, "tick %d: zone %s tick %d is %s", c.Tick, at.Zone, at.Tick, at.Digest)
	}
}

// completion checks the signatures of a complete checkpoint.
func (o *oracle) completion(v *validator, c *core.CheckpointCompletion) {
	draft := o.checkpoints.drafts[c.Tick]
	if draft == nil {
		_ = o.s.broken("checkpoints are right", v.index, "tick %d was completed and never opened", c.Tick)
		return
	}
	err := draft.Checkpoint.Verify(o.s.net.genesis.ValidatorSet(), c.Signatures)
	o.check(err == nil, by{v.index, "checkpoints are right"}, "tick %d: %v", c.Tick, err)
}
