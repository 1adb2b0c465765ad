package comet

import (
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// One of four proposes, in each of its turns, what the rules forbid; one forgery after the other. Every honest validator
// names it, and the next proposer makes the tick.
func TestHostile_ForgedProposals(t *testing.T) {
	c := newCluster(t, 4, nil)
	h := c.startForging()
	forgeries := Forgeries(c.genesis)
	for i, f := range forgeries {
		if f.Local {
			continue
		}
		from := c.members[0].log.head()
		tx := testTx(t, 901, uint64(i))
		c.members[0].pool.submit(tx)
		before := make(map[int]int)
		for _, honest := range []int{0, 1, 3} {
			before[honest] = c.members[honest].ears.rejections(f.Reason)
		}
		h.set(f.Forge)
		for honest, n := range before { // a proposal may come to one of them too late to be judged, but not each time
			c.awaitHeard(honest, f.Name, func(e *ears) bool { return e.rejections(f.Reason) > n })
		}
		c.awaitOrdered(0, tx)
		c.awaitTick(0, c.members[0].log.head()+2)
		c.hiccup(f.Name, from)
	}
	h.set(nil)
	for _, i := range []int{0, 1, 3} {
		if c.members[i].book.count("proposal rejected") == 0 {
			t.Errorf("validator %d logged no rejected proposal", i)
		}
	}
	c.mustGoOn(testTx(t, 902, 0))
}

// A tick above the cap does not get past the proposer's own engine, which halts; the others go on without it.
func TestHostile_OversizeTick(t *testing.T) {
	c := newCluster(t, 4, nil)
	h := c.startForging()
	from := c.members[0].log.head()
	for _, f := range Forgeries(c.genesis) {
		if f.Name == "tick above the cap" {
			h.set(f.Forge)
		}
	}
	mustBe(t, c.result(villain), ErrHalted)
	tx := testTx(t, 902, 0)
	c.members[0].pool.submit(tx)
	for _, i := range []int{0, 1, 3} {
		c.awaitOrdered(i, tx)
	}
	c.awaitTick(0, c.members[0].log.head()+8) // the halted one misses two turns
	c.hiccup("tick above the cap (its proposer halts)", from)
}

// A proposer orders the protected leg of a bundle alone, in every way. Nobody takes it, and the bundle is ordered whole.
func TestHostile_ProtectedLegAlone(t *testing.T) {
	c := newCluster(t, 4, nil)
	h := c.startForging()
	bundle := protectedBundle(t, c.genesis)
	inclusion := *bundle.Bundle
	inclusion.Atomicity = core.AtomicInclusion
	other := *bundle.Bundle
	other.Commitment[0] ^= 1
	other.Legs = other.Legs[:1]
	from := c.members[0].log.head()
	seen := 0
	for _, part := range [][]byte{
		Section(bundle.Txs[0]).Encode(),
		core.EncodeBundleSection([]core.DecodedBundle{{Bundle: &inclusion}}),
		core.EncodeBundleSection([]core.DecodedBundle{{Bundle: &other}}),
	} {
		h.set(func(p ordering.Proposal) ordering.Proposal {
			p.Txs = [][]byte{p.Txs[0], part}
			return p
		})
		c.awaitHeard(0, "the leg alone", func(e *ears) bool { return e.rejections("entry") > seen })
		seen = c.members[0].ears.rejections("entry")
	}
	h.set(nil)
	for _, m := range c.members {
		m.pool.seedBundle(bundle)
	}
	c.await(0, "the whole bundle", func(l *memLog) bool { return l.tickOfBundle(bundle.Hash) != 0 })
	c.hiccup("protected leg torn out of a waiting bundle", from)
	for _, d := range c.members[0].log.all() {
		for _, s := range d.Tick.Sections {
			if s.Txs[0].Hash() == bundle.Txs[0].Hash() {
				t.Errorf("tick %d orders the leg alone", d.Record.Number)
			}
		}
	}
	c.mustGoOn(testTx(t, 902, 0))
}
