package orderedlog

import (
	"fmt"
	"math"
	"sort"

	"github.com/lockstep-network/lockstep/core"
)

// LaneAfter is the state of a lane after a tick: its end, its head, and the newest tick that added to it. The tick must be
// in the log. ErrPruned: what the answer is made of is not kept any more.
func (l *Log) LaneAfter(rollup core.RollupID, tick uint64) (core.LaneState, error) {
	if tick > l.Head() {
		return core.LaneState{}, fmt.Errorf("%w: %d", ErrNotFound, tick)
	}
	end, err := l.laneEnd(rollup)
	if err != nil || end == 0 {
		return core.LaneState{}, err
	}
	start, err := l.LaneStart(rollup)
	if err != nil {
		return core.LaneState{}, err
	}
	// Rows ascend by seq and by tick alike: the first position that a later tick added is where the state ends.
	var failed error
	n := sort.Search(int(end-start), func(i int) bool {
		row, _, err := l.laneRow(rollup, start+uint64(i))
		if err != nil {
			failed = err
		}
		return err != nil || row.tick > tick
	})
	switch {
	case failed != nil:
		return core.LaneState{}, failed
	case n == 0 && start > 0:
		return core.LaneState{}, fmt.Errorf("%w: rollup %s at tick %d, the oldest kept position is %d", ErrPruned, rollup, tick, start)
	case n == 0:
		return core.LaneState{}, nil
	}
	at, _, err := l.laneRow(rollup, start+uint64(n)-1)
	if err != nil {
		return core.LaneState{}, err
	}
	row, err := l.row(rollup, at.tick)
	if err != nil {
		return core.LaneState{}, err
	}
	return core.LaneState{NextSeq: row.FirstSeq + row.Count, Head: row.Head, Tick: at.tick}, nil
}

// laneEnd is the position behind the last one of a lane.
func (l *Log) laneEnd(rollup core.RollupID) (uint64, error) {
	row, ok, err := l.laneRow(rollup, math.MaxUint64-1)
	if err != nil || !ok && row.count == 0 {
		return 0, err
	}
	return row.first + row.count, nil
}

// TickUntil is the newest tick that is not later than a time in consensus ms; zero if all are. ErrPruned: the oldest kept
// tick is later.
func (l *Log) TickUntil(timeMs uint64) (uint64, error) {
	head, oldest := l.Head(), l.Oldest()
	var failed error
	later := func(n uint64) bool {
		record, err := l.Record(n)
		if err != nil {
			failed = err
		}
		return err != nil || record.Time > timeMs
	}
	// Mostly it is one of the newest, so the search begins there, in steps that grow.
	low, high := max(oldest, 1), head+1
	for step := uint64(1); high > low; step *= 2 {
		n := high - min(step, high-low)
		if !later(n) {
			low = n + 1
			break
		}
		high = n
	}
	for low < high {
		if n := low + (high-low)/2; later(n) {
			high = n
		} else {
			low = n + 1
		}
	}
	switch {
	case failed != nil:
		return 0, failed
	case low-1 < oldest && oldest > 1:
		return 0, l.pruned(oldest - 1)
	}
	return low - 1, nil
}
