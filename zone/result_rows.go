package zone

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Result rows are what proofs of outcomes are made of. A digest commits to the results root of every tick, but most
// ticks have the root of the tick before: nothing was decided in either and no block was sealed. So a row is written
// only where the root changes or something is decided, and the ticks without one go with the row before them.

// resultRow is what a tick's digest commits to.
type resultRow struct {
	// Before is the zone's digest before the tick.
	Before common.Hash
	// Root is the root over the results of all rollups.
	Root common.Hash
	// Rollups are these results, ascending by rollup; none if the tick decided nothing.
	Rollups []rollupDecisions
}

// rollupDecisions are one rollup's results of a tick and the lane positions that it decided, in the order decided.
type rollupDecisions struct {
	Result  core.RollupResult
	Decided []seqRun
}

// seqRun is a run of consecutive lane positions.
type seqRun struct{ First, Count uint64 }

// resultRowOf is the row of a tick.
func resultRowOf(r TickResult) *resultRow {
	row := &resultRow{Before: r.Before, Root: core.ResultsRoot(r.Rollups)}
	if len(r.Outcomes) == 0 {
		return row
	}
	for _, result := range r.Rollups {
		decisions := rollupDecisions{Result: result}
		for _, f := range r.Outcomes {
			if f.Rollup == result.Rollup {
				decisions.add(f.Seq)
			}
		}
		row.Rollups = append(row.Rollups, decisions)
	}
	return row
}

// add appends a decided position.
func (d *rollupDecisions) add(seq uint64) {
	if n := len(d.Decided); n > 0 && d.Decided[n-1].First+d.Decided[n-1].Count == seq {
		d.Decided[n-1].Count++
		return
	}
	d.Decided = append(d.Decided, seqRun{seq, 1})
}

// Decisions are what a tick decided, in the form that its digest commits to.
type Decisions struct {
	Tick uint64
	// Results ascend by rollup.
	Results []core.RollupResult
	// Outcomes are those of each of Results, in the order decided.
	Outcomes [][]core.Outcome
}

// ResultRun stands for Count consecutive ticks with the same results root.
type ResultRun struct {
	Count uint64
	Root  common.Hash
}

// Decisions gives back what a tick decided. Errors are ErrNoResults for a tick that decided nothing or is not kept.
func (z *Zone) Decisions(tick uint64) (*Decisions, error) {
	if tick > max(z.Executed(), z.Agreed()) {
		return nil, fmt.Errorf("%w: tick %d is not executed", ErrNoResults, tick)
	}
	row, err := z.store.resultRow(tick)
	if err != nil {
		return nil, err
	}
	if len(row.Rollups) == 0 {
		return nil, fmt.Errorf("%w: tick %d decided nothing", ErrNoResults, tick)
	}
	d := &Decisions{Tick: tick}
	for _, r := range row.Rollups {
		var outcomes []core.Outcome
		for _, run := range r.Decided {
			for seq := run.First; seq < run.First+run.Count; seq++ {
				f, ok, err := z.store.fate(r.Result.Rollup, seq)
				if err != nil {
					return nil, err
				}
				if !ok || f.Tick != tick {
					return nil, fmt.Errorf("%w: rollup %s seq %d is not decided by tick %d", ErrCorrupt, r.Result.Rollup, seq, tick)
				}
				outcomes = append(outcomes, f.Outcome)
			}
		}
		d.Results, d.Outcomes = append(d.Results, r.Result), append(d.Outcomes, outcomes)
	}
	return d, nil
}

// ResultRuns gives the results roots of the ticks first to last, run-length coded, and the digest before the first,
// which must be a tick that decided something. Errors are ErrNoResults if not all of them are kept.
func (z *Zone) ResultRuns(first, last uint64) (before common.Hash, runs []ResultRun, err error) {
	if last > max(z.Executed(), z.Agreed()) || first > last {
		return common.Hash{}, nil, fmt.Errorf("%w: ticks %d to %d, executed is %d", ErrNoResults, first, last, z.Executed())
	}
	row, err := z.store.resultRow(first)
	if err != nil {
		return common.Hash{}, nil, err
	}
	runs = []ResultRun{{Root: row.Root}}
	from := first
	err = z.store.scan(resultKey(first+1), resultKey(last+1), func(key, value []byte) error {
		next, err := decodeResultRow(value)
		if err != nil {
			return err
		}
		tick := binary.BigEndian.Uint64(key[1:])
		runs[len(runs)-1].Count += tick - from
		from = tick
		if next.Root != runs[len(runs)-1].Root {
			runs = append(runs, ResultRun{Root: next.Root})
		}
		return nil
	})
	runs[len(runs)-1].Count += last + 1 - from
	return row.Before, runs, err
}

// resultRow reads the row of exactly this tick.
func (s *store) resultRow(tick uint64) (*resultRow, error) {
	b, err := s.get(resultKey(tick))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, fmt.Errorf("%w: tick %d", ErrNoResults, tick)
	}
	if err != nil {
		return nil, fmt.Errorf("read results of tick %d: %w", tick, err)
	}
	return decodeResultRow(b)
}

func decodeResultRow(b []byte) (*resultRow, error) {
	row := new(resultRow)
	if err := core.Decode(encResult, b, row); err != nil {
		return nil, fmt.Errorf("%w: result row: %w", ErrCorrupt, err)
	}
	return row, nil
}
