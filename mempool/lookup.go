package mempool

import (
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Pending lists the sender's executable transactions in nonce order, including those that are ordered and not
// executed yet.
func (p *Pool) Pending(rollup core.RollupID, addr common.Address) []*gethtypes.Transaction {
	pending, _ := p.ContentFrom(rollup, addr)
	return pending
}

// Nonce is the nonce of the sender's next transaction: that of the executed state plus its executable transactions.
func (p *Pool) Nonce(rollup core.RollupID, addr common.Address) uint64 {
	q := p.queue(rollup)
	if q == nil || q.kind != core.KindEVM {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	a := q.accounts[addr]
	nonce, _, _, err := p.state.Account(rollup, addr)
	switch {
	case a == nil:
		return nonce // zero where the state cannot be read
	case err != nil:
		nonce = a.nonce
	}
	return nonce + uint64(len(a.executable(nonce)))
}

// Get finds a single that waits, is ready, or is ordered and not executed yet. Legs of bundles that are not ordered are
// not shown.
func (p *Pool) Get(rollup core.RollupID, hash common.Hash) (*gethtypes.Transaction, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.find(rollup, hash)
	if e == nil || e.tx.Eth() == nil {
		return nil, false
	}
	if _, ordered := p.recent.get(hash); !e.single && !ordered {
		return nil, false
	}
	return e.tx.Eth(), true
}

// Known finds the decoded form of anything that the pool holds, with the sender already recovered; nil if it holds
// none. It keeps what is ordered until that is executed.
func (p *Pool) Known(rollup core.RollupID, hash common.Hash) *gethtypes.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.find(rollup, hash); e != nil {
		return e.tx.Eth()
	}
	return nil
}

// Share gives the tick with the pool's decoded forms of the transactions that it holds, so that all who read the tick find
// the senders that were recovered at admission. t stays as it is.
func (p *Pool) Share(t *core.Tick) *core.Tick {
	if t.Empty() {
		return t
	}
	shared := &core.Tick{
		Number: t.Number, Time: t.Time, Control: t.Control, Bundles: slices.Clone(t.Bundles), Sections: slices.Clone(t.Sections),
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range shared.Bundles {
		shared.Bundles[i].Txs = p.own(shared.Bundles[i].Txs)
	}
	for i := range shared.Sections {
		shared.Sections[i].Txs = p.own(shared.Sections[i].Txs)
	}
	return shared
}

// own gives transactions the decoded forms that the pool has of them; the list is copied if there is one.
func (p *Pool) own(txs []core.Transaction) []core.Transaction {
	own := txs
	for i, tx := range txs {
		if tx.Eth() == nil {
			continue
		}
		e := p.find(tx.Rollup(), tx.Hash())
		if e == nil {
			continue
		}
		if &own[0] == &txs[0] {
			own = slices.Clone(txs)
		}
		own[i] = tx.WithEth(e.tx.Eth())
	}
	return own
}

func (p *Pool) find(rollup core.RollupID, hash common.Hash) *entry {
	if q := p.queue(rollup); q != nil {
		return q.txs[hash]
	}
	return nil
}

// GetBundle finds a bundle that waits, or is ordered and not executed yet.
func (p *Pool) GetBundle(id common.Hash) (core.DecodedBundle, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.bundles[id]; b != nil {
		return b.DecodedBundle, true
	}
	return core.DecodedBundle{}, false
}

// Content lists a rollup's transactions by sender, each in nonce order: pending ones are executable, queued ones wait
// for a missing nonce (txpool_content).
func (p *Pool) Content(rollup core.RollupID) (pending, queued map[common.Address][]*gethtypes.Transaction) {
	pending = make(map[common.Address][]*gethtypes.Transaction)
	queued = make(map[common.Address][]*gethtypes.Transaction)
	q := p.queue(rollup)
	if q == nil {
		return pending, queued
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for addr, a := range q.accounts {
		executable, rest := a.content()
		if len(executable) > 0 {
			pending[addr] = executable
		}
		if len(rest) > 0 {
			queued[addr] = rest
		}
	}
	return pending, queued
}

// ContentFrom is Content for one sender (txpool_contentFrom).
func (p *Pool) ContentFrom(rollup core.RollupID, addr common.Address) (pending, queued []*gethtypes.Transaction) {
	q := p.queue(rollup)
	if q == nil {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := q.accounts[addr]; a != nil {
		return a.content()
	}
	return nil, nil
}

// content splits the account's singles that are not executed into executable and waiting ones.
func (a *account) content() (executable, rest []*gethtypes.Transaction) {
	run := a.executable(a.nonce)
	for _, e := range run {
		executable = append(executable, e.tx.Eth())
	}
	i, _ := a.find(a.nonce)
	for _, e := range a.txs[i+len(run):] {
		rest = append(rest, e.tx.Eth())
	}
	return executable, rest
}

// Stats counts a rollup's executable and waiting transactions (txpool_status).
func (p *Pool) Stats(rollup core.RollupID) (pending, queued int) {
	q := p.queue(rollup)
	if q == nil {
		return 0, 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case q.nonces != nil:
		return q.count - q.waiting.Len(), q.waiting.Len()
	case q.elsewhere():
		return q.count, 0
	}
	for _, a := range q.accounts {
		run := len(a.executable(a.nonce))
		i, _ := a.find(a.nonce)
		pending, queued = pending+run, queued+len(a.txs)-i-run
	}
	return pending, queued
}
