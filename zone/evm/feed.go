package evm

import (
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/event"
)

// viewBacklog bounds how many views wait for one slow subscriber; the oldest are dropped.
const viewBacklog = 256

// viewFeed hands views to subscribers without ever waiting for one.
type viewFeed struct {
	newest atomic.Pointer[View]

	mu     sync.Mutex
	queues map[*viewQueue]struct{}
	closed bool
}

// viewQueue is what one subscriber has not taken yet.
type viewQueue struct {
	mu      sync.Mutex
	waiting []*View
	// wake has room for one signal; a full one means that the subscriber will look anyway.
	wake chan struct{}
	// done is closed with the feed.
	done chan struct{}
}

// View is the newest published view. It is safe to call from any goroutine.
func (c *Chain) View() *View { return c.views.newest.Load() }

// SubscribeViews sends every view that is published from now on to ch, in order. A subscriber that falls more than
// 256 views behind misses the oldest of those; execution never waits for it. The subscription ends with Unsubscribe or
// when the chain is closed.
func (c *Chain) SubscribeViews(ch chan<- *View) event.Subscription {
	queue := c.views.subscribe()
	return event.NewSubscription(func(quit <-chan struct{}) error {
		defer c.views.unsubscribe(queue)
		for {
			view := queue.next()
			if view == nil {
				select {
				case <-queue.wake:
					continue
				case <-queue.done:
					return nil
				case <-quit:
					return nil
				}
			}
			select {
			case ch <- view:
			case <-queue.done:
				return nil
			case <-quit:
				return nil
			}
		}
	})
}

func (f *viewFeed) subscribe() *viewQueue {
	queue := &viewQueue{wake: make(chan struct{}, 1), done: make(chan struct{})}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(queue.done)
		return queue
	}
	if f.queues == nil {
		f.queues = make(map[*viewQueue]struct{})
	}
	f.queues[queue] = struct{}{}
	return queue
}

func (f *viewFeed) unsubscribe(queue *viewQueue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.queues, queue)
}

func (f *viewFeed) publish(v *View) {
	f.newest.Store(v)
	f.mu.Lock()
	defer f.mu.Unlock()
	for queue := range f.queues {
		queue.push(v)
	}
}

func (f *viewFeed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	for queue := range f.queues {
		close(queue.done)
	}
}

func (q *viewQueue) push(v *View) {
	q.mu.Lock()
	if len(q.waiting) == viewBacklog {
		q.waiting = q.waiting[1:]
	}
	q.waiting = append(q.waiting, v)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// next takes the oldest waiting view, nil if there is none.
func (q *viewQueue) next() *View {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return nil
	}
	v := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	return v
}
