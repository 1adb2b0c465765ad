package mempool

import (
	"container/list"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Pool is one node's transactions and bundles that are not executed yet. Its methods may be called from any goroutine.
type Pool struct {
	cfg      Config
	genesis  *core.Genesis
	network  core.NetworkID
	state    State
	progress Progress // nil if the state does not tell
	chains   Chains   // nil if the state does not tell
	controls Controls // nil if the state does not tell
	now      func() time.Time

	// slots bounds the local submissions that are checked at a time; capacity Config.Workers, callers block.
	slots chan struct{}
	inbox inbox

	mu     sync.Mutex
	queues atomic.Pointer[queues]
	grow   sync.Mutex // held while queues are made, and nothing else is locked then

	control *core.Control // the control entry that waits, nil for none
	retired int           // rollups that nothing is held for any more

	bundles          map[common.Hash]*bundle
	bundleList       *list.List // of *bundle not ordered yet, in order of arrival
	bundleBytes      int
	bundlesDone      []*bundle // ordered, not executed yet, in order
	bundlesDoneBytes int
	clients          map[string]*client // by name, those with bundles under way or something to pay
	lines            lines
	parking          parking

	// count and bytes are of the singles of all rollups that are not ordered yet.
	count, bytes int
	arrivals     uint64
	selection    uint64
	pinned       int    // bundles of bundleList with a parentTick
	tick         uint64 // the newest tick, 0 while the pool has seen none
	tickTime     uint64 // consensus time of the newest tick, ms
	executed     uint64 // newest tick whose effects are published
	rereadAt     uint64 // tick after which all senders are read again, 0 for none

	recent  *memory[uint64] // tick by hash of what was ordered
	reasons *memory[error]  // by hash, of what was admitted and then dropped
	drops   drops
	outbox  outbox

	// ready is what Ready gave out; closed and nil again when something becomes selectable.
	ready       chan struct{}
	subscribers map[core.RollupID]map[*subscription]struct{}
	counters    Counters
}

// New makes a pool for the network of g. now is the node's clock. The pool works without Run, except that gossip is
// not checked and nothing expires.
func New(cfg Config, g *core.Genesis, state State, now func() time.Time) (*Pool, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if limit := int(g.Params.MaxGossipBytes); cfg.BatchBytes > limit || cfg.MaxInboxBytes < limit {
		return nil, fmt.Errorf("%w: params.maxGossipBytes is %d, want batchBytes (%d) at most that and maxInboxBytes (%d) at least that",
			ErrConfig, limit, cfg.BatchBytes, cfg.MaxInboxBytes)
	}
	p := &Pool{
		cfg: cfg, genesis: g, network: g.NetworkID(), state: state, now: now,
		slots: make(chan struct{}, cfg.Workers), inbox: newInbox(),
		bundles: make(map[common.Hash]*bundle), bundleList: list.New(), clients: make(map[string]*client), lines: newLines(),
		recent: newMemory[uint64](cfg.MaxRecent), reasons: newMemory[error](cfg.MaxReasons), drops: newDrops(), parking: newParking(),
		subscribers: make(map[core.RollupID]map[*subscription]struct{}),
	}
	p.progress, _ = state.(Progress)
	p.chains, _ = state.(Chains)
	p.controls, _ = state.(Controls)
	p.queues.Store(&queues{byID: make(map[core.RollupID]*queue)})
	p.follow()
	return p, nil
}

// account finds or makes the account and reads its state. The caller must end with settle, which forgets it if unused.
func (p *Pool) account(q *queue, addr common.Address) (*account, error) {
	a := q.accounts[addr]
	if a == nil {
		a = &account{addr: addr}
		q.accounts[addr] = a
	}
	return a, p.refresh(q, a)
}

// refresh reads the account's executed state and drops what became impossible with it. Must be followed by settle.
func (p *Pool) refresh(q *queue, a *account) error {
	nonce, balance, code, err := p.state.Account(q.id, a.addr)
	if err != nil {
		return fmt.Errorf("%w: account %s of rollup %s: %w", ErrState, a.addr, q.id, err)
	}
	a.code = code
	q.follow(a)
	used, unfunded := a.read(nonce, balance)
	for _, e := range used {
		p.drop(q, a, e, refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", nonce, e.nonce()))
	}
	for _, e := range unfunded {
		p.drop(q, a, e, refuse(ErrInsufficientFunds, "address %s have %s, queued cost is more", a.addr, balance))
	}
	for i := len(a.bundles) - 1; i >= 0; i-- {
		b := a.bundles[i]
		if claim := b.claimOf(a); claim.nonce < nonce {
			p.dropBundle(b, inLeg(claim.leg, refuse(ErrNonceTooLow, "next nonce %d, tx nonce %d", nonce, claim.nonce)))
		}
	}
	p.reindex(q, a)
	return nil
}

// reindex brings the account's index up to date and tells subscribers what became ready.
func (p *Pool) reindex(q *queue, a *account) {
	fresh := q.index(a, p.now())
	if q.nonces != nil {
		p.gossipHeld(a)
	}
	if len(fresh) > 0 {
		p.announce(NewTxs{Rollup: q.id, Txs: fresh})
	}
}

// settle ends every change of an account: it brings the index up to date, keeps or forgets the account, and wakes who
// waits for something selectable.
func (p *Pool) settle(q *queue, a *account) {
	p.reindex(q, a)
	if a.empty() {
		q.forget(a)
	} else {
		q.accounts[a.addr] = a
	}
	p.wake()
}

// remove takes a single out of the pool without saying why: it is executed or replaced by itself.
func (p *Pool) remove(q *queue, a *account, e *entry) {
	if e.tick == 0 {
		p.count, p.bytes = p.count-1, p.bytes-e.size()
	}
	q.remove(a, e)
}

// drop takes a single that was admitted out of the pool and remembers the reason.
func (p *Pool) drop(q *queue, a *account, e *entry, reason error) {
	p.remove(q, a, e)
	p.counters.Dropped++
	if _, ordered := p.recent.get(e.tx.Hash()); !ordered {
		p.noteDrop(e.tx.Hash(), reason)
	}
}
