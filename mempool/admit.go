package mempool

import (
	"math/big"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// admit puts a checked single into its queue if nonce, funds, replacement rule and caps allow it. An entry of the same
// transaction that the pool has already, as a leg, is used instead of e.
func (p *Pool) admit(q *queue, e *entry, local bool) (*entry, error) {
	if p.knownSingle(q, e.tx.Hash(), local) {
		return nil, ErrAlreadyKnown
	}
	if leg := q.txs[e.tx.Hash()]; leg != nil {
		e = leg
	}
	if q.elsewhere() {
		return e, p.admitElsewhere(q, e, local)
	}
	return e, p.admitNew(q, e)
}

func (p *Pool) admitNew(q *queue, e *entry) error {
	a, err := p.account(q, e.from)
	defer p.settle(q, a)
	if err != nil {
		return err
	}
	old, err := p.checkNonce(a, e)
	if err != nil {
		return err
	}
	if err := checkFunds(a, e, old); err != nil {
		return err
	}
	if err := q.checkDelegation(a, e, old); err != nil {
		return err
	}
	if old == nil {
		if err := p.checkSenderCaps(a, e); err != nil {
			return err
		}
	}
	if err := p.makeRoom(q, e, old, a.willBeReady(e)); err != nil {
		return err
	}
	if old != nil {
		p.counters.Replaced++
		p.drop(q, a, old, refuse(ErrReplaced, "by %s", e.tx.Hash()))
	}
	p.insert(q, a, e)
	return nil
}

func (p *Pool) insert(q *queue, a *account, e *entry) {
	p.arrivals++
	e.arrival = p.arrivals
	p.count, p.bytes = p.count+1, p.bytes+e.size()
	p.reasons.forget(e.tx.Hash())
	q.insert(a, e)
}

// checkNonce finds the single that e would replace, if any, and checks that it may.
func (p *Pool) checkNonce(a *account, e *entry) (old *entry, err error) {
	if e.nonce() < a.nonce {
		return nil, refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", a.nonce, e.nonce())
	}
	i, ok := a.find(e.nonce())
	if !ok {
		return nil, nil
	}
	old = a.txs[i]
	if old.tick != 0 {
		return nil, refuse(ErrNonceTooLow, "tx nonce %d is taken by %s, ordered in tick %d", e.nonce(), old.tx.Hash(), old.tick)
	}
	if !p.outbids(e.tx.Eth(), old.tx.Eth()) {
		return nil, refuse(ErrReplaceUnderpriced, "maxFeePerGas and maxPriorityFeePerGas must be %d%% above those of %s", p.cfg.PriceBump, old.tx.Hash())
	}
	return old, nil
}

// outbids is go-ethereum's rule: both fees higher, and by at least PriceBump percent.
func (p *Pool) outbids(tx, old *gethtypes.Transaction) bool {
	enough := func(fee, old *big.Int) bool {
		threshold := new(big.Int).Mul(old, new(big.Int).SetUint64(100+p.cfg.PriceBump))
		return fee.Cmp(old) > 0 && fee.Cmp(threshold.Div(threshold, big.NewInt(100))) >= 0
	}
	return enough(tx.GasFeeCap(), old.GasFeeCap()) && enough(tx.GasTipCap(), old.GasTipCap())
}

// checkFunds compares the cost of all that the sender has in the pool, e instead of old, with the balance.
func checkFunds(a *account, e, old *entry) error {
	if e.cost.Gt(&a.balance) {
		return refuse(ErrInsufficientFunds, "address %s have %s want %s", a.addr, &a.balance, &e.cost)
	}
	queued := a.spent.Clone()
	if old != nil {
		queued.Sub(queued, &old.cost)
	}
	need, overflow := new(uint256.Int).AddOverflow(queued, &e.cost)
	if overflow || need.Gt(&a.balance) {
		return refuse(ErrInsufficientFunds, "address %s have %s, queued cost %s, tx cost %s", a.addr, &a.balance, queued, &e.cost)
	}
	return nil
}

// checkSenderCaps checks the sender's share for a transaction that replaces none.
func (p *Pool) checkSenderCaps(a *account, e *entry) error {
	switch waiting := a.count - (a.end - a.first); {
	case a.count >= p.cfg.MaxSenderTxs:
		return refuse(ErrAccountLimitExceeded, "pooled %d txs", a.count)
	case a.bytes+e.size() > p.cfg.MaxSenderBytes:
		return refuse(ErrAccountLimitExceeded, "pooled %d bytes, tx size %d, limit %d", a.bytes, e.size(), p.cfg.MaxSenderBytes)
	case !a.willBeReady(e) && waiting >= p.cfg.MaxSenderWaiting:
		return refuse(ErrAccountLimitExceeded, "tx nonce %d, and %d txs wait for nonce %d already", e.nonce(), waiting, a.nextReady())
	}
	return nil
}

// nextReady is the nonce after the sender's ready transactions.
func (a *account) nextReady() uint64 {
	if a.end > a.first {
		return a.txs[a.end-1].nonce() + 1
	}
	if a.first > 0 {
		return max(a.nonce, a.txs[a.first-1].nonce()+1)
	}
	return a.nonce
}

// willBeReady reports whether e, once admitted, has all earlier nonces before it.
func (a *account) willBeReady(e *entry) bool { return e.nonce() <= a.nextReady() }

// makeRoom makes room for e, which takes the place of old if that is not nil. Only the longest waiting make room, and
// only for what is ready; everything else is refused when the pool is full.
func (p *Pool) makeRoom(q *queue, e, old *entry, ready bool) error {
	count, size := 1, e.size()
	if old != nil {
		count, size = 0, e.size()-old.size()
	}
	for q.count+count > p.cfg.MaxRollupTxs || q.bytes+size > p.cfg.MaxRollupBytes {
		if !ready || !p.evict(q, e, old) {
			return refuse(ErrFull, "rollup %s holds %d txs of %d bytes", q.id, q.count, q.bytes)
		}
	}
	for p.count+count > p.cfg.MaxTxs || p.bytes+size > p.cfg.MaxBytes {
		if !ready || !p.evict(p.longestWaiting(), e, old) {
			return refuse(ErrFull, "%d txs of %d bytes", p.count, p.bytes)
		}
	}
	return nil
}

// longestWaiting is the queue with the transaction that has waited longest, nil if nothing waits.
func (p *Pool) longestWaiting() *queue {
	var found *queue
	for _, q := range p.all() {
		if q.waiting.Len() == 0 {
			continue
		}
		if found == nil || q.waiting.Front().Value.(*entry).since.Before(found.waiting.Front().Value.(*entry).since) {
			found = q
		}
	}
	return found
}

// evict drops the longest waiting transaction of a rollup, unless that is of e's own sender, whose queue is being
// changed.
func (p *Pool) evict(q *queue, e, old *entry) bool {
	if q == nil {
		return false
	}
	for place := q.waiting.Front(); place != nil; place = place.Next() {
		victim := place.Value.(*entry)
		if victim == old || (victim.tx.Rollup() == e.tx.Rollup() && victim.from == e.from) {
			continue
		}
		a := q.accounts[victim.from]
		p.counters.Evicted++
		p.drop(q, a, victim, refuse(ErrFull, "made room after waiting for nonce %d", a.nextReady()))
		p.settle(q, a)
		return true
	}
	return false
}
