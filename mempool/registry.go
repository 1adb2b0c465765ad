package mempool

import (
	"maps"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// queues are those of every registered rollup, retired ones included. The set is never changed: a registration makes
// another one.
type queues struct {
	byID  map[core.RollupID]*queue
	order []*queue // ascending by rollup
}

// queue is that of a rollup, nil if no such rollup is registered. It may be called with and without the lock.
func (p *Pool) queue(id core.RollupID) *queue {
	if q := p.queues.Load().byID[id]; q != nil {
		return q
	}
	if _, ok := p.genesis.Rollup(id); !ok {
		return nil
	}
	p.follow()
	return p.queues.Load().byID[id]
}

// all are the queues, ascending by rollup.
func (p *Pool) all() []*queue { return p.queues.Load().order }

// follow makes queues for the rollups that have none.
func (p *Pool) follow() {
	p.grow.Lock()
	defer p.grow.Unlock()
	have := p.queues.Load()
	registered := p.genesis.InForce().Rollups
	if len(registered) == len(have.order) {
		return
	}
	next := &queues{byID: make(map[core.RollupID]*queue, len(registered))}
	for i := range registered {
		r := &registered[i]
		q := have.byID[r.ID]
		if q == nil {
			q = newQueue(r, p.genesis.ZoneOf(r.ID))
			if r.Kind == core.KindEVM {
				q.baseFee.Set(p.state.BaseFee(r.ID))
			}
			if r.Kind == core.KindOPStack {
				q.nonces = newNonces(p.cfg.MaxNonces)
			}
		}
		next.byID[r.ID] = q
		next.order = append(next.order, q)
	}
	p.queues.Store(next)
}

// dropRetired drops what is held for rollups that were retired: no tick will hold it. p.mu is held.
func (p *Pool) dropRetired() {
	var retired []*queue
	for _, q := range p.all() {
		if p.genesis.Retired(q.id) {
			retired = append(retired, q)
		}
	}
	if len(retired) == p.retired {
		return
	}
	p.retired = len(retired)
	for place := p.bundleList.Front(); place != nil; {
		b := place.Value.(*bundle)
		place = place.Next()
		if slices.ContainsFunc(b.Legs, func(leg core.Leg) bool { return p.genesis.Retired(leg.Rollup) }) {
			p.dropBundle(b, core.ErrRetired)
		}
	}
	for _, q := range retired {
		for _, e := range slices.Collect(maps.Values(q.txs)) {
			if !e.single || e.tick != 0 {
				continue
			}
			a := q.accounts[e.from] // nil on opaque rollups
			p.drop(q, a, e, core.ErrRetired)
			if a != nil {
				p.settle(q, a)
			}
		}
		p.dropOperatorEntries(q, func(*entry) error { return core.ErrRetired })
	}
}
