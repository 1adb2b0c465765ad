package mempool

import (
	"container/list"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// queue is the part of the pool that belongs to one rollup. Like all of the pool it is used under Pool.mu.
type queue struct {
	id     core.RollupID
	kind   core.RollupKind
	zone   core.ZoneID
	signer gethtypes.Signer

	accounts map[common.Address]*account
	txs      map[common.Hash]*entry
	// ready holds what can be selected, longest ready first: an *account per sender; on opaque rollups every *entry.
	ready *list.List
	// waiting holds every *entry that waits, longest waiting first.
	waiting *list.List
	// ordered holds the lane positions whose effects are not published yet, in lane order.
	ordered      []*position
	orderedBytes int
	baseFee      *big.Int
	operator     operator
	// authorized counts, by authority, the singles with an authorization of its (EIP-7702) that are not executed yet.
	authorized map[common.Address]int
	// delegated are the *account with code, the longest not read first.
	delegated *list.List
	// nonces is what is known of the senders of a chain that is executed elsewhere; nil for other rollups.
	nonces *nonces
	// count and bytes are of the singles that are not ordered yet.
	count int
	bytes int
	// share is what the rollup may take of the next tick beside its turns, in bytes: see selection.sections.
	share uint64
	// stale says that positions of unknown senders could not be looked at, so any account may be out of date.
	stale bool
}

// position is an ordered lane position whose effect is not published yet.
type position struct {
	tick, seq uint64
	entry     *entry   // nil if the pool did not hold the transaction
	account   *account // nil if the pool holds nothing of the sender, or does not know the sender yet
	// authorities may have changed when the position is executed.
	authorities []common.Address
	// busy says that the position is counted in account.busy.
	busy bool
	// done says that the effect is published.
	done bool
}

func newQueue(r *core.Rollup, zone core.ZoneID) *queue {
	return &queue{
		id: r.ID, kind: r.Kind, zone: zone,
		signer:   gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(r.ID))),
		accounts: make(map[common.Address]*account), txs: make(map[common.Hash]*entry),
		ready: list.New(), waiting: list.New(), baseFee: new(big.Int),
		authorized: make(map[common.Address]int), delegated: list.New(),
	}
}

// elsewhere tells whether the rollup is executed by others, so that nothing is known here of accounts. What comes first is first,
// except that a chain's senders are kept in nonce order as far as nonces are known.
func (q *queue) elsewhere() bool { return q.kind != core.KindEVM }

// hold counts e as a leg once more. An entry of the same transaction that the queue already has is used instead.
func (q *queue) hold(e *entry) *entry {
	if known := q.txs[e.tx.Hash()]; known != nil {
		e = known
	}
	q.txs[e.tx.Hash()] = e
	e.holds++
	return e
}

// release undoes one hold.
func (q *queue) release(e *entry) {
	e.holds--
	q.forgetUnused(e)
}

func (q *queue) forgetUnused(e *entry) {
	if !e.single && e.holds == 0 {
		delete(q.txs, e.tx.Hash())
	}
}

// insert puts a single into its sender's queue; a is nil for rollups that are executed elsewhere.
func (q *queue) insert(a *account, e *entry) {
	e.single, e.tick = true, 0
	q.txs[e.tx.Hash()] = e
	q.authorize(e, 1)
	q.count, q.bytes = q.count+1, q.bytes+e.size()
	if a == nil {
		e.place = q.ready.PushBack(e)
		return
	}
	i, _ := a.find(e.nonce())
	a.txs = append(a.txs, nil)
	copy(a.txs[i+1:], a.txs[i:])
	a.txs[i] = e
	a.count, a.bytes = a.count+1, a.bytes+e.size()
	a.spent.Add(&a.spent, &e.cost)
}

// remove undoes insert. The account's index is out of date afterwards.
func (q *queue) remove(a *account, e *entry) {
	if e.tick == 0 {
		q.uncount(a, e)
	}
	e.single = false
	q.authorize(e, -1)
	if a != nil {
		a.remove(e)
		if e.nonce() >= a.nonce {
			a.spent.Sub(&a.spent, &e.cost)
		}
	}
	q.forgetUnused(e)
}

// uncount takes a single that is ordered or removed out of the caps and out of the lists.
func (q *queue) uncount(a *account, e *entry) {
	q.count, q.bytes = q.count-1, q.bytes-e.size()
	if a != nil {
		q.stopWaiting(e)
		a.count, a.bytes = a.count-1, a.bytes-e.size()
	} else if e.place != nil {
		q.ready.Remove(e.place)
		e.place = nil
	}
}

// stopWaiting takes e out of the list of the waiting.
func (q *queue) stopWaiting(e *entry) {
	if e.place != nil {
		q.waiting.Remove(e.place)
		e.place = nil
	}
}

// keep remembers an ordered position until its effect is published.
func (q *queue) keep(pos *position) {
	q.ordered = append(q.ordered, pos)
	q.orderedBytes += pos.size()
}

// next takes the oldest ordered position out.
func (q *queue) next() *position {
	pos := q.ordered[0]
	q.ordered[0] = nil
	if q.ordered = q.ordered[1:]; len(q.ordered) == 0 {
		q.ordered = nil
	}
	q.orderedBytes -= pos.size()
	return pos
}

// size is what the position keeps in memory of its transaction, in bytes.
func (p *position) size() int {
	if p.entry == nil {
		return 0
	}
	return p.entry.size()
}

// order marks a single as ordered by a tick. Its sender goes to the back of the ready ones.
func (q *queue) order(a *account, e *entry, tick uint64) {
	q.uncount(a, e)
	e.tick = tick
	if a.place != nil {
		q.ready.Remove(a.place)
		a.place = nil
	}
}

// read takes over what the state says of an account and returns the singles that became impossible with it, those with
// a used nonce and those that the balance no longer covers.
func (a *account) read(nonce uint64, balance *uint256.Int) (used, unfunded []*entry) {
	a.nonce = nonce
	a.balance.Set(balance)
	a.spent.Clear()
	short := false
	for _, e := range a.txs {
		if e.nonce() < nonce {
			if e.tick == 0 {
				used = append(used, e)
			}
			continue
		}
		_, overflow := a.spent.AddOverflow(&a.spent, &e.cost)
		if short = short || overflow || a.spent.Gt(balance); short && e.tick == 0 {
			unfunded = append(unfunded, e)
		}
	}
	return used, unfunded
}
