package laneapi

import (
	"context"
	"fmt"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
)

// cursor is a place in a lane: the next tick, and the lane before it.
type cursor struct {
	server *Server
	rollup core.RollupID
	tick   uint64
	lane   core.LaneHead
	// proven is the tick of the newest checkpoint that was sent.
	proven uint64
}

// cursorAt finds the place that a client names. It waits for ticks that this node does not have yet: the client may have
// been at another one.
func (s *Server) cursorAt(ctx context.Context, rollup core.RollupID, seq, tick uint64) (*cursor, error) {
	c := &cursor{server: s, rollup: rollup}
	if tick > 0 {
		return c, c.resume(ctx, seq, tick)
	}
	row, before, ok, err := s.deps.Log.LaneRow(rollup, seq)
	if err != nil {
		return nil, err
	}
	if ok {
		c.tick, c.lane = row.Tick, core.LaneHead{NextSeq: row.FirstSeq, Head: before}
		return c, nil
	}
	head := s.deps.Log.Head()
	state, err := s.deps.Log.LaneAfter(rollup, head)
	switch {
	case err != nil:
		return nil, err
	case state.NextSeq != seq:
		return nil, &gateway.Refusal{Cause: gateway.ErrNotOrdered, Field: "from_seq", Have: fmt.Sprint(seq), Want: fmt.Sprintf("at most %d, where the lane ends now", state.NextSeq)}
	}
	c.tick, c.lane = head+1, core.LaneHead{NextSeq: state.NextSeq, Head: state.Head}
	return c, nil
}

// resume goes on before a tick.
func (c *cursor) resume(ctx context.Context, seq, tick uint64) error {
	log := c.server.deps.Log
	waiting, cancel := context.WithTimeout(ctx, c.server.cfg.MaxWait)
	defer cancel()
	if err := log.Wait(waiting, tick-1); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &gateway.Refusal{Cause: gateway.ErrNotServed, Field: "from_tick", Have: fmt.Sprint(tick), Detail: fmt.Sprintf("this node is at tick %d", log.Head())}
	}
	state, err := log.LaneAfter(c.rollup, tick-1)
	if err != nil {
		return err
	}
	if state.NextSeq != seq {
		return badValue("from_seq", fmt.Sprint(seq), fmt.Sprintf("%d, where the lane was before tick %d; or from_tick 0", state.NextSeq, tick))
	}
	c.tick, c.lane = tick, core.LaneHead{NextSeq: state.NextSeq, Head: state.Head}
	return nil
}

// start is the first message of a stream.
func (c *cursor) start() *rollupv1.LaneUpdate {
	return &rollupv1.LaneUpdate{Update: &rollupv1.LaneUpdate_Start{Start: &rollupv1.LaneStart{
		NetworkId: c.server.network[:], Tick: c.tick, Seq: c.lane.NextSeq, Head: c.lane.Head[:],
	}}}
}

// next gives what comes up to tick head, at most one tick with entries, and whether the cursor is behind head then.
func (c *cursor) next(head uint64) ([]*rollupv1.LaneUpdate, error) {
	if c.tick > head {
		return nil, nil
	}
	var updates []*rollupv1.LaneUpdate
	row, _, ok, err := c.server.deps.Log.LaneRow(c.rollup, c.lane.NextSeq)
	if err != nil {
		return nil, err
	}
	last := head // of the ticks without entries
	if ok = ok && row.Tick <= head; ok {
		last = row.Tick - 1
	}
	if last >= c.tick {
		at, err := c.server.deps.Log.Time(last)
		if err != nil {
			return nil, err
		}
		updates = append(updates, &rollupv1.LaneUpdate{Update: &rollupv1.LaneUpdate_Empty{Empty: &rollupv1.EmptyTicks{
			First: c.tick, Count: last - c.tick + 1, LastTimeMs: at,
		}}})
		c.tick = last + 1
	}
	if !ok {
		return updates, nil
	}
	tick, err := c.server.deps.Log.Decoded(row.Tick)
	if err != nil {
		return nil, err
	}
	c.tick, c.lane = row.Tick+1, row.After()
	return append(updates, laneTick(tick, row.LaneRow)), nil
}

// checkpoint gives the proof of what the cursor has passed, if there is a newer one than the last.
func (c *cursor) checkpoint() (*rollupv1.LaneUpdate, error) {
	newest, ok, err := c.server.deps.Checkpoints.Newest()
	if err != nil || !ok || newest.Draft.Checkpoint.Tick <= c.proven || c.tick <= 1 {
		return nil, err
	}
	proof, err := c.server.deps.Checkpoints.LaneProof(c.rollup, c.tick-1)
	if err != nil || proof == nil || proof.Tick <= c.proven {
		return nil, err
	}
	c.proven = proof.Tick
	return &rollupv1.LaneUpdate{Update: &rollupv1.LaneUpdate_Checkpoint{Checkpoint: &rollupv1.LaneCheckpoint{
		Tick: proof.Tick, NextSeq: proof.Lane.NextSeq, Head: proof.Lane.Head[:], Proof: proof.Proof,
	}}}, nil
}
