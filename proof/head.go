package proof

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// Head proves the state of a lane at a checkpoint. Who has followed the lane itself, row by row, checks with it that all
// rows were the network's, and that none is missing.
type Head struct {
	Anchor Anchor
	Rollup core.RollupID
	// Ledger holds the trie's nodes from the checkpoint's ledger root to the lane.
	Ledger []hexutil.Bytes
}

// HeadFact is what a head's proof proves.
type HeadFact struct {
	Rollup core.RollupID
	// Lane is the lane's state after the checkpoint's tick.
	Lane       core.LaneState
	Checkpoint core.Checkpoint
}

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (p *Head) Encode() []byte { return core.Encode(core.EncHeadProof, p) }

// DecodeHead reads a head's proof.
func DecodeHead(b []byte) (*Head, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFormat, len(b), MaxBytes)
	}
	p := new(Head)
	if err := core.Decode(core.EncHeadProof, b, p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return p, nil
}

// Verify checks the proof and gives what it proves.
func (p *Head) Verify(t Trust) (*HeadFact, error) {
	if p.Anchor.Result != nil {
		return nil, fmt.Errorf("%w: a checkpoint for outcomes that are not there", ErrFormat)
	}
	if err := p.Anchor.verify(t); err != nil {
		return nil, err
	}
	c := &p.Anchor.Order.Checkpoint
	state, err := laneState(c, p.Rollup, p.Ledger)
	if err != nil {
		return nil, err
	}
	return &HeadFact{Rollup: p.Rollup, Lane: state, Checkpoint: *c}, nil
}

// laneState is the ledger's value of a lane at a checkpoint.
func laneState(c *core.Checkpoint, rollup core.RollupID, nodes []hexutil.Bytes) (core.LaneState, error) {
	var state core.LaneState
	value, err := ledgerValue(c.LedgerRoot, core.LedgerPath(core.LaneLedgerKey(rollup)), nodes)
	if err == nil {
		err = core.Decode(core.EncLedgerValue, value, &state)
	}
	if err != nil {
		return state, fmt.Errorf("%w: rollup %s: %w", ErrLane, rollup, err)
	}
	return state, nil
}

// Head proves a lane at the newest complete checkpoint of a tick not above last in which that can be done: one before which
// the lane moved. It is nil if there is none.
func (b Builder) Head(rollup core.RollupID, last uint64, after func(tick uint64) (core.LaneState, error)) (*Head, error) {
	at, err := b.Source.Checkpoint(last)
	if err != nil {
		return nil, err
	}
	newest := b.Source.Newest()
	if at != nil && at.Draft.Checkpoint.Tick > last {
		newest = at.Draft.Base
	}
	if newest == 0 {
		return nil, nil
	}
	lane, err := after(newest)
	if err != nil || lane.Tick == 0 {
		return nil, err
	}
	c, err := b.Source.Checkpoint(lane.Tick)
	if err != nil || c == nil {
		return nil, err
	}
	return b.HeadAt(rollup, c)
}

// HeadAt proves a lane at a complete checkpoint; nil if the lane did not move between it and the one before.
func (b Builder) HeadAt(rollup core.RollupID, c *core.CompleteCheckpoint) (*Head, error) {
	nodes := ledgerProof(c, rollup)
	if nodes == nil {
		return nil, nil
	}
	anchor, err := b.anchor(c, c)
	if err != nil {
		return nil, err
	}
	return &Head{Anchor: anchor, Rollup: rollup, Ledger: nodes}, nil
}
