package sim

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/zone"
)

// oracle knows what was decided and checks what the validators make of it. Whatever it compares with, it has computed
// from the decided bytes, or seen at the first validator whose executor is right.
type oracle struct {
	s *simulation

	ticks map[uint64]*core.Tick // decided and not judged in all zones
	rows  map[uint64][]core.LaneRow
	heads map[core.RollupID]core.LaneHead
	lanes map[core.RollupID]*book
	// ordered are all hashes of transactions and ids of bundles that were ordered.
	ordered map[common.Hash]struct{}

	apps     []common.Hash // AppHash by tick, from tick 1
	attested map[core.ZoneID]core.Attested
	digests  map[core.ZoneID][]common.Hash // by tick, from tick 1
	seals    map[core.ZoneID]map[uint64]zone.SealRecord
	included map[core.RollupID]map[common.Hash]uint64
	supply   map[core.RollupID]*big.Int
	// storage is what programs and the contracts of tokens have written, as recomputed from what was decided.
	storage storage
	book    *tokenBook

	checkpoints *checkpoints

	bundles, singles, positions, lostWithPool uint64
	outcomes, checks                          map[string]uint64
}

// book is a lane as it was ordered.
type book struct {
	items   []core.LaneItem
	decided []bool
	open    uint64 // first position that is not decided
}

func newOracle(s *simulation) *oracle {
	o := &oracle{
		s: s, ticks: make(map[uint64]*core.Tick), rows: make(map[uint64][]core.LaneRow),
		heads: make(map[core.RollupID]core.LaneHead), lanes: make(map[core.RollupID]*book), ordered: make(map[common.Hash]struct{}),
		attested: make(map[core.ZoneID]core.Attested), digests: make(map[core.ZoneID][]common.Hash),
		seals: make(map[core.ZoneID]map[uint64]zone.SealRecord), included: make(map[core.RollupID]map[common.Hash]uint64),
		supply: make(map[core.RollupID]*big.Int), storage: make(storage), book: newTokenBook(), checkpoints: newCheckpoints(len(s.net.genesis.Validators)), outcomes: make(map[string]uint64), checks: make(map[string]uint64),
	}
	for _, r := range s.net.genesis.Rollups {
		o.lanes[r.ID] = new(book)
		o.included[r.ID] = make(map[common.Hash]uint64)
		o.storage[r.ID] = make(map[cell]common.Hash)
		o.supply[r.ID] = new(big.Int).Mul(funds, big.NewInt(accountCount))
		if t := s.net.tokens; t.member(r.ID) {
			o.storage[r.ID] = t.initial(r.ID)
			o.supply[r.ID].Add(o.supply[r.ID], t.allocs[r.ID][t.at.TokenBridge].Balance)
		}
	}
	for _, z := range s.net.genesis.Zones {
		o.seals[z.ID] = make(map[uint64]zone.SealRecord)
	}
	return o
}

// by says which validator, -1 for none, is held to which invariant.
type by struct {
	validator int
	invariant string
}

// check counts a check and notes a violation if it failed.
func (o *oracle) check(ok bool, held by, format string, args ...any) {
	o.checks[held.invariant]++
	if !ok {
		_ = o.s.broken(held.invariant, held.validator, format, args...)
	}
}

// decided takes notice of a decided proposal: it must keep the rules, and moves the lanes.
func (o *oracle) decided(p ordering.Proposal) {
	t := &core.Tick{Number: p.Height, Time: p.Time}
	err := t.DecodePayload(p.Txs[1:], o.s.net.id, o.s.net.genesis.Kind)
	o.check(err == nil, by{-1, "decided ticks keep the rules"}, "undecodable: %v", err)
	if err != nil {
		return
	}
	o.checkRules(t)
	for _, r := range o.s.net.genesis.Rollups {
		items := t.LaneItems(r.ID)
		row, ok := o.heads[r.ID].Advance(o.s.net.id, r.ID, t.Number, items)
		if !ok {
			continue
		}
		o.rows[t.Number] = append(o.rows[t.Number], row)
		o.heads[r.ID] = row.After()
		b := o.lanes[r.ID]
		b.items = append(b.items, items...)
		b.decided = append(b.decided, make([]bool, len(items))...)
		o.positions += uint64(len(items))
	}
	o.ticks[t.Number] = t
	o.bundles += uint64(len(t.Bundles))
	for _, section := range t.Sections {
		o.singles += uint64(len(section.Txs))
	}
}

// checkRules checks what must never be decided, in words of its own.
func (o *oracle) checkRules(t *core.Tick) {
	seen := make(map[core.RollupID]map[common.Hash]bool)
	once := func(tx core.Transaction) {
		if seen[tx.Rollup()] == nil {
			seen[tx.Rollup()] = make(map[common.Hash]bool)
		}
		o.check(!seen[tx.Rollup()][tx.Hash()], by{-1, "nothing stands twice in a tick"}, "%s on rollup %s", tx.Hash(), tx.Rollup())
		seen[tx.Rollup()][tx.Hash()] = true
		o.ordered[tx.Hash()] = struct{}{}
	}
	for i, b := range t.Bundles {
		first := b.ParentTick == 0 || (i == 0 && t.Number == b.ParentTick+1)
		o.check(first, by{-1, "a parent tick leaves one place"}, "bundle %s with parentTick %d is the %dth of tick %d", b.Hash, b.ParentTick, i, t.Number)
		o.ordered[b.Hash] = struct{}{}
		inTime := b.NotBefore <= t.Time && t.Time <= b.NotAfter
		o.check(inTime, by{-1, "bundles are in time"}, "bundle %s: %d to %d, tick at %d", b.Hash, b.NotBefore, b.NotAfter, t.Time)
		for _, tx := range b.Txs {
			once(tx)
			bound := b.Atomicity == core.AtomicExecution && b.Commitment != common.Hash{}
			o.check(!o.s.protected(tx) || bound, by{-1, "protected legs stand in their bundle"}, "%s in bundle %s", tx.Hash(), b.Hash)
		}
	}
	for _, section := range t.Sections {
		for _, tx := range section.Txs {
			once(tx)
			o.check(tx.Rollup() == section.Rollup, by{-1, "transactions stand in their lane"}, "%s of rollup %s in that of %s", tx.Hash(), tx.Rollup(), section.Rollup)
			o.check(!o.s.protected(tx), by{-1, "protected legs stand in their bundle"}, "%s stands alone", tx.Hash())
		}
	}
}

// committed compares what a validator made of a tick with the first one, and with the lanes as recomputed.
func (o *oracle) committed(v *validator, d *core.Decided) {
	tick, app := d.Record.Number, v.machine.AppHash()
	if tick > uint64(len(o.apps)) {
		o.apps = append(o.apps, app)
		o.s.event("tick %d app %x", tick, app[:8])
		o.checkAttested(v)
	}
	o.check(o.apps[tick-1] == app, by{v.index, "app hashes are equal"}, "%s after tick %d, want %s", app, tick, o.apps[tick-1])
	o.checkpoint(v, d)
	rows := o.rows[tick]
	same := len(rows) == len(d.Record.Lanes)
	for i := 0; same && i < len(rows); i++ {
		same = rows[i] == d.Record.Lanes[i]
	}
	o.check(same, by{v.index, "lane heads chain"}, "tick %d has rows %+v, want %+v", tick, d.Record.Lanes, rows)
	if tick == o.s.height {
		for _, r := range o.s.net.genesis.Rollups {
			head := v.machine.LaneHead(r.ID)
			o.check(head == o.heads[r.ID], by{v.index, "lane heads chain"}, "rollup %s: %+v, want %+v", r.ID, head, o.heads[r.ID])
		}
	}
}

// checkAttested checks that attested results are right and never go back.
func (o *oracle) checkAttested(v *validator) {
	for _, z := range o.s.net.genesis.Zones {
		at, before := v.machine.Attested(z.ID), o.attested[z.ID]
		o.check(at.Tick >= before.Tick, by{v.index, "attested never goes back"}, "zone %s: %d after %d", z.ID, at.Tick, before.Tick)
		if at.Tick > before.Tick {
			known := o.digests[z.ID]
			right := at.Tick <= uint64(len(known)) && known[at.Tick-1] == at.Digest
			o.check(right, by{v.index, "attested results are right"}, "zone %s tick %d: %s", z.ID, at.Tick, at.Digest)
		}
		o.attested[z.ID] = at
	}
}

// restarted checks that a validator came back with the ledger that it had.
func (o *oracle) restarted(v *validator) error {
	if head := v.log.Head(); head > 0 && head <= uint64(len(o.apps)) {
		o.check(v.machine.AppHash() == o.apps[head-1], by{v.index, "app hashes are equal"}, "%s after a restart at tick %d, want %s", v.machine.AppHash(), head, o.apps[head-1])
	}
	for _, z := range o.s.net.genesis.Zones {
		running := v.zones[z.ID]
		if digest, ok := running.Digest(running.tick); ok && v.clean() && running.tick <= uint64(len(o.digests[z.ID])) {
			o.check(digest == o.digests[z.ID][running.tick-1], by{v.index, "digests are equal"}, "zone %s after a restart at tick %d", z.ID, running.tick)
		}
	}
	if o.s.violation != nil {
		return o.s.violation
	}
	return nil
}

// sealed compares the blocks of a slot.
func (o *oracle) sealed(v *validator, id core.ZoneID, r zone.SealRecord) {
	if !v.clean() {
		return
	}
	first, ok := o.seals[id][r.NextTick]
	if !ok {
		o.seals[id][r.NextTick] = r
		return
	}
	same := first.Slot == r.Slot && first.Digest == r.Digest && len(first.Rollups) == len(r.Rollups)
	for i := 0; same && i < len(r.Rollups); i++ {
		same = first.Rollups[i] == r.Rollups[i]
	}
	o.check(same, by{v.index, "sealed blocks are equal"}, "zone %s before tick %d: %+v, want %+v", id, r.NextTick, r, first)
}

// executed compares a tick's result with that of the first right executor, which is judged.
func (o *oracle) executed(v *validator, id core.ZoneID, r zone.TickResult) {
	o.s.event("executed %d zone %d tick %d digest %x", v.index, id, r.Tick, r.Digest[:8])
	if !v.clean() {
		return
	}
	known := o.digests[id]
	if r.Tick <= uint64(len(known)) {
		o.check(known[r.Tick-1] == r.Digest, by{v.index, "digests are equal"}, "zone %s tick %d: %s, want %s", id, r.Tick, r.Digest, known[r.Tick-1])
		return
	}
	o.digests[id] = append(known, r.Digest)
	o.judge(v, id, r)
}

// end checks, when the network has come to rest, that nothing is left without a fate.
func (o *oracle) end() error {
	for _, r := range o.s.net.genesis.Rollups {
		if b := o.lanes[r.ID]; r.Kind == core.KindEVM {
			o.check(b.open == uint64(len(b.items)), by{-1, "every position has a fate"}, "rollup %s: seq %d of %d has none", r.ID, b.open, len(b.items))
		}
	}
	for _, z := range o.s.net.genesis.Zones {
		at := o.attested[z.ID].Tick
		o.check(at+10 > o.s.height, by{-1, "results are attested"}, "zone %s: attested is tick %d of %d", z.ID, at, o.s.height)
	}
	for _, v := range o.s.validators {
		o.check(v.up && !v.behind() && v.executedAll()+2 > o.s.height, by{v.index, "validators catch up"}, "up %v, executed %d of %d", v.up, v.executedAll(), o.s.height)
	}
	o.check(len(o.checkpoints.done) > 0, by{-1, "checkpoints are completed"}, "%d ticks, none is complete", o.s.height)
	o.checkAccepted()
	if o.s.violation != nil {
		return o.s.violation
	}
	return nil
}

// checkAccepted checks that whatever a pool accepted was ordered or dropped for a reason, unless the pool died.
func (o *oracle) checkAccepted() {
	for _, e := range o.s.load.accepted {
		v := o.s.validators[e.validator]
		if _, ok := o.ordered[e.id]; ok {
			o.checks["accepted entries come to an end"]++
			continue
		}
		if v.life != e.life {
			o.lostWithPool++
			continue
		}
		found := v.pool.Find(e.id)
		o.check(!found.Held, by{v.index, "accepted entries come to an end"}, "%s %s still waits", e.what, e.id)
		o.check(found.Held || found.Dropped != nil, by{v.index, "accepted entries come to an end"}, "%s %s is gone without a reason", e.what, e.id)
	}
}
