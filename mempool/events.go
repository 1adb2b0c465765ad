package mempool

import (
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// NewTxs says that a rollup's transactions became executable, each once.
type NewTxs struct {
	Rollup core.RollupID
	Txs    []*gethtypes.Transaction
}

// subscription is of one rollup: who follows one of many does not wake up for the others.
type subscription struct {
	rollup core.RollupID
	ch     chan<- NewTxs
}

// SubscribeNewTxs sends a rollup's events to ch, whose capacity is the caller's choice, until cancel is called, which may be done
// twice. The pool does not wait for a slow reader: events that ch cannot take are lost and counted. It never closes ch.
func (p *Pool) SubscribeNewTxs(rollup core.RollupID, ch chan<- NewTxs) (cancel func()) {
	s := &subscription{rollup, ch}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.subscribers[rollup] == nil {
		p.subscribers[rollup] = make(map[*subscription]struct{})
	}
	p.subscribers[rollup][s] = struct{}{}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if delete(p.subscribers[rollup], s); len(p.subscribers[rollup]) == 0 {
			delete(p.subscribers, rollup)
		}
	}
}

func (p *Pool) announce(event NewTxs) {
	for s := range p.subscribers[event.Rollup] {
		select {
		case s.ch <- event:
		default:
			p.counters.EventsLost++
		}
	}
}

// Counters is what happened since the start, and what the pool holds now, for metrics.
type Counters struct {
	Admitted      uint64 // transactions and bundles admitted, local and gossiped
	Refused       uint64 // … and refused
	Replaced      uint64 // transactions replaced by their senders, bundles by their signers
	Cancelled     uint64 // cancellations accepted, whether or not a bundle waited
	Dropped       uint64 // entries that left the pool without being ordered; includes the following three
	Evicted       uint64 // … to make room
	Expired       uint64 // … after waiting too long or past notAfter
	Voided        uint64 // bundles of this node's clients that had no effect
	GossipOut     uint64 // batches handed to gossip
	GossipIn      uint64 // items received by gossip
	GossipRefused uint64 // … and refused; most are known already
	EventsLost    uint64 // events that a subscriber was too slow for
	StateErrors   uint64 // reads of the executed state that failed

	Txs         int // singles held that are not ordered yet
	Bytes       int // … their size
	Bundles     int // bundles held that are not ordered yet
	BundleBytes int // … their size
	Parked      int // protected transactions that wait for their bundle
	Lines       int // lines (signer, uuid) that are remembered
	Ordered     int // lane positions ordered and not executed yet
}

// Counters reads the counters.
func (p *Pool) Counters() Counters {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.counters
	c.Txs, c.Bytes, c.Bundles, c.BundleBytes = p.count, p.bytes, p.bundleList.Len(), p.bundleBytes
	c.Lines, c.Parked = len(p.lines.byKey), len(p.parking.legs)
	for _, q := range p.all() {
		c.Ordered += len(q.ordered)
	}
	return c
}

// Waiting counts, by rollup, the single transactions that are not ordered yet.
func (p *Pool) Waiting() map[core.RollupID]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := make(map[core.RollupID]int, len(p.all()))
	for _, q := range p.all() {
		counts[q.id] = q.count
	}
	return counts
}
