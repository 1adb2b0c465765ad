package proof

import (
	"errors"
	"fmt"

	"github.com/lockstep-network/lockstep/core"
)

// Bounds of the ranges that a builder makes; a reader asks for the next one behind each.
const (
	rangeItems = 4096
	rangeBytes = 1 << 20
)

// Range proves a lane from the tick that holds position from on, whole ticks, up to the one that holds position to-1,
// up to what a complete checkpoint covers, or up to about a megabyte, whatever comes first.
func (b Builder) Range(rollup core.RollupID, from, to uint64) (*Proof, error) {
	if from >= to {
		return nil, fmt.Errorf("%w: positions %d to %d", ErrUnknown, from, to)
	}
	checkpoint, err := b.rangeCheckpoint(rollup, from, from+min(to-from, rangeItems)-1)
	if err != nil {
		return nil, err
	}
	lane, err := b.lane(rollup, from, checkpoint)
	if err != nil {
		return nil, err
	}
	anchor, err := b.anchor(checkpoint, checkpoint)
	if err != nil {
		return nil, err
	}
	items, err := b.items(lane, to)
	if err != nil {
		return nil, err
	}
	return &Proof{Version: Version, Range: &Range{Anchor: anchor, Lane: *lane, Items: items}}, nil
}

// rangeCheckpoint finds the checkpoint that a range of the positions first to last ends in: the first one that covers
// last, or the newest one that covers first.
func (b Builder) rangeCheckpoint(rollup core.RollupID, first, last uint64) (*core.CompleteCheckpoint, error) {
	rows, _, err := b.Source.Rows(rollup, last, 0)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return nil, err
	}
	if err == nil {
		if c, err := b.Source.Checkpoint(rows[0].Tick); c != nil || err != nil {
			return c, err
		}
	}
	if rows, _, err = b.Source.Rows(rollup, first, 0); err != nil {
		return nil, err
	}
	newest := b.Source.Newest()
	for at := newest; at >= rows[0].Tick; {
		c, err := b.Source.Checkpoint(at)
		if err != nil || c == nil || ledgerProof(c, rollup) != nil {
			return c, err
		}
		at = c.Draft.Base
	}
	return nil, &NotCoveredError{What: "order", Tick: rows[0].Tick, Newest: newest}
}

// items reads the items of the lane's first rows, at least those of one.
func (b Builder) items(lane *Lane, to uint64) ([]Item, error) {
	var items []Item
	size, tick := 0, uint64(0)
	for _, row := range lane.Rows {
		next := lane.FirstSeq + uint64(len(items))
		if tick += row.Gap; len(items) > 0 && (next >= to || len(items) >= rangeItems || size >= rangeBytes) {
			break
		}
		decoded, err := b.Source.Tick(tick)
		if err != nil {
			return nil, err
		}
		for _, it := range decoded.LaneItems(lane.Rollup) {
			items = append(items, Item{Bundle: it.Bundle, Leg: it.Leg, Tx: it.Tx.Raw()})
			size += len(it.Tx.Raw())
		}
	}
	return items, nil
}
