package mempool

import (
	"fmt"
	"sync"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// chunkItems is how many gossiped items a worker takes at once, so that one batch keeps several of them busy.
	chunkItems = 32
	// inboxChunks and inboxStrangers are the capacities of the workers' channels; when full, senders are refused.
	inboxChunks    = 1 << 13
	inboxStrangers = 1 << 8
	// maxReap bounds what Reap returns at a time when its caller sets no bound, in bytes.
	maxReap = 1 << 20
	// itemOverhead bounds the RLP headers of an item of a gossip batch, batchOverhead those of the batch.
	itemOverhead  = 4 + 4 + 9
	batchOverhead = 2 + 3*4
	// signedOverhead bounds what a replacement adds to its bundle, and the encoding of a cancellation: version, kind and
	// list header, uuid, nonce and signature.
	signedOverhead = 2 + 4 + 17 + 9 + 67
)

// outgoing is a local transaction, bundle or cancellation that peers do not have yet.
type outgoing struct {
	entry  *entry
	bundle *bundle
	// replacement goes with the bundle if it has one.
	replacement  *core.Replacement
	cancellation *core.Cancellation
	line         *line
	control      *core.Control
}

// outbox holds what was admitted locally since the last Reap.
type outbox struct {
	items []outgoing
	last  time.Time // of the last Reap that returned something
}

// add appends an item. live is how many items the pool holds: when most of the box must have left the pool, it is
// cleaned, so it stays within the pool's caps even if nobody reaps.
func (o *outbox) add(item outgoing, live int) {
	if len(o.items) > 2*live+chunkItems {
		kept := o.items[:0]
		for _, old := range o.items {
			if old.wanted() {
				kept = append(kept, old)
			}
		}
		clear(o.items[len(kept):])
		o.items = kept
	}
	o.items = append(o.items, item)
}

// wanted reports whether peers still need the item.
func (o outgoing) wanted() bool {
	if o.control != nil {
		return true
	}
	if o.cancellation != nil {
		return o.line.place != nil && o.line.nonce == o.cancellation.Nonce
	}
	if o.replacement != nil && o.line.nonce != o.replacement.Nonce {
		return false
	}
	if o.bundle != nil {
		return o.bundle.place != nil
	}
	return o.entry.single && o.entry.tick == 0
}

func (o outgoing) size() int {
	switch {
	case o.control != nil:
		return core.MaxControlBytes + itemOverhead
	case o.cancellation != nil:
		return signedOverhead + itemOverhead
	case o.replacement != nil:
		return o.bundle.size + signedOverhead + itemOverhead
	case o.bundle != nil:
		return o.bundle.size + itemOverhead
	}
	return o.entry.size() + itemOverhead
}

// encode is the item among a batch's bundles.
func (o outgoing) encode() []byte {
	switch {
	case o.control != nil:
		return o.control.Encode()
	case o.cancellation != nil:
		return o.cancellation.Encode()
	case o.replacement != nil:
		return (&core.ReplacingBundle{Replacement: *o.replacement, Bundle: o.bundle.Bundle}).Encode()
	}
	return o.bundle.Encode()
}

// Reap returns encodings of core.GossipBatch with what was admitted locally and is not gossiped yet, each once, up to
// maxBytes in sum (1 MiB if that is not positive). Batches are filled up to Config.BatchBytes; one that is not full
// is held back until Config.BatchDelay after the last one. An item larger than either bound goes alone.
func (p *Pool) Reap(maxBytes int) [][]byte {
	if maxBytes <= 0 {
		maxBytes = maxReap
	}
	p.mu.Lock()
	batches := p.takeBatches(maxBytes)
	p.mu.Unlock()
	encoded := make([][]byte, len(batches))
	for i, b := range batches {
		encoded[i] = b.Encode()
	}
	return encoded
}

// takeBatches cuts the outbox into batches.
func (p *Pool) takeBatches(maxBytes int) (batches []core.GossipBatch) {
	box, now := &p.outbox, p.now()
	mayBePartial := now.Sub(box.last) >= p.cfg.BatchDelay
	for taken := 0; ; {
		batch, size, n := box.fill(min(p.cfg.BatchBytes, maxBytes-taken))
		full := n < len(box.items)
		if len(batch.Txs)+len(batch.Bundles) == 0 {
			if !full {
				box.items = nil
			}
			return batches
		}
		if (taken > 0 && taken+size > maxBytes) || (!full && !mayBePartial) {
			return batches
		}
		box.items = box.items[n:]
		box.last = now
		taken += size
		batches = append(batches, batch)
		p.counters.GossipOut++
	}
}

// fill collects the next batch of up to limit bytes, at least one item, from the first n items.
func (o *outbox) fill(limit int) (batch core.GossipBatch, size, n int) {
	size = batchOverhead
	for _, item := range o.items {
		if item.wanted() {
			if size+item.size() > limit && size > batchOverhead {
				break
			}
			size += item.size()
			switch {
			case item.entry == nil:
				batch.Bundles = append(batch.Bundles, item.encode())
			case item.entry.tx.Kind() != core.EncTransaction:
				batch.Bundles = append(batch.Bundles, item.entry.tx.Raw())
			default:
				tx := item.entry.tx
				batch.Txs = append(batch.Txs, core.GossipTx{Rollup: uint64(tx.Rollup()), Raw: tx.Raw()})
			}
		}
		n++
	}
	return batch, size, n
}

// chunk is a part of a gossiped batch.
type chunk struct {
	txs     []core.GossipTx
	bundles [][]byte
	bytes   int
}

// strange is ordered positions whose senders are not known, and the transaction of each.
type strange struct {
	queue     *queue
	positions []*position
	txs       []core.Transaction
	bytes     int
}

func (s *strange) add(pos *position, tx core.Transaction) {
	s.positions, s.txs = append(s.positions, pos), append(s.txs, tx)
	s.bytes += len(tx.Raw())
}

// inbox is the work that waits for a worker.
type inbox struct {
	mu        *sync.Mutex // one Insert at a time puts chunks; workers only make room
	chunks    chan chunk
	strangers chan strange
	bytes     *byteCount
}

func newInbox() inbox {
	return inbox{
		mu: new(sync.Mutex), chunks: make(chan chunk, inboxChunks),
		strangers: make(chan strange, inboxStrangers), bytes: new(byteCount),
	}
}

// Insert takes a gossip batch from a peer and leaves its items to the workers, which treat them like local ones. It
// never blocks: ErrBusy means that the queue is full and the batch may be offered again; other errors are final.
// What is wrong with single items is only counted.
func (p *Pool) Insert(batch []byte) error {
	if limit := p.genesis.Params.MaxGossipBytes; uint64(len(batch)) > limit {
		return fmt.Errorf("gossip batch: %w: %d bytes, cap %d", core.ErrTooLarge, len(batch), limit)
	}
	if p.inbox.bytes.load()+len(batch) > p.cfg.MaxInboxBytes {
		return ErrBusy
	}
	g, err := core.DecodeGossipBatch(batch)
	if err != nil {
		return err
	}
	chunks := split(g)
	p.inbox.mu.Lock()
	defer p.inbox.mu.Unlock()
	if len(p.inbox.chunks)+len(chunks) > cap(p.inbox.chunks) || p.inbox.bytes.load()+len(batch) > p.cfg.MaxInboxBytes {
		return ErrBusy
	}
	for _, c := range chunks {
		p.inbox.bytes.add(c.bytes)
		p.inbox.chunks <- c
	}
	return nil
}

// split cuts a batch into chunks for the workers.
func split(g core.GossipBatch) (chunks []chunk) {
	for len(g.Txs) > 0 {
		n := min(chunkItems, len(g.Txs))
		c := chunk{txs: g.Txs[:n]}
		for _, tx := range c.txs {
			c.bytes += len(tx.Raw) + itemOverhead
		}
		g.Txs = g.Txs[n:]
		chunks = append(chunks, c)
	}
	for _, b := range g.Bundles {
		chunks = append(chunks, chunk{bundles: [][]byte{b}, bytes: len(b) + itemOverhead})
	}
	return chunks
}

// receive checks and admits what peers sent.
func (p *Pool) receive(c chunk) {
	defer p.inbox.bytes.add(-c.bytes)
	refused := p.receiveTxs(c.txs)
	for _, enc := range c.bundles {
		if err := p.receiveBundle(enc); err != nil {
			refused++
		}
	}
	p.mu.Lock()
	p.counters.GossipIn += uint64(len(c.txs) + len(c.bundles))
	p.counters.GossipRefused += uint64(refused)
	p.mu.Unlock()
}

// receiveBundle takes in a bundle, with or without a replacement, a cancellation, a control entry, or an entry of an operator.
func (p *Pool) receiveBundle(enc []byte) error {
	kind, err := core.KindOf(enc)
	if err != nil {
		return err
	}
	var s submission
	switch kind {
	case core.EncBlock, core.EncReport:
		tx, err := core.DecodeOperatorEntry(enc)
		if err == nil {
			err = p.addOperatorEntry(tx, false)
		}
		return err
	case core.EncControl:
		c, err := core.DecodeControl(enc)
		if err == nil {
			err = p.addControl(c, false)
		}
		return err
	case core.EncCancellation:
		c, err := core.DecodeCancellation(enc)
		if err == nil {
			_, err = p.cancel(c, false)
		}
		return err
	case core.EncReplacingBundle:
		r, err := core.DecodeReplacingBundle(enc)
		if err != nil {
			return err
		}
		s.Bundle, s.replacement = r.Bundle, &r.Replacement
	default:
		if s.Bundle, err = core.DecodeBundle(enc); err != nil {
			return err
		}
	}
	if s.DecodedBundle, err = p.decodeBundle(s.Bundle); err != nil {
		return err
	}
	return p.addBundle(s)
}
