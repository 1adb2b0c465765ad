package proof_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// newSlot is a chain with one slot of 100 ticks, of which busy add to both lanes, before the checkpoint that covers it.
func newSlot(t testing.TB, busy int) (*chain, *core.Bundle) {
	c := newChain(t)
	b := c.bundle(core.AtomicExecution, c.tx(rollupA, "a", 0), c.tx(rollupB, "b", 0))
	c.tick([]core.DecodedBundle{b}, c.tx(rollupA, string(make([]byte, 110)), 0))
	for i := range 99 {
		if i < busy {
			c.tick(nil, c.tx(rollupA, fmt.Sprint("a", i), 0), c.tx(rollupB, fmt.Sprint("b", i), 0))
		} else {
			c.tick(nil)
		}
	}
	c.checkpoint(nil)
	return c, b.Bundle
}

// slotProofs are the proofs that readers of such a slot ask for.
func slotProofs(t testing.TB, busy int) (*chain, map[string]*proof.Proof) {
	c, bundle := newSlot(t, busy)
	builder := proof.Builder{Source: c}
	proofs := make(map[string]*proof.Proof)
	var err error
	if proofs["transaction"], err = builder.Transaction(rollupA, 1, proof.Want{}); err != nil {
		t.Fatal(err)
	}
	if proofs["order"], err = builder.Transaction(rollupA, 1, proof.Want{OrderOnly: true}); err != nil {
		t.Fatal(err)
	}
	if proofs["bundle"], err = builder.Bundle(bundle, []core.Place{{Rollup: rollupA}, {Rollup: rollupB}}, proof.Want{}); err != nil {
		t.Fatal(err)
	}
	if proofs["range"], err = builder.Range(rollupA, 0, 1000); err != nil {
		t.Fatal(err)
	}
	return c, proofs
}

func TestProofs_Sizes(t *testing.T) {
	for _, busy := range []int{0, 99} {
		c, proofs := slotProofs(t, busy)
		for _, name := range []string{"transaction", "order", "bundle", "range"} {
			text, err := json.Marshal(proofs[name])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := proofs[name].Verify(c.trust()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("slot of 100 ticks, %d of them busy: %-11s %5d bytes binary, %5d bytes JSON", busy+1, name, len(proofs[name].Encode()), len(text))
			if limit := 20_000; len(proofs[name].Encode()) > limit {
				t.Errorf("%s has %d bytes, want at most %d", name, len(proofs[name].Encode()), limit)
			}
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, busy := range []int{0, 99} {
		c, proofs := slotProofs(b, busy)
		trust := c.trust()
		for _, name := range []string{"transaction", "bundle", "range"} {
			encoded := proofs[name].Encode()
			b.Run(fmt.Sprintf("%s/busy=%d", name, busy+1), func(b *testing.B) {
				b.ReportMetric(float64(len(encoded)), "bytes")
				for range b.N {
					p, err := proof.Decode(encoded)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := p.Verify(trust); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	c, _ := newSlot(b, 99)
	builder := proof.Builder{Source: c}
	for range b.N {
		if _, err := builder.Transaction(rollupA, 1, proof.Want{}); err != nil {
			b.Fatal(err)
		}
	}
}
