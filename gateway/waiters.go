package gateway

import (
	"sync"

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
}

func newWaiters(limit int) *waiters {
	return &waiters{limit: limit, byID: make(map[common.Hash]map[*waiter]struct{}), attested: make(map[*waiter]struct{})}
}

// add registers a waiter for a transaction hash or bundle id; ok is false when the limit is reached. The caller must
// remove it.
func (w *waiters) add(id common.Hash) (wt *waiter, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count >= w.limit {
		return nil, false
	}
	w.count++
	wt = &waiter{id: id, wake: make(chan struct{}, 1)}
	if w.byID[id] == nil {
		w.byID[id] = make(map[*waiter]struct{})
	}
	w.byID[id][wt] = struct{}{}
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
