package proof

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// Place is a position of a lane, with the way to the row of its tick, and what became of it.
type Place struct {
	Seq uint64 `json:"seq"`
	// Path leads from the item's leaf to the root of the row that holds it.
	Path []common.Hash `json:"path"`
	// Outcome is nil where only the order is proven.
	Outcome *Outcome `json:"outcome,omitempty" rlp:"nil"`
}

// body is what places lead into.
type body struct {
	order, result *core.Checkpoint
	lanes         []Lane
	zones         []Zone
}

// verifiedLane is a lane whose rows were checked.
type verifiedLane struct {
	rollup core.RollupID
	first  placedRow
	used   bool
}

// verify checks lanes and zones by themselves.
func (b *body) verify() ([]verifiedLane, error) {
	lanes := make([]verifiedLane, len(b.lanes))
	for i := range b.lanes {
		l := &b.lanes[i]
		if i > 0 && b.lanes[i-1].Rollup >= l.Rollup {
			return nil, fmt.Errorf("%w: lanes do not ascend", ErrFormat)
		}
		rows, err := l.verify(b.order)
		if err != nil {
			return nil, err
		}
		lanes[i] = verifiedLane{rollup: l.Rollup, first: rows[0]}
	}
	for i := range b.zones {
		if i > 0 && b.zones[i-1].Zone >= b.zones[i].Zone {
			return nil, fmt.Errorf("%w: zones do not ascend", ErrFormat)
		}
		if err := b.zones[i].verify(b.result); err != nil {
			return nil, err
		}
	}
	return lanes, nil
}

// item is a lane item whose place is to be checked.
type item struct {
	rollup core.RollupID
	tx     []byte
	bundle common.Hash
	leg    uint32
}

// check checks that an item stands at its place in the first row of its lane, and its outcome.
func (p *Place) check(it item, lanes []verifiedLane, zones []Zone) (*Position, error) {
	tx := core.NewOpaqueTransaction(it.rollup, it.tx) // every kind of transaction has the hash of its bytes
	leaf := core.LaneItem{Tx: tx, Bundle: it.bundle, Leg: it.leg}.Leaf()
	position := &Position{
		Rollup: it.rollup, Seq: p.Seq, TxHash: tx.Hash(), Tx: it.tx, Bundle: it.bundle, Leg: it.leg,
	}
	found := false
	for i := range lanes {
		row := &lanes[i].first
		if lanes[i].rollup != it.rollup || !row.holds(p.Seq) {
			continue
		}
		if len(p.Path) > core.MaxMerkleDepth || !core.VerifyMerklePath(row.Root, leaf, p.Seq-row.FirstSeq, row.Count, p.Path) {
			break
		}
		lanes[i].used, position.Tick, found = true, row.tick, true
	}
	if !found {
		return nil, fmt.Errorf("%w: rollup %s seq %d: %s", ErrPosition, it.rollup, p.Seq, tx.Hash())
	}
	if p.Outcome == nil {
		return position, nil
	}
	if p.Outcome.Tick < position.Tick {
		return nil, fmt.Errorf("%w: rollup %s seq %d: decided in tick %d, ordered in tick %d", ErrOutcome, it.rollup, p.Seq, p.Outcome.Tick, position.Tick)
	}
	err := p.Outcome.verify(core.Outcome{Rollup: it.rollup, Seq: p.Seq, TxHash: tx.Hash(), Bundle: it.bundle}, zones)
	if err != nil {
		return nil, err
	}
	position.Decided = &Decision{Tick: p.Outcome.Tick, Code: p.Outcome.Code, ReceiptHash: p.Outcome.ReceiptHash}
	return position, nil
}

// Position is a fact about a lane position.
type Position struct {
	Rollup core.RollupID `json:"rollup"`
	Seq    uint64        `json:"seq"`
	// Tick is the one that ordered it.
	Tick   uint64        `json:"tick"`
	TxHash common.Hash   `json:"txHash"`
	Tx     hexutil.Bytes `json:"tx"`
	// Bundle is the bundle it is a leg of, zero for singles; Leg is its index there.
	Bundle common.Hash `json:"bundle"`
	Leg    uint32      `json:"leg"`
	// Decided is nil where only the order is proven.
	Decided *Decision `json:"decided,omitempty"`
}

// Decision is what became of a lane position.
type Decision struct {
	Tick        uint64           `json:"tick"`
	Code        core.OutcomeCode `json:"code"`
	ReceiptHash common.Hash      `json:"receiptHash"`
}

// ReceiptIs reports whether these are the consensus bytes (EIP-2718) of the receipt.
func (d *Decision) ReceiptIs(receipt []byte) bool {
	return d.ReceiptHash == crypto.Keccak256Hash(receipt)
}
