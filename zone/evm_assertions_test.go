package zone_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// program is where the contract that runs programs stands on every rollup.
const program = "program"

// asserting is a zone of three rollups over go-ethereum, stepped by hand.
type asserting struct {
	*evmRig
	nonces map[core.RollupID]uint64
}

func newAsserting(t *testing.T) *asserting {
	t.Helper()
	net := zonetest.NewNetwork(nil, 901, 902, 903)
	for i := range net.Genesis.Rollups {
		alloc := evm.SystemAlloc(net.Genesis.Predeploy)
		alloc[net.Address("a")] = gethtypes.Account{Balance: new(big.Int).Lsh(big.NewInt(1), 100)}
		alloc[net.Address(program)] = gethtypes.Account{
			Code: zonetest.ProgramCode, Balance: new(big.Int), Storage: map[common.Hash]common.Hash{word(9): word(99)},
		}
		net.Genesis.Rollups[i].EVM = &core.EVMGenesis{BaseFee: 7, Alloc: alloc}
	}
	r := &asserting{newEVMRig(t, net, zonetest.NewLog(net.Genesis)), make(map[core.RollupID]uint64)}
	if err := r.open(nil); err != nil {
		t.Fatal(err)
	}
	r.step() // opens the blocks
	return r
}

func word(n uint64) common.Hash { return common.BigToHash(new(big.Int).SetUint64(n)) }

// step executes a tick with these bundles.
func (r *asserting) step(bundles ...core.DecodedBundle) {
	r.t.Helper()
	r.log.Append(zonetest.Start+r.log.Head(), bundles, nil)
	if err := r.zone.Step(); err != nil {
		r.t.Fatal(err)
	}
}

// about asserts about the program's storage on a rollup.
func (r *asserting) about(rollup core.RollupID, slot, value uint64) core.Assertion {
	return core.NewAssertion(rollup, r.net.Address(program), word(slot), word(value))
}

// leg runs a program on a rollup, as account a's next transaction there.
func (r *asserting) leg(rollup core.RollupID, p zonetest.Program) zonetest.Tx {
	r.nonces[rollup]++
	return zonetest.Tx{Rollup: rollup, From: "a", Nonce: r.nonces[rollup] - 1, To: program, Gas: 1_000_000, Price: 1_000_000, Data: p}
}

// fate executes a bundle and says what became of it. Legs of a void bundle leave their nonces free.
func (r *asserting) fate(b core.DecodedBundle) zone.BundleFate {
	r.t.Helper()
	r.step(b)
	fates, err := r.zone.Bundle(b.Hash)
	if err != nil || len(fates) != 1 {
		r.t.Fatalf("bundle: %+v, %v", fates, err)
	}
	if fates[0].FailingLeg != zone.NoLeg {
		for _, leg := range b.Legs {
			r.nonces[leg.Rollup]--
		}
	}
	return fates[0]
}

func (r *asserting) slot(rollup core.RollupID, slot uint64) common.Hash {
	r.t.Helper()
	db, err := r.chains[rollup].View().StateDB()
	if err != nil {
		r.t.Fatal(err)
	}
	return db.GetState(r.net.Address(program), word(slot))
}

// run is a program for the rollup.
type run struct {
	rollup    core.RollupID
	program   zonetest.Program
	mayRevert bool
}

// assertionCase is a bundle, and what must become of it in an execution and in a simulation alike.
type assertionCase struct {
	name string
	legs []run
	code core.OutcomeCode
	// leg is the failing one, reason stands in its explanation.
	leg    int
	reason string
	// holds says for each assertion that was checked whether it does.
	holds []bool
}

// ok is the leg of cases that do not fail.
const ok = zone.NoLeg

func assertionCases(r *asserting) []assertionCase {
	var p zonetest.Program
	store := func(slot, value uint64) zonetest.Program { return p.Store(word(slot), word(value)) }
	eoa, gone := r.about(902, 9, 0), r.about(902, 9, 99)
	eoa.Account = r.net.Address("a")
	gone.Account = common.Address{1, 2, 3}
	huge := r.about(902, 9, 99)
	huge.Chain[0] = 1
	empty := core.NewAssertion(902, r.net.Genesis.Predeploy.Address, word(1), common.Hash{})
	var full, over zonetest.Program
	for range 32 {
		full = full.Assert(r.about(902, 9, 99))
	}
	over = full.Assert(r.about(902, 9, 99))
	yes := make([]bool, 32)
	for i := range yes {
		yes[i] = true
	}
	return []assertionCase{
		{"about an earlier leg", []run{{rollup: 901, program: store(1, 5)}, {rollup: 902, program: p.Assert(r.about(901, 1, 5))}}, 0, ok, "", []bool{true}},
		{"about a later leg", []run{{rollup: 901, program: p.Assert(r.about(902, 1, 6))}, {rollup: 902, program: store(1, 6)}}, 0, ok, "", []bool{true}},
		{"cyclic", []run{
			{rollup: 901, program: store(2, 7).Assert(r.about(902, 2, 8))},
			{rollup: 902, program: store(2, 8).Assert(r.about(901, 2, 7))},
		}, 0, ok, "", []bool{true, true}},
		{"cyclic over three rollups", []run{
			{rollup: 901, program: store(3, 1).Assert(r.about(902, 3, 2))}, {rollup: 902, program: store(3, 2).Assert(r.about(903, 3, 3))},
			{rollup: 903, program: store(3, 3).Assert(r.about(901, 3, 1))},
		}, 0, ok, "", []bool{true, true, true}},
		{"about the own rollup", []run{{rollup: 901, program: p.Assert(r.about(901, 9, 99))}}, 0, ok, "", []bool{true}},
		{"about a rollup without a leg", []run{{rollup: 901, program: p.Assert(r.about(903, 9, 99))}}, 0, ok, "", []bool{true}},
		{"about a slot that is empty", []run{{rollup: 901, program: p.Assert(empty)}}, 0, ok, "", []bool{true}},
		{"the state after the last leg counts", []run{
			{rollup: 901, program: store(4, 1)}, {rollup: 902, program: p.Assert(r.about(901, 4, 1))}, {rollup: 901, program: store(4, 2)},
		}, core.VoidAssertion, 1, "found 0x0000000000000000000000000000000000000000000000000000000000000002", []bool{false}},
		{"one of a cycle does not deliver", []run{
			{rollup: 901, program: store(5, 7).Assert(r.about(902, 5, 8))}, {rollup: 902, program: store(5, 9).Assert(r.about(901, 5, 7))},
		}, core.VoidAssertion, 0, "found 0x0000000000000000000000000000000000000000000000000000000000000009", []bool{false, true}},
		{"the first that does not hold is named", []run{
			{rollup: 901, program: p.Assert(r.about(901, 9, 99))}, {rollup: 902, program: p.Assert(r.about(901, 9, 98))}, {rollup: 903, program: p.Assert(r.about(901, 9, 97))},
		}, core.VoidAssertion, 1, "slot 0x0000000000000000000000000000000000000000000000000000000000000009", []bool{true, false, false}},
		{"account without code", []run{{rollup: 901, program: p.Assert(eoa)}}, core.VoidAssertion, 0, "the account has no code", []bool{false}},
		{"account that does not exist", []run{{rollup: 901, program: p.Assert(gone)}}, core.VoidAssertion, 0, "the account has no code", []bool{false}},
		{"unknown chain", []run{{rollup: 901, program: p.Assert(r.about(4242, 9, 99))}}, core.VoidAssertion, 0, "chain 4242", []bool{false}},
		{"chain of another zone", []run{{rollup: 901, program: p.Assert(r.about(zonetest.Elsewhere, 9, 99))}}, core.VoidAssertion, 0, "none of the bundle's zone", []bool{false}},
		{"chain id above 64 bits", []run{{rollup: 901, program: p.Assert(huge)}}, core.VoidAssertion, 0, "none of the bundle's zone", []bool{false}},
		{"by delegatecall there is none", []run{{rollup: 901, program: p.Delegate(r.about(901, 9, 1))}}, 0, ok, "", nil},
		{"by staticcall there is none", []run{{rollup: 901, program: p.Static(r.about(901, 9, 1))}}, 0, ok, "", nil},
		{"in a reverted frame there is none", []run{{rollup: 901, program: p.Frame(p.Assert(r.about(901, 9, 1)).Revert()).Store(word(6), word(1))}}, 0, ok, "", nil},
		{"in a frame that returns it counts", []run{{rollup: 901, program: p.Frame(p.Assert(r.about(901, 9, 1))).Store(word(6), word(2))}}, core.VoidAssertion, 0, "found", []bool{false}},
		{"of a leg that may revert and does there is none", []run{
			{rollup: 901, program: p.Assert(r.about(901, 9, 1)).Revert(), mayRevert: true}, {rollup: 902, program: store(6, 3)},
		}, 0, ok, "", nil},
		{"a leg that reverts is what fails", []run{{rollup: 901, program: p.Assert(r.about(901, 9, 1)).Revert()}}, core.VoidLegReverted, 0, "reverted", nil},
		{"as many as are allowed", []run{{rollup: 901, program: full}}, 0, ok, "", yes},
		{"one more than is allowed", []run{{rollup: 901, program: over}}, core.VoidAssertion, 0, "more than 32", nil},
		{"one more than is allowed, by two legs", []run{
			{rollup: 901, program: full}, {rollup: 902, program: p.Try(r.about(902, 9, 99))}, {rollup: 903, program: p.Revert()},
		}, core.VoidAssertion, 1, "more than 32", nil},
	}
}

// Each case is simulated and executed, on real EVMs; the two agree. A bundle that fails leaves nothing behind.
func TestAssertions(t *testing.T) {
	r := newAsserting(t)
	for _, c := range assertionCases(r) {
		t.Run(c.name, func(t *testing.T) {
			r.t = t
			b := r.bundle(c.legs)
			s, err := r.zone.Simulate(t.Context(), b)
			if err != nil || s.Code != c.code || s.FailingLeg != c.leg || !strings.Contains(s.Reason, c.reason) || s.Success != (c.leg == ok) {
				t.Errorf("simulated: %+v, %v", s, err)
			}
			if len(s.Assertions) != len(c.holds) {
				t.Fatalf("simulated assertions: %+v", s.Assertions)
			}
			for i, a := range s.Assertions {
				if a.Holds != c.holds[i] || a.Holds != (a.Reason == "") || a.Holds && a.Found != a.Value {
					t.Errorf("assertion %d: %+v", i, a)
				}
			}
			before := r.roots()
			f := r.fate(b)
			r.checkFate(c, b, f)
			if c.leg != ok && r.roots() != before {
				t.Error("a void bundle left something behind")
			}
		})
	}
	r.t = t
	for id, want := range map[core.RollupID]uint64{901: 5, 902: 6} {
		if got := r.slot(id, 1); got != word(want) {
			t.Errorf("rollup %s: slot 1 is %s", id, got)
		}
	}
	if got := r.slot(901, 4); got != (common.Hash{}) {
		t.Errorf("slot 4 of a void bundle is %s", got)
	}
}

func (r *asserting) bundle(runs []run) core.DecodedBundle {
	var legs []zonetest.Tx
	var mayRevert []int
	for i, leg := range runs {
		legs = append(legs, r.leg(leg.rollup, leg.program))
		if leg.mayRevert {
			mayRevert = append(mayRevert, i)
		}
	}
	return r.net.Asserting(legs, mayRevert...)
}

// checkFate compares what was decided for every leg.
func (r *asserting) checkFate(c assertionCase, b core.DecodedBundle, f zone.BundleFate) {
	r.t.Helper()
	if f.Code != c.code || f.FailingLeg != c.leg {
		r.t.Errorf("executed: %+v", f)
	}
	for i, leg := range f.Legs {
		want := c.code
		if c.leg != ok && i != c.leg {
			want = core.VoidOtherLeg
		}
		if leg.Fate.Code != want || leg.Fate.Reverted != (c.leg == ok && b.Legs[i].MayRevert) || !strings.Contains(leg.Fate.Detail, c.reason) {
			r.t.Errorf("leg %d: %+v", i, leg.Fate)
		}
	}
}

// roots is what the open blocks hold: the transactions and the program's slots.
func (r *asserting) roots() (got [3][12]common.Hash) {
	for i, id := range []core.RollupID{901, 902, 903} {
		for slot := range uint64(10) {
			got[i][slot] = r.slot(id, slot)
		}
		view := r.chains[id].View()
		got[i][10], got[i][11] = word(uint64(len(view.Txs()))), word(r.nonce(id, "a"))
	}
	return got
}

// Without the access list, which the layout rule keeps in execution bundles, a call costs gas and reverts: on a stock node
// that imports the block too.
func TestAssertions_OutsideOfBundlesRevert(t *testing.T) {
	r := newAsserting(t)
	var p zonetest.Program
	holds := r.about(901, 9, 99)
	single := r.net.Sign(r.leg(901, p.Assert(holds)))
	direct := r.leg(901, nil)
	direct.Data = holds.Calldata()
	tx := r.net.Sign(direct)
	bare := r.net.Bundle(core.AtomicExecution, r.net.Commit, zonetest.Leg{Tx: single})
	if f := r.fate(bare); f.Code != core.VoidLegReverted {
		t.Errorf("in a bundle without the access list: %+v", f)
	}
	inclusion := r.net.Bundle(core.AtomicInclusion, nil, zonetest.Leg{Tx: single}, zonetest.Leg{Tx: tx})
	r.nonces[901] += 2
	r.log.Append(zonetest.Start+r.log.Head(), []core.DecodedBundle{inclusion}, nil)
	if err := r.zone.Step(); err != nil {
		t.Fatal(err)
	}
	for seq := range uint64(2) {
		f, decided, err := r.zone.Fate(901, 1+seq)
		if err != nil || !decided || f.Code != core.Included || !f.Reverted || f.GasUsed < 21_000 {
			t.Errorf("leg %d of an inclusion bundle: %+v %v %v", seq, f, decided, err)
		}
	}
	asserting := r.net.Asserting([]zonetest.Tx{{Rollup: 901, From: "a", Nonce: 2, To: program, Gas: 100_000, Price: 1000, Data: p.Assert(holds)}})
	for name, err := range map[string]error{
		"alone": r.net.Genesis.CheckSingle(asserting.Txs[0]),
		"in an inclusion bundle": r.net.Genesis.CheckBundle(
			r.net.Bundle(core.AtomicInclusion, r.net.Commit, zonetest.Leg{Tx: asserting.Txs[0]}), zonetest.Start),
	} {
		if err == nil {
			t.Errorf("a leg that names the marker may be ordered %s", name)
		}
	}
}

// simulateBundle sees assertions on the same tick as the legs, and changes nothing.
func TestAssertions_SimulationsChangeNothing(t *testing.T) {
	r := newAsserting(t)
	before := r.roots()
	var p zonetest.Program
	b := r.bundle([]run{{rollup: 901, program: p.Store(word(1), word(1)).Assert(r.about(903, 9, 99))}})
	for range 3 {
		if s, err := r.zone.Simulate(t.Context(), b); err != nil || !s.Success || s.Tick != 1 {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	if r.roots() != before {
		t.Error("a simulation left something behind")
	}
	if f := r.fate(b); f.Code != core.Included {
		t.Errorf("%+v", f)
	}
}
