package ordering_test

import (
	"fmt"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// BenchmarkTick is Check, Finalize and Commit of one tick on one machine. "replay" is without Check before. Signature
// checks of vote extensions are part of both.
func BenchmarkTick(b *testing.B) {
	for _, size := range []struct{ validators, txs int }{{4, 0}, {4, 10}, {4, 1000}, {64, 0}} {
		for _, mode := range []string{"check", "replay"} {
			b.Run(fmt.Sprintf("%s/validators=%d/txs=%d", mode, size.validators, size.txs), func(b *testing.B) {
				proposals, m := benchProposals(b, size.validators, size.txs)
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					if i%len(proposals) == 0 {
						b.StopTimer()
						m.InitChain()
						b.StartTimer()
					}
					p := proposals[i%len(proposals)]
					if mode == "check" {
						if err := m.Check(p); err != nil {
							b.Fatal(err)
						}
					}
					if _, err := m.Finalize(p); err != nil {
						b.Fatal(err)
					}
					m.Commit()
				}
			})
		}
	}
}

// benchProposals are consecutive ticks, and a fresh machine to feed them to.
func benchProposals(b *testing.B, validators, txs int) ([]ordering.Proposal, *ordering.Machine) {
	powers := make([]uint64, validators)
	for i := range powers {
		powers[i] = 10
	}
	n := NewNetwork(b, powers...)
	c := n.NewCluster(b)
	c.Machines = c.Machines[:validators]
	var proposals []ordering.Proposal
	for tick := range 12 {
		var candidates core.Candidates
		if txs > 0 {
			var a, z core.Section
			for i := range txs / 2 {
				a.Txs = append(a.Txs, Tx(b, RollupA, i%50, uint64(tick*txs+i)))
				z.Txs = append(z.Txs, Tx(b, RollupB, i%50, uint64(tick*txs+i)))
			}
			a.Rollup, z.Rollup = RollupA, RollupB
			candidates.Sections = []core.Section{a, z}
		}
		req := c.Request()
		p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[0].Build(req, candidates)}
		proposals = append(proposals, p)
		c.Apply(p)
	}
	return proposals, n.Machine(b)
}

// BenchmarkLedger is Finalize of a tick that was checked: tally, lanes, buckets and the trie, without decoding.
func BenchmarkLedger(b *testing.B) {
	for _, validators := range []int{4, 64} {
		b.Run(fmt.Sprintf("validators=%d", validators), func(b *testing.B) {
			proposals, m := benchProposals(b, validators, 10)
			for _, p := range proposals[:len(proposals)-1] {
				if _, err := m.Finalize(p); err != nil {
					b.Fatal(err)
				}
				m.Commit()
			}
			last := proposals[len(proposals)-1]
			if err := m.Check(last); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Finalize(last); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkBuild is a proposer's work for a tick of 1,000 transactions.
func BenchmarkBuild(b *testing.B) {
	c := NewNetwork(b, 1, 1, 1, 1).NewCluster(b)
	c.Step(core.Candidates{})
	s := core.Section{Rollup: RollupA}
	for i := range uint64(1000) {
		s.Txs = append(s.Txs, Tx(b, RollupA, 1, i))
	}
	m, req := c.Machines[0], c.Request()
	for b.Loop() {
		if len(m.Build(req, core.Candidates{Sections: []core.Section{s}})) != 2 {
			b.Fatal("nothing built")
		}
	}
}
