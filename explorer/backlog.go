package explorer

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// backlog keeps the newest messages, each encoded once. Whoever reads has a place of their own in it and misses what was
// dropped meanwhile; writers never wait.
type backlog struct {
	// run tells the messages of this process from those of the one before it.
	run string

	mu sync.Mutex
	// ring[i % len] is message i, for oldest ≤ i < next. Together they have at most maxBytes, the newest excepted.
	ring            [][]byte
	oldest, next    uint64
	bytes, maxBytes int
	// grown is closed and replaced when a message comes.
	grown chan struct{}
}

func newBacklog(run string, size, maxBytes int) *backlog {
	return &backlog{run: run, ring: make([][]byte, size), maxBytes: maxBytes, grown: make(chan struct{})}
}

// add appends the message that encode makes for the next id, and wakes the readers. It has one caller.
func (b *backlog) add(encode func(id string) ([]byte, error)) error {
	b.mu.Lock()
	next := b.next
	b.mu.Unlock()
	message, err := encode(b.id(next))
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.oldest < b.next && (b.next-b.oldest >= uint64(len(b.ring)) || b.bytes+len(message) > b.maxBytes) {
		slot := &b.ring[b.oldest%uint64(len(b.ring))]
		b.bytes -= len(*slot)
		*slot = nil
		b.oldest++
	}
	b.ring[b.next%uint64(len(b.ring))] = message
	b.bytes += len(message)
	b.next++
	close(b.grown)
	b.grown = make(chan struct{})
	return nil
}

// id names message n.
func (b *backlog) id(n uint64) string { return fmt.Sprintf("%s-%d", b.run, n) }

// after is where a reader goes on that has seen everything up to a message; ok is false if that is not known any more. A
// reader that has seen nothing begins with the newest messages.
func (b *backlog) after(last string, newest uint64) (place uint64, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	run, number, _ := strings.Cut(last, "-")
	if n, err := strconv.ParseUint(number, 10, 64); err == nil && run == b.run && n < b.next && n+1 >= b.oldest {
		return n + 1, true
	}
	return max(b.oldest, b.next-min(newest, b.next)), false
}

// read gives the messages from a place on, and a channel that is closed when there are more. ok is false if some of them
// were dropped.
func (b *backlog) read(place uint64) (messages [][]byte, grown <-chan struct{}, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if place < b.oldest {
		return nil, nil, false
	}
	for ; place < b.next; place++ {
		messages = append(messages, b.ring[place%uint64(len(b.ring))])
	}
	return messages, b.grown, true
}
