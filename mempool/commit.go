package mempool

import (
	"math"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Committed takes notice of a tick that is decided and durable. What it ordered is never offered again, and no longer
// counts towards the caps. Ticks come in order.
func (p *Pool) Committed(d *core.Decided) {
	p.mu.Lock()
	defer p.mu.Unlock()
	tick := d.Record.Number
	p.tick, p.tickTime = tick, max(p.tickTime, d.Record.Time)
	for i := range d.Tick.Bundles {
		p.recent.put(d.Tick.Bundles[i].Hash, tick)
		p.reasons.forget(d.Tick.Bundles[i].Hash)
		p.orderLines(d.Tick.Bundles[i].Hash, tick)
	}
	for _, row := range d.Record.Lanes {
		if q := p.queue(row.Rollup); q != nil {
			p.orderLane(q, d.Tick, row.FirstSeq)
		}
	}
	for i := range d.Tick.Bundles {
		if b := p.bundles[d.Tick.Bundles[i].Hash]; b != nil && b.tick == 0 {
			b.tick = tick
			p.unlinkBundle(b)
			p.bundlesDone = append(p.bundlesDone, b)
			p.bundlesDoneBytes += b.size
		}
	}
	p.followControl(d.Tick)
	p.dropRetired()
	p.dropPassed()
	p.boundOrdered()
	if tick <= p.executed { // the zone read the log before ordering came here
		p.leave(p.executed)
	}
}

// orderLane marks what a tick ordered for one rollup.
func (p *Pool) orderLane(q *queue, ordered *core.Tick, firstSeq uint64) {
	var touched accounts
	strangers, tick := strange{queue: q}, ordered.Number
	for i, item := range ordered.Lane(q.id) {
		p.recent.put(item.Tx.Hash(), tick)
		p.reasons.forget(item.Tx.Hash())
		e := q.txs[item.Tx.Hash()]
		if item.Tx.Kind() != core.EncTransaction {
			q.operator.ordered(item.Tx)
			if r := item.Tx.Report(); r != nil && q.nonces != nil {
				p.reported(q, r)
			}
			continue
		}
		if q.nonces != nil {
			pos := &position{tick: tick, seq: firstSeq + uint64(i)}
			if e == nil || e.from == (common.Address{}) {
				strangers.add(pos, item.Tx)
			}
			p.orderElsewhere(q, e, &flight{seq: pos.seq, nonce: item.Tx.Eth().Nonce(), hash: item.Tx.Hash(), since: p.now()}, &touched)
			continue
		}
		if q.elsewhere() { // nothing here executes it
			if e != nil && e.single {
				p.remove(q, nil, e)
			}
			continue
		}
		pos := &position{tick: tick, seq: firstSeq + uint64(i), entry: e}
		q.keep(pos)
		if e == nil {
			strangers.add(pos, item.Tx)
			continue
		}
		pos.authorities = e.authorities
		if pos.account = q.accounts[e.from]; pos.account == nil {
			q.hold(e)
			continue
		}
		p.orderEntry(q, pos, item.IsLeg())
		touched.add(pos.account)
	}
	p.leaveBehind(q)
	for _, a := range touched.list {
		p.settle(q, a)
	}
	p.attributeLater(strangers)
}

// orderEntry marks an entry that the pool holds. A single becomes a step of its sender's nonces; what a leg does to them
// is known when it is executed.
func (p *Pool) orderEntry(q *queue, pos *position, leg bool) {
	if e := pos.entry; e.single && !leg && e.tick == 0 {
		p.count, p.bytes = p.count-1, p.bytes-e.size()
		q.order(pos.account, e, pos.tick)
		return
	}
	q.hold(pos.entry)
	pos.busy = true
	pos.account.busy++
}

// attributeLater has the workers recover the senders of positions that reached this node by the order only. With no
// sender waiting on the rollup nobody needs them: a node that catches up does not recover each sender twice.
func (p *Pool) attributeLater(s strange) {
	wanted := len(s.queue.accounts) > 0
	if s.queue.nonces != nil {
		wanted = !p.old(p.tickTime)
	}
	if len(s.positions) == 0 || !wanted {
		return
	}
	if p.inbox.bytes.load()+s.bytes > p.cfg.MaxInboxBytes {
		s.queue.stale = true
		return
	}
	select {
	case p.inbox.strangers <- s:
		p.inbox.bytes.add(s.bytes)
	default:
		s.queue.stale = true
	}
}

// attribute recovers the senders of positions and keeps their accounts from being selected until the effect is known.
func (p *Pool) attribute(s strange) {
	defer p.inbox.bytes.add(-s.bytes)
	if s.queue.nonces != nil {
		p.attributeElsewhere(s)
		return
	}
	senders, authorities := make([]common.Address, len(s.txs)), make([][]common.Address, len(s.txs))
	for i, tx := range s.txs {
		authorities[i] = s.queue.authorities(tx.Eth())
		if from, err := gethtypes.Sender(s.queue.signer, tx.Eth()); err == nil {
			senders[i] = from
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, pos := range s.positions {
		pos.authorities = authorities[i]
		if pos.done {
			p.revisitAll(s.queue, pos.authorities)
		}
		a := s.queue.accounts[senders[i]]
		if a == nil {
			continue
		}
		if pos.done {
			p.revisit(s.queue, a)
			continue
		}
		pos.account, pos.busy = a, true
		a.busy++
		p.settle(s.queue, a)
	}
}

// revisitAll revisits those of some addresses that the pool holds something of.
func (p *Pool) revisitAll(q *queue, addrs []common.Address) {
	for _, addr := range addrs {
		if a := q.accounts[addr]; a != nil {
			p.revisit(q, a)
		}
	}
}

// revisit reads an account's state again. If it cannot be read now, the account is left as it is; the zone that cannot
// read its state has halted.
func (p *Pool) revisit(q *queue, a *account) {
	if err := p.refresh(q, a); err != nil {
		p.counters.StateErrors++
	}
	p.settle(q, a)
}

// Executed takes notice that the zone published the effects of all ticks up to this one. What they applied leaves the
// pool, and the senders' other transactions are looked at again. A lane that is stopped keeps what is not applied.
func (p *Pool) Executed(tick uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.executed = tick
	if p.rereadAt != 0 && tick >= p.rereadAt {
		p.rereadAt = 0
		for _, q := range p.all() {
			q.stale = true
		}
	}
	p.leave(tick)
}

// Rewound takes notice that a zone went back and executes again. What the pool reads of senders meanwhile is old, so all of
// them are read again when the zone is as far as it was.
func (p *Pool) Rewound() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rereadAt = max(p.rereadAt, p.executed)
}

// leave lets go of what was applied in the ticks up to this one.
func (p *Pool) leave(tick uint64) {
	for _, q := range p.all() {
		if q.kind != core.KindEVM {
			continue
		}
		var touched accounts
		p.popApplied(q, tick, &touched)
		p.followBaseFee(q, &touched)
		for _, a := range touched.list {
			p.revisit(q, a)
		}
	}
	for len(p.bundlesDone) > 0 && p.bundlesDone[0].tick <= tick {
		p.forgetOrderedBundle()
	}
	p.wake()
}

// popApplied forgets the positions that are applied and collects their senders.
func (p *Pool) popApplied(q *queue, tick uint64, touched *accounts) {
	applied := uint64(math.MaxUint64)
	if p.progress != nil {
		applied = p.progress.FirstUnapplied(q.id)
	}
	for len(q.ordered) > 0 && q.ordered[0].tick <= tick && q.ordered[0].seq < applied {
		pos := q.next()
		p.pop(q, pos)
		if pos.account != nil {
			touched.add(pos.account)
		}
		for _, addr := range pos.authorities {
			if a := q.accounts[addr]; a != nil {
				touched.add(a)
			}
		}
	}
	q.touchDelegated(touched)
	if q.stale {
		q.stale = false
		for _, a := range q.sorted() {
			touched.add(a)
		}
	}
}

// pop forgets a position. Its account must be revisited.
func (p *Pool) pop(q *queue, pos *position) {
	pos.done = true
	if pos.busy {
		pos.account.busy--
	}
	switch e := pos.entry; {
	case e == nil:
	case pos.busy || pos.account == nil:
		q.release(e)
	default:
		p.remove(q, pos.account, e)
	}
}

// followBaseFee looks at every sender again when the base fee moved, which happens at most once per slot.
func (p *Pool) followBaseFee(q *queue, touched *accounts) {
	baseFee := p.state.BaseFee(q.id)
	if baseFee.Cmp(q.baseFee) == 0 {
		return
	}
	q.baseFee.Set(baseFee)
	for _, a := range q.sorted() {
		if !touched.has(a) {
			p.reindex(q, a)
		}
	}
}

// boundOrdered forgets the oldest ordered positions when execution is so far behind (a zone that has stopped while
// ordering goes on) that they would fill the memory. Only lookups of the pool miss them then.
func (p *Pool) boundOrdered() {
	for _, q := range p.all() {
		for len(q.ordered) > p.cfg.MaxRollupTxs || q.orderedBytes > p.cfg.MaxRollupBytes {
			pos := q.next()
			p.pop(q, pos)
			if pos.account != nil {
				p.settle(q, pos.account)
			}
		}
	}
	for len(p.bundlesDone) > p.cfg.MaxBundles || p.bundlesDoneBytes > p.cfg.MaxBundlesBytes {
		p.forgetOrderedBundle()
	}
}

// forgetOrderedBundle forgets the oldest ordered bundle.
func (p *Pool) forgetOrderedBundle() {
	b := p.bundlesDone[0]
	p.bundlesDone[0] = nil
	if p.bundlesDone = p.bundlesDone[1:]; len(p.bundlesDone) == 0 {
		p.bundlesDone = nil
	}
	p.bundlesDoneBytes -= b.size
	delete(p.bundles, b.Hash)
	p.letsGo(b)
}

// Dropped says why an entry that was admitted left the pool without being ordered. Reasons are kept for the newest ones
// only, see Config.MaxReasons; they are of the kinds that admission gives.
func (p *Pool) Dropped(id common.Hash) (reason error, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reasons.get(id)
}

// sweep drops what has waited too long and bundles whose time is over.
func (p *Pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.forgetClients(now)
	p.forgetLines(uint64(now.UnixMilli()))
	p.sweepParking(now)
	for _, q := range p.all() {
		p.expireOperatorEntries(q, now)
		p.sweepElsewhere(q, now)
		for q.waiting.Len() > 0 {
			e := q.waiting.Front().Value.(*entry)
			if now.Sub(e.since) < p.cfg.Lifetime {
				break
			}
			a := q.accounts[e.from]
			p.counters.Expired++
			p.drop(q, a, e, refuse(ErrWaitedTooLong, "%s for nonce %d or a lower base fee", p.cfg.Lifetime, a.nextReady()))
			p.settle(q, a)
		}
	}
	for place := p.bundleList.Front(); place != nil; {
		b := place.Value.(*bundle)
		place = place.Next()
		if expired := p.expired(b, uint64(now.UnixMilli())); expired {
			p.counters.Expired++
			p.dropBundle(b, &Refusal{Cause: core.ErrExpired, Field: "notAfter", Detail: strconv.FormatUint(b.NotAfter, 10)})
		}
	}
}

// clockSlack is by how much this node's clock may be ahead of consensus time before bundles are dropped too early, ms.
const clockSlack = 5000

// expired compares with consensus time where it is known, since ticks are what a bundle must be in time for.
func (p *Pool) expired(b *bundle, nowMs uint64) bool {
	return b.NotAfter < p.tickTime || b.NotAfter+clockSlack < nowMs
}
