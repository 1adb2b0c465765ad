package zone

import (
	"context"

	"github.com/lockstep-network/lockstep/core"
)

// Log is the zone's cursor into the ordered log. What it returns is shared and never changed. It is safe from any
// goroutine. Errors other than ctx's end the zone.
type Log interface {
	// Wait returns when the tick is in the log, or with ctx's error.
	Wait(ctx context.Context, tick uint64) error
	// Record gives back the record of a tick that is in the log.
	Record(tick uint64) (*core.TickRecord, error)
	// Decoded gives back a tick that is in the log.
	Decoded(tick uint64) (*core.Tick, error)
	// Lane reads up to max positions of a lane from seq on, in order; fewer at the lane's end.
	Lane(rollup core.RollupID, seq uint64, max int) ([]core.LaneEntry, error)
}

// position is a lane position that is read again because its lane had stopped.
type position struct {
	seq  uint64
	item core.LaneItem
	// decided: a leg of an execution bundle, which got its fate in the tick that ordered it.
	decided bool
}

// backlog reads lane positions again. It is called for different rollups at the same time.
type backlog interface {
	positions(rollup core.RollupID, seq uint64, max int) ([]position, error)
}

// logBacklog reads the backlog from the log and recovers its senders.
type logBacklog struct {
	log     Log
	senders senders
}

func (b logBacklog) positions(rollup core.RollupID, seq uint64, max int) ([]position, error) {
	entries, err := b.log.Lane(rollup, seq, max)
	if err != nil {
		return nil, err
	}
	var tick *core.Tick
	found := make([]position, len(entries))
	txs := make([]core.Transaction, len(entries))
	for i, e := range entries {
		if e.Item.IsLeg() && (tick == nil || tick.Number != e.Tick) {
			if tick, err = b.log.Decoded(e.Tick); err != nil {
				return nil, err
			}
		}
		found[i] = position{seq: e.Seq, item: e.Item, decided: e.Item.IsLeg() && decidedAtOnce(tick, e.Item)}
		txs[i] = e.Item.Tx
	}
	b.senders.recover(txs)
	return found, nil
}

// decidedAtOnce reports whether the item is a leg of one of the tick's execution bundles.
func decidedAtOnce(tick *core.Tick, item core.LaneItem) bool {
	for i := range tick.Bundles {
		if tick.Bundles[i].Hash == item.Bundle {
			return tick.Bundles[i].Atomicity != core.AtomicInclusion
		}
	}
	return false
}
