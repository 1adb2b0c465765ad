//det:machine

package zone

import (
	"fmt"
	"strings"

	"github.com/lockstep-network/lockstep/core"
)

// backlogBatch is how many positions of a backlog are read at a time.
const backlogBatch = 256

// lane is one rollup's part of the machine: its engine and how far its lane is applied.
//
// Outside of a method: cursor ≤ nextSeq; the lane is stopped if and only if cursor < nextSeq, and then the cursor is
// a single that did not fit into the open block. All positions below the cursor are decided; above it, in a stopped
// lane, exactly the legs of execution bundles are.
type lane struct {
	rollup core.RollupID
	engine Engine

	nextSeq uint64 // first position that is not ordered
	cursor  uint64 // first position without an outcome
	stopped bool

	block    uint64 // number of the open block
	blockTxs uint64 // transactions included in it
	decided  []Fate // in the current tick, in the order decided

	stoppedNow bool // by the current tick

	leaving bool // retired: it leaves once the last block is sealed in which it had something to apply
	closed  bool // left: it has no open block, and the current tick is the last one whose results have it
}

// take gives the next position its number. In a lane that is not stopped the cursor moves along: the caller decides
// the position before it takes another, or stops the lane at it.
func (l *lane) take() uint64 {
	seq := l.nextSeq
	l.nextSeq++
	if !l.stopped {
		l.cursor = l.nextSeq
	}
	return seq
}

// section applies a tick's singles.
func (l *lane) section(txs []core.Transaction) error {
	for _, tx := range txs {
		if err := l.single(l.take(), core.LaneItem{Tx: tx}); err != nil {
			return err
		}
	}
	return nil
}

// single applies a position that stands for itself, unless the lane is stopped. One that does not fit stops the lane.
func (l *lane) single(seq uint64, item core.LaneItem) error {
	if l.stopped {
		return nil
	}
	x, err := l.engine.Apply(item.Tx)
	if err != nil {
		return fmt.Errorf("seq %d: %w", seq, err)
	}
	if x.NoRoom && l.blockTxs > 0 {
		l.stopped, l.stoppedNow, l.cursor = true, true, seq
		return nil
	}
	l.decide(seq, item, NoLeg, fits(x))
	return nil
}

// fits voids what has no room even in an empty block. The parameters make that impossible (a transaction's gas is at
// most 1/16 of a block's, its bytes are bounded far below a block's), but the lane must not wait forever for a
// block that can take it should they ever be changed; the reason is the same on every node, so a void is too.
func fits(x Execution) Execution {
	if x.NoRoom {
		return Execution{Code: core.VoidGasAboveCap, Detail: "does not fit into an empty block"}
	}
	return x
}

// runBacklog continues a stopped lane in a new block, up to the lane's end or until the block is full again.
func (l *lane) runBacklog(b backlog) error {
	if !l.stopped {
		return nil
	}
	l.stopped = false
	for l.cursor < l.nextSeq && !l.stopped {
		n := min(l.nextSeq-l.cursor, backlogBatch)
		found, err := b.positions(l.rollup, l.cursor, int(n))
		if err != nil {
			return fmt.Errorf("backlog from seq %d: %w", l.cursor, err)
		}
		if uint64(len(found)) != n {
			return fmt.Errorf("%w: backlog from seq %d has %d positions, want %d", ErrInvariant, l.cursor, len(found), n)
		}
		if err := l.continueWith(found); err != nil {
			return err
		}
	}
	return nil
}

// continueWith applies backlog positions from the cursor on.
func (l *lane) continueWith(found []position) error {
	for _, p := range found {
		if p.seq != l.cursor {
			return fmt.Errorf("%w: backlog has seq %d, want %d", ErrInvariant, p.seq, l.cursor)
		}
		if !p.decided {
			if err := l.single(p.seq, p.item); err != nil || l.stopped {
				return err
			}
		}
		l.cursor++
	}
	return nil
}

// decide records what became of a position. failingLeg is NoLeg unless a bundle is void because of one.
func (l *lane) decide(seq uint64, item core.LaneItem, failingLeg int, x Execution) {
	f := Fate{
		Outcome:    core.Outcome{Rollup: l.rollup, Seq: seq, TxHash: item.Tx.Hash(), Code: x.Code, Bundle: item.Bundle},
		FailingLeg: failingLeg,
	}
	if x.Code.Void() {
		f.Detail = strings.ToValidUTF8(x.Detail[:min(len(x.Detail), maxDetail)], "")
	} else {
		f.ReceiptHash, f.Reverted, f.GasUsed = x.ReceiptHash, x.Reverted, x.GasUsed
		f.Block, f.Index = l.block, l.blockTxs
		l.blockTxs++
	}
	l.decided = append(l.decided, f)
}
