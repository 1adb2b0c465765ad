package mempool

import "github.com/ethereum/go-ethereum/common"

// Found is what the pool knows about a transaction hash or bundle id.
type Found struct {
	// Held: it waits to be ordered, or is ordered and not executed yet.
	Held bool
	// Ordered: it is among the newest that were ordered, so it is in the log.
	Ordered bool
	// Parked: it is a transaction that was never ready to be ordered: it waits for an earlier nonce, a lower base fee, or the
	// other legs of its bundle.
	Parked bool
	// Bundle: the id is that of a bundle.
	Bundle bool
	// Parking is what is known of the commitment that the id is, or that the transaction named which was parked; else nil.
	Parking *Parking
	// Dropped says why it left the pool without being ordered; nil if it did not, or if nobody remembers.
	Dropped error
}

// Find looks an id up among the transactions of all rollups and the bundles. A leg of a waiting bundle is not held as a
// transaction: it is not on its way alone.
func (p *Pool) Find(id common.Hash) Found {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.look(id)
	_, found.Ordered = p.recent.get(id)
	return found
}

func (p *Pool) look(id common.Hash) Found {
	if p.bundles[id] != nil {
		return Found{Held: true, Bundle: true}
	}
	for _, q := range p.all() {
		if e := q.txs[id]; e != nil && e.single {
			return Found{Held: true, Parked: e.tick == 0 && !e.announced && e.from != (common.Address{})}
		}
		if q.operator.find(id) != nil {
			return Found{Held: true}
		}
	}
	reason, _ := p.reasons.get(id)
	found := Found{Dropped: reason}
	if parking, ok := p.findParking(id); ok {
		found.Parking = &parking
		found.Parked = p.parking.legs[id] != nil
		found.Held = found.Parked
	}
	return found
}

// Totals counts the executable and the waiting transactions of all rollups.
func (p *Pool) Totals() (pending, queued int) {
	for _, q := range p.all() {
		ready, waiting := p.Stats(q.id)
		pending, queued = pending+ready, queued+waiting
	}
	return pending, queued
}
