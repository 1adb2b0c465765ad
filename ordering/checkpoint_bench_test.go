package ordering_test

import (
	"fmt"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// BenchmarkCheckpoint is Finalize of a checked tick by what it does for checkpoints: nothing, open one (with the proofs of
// two lanes), write its digest down, or count the votes of all validators and complete it. A slot has one of each of the
// last three; all its other ticks are of the first kind.
func BenchmarkCheckpoint(b *testing.B) {
	for _, validators := range []int{4, 64} {
		powers := make([]uint64, validators)
		for i := range powers {
			powers[i] = 10
		}
		c := NewNetwork(b, powers...).NewCluster(b)
		c.StepMs = 250 // ticks 1, 5 and 9 open one
		var proposals []ordering.Proposal
		for tick := range uint64(11) {
			req := c.Request()
			txs := core.Candidates{Sections: []core.Section{Section(Tx(b, RollupA, 1, tick)), Section(Tx(b, RollupB, 1, tick))}}
			p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[0].Build(req, txs)}
			proposals = append(proposals, p)
			c.Apply(p)
		}
		for _, kind := range []struct {
			name   string
			height int
		}{{"none", 8}, {"open", 9}, {"note", 10}, {"complete", 11}} {
			b.Run(fmt.Sprintf("%s/validators=%d", kind.name, validators), func(b *testing.B) {
				m := c.Network.Machine(b)
				for _, p := range proposals[:kind.height-1] {
					if _, err := m.Finalize(p); err != nil {
						b.Fatal(err)
					}
					m.Commit()
				}
				last := proposals[kind.height-1]
				if err := m.Check(last); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					effects, err := m.Finalize(last)
					if err != nil {
						b.Fatal(err)
					}
					if (effects.Decided.Draft != nil) != (kind.name == "open") || (effects.Decided.Completion != nil) != (kind.name == "complete") {
						b.Fatal("the tick is of another kind")
					}
				}
			})
		}
	}
}
