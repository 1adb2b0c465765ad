package node

import (
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/laneapi"
	"github.com/lockstep-network/lockstep/orderedlog"
	"github.com/lockstep-network/lockstep/proof"
)

// openLanes makes the API for nodes of rollups.
func (n *Node) openLanes(asked holders) (*laneapi.Server, error) {
	return laneapi.New(n.cfg.Lanes, laneapi.Deps{
		Genesis: n.genesis, Pool: clientPool{n.pool, n.accepted}, Log: laneLog{servedLog{n.ticks}},
		Checkpoints: laneCheckpoints{checkpoints{n.ticks}, proof.Builder{Source: proofSource{n.genesis, n.ticks, n.zones}}},
		Holders:     asked, AcceptWait: n.cfg.Gateway.AcceptWait,
		Metrics: n.metrics.registry, Logger: n.log,
	})
}

// laneLog is the ordered log as readers of lanes ask for it.
type laneLog struct{ servedLog }

func (l laneLog) Time(tick uint64) (uint64, error) {
	record, err := l.Record(tick)
	if err != nil {
		return 0, err
	}
	return record.Time, nil
}

func (l laneLog) LaneRow(rollup core.RollupID, seq uint64) (core.LaneTick, common.Hash, bool, error) {
	rows, before, err := l.LaneRows(rollup, seq, 0, 1)
	if errors.Is(err, orderedlog.ErrNotFound) {
		return core.LaneTick{}, common.Hash{}, false, nil
	}
	if err != nil {
		return core.LaneTick{}, common.Hash{}, false, gone("from_seq", err)
	}
	return rows[0], before, true, nil
}

func (l laneLog) LaneAfter(rollup core.RollupID, tick uint64) (core.LaneState, error) {
	state, err := l.servedLog.LaneAfter(rollup, tick)
	return state, gone("from_tick", err)
}

func (l laneLog) TickUntil(timeMs uint64) (uint64, error) {
	tick, err := l.servedLog.TickUntil(timeMs)
	return tick, gone("time_ms", err)
}

// gone makes of what is pruned the fault of the question.
func gone(field string, err error) error {
	if !errors.Is(err, orderedlog.ErrPruned) {
		return err
	}
	return &gateway.Refusal{Cause: gateway.ErrUnknownTick, Field: field, Detail: "older ticks are pruned: " + err.Error()}
}

// laneCheckpoints are the complete checkpoints, with proofs of lanes.
type laneCheckpoints struct {
	checkpoints
	builder proof.Builder
}

func (c laneCheckpoints) LaneProof(rollup core.RollupID, last uint64) (*laneapi.LaneProof, error) {
	return c.shown(c.builder.Head(rollup, last, func(tick uint64) (core.LaneState, error) { return c.LaneAfter(rollup, tick) }))
}

func (c laneCheckpoints) LaneProofAt(rollup core.RollupID, at *core.CompleteCheckpoint) (*laneapi.LaneProof, error) {
	return c.shown(c.builder.HeadAt(rollup, at))
}

// shown is a proof with what it proves.
func (c laneCheckpoints) shown(head *proof.Head, err error) (*laneapi.LaneProof, error) {
	if errors.Is(err, orderedlog.ErrPruned) || err == nil && head == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("prove lane head: %w", err)
	}
	tick := head.Anchor.Order.Checkpoint.Tick
	state, err := c.LaneAfter(head.Rollup, tick)
	if err != nil {
		return nil, fmt.Errorf("lane of rollup %s after tick %d: %w", head.Rollup, tick, err)
	}
	return &laneapi.LaneProof{Tick: tick, Lane: core.LaneHead{NextSeq: state.NextSeq, Head: state.Head}, Proof: head.Encode()}, nil
}
