package sim

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// judge checks everything that a tick did, with the views of the validator that executed it.
func (o *oracle) judge(v *validator, id core.ZoneID, r zone.TickResult) {
	fates := make(map[zone.LegPlace]zone.Fate) // by rollup and seq
	burned := make(map[core.RollupID]uint64)
	for _, f := range r.Outcomes {
		o.fate(f)
		fates[zone.LegPlace{Rollup: f.Rollup, Seq: f.Seq}] = f
		burned[f.Rollup] += f.GasUsed
	}
	tick := o.ticks[r.Tick]
	for _, place := range r.Bundles {
		o.bundle(id, tick, place, fates)
	}
	states := make(map[core.RollupID]*state.StateDB)
	for _, rollup := range o.s.members(id) {
		o.conservation(v, rollup, burned[rollup])
		o.effects(v, rollup, r.Outcomes)
		states[rollup] = o.written(v, rollup)
	}
	if o.s.violation == nil {
		o.tokensKept(v, states)
	}
	if o.judgedEverywhere(r.Tick) {
		delete(o.ticks, r.Tick)
	}
}

func (o *oracle) judgedEverywhere(tick uint64) bool {
	for _, z := range o.s.net.genesis.Zones {
		if uint64(len(o.digests[z.ID])) < tick {
			return false
		}
	}
	return true
}

// fate checks that a position is one that was ordered, decided once, and its transaction included once in all.
func (o *oracle) fate(f zone.Fate) {
	o.outcomes[f.Code.String()]++
	b := o.lanes[f.Rollup]
	known := f.Seq < uint64(len(b.items)) && b.items[f.Seq].Tx.Hash() == f.TxHash && b.items[f.Seq].Bundle == f.Bundle
	o.check(known, by{-1, "fates are of what was ordered"}, "rollup %s seq %d: %s", f.Rollup, f.Seq, f.TxHash)
	if !known {
		return
	}
	o.check(!b.decided[f.Seq], by{-1, "every position has one fate"}, "rollup %s seq %d again", f.Rollup, f.Seq)
	b.decided[f.Seq] = true
	for b.open < uint64(len(b.items)) && b.decided[b.open] {
		b.open++
	}
	o.s.load.settled(f.Rollup, f.TxHash)
	if f.Code.Void() {
		return
	}
	at, again := o.included[f.Rollup][f.TxHash]
	o.check(!again, by{-1, "a transaction is included once"}, "rollup %s: %s at seq %d and %d", f.Rollup, f.TxHash, at, f.Seq)
	o.included[f.Rollup][f.TxHash] = f.Seq
}

// bundle checks that an execution bundle took effect on all of its legs or on none, at once.
func (o *oracle) bundle(id core.ZoneID, tick *core.Tick, place zone.BundlePlace, fates map[zone.LegPlace]zone.Fate) {
	var bundle *core.DecodedBundle
	for i := range tick.Bundles {
		if tick.Bundles[i].Hash == place.ID {
			bundle = &tick.Bundles[i]
		}
	}
	o.check(bundle != nil, by{-1, "fates are of what was ordered"}, "bundle %s is not in tick %d", place.ID, tick.Number)
	if bundle == nil || bundle.Atomicity != core.AtomicExecution {
		return
	}
	whole := len(place.Legs) == len(bundle.Legs)
	included := 0
	for _, leg := range place.Legs {
		f, ok := fates[zone.LegPlace{Rollup: leg.Rollup, Seq: leg.Seq}]
		whole = whole && ok
		if !f.Code.Void() {
			included++
			allowed := !f.Reverted || bundle.Legs[leg.Leg].MayRevert
			o.check(allowed, by{-1, "no half bundle"}, "bundle %s: leg %d reverted and is included", place.ID, leg.Leg)
		}
	}
	o.check(whole, by{-1, "no half bundle"}, "bundle %s: not all legs are decided in tick %d", place.ID, tick.Number)
	half := included != 0 && included != len(place.Legs)
	o.check(!half, by{-1, "no half bundle"}, "bundle %s: %d of %d legs are included", place.ID, included, len(place.Legs))
	if included > 0 && bundle.ParentTick != 0 {
		o.outcomes["bundlesIncludedAtParentTick"]++
	}
	if included > 0 {
		o.outcomes["bundlesIncluded"]++
	} else {
		o.outcomes["bundlesVoid"]++
	}
	if whole && !half {
		o.asserted(id, bundle, place, fates)
	}
}

// conservation checks that all balances of a rollup sum up to what there was, without the base fees that were burned.
func (o *oracle) conservation(v *validator, rollup core.RollupID, gasUsed uint64) {
	view := v.engines[rollup].at.view
	supply := o.supply[rollup]
	supply.Sub(supply, new(big.Int).Mul(view.BaseFee(), new(big.Int).SetUint64(gasUsed)))
	sum := new(big.Int)
	add := func(address common.Address) {
		if account, err := view.Account(address); err == nil {
			sum.Add(sum, account.Balance.ToBig())
		}
	}
	for _, a := range o.s.net.accounts {
		add(a.address)
	}
	for _, address := range []common.Address{feeRecipient, treasury, marker, counter, reverter, spinner, payer} {
		add(address)
	}
	if t := o.s.net.tokens; t.member(rollup) {
		add(t.at.TokenBridge)
	}
	o.check(sum.Cmp(supply) == 0, by{v.index, "supply is conserved"}, "rollup %s: %s, want %s", rollup, sum, supply)
}

// effects checks that the marks of transactions are in the state exactly if they are included.
func (o *oracle) effects(v *validator, rollup core.RollupID, outcomes []zone.Fate) {
	var db *state.StateDB
	for _, f := range outcomes {
		mark, ok := o.s.load.marks[f.TxHash]
		if f.Rollup != rollup || !ok {
			continue
		}
		if db == nil {
			var err error
			if db, err = v.engines[rollup].at.view.StateDB(); err != nil {
				_ = o.s.broken("states can be read", v.index, "%v", err)
				return
			}
		}
		_, included := o.included[rollup][f.TxHash]
		set := db.GetState(marker, mark) != common.Hash{}
		o.check(set == included, by{v.index, "void has no effect, included has"}, "rollup %s: %s is %s, mark set: %v", rollup, f.TxHash, f.Code, set)
	}
}
