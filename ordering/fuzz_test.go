package ordering_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// FuzzCheck feeds hostile parts of a tick to a machine. Nothing may panic, and what is accepted must be canonical: it
// finalizes, and encoding what was decoded gives the same bytes.
func FuzzCheck(f *testing.F) {
	n := NewNetwork(f, 1, 1, 1, 1)
	m := n.Machine(f)
	system := core.SystemEntry{}.Encode()
	bundle := n.Bundle(GenesisTime, Tx(f, RollupA, 1, 0), Tx(f, RollupB, 1, 0, Naming(common.Hash{7})))
	bundle.Commitment = common.Hash{7}
	bundles := core.EncodeBundleSection([]core.DecodedBundle{bundle})
	section := Section(Tx(f, RollupA, 2, 0), Tx(f, RollupA, 2, 1)).Encode()
	opaque := Section(core.NewOpaqueTransaction(Opaque, []byte("x"))).Encode()
	f.Add(system, bundles, section)
	f.Add(system, section, opaque)
	f.Add(system, bundles, []byte{})
	f.Add([]byte{1, 0x12, 0xc2, 0x80, 0xc0}, []byte{1, 0x11, 0xc0}, []byte{1, 0x10, 0xc4, 0x82, 0x03, 0x85, 0xc0})
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		p := ordering.Proposal{Height: 1, Time: GenesisTime, Txs: [][]byte{a}}
		for _, part := range [][]byte{b, c} {
			if len(part) > 0 {
				p.Txs = append(p.Txs, part)
			}
		}
		if m.Check(p) != nil {
			return
		}
		effects, err := m.Finalize(p)
		if err != nil {
			t.Fatalf("accepted, then %v", err)
		}
		for i, part := range effects.Decided.Tick.Payload() {
			if string(part) != string(p.Txs[i+1]) {
				t.Errorf("part %d is not canonical: %x, encoded again %x", i+1, p.Txs[i+1], part)
			}
		}
	})
}

// FuzzCheckSystemEntry feeds hostile system entries to a machine that expects votes.
func FuzzCheckSystemEntry(f *testing.F) {
	c := NewNetwork(f, 1, 1, 1, 1).NewCluster(f)
	for range 3 {
		c.Step(core.Candidates{})
	}
	m, req := c.Machines[0], c.Request()
	valid := m.SystemEntry(req)
	f.Add(valid)
	f.Add(core.SystemEntry{}.Encode())
	f.Fuzz(func(t *testing.T, entry []byte) {
		err := m.Check(ordering.Proposal{Height: req.Height, Time: req.Time, Txs: [][]byte{entry}})
		if err != nil {
			return
		}
		decoded, err := core.DecodeSystemEntry(entry)
		if err != nil || string(decoded.Encode()) != string(entry) {
			t.Errorf("accepted, but not canonical: %x (%v)", entry, err)
		}
	})
}

// FuzzCheckExtension feeds hostile vote extensions; one that is accepted must not break the tally.
func FuzzCheckExtension(f *testing.F) {
	n := NewNetwork(f, 1)
	f.Add((&core.VoteExtension{}).Encode())
	f.Add((&core.VoteExtension{Zones: []core.ZoneDigests{{Zone: Zone1, FirstTick: 1, Digests: []common.Hash{{1}}}}}).Encode())
	f.Add((&core.VoteExtension{Zones: []core.ZoneDigests{{Zone: Zone1, FirstTick: 1<<64 - 2, Digests: []common.Hash{{1}}}}}).Encode())
	f.Fuzz(func(t *testing.T, extension []byte) {
		c := n.NewCluster(t)
		m := c.Machines[0]
		if m.CheckExtension(extension) != nil {
			return
		}
		for range 3 {
			c.Step(core.Candidates{})
		}
		before := m.Attested(Zone1)
		req := c.Request()
		req.Votes[0] = n.Vote(m.Validators()[0], 3, 0, extension)
		d := c.Apply(ordering.Proposal{Height: 4, Time: req.Time, Txs: m.Build(req, core.Candidates{})})
		if after := m.Attested(Zone1); after.Tick < before.Tick || after.Tick >= d.Record.Number {
			t.Errorf("attested tick went from %d to %d in tick %d", before.Tick, after.Tick, d.Record.Number)
		}
		c.Restart(0)
	})
}
