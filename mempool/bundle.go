package mempool

import (
	"container/list"
	"errors"
	"fmt"
	"slices"

	"github.com/lockstep-network/lockstep/core"
)

// bundle is a bundle that the pool holds.
type bundle struct {
	core.DecodedBundle
	size    int
	arrival uint64
	// gas is the declared gas of the legs by the zone of their rollup.
	gas     map[core.ZoneID]uint64
	entries []*entry      // one per leg
	claims  []claim       // one per (rollup, sender)
	place   *list.Element // in Pool.bundleList; nil when ordered or dropped
	// plain says that somebody brought the bundle without a replacement, so that no line can take it away.
	plain bool
	// tick is the tick that ordered the bundle; zero before.
	tick uint64
	// client brought the bundle; empty if that is not counted. charged is set once it paid for it.
	client  string
	charged bool
}

// claim is a bundle's use of one sender: consecutive nonces from nonce on.
type claim struct {
	queue   *queue
	account *account
	nonce   uint64
	legs    uint64
	leg     int // index of the first of the legs
}

func (b *bundle) claimOf(a *account) claim {
	i := slices.IndexFunc(b.claims, func(c claim) bool { return c.account == a })
	return b.claims[i]
}

// decodeBundle reads a bundle's legs after the checks that bound the work.
func (p *Pool) decodeBundle(b *core.Bundle) (core.DecodedBundle, error) {
	switch n, limit := uint64(len(b.Legs)), p.genesis.InForce().Params.MaxBundleLegs; {
	case n == 0:
		return core.DecodedBundle{}, fmt.Errorf("legs: %w", core.ErrNoLegs)
	case n > limit:
		return core.DecodedBundle{}, fmt.Errorf("legs: %w: have %d, cap %d", core.ErrTooManyLegs, n, limit)
	}
	d := core.DecodedBundle{Bundle: b, Txs: make([]core.Transaction, len(b.Legs))}
	for i, leg := range b.Legs {
		tx, err := p.decode(leg.Rollup, leg.Tx)
		if err != nil {
			return core.DecodedBundle{}, inLeg(i, err)
		}
		d.Txs[i] = tx
	}
	d.Hash = b.ID(p.network)
	return d, nil
}

// addBundle checks a decoded bundle and admits it.
func (p *Pool) addBundle(s submission) error {
	entries, err := p.checkBundle(&s)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		err = p.askQuota(s.client)
	}
	if err == nil {
		err = p.place(s, entries)
	}
	if err != nil {
		p.counters.Refused++
	}
	return err
}

// checkBundle applies, without the lock, what does not depend on the rest of the pool, and recovers the senders. There
// are no entries for a bundle that the pool holds.
func (p *Pool) checkBundle(s *submission) ([]*entry, error) {
	if err := p.sign(s); err != nil {
		return nil, err
	}
	d := s.DecodedBundle
	entries, err := p.bundleEntries(s)
	if err != nil || entries == nil {
		return nil, err
	}
	if err := p.genesis.CheckBundle(d, uint64(p.now().UnixMilli())); err != nil && !errors.Is(err, core.ErrTooEarly) {
		return nil, err
	}
	for i, e := range entries {
		if err := p.checkEth(p.queue(e.tx.Rollup()), e); err != nil {
			return nil, inLeg(i, err)
		}
	}
	return entries, nil
}

// bundleEntries makes an entry for each leg, with the decoded form that the pool already has if it has one; none if the
// legs need no second look.
func (p *Pool) bundleEntries(s *submission) (entries []*entry, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if verdict, err := p.judge(s); err != nil || verdict != admitIt {
		return nil, err
	}
	d := s.DecodedBundle
	for i, tx := range d.Txs {
		if e := p.queue(tx.Rollup()).txs[tx.Hash()]; e != nil {
			d.Txs[i] = tx.WithEth(e.tx.Eth())
		}
		entries = append(entries, &entry{tx: d.Txs[i]})
	}
	return entries, nil
}

func (p *Pool) knownBundle(d core.DecodedBundle, local bool) bool {
	return p.bundles[d.Hash] != nil || p.orderedRecently(d.Hash, local)
}

// admitNewBundle takes a checked bundle in. One without a replacement goes on to gossip from here.
func (p *Pool) admitNewBundle(s submission, entries []*entry, old *bundle) (*bundle, error) {
	b, err := p.admitBundle(s.DecodedBundle, entries, old)
	if err != nil {
		return nil, err
	}
	p.counters.Admitted++
	b.client, b.plain = s.client, s.replacement == nil
	p.holds(b)
	p.unpark(b.DecodedBundle)
	if s.local && b.plain {
		p.outbox.add(outgoing{bundle: b}, p.live())
	}
	return b, nil
}

// admitBundle takes a checked bundle in if there is room and its senders' nonces and funds allow it. old is the bundle
// that leaves when this one is in; it may be nil.
func (p *Pool) admitBundle(d core.DecodedBundle, entries []*entry, old *bundle) (*bundle, error) {
	if err := p.checkParentTick(d); err != nil {
		return nil, err
	}
	b := &bundle{DecodedBundle: d, size: len(d.Encode()), gas: make(map[core.ZoneID]uint64)}
	count, size := p.bundleList.Len(), p.bundleBytes
	if old != nil {
		count, size = count-1, size-old.size
	}
	if count >= p.cfg.MaxBundles || size+b.size > p.cfg.MaxBundlesBytes {
		return nil, refuse(ErrFull, "%d bundles of %d bytes", count, size)
	}
	err := p.claimSenders(b, entries, old)
	if err == nil {
		for _, e := range entries {
			q := p.queue(e.tx.Rollup())
			b.entries = append(b.entries, q.hold(e))
			b.gas[q.zone] += e.gas()
		}
		for i := range b.claims {
			b.claims[i].account.bundles = append(b.claims[i].account.bundles, b)
		}
		p.arrivals++
		b.arrival = p.arrivals
		p.bundles[b.Hash] = b
		b.place = p.bundleList.PushBack(b)
		p.bundleBytes += b.size
		if b.ParentTick != 0 {
			p.pinned++
		}
		p.reasons.forget(b.Hash)
	}
	for _, c := range b.claims {
		p.settle(c.queue, c.account)
	}
	p.wake()
	return b, err
}

// claimSenders finds the bundle's senders and checks their nonces. The balance is checked for the first leg on each
// rollup only, as an earlier leg may fund the others.
func (p *Pool) claimSenders(b *bundle, entries []*entry, old *bundle) error {
	funded := make(map[core.RollupID]bool)
	for i, e := range entries {
		q := p.queue(e.tx.Rollup())
		if q.elsewhere() {
			continue
		}
		c, err := p.claimFor(b, e, i, old)
		if err == nil {
			err = q.checkAuthorities(e)
		}
		if err != nil {
			return inLeg(i, err)
		}
		if want := c.nonce + c.legs; e.nonce() != want {
			return inLeg(i, refuse(ErrLegNonces, "address %s, nonce %d, want %d", e.from, e.nonce(), want))
		}
		c.legs++
		if !funded[q.id] && e.cost.Gt(&c.account.balance) {
			return inLeg(i, refuse(ErrInsufficientFunds, "address %s have %s want %s", e.from, &c.account.balance, &e.cost))
		}
		funded[q.id] = true
	}
	return nil
}

// claimFor finds the bundle's claim on the sender of a leg, or makes it.
func (p *Pool) claimFor(b *bundle, e *entry, leg int, old *bundle) (*claim, error) {
	q := p.queue(e.tx.Rollup())
	for i := range b.claims {
		if c := &b.claims[i]; c.queue == q && c.account.addr == e.from {
			return c, nil
		}
	}
	a, err := p.account(q, e.from)
	b.claims = append(b.claims, claim{queue: q, account: a, nonce: e.nonce(), leg: leg})
	if err != nil {
		return nil, err
	}
	if n := len(a.bundles); n >= p.cfg.MaxSenderBundles && !slices.Contains(a.bundles, old) {
		return nil, refuse(ErrAccountLimitExceeded, "address %s is used by %d bundles", e.from, n)
	}
	if e.nonce() < a.nonce {
		return nil, refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", a.nonce, e.nonce())
	}
	return &b.claims[len(b.claims)-1], nil
}

// dropBundle takes a waiting bundle out of the pool and remembers the reason.
func (p *Pool) dropBundle(b *bundle, reason error) {
	p.counters.Dropped++
	p.noteDrop(b.Hash, reason)
	p.unlinkBundle(b)
	delete(p.bundles, b.Hash)
	p.letsGo(b)
}

// unlinkBundle takes a bundle out of everything but the index by id.
func (p *Pool) unlinkBundle(b *bundle) {
	p.bundleList.Remove(b.place)
	b.place = nil
	p.bundleBytes -= b.size
	if b.ParentTick != 0 {
		p.pinned--
	}
	for _, c := range b.claims {
		c.account.bundles = slices.DeleteFunc(c.account.bundles, func(other *bundle) bool { return other == b })
		if c.account.empty() {
			c.queue.forget(c.account)
		}
	}
	for _, e := range b.entries {
		p.queue(e.tx.Rollup()).release(e)
	}
}

// possible reports whether the legs can be next for all their senders.
func (b *bundle) possible() bool {
	for _, c := range b.claims {
		if !c.possible(b) {
			return false
		}
	}
	return true
}

// possible reports whether the claim's nonce is the sender's next with nothing in flight, and no single that arrived
// before the bundle has it.
func (c claim) possible(b *bundle) bool {
	a := c.account
	if a.inFlight() || a.nonce != c.nonce {
		return false
	}
	return a.end == a.first || a.txs[a.first].arrival > b.arrival
}
