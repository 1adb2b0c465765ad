package proof

import (
	"fmt"
	"math"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// Lane is the end of a rollup's lane up to a checkpoint: the rows of its ticks, and the ledger proof of the head that
// they lead to.
type Lane struct {
	Rollup core.RollupID `json:"rollup"`
	// FirstSeq is the first position of Rows[0].
	FirstSeq uint64 `json:"firstSeq"`
	// Before is the lane head before Rows[0]; zero at the lane's begin.
	Before common.Hash `json:"before"`
	// Rows are all ticks that added to the lane, from the first one of the proof to the last one up to the checkpoint.
	Rows []Row `json:"rows"`
	// Ledger holds the trie's nodes from the checkpoint's ledger root to the lane head.
	Ledger []hexutil.Bytes `json:"ledger"`
}

// Row is what one tick added to a lane. Where its positions begin follows from the rows before.
type Row struct {
	// Gap is the tick's number minus that of the row before; in the first row the tick's number.
	Gap uint64 `json:"gap"`
	// Count is the number of positions.
	Count uint64 `json:"count"`
	// Root is the Merkle root over the items.
	Root common.Hash `json:"root"`
}

// placedRow is a row with its place.
type placedRow struct {
	core.LaneRow
	tick uint64
}

// verify checks that the rows end in the lane head of the checkpoint's ledger, and gives them with their places.
func (l *Lane) verify(c *core.Checkpoint) ([]placedRow, error) {
	if len(l.Rows) == 0 || len(l.Rows) > MaxRows {
		return nil, fmt.Errorf("%w: rollup %s: %d rows, want 1 to %d", ErrFormat, l.Rollup, len(l.Rows), MaxRows)
	}
	rows := make([]placedRow, len(l.Rows))
	head, tick := core.LaneHead{NextSeq: l.FirstSeq, Head: l.Before}, uint64(0)
	for i, r := range l.Rows {
		if r.Gap == 0 || r.Gap > math.MaxUint64-tick || r.Count == 0 || r.Count > math.MaxUint64-head.NextSeq {
			return nil, fmt.Errorf("%w: rollup %s: rows[%d]: gap %d, count %d", ErrFormat, l.Rollup, i, r.Gap, r.Count)
		}
		tick += r.Gap
		rows[i] = placedRow{head.Next(c.Network, tick, core.LaneRow{Rollup: l.Rollup, Count: r.Count, Root: r.Root}), tick}
		head = rows[i].After()
	}
	state, err := laneState(c, l.Rollup, l.Ledger)
	if err != nil {
		return nil, err
	}
	if want := (core.LaneState{NextSeq: head.NextSeq, Head: head.Head, Tick: tick}); state != want || tick > c.Tick {
		return nil, fmt.Errorf("%w: rollup %s: the ledger's is %d %s of tick %d, the rows' %d %s of tick %d",
			ErrLane, l.Rollup, state.NextSeq, state.Head, state.Tick, head.NextSeq, head.Head, tick)
	}
	return rows, nil
}

// holds is the first row's place of a position: proofs begin with the row that they are about.
func (r *placedRow) holds(seq uint64) bool { return seq >= r.FirstSeq && seq-r.FirstSeq < r.Count }
