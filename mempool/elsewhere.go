package mempool

import (
	"math"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Rollups of kind opstack are executed by others. Their operators take the lane in its order and skip for good what comes before its
// nonce, so the pool keeps each sender's transactions in nonce order here too. What it knows of nonces is in queue.nonces.
//
// A transaction that leaves a gap behind what is known waits. If the chain itself said lately what its next nonce is (NoteNonce), it
// waits as on any chain: until the missing one comes, or Config.Lifetime has passed. Otherwise the gap may be none, since the chain
// takes transactions past the lane too, and after Config.GapWait it is offered all the same.

// NoteNonce takes notice of the next nonce of a sender as the chain's own execution client says it, for a rollup of kind opstack.
func (p *Pool) NoteNonce(rollup core.RollupID, addr common.Address, nonce uint64) {
	q := p.queue(rollup)
	if q == nil || q.nonces == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	q.nonces.tell(addr, nonce, p.now())
	if a := q.accounts[addr]; a != nil {
		p.settle(q, a)
	}
}

// NextNonce is the first nonce from one on that neither a transaction of the pool has nor one of the lane of which nobody has reported
// what became of it, for a rollup of kind opstack.
func (p *Pool) NextNonce(rollup core.RollupID, addr common.Address, from uint64) uint64 {
	q := p.queue(rollup)
	if q == nil || q.nonces == nil {
		return from
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for next := from; ; next++ {
		if q.nonces.flying(addr, next) != nil {
			continue
		}
		if a := q.accounts[addr]; a != nil {
			if _, held := a.find(next); held {
				continue
			}
		}
		return next
	}
}

// Gaps lists up to limit senders of a rollup of kind opstack whose transactions wait for an earlier nonce, the longest waiting first.
func (p *Pool) Gaps(rollup core.RollupID, limit int) (senders []common.Address) {
	q := p.queue(rollup)
	if q == nil || q.nonces == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := make(map[common.Address]struct{})
	for place := q.waiting.Front(); place != nil && len(senders) < limit; place = place.Next() {
		from := place.Value.(*entry).from
		if _, twice := seen[from]; !twice {
			seen[from] = struct{}{}
			senders = append(senders, from)
		}
	}
	return senders
}

// admitElsewhere takes a transaction in that is not executed here: on an opaque rollup as it comes, on a chain into its sender's
// queue.
func (p *Pool) admitElsewhere(q *queue, e *entry, local bool) error {
	if q.nonces == nil {
		if err := p.makeRoom(q, e, nil, true); err != nil {
			return err
		}
		p.insert(q, nil, e)
		p.wake()
		return nil
	}
	a := q.accounts[e.from]
	if a == nil {
		a = &account{addr: e.from}
		q.accounts[e.from] = a
	}
	defer p.settle(q, a)
	if local {
		if err := q.checkUsed(e); err != nil {
			return err
		}
	}
	a.nonce = 0 // what is used, checkUsed says
	old, err := p.checkNonce(a, e)
	if err != nil {
		return err
	}
	next := q.expected(a, e)
	if old == nil {
		if err := p.checkSenderCaps(a, e); err != nil {
			return err
		}
	}
	if err := p.makeRoom(q, e, old, e.nonce() <= next); err != nil {
		return err
	}
	if old != nil {
		p.counters.Replaced++
		p.drop(q, a, old, refuse(ErrReplaced, "by %s", e.tx.Hash()))
	}
	e.held = local
	p.insert(q, a, e)
	return nil
}

// expected prepares the account for the checks that all rollups share: nonce is where its transactions begin. It gives the nonce
// with which one would be ready.
func (q *queue) expected(a *account, e *entry) uint64 {
	next, known := q.nonces.next(a.addr)
	if !known {
		next = e.nonce()
		if len(a.txs) > 0 {
			next = min(next, a.txs[0].nonce())
		}
	}
	a.nonce = next
	return a.nextReady()
}

// checkUsed refuses a nonce that is used or taken. Peers' transactions are not looked at so closely: they may know more.
func (q *queue) checkUsed(e *entry) error {
	s := q.nonces.senders[e.from]
	if s == nil {
		return nil
	}
	if s.known && e.nonce() < s.base {
		return refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", s.base, e.nonce())
	}
	if f := q.nonces.flying(e.from, e.nonce()); f != nil {
		return refuse(ErrNonceTooLow, "tx nonce %d is taken by %s, ordered at position %d of the lane", e.nonce(), f.hash, f.seq)
	}
	return nil
}

// indexElsewhere is index for a chain that is executed elsewhere.
func (q *queue) indexElsewhere(a *account, now time.Time) (fresh []*gethtypes.Transaction) {
	next, known := q.nonces.next(a.addr)
	a.first, a.end, a.nonce = 0, 0, next
	for i, e := range a.txs {
		if i == 0 && (!known || e.nonce() < next) {
			a.nonce = e.nonce()
		}
		if !known {
			next, known = e.nonce(), true
		}
		if e.nonce() > next && !e.overdue {
			break
		}
		a.end, next = i+1, max(next, e.nonce()+1)
		q.stopWaiting(e)
		if !e.announced {
			e.announced = true
			fresh = append(fresh, e.tx.Eth())
		}
	}
	q.place(a, now)
	return fresh
}

// gossipHeld hands on what waited for an earlier nonce and is ready now, so that peers, who may know less of the sender, get it in
// order.
func (p *Pool) gossipHeld(a *account) {
	for _, e := range a.txs[:a.end] {
		if e.held {
			e.held = false
			p.outbox.add(outgoing{entry: e}, p.live())
		}
	}
}

// orderElsewhere takes notice of a transaction of the lane of a chain that is executed elsewhere. e is nil if the pool does not hold
// it.
func (p *Pool) orderElsewhere(q *queue, e *entry, f *flight, touched *accounts) {
	if e == nil || e.from == (common.Address{}) {
		return
	}
	q.nonces.ordered(e.from, f)
	a := q.accounts[e.from]
	if e.single {
		p.remove(q, a, e)
	}
	if a != nil {
		touched.add(a)
	}
}

// reported takes notice of what a chain's operator says a block took. What was skipped may be sent again at once.
func (p *Pool) reported(q *queue, r *core.Report) {
	skipped, senders := q.nonces.report(r)
	for _, hash := range skipped {
		p.recent.forget(hash)
	}
	p.settleAll(q, senders)
}

func (p *Pool) settleAll(q *queue, senders []common.Address) {
	for _, addr := range senders {
		if a := q.accounts[addr]; a != nil {
			p.settle(q, a)
		}
	}
}

// attributeElsewhere recovers the senders of what reached this node by the order only.
func (p *Pool) attributeElsewhere(s strange) {
	senders := make([]common.Address, len(s.txs))
	for i, tx := range s.txs {
		if from, err := gethtypes.Sender(s.queue.signer, tx.Eth()); err == nil {
			senders[i] = from
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, pos := range s.positions {
		if senders[i] == (common.Address{}) {
			continue
		}
		tx := s.txs[i]
		s.queue.nonces.ordered(senders[i], &flight{seq: pos.seq, nonce: tx.Eth().Nonce(), hash: tx.Hash(), since: p.now()})
	}
	p.settleAll(s.queue, senders)
}

// old reports whether a tick was decided so long ago that what it ordered says nothing of nonces any more.
func (p *Pool) old(tickTime uint64) bool {
	return tickTime+uint64(p.cfg.Lifetime/time.Millisecond) < uint64(p.now().UnixMilli())
}

// sweepElsewhere lets go what waited for a gap that may be none, and forgets what was never reported.
func (p *Pool) sweepElsewhere(q *queue, now time.Time) {
	if q.nonces == nil {
		return
	}
	p.settleAll(q, q.nonces.expire(now.Add(-p.cfg.Lifetime)))
	var touched accounts
	for place := q.waiting.Front(); place != nil; place = place.Next() {
		e := place.Value.(*entry)
		if now.Sub(e.since) < p.cfg.GapWait {
			break
		}
		if !q.nonces.sure(e.from, now, p.cfg.GapWait) {
			e.overdue = true
			touched.add(q.accounts[e.from])
		}
	}
	for _, a := range touched.list {
		p.settle(q, a)
	}
}

// mayGo reports whether a leg goes before none of its sender's transactions with a lower nonce that could go too.
func (q *queue) mayGo(e *entry) bool {
	a := q.accounts[e.from]
	return q.nonces == nil || a == nil || a.end == 0 || a.txs[0].nonce() >= e.nonce()
}

// noLimit stands for the gas of what is executed elsewhere, which nobody counts here.
const noLimit = uint64(math.MaxUint64)
