package ordering_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// blockBytes is what CometBFT counts for the transactions of a block: each with a tag and its length as uvarint.
func blockBytes(txs [][]byte) int64 {
	var sum int64
	for _, tx := range txs {
		sum += int64(len(tx)) + 1
		for n := len(tx); ; n >>= 7 {
			sum++
			if n < 0x80 {
				break
			}
		}
	}
	return sum
}

func TestBuild_TakesWhatIsOffered(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	p := validParts(t, c)
	txs := c.Machines[0].Build(c.Request(), core.Candidates{Bundles: p.bundles, Sections: p.sections})
	if !slices.EqualFunc(txs, p.proposal().Txs, func(a, b []byte) bool { return string(a) == string(b) }) {
		t.Error("the proposal is not the system entry, the bundles and the sections as offered")
	}
}

// Of bundles with a parentTick only the first one offered can stand, and only in its tick.
func TestBuild_ParentTickStandsFirstOrNotAtAll(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	c.Step(core.Candidates{})
	req := c.Request()
	bundle := func(account int, parent uint64) core.DecodedBundle {
		b := n.Bundle(req.Time, Tx(t, RollupA, account, 0), Tx(t, RollupB, account, 0))
		b.ParentTick = parent
		return n.Rehash(b)
	}
	plain, here, other, late, early := bundle(1, 0), bundle(2, req.Height-1), bundle(3, req.Height-1), bundle(4, req.Height-2), bundle(5, req.Height)
	for _, test := range []struct {
		name          string
		offered, want []core.DecodedBundle
	}{
		{"first", []core.DecodedBundle{here, plain}, []core.DecodedBundle{here, plain}},
		{"behind another", []core.DecodedBundle{plain, here}, []core.DecodedBundle{plain}},
		{"two", []core.DecodedBundle{here, other, plain}, []core.DecodedBundle{here, plain}},
		{"of other ticks", []core.DecodedBundle{late, early, other, plain}, []core.DecodedBundle{other, plain}},
	} {
		p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[0].Build(req, core.Candidates{Bundles: test.offered})}
		if want := core.EncodeBundleSection(test.want); len(p.Txs) != 2 || string(p.Txs[1]) != string(want) {
			t.Errorf("%s: the wrong bundles were taken", test.name)
		}
		if err := c.Machines[1].Check(p); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestBuild_LeavesOutWhatBreaksRules(t *testing.T) {
	t.Parallel()
	n := NewNetwork(t, 1, 1, 1, 1)
	c := n.NewCluster(t)
	c.Step(core.Candidates{})
	good, early := n.Bundle(c.Time(), Tx(t, RollupA, 1, 0), Tx(t, RollupB, 1, 0)), n.Bundle(c.Time()+1, Tx(t, RollupA, 2, 0))
	d := c.Step(core.Candidates{
		Bundles: []core.DecodedBundle{early, good, good, n.Bundle(c.Time(), Tx(t, RollupA, 9, 0), Tx(t, RollupB, 1, 0)), {}},
		Sections: []core.Section{
			Section(Tx(t, RollupA, 1, 0), Tx(t, RollupA, 3, 0, Naming()), Tx(t, RollupA, 3, 0), Tx(t, RollupA, 3, 0)),
			Section(Tx(t, RollupA, 4, 0)),
			{Rollup: RollupB, Txs: []core.Transaction{Tx(t, RollupA, 5, 0)}},
			{Rollup: 77, Txs: []core.Transaction{Tx(t, 77, 5, 0)}},
		},
	})
	if len(d.Tick.Bundles) != 1 || d.Tick.Bundles[0].Hash != good.Hash {
		t.Errorf("%d bundles, want the good one once", len(d.Tick.Bundles))
	}
	if len(d.Tick.Sections) != 1 || len(d.Tick.Sections[0].Txs) != 1 || d.Tick.Sections[0].Txs[0].Hash() != Tx(t, RollupA, 3, 0).Hash() {
		t.Errorf("sections %v, want one transaction of account 3", d.Tick.Sections)
	}
}

func TestBuild_KeepsTheCapOnBundles(t *testing.T) {
	t.Parallel()
	params := core.DefaultParams()
	params.MaxBundlesPerTick = 3
	n := NewNetworkWith(t, params, 1, 1, 1, 1)
	c := n.NewCluster(t)
	var bundles []core.DecodedBundle
	for i := range uint64(4) {
		b := n.Bundle(c.Time(), Tx(t, RollupA, 1, i))
		b.Hash = common.Hash{1} // whatever a pool says it is
		bundles = append(bundles, b)
	}
	if d := c.Step(core.Candidates{Bundles: bundles}); len(d.Tick.Bundles) != 3 {
		t.Errorf("%d bundles, want 3", len(d.Tick.Bundles))
	}
}

// Of a section nothing follows what did not fit, so that a sender's nonces stay in order.
func TestBuild_CutsSectionsWhereTheyDoNotFit(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	req := c.Request()
	section := Section(Tx(t, RollupA, 1, 0), Tx(t, RollupA, 1, 1, Data(4000)), Tx(t, RollupA, 1, 2))
	req.MaxBytes = 4000
	txs := c.Machines[0].Build(req, core.Candidates{Sections: []core.Section{section}})
	if want := (core.Section{Rollup: RollupA, Txs: section.Txs[:1]}).Encode(); len(txs) != 2 || string(txs[1]) != string(want) {
		t.Errorf("%d transactions, want a section with the first of three", len(txs))
	}
}

// Honest proposers keep the work buckets, which drain with consensus time.
func TestBuild_KeepsTheBuckets(t *testing.T) {
	t.Parallel()
	params := core.DefaultParams()
	params.SingleGasCapacity, params.SingleGasRate = 1<<24, 1000
	params.BundleGasCapacity, params.BundleGasRate = 1<<24, 1000
	n := NewNetworkWith(t, params, 1, 1, 1, 1)
	c := n.NewCluster(t)
	offer := func(nonce uint64) core.Candidates {
		return core.Candidates{
			Bundles: []core.DecodedBundle{n.Bundle(c.Time(), Tx(t, RollupA, 1, nonce, Gas(1<<23)), Tx(t, RollupB, 1, nonce, Gas(1<<23))),
				n.Bundle(c.Time(), Tx(t, RollupC, 1, nonce, Gas(1<<22)))},
			Sections: []core.Section{Section(Tx(t, RollupA, 2, nonce, Gas(1<<24))), Section(Tx(t, OPStack, 2, nonce, Gas(1<<24)))},
		}
	}
	counts := func(d *core.Decided) [2]int { return [2]int{len(d.Tick.Bundles), len(d.Tick.Sections)} }
	if got := counts(c.Step(offer(0))); got != [2]int{2, 2} {
		t.Fatalf("first tick: %v bundles and sections, want all", got)
	}
	budget := c.Machines[0].Budget(2, c.Time(), 1<<20, nil)
	if gas := budget.SingleGas[RollupA]; gas != 10*1000 {
		t.Errorf("gas left for singles after 10 ms: %d, want 10,000", gas)
	}
	if gas := budget.BundleGas[Zone2]; gas != 1<<24-1<<22+10*1000 {
		t.Errorf("gas left for bundles of zone 2: %d", gas)
	}
	if _, ok := c.Machines[0].Budget(2, GenesisTime, 1<<20, nil).SingleGas[RollupA]; ok {
		t.Error("a rollup without gas is in the budget")
	}
	if got := counts(c.Step(offer(1))); got != [2]int{1, 1} {
		t.Errorf("second tick: %v bundles and sections, want those of zone 2 and the OP Stack rollup", got)
	}
	c.StepMs = 1 << 15 // more than 2^24 gas at 1000 gas per ms
	c.Step(core.Candidates{})
	if got := counts(c.Step(offer(2))); got != [2]int{2, 2} {
		t.Errorf("after draining: %v bundles and sections, want all", got)
	}
}

func TestBudget_LeavesRoomForTheEngine(t *testing.T) {
	t.Parallel()
	m := NewNetwork(t, 1, 1, 1, 1).Machine(t)
	system := make([]byte, 1000)
	b := m.Budget(1, GenesisTime, 1<<20, system)
	if parts := int64(1 + len(m.Validators()) + 3); int64(b.Bytes)+blockBytes([][]byte{system})+parts > 1<<20 || b.Bytes < 1<<20-1100 {
		t.Errorf("%d bytes", b.Bytes)
	}
	if b.Tick != 1 || b.Time != GenesisTime || b.SingleGas[RollupC] != core.DefaultParams().SingleGasCapacity || b.SingleGas[OPStack] != 0 {
		t.Errorf("%+v", b)
	}
	if b := m.Budget(1, GenesisTime, 500, system); b.Bytes != 0 {
		t.Errorf("%d bytes beside a system entry that fills the block", b.Bytes)
	}
	if b := m.Budget(1, GenesisTime, -1, system); b.Bytes != 0 {
		t.Errorf("%d bytes of a negative limit", b.Bytes)
	}
}

// A precommit that came late bypasses the engine's checks; the proposer must not choke on it.
func TestSystemEntry_LeavesOutMalformedVotes(t *testing.T) {
	t.Parallel()
	c := NewNetwork(t, 1, 1, 1, 1).NewCluster(t)
	c.Step(core.Candidates{})
	m := c.Machines[0]
	validators := m.Validators()
	for _, test := range []struct {
		name string
		vote ordering.ExtendedVote
	}{
		{"malformed, well signed", c.Network.Vote(validators[2], 1, 0, []byte("garbage"))},
		{"empty, well signed", c.Network.Vote(validators[2], 1, 0, nil)},
		{"too long, well signed", c.Network.Vote(validators[2], 1, 0, make([]byte, 1<<20))},
		{"signed for another height", c.Network.Vote(validators[2], 7, 0, none.Encode())},
		{"signed for another round", c.Network.Vote(validators[2], 1, 1, none.Encode())},
		{"of another validator", ordering.ExtendedVote{Validator: c.Network.Vote(validators[2], 1, 0, nil).Validator, Extension: none.Encode(), Signature: c.Network.Vote(validators[1], 1, 0, none.Encode()).Signature}},
		{"of nobody", ordering.ExtendedVote{Validator: []byte("nobody"), Extension: none.Encode(), Signature: []byte{1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := c.Request()
			req.Votes = slices.Clone(req.Votes)
			req.Votes[2] = test.vote
			entry, err := core.DecodeSystemEntry(m.SystemEntry(req))
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range entry.Votes {
				if absent := len(v.Signature) == 0 && len(v.Extension) == 0; absent != (i == 2) {
					t.Errorf("vote %d absent: %v", i, absent)
				}
			}
			if err := m.Check(ordering.Proposal{Height: 2, Time: req.Time, Txs: m.Build(req, core.Candidates{})}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBuild_NeverYieldsWhatCheckRefuses offers random candidates, many of them hostile, with random room.
func TestBuild_NeverYieldsWhatCheckRefuses(t *testing.T) {
	t.Parallel()
	params := core.DefaultParams()
	params.MaxBundlesPerTick, params.MaxBundleLegs, params.BundleGasCapacity = 6, 4, 1<<24
	n := NewNetworkWith(t, params, 4, 3, 2, 1)
	c := n.NewCluster(t)
	const seed = 20261120
	r := rand.New(rand.NewPCG(seed, 1))
	txs := hostileTransactions(t)
	bundles, singles := 0, 0
	for round := range 400 {
		req := c.Request()
		if room := r.IntN(3); room > 0 {
			req.MaxBytes = blockBytes([][]byte{c.Machines[0].SystemEntry(req)}) + int64(r.IntN(1<<(6*room)))
		}
		p := ordering.Proposal{Height: req.Height, Time: req.Time, Txs: c.Machines[round%4].Build(req, hostileCandidates(n, r, req, txs))}
		if size := blockBytes(p.Txs); size > req.MaxBytes {
			t.Fatalf("seed %d, round %d: %d bytes, limit %d", seed, round, size, req.MaxBytes)
		}
		d := c.Apply(p) // fails the test if any machine refuses
		bundles += len(d.Tick.Bundles)
		for _, s := range d.Tick.Sections {
			singles += len(s.Txs)
		}
		c.StepMs = uint64(r.IntN(200))
	}
	if bundles < 100 || singles < 500 {
		t.Errorf("only %d bundles and %d singles got through; the test does not test much", bundles, singles)
	}
}

// hostileTransactions are good and bad transactions for every kind of rollup.
func hostileTransactions(t *testing.T) []core.Transaction {
	var txs []core.Transaction
	for account := range 4 {
		for _, rollup := range []core.RollupID{RollupA, RollupB, RollupC, OPStack, 77} {
			txs = append(txs, Tx(t, rollup, account, 0), Tx(t, rollup, account, 1, Data(account*300)), Tx(t, rollup, account, 2, Gas(1<<21)))
		}
	}
	marker := core.DefaultPredeploy().Marker
	return append(txs,
		Tx(t, RollupA, 1, 3, Naming()), Tx(t, RollupA, 1, 3, Naming(marker)), Tx(t, RollupB, 1, 3, Naming(common.Hash{7}, marker)),
		Tx(t, RollupC, 1, 3, Naming(common.Hash{8})), Tx(t, OPStack, 1, 3, Naming(marker)), Tx(t, RollupA, 1, 4, Gas(1<<25)),
		Tx(t, RollupA, 1, 5, Data(128<<10)), Tx(t, RollupB, 1, 5, Data(100<<10)),
		core.NewOpaqueTransaction(Opaque, []byte{1}), core.NewOpaqueTransaction(Opaque2, []byte{1}), core.NewOpaqueTransaction(Opaque, nil),
		core.NewOpaqueTransaction(RollupA, []byte{1}), core.NewOpaqueTransaction(Opaque, make([]byte, 1<<18)),
	)
}

func hostileCandidates(n *Network, r *rand.Rand, req ordering.BuildRequest, txs []core.Transaction) core.Candidates {
	timeMs := req.Time
	pick := func() core.Transaction { return txs[r.IntN(len(txs))] }
	var c core.Candidates
	for range r.IntN(12) {
		var legs []core.Transaction
		for range r.IntN(6) {
			legs = append(legs, pick())
		}
		b := n.Bundle(timeMs, legs...)
		b.Atomicity = core.Atomicity(r.IntN(4))
		if r.IntN(2) == 0 {
			b.Commitment = common.Hash{7}
		}
		switch r.IntN(12) {
		case 0:
			b.NotBefore = timeMs + uint64(r.IntN(3))
		case 1:
			b.NotAfter = timeMs - uint64(r.IntN(3))
		case 2:
			b.ParentTick = req.Height - uint64(r.IntN(3))
		case 3:
			b.Txs = legs[:len(legs)/2]
		case 4:
			b = core.DecodedBundle{}
		case 5:
			b.Hash = common.Hash{1}
		}
		c.Bundles = append(c.Bundles, b)
	}
	rollups := []core.RollupID{RollupA, RollupB, RollupC, OPStack, Opaque, Opaque2, 77, 0}
	if r.IntN(2) == 0 {
		r.Shuffle(len(rollups), func(i, j int) { rollups[i], rollups[j] = rollups[j], rollups[i] })
	}
	for _, rollup := range rollups {
		s := core.Section{Rollup: rollup}
		for range r.IntN(20) {
			if tx := pick(); tx.Rollup() == rollup || r.IntN(10) == 0 {
				s.Txs = append(s.Txs, tx)
			}
		}
		c.Sections = append(c.Sections, s)
	}
	return c
}
