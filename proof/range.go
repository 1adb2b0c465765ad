package proof

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// Range proves that a part of a lane holds exactly these items in this order. It covers whole ticks.
type Range struct {
	Anchor Anchor `json:"anchor"`
	// Lane begins with the row of the first item.
	Lane Lane `json:"lane"`
	// Items are those of the first rows of Lane, all of each row.
	Items []Item `json:"items"`
}

// Item is one position of a lane.
type Item struct {
	// Bundle is the bundle it is a leg of, zero for singles; Leg is its index there.
	Bundle common.Hash `json:"bundle"`
	Leg    uint32      `json:"leg"`
	// Tx is the transaction's canonical bytes.
	Tx hexutil.Bytes `json:"tx"`
}

// RangeFact is what a range's proof proves: that the positions First to Next-1 are these, and no others.
type RangeFact struct {
	Rollup core.RollupID `json:"rollup"`
	First  uint64        `json:"first"`
	Next   uint64        `json:"next"`
	// Before and After are the lane heads before First and Next. Ranges that follow each other share one.
	Before    common.Hash `json:"before"`
	After     common.Hash `json:"after"`
	Positions []Position  `json:"positions"`
}

// Verify checks the proof and gives what it proves.
func (p *Range) Verify(t Trust) (*RangeFact, error) {
	if p.Anchor.Result != nil {
		return nil, fmt.Errorf("%w: a checkpoint for outcomes that are not there", ErrFormat)
	}
	if n := len(p.Items); n == 0 || n > MaxItems {
		return nil, fmt.Errorf("%w: %d items, want 1 to %d", ErrFormat, n, MaxItems)
	}
	if err := p.Anchor.verify(t); err != nil {
		return nil, err
	}
	rows, err := p.Lane.verify(&p.Anchor.Order.Checkpoint)
	if err != nil {
		return nil, err
	}
	fact := &RangeFact{Rollup: p.Lane.Rollup, First: p.Lane.FirstSeq, Next: p.Lane.FirstSeq, Before: p.Lane.Before}
	for i := 0; len(fact.Positions) < len(p.Items); i++ {
		rest := p.Items[len(fact.Positions):]
		if i == len(rows) || uint64(len(rest)) < rows[i].Count {
			return nil, fmt.Errorf("%w: rollup %s: %d items do not fill the row at seq %d", ErrPosition, p.Lane.Rollup, len(rest), fact.Next)
		}
		if err := fact.take(&rows[i], rest[:rows[i].Count]); err != nil {
			return nil, err
		}
	}
	return fact, nil
}

// take checks that a row holds exactly these items.
func (f *RangeFact) take(row *placedRow, items []Item) error {
	leaves := make([]common.Hash, len(items))
	for i, it := range items {
		tx := core.NewOpaqueTransaction(f.Rollup, it.Tx)
		leaves[i] = core.LaneItem{Tx: tx, Bundle: it.Bundle, Leg: it.Leg}.Leaf()
		f.Positions = append(f.Positions, Position{
			Rollup: f.Rollup, Seq: row.FirstSeq + uint64(i), Tick: row.tick,
			TxHash: tx.Hash(), Tx: it.Tx, Bundle: it.Bundle, Leg: it.Leg,
		})
	}
	if core.MerkleRoot(leaves) != row.Root {
		return fmt.Errorf("%w: rollup %s: tick %d ordered other items from seq %d on", ErrPosition, f.Rollup, row.tick, row.FirstSeq)
	}
	after := row.After()
	f.Next, f.After = after.NextSeq, after.Head
	return nil
}
