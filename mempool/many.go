package mempool

import (
	"bytes"
	"context"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// AddTransactions is AddTransaction for many of one rollup, each of which is taken or refused by itself. Those of an opaque rollup are
// hashed together and admitted some at a time.
func (p *Pool) AddTransactions(ctx context.Context, rollup core.RollupID, raws [][]byte) (hashes []common.Hash, errs []error) {
	hashes, errs = make([]common.Hash, len(raws)), make([]error, len(raws))
	if !p.isOpaque(rollup) {
		for i, raw := range raws {
			hashes[i], errs[i] = p.AddTransaction(ctx, rollup, raw)
		}
		return hashes, errs
	}
	for first := 0; first < len(raws); first += chunkItems {
		next := min(first+chunkItems, len(raws))
		p.addSome(ctx, rollup, raws[first:next], hashes[first:next], errs[first:next])
	}
	return hashes, errs
}

// addSome admits local transactions of an opaque rollup.
func (p *Pool) addSome(ctx context.Context, rollup core.RollupID, raws [][]byte, hashes []common.Hash, errs []error) {
	if err := p.acquire(ctx); err != nil {
		for i := range errs {
			errs[i] = err
		}
		return
	}
	defer p.release()
	items := p.checkMany(make([]checked, 0, len(raws)), rollup, raws, true)
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, c := range items {
		if c.entry != nil {
			hashes[i] = c.entry.tx.Hash()
		}
		errs[i] = p.addChecked(c, true)
	}
}

func (p *Pool) isOpaque(rollup core.RollupID) bool {
	q := p.queue(rollup)
	return q != nil && q.kind == core.KindOpaque
}

// checkMany appends to items what check says of transactions of one rollup; what cannot be read has no entry. Those of an opaque rollup
// come and go together, so that they share what memory the pool needs for them.
func (p *Pool) checkMany(items []checked, rollup core.RollupID, raws [][]byte, local bool) []checked {
	opaque := p.isOpaque(rollup)
	var together []core.Transaction
	var entries []entry
	if opaque {
		together, entries = core.NewOpaqueTransactions(rollup, raws), make([]entry, len(raws))
	}
	for i, raw := range raws {
		if opaque && len(raw) > 0 && uint64(len(raw)) <= p.genesis.Params.MaxTxBytes {
			c := checked{queue: p.queue(rollup), entry: &entries[i]}
			c.entry.tx = together[i]
			c.err = p.check(c.queue, c.entry, local)
			items = append(items, c)
			continue
		}
		tx, err := p.decode(rollup, raw)
		if err != nil {
			items = append(items, checked{err: err})
			continue
		}
		c := checked{queue: p.queue(rollup), entry: &entry{tx: tx}}
		c.err = p.check(c.queue, c.entry, local)
		items = append(items, c)
	}
	return items
}

// receiveTxs checks all before it takes the lock once, and tells how many were refused.
func (p *Pool) receiveTxs(txs []core.GossipTx) (refused int) {
	items := make([]checked, 0, len(txs))
	for len(txs) > 0 {
		n := 1
		for n < len(txs) && txs[n].Rollup == txs[0].Rollup {
			n++
		}
		rollup := core.RollupID(txs[0].Rollup)
		items = p.checkMany(items, rollup, p.copied(rollup, txs[:n]), false)
		txs = txs[n:]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range items {
		if p.addChecked(c, false) != nil {
			refused++
		}
	}
	return refused
}

// copied copies transactions of one rollup out of a batch, which would stay in memory for as long as any of them otherwise. Those of an
// opaque rollup leave the pool in the order in which they came, so one copy does for all.
func (p *Pool) copied(rollup core.RollupID, txs []core.GossipTx) [][]byte {
	raws := make([][]byte, len(txs))
	if !p.isOpaque(rollup) {
		for i := range txs {
			raws[i] = bytes.Clone(txs[i].Raw)
		}
		return raws
	}
	size := 0
	for i := range txs {
		size += len(txs[i].Raw)
	}
	all := make([]byte, 0, size)
	for i := range txs {
		all = append(all, txs[i].Raw...)
		raws[i] = all[len(all)-len(txs[i].Raw) : len(all) : len(all)]
	}
	return raws
}
