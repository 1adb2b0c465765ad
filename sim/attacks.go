package sim

import (
	"context"
	"errors"

	"github.com/lockstep-network/lockstep/core"
)

// twistDraft makes some bundles ones that fail.
func (l *load) twistDraft(d *draft) {
	if len(d.legs) == 0 {
		return
	}
	switch l.rand.IntN(16) {
	case 0:
		l.s.count("load:wrongCommitment")
		d.wrong = !d.protected
	case 1:
		l.s.count("load:expiring")
		d.notAfter = l.s.timeMs + l.rand.Uint64N(300)
	case 2:
		l.s.count("load:noncesGap")
		d.legs[len(d.legs)-1].nonce += 2
	case 3:
		l.s.count("load:revertingLeg")
		d.legs[len(d.legs)-1].action = action{to: &reverter, gas: 40_000, feeCap: 5000}
	case 4:
		l.s.count("load:tooLate")
		d.notAfter = l.s.timeMs - 1
	case 5:
		l.s.count("load:poorLeg")
		d.legs[len(d.legs)-1].action.value = 1 << 62
	case 6:
		l.s.count("load:tooManyLegs")
		for len(d.legs) < 40 {
			d.legs = append(d.legs, d.legs[0])
		}
	}
}

// attack sends something that should not get far.
func (l *load) attack(v *validator) {
	switch l.rand.IntN(10) {
	case 0:
		l.tear(v)
	case 1:
		l.conflict(v)
	case 2:
		l.gap(v)
	case 3:
		l.again(v)
	case 4:
		l.garbage(v)
	case 5:
		l.rival(v)
	}
}

// tear sends a leg of a newer bundle alone: a protected one is parked, and the oracle sees that it never stands alone in
// the order; another one is a race.
func (l *load) tear(v *validator) {
	if len(l.bundles) == 0 {
		return
	}
	b := l.bundles[len(l.bundles)-1-l.rand.IntN(min(8, len(l.bundles)))]
	tx := b.Txs[l.rand.IntN(len(b.Txs))]
	l.s.count("load:tornLeg")
	if !l.s.protected(tx) {
		l.submit(v, tx)
		return
	}
	hash, err := v.pool.AddTransaction(context.Background(), tx.Rollup(), tx.Raw())
	if err != nil {
		return
	}
	l.s.count("load:parkedLeg")
	if !v.pool.Find(hash).Parked {
		_ = l.s.broken("protected legs stand in their bundle", v.index, "the pool takes %s alone", hash)
	}
}

// conflict signs a second transaction with a nonce that is on its way, with a lower, an equal or a higher fee.
func (l *load) conflict(v *validator) {
	rollup := l.rollup(l.zone())
	at, nonce, ok := l.take(v, rollup)
	if !ok {
		return
	}
	l.s.count("load:conflict")
	for _, to := range []*validator{v, v, l.validator()} {
		if to != nil {
			a := l.action(rollup)
			a.feeCap = 4000 + 1000*l.rand.Int64N(4)
			l.submit(to, l.sign(at, nonce, a))
		}
	}
}

// gap leaves a nonce out: the transaction waits until the pool gives up.
func (l *load) gap(v *validator) {
	rollup := l.rollup(l.zone())
	if at, nonce, ok := l.take(v, rollup); ok {
		l.s.count("load:gap")
		l.submit(v, l.sign(at, nonce+1+l.rand.Uint64N(3), l.action(rollup)))
	}
}

// again sends a bundle once more, to another pool.
func (l *load) again(v *validator) {
	if len(l.bundles) == 0 {
		return
	}
	b := l.bundles[l.rand.IntN(len(l.bundles))]
	l.s.count("load:bundleAgain")
	_, err := v.pool.AddBundle(context.Background(), b.Bundle)
	l.note(v, b.Hash, "bundle", err)
}

// rival makes two bundles with the same leg, of which one can come true.
func (l *load) rival(v *validator) {
	d := &draft{atomicity: core.AtomicExecution, notAfter: l.s.timeMs + 10_000}
	id := l.zone()
	for range 2 {
		if !l.leg(v, d, l.rollup(id)) {
			return
		}
	}
	l.s.count("load:rivals")
	l.offer(v, d)
	d.legs = d.legs[:1]
	d.notAfter++
	if other := l.validator(); other != nil {
		l.offer(other, d)
	}
}

// garbage sends bytes that are no transaction, and one for a rollup that does not exist.
func (l *load) garbage(v *validator) {
	l.s.count("load:garbage")
	raw := make([]byte, l.rand.IntN(300))
	for i := range raw {
		raw[i] = byte(l.rand.Uint32())
	}
	for _, rollup := range []core.RollupID{l.s.net.evm[0], 12_345} {
		if _, err := v.pool.AddTransaction(context.Background(), rollup, raw); err == nil {
			_ = l.s.broken("garbage is refused", v.index, "the pool takes %x for rollup %s", raw, rollup)
		}
	}
	if _, err := v.pool.AddBundle(context.Background(), &core.Bundle{Atomicity: core.AtomicExecution}); !errors.Is(err, core.ErrNoLegs) {
		_ = l.s.broken("garbage is refused", v.index, "a bundle without legs: %v", err)
	}
}
