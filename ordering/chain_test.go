package ordering_test

import (
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// What an operator says about its chain continues what it said before, on every machine and over restarts.
func TestChain_BlocksAndReportsFollowEachOther(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	block := func(branch, number uint64, edits ...func(*core.Block)) core.Transaction {
		return n.Block(t, Opaque, branch, number, edits...)
	}
	report := func(number, first, next uint64, edits ...func(*core.Report)) core.Transaction {
		return n.Report(t, Opaque, number, first, next, edits...)
	}
	stranger := func(b *core.Block) { b.Parent = common.Hash{9} }
	steps := []struct {
		name  string
		entry core.Transaction
		want  error // nil: it is ordered
	}{
		{"the first block has any number", block(0, 5), nil},
		{"the same again", block(0, 5), core.ErrChainOrder},
		{"a block left out", block(0, 7), core.ErrChainOrder},
		{"another parent", block(0, 6, stranger), core.ErrChainOrder},
		{"the next one", block(0, 6), nil},
		{"a branch left out", block(2, 7), core.ErrChainOrder},
		{"back, as a new branch", block(1, 6), nil},
		{"the old branch", block(0, 7), core.ErrChainOrder},
		{"on in the new one", block(1, 7), nil},
		{"a report about what is not ordered", report(5, 0, 9), core.ErrReport},
		{"the first report", report(5, 0, 2), nil},
		{"a gap between reports", report(6, 3, 4), core.ErrReport},
		{"the next report", report(6, 2, 4, func(r *core.Report) { r.Skips = []core.Skip{{Seq: 3, Code: core.VoidRejected}} }), nil},
		{"a report that goes back", report(6, 4, 5), core.ErrChainOrder},
		{"a report of another branch takes the lane from anywhere", report(6, 2, 5, func(r *core.Report) { r.Branch = 1 }), nil},
	}
	var seq uint64
	for _, step := range steps {
		for i := range c.Machines {
			state, end := c.Machines[i].Chain(Opaque)
			if _, err := state.Next(step.entry, end); !errors.Is(err, step.want) {
				t.Fatalf("%s: machine %d: got %v, want %v", step.name, i, err, step.want)
			}
		}
		decided := c.Step(core.Candidates{Sections: []core.Section{Section(step.entry)}})
		if ordered := !decided.Tick.Empty(); ordered != (step.want == nil) {
			t.Fatalf("%s: ordered is %v", step.name, ordered)
		}
		if step.want != nil {
			continue
		}
		seq++
		if row := decided.Record.Lanes[0]; row.Rollup != Opaque || row.FirstSeq+row.Count != seq {
			t.Fatalf("%s: row %+v, want it to end at %d", step.name, row, seq)
		}
		c.Restart(int(seq) % len(c.Machines))
	}
}

// Several blocks in one section are judged in their order; those that do not follow are left out of a proposal.
func TestChain_BuildTakesWhatFollows(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	section := Section(n.Block(t, OPStack, 0, 1), n.Block(t, OPStack, 0, 3), n.Block(t, OPStack, 0, 2), n.Block(t, OPStack, 0, 3))
	decided := c.Step(core.Candidates{Sections: []core.Section{section}})
	if got := decided.Tick.LaneItems(OPStack); len(got) != 3 || got[2].Tx.Block().Number != 3 {
		t.Fatalf("ordered %d entries, want blocks 1, 2 and 3", len(got))
	}
}

// An operator that signs for another network, or nobody's operator, orders nothing.
func TestChain_OnlyTheOperatorOfThisNetwork(t *testing.T) {
	t.Parallel()
	n, other := NewNetwork(t, 1, 1, 1, 1), NewNetwork(t, 2, 1, 1, 1)
	g := n.Genesis
	foreign := other.Block(t, Opaque, 0, 1)
	if err := g.CheckOperator(n.ID(), foreign); !errors.Is(err, core.ErrOperatorSignature) {
		t.Errorf("a block signed for another network: %v", err)
	}
	if err := g.CheckSingle(n.Block(t, Opaque2, 0, 1)); !errors.Is(err, core.ErrNoOperator) {
		t.Errorf("a block of a rollup without operator: %v", err)
	}
	if err := g.CheckSingle(n.Block(t, RollupA, 0, 1)); !errors.Is(err, core.ErrNoOperator) {
		t.Errorf("a block of an evm rollup: %v", err)
	}
	high := n.Block(t, Opaque, 0, 1)
	high.Block().Signature[64] ^= 1
	if err := g.CheckOperator(n.ID(), high); !errors.Is(err, core.ErrOperatorSignature) {
		t.Errorf("a spoiled signature: %v", err)
	}
}
