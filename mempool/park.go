package mempool

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// PrepareBundle remembers a bundle's skeleton for at most as long as its window, and puts the bundle together when all its
// legs are parked, which may be now. What a client tells again is no error. When there are too many, the oldest skeleton
// of which no leg is here makes room.
func (p *Pool) PrepareBundle(ctx context.Context, client string, s *core.Skeleton) (Parking, error) {
	if err := p.mayBring(client); err != nil {
		return Parking{}, err
	}
	if err := p.genesis.CheckSkeleton(s, uint64(p.now().UnixMilli())); err != nil && !errors.Is(err, core.ErrTooEarly) {
		return Parking{}, err
	}
	if err := p.acquire(ctx); err != nil {
		return Parking{}, err
	}
	defer p.release()
	commitment := s.Commitment(p.network)
	b, err := p.prepare(client, commitment, s)
	if err == nil && b != nil {
		err = p.assemble(b, client)
	}
	if err != nil {
		return Parking{}, err
	}
	parking, _ := p.Parking(commitment)
	return parking, nil
}

func (p *Pool) prepare(client string, commitment common.Hash, s *core.Skeleton) (*core.Bundle, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := &p.parking
	if g := k.groups[commitment]; g != nil && g.skeleton != nil {
		return nil, nil
	}
	if err := p.skeletonRoom(); err != nil {
		return nil, err
	}
	g := k.group(commitment)
	g.skeleton, g.client, g.hashes = s, client, make([]common.Hash, len(s.Legs))
	g.place = k.skeletons.PushBack(g)
	for _, l := range slices.Clone(g.legs) {
		leg, ok := g.find(l.e)
		if !ok {
			p.dropParked(l, refuse(ErrSkeleton, "commitment %s", commitment))
			continue
		}
		l.leg = leg
		k.join(l)
	}
	return g.complete(), nil
}

// skeletonRoom makes room for a skeleton.
func (p *Pool) skeletonRoom() error {
	k := &p.parking
	if k.skeletons.Len() < p.cfg.MaxSkeletons {
		return nil
	}
	for place := k.skeletons.Front(); place != nil; place = place.Next() {
		if g := place.Value.(*parkingGroup); len(g.legs) == 0 {
			k.forgetSkeleton(g)
			return nil
		}
	}
	return refuse(ErrFull, "%d prepared bundles with parked legs", k.skeletons.Len())
}

// park takes a protected transaction that came alone, and puts its bundle together if it was the last one missing: then
// an error is what is wrong with the bundle.
func (p *Pool) park(q *queue, tx core.Transaction, alone error) error {
	commitment, ok := p.genesis.CommitmentOf(tx)
	if !ok {
		return alone
	}
	e := &entry{tx: tx}
	if err := p.checkEth(q, e); err != nil {
		return err
	}
	b, client, err := p.parkEntry(q, commitment, e)
	if err == nil && b != nil {
		err = p.assemble(b, client)
	}
	return err
}

func (p *Pool) parkEntry(q *queue, commitment common.Hash, e *entry) (complete *core.Bundle, client string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := &p.parking
	if k.legs[e.tx.Hash()] != nil || q.txs[e.tx.Hash()] != nil {
		return nil, "", ErrAlreadyKnown
	}
	g := k.group(commitment)
	defer k.tidy(g)
	l := &parked{e: e, group: g, leg: -1, since: p.now()}
	if g.skeleton != nil {
		var ok bool
		if l.leg, ok = g.find(e); !ok {
			return nil, "", refuse(ErrSkeleton, "commitment %s", commitment)
		}
	}
	old := k.slots[l.slot()]
	if err := p.parkingRoom(q, l, old); err != nil {
		return nil, "", err
	}
	if old != nil {
		p.counters.Replaced++
		p.dropParked(old, refuse(ErrReplaced, "by %s", e.tx.Hash()))
		k.groups[commitment] = g // the old leg may have been the only one
	}
	k.put(l)
	p.counters.Admitted++
	p.reasons.forget(e.tx.Hash())
	return g.complete(), g.client, nil
}

// parkingRoom checks the account and the caps for a leg that takes the place of old if that is not nil.
func (p *Pool) parkingRoom(q *queue, l, old *parked) error {
	e := l.e
	nonce, balance, _, err := p.state.Account(q.id, e.from)
	switch {
	case err != nil:
		return refuse(ErrState, "account %s of rollup %s: %v", e.from, q.id, err)
	case e.nonce() < nonce:
		return refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", nonce, e.nonce())
	case e.cost.Gt(balance):
		return refuse(ErrInsufficientFunds, "address %s have %s want %s", e.from, balance, &e.cost)
	}
	k, count, bytes := &p.parking, 1, e.size()
	if old != nil {
		if old.group.busy || !p.outbids(e.tx.Eth(), old.e.tx.Eth()) {
			return refuse(ErrReplaceUnderpriced, "maxFeePerGas and maxPriorityFeePerGas must be %d%% above those of %s, which is parked", p.cfg.PriceBump, old.e.tx.Hash())
		}
		count, bytes = 0, e.size()-old.e.size()
	}
	if n := k.senders[slot{rollup: q.id, from: e.from}]; n+count > p.cfg.MaxSenderParked {
		return refuse(ErrAccountLimitExceeded, "parked %d legs", n)
	}
	if len(k.legs)+count > p.cfg.MaxParked || k.bytes+bytes > p.cfg.MaxParkedBytes {
		return refuse(ErrFull, "%d parked legs of %d bytes", len(k.legs), k.bytes)
	}
	return nil
}

// assemble submits a bundle whose legs are all parked. If it is refused, they leave with that reason.
func (p *Pool) assemble(b *core.Bundle, client string) error {
	d, err := p.decodeBundle(b)
	if err == nil {
		err = p.addBundle(submission{DecodedBundle: d, local: true, client: client})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.parking.groups[b.Commitment]
	if g == nil {
		return err
	}
	g.busy = false
	for _, l := range slices.Clone(g.legs) {
		if err != nil {
			p.dropParked(l, err)
		}
	}
	return err
}

// unpark takes the legs of a bundle that came into the pool out of the parking. A part of a prepared bundle, which can
// only be void, takes none out.
func (p *Pool) unpark(d core.DecodedBundle) {
	k := &p.parking
	g := k.groups[d.Commitment]
	if g == nil || g.skeleton != nil && len(d.Txs) != len(g.skeleton.Legs) {
		return
	}
	g.bundle = d.Hash
	for _, tx := range d.Txs {
		if l := k.legs[tx.Hash()]; l != nil && l.group == g {
			k.take(l, true)
		}
	}
}

func (p *Pool) dropParked(l *parked, reason error) {
	p.counters.Dropped++
	p.parking.take(l, false)
	p.noteDrop(l.e.tx.Hash(), reason)
}

// until is when what a group holds is dropped.
func (p *Pool) until(g *parkingGroup) time.Time {
	var until time.Time
	if g.skeleton != nil {
		until = time.UnixMilli(int64(g.skeleton.NotAfter))
	}
	for _, l := range g.legs {
		if t := l.since.Add(p.cfg.ParkTime); until.IsZero() || t.Before(until) {
			until = t
		}
	}
	return until
}

// sweepParking drops legs whose bundle did not come in time or whose nonce is used, and skeletons that have expired.
func (p *Pool) sweepParking(now time.Time) {
	k := &p.parking
	for place := k.order.Front(); place != nil; {
		l := place.Value.(*parked)
		place = place.Next()
		if l.group.busy {
			continue
		}
		if reason := p.staleLeg(l, now); reason != nil {
			p.dropParked(l, reason)
		}
	}
	for place := k.skeletons.Front(); place != nil; {
		g := place.Value.(*parkingGroup)
		place = place.Next()
		if len(g.legs) == 0 && g.skeleton.NotAfter < uint64(now.UnixMilli()) {
			k.forgetSkeleton(g)
		}
	}
}

// staleLeg says why a parked leg must go, nil if it may stay.
func (p *Pool) staleLeg(l *parked, now time.Time) error {
	s := l.group.skeleton
	if now.Sub(l.since) >= p.cfg.ParkTime || s != nil && s.NotAfter < uint64(now.UnixMilli()) {
		p.counters.Expired++
		return refuse(ErrParkedTooLong, "%s", l.group.missing())
	}
	if nonce, _, _, err := p.state.Account(l.e.tx.Rollup(), l.e.from); err == nil && l.e.nonce() < nonce {
		return refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", nonce, l.e.nonce())
	}
	return nil
}

// Parking tells what is known of a commitment, or of the commitment of a transaction that is or was parked.
func (p *Pool) Parking(id common.Hash) (Parking, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.findParking(id)
}

func (p *Pool) findParking(id common.Hash) (Parking, bool) {
	k := &p.parking
	g := k.groups[id]
	if l := k.legs[id]; l != nil {
		g = l.group
	}
	if g == nil {
		g = k.known[id]
	}
	if g == nil {
		return Parking{}, false
	}
	found := Parking{Commitment: g.commitment, Skeleton: g.skeleton, Bundle: g.bundle, Until: p.until(g)}
	if g.skeleton != nil {
		found.Legs = append(found.Legs, g.hashes...)
		return found, true
	}
	for _, l := range g.legs {
		found.Legs = append(found.Legs, l.e.tx.Hash())
	}
	return found, true
}
