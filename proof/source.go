package proof

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Source is what a node keeps and a Builder makes proofs of.
type Source interface {
	// Checkpoint is the first complete checkpoint of a tick that is not below from; nil if there is none yet.
	Checkpoint(from uint64) (*core.CompleteCheckpoint, error)
	// Newest is the tick of the newest complete checkpoint, zero before the first.
	Newest() uint64
	// Handovers are all complete checkpoints of ticks below before that name another set than the one that signed them,
	// ascending.
	Handovers(before uint64) ([]Handover, error)
	// Rows are a lane's rows from the one that holds seq to that of the last tick not above last, and the lane head before
	// them. There is at least one.
	Rows(rollup core.RollupID, seq, last uint64) (rows []core.LaneTick, before common.Hash, err error)
	// Tick is a tick of the log.
	Tick(n uint64) (*core.Tick, error)
	// Zone is the executor of a rollup; nil if this node has none.
	Zone(rollup core.RollupID) ZoneSource
}

// ZoneSource is what a node keeps of one zone's results.
type ZoneSource interface {
	// ID is the zone's.
	ID() core.ZoneID
	// DecidedIn is the tick that decided a lane position; ok is false while none did.
	DecidedIn(rollup core.RollupID, seq uint64) (tick uint64, ok bool, err error)
	// Decisions are the results of a tick that decided something, ascending by rollup, and for each of them the outcomes
	// in the order decided.
	Decisions(tick uint64) (results []core.RollupResult, outcomes [][]core.Outcome, err error)
	// Results are the results roots of the ticks first to last, and the digest before the first, which decided something.
	Results(first, last uint64) (before common.Hash, runs []Run, err error)
}

// NotCoveredError says that what is to be proven is not in a complete checkpoint yet.
type NotCoveredError struct {
	// What is "order" or "result".
	What string
	// Tick must be covered: that of the order, or that of the result in the checkpoint.
	Tick uint64
	// Attested is the tick of the zone's result in the newest complete checkpoint; zero for order.
	Attested uint64
	// Newest is the tick of the newest complete checkpoint.
	Newest uint64
}

// Error says what is there and what is wanted.
func (e *NotCoveredError) Error() string {
	if e.What == "order" {
		return fmt.Sprintf("proof: tick %d is not covered by a complete checkpoint yet; the newest is of tick %d", e.Tick, e.Newest)
	}
	return fmt.Sprintf("proof: the result of tick %d is not covered by a complete checkpoint yet; the newest is of tick %d and has results up to tick %d",
		e.Tick, e.Newest, e.Attested)
}
