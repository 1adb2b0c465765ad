package ordering_test

import (
	"fmt"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// One tick as the engine drives it: a proposer builds, every validator checks, and what was decided is finalized, stored
// together with its ledger changes, and committed.
func ExampleMachine() {
	n := NewNetwork(&testing.T{}, 1)
	m, err := ordering.New(n.Genesis, Verify)
	if err != nil {
		panic(err)
	}
	m.InitChain()

	req := ordering.BuildRequest{Height: 1, Time: GenesisTime, MaxBytes: 1 << 20}
	entry := core.NewOpaqueTransaction(Opaque, []byte("hello"))
	p := ordering.Proposal{Height: 1, Time: GenesisTime, Txs: m.Build(req, core.Candidates{Sections: []core.Section{Section(entry)}})}
	fmt.Println("refused:", m.Check(ordering.Proposal{Height: 1, Time: GenesisTime, Txs: p.Txs[1:]}))
	fmt.Println("accepted:", m.Check(p) == nil)

	effects, err := m.Finalize(p)
	if err != nil {
		panic(err)
	}
	m.Commit()
	fmt.Println("tick:", m.Height(), "lane:", m.LaneHead(Opaque).NextSeq, "stored:", len(effects.Decided.Ledger), "keys")
	// Output:
	// refused: ordering: wrong layout: part 0 has kind 0x10
	// accepted: true
	// tick: 1 lane: 1 stored: 29 keys
}
