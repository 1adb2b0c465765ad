package ordering_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// Every forged proposal is refused by every machine, with the reason of its kind and again in the next round; the honest
// one of the next round goes through as if nothing had been.
func TestHostile_EveryForgeryIsRefusedAndTheNextProposalGoesOn(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	c.Step(core.Candidates{})
	forgeries := Forgeries(n.Genesis)
	var older = slices.IndexFunc(forgeries, func(f Forgery) bool { return f.Name == "votes of an older tick" })
	forgeries[older].Forge(honest(t, c, 0)) // remembers
	c.Step(core.Candidates{})
	for i, f := range forgeries {
		p := honest(t, c, uint64(i))
		before := slices.Clone(p.Txs)
		forged := f.Forge(p)
		if !slices.EqualFunc(before, p.Txs, func(a, b []byte) bool { return string(a) == string(b) }) {
			t.Errorf("%s: the honest proposal was changed", f.Name)
		}
		for k, m := range c.Machines {
			for range 2 {
				err := m.Check(forged)
				if !errors.Is(err, f.Want) || ordering.Reason(err) != f.Reason {
					t.Errorf("%s: machine %d: got %v (%s), want %v (%s)", f.Name, k, err, ordering.Reason(err), f.Want, f.Reason)
				}
			}
			if _, err := m.Finalize(forged); !errors.Is(err, ordering.ErrDecidedInvalid) {
				t.Errorf("%s: machine %d: Finalize gives %v", f.Name, k, err)
			}
		}
		c.Apply(p)
	}
}

// honest is what an honest proposer would propose next.
func honest(t *testing.T, c *Cluster, nonce uint64) ordering.Proposal {
	req := c.Request()
	b := c.Network.Bundle(req.Time, Tx(t, RollupA, 31, nonce), Tx(t, RollupB, 32, nonce))
	txs := c.Machines[0].Build(req, core.Candidates{
		Bundles: []core.DecodedBundle{b}, Sections: []core.Section{Section(Tx(t, RollupA, 33, nonce)), Section(Tx(t, RollupC, 33, nonce))},
	})
	return ordering.Proposal{Height: req.Height, Time: req.Time, Txs: txs}
}

// An equivocating proposer gives each half of the validators another good proposal. Whichever is decided, those that had
// accepted the other apply it, and all agree.
func TestHostile_EquivocatingProposalsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	for i := range uint64(20) {
		one, other := honest(t, c, 2*i), honest(t, c, 2*i+1)
		for k, m := range c.Machines {
			first, second := one, other
			if k%2 == 1 {
				first, second = second, first
			}
			for _, p := range []ordering.Proposal{first, second, first} {
				if err := m.Check(p); err != nil {
					t.Fatal(err)
				}
			}
		}
		if i%2 == 0 {
			one = other
		}
		c.Apply(one)
	}
	for i := range c.Machines {
		c.Restart(i)
	}
}
