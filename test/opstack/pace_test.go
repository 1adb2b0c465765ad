package opstack

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// pace remembers when each head of a chain came, as its execution client tells it.
type pace struct {
	mu    sync.Mutex
	heads []head
}

type head struct {
	number uint64
	at     time.Time
	// late is how long after its timestamp the block was the head; before it is negative.
	late time.Duration
}

// watchPace subscribes to the heads until the test's end.
func watchPace(t *testing.T, e *execution) (*pace, error) {
	p, headers := &pace{}, make(chan *gethtypes.Header, 256)
	sub, err := e.SubscribeNewHead(interrupted, headers)
	if err != nil {
		return nil, err
	}
	t.Cleanup(sub.Unsubscribe)
	go func() {
		for {
			select {
			case <-sub.Err():
				return
			case h := <-headers:
				now := time.Now()
				p.mu.Lock()
				p.heads = append(p.heads, head{number: h.Number.Uint64(), at: now, late: now.Sub(time.Unix(int64(h.Time), 0))})
				p.mu.Unlock()
			}
		}
	}()
	return p, nil
}

// window is what a stretch of time had of blocks.
type window struct {
	took           time.Duration
	blocks         int
	median, latest time.Duration
}

// after gives the heads that came after a time.
func (p *pace) after(from time.Time) []head {
	p.mu.Lock()
	defer p.mu.Unlock()
	var heads []head
	for _, h := range p.heads {
		if h.at.After(from) {
			heads = append(heads, h)
		}
	}
	return heads
}

// since gives the window from a time to now.
func (p *pace) since(from time.Time) window {
	w := window{took: time.Since(from)}
	var late []time.Duration
	for _, h := range p.after(from) {
		late = append(late, h.late)
	}
	if w.blocks = len(late); w.blocks > 0 {
		slices.Sort(late)
		w.median, w.latest = late[len(late)/2], late[len(late)-1]
	}
	return w
}

func (w window) String() string {
	return fmt.Sprintf("%d blocks in %.0f s; after their time: median %d ms, latest %d ms", w.blocks, w.took.Seconds(), w.median.Milliseconds(), w.latest.Milliseconds())
}

// keeps checks that there was a block for each block time, and that none was late by a whole one.
func (w window) keeps(blockTime time.Duration) error {
	if want := int(w.took/blockTime) - 1; w.blocks < want {
		return fmt.Errorf("%d blocks, %d are due;", w.blocks, want)
	}
	if w.latest >= blockTime {
		return fmt.Errorf("a block is later than one block time;")
	}
	return nil
}
