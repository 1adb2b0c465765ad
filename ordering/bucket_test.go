package ordering_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// tight is a network whose buckets hold two of the largest transactions.
func tight(t *testing.T) *Network {
	params := core.DefaultParams()
	params.MaxTxGas = 1 << 20
	params.SingleGasCapacity, params.SingleGasRate = 1<<21, 1000
	params.BundleGasCapacity, params.BundleGasRate = 1<<21, 700
	return NewNetworkWith(t, params, 1, 1, 1, 1)
}

// forceful is a proposal that asks no budget.
func forceful(c *Cluster, bundles []core.DecodedBundle, sections ...core.Section) ordering.Proposal {
	req := c.Request()
	p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: [][]byte{c.Machines[0].SystemEntry(req)}}
	if len(bundles) > 0 {
		p.Txs = append(p.Txs, core.EncodeBundleSection(bundles))
	}
	for _, s := range sections {
		p.Txs = append(p.Txs, s.Encode())
	}
	return p
}

func TestBucket_RefusesOneGasMoreThanIsLeft(t *testing.T) {
	t.Parallel()
	n := tight(t)
	for _, test := range []struct {
		name string
		make func(c *Cluster, nonce, gas uint64) ordering.Proposal
		left func(b core.Budget) uint64
		text string
	}{
		{"singles", func(c *Cluster, nonce, gas uint64) ordering.Proposal {
			return forceful(c, nil, Section(Tx(t, RollupA, 1, nonce, Gas(gas/2)), Tx(t, RollupA, 2, nonce, Gas(gas-gas/2))))
		}, func(b core.Budget) uint64 { return b.SingleGas[RollupA] }, "singles of rollup 901"},
		{"bundles", func(c *Cluster, nonce, gas uint64) ordering.Proposal {
			return forceful(c, []core.DecodedBundle{
				n.Bundle(c.Time(), Tx(t, RollupA, 1, nonce, Gas(gas/2))), n.Bundle(c.Time(), Tx(t, RollupB, 2, nonce, Gas(gas-gas/2))),
			})
		}, func(b core.Budget) uint64 { return b.BundleGas[Zone1] }, "bundles of zone 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := n.NewCluster(t)
			for nonce := range uint64(5) {
				c.StepMs = 100 + nonce
				gas := test.left(c.Machines[0].Budget(c.Height()+1, c.Time(), 1<<20, nil))
				over := test.make(c, nonce, gas+1)
				for i, m := range c.Machines {
					err := m.Check(over)
					if nonce == 0 { // more than the cap of a transaction breaks an earlier rule
						if err == nil {
							t.Fatalf("machine %d accepts %d gas of %d", i, gas+1, gas)
						}
						continue
					}
					if !errors.Is(err, ordering.ErrBucket) || !strings.Contains(err.Error(), test.text) || !strings.Contains(err.Error(), "capacity 2097152") {
						t.Fatalf("machine %d, %d gas of %d: %v", i, gas+1, gas, err)
					}
					if _, err := m.Finalize(over); !errors.Is(err, ordering.ErrDecidedInvalid) {
						t.Fatalf("machine %d: Finalize gives %v", i, err)
					}
				}
				c.Apply(test.make(c, nonce, gas))
			}
		})
	}
}

// Rollups without a zone have no bucket, and neither their singles nor their legs fill one.
func TestBucket_CountsExecutedRollupsOnly(t *testing.T) {
	t.Parallel()
	n := tight(t)
	c := n.NewCluster(t)
	b := n.Bundle(c.Time(), Tx(t, OPStack, 1, 0, Gas(1<<40)), Tx(t, RollupC, 1, 0, Gas(1<<20)))
	b.Atomicity = core.AtomicInclusion
	c.Apply(forceful(c, []core.DecodedBundle{n.Rehash(b)}, Section(Tx(t, OPStack, 2, 0, Gas(1<<40)))))
}

// Whatever is offered and however time goes on, honest proposers stay within the buckets that all others check.
func TestBucket_HonestProposersNeverExceed(t *testing.T) {
	t.Parallel()
	n := tight(t)
	c := n.NewCluster(t)
	const seed = 20261121
	r := rand.New(rand.NewPCG(seed, 1))
	gas := func() Edit { return Gas(21_000 + uint64(r.IntN(1<<20-21_000+1))) }
	full, ordered := 0, 0
	for nonce := range uint64(300) {
		var offer core.Candidates
		for i := range r.IntN(6) {
			offer.Bundles = append(offer.Bundles, n.Bundle(c.Time(), Tx(t, RollupA, 10+i, nonce, gas()), Tx(t, RollupB, 20+i, nonce, gas())))
		}
		for _, rollup := range []core.RollupID{RollupA, RollupB, RollupC} {
			s := core.Section{Rollup: rollup}
			for i := range r.IntN(6) {
				s.Txs = append(s.Txs, Tx(t, rollup, 30+i, nonce, gas()))
			}
			offer.Sections = append(offer.Sections, s)
		}
		d := c.Step(offer) // fails the test if any machine refuses
		for _, s := range d.Tick.Sections {
			ordered += len(s.Txs)
		}
		ordered += len(d.Tick.Bundles)
		if c.Machines[0].Budget(c.Height()+1, c.Time(), 1<<20, nil).SingleGas[RollupA] < 1<<20 {
			full++
		}
		c.StepMs = uint64(r.IntN(1500))
	}
	if full < 60 || ordered < 300 {
		t.Errorf("seed %d: the bucket was nearly full %d times, %d entries were ordered; the test tests little", seed, full, ordered)
	}
}
