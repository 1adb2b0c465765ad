package proof

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Zone is the chain of a zone's digests up to the one in a checkpoint.
type Zone struct {
	Zone core.ZoneID `json:"zone"`
	// First is the first tick whose results the proof is about.
	First uint64 `json:"first"`
	// Before is the zone's digest before that tick; zero before tick 1.
	Before common.Hash `json:"before"`
	// Runs are the results roots of First and all ticks after it, up to the tick of the checkpoint's result.
	Runs []Run `json:"runs"`
}

// Run stands for consecutive ticks with the same results root: most ticks decide nothing.
type Run struct {
	Count uint64      `json:"count"`
	Root  common.Hash `json:"root"`
}

// verify checks that the results lead to the checkpoint's digest.
func (z *Zone) verify(c *core.Checkpoint) error {
	var end core.Attested
	for _, r := range c.Results {
		if r.Zone == z.Zone {
			end = r
		}
	}
	if end.Tick == 0 {
		return fmt.Errorf("%w: checkpoint %d has no result of zone %s", ErrResult, c.Tick, z.Zone)
	}
	if z.First == 0 || z.First > end.Tick || end.Tick-z.First >= MaxTicks {
		return fmt.Errorf("%w: zone %s: ticks %d to %d, at most %d", ErrFormat, z.Zone, z.First, end.Tick, MaxTicks)
	}
	digest, tick := z.Before, z.First
	for i, run := range z.Runs {
		if run.Count == 0 || run.Count > end.Tick+1-tick || i > 0 && run.Root == z.Runs[i-1].Root {
			return fmt.Errorf("%w: zone %s: runs[%d]: %d ticks from tick %d, result is of tick %d", ErrFormat, z.Zone, i, run.Count, tick, end.Tick)
		}
		for range run.Count {
			digest = core.ChainZoneDigest(c.Network, z.Zone, digest, tick, run.Root)
			tick++
		}
	}
	if tick != end.Tick+1 || digest != end.Digest {
		return fmt.Errorf("%w: zone %s: %s before tick %d, want %s before tick %d", ErrResult, z.Zone, digest, tick, end.Digest, end.Tick+1)
	}
	return nil
}

// root is the results root of a tick.
func (z *Zone) root(tick uint64) (common.Hash, bool) {
	if tick < z.First {
		return common.Hash{}, false
	}
	at := tick - z.First
	for _, run := range z.Runs {
		if at < run.Count {
			return run.Root, true
		}
		at -= run.Count
	}
	return common.Hash{}, false
}

// Outcome is what became of a lane position, with the way to the results root of the tick that decided it.
type Outcome struct {
	// Zone names the chain of digests that the way ends in.
	Zone core.ZoneID `json:"zone"`
	// Tick is the one that decided.
	Tick uint64 `json:"tick"`
	// Code is included or the reason why the position is void.
	Code core.OutcomeCode `json:"code"`
	// ReceiptHash is keccak256 of the receipt's consensus encoding; zero when void.
	ReceiptHash common.Hash `json:"receiptHash"`
	// Branch leads from the outcome's leaf to Result.OutcomesRoot.
	Branch core.MerkleBranch `json:"branch"`
	// Result is all that the tick did to the rollup.
	Result core.RollupResult `json:"result"`
	// ResultBranch leads from the result's leaf to the tick's results root.
	ResultBranch core.MerkleBranch `json:"resultBranch"`
}

// verify checks that the position got this outcome. Of leaf, everything is set but code and receipt.
func (o *Outcome) verify(leaf core.Outcome, zones []Zone) error {
	leaf.Code, leaf.ReceiptHash = o.Code, o.ReceiptHash
	root, err := o.Branch.Root(leaf.Leaf())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if root != o.Result.OutcomesRoot || o.Result.Rollup != leaf.Rollup {
		return fmt.Errorf("%w: rollup %s seq %d: not in the outcomes root", ErrOutcome, leaf.Rollup, leaf.Seq)
	}
	if root, err = o.ResultBranch.Root(o.Result.Leaf()); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	for i := range zones {
		if zones[i].Zone != o.Zone {
			continue
		}
		if want, ok := zones[i].root(o.Tick); ok && want == root {
			return nil
		}
	}
	return fmt.Errorf("%w: rollup %s seq %d: its result is not in the root of zone %s, tick %d", ErrOutcome, leaf.Rollup, leaf.Seq, o.Zone, o.Tick)
}
