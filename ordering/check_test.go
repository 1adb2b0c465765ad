package ordering_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// parts is a proposal taken apart, so that a test can change one thing.
type parts struct {
	height, time uint64
	system       core.SystemEntry
	bundles      []core.DecodedBundle
	sections     []core.Section
	// raw, if set, changes the encoded transactions last.
	raw func(txs [][]byte) [][]byte
}

func (p *parts) proposal() ordering.Proposal {
	txs := [][]byte{p.system.Encode()}
	if len(p.bundles) > 0 {
		txs = append(txs, core.EncodeBundleSection(p.bundles))
	}
	for _, s := range p.sections {
		txs = append(txs, s.Encode())
	}
	if p.raw != nil {
		txs = p.raw(txs)
	}
	return ordering.Proposal{Height: p.height, Time: p.time, Txs: txs}
}

// validParts is a proposal for tick 4 of the cluster with two bundles and sections for rollups of every kind.
func validParts(t *testing.T, c *Cluster) *parts {
	t.Helper()
	for range 3 {
		c.Step(core.Candidates{})
	}
	system, err := core.DecodeSystemEntry(c.Machines[0].SystemEntry(c.Request()))
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{height: 4, time: c.Time(), system: system}
	protected := c.Network.Bundle(p.time, Tx(t, RollupA, 1, 0), Tx(t, RollupB, 2, 0, Naming(common.Hash{7}, core.DefaultPredeploy().Marker)))
	protected.Commitment = common.Hash{7}
	inclusion := c.Network.Bundle(p.time, Tx(t, RollupA, 3, 0), Tx(t, RollupC, 3, 0), Tx(t, OPStack, 3, 0))
	inclusion.Atomicity = core.AtomicInclusion
	p.bundles = []core.DecodedBundle{c.Network.Rehash(protected), c.Network.Rehash(inclusion)}
	p.sections = []core.Section{
		Section(Tx(t, RollupA, 4, 0), Tx(t, RollupA, 4, 1)), Section(Tx(t, OPStack, 4, 0)),
		Section(core.NewOpaqueTransaction(Opaque, []byte("same"))), Section(core.NewOpaqueTransaction(Opaque2, []byte("same"))),
	}
	return p
}

func TestCheck_AcceptsWhatKeepsTheRules(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	d := c.Apply(validParts(t, c).proposal())
	if got := len(d.Record.Lanes); got != 6 {
		t.Errorf("%d lanes moved, want 6", got)
	}
	if items := d.Tick.LaneItems(RollupA); len(items) != 4 || !items[0].IsLeg() || items[2].IsLeg() {
		t.Errorf("lane of rollup A: %d items, want two legs before two singles", len(items))
	}
}

func TestCheck_AcceptsAParentTickAtItsPlace(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	p := validParts(t, c)
	p.bundles[0].ParentTick = 3
	if d := c.Apply(p.proposal()); len(d.Tick.Bundles) != 2 || d.Tick.Bundles[0].ParentTick != 3 {
		t.Errorf("tick %d has %d bundles, want two, the first with parentTick 3", d.Tick.Number, len(d.Tick.Bundles))
	}
}

// TestCheck_RefusesOneChange makes one rule fail at a time, from a valid proposal by one change.
func TestCheck_RefusesOneChange(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	bundle := func(edit func(*core.DecodedBundle)) func(*testing.T, *parts) {
		return func(_ *testing.T, p *parts) {
			copied := *p.bundles[0].Bundle
			copied.Legs = slices.Clone(copied.Legs)
			p.bundles[0].Bundle = &copied
			edit(&p.bundles[0])
		}
	}
	single := func(tx func(*testing.T) core.Transaction) func(*testing.T, *parts) {
		return func(t *testing.T, p *parts) { p.sections[0] = Section(tx(t)) }
	}
	rawEntry := func(raw []byte) func(*testing.T, *parts) {
		return func(_ *testing.T, p *parts) {
			p.sections[0] = core.Section{Rollup: RollupA, Txs: []core.Transaction{core.NewOpaqueTransaction(RollupA, raw)}}
		}
	}
	raw := func(edit func([][]byte) [][]byte) func(*testing.T, *parts) {
		return func(_ *testing.T, p *parts) { p.raw = edit }
	}
	unsigned := func(tx gethtypes.TxData) []byte {
		b, err := gethtypes.NewTx(tx).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	vote := func(edit func(*core.ExtendedVote)) func(*testing.T, *parts) {
		return func(_ *testing.T, p *parts) { edit(&p.system.Votes[1]) }
	}
	for _, test := range []struct {
		name string
		edit func(*testing.T, *parts)
		want error
		text string
	}{
		{"height below", func(_ *testing.T, p *parts) { p.height-- }, ordering.ErrHeight, "want 4"},
		{"height above", func(_ *testing.T, p *parts) { p.height++ }, ordering.ErrHeight, "want 4"},
		{"time goes back", func(_ *testing.T, p *parts) { p.time -= 11 }, ordering.ErrTime, ""},

		{"no transactions", raw(func([][]byte) [][]byte { return nil }), ordering.ErrLayout, "system entry"},
		{"no system entry", raw(func(txs [][]byte) [][]byte { return txs[1:] }), ordering.ErrLayout, "part 0"},
		{"two system entries", raw(func(txs [][]byte) [][]byte { return slices.Insert(txs, 1, txs[0]) }), ordering.ErrLayout, "part 1"},
		{"two bundle sections", raw(func(txs [][]byte) [][]byte { return slices.Insert(txs, 1, txs[1]) }), ordering.ErrLayout, "part 2"},
		{"bundle section after a section", raw(func(txs [][]byte) [][]byte { txs[1], txs[2] = txs[2], txs[1]; return txs }), ordering.ErrLayout, "part 2"},
		{"empty bundle section", raw(func(txs [][]byte) [][]byte { txs[1] = core.EncodeBundleSection(nil); return txs }), ordering.ErrLayout, "empty bundle section"},
		{"empty section", func(_ *testing.T, p *parts) { p.sections[0].Txs = nil }, ordering.ErrLayout, "empty section of rollup 901"},
		{"sections not ascending", func(_ *testing.T, p *parts) { p.sections[0], p.sections[1] = p.sections[1], p.sections[0] }, ordering.ErrLayout, "901 after that of rollup 904"},
		{"two sections of a rollup", func(t *testing.T, p *parts) {
			p.sections = slices.Insert(p.sections, 1, Section(Tx(t, RollupA, 5, 0)))
		}, ordering.ErrLayout, "901 after that of rollup 901"},
		{"a kind that is not ordered", raw(func(txs [][]byte) [][]byte { txs[2][1] = byte(core.EncGossipBatch); return txs }), ordering.ErrLayout, "part 2"},
		{"reserved forced section", raw(func(txs [][]byte) [][]byte { txs[2][1] = 0x13; return txs }), ordering.ErrLayout, "0x13"},
		{"unknown version", raw(func(txs [][]byte) [][]byte { txs[2][0] = 2; return txs }), core.ErrUnknownVersion, "part 2"},
		{"empty part", raw(func(txs [][]byte) [][]byte { txs[2] = nil; return txs }), core.ErrMalformed, "part 2"},
		{"trailing byte", raw(func(txs [][]byte) [][]byte { txs[2] = append(txs[2], 0); return txs }), ordering.ErrDecode, "payload 1"},
		{"system entry with a trailing byte", raw(func(txs [][]byte) [][]byte { txs[0] = append(txs[0], 0); return txs }), ordering.ErrSystemEntry, ""},
		{"length not canonical", raw(func(txs [][]byte) [][]byte {
			txs[4] = []byte{1, byte(core.EncSection), 0xf8, 0x05, 0x82, 0x03, 0x89, 0xc0} // a list of 5 bytes in long form
			return txs
		}), ordering.ErrDecode, "payload 3"},
		{"unknown entry kind", raw(func(txs [][]byte) [][]byte {
			txs[4] = slices.Replace(slices.Clone(txs[4]), len(txs[4])-5, len(txs[4])-4, 0x05)
			return txs
		}), core.ErrUnknownKind, "entry 0"},

		{"round not the signed one", func(_ *testing.T, p *parts) { p.system.Round = 1 }, ordering.ErrSystemEntry, "vote 0"},
		{"round above 31 bits", func(_ *testing.T, p *parts) { p.system.Round = 1 << 31 }, ordering.ErrSystemEntry, "round"},
		{"a vote missing", func(_ *testing.T, p *parts) { p.system.Votes = p.system.Votes[1:] }, ordering.ErrSystemEntry, "3 votes of 4"},
		{"no votes", func(_ *testing.T, p *parts) { p.system.Votes = nil }, ordering.ErrSystemEntry, "0 votes"},
		{"votes in another order", func(_ *testing.T, p *parts) { slices.Reverse(p.system.Votes) }, ordering.ErrSystemEntry, "vote 0"},
		{"a vote twice", func(_ *testing.T, p *parts) { p.system.Votes[1] = p.system.Votes[0] }, ordering.ErrSystemEntry, "vote 1"},
		{"a signature of another", vote(func(v *core.ExtendedVote) { v.Signature[0] ^= 1 }), ordering.ErrSystemEntry, "vote 1"},
		{"an extension that was not signed", vote(func(v *core.ExtendedVote) { v.Extension = (&core.VoteExtension{}).Encode() }), ordering.ErrSystemEntry, "vote 1"},
		{"an extension without a signature", vote(func(v *core.ExtendedVote) { v.Signature = nil }), ordering.ErrExtension, "without a signature"},
		{"half of the power only", func(_ *testing.T, p *parts) {
			for i := range 2 {
				p.system.Votes[i].Extension, p.system.Votes[i].Signature = nil, nil
			}
		}, ordering.ErrQuorum, "2 of 4"},
		{"a malformed extension, well signed", func(_ *testing.T, p *parts) {
			signed := n.Vote(n.Genesis.Validators[0], 3, 0, []byte("garbage"))
			for i := range p.system.Votes {
				if string(p.system.Votes[i].Validator) == string(signed.Validator) {
					p.system.Votes[i].Extension, p.system.Votes[i].Signature = signed.Extension, signed.Signature
				}
			}
		}, ordering.ErrExtension, ""},

		{"a bundle twice", func(_ *testing.T, p *parts) { p.bundles[1] = p.bundles[0] }, ordering.ErrDuplicate, "bundle 1"},
		{"a leg in two bundles", func(t *testing.T, p *parts) {
			p.bundles[1] = n.Bundle(p.time, p.bundles[0].Txs[0])
		}, ordering.ErrDuplicate, "legs[0].tx"},
		{"a leg as single", func(_ *testing.T, p *parts) { p.sections[0] = Section(p.bundles[0].Txs[0]) }, ordering.ErrDuplicate, "entry 0"},
		{"a single twice", func(_ *testing.T, p *parts) { p.sections[0].Txs[1] = p.sections[0].Txs[0] }, ordering.ErrDuplicate, "entry 1"},

		{"unknown rollup", single(func(t *testing.T) core.Transaction { return Tx(t, 77, 1, 0) }), core.ErrUnknownRollup, "77"},
		{"wrong chain id", func(t *testing.T, p *parts) { p.sections[0].Txs = []core.Transaction{Tx(t, RollupB, 1, 0)} }, core.ErrWrongChainID, "902"},
		{"no chain id", rawEntry(unsigned(&gethtypes.LegacyTx{Gas: 21000})), core.ErrNoChainID, "entry 0"},
		{"blob transaction", rawEntry([]byte{gethtypes.BlobTxType, 0xc0}), core.ErrTxType, "type 3"},
		{"unknown transaction type", rawEntry([]byte{0x7e, 0xc0}), core.ErrTxType, "type 126"},
		{"garbage transaction", rawEntry([]byte{0xc1, 0xff}), core.ErrMalformed, "entry 0"},
		{"empty transaction", rawEntry(nil), core.ErrEmpty, "entry 0"},
		{"single above the gas cap", single(func(t *testing.T) core.Transaction { return Tx(t, RollupA, 1, 0, Gas(1<<24+1)) }), core.ErrGasAboveCap, "gas"},
		{"single above the size cap", single(func(t *testing.T) core.Transaction { return Tx(t, RollupA, 1, 0, Data(128<<10)) }), core.ErrTooLarge, "entry 0"},
		{"protected single", single(func(t *testing.T) core.Transaction { return Tx(t, RollupA, 1, 0, Naming(common.Hash{7})) }), core.ErrProtectedAlone, "accessList"},
		{"protected single without keys", single(func(t *testing.T) core.Transaction { return Tx(t, RollupA, 1, 0, Naming()) }), core.ErrProtectedAlone, "accessList"},

		{"protected leg of an inclusion bundle", bundle(func(b *core.DecodedBundle) { b.Atomicity = core.AtomicInclusion }), core.ErrProtectedAlone, "legs[1].tx"},
		{"protected leg with another commitment", bundle(func(b *core.DecodedBundle) { b.Commitment = common.Hash{8} }), core.ErrProtectedKeys, "legs[1].tx"},
		{"protected leg without commitment", bundle(func(b *core.DecodedBundle) { b.Commitment = common.Hash{} }), core.ErrProtectedKeys, "zero"},
		{"unknown atomicity", bundle(func(b *core.DecodedBundle) { b.Atomicity = 9 }), core.ErrAtomicity, "atomicity"},
		{"parentTick of an inclusion bundle", bundle(func(b *core.DecodedBundle) { b.Atomicity, b.ParentTick = core.AtomicInclusion, 3 }), core.ErrParentTick, "parentTick"},
		{"parentTick before the last tick", bundle(func(b *core.DecodedBundle) { b.ParentTick = 2 }), ordering.ErrParentTick, "bundle 0 of tick 4: parentTick 2"},
		{"parentTick is the tick itself", bundle(func(b *core.DecodedBundle) { b.ParentTick = 4 }), ordering.ErrParentTick, "parentTick 4"},
		{"parentTick, but second", func(_ *testing.T, p *parts) {
			p.bundles[0], p.bundles[1] = p.bundles[1], p.bundles[0]
			p.bundles[1].ParentTick = 3
		}, ordering.ErrParentTick, "bundle 1 of tick 4: parentTick 3"},
		{"bid", bundle(func(b *core.DecodedBundle) { b.Bid = 1 }), core.ErrBid, "bid"},
		{"no legs", bundle(func(b *core.DecodedBundle) { b.Legs = nil }), core.ErrNoLegs, "bundle 0"},
		{"a leg twice", bundle(func(b *core.DecodedBundle) { b.Legs = append(b.Legs, b.Legs[0]) }), core.ErrDuplicateLeg, "legs[2].tx"},
		{"a leg of another zone", bundle(func(b *core.DecodedBundle) { b.Legs[0] = legOf(Tx(t, RollupC, 1, 0)) }), core.ErrNoCommonZone, "legs[1]"},
		{"a leg without zone", bundle(func(b *core.DecodedBundle) { b.Legs[0] = legOf(Tx(t, OPStack, 1, 0)) }), core.ErrNoCommonZone, "legs[0]"},
		{"a leg of an unknown rollup", bundle(func(b *core.DecodedBundle) { b.Legs[0].Rollup = 77 }), core.ErrUnknownRollup, "legs[0]"},
		{"a leg for another rollup", bundle(func(b *core.DecodedBundle) { b.Legs[0].Rollup = RollupB }), core.ErrWrongChainID, "legs[0]"},
		{"expired", bundle(func(b *core.DecodedBundle) { b.NotBefore, b.NotAfter = 0, GenesisTime+29 }), core.ErrExpired, "notAfter"},
		{"too early", bundle(func(b *core.DecodedBundle) { b.NotBefore = GenesisTime + 31 }), core.ErrTooEarly, "notBefore"},
		{"window inverted", bundle(func(b *core.DecodedBundle) { b.NotBefore = b.NotAfter + 1 }), core.ErrWindowInverted, "notBefore"},
		{"window too long", bundle(func(b *core.DecodedBundle) { b.NotAfter = GenesisTime + 30 + 600_001 }), core.ErrWindowTooLong, "notAfter"},
		{"too many legs", bundle(func(b *core.DecodedBundle) {
			for i := range uint64(31) {
				b.Legs = append(b.Legs, legOf(Tx(t, RollupA, 50, i)))
			}
		}), core.ErrTooManyLegs, "33"},
		{"bundle above the size cap", bundle(func(b *core.DecodedBundle) {
			for i := range uint64(3) {
				b.Legs = append(b.Legs, legOf(Tx(t, RollupA, 50, i, Data(100<<10))))
			}
		}), core.ErrTooLarge, "bundle of"},
		{"too many bundles", func(t *testing.T, p *parts) {
			for i := range uint64(255) {
				p.bundles = append(p.bundles, n.Bundle(p.time, Tx(t, RollupA, 60, i)))
			}
		}, ordering.ErrCap, "257 bundles"},
		{"tick above the size cap", func(t *testing.T, p *parts) {
			for i := range uint64(9) {
				p.sections[0].Txs = append(p.sections[0].Txs, Tx(t, RollupA, 70, i, Data(127<<10)))
			}
		}, ordering.ErrCap, "bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := n.NewCluster(t)
			p := validParts(t, c)
			if err := c.Machines[1].Check(p.proposal()); err != nil {
				t.Fatalf("before the change: %v", err)
			}
			test.edit(t, p)
			err := c.Machines[0].Check(p.proposal())
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if !strings.Contains(err.Error(), test.text) {
				t.Errorf("%q does not name %q", err, test.text)
			}
			if _, halt := c.Machines[0].Finalize(p.proposal()); !errors.Is(halt, ordering.ErrDecidedInvalid) || !errors.Is(halt, test.want) {
				t.Errorf("Finalize: got %v, want %v", halt, ordering.ErrDecidedInvalid)
			}
		})
	}
}

func legOf(tx core.Transaction) core.Leg { return core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()} }

func TestCheck_FirstTickHasNoVotes(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	m := n.Machine(t)
	vote := n.Vote(n.Genesis.Validators[0], 0, 0, (&core.VoteExtension{}).Encode())
	for _, entry := range []core.SystemEntry{
		{Round: 1},
		{Votes: []core.ExtendedVote{{Validator: vote.Validator, Extension: vote.Extension, Signature: vote.Signature}}},
	} {
		if err := m.Check(ordering.Proposal{Height: 1, Time: GenesisTime, Txs: [][]byte{entry.Encode()}}); !errors.Is(err, ordering.ErrSystemEntry) {
			t.Errorf("got %v, want %v", err, ordering.ErrSystemEntry)
		}
	}
	if err := m.Check(ordering.Proposal{Height: 1, Time: GenesisTime, Txs: [][]byte{core.SystemEntry{}.Encode()}}); err != nil {
		t.Error(err)
	}
}

// A quorum is more than 2/3 of the power, not 2/3, and counts power, not heads.
func TestCheck_QuorumIsMoreThanTwoThirdsOfPower(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		powers []uint64
		silent []uint64 // powers of the absent
		want   error
	}{
		{"exactly 2/3", []uint64{1, 1, 1}, []uint64{1}, ordering.ErrQuorum},
		{"3 of 4", []uint64{1, 1, 1, 1}, []uint64{1}, nil},
		{"one of four holds enough", []uint64{70, 10, 10, 10}, []uint64{10, 10, 10}, nil},
		{"three of four hold too little", []uint64{70, 10, 10, 10}, []uint64{70}, ordering.ErrQuorum},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := NewNetwork(t, test.powers...).NewCluster(t)
			c.Step(core.Candidates{})
			m := c.Machines[0]
			req, absent := c.Request(), slices.Clone(test.silent)
			for i := range req.Votes {
				if at := slices.Index(absent, uint64(req.Votes[i].Power)); at >= 0 {
					req.Votes[i].Signature, absent = nil, slices.Delete(absent, at, at+1)
				}
			}
			err := m.Check(ordering.Proposal{Height: 2, Time: req.Time, Txs: m.Build(req, core.Candidates{})})
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// A restarted validator votes like the others: Check does not depend on what the machine did before.
func TestCheck_NeedsNoMemory(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	p := validParts(t, c)
	bad := *p
	bad.bundles = slices.Clone(p.bundles)
	bad.bundles[1] = bad.bundles[0]
	c.Restart(2)
	for range 2 {
		for i, m := range c.Machines {
			if err := m.Check(p.proposal()); err != nil {
				t.Errorf("machine %d: %v", i, err)
			}
			if err := m.Check(bad.proposal()); !errors.Is(err, ordering.ErrDuplicate) {
				t.Errorf("machine %d: %v", i, err)
			}
		}
	}
}

// The machine keeps no reference to the engine's memory: changing an accepted proposal makes it another one.
func TestCheck_DoesNotTrustChangedMemory(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	p := validParts(t, c).proposal()
	m := c.Machines[0]
	if err := m.Check(p); err != nil {
		t.Fatal(err)
	}
	p.Txs[2][1] = byte(core.EncGossipBatch)
	if _, err := m.Finalize(p); !errors.Is(err, ordering.ErrLayout) {
		t.Errorf("got %v, want %v", err, ordering.ErrLayout)
	}
}

// The votes of an older commit are no quorum for a newer one, even where they say the same.
func TestCheck_RefusesVotesOfAnOlderTick(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.Results = honestTo(0)
	c.Step(core.Candidates{})
	old := c.Request()
	c.Step(core.Candidates{})
	m, req := c.Machines[0], c.Request()
	replayed := core.SystemEntry{}
	for _, v := range old.Votes {
		replayed.Votes = append(replayed.Votes, core.ExtendedVote{Validator: v.Validator, Extension: v.Extension, Signature: v.Signature})
	}
	p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: [][]byte{replayed.Encode()}}
	if err := m.Check(p); !errors.Is(err, ordering.ErrSystemEntry) {
		t.Errorf("got %v, want %v", err, ordering.ErrSystemEntry)
	}
}
