package gateway

import (
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
)

// waiters wakes calls that wait for an entry. A wake-up says "look again", nothing more: it may come without cause and
// several may fall together, but none is lost between add and remove.
type waiters struct {
	mu    sync.Mutex
	limit int
	count int
	byID  map[common.Hash]map[*waiter]struct{}
	// attested holds the waiters that a new attested result may concern.
	attested map[*waiter]struct{}
}

// waiter is one waiting call.
type waiter struct {
	id common.Hash
	// wake has room for one signal; further ones fall together with it.
	wake chan struct{}
	// results says that it waits for a result of this node's executor: to be ordered is nothing to wake up for.
	results bool
	// included is set before the waiter is woken once its transaction is executed and not void.
	included atomic.Bool
}

func newWaiters(limit int) *waiters {
	return &waiters{limit: limit, byID: make(map[common.Hash]map[*waiter]struct{}), attested: make(map[*waiter]struct{})}
}

// add registers a waiter for a transaction hash or bundle id; ok is false when the limit is reached. The caller must
// remove it.
func (w *waiters) add(id common.Hash) (wt *waiter, ok bool) {
	return w.enter(&waiter{id: id, wake: make(chan struct{}, 1)})
}

// addForResult is add for who waits for a result of this node's executor.
func (w *waiters) addForResult(id common.Hash) (wt *waiter, ok bool) {
	return w.enter(&waiter{id: id, wake: make(chan struct{}, 1), results: true})
}

func (w *waiters) enter(wt *waiter) (_ *waiter, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count >= w.limit {
		return nil, false
	}
	w.count++
	if w.byID[wt.id] == nil {
		w.byID[wt.id] = make(map[*waiter]struct{})
	}
	w.byID[wt.id][wt] = struct{}{}
	return wt, true
}

// watchAttested has the waiter woken by every new attested result as well.
func (w *waiters) watchAttested(wt *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attested[wt] = struct{}{}
}

func (w *waiters) remove(wt *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count--
	delete(w.attested, wt)
	delete(w.byID[wt.id], wt)
	if len(w.byID[wt.id]) == 0 {
		delete(w.byID, wt.id)
	}
}

// any tells whether somebody waits.
func (w *waiters) any() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count > 0
}

// wake wakes whoever waits for one of the ids.
func (w *waiters) wake(ids ...common.Hash) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		for wt := range w.byID[id] {
			wt.signal()
		}
	}
}

// wakeOrdered wakes whoever waits for one of the ids and not for its result only.
func (w *waiters) wakeOrdered(ids ...common.Hash) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		for wt := range w.byID[id] {
			if !wt.results {
				wt.signal()
			}
		}
	}
}

// wakeDecided tells whoever waits for what is decided.
func (w *waiters) wakeDecided(fates []Fate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range fates {
		f := &fates[i]
		for wt := range w.byID[f.TxHash] {
			if !f.Code.Void() {
				wt.included.Store(true)
			}
			wt.signal()
		}
		if f.Bundle == (common.Hash{}) {
			continue
		}
		for wt := range w.byID[f.Bundle] {
			wt.signal()
		}
	}
}

// wakeAll wakes everybody.
func (w *waiters) wakeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, waiting := range w.byID {
		for wt := range waiting {
			wt.signal()
		}
	}
}

// wakeAttested wakes whoever waits for an attested result.
func (w *waiters) wakeAttested() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for wt := range w.attested {
		wt.signal()
	}
}

func (wt *waiter) signal() {
	select {
	case wt.wake <- struct{}{}:
	default: // a signal is already waiting and says the same
	}
}
