package orderedlog

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// LaneRows reads a lane's rows from the one that holds seq to that of the last tick not above last, at least one and at
// most max of them, and the lane head before the first. Errors are ErrNotFound for a position that is not ordered, and
// ErrPruned.
func (l *Log) LaneRows(rollup core.RollupID, seq, last uint64, max int) (rows []core.LaneTick, before common.Hash, err error) {
	row, ok, err := l.laneRow(rollup, seq)
	if err != nil {
		return nil, common.Hash{}, err
	}
	if !ok {
		return nil, common.Hash{}, fmt.Errorf("%w: rollup %s, seq %d", ErrNotFound, rollup, seq)
	}
	if row.first > 0 {
		previous, _, err := l.laneRow(rollup, row.first-1)
		if err != nil {
			return nil, common.Hash{}, err
		}
		head, err := l.row(rollup, previous.tick)
		if err != nil {
			return nil, common.Hash{}, err
		}
		before = head.Head
	}
	ticks, err := l.laneTicks(rollup, row.first, last, max)
	if err != nil {
		return nil, common.Hash{}, err
	}
	for _, tick := range ticks {
		r, err := l.row(rollup, tick)
		if err != nil {
			return nil, common.Hash{}, err
		}
		rows = append(rows, core.LaneTick{Tick: tick, LaneRow: r})
	}
	return rows, before, nil
}

// laneTicks lists the ticks that added to a lane, from the row that begins with seq first on.
func (l *Log) laneTicks(rollup core.RollupID, first, last uint64, max int) ([]uint64, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: laneKey(rollup, first), UpperBound: after(laneKey(rollup, 0)[:9])})
	if err != nil {
		return nil, l.readError(fmt.Sprintf("read lane of rollup %s", rollup), err)
	}
	var ticks []uint64
	for ok := it.First(); ok && len(ticks) < max; ok = it.Next() {
		tick := binary.BigEndian.Uint64(it.Value())
		if len(ticks) > 0 && tick > last {
			break
		}
		ticks = append(ticks, tick)
	}
	if err := it.Close(); err != nil {
		return nil, l.readError(fmt.Sprintf("read lane of rollup %s", rollup), err)
	}
	return ticks, nil
}

// row is what a tick added to a lane.
func (l *Log) row(rollup core.RollupID, tick uint64) (core.LaneRow, error) {
	record, err := l.Record(tick)
	if err != nil {
		return core.LaneRow{}, err
	}
	for _, row := range record.Lanes {
		if row.Rollup == rollup {
			return row, nil
		}
	}
	return core.LaneRow{}, fmt.Errorf("%w: tick %d has no row of rollup %s, which the index names", ErrCorrupt, tick, rollup)
}

// Handovers lists the ticks, below before, of the complete checkpoints that name another set of validators than signed
// them, ascending.
func (l *Log) Handovers(before uint64) ([]*core.CompleteCheckpoint, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: handoverKey(0), UpperBound: handoverKey(before)})
	if err != nil {
		return nil, l.readError("list handovers", err)
	}
	var found []*core.CompleteCheckpoint
	for ok := it.First(); ok && err == nil; ok = it.Next() {
		var c *core.CompleteCheckpoint
		c, err = l.checkpoint(binary.BigEndian.Uint64(it.Key()[1:]))
		found = append(found, c)
	}
	if err := errors.Join(err, it.Close()); err != nil {
		return nil, l.readError("list handovers", err)
	}
	return found, nil
}
