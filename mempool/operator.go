package mempool

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Bounds of what the pool holds of one rollup's operator: blocks and reports that came before those they follow.
const (
	maxOperatorEntries = 1024
	maxOperatorBytes   = 4 << 20
)

// Chains is an optional ability of a State: how far a rollup's operator has told its chain in the ledger, and the end of the
// lane. Without it the pool learns that from the ticks it sees, and holds what is behind until then.
type Chains interface {
	Chain(rollup core.RollupID) (state core.ChainState, nextSeq uint64)
}

// operator holds the blocks and reports of one rollup's operator that are not ordered yet.
type operator struct {
	// entries ascend by kind, branch and number, so that each stands behind the one it follows.
	entries []*entry
	bytes   int
	// chain is the newest state that is known.
	chain core.ChainState
}

// AddOperatorEntry takes an encoded block or report from its rollup's operator: checks everything, admits it and hands it
// to gossip. It need not be the next one, so that what several connections bring may come in any order; what can never
// follow any more is refused.
func (p *Pool) AddOperatorEntry(ctx context.Context, enc []byte) (common.Hash, error) {
	tx, err := core.DecodeOperatorEntry(enc)
	if err != nil {
		p.countRefusal()
		return common.Hash{}, err
	}
	if err := p.acquire(ctx); err != nil {
		return tx.Hash(), err
	}
	defer p.release()
	return tx.Hash(), p.addOperatorEntry(tx, true)
}

func (p *Pool) addOperatorEntry(tx core.Transaction, local bool) error {
	err := p.genesis.CheckSingle(tx)
	if err == nil {
		err = p.genesis.CheckOperator(p.network, tx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var e *entry
	if err == nil {
		e, err = p.admitOperatorEntry(p.queue(tx.Rollup()), tx)
	}
	if err != nil {
		p.counters.Refused++
		return err
	}
	p.counters.Admitted++
	if local {
		p.outbox.add(outgoing{entry: e}, p.count+len(p.bundles))
	}
	p.wake()
	return nil
}

func (p *Pool) admitOperatorEntry(q *queue, tx core.Transaction) (*entry, error) {
	if q.operator.find(tx.Hash()) != nil || p.orderedRecently(tx.Hash(), false) {
		return nil, ErrAlreadyKnown
	}
	if p.chains != nil && q.operator.chain == (core.ChainState{}) {
		q.operator.chain, _ = p.chains.Chain(q.id)
	}
	if q.operator.chain.Behind(tx) {
		_, err := q.operator.chain.Next(tx, math.MaxUint64)
		return nil, err
	}
	if len(q.operator.entries) >= maxOperatorEntries || q.operator.bytes+len(tx.Raw()) > maxOperatorBytes {
		return nil, refuse(ErrFull, "%d blocks and reports of rollup %s wait for those that they follow", len(q.operator.entries), q.id)
	}
	p.arrivals++
	e := &entry{tx: tx, single: true, arrival: p.arrivals, since: p.now()}
	p.reasons.forget(tx.Hash())
	q.operator.add(e)
	return e, nil
}

func (o *operator) add(e *entry) {
	at, _ := slices.BinarySearchFunc(o.entries, e, compareOperatorEntries)
	o.entries = slices.Insert(o.entries, at, e)
	o.bytes += e.size()
}

// compareOperatorEntries orders by kind, branch, number and arrival.
func compareOperatorEntries(a, b *entry) int {
	branchA, numberA := place(a.tx)
	branchB, numberB := place(b.tx)
	return cmp.Or(cmp.Compare(a.tx.Kind(), b.tx.Kind()), cmp.Compare(branchA, branchB), cmp.Compare(numberA, numberB), cmp.Compare(a.arrival, b.arrival))
}

// place is the block that an operator's entry is about.
func place(tx core.Transaction) (branch, number uint64) {
	if b := tx.Block(); b != nil {
		return b.Branch, b.Number
	}
	return tx.Report().Branch, tx.Report().Number
}

func (o *operator) find(hash common.Hash) *entry {
	for _, e := range o.entries {
		if e.tx.Hash() == hash {
			return e
		}
	}
	return nil
}

// following lists the entries that may stand in the next tick, in order. A report is about what was ordered before the
// tick, which the proposer knows better.
func (o *operator) following() (txs []core.Transaction) {
	state := o.chain
	for _, e := range o.entries {
		next, err := state.Next(e.tx, math.MaxUint64)
		if err != nil {
			continue
		}
		state = next
		if txs = append(txs, e.tx); len(txs) == core.MaxOperatorEntries {
			break
		}
	}
	return txs
}

// ordered takes notice of an entry that a tick has ordered.
func (o *operator) ordered(tx core.Transaction) {
	if next, err := o.chain.Next(tx, math.MaxUint64); err == nil {
		o.chain = next
	}
}

// dropOperatorEntries takes out the entries for which a reason is given, and remembers it.
func (p *Pool) dropOperatorEntries(q *queue, reason func(*entry) error) {
	q.operator.entries = slices.DeleteFunc(q.operator.entries, func(e *entry) bool {
		err := reason(e)
		if err == nil {
			return false
		}
		e.single = false
		q.operator.bytes -= e.size()
		if _, ordered := p.recent.get(e.tx.Hash()); !ordered {
			p.counters.Dropped++
			p.noteDrop(e.tx.Hash(), err)
		}
		return true
	})
}

// leaveBehind drops what can never follow any more; what was ordered is among it.
func (p *Pool) leaveBehind(q *queue) {
	p.dropOperatorEntries(q, func(e *entry) error {
		if !q.operator.chain.Behind(e.tx) {
			return nil
		}
		_, err := q.operator.chain.Next(e.tx, math.MaxUint64)
		return err
	})
}

// expireOperatorEntries drops those whose predecessors did not come in time.
func (p *Pool) expireOperatorEntries(q *queue, now time.Time) {
	p.dropOperatorEntries(q, func(e *entry) error {
		if now.Sub(e.since) < p.cfg.Lifetime {
			return nil
		}
		p.counters.Expired++
		return refuse(ErrWaitedTooLong, "%s for the block before it", p.cfg.Lifetime)
	})
}

// takeOperator puts what the rollup's operator says before its transactions.
func (c *cursor) takeOperator() {
	for _, tx := range c.queue.operator.following() {
		need := uint64(len(tx.Raw())) + entryOverhead
		if len(c.txs) == 0 {
			need += sectionOverhead
		}
		if need > c.bytes {
			return
		}
		c.bytes -= need
		c.txs = append(c.txs, tx)
	}
}
