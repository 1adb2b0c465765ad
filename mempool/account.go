package mempool

import (
	"container/list"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

// account is a sender on one rollup: what was last read of its executed state, and its singles. It exists while the
// pool holds anything of the sender.
type account struct {
	addr    common.Address
	nonce   uint64
	balance uint256.Int
	// code says that the account has code, and followed where it then stands in queue.delegated.
	code     bool
	followed *list.Element

	// txs are the singles by ascending nonce. txs[:first] are ordered; txs[first:end] are ready: contiguous in nonce
	// from the executed state on, and not below the base fee; the others wait, except for ordered ones among them,
	// which somebody else put into the order too early.
	txs        []*entry
	first, end int
	// spent is the cost of txs that are not executed yet; count and bytes are of those that are not ordered yet.
	spent uint256.Int
	count int
	bytes int

	// busy counts ordered positions whose effect on the nonce is unknown until they are executed: bundle legs, and
	// singles that reached this node by the order only. Nothing of a busy sender is selected.
	busy int
	// bundles are the waiting bundles with a leg of the sender.
	bundles []*bundle
	// place is the account's in queue.ready; nil when it has nothing ready or is busy.
	place *list.Element
	// mark is the number of the last selection in which a bundle took the sender.
	mark uint64
}

// find is where the single with this nonce stands or would stand.
func (a *account) find(nonce uint64) (i int, ok bool) {
	return slices.BinarySearchFunc(a.txs, nonce, func(e *entry, nonce uint64) int {
		switch n := e.nonce(); {
		case n < nonce:
			return -1
		case n > nonce:
			return 1
		}
		return 0
	})
}

// remove takes a single out of txs.
func (a *account) remove(e *entry) {
	if i, ok := a.find(e.nonce()); ok && a.txs[i] == e {
		a.txs = slices.Delete(a.txs, i, i+1)
	}
}

// executable are the singles from nonce on without a gap, ordered or not, whatever their fees.
func (a *account) executable(nonce uint64) []*entry {
	i, _ := a.find(nonce)
	end := i
	for end < len(a.txs) && a.txs[end].nonce() == nonce {
		end, nonce = end+1, nonce+1
	}
	return a.txs[i:end]
}

// inFlight reports whether ordered transactions of the sender are not executed yet.
func (a *account) inFlight() bool {
	return a.busy > 0 || (a.first > 0 && a.txs[a.first-1].nonce() >= a.nonce)
}

// empty reports whether the pool needs the account no longer.
func (a *account) empty() bool { return len(a.txs) == 0 && a.busy == 0 && len(a.bundles) == 0 }

// index finds out anew which of the sender's singles are ready and which wait, and returns those that became ready for
// the first time. It must follow every change of the account or of the rollup's base fee.
func (q *queue) index(a *account, now time.Time) (fresh []*gethtypes.Transaction) {
	if q.nonces != nil {
		return q.indexElsewhere(a, now)
	}
	next := a.nonce
	a.first = 0
	for a.first < len(a.txs) {
		e := a.txs[a.first]
		if e.tick == 0 || e.nonce() > next {
			break
		}
		if e.nonce() == next {
			next++
		}
		a.first++
	}
	a.end = a.first
	for a.end < len(a.txs) {
		e := a.txs[a.end]
		if e.tick != 0 || e.nonce() != next || e.tx.Eth().GasFeeCapIntCmp(q.baseFee) < 0 {
			break
		}
		a.end, next = a.end+1, next+1
		q.stopWaiting(e)
		if !e.announced {
			e.announced = true
			fresh = append(fresh, e.tx.Eth())
		}
	}
	q.place(a, now)
	return fresh
}

// place puts what is not ready among the waiting, and the account among those that can be selected if it can.
func (q *queue) place(a *account, now time.Time) {
	for _, e := range a.txs[a.end:] {
		if e.tick == 0 && e.place == nil {
			e.since, e.place = now, q.waiting.PushBack(e)
		}
	}
	switch selectable := a.end > a.first && a.busy == 0; {
	case selectable && a.place == nil:
		a.place = q.ready.PushBack(a)
	case !selectable && a.place != nil:
		q.ready.Remove(a.place)
		a.place = nil
	}
}
