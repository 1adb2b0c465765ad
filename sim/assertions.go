package sim

import (
	"encoding/binary"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// effect is what a program does, as the oracle reads it.
type effect struct {
	rollup   core.RollupID
	stores   [][2]common.Hash // slot, value
	asserted []core.Assertion
	reverted bool
}

// interpret reads a program in a frame of its own; warm says whether the predeploy can be asked.
func interpret(rollup core.RollupID, code []byte, warm bool) effect {
	e := effect{rollup: rollup}
	for len(code) > 0 {
		step := code[0]
		code = code[1:]
		switch step {
		case stepStore:
			e.stores = append(e.stores, [2]common.Hash{common.Hash(code[:wordBytes]), common.Hash(code[wordBytes : 2*wordBytes])})
			code = code[2*wordBytes:]
		case stepAssert, stepTry, stepDelegate, stepStatic:
			counts := warm && (step == stepAssert || step == stepTry)
			if counts {
				e.asserted = append(e.asserted, readAssertion(code))
			}
			if step == stepAssert && !counts {
				return effect{rollup: rollup, reverted: true}
			}
			code = code[assertBytes:]
		case stepFrame:
			n := 2 + int(binary.BigEndian.Uint16(code))
			inner := interpret(rollup, code[2:n], warm)
			e.stores, e.asserted = append(e.stores, inner.stores...), append(e.asserted, inner.asserted...)
			code = code[n:]
		default:
			return effect{rollup: rollup, reverted: true}
		}
	}
	return e
}

// readAssertion reads the calldata of assertStorage.
func readAssertion(calldata []byte) core.Assertion {
	word := func(i int) []byte { return calldata[4+i*wordBytes : 4+(i+1)*wordBytes] }
	return core.Assertion{
		Chain: common.Hash(word(0)), Account: common.BytesToAddress(word(1)), Slot: common.Hash(word(2)), Value: common.Hash(word(3)),
	}
}

// asserted checks with a model of its own that an execution bundle took effect only if everything asserted in it came
// true, that one which failed for an assertion did so rightly, and keeps account of what programs and tokens' contracts wrote.
func (o *oracle) asserted(id core.ZoneID, b *core.DecodedBundle, place zone.BundlePlace, fates map[zone.LegPlace]zone.Fate) {
	after := newStaged(o.storage, id)
	effects := make([]effect, len(b.Txs))
	made, impossible := 0, ""
	for i, tx := range b.Txs {
		var wrong string
		effects[i], wrong = o.effect(after, tx)
		made += len(effects[i].asserted)
		if impossible == "" {
			impossible = wrong
		}
	}
	fails := o.failingLeg(effects, after)
	first := fates[zone.LegPlace{Rollup: place.Legs[0].Rollup, Seq: place.Legs[0].Seq}]
	switch {
	case !first.Code.Void():
		o.check(fails == zone.NoLeg, by{-1, "assertions hold"}, "bundle %s is included, an assertion of leg %d does not hold", place.ID, fails)
		o.check(impossible == "", by{-1, "messages are used once, tokens spent once"}, "bundle %s is included with %s", place.ID, impossible)
		for i, leg := range place.Legs {
			f := fates[zone.LegPlace{Rollup: leg.Rollup, Seq: leg.Seq}]
			if to := b.Txs[i].Eth().To(); to != nil && *to == scribe {
				o.check(f.Reverted == effects[i].reverted, by{-1, "programs do what they say"}, "bundle %s: leg %d reverted: %v", place.ID, i, f.Reverted)
			}
		}
		o.commit(after)
	case first.FailingLeg != zone.NoLeg:
		leg := place.Legs[first.FailingLeg]
		code := fates[zone.LegPlace{Rollup: leg.Rollup, Seq: leg.Seq}].Code
		rightly := code != core.VoidAssertion || fails == first.FailingLeg
		o.check(rightly, by{-1, "assertions hold"}, "bundle %s is void for an assertion of leg %d, but it is leg %d (-1: none) that fails", place.ID, first.FailingLeg, fails)
	}
	if made > 0 {
		o.outcomes["bundlesAsserting"]++
		o.outcomes["assertions"] += uint64(made)
	}
}

// effect does what a leg does if it does not revert, and names what cannot be.
func (o *oracle) effect(after *staged, tx core.Transaction) (e effect, impossible string) {
	eth, rollup := tx.Eth(), tx.Rollup()
	switch to := eth.To(); {
	case to == nil:
		return e, ""
	case *to == scribe:
		e = interpret(rollup, eth.Data(), o.s.protected(tx))
		for _, s := range e.stores {
			after.set(rollup, cell{scribe, s[0]}, s[1])
		}
		return e, ""
	case o.s.net.tokens.member(rollup):
		signed := o.s.load.eths[tx.Hash()] // remembers its sender
		if signed == nil {
			signed = eth // made by a proposer of others
		}
		from, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(signed.ChainId()), signed)
		if err != nil {
			return e, "" // void, and so is its bundle
		}
		return o.s.net.tokens.interpret(after, *to, tokenCall{rollup, from, eth.Value(), eth.Data()})
	}
	return e, ""
}

// failingLeg is the leg that makes the bundle void by what it asserts, zone.NoLeg if all comes true.
func (o *oracle) failingLeg(effects []effect, after *staged) int {
	made := uint64(0)
	for i, e := range effects {
		if made += uint64(len(e.asserted)); made > o.s.net.genesis.Params.MaxBundleAssertions {
			return i
		}
	}
	for i, e := range effects {
		for _, a := range e.asserted {
			if !o.holds(a, after) {
				return i
			}
		}
	}
	return zone.NoLeg
}

// holds evaluates an assertion on the model.
func (o *oracle) holds(a core.Assertion, after *staged) bool {
	rollup := core.RollupID(a.Chain.Big().Uint64())
	t := o.s.net.tokens
	switch {
	case !slices.Contains(o.s.members(after.zone), rollup) || small(uint64(rollup)) != a.Chain:
		return false
	case a.Account == scribe, t.member(rollup) && (a.Account == t.at.Outbox || a.Account == t.at.Swap):
		return after.get(rollup, cell{a.Account, a.Slot}) == a.Value
	case a.Account == o.s.net.genesis.Predeploy.Address:
		return a.Value == common.Hash{} // it writes nothing
	}
	return false // legs ask about nobody else who has code
}

// written checks that the storage of a rollup's programs is what the model has, and gives the rollup's state.
func (o *oracle) written(v *validator, rollup core.RollupID) *state.StateDB {
	db, err := v.engines[rollup].at.view.StateDB()
	if err != nil {
		_ = o.s.broken("states can be read", v.index, "%v", err)
		return nil
	}
	for n := range uint64(programSlots + 1) {
		slot := small(n)
		have, want := db.GetState(scribe, slot), o.storage[rollup][cell{scribe, slot}]
		o.check(have == want, by{v.index, "programs do what they say"}, "rollup %s: slot %d is %s, want %s", rollup, n, have, want)
	}
	return db
}
