package mempool

import (
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// Drain does on the caller's goroutine what Run's would do now: it checks all gossip that waits and looks for what has
// expired. It is for drivers that decide themselves when the pool gets on, such as a simulation of a whole network, and
// takes the place of Run. A pool that is driven so depends on the calls it gets and the clock, and on nothing else.
func (p *Pool) Drain() {
	for p.drainOne() {
	}
	p.sweep()
}

// drainOne does one piece of the work that waits, senders of what is ordered first.
func (p *Pool) drainOne() bool {
	select {
	case s := <-p.inbox.strangers:
		p.attribute(s)
		return true
	default:
	}
	select {
	case c := <-p.inbox.chunks:
		p.receive(c)
		return true
	default:
		return false
	}
}

// accounts is a set of accounts in the order in which they were added, so that equal calls leave equal pools behind.
type accounts struct {
	list []*account
	seen map[*account]struct{}
}

func (s *accounts) add(a *account) {
	if s.has(a) {
		return
	}
	if s.seen == nil {
		s.seen = make(map[*account]struct{})
	}
	s.seen[a] = struct{}{}
	s.list = append(s.list, a)
}

func (s *accounts) has(a *account) bool {
	_, ok := s.seen[a]
	return ok
}

// sorted lists the queue's accounts by address.
func (q *queue) sorted() []*account {
	list := make([]*account, 0, len(q.accounts))
	for _, addr := range slices.SortedFunc(maps.Keys(q.accounts), common.Address.Cmp) {
		list = append(list, q.accounts[addr])
	}
	return list
}
