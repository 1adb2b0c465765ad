package gateway

import (
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// defaultL1Depth is how many blocks of the L1 make an L1 origin deep, if the caller does not say it: more than any reorg that
	// Ethereum has had since it has proof of stake.
	defaultL1Depth = 10
	maxL1Depth     = 1 << 20
	// maxBranches and maxCompared bound the work of one question.
	maxBranches = 4096
	maxCompared = 1024
)

// Statuses of a block that an operator told.
const (
	finalityOrdered  = "ordered"
	finalityProven   = "proven"
	finalitySafe     = "safe"
	finalityOrphaned = "orphaned"
)

// Causes of an orphaned block.
const (
	orphanedByL1    = "l1"
	orphanedByChain = "chain"
	orphanedUnknown = "unknown"
)

// Chains finds the blocks that operators told of their rollups' chains, for as long as the log holds them. Places ascend; none is
// no error.
type Chains interface {
	// BlocksOf are those of a hash, BlocksAt those of a number.
	BlocksOf(rollup core.RollupID, hash common.Hash) ([]core.Place, error)
	BlocksAt(rollup core.RollupID, number uint64) ([]core.Place, error)
	// FirstOfBranch is the first one of a branch, LastBlock the newest of all.
	FirstOfBranch(rollup core.RollupID, branch uint64) (core.Place, bool, error)
	LastBlock(rollup core.RollupID) (core.Place, bool, error)
}

// FinalityView is what can be said about a block of a chain whose operator tells its blocks.
type FinalityView struct {
	ToldBlockView
	Kind core.RollupKind `json:"kind"`
	// Status is "ordered", "proven" (a complete checkpoint covers its place in the order), "safe" (that, and its L1 origin is
	// wantedDepth deep) or "orphaned" (the operator has told another chain since).
	Status string `json:"status"`
	// Checkpoint is the newest complete checkpoint if it covers the block's place, otherwise null.
	Checkpoint *CheckpointHead `json:"checkpoint"`
	// L1Depth is how many L1 blocks the origin of the chain's newest block is above this one's: the L1 is at least as much further.
	L1Depth     uint64 `json:"l1Depth"`
	WantedDepth uint64 `json:"wantedDepth"`
	// Orphaned says what took the block's place; null unless the status is "orphaned".
	Orphaned *OrphanView `json:"orphaned"`
	// Newest is the newest block that the operator told.
	Newest ToldBlockView `json:"newest"`
}

// ToldBlockView is a block and where it stands in the order. All of it but rollup, seq, tick and time is the operator's claim.
type ToldBlockView struct {
	Rollup    core.RollupID `json:"rollup"`
	Number    uint64        `json:"number"`
	Hash      common.Hash   `json:"hash"`
	Parent    common.Hash   `json:"parent"`
	Timestamp uint64        `json:"timestamp"`
	// TransactionsHash is the root over the block's transactions.
	TransactionsHash common.Hash `json:"transactionsHash"`
	// L1Number and L1Hash are the block's L1 origin; zero if it is not known.
	L1Number uint64      `json:"l1Number"`
	L1Hash   common.Hash `json:"l1Hash"`
	Branch   uint64      `json:"branch"`
	Seq      uint64      `json:"seq"`
	Tick     uint64      `json:"tick"`
	// Time is the tick's, in ms since the Unix epoch.
	Time uint64 `json:"time"`
}

// OrphanView says what took a block's place.
type OrphanView struct {
	// By is the first block of the branch that left it out.
	By ToldBlockView `json:"by"`
	// Cause is "l1" if the L1 itself went back, which the new branch shows by another L1 block at a number that the old one names
	// too; "chain" if it shows the same L1, so that the operator broke its word; "unknown" until the new branch has come as far.
	Cause string `json:"cause"`
}

// GetFinality is lockstep_getFinality.
func (a *API) GetFinality(rollup, block Param, depth *Param) (*FinalityView, error) {
	view, err := a.g.finality(rollup.raw, block.raw, depth)
	return view, a.g.lockstepError(err)
}

func (g *Gateway) finality(rollupRaw, blockRaw json.RawMessage, depth *Param) (*FinalityView, error) {
	id, err := readNumber("rollup", rollupRaw, "the id of a rollup")
	if err != nil {
		return nil, err
	}
	wanted := uint64(defaultL1Depth)
	if depth.given() {
		if wanted, err = readNumber("depth", depth.raw, "a number of L1 blocks"); err != nil {
			return nil, err
		}
		if wanted > maxL1Depth {
			return nil, badValue("depth", depth.raw, fmt.Sprintf("at most %d", maxL1Depth))
		}
	}
	r, ok := g.deps.Genesis.Rollup(core.RollupID(id))
	switch {
	case !ok:
		return nil, fmt.Errorf("rollup: %w", &core.UnknownRollupError{Rollup: core.RollupID(id)})
	case r.Kind == core.KindEVM || r.Operator == common.Address{}:
		return nil, &Refusal{Cause: core.ErrNoOperator, Field: "rollup", Have: r.ID.String(), Want: "a rollup whose operator tells its blocks"}
	case g.deps.Chains == nil:
		return nil, &Refusal{Cause: ErrNotServed, Field: "rollup"}
	}
	return g.finalityOf(r, blockRaw, wanted)
}

// toldBlock is a block with its place.
type toldBlock struct {
	*core.Block
	core.Place
	time uint64
}

func (b toldBlock) view() ToldBlockView {
	return ToldBlockView{
		Rollup: b.Block.Rollup, Number: b.Number, Hash: b.Hash, Parent: b.Parent, Timestamp: b.Timestamp, TransactionsHash: b.TxsHash,
		L1Number: b.L1Number, L1Hash: b.L1Hash, Branch: b.Branch, Seq: b.Seq, Tick: b.Tick, Time: b.time,
	}
}

func (g *Gateway) finalityOf(r *core.Rollup, raw json.RawMessage, wanted uint64) (*FinalityView, error) {
	place, ok, err := g.deps.Chains.LastBlock(r.ID)
	if err != nil {
		return nil, err
	}
	notThere := &Refusal{Cause: ErrNotOrdered, Field: "block", Have: excerpt(raw), Want: "a block that the rollup's operator has told, and that this node's log still has"}
	if !ok {
		return nil, notThere
	}
	newest, err := g.toldAt(place)
	if err != nil {
		return nil, err
	}
	b := newest
	if string(raw) != `"latest"` {
		places, err := g.findBlocks(r.ID, raw)
		if err != nil {
			return nil, err
		}
		if len(places) == 0 {
			return nil, notThere
		}
		if b, err = g.toldAt(places[len(places)-1]); err != nil {
			return nil, err
		}
	}
	view := &FinalityView{ToldBlockView: b.view(), Kind: r.Kind, Status: finalityOrdered, WantedDepth: wanted, Newest: newest.view()}
	if view.Checkpoint, err = g.newestCheckpointHead(); err != nil {
		return nil, err
	}
	if view.Checkpoint != nil && view.Checkpoint.Tick < b.Tick {
		view.Checkpoint = nil
	}
	if view.Orphaned, err = g.orphaned(b, newest); err != nil {
		return nil, err
	}
	if known := b.L1Hash != (common.Hash{}); known && view.Orphaned == nil && newest.L1Number > b.L1Number {
		view.L1Depth = newest.L1Number - b.L1Number
	}
	switch {
	case view.Orphaned != nil:
		view.Status = finalityOrphaned
	case view.Checkpoint != nil && view.L1Depth >= wanted && b.L1Hash != (common.Hash{}):
		view.Status = finalitySafe
	case view.Checkpoint != nil:
		view.Status = finalityProven
	}
	return view, nil
}

// findBlocks reads a number or a hash and finds its blocks.
func (g *Gateway) findBlocks(rollup core.RollupID, raw json.RawMessage) ([]core.Place, error) {
	if hash, err := readHash("block", raw); err == nil {
		return g.deps.Chains.BlocksOf(rollup, hash)
	}
	number, err := readNumber("block", raw, `a block's number or hash; or the string "latest"`)
	if err != nil {
		return nil, err
	}
	return g.deps.Chains.BlocksAt(rollup, number)
}

// toldAt reads the block at a place.
func (g *Gateway) toldAt(p core.Place) (toldBlock, error) {
	record, tick, err := g.readTick(p.Tick)
	if err != nil {
		return toldBlock{}, err
	}
	for _, row := range record.Lanes {
		items := tick.LaneItems(row.Rollup)
		if i := p.Seq - row.FirstSeq; row.Rollup == p.Rollup && i < uint64(len(items)) {
			if b := items[i].Tx.Block(); b != nil {
				return toldBlock{b, p, tick.Time}, nil
			}
		}
	}
	return toldBlock{}, fmt.Errorf("gateway: the index names a block at position %d of rollup %s, where there is none", p.Seq, p.Rollup)
}

// orphaned finds the first later branch that begins at a block or below it; nil if there is none.
func (g *Gateway) orphaned(b, newest toldBlock) (*OrphanView, error) {
	if newest.Branch-b.Branch > maxBranches {
		return nil, &Refusal{Cause: ErrLimit, Field: "block", Detail: fmt.Sprintf("the chain went back %d times since, at most %d are looked at", newest.Branch-b.Branch, maxBranches)}
	}
	for branch := b.Branch + 1; branch <= newest.Branch; branch++ {
		place, ok, err := g.deps.Chains.FirstOfBranch(b.Block.Rollup, branch)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		first, err := g.toldAt(place)
		if err != nil {
			return nil, err
		}
		if first.Number <= b.Number {
			cause, err := g.orphanCause(b, first)
			return &OrphanView{By: first.view(), Cause: cause}, err
		}
	}
	return nil, nil
}

// orphanCause compares the L1 that the old branch and the new one name, block by block.
func (g *Gateway) orphanCause(b, first toldBlock) (string, error) {
	for number := first.Number; number <= b.Number && number-first.Number < maxCompared; number++ {
		places, err := g.deps.Chains.BlocksAt(b.Block.Rollup, number)
		if err != nil {
			return "", err
		}
		var before, since *toldBlock
		for _, p := range places {
			if told, err := g.toldAt(p); err != nil {
				return "", err
			} else if p.Seq < first.Seq {
				before = &told
			} else {
				since = &told
			}
		}
		switch {
		case since == nil:
			return orphanedUnknown, nil
		case before != nil && before.L1Number == since.L1Number && before.L1Hash != since.L1Hash:
			return orphanedByL1, nil
		}
	}
	return orphanedByChain, nil
}
