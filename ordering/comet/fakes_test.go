package comet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// signal wakes everybody who waits for a change; the zero value is ready to use.
type signal struct {
	mu sync.Mutex
	ch chan struct{}
}

func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) fire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

// until waits for a condition over whatever fires the signal.
func (s *signal) until(ctx context.Context, done func() bool) error {
	for {
		changed := s.wait()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// memLog is a Log in memory that outlives its node.
type memLog struct {
	signal
	mu      sync.Mutex
	decided []*core.Decided
	at      []time.Time // when each was appended
	broken  error       // Append fails with it
}

func (l *memLog) Append(d *core.Decided) error {
	defer l.fire()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return l.broken
	}
	switch n := int(d.Record.Number); {
	case n == len(l.decided)+1:
		l.decided, l.at = append(l.decided, d), append(l.at, time.Now())
		return nil
	case n > len(l.decided) || n == 0:
		return fmt.Errorf("gap: tick %d after %d", n, len(l.decided))
	case !bytes.Equal(l.decided[n-1].Record.Encode(), d.Record.Encode()):
		return fmt.Errorf("conflict at tick %d", n)
	}
	return nil
}

func (l *memLog) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
}

func (l *memLog) all() []*core.Decided {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.decided)
}

// upTo is a copy of the first n ticks, and when each was appended.
func (l *memLog) upTo(n uint64) ([]*core.Decided, []time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.decided[:n]), slices.Clone(l.at[:n])
}

func (l *memLog) head() uint64 { return uint64(len(l.all())) }

// truncate forgets the ticks after n, as a log does that was restored from a copy.
func (l *memLog) truncate(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.decided, l.at = l.decided[:n], l.at[:n]
}

// ledger is the ledger after tick n.
func (l *memLog) ledger(n uint64) func(yield func(k, v []byte) bool) {
	state := make(map[string][]byte)
	for _, d := range l.all()[:n] {
		for _, kv := range d.Ledger {
			if len(kv.Value) == 0 {
				delete(state, string(kv.Key))
			} else {
				state[string(kv.Key)] = kv.Value
			}
		}
	}
	return func(yield func(k, v []byte) bool) {
		for k, v := range state {
			if !yield([]byte(k), v) {
				return
			}
		}
	}
}

// tickOf is the tick that ordered a transaction, zero if none did.
func (l *memLog) tickOf(hash common.Hash) uint64 {
	for _, d := range l.all() {
		for _, s := range d.Tick.Sections {
			if slices.ContainsFunc(s.Txs, func(tx core.Transaction) bool { return tx.Hash() == hash }) {
				return d.Record.Number
			}
		}
	}
	return 0
}

// longestGap is the longest time between two ticks from tick first on, up to now.
func (l *memLog) longestGap(first uint64) (longest time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := max(first, 1); i < uint64(len(l.at)); i++ {
		longest = max(longest, l.at[i].Sub(l.at[i-1]))
	}
	return longest
}

// tickOfBundle is the tick that ordered a bundle, zero if none did.
func (l *memLog) tickOfBundle(id common.Hash) uint64 {
	for _, d := range l.all() {
		if slices.ContainsFunc(d.Tick.Bundles, func(b core.DecodedBundle) bool { return b.Hash == id }) {
			return d.Record.Number
		}
	}
	return 0
}

// attested is the newest attested result of a zone.
func (l *memLog) attested(zone core.ZoneID) core.Attested {
	var newest core.Attested
	for _, d := range l.all() {
		for _, a := range d.Record.Attested {
			if a.Zone == zone {
				newest = a
			}
		}
	}
	return newest
}

// memResults pretends to have executed everything in the log.
type memResults struct{ log *memLog }

func testDigest(zone core.ZoneID, tick uint64) common.Hash {
	return core.Tag("lockstep/test-digest/v1").Sum(core.U64(uint64(zone)), core.U64(tick))
}

func (r memResults) Digests(zone core.ZoneID, from uint64, limit int) []common.Hash {
	var digests []common.Hash
	for tick := from; tick <= r.log.head() && len(digests) < limit; tick++ {
		digests = append(digests, testDigest(zone, tick))
	}
	return digests
}

// memPool keeps singles in order of arrival, and bundles that are seeded.
type memPool struct {
	signal
	mu       sync.Mutex
	network  *core.Genesis
	waiting  []core.Transaction
	bundles  []core.DecodedBundle
	outbox   [][]byte
	inserted int // batches that came by gossip
	ready    chan struct{}
	refuse   error // Insert fails with it
}

func newMemPool(g *core.Genesis) *memPool { return &memPool{network: g, ready: make(chan struct{})} }

// submit is what a gateway does: into the own pool and out to the peers.
func (p *memPool) submit(tx core.Transaction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	batch := core.GossipBatch{Txs: []core.GossipTx{{Rollup: uint64(tx.Rollup()), Raw: tx.Raw()}}}
	p.outbox = append(p.outbox, batch.Encode())
	p.add(tx)
}

// seed puts a transaction into this pool only.
func (p *memPool) seed(tx core.Transaction) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.add(tx)
}

func (p *memPool) add(tx core.Transaction) {
	p.waiting = append(p.waiting, tx)
	if len(p.waiting) == 1 {
		close(p.ready)
	}
}

// seedBundle puts a bundle into this pool only. It wakes nobody: idle ticks take it along.
func (p *memPool) seedBundle(b core.DecodedBundle) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bundles = append(p.bundles, b)
}

func (p *memPool) Reap(maxBytes int) [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.outbox) && maxBytes >= len(p.outbox[n]) {
		maxBytes -= len(p.outbox[n])
		n++
	}
	batches := p.outbox[:n]
	p.outbox = p.outbox[n:]
	return batches
}

func (p *memPool) Insert(b []byte) error {
	defer p.fire()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse != nil {
		return p.refuse
	}
	batch, err := core.DecodeGossipBatch(b)
	if err != nil {
		return err
	}
	for _, item := range batch.Txs {
		tx, err := core.DecodeTransaction(core.RollupID(item.Rollup), item.Raw)
		if err != nil {
			return err
		}
		p.add(tx)
	}
	p.inserted++
	return nil
}

func (p *memPool) gossiped() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inserted
}

func (p *memPool) Select(b core.Budget) core.Candidates {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := core.Candidates{Bundles: slices.Clone(p.bundles)}
	for _, r := range p.network.Rollups {
		s := core.Section{Rollup: r.ID}
		for _, tx := range p.waiting {
			if size := uint64(len(tx.Raw())) + 64; tx.Rollup() == r.ID && size <= b.Bytes {
				b.Bytes -= size
				s.Txs = append(s.Txs, tx)
			}
		}
		if len(s.Txs) > 0 {
			c.Sections = append(c.Sections, s)
		}
	}
	return c
}

func (p *memPool) Ready() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready
}

func (p *memPool) Committed(d *core.Decided) {
	p.mu.Lock()
	defer p.mu.Unlock()
	had := len(p.waiting) > 0
	for _, ordered := range d.Tick.Bundles {
		p.bundles = slices.DeleteFunc(p.bundles, func(b core.DecodedBundle) bool { return b.Hash == ordered.Hash })
	}
	for _, s := range d.Tick.Sections {
		for _, ordered := range s.Txs {
			p.waiting = slices.DeleteFunc(p.waiting, func(tx core.Transaction) bool { return tx.Hash() == ordered.Hash() })
		}
	}
	if had && len(p.waiting) == 0 {
		p.ready = make(chan struct{})
	}
}

func TestMemPool_ReadyFollowsContent(t *testing.T) {
	g := testGenesis(t, 1)
	p := newMemPool(g)
	tx := testTx(t, 901, 0)
	p.submit(tx)
	select {
	case <-p.Ready():
	default:
		t.Fatal("not ready with a transaction in it")
	}
	p.Committed(&core.Decided{Tick: &core.Tick{Sections: []core.Section{{Rollup: 901, Txs: []core.Transaction{tx}}}}})
	select {
	case <-p.Ready():
		t.Fatal("ready without a transaction")
	default:
	}
}

var errBroken = errors.New("disk is gone")
