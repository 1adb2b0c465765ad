package mempool

import (
	"container/list"
	"maps"

	"github.com/lockstep-network/lockstep/core"
)

// What the encodings of a tick's payload need beyond their items, at most: version, kind and RLP headers.
const (
	entryOverhead   = 2 + 4       // version ‖ kind of the entry, and its string header
	bundleOverhead  = 4           // the bundle's string header
	sectionOverhead = 2 + 3*4 + 9 // version ‖ kind, three list headers, the rollup
)

const (
	// quantum is what a rollup's share grows by in each round of the rotation, in bytes.
	quantum = 4 << 10
	// maxMisfits bounds, per rollup and tick, the senders passed over because their next transaction does not fit.
	maxMisfits = 256
)

// selection is the state of one Select.
type selection struct {
	pool      *Pool
	number    uint64
	budget    core.Budget
	bytes     uint64 // left
	bundleGas map[core.ZoneID]uint64

	chosen      []core.DecodedBundle
	bundleBytes uint64 // what they and their section take
}

// Select offers candidates for a tick: bundles in order of arrival, after one with a parentTick, then singles. Rollups take turns by bytes (deficit
// round robin: what a rollup was short of for its next transaction it has in the tick after), and who has the first turn changes with the tick's number;
// within a rollup senders take turns, the one longest ready first, each in nonce order. Bundles leave half of the bytes to singles, except that the
// first may take what it needs. What is offered stays in the pool until Committed, as a proposal may fail. The time taken grows with what
// is selected and with the number of bundles held, not with the singles held.
func (p *Pool) Select(b core.Budget) core.Candidates {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.selection++
	s := &selection{pool: p, number: p.selection, budget: b, bytes: b.Bytes, bundleGas: maps.Clone(b.BundleGas)}
	return core.Candidates{Control: p.control, Bundles: s.bundles(), Sections: s.sections()}
}

// bundles chooses those of the tick: at most one that may only be the first, then the others.
func (s *selection) bundles() []core.DecodedBundle {
	s.bundleBytes = sectionOverhead
	s.addPinned()
	for place := s.pool.bundleList.Front(); place != nil; place = place.Next() {
		if uint64(len(s.chosen)) >= s.pool.genesis.InForce().Params.MaxBundlesPerTick {
			break
		}
		if b := place.Value.(*bundle); b.ParentTick == 0 {
			s.add(b)
		}
	}
	if len(s.chosen) > 0 {
		s.bytes -= s.bundleBytes
	}
	return s.chosen
}

// add takes a bundle if it fits, and reports whether it does.
func (s *selection) add(b *bundle) bool {
	need := s.bundleBytes + uint64(b.size) + bundleOverhead
	if need > s.budget.Bytes || (len(s.chosen) > 0 && need > s.budget.Bytes/2) {
		return false
	}
	if !s.pool.inWindow(b, s.budget.Time) || !s.free(b) || !s.affordable(b) {
		return false
	}
	s.bundleBytes = need
	s.take(b)
	s.chosen = append(s.chosen, b.DecodedBundle)
	return true
}

// inWindow reports whether the bundle may stand in a tick of this consensus time.
func (p *Pool) inWindow(b *bundle, timeMs uint64) bool {
	return b.NotBefore <= timeMs && timeMs <= b.NotAfter && b.NotAfter-timeMs <= p.genesis.InForce().Params.MaxBundleWindow
}

// free reports whether the bundle's legs can be next for all their senders and stand nowhere else in the tick.
func (s *selection) free(b *bundle) bool {
	for _, c := range b.claims {
		if c.account.mark == s.number {
			return false
		}
	}
	for _, e := range b.entries {
		if e.mark == s.number || !s.pool.queue(e.tx.Rollup()).mayGo(e) {
			return false
		}
	}
	return b.possible()
}

// affordable reports whether the bundle's gas is left in every zone.
func (s *selection) affordable(b *bundle) bool {
	for zone, gas := range b.gas {
		if zone != 0 && gas > s.bundleGas[zone] {
			return false
		}
	}
	return true
}

func (s *selection) take(b *bundle) {
	for zone, gas := range b.gas {
		if zone != 0 {
			s.bundleGas[zone] -= gas
		}
	}
	for _, c := range b.claims {
		c.account.mark = s.number
	}
	for _, e := range b.entries {
		e.mark = s.number
	}
}

// sections rotates over the rollups that have something, until none can give more.
func (s *selection) sections() (sections []core.Section) {
	var cursors []*cursor
	for _, q := range s.pool.all() {
		if q.ready.Len() == 0 && len(q.operator.entries) == 0 {
			q.share = 0
			continue
		}
		c := &cursor{selection: s, queue: q, gas: s.budget.SingleGas[q.id], share: q.share, place: q.ready.Front()}
		if q.elsewhere() {
			c.gas = noLimit
		}
		c.takeOperator()
		cursors = append(cursors, c)
	}
	first := firstTurn(s.budget.Tick, len(cursors))
	for live := len(cursors); live > 0; {
		for i := range cursors {
			c := cursors[(first+i)%len(cursors)]
			if !c.done && !c.turn() {
				c.done = true
				live--
			}
		}
	}
	for _, c := range cursors {
		c.keepShare()
		if len(c.txs) > 0 {
			sections = append(sections, core.Section{Rollup: c.queue.id, Txs: c.txs})
		}
	}
	return sections
}

// firstTurn is which of n has the first turn in a tick. Those that come last may have one turn less, as the tick is full by then; multiples of the
// golden ratio spread that evenly over all of them after however many ticks.
func firstTurn(tick uint64, n int) int {
	const golden = 0x9e3779b97f4a7c15 // in units of 2^-64
	return int(tick * golden >> 32 * uint64(n) >> 32)
}

// cursor walks over what one rollup has ready: first one transaction of each sender, then in turns what else they have.
type cursor struct {
	*selection
	queue *queue
	gas   uint64 // left
	share uint64 // bytes that the rollup may still take in this turn, among them what it kept
	place *list.Element
	again []offer // senders with more, in order
	head  offer   // looked at and not taken yet
	txs   []core.Transaction
	done  bool

	misfits int
	short   bool // of the tick's bytes: something did not fit
}

// offer is a sender's next transaction, account.txs[at], or one of an opaque rollup, which has no account.
type offer struct {
	account *account
	at      int
	entry   *entry
}

// turn takes transactions for one more quantum and reports whether there may be more.
func (c *cursor) turn() bool {
	c.share += quantum
	for {
		if c.head.entry == nil && !c.advance() {
			return false
		}
		e := c.head.entry
		need := uint64(e.size()) + entryOverhead
		if len(c.txs) == 0 {
			need += sectionOverhead
		}
		if need > c.bytes || (c.head.account != nil && e.gas() > c.gas) {
			c.head = offer{}
			c.short = c.short || need > c.bytes
			if c.misfits++; c.misfits > maxMisfits {
				return false
			}
			continue
		}
		if need > c.share {
			return true
		}
		c.share -= need
		c.take(need)
	}
}

// keepShare leaves a rollup that has more than the tick had room for its unused share, up to the largest transaction: otherwise one that
// is larger than what a tick has for each rollup would never be ordered while others keep the ticks full.
func (c *cursor) keepShare() {
	c.queue.share = 0
	if c.short {
		c.queue.share = min(c.share, c.pool.genesis.InForce().Params.MaxTxBytes+sectionOverhead+entryOverhead)
	}
}

// advance looks at the next transaction that no bundle of the tick excludes.
func (c *cursor) advance() bool {
	for c.place != nil {
		value := c.place.Value
		c.place = c.place.Next()
		switch v := value.(type) {
		case *account:
			if e := v.txs[v.first]; v.mark != c.number && e.mark != c.number {
				c.head = offer{v, v.first, e}
				return true
			}
		case *entry:
			if v.mark != c.number {
				c.head = offer{entry: v}
				return true
			}
		}
	}
	if len(c.again) == 0 {
		return false
	}
	c.head, c.again = c.again[0], c.again[1:]
	return true
}

// take adds the transaction looked at to the section.
func (c *cursor) take(need uint64) {
	o := c.head
	c.head = offer{}
	c.bytes -= need
	c.txs = append(c.txs, o.entry.tx)
	if a := o.account; a != nil {
		if c.gas != noLimit {
			c.gas -= o.entry.gas()
		}
		if next := o.at + 1; next < a.end && a.txs[next].mark != c.number {
			c.again = append(c.again, offer{a, next, a.txs[next]})
		}
	}
}
