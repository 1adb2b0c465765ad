package sim

import (
	"context"
	"math/rand/v2"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// busyMs is how long an account is left alone after it signed, unless what it signed has a fate before.
const busyMs = 4000

// load is the clients: they send transactions and bundles to the validators' pools.
type load struct {
	s    *simulation
	rand *rand.Rand

	busy map[slot]uint64 // until when an account is left alone
	// users are the accounts behind what is on its way.
	users map[common.Hash]slot
	// marks are the storage slots that transactions set, by hash.
	marks  map[common.Hash]common.Hash
	serial uint64

	accepted      []accepted
	acceptedCount uint64
	bundles       []core.DecodedBundle // the newest that were accepted
	signed        []core.Transaction   // the newest that were signed, whatever became of them
	// eths are all that were signed: their senders are recovered once for all zones.
	eths map[common.Hash]*gethtypes.Transaction
}

// slot is an account on a rollup.
type slot struct {
	rollup  core.RollupID
	account int
}

// accepted is what a pool took.
type accepted struct {
	id              common.Hash
	what            string
	validator, life int
}

func newLoad(s *simulation) *load {
	return &load{
		s: s, rand: s.random("load"), busy: make(map[slot]uint64), users: make(map[common.Hash]slot),
		marks: make(map[common.Hash]common.Hash), eths: make(map[common.Hash]*gethtypes.Transaction),
	}
}

// known is zone.Config.Known of all validators.
func (l *load) known(_ core.RollupID, hash common.Hash) *gethtypes.Transaction { return l.eths[hash] }

// settled lets an account sign again.
func (l *load) settled(rollup core.RollupID, hash common.Hash) {
	if at, ok := l.users[hash]; ok && at.rollup == rollup {
		delete(l.users, hash)
		delete(l.busy, at)
	}
}

// send has clients send what they send within a step.
func (l *load) send() {
	for range l.rand.IntN(2*l.s.cfg.Bundles + 1) {
		if v := l.validator(); v != nil {
			l.bundle(v)
		}
	}
	singles := l.rand.IntN(2*l.s.cfg.Bundles + 3)
	if l.crowded() {
		singles *= 4
	}
	for range singles {
		if v := l.validator(); v != nil {
			l.single(v)
		}
	}
	if l.s.cfg.has(Load) {
		if v := l.validator(); v != nil {
			l.attack(v)
		}
	}
}

// crowded reports whether this is one of the slots with more work than blocks have room for, so that lanes stop.
func (l *load) crowded() bool { return l.s.timeMs/1000%10 == 3 }

// validator is one that can be reached, nil if none can.
func (l *load) validator() *validator {
	v := l.s.validators[l.rand.IntN(len(l.s.validators))]
	if !v.up {
		return nil
	}
	return v
}

// take finds an account that has nothing on its way, and its next nonce.
func (l *load) take(v *validator, rollup core.RollupID) (at slot, nonce uint64, ok bool) {
	for range 8 {
		at = slot{rollup, l.rand.IntN(accountCount)}
		if l.busy[at] <= l.s.nowMs {
			l.busy[at] = l.s.nowMs + busyMs
			return at, l.nonce(v, at), true
		}
	}
	return at, 0, false
}

// nonce is the account's next one as the validator sees it.
func (l *load) nonce(v *validator, at slot) uint64 {
	nonce, _, _, err := poolState{v}.Account(at.rollup, l.s.net.accounts[at.account].address)
	if err != nil {
		_ = l.s.broken("states can be read", v.index, "%v", err)
	}
	return nonce
}

// rollup is one of a zone's.
func (l *load) rollup(id core.ZoneID) core.RollupID {
	members := l.s.members(id)
	return members[l.rand.IntN(len(members))]
}

// zone is mostly the first one.
func (l *load) zone() core.ZoneID {
	zones := l.s.net.genesis.Zones
	if l.rand.IntN(4) == 0 {
		return zones[len(zones)-1].ID
	}
	return zones[0].ID
}

// single sends one transaction, sometimes two in a row, sometimes the second one first.
func (l *load) single(v *validator) {
	if l.rand.IntN(12) == 0 {
		raw := make([]byte, 1+l.rand.IntN(200))
		for i := range raw {
			raw[i] = byte(l.rand.Uint32())
		}
		l.submit(v, core.NewOpaqueTransaction(opaque, raw))
		return
	}
	rollup := l.rollup(l.zone())
	at, nonce, ok := l.take(v, rollup)
	if !ok {
		return
	}
	first := l.sign(at, nonce, l.action(rollup))
	if l.rand.IntN(4) != 0 {
		l.submit(v, first)
		return
	}
	second := l.sign(at, nonce+1, l.action(rollup))
	if l.rand.IntN(2) == 0 {
		first, second = second, first
	}
	l.submit(v, first)
	l.submit(v, second)
}

// submit hands a transaction to a pool and remembers that it was accepted.
func (l *load) submit(v *validator, tx core.Transaction) bool {
	hash, err := v.pool.AddTransaction(context.Background(), tx.Rollup(), tx.Raw())
	l.note(v, hash, "transaction", err)
	return err == nil
}

func (l *load) note(v *validator, id common.Hash, what string, err error) {
	if err != nil {
		l.s.counts["load:refused"]++
		return
	}
	l.acceptedCount++
	l.accepted = append(l.accepted, accepted{id, what, v.index, v.life})
}

// bundle sends a bundle of one to five legs.
func (l *load) bundle(v *validator) {
	d := &draft{atomicity: core.AtomicExecution, notAfter: l.s.timeMs + 5000 + l.rand.Uint64N(20_000)}
	if l.rand.IntN(10) == 0 {
		d.notBefore = l.s.timeMs + l.rand.Uint64N(1500)
	}
	id := l.zone()
	if l.rand.IntN(8) == 0 {
		d.atomicity = core.AtomicInclusion
	}
	if d.atomicity == core.AtomicExecution && l.rand.IntN(5) == 0 && l.s.height > 0 {
		d.parentTick = l.s.height + l.rand.Uint64N(3)
		l.s.count("load:parentTick")
	}
	d.protected = d.atomicity == core.AtomicExecution && l.rand.IntN(4) == 0
	switch tokens := l.s.net.tokens; {
	case d.atomicity == core.AtomicExecution && tokens != nil && l.rand.IntN(4) == 0:
		l.tokenLegs(v, d)
	case d.atomicity == core.AtomicExecution && l.rand.IntN(2) == 0:
		l.assertingLegs(v, d, id)
	default:
		l.legs(v, d, id)
	}
	if l.s.cfg.has(Load) {
		l.twistDraft(d)
	}
	if len(d.legs) > 0 {
		l.offer(v, d)
	}
}

// legs adds one to five legs on a zone's rollups; those of an inclusion bundle are on any.
func (l *load) legs(v *validator, d *draft, id core.ZoneID) {
	for range 1 + l.rand.IntN(5) {
		if d.atomicity == core.AtomicInclusion {
			id = l.zone()
		}
		if !l.leg(v, d, l.rollup(id)) {
			break
		}
	}
}

// leg adds a leg, sometimes of a sender that the bundle has already.
func (l *load) leg(v *validator, d *draft, rollup core.RollupID) bool {
	if n := len(d.legs); n > 0 && l.rand.IntN(5) == 0 {
		last := d.legs[n-1]
		d.legs = append(d.legs, draftLeg{at: last.at, nonce: last.nonce + 1, action: l.action(last.at.rollup)})
		return true
	}
	at, nonce, ok := l.take(v, rollup)
	if !ok {
		return false
	}
	d.legs = append(d.legs, draftLeg{at: at, nonce: nonce, action: l.action(rollup), mayRevert: l.rand.IntN(6) == 0})
	return true
}

// offer signs a bundle and hands it to a pool.
func (l *load) offer(v *validator, d *draft) bool {
	b, err := l.build(d)
	if err != nil {
		_ = l.s.broken("the simulator builds bundles", -1, "%v", err)
		return false
	}
	_, err = v.pool.AddBundle(context.Background(), b.Bundle)
	l.note(v, b.Hash, "bundle", err)
	if err != nil {
		return false
	}
	if l.bundles = append(l.bundles, b); len(l.bundles) > 64 {
		l.bundles = l.bundles[1:]
	}
	return true
}
