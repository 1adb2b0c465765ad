package gateway

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Reports finds what operators say their chains' blocks made of the lane, for as long as the log holds it.
type Reports interface {
	// ReportOn is where the newest report about a lane position stands; ok is false if there is none.
	ReportOn(rollup core.RollupID, position uint64) (p core.Place, ok bool, err error)
}

// ReportedView is what a rollup's operator says of a lane position, in a signed entry of the lane. The network has ordered the claim,
// and nobody but the chain's own nodes has checked it.
type ReportedView struct {
	// Number, Hash and Timestamp (seconds) are those of the block that the position went into, or by which it was skipped.
	Number    uint64      `json:"number"`
	Hash      common.Hash `json:"hash"`
	Timestamp uint64      `json:"timestamp"`
	// Seq and Tick are where the report stands.
	Seq  uint64 `json:"seq"`
	Tick uint64 `json:"tick"`
}

// addClaim fills in what is known of a place on a chain that others execute: what its operator reported, or else what it says will be in
// the next block.
func (g *Gateway) addClaim(a *Attempt, rollup core.RollupID, seq uint64) error {
	report, place, err := g.reportOn(rollup, seq)
	if err != nil {
		return err
	}
	if report != nil {
		code := core.Included
		for _, skip := range report.Skips {
			if skip.Seq == seq {
				code = skip.Code
			}
		}
		a.Level, a.DecidedTick, a.Outcome = core.LevelExecuted, place.Tick, &code
		a.Reported = &ReportedView{report.Number, report.Hash, report.Timestamp, place.Seq, place.Tick}
		if !code.Void() {
			a.Block = &report.Number
		} else {
			a.Reason = fmt.Sprintf("skipped by block %d, as the chain's operator reports", report.Number)
		}
		return nil
	}
	m := g.mounted(rollup)
	if m == nil || m.chain == nil {
		return nil
	}
	if p, ok := m.chain.PreConfirmed(*a.TxHash); ok {
		code := core.Included
		a.Level, a.Outcome, a.PreConfirmed = core.LevelExecuted, &code, true
		a.Block, a.TxIndex, a.Reverted, a.GasUsed = &p.Block, &p.Index, &p.Reverted, &p.GasUsed
	}
	return nil
}

// reportOn reads the newest report about a position; nil if there is none.
func (g *Gateway) reportOn(rollup core.RollupID, seq uint64) (*core.Report, core.Place, error) {
	if g.deps.Reports == nil {
		return nil, core.Place{}, nil
	}
	place, ok, err := g.deps.Reports.ReportOn(rollup, seq)
	if err != nil || !ok {
		return nil, place, err
	}
	record, tick, err := g.readTick(place.Tick)
	if err != nil {
		return nil, place, err
	}
	for _, row := range record.Lanes {
		items := tick.LaneItems(row.Rollup)
		if i := place.Seq - row.FirstSeq; row.Rollup == rollup && i < uint64(len(items)) {
			return items[i].Tx.Report(), place, nil
		}
	}
	return nil, place, fmt.Errorf("gateway: the index names a report at position %d of rollup %s, where there is none", place.Seq, rollup)
}

// brings reports whether a tick has reports, which say something new of positions of earlier ticks.
func brings(tick *core.Tick) bool {
	for _, s := range tick.Sections {
		for _, tx := range s.Txs { // an operator's entries come first
			if tx.Kind() == core.EncTransaction {
				break
			}
			if tx.Report() != nil {
				return true
			}
		}
	}
	return false
}
