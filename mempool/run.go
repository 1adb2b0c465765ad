package mempool

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// byteCount is a number of bytes that several goroutines change.
type byteCount struct{ n atomic.Int64 }

func (c *byteCount) load() int { return int(c.n.Load()) }
func (c *byteCount) add(n int) { c.n.Add(int64(n)) }

// Run checks gossip with Config.Workers goroutines and looks for what has expired, until ctx ends. It returns nil then,
// and no goroutine is left.
func (p *Pool) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range p.cfg.Workers {
		workers.Go(func() { p.work(ctx) })
	}
	ticker := time.NewTicker(p.cfg.Sweep)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			workers.Wait()
			return nil
		case <-ticker.C:
			p.sweep()
		}
	}
}

func (p *Pool) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-p.inbox.strangers:
			p.attribute(s)
		case c := <-p.inbox.chunks:
			p.receive(c)
		}
	}
}

// Ready is closed once something is selectable, which it may be now. Selectable means: some rollup has a ready
// transaction, or some bundle may stand in the next tick and its legs can be next for all their senders. The next call may give another channel. A
// bundle whose notBefore passes while nothing else happens closes nothing; the next tick finds it.
func (p *Pool) Ready() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready == nil {
		p.ready = make(chan struct{})
	}
	ready := p.ready
	p.wake()
	return ready
}

func (p *Pool) selectable() bool {
	if p.control != nil {
		return true
	}
	for _, q := range p.all() {
		if q.ready.Len() > 0 || len(q.operator.following()) > 0 {
			return true
		}
	}
	timeMs := max(uint64(p.now().UnixMilli()), p.tickTime)
	for place := p.bundleList.Front(); place != nil; place = place.Next() {
		if b := place.Value.(*bundle); b.MayStand(p.tick+1, 0) && p.inWindow(b, timeMs) && b.possible() {
			return true
		}
	}
	return false
}

// wake closes what Ready gave out if something is selectable.
func (p *Pool) wake() {
	if p.ready != nil && p.selectable() {
		close(p.ready)
		p.ready = nil
	}
}
