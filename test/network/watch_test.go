package network

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// history is what the watchers of all nodes saw, which must be one.
type history struct {
	mu      sync.Mutex
	heads   map[laneAt]common.Hash
	digests map[uint64]common.Hash
	sent    map[common.Hash]*sample
	// newest tick and when it was heard, by validator.
	views  map[int]*view
	broken []string
}

// laneAt is a lane after a tick.
type laneAt struct {
	tick   uint64
	rollup core.RollupID
}

// view is what one node has said since its watcher began.
type view struct {
	tick, executed, attested uint64
	heard                    time.Time
	longest                  time.Duration // between two ticks since the last call of gaps
	waiting                  []*sample     // executed and not attested, in order of their ticks
}

// sample is a transaction as the gateway that took it tells it.
type sample struct {
	at                                     int // the validator whose gateway took it
	submitted, ordered, executed, attested time.Time
	tick                                   uint64
}

func newHistory() *history {
	return &history{heads: make(map[laneAt]common.Hash), digests: make(map[uint64]common.Hash), sent: make(map[common.Hash]*sample), views: make(map[int]*view)}
}

// wrong notes what must not be; h.mu is held.
func (h *history) wrong(format string, args ...any) {
	if len(h.broken) < 20 {
		h.broken = append(h.broken, fmt.Sprintf(format, args...))
	}
}

// submitted says that a gateway is about to be given a transaction.
func (h *history) submitted(hash common.Hash, at int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent[hash] = &sample{at: at, submitted: time.Now()}
}

// refused says that it did not take it.
func (h *history) refused(hash common.Hash) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sent, hash)
}

// take notes a message of a node.
func (h *history) take(at int, v *view, e *client.TickEvent, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e.Type {
	case "tick", "empty":
		if e.Number <= v.tick {
			h.wrong("validator %d: tick %d after %d", at, e.Number, v.tick)
		}
		if v.tick != 0 {
			v.longest = max(v.longest, now.Sub(v.heard))
		}
		v.tick, v.heard = e.Number, now
		h.ordered(at, e, now)
		h.attest(at, v, e, now)
	case "executed":
		h.execute(at, v, e, now)
	case "rebuilt":
		h.wrong("validator %d takes back what it executed from tick %d on", at, e.Tick)
	}
}

func (h *history) ordered(at int, e *client.TickEvent, now time.Time) {
	for _, lane := range e.Lanes {
		place := laneAt{e.Number, lane.Rollup}
		if head, ok := h.heads[place]; ok && head != lane.Head {
			h.wrong("FORK: after tick %d the lane of rollup %s is %s at validator %d, %s elsewhere", e.Number, lane.Rollup, lane.Head, at, head)
		}
		h.heads[place] = lane.Head
		for _, hash := range lane.Txs {
			s, ok := h.sent[hash]
			if !ok {
				continue
			}
			if s.tick != 0 && s.tick != e.Number {
				h.wrong("%s is in the ticks %d and %d", hash, s.tick, e.Number)
			}
			s.tick = e.Number
			if s.at == at {
				s.ordered = now
			}
		}
	}
}

func (h *history) attest(at int, v *view, e *client.TickEvent, now time.Time) {
	results, err := e.Results()
	if err != nil {
		h.wrong("validator %d: %v", at, err)
	}
	for _, r := range results {
		if digest, ok := h.digests[r.Tick]; ok && digest != r.Digest {
			h.wrong("FORK: tick %d is attested with %s at validator %d, with %s elsewhere", r.Tick, r.Digest, at, digest)
		}
		if r.Tick < v.attested {
			h.wrong("validator %d: attested to %d after %d", at, r.Tick, v.attested)
		}
		h.digests[r.Tick], v.attested = r.Digest, r.Tick
	}
	h.mature(v, now)
}

// mature marks what was executed up to the newest attested tick.
func (h *history) mature(v *view, now time.Time) {
	for len(v.waiting) > 0 && v.waiting[0].tick <= v.attested {
		v.waiting[0].attested = now
		v.waiting = v.waiting[1:]
	}
}

func (h *history) execute(at int, v *view, e *client.TickEvent, now time.Time) {
	if e.Tick <= v.executed {
		h.wrong("validator %d: executed %d after %d", at, e.Tick, v.executed)
	}
	v.executed = e.Tick
	for _, o := range e.Outcomes {
		s, ok := h.sent[o.TxHash]
		if !ok || s.at != at {
			continue
		}
		s.executed, s.tick = now, e.Tick
		v.waiting = append(v.waiting, s)
		if o.Outcome != core.Included {
			h.wrong("%s is %s: %s", o.TxHash, o.Outcome, o.Reason)
		}
	}
	h.mature(v, now)
}

// gaps begins to look for the longest pause between ticks anew.
func (h *history) gaps() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, v := range h.views {
		v.longest = 0
	}
}

// longestGap is the longest pause between two ticks at a validator, the present one included.
func (h *history) longestGap(at int) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.views[at]
	return max(v.longest, time.Since(v.heard))
}

// head is the newest tick of a validator.
func (h *history) head(at int) uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.views[at].tick
}

// pending is how many accepted transactions are not attested at the gateway that took them.
func (h *history) pending() (count int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sent {
		if s.attested.IsZero() {
			count++
		}
	}
	return count
}

// abandon leaves out of account what a gateway took that is gone.
func (h *history) abandon(at int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for hash, s := range h.sent {
		if s.at == at && s.attested.IsZero() {
			delete(h.sent, hash)
		}
	}
	if v := h.views[at]; v != nil {
		v.waiting = nil
	}
}

// forget begins a new measurement, once nothing is pending, and gives the samples of the old one.
func (h *history) forget() []*sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	var samples []*sample
	for _, s := range h.sent {
		samples = append(samples, s)
	}
	clear(h.sent)
	return samples
}

// text is how far everybody is.
func (h *history) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out strings.Builder
	for _, at := range sortedKeys(h.views) {
		fmt.Fprintf(&out, "validator %d: tick %d, %s ago\n", at, h.views[at].tick, time.Since(h.views[at].heard).Round(time.Millisecond))
	}
	return out.String() + strings.Join(h.broken, "\n")
}

func sortedKeys[V any](m map[int]V) (keys []int) {
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// watch follows a node as long as its process lives.
func (n *network) watch(m *member) {
	n.t.Helper()
	var c *client.Client
	events := make(chan *client.TickEvent, 1<<14)
	n.until(fmt.Sprintf("validator %d answers", m.index), func() bool {
		var err error
		if c == nil {
			c, err = client.Dial(n.t.Context(), "ws://"+m.rpc)
		}
		if err != nil {
			c = nil
			return false
		}
		return true
	})
	sub, err := c.SubscribeTicks(n.t.Context(), events)
	if err != nil {
		n.t.Fatal(err)
	}
	v := new(view)
	n.history.mu.Lock()
	if before := n.history.views[m.index]; before != nil {
		v.waiting = before.waiting
	}
	v.heard = time.Now()
	n.history.views[m.index] = v
	n.history.mu.Unlock()
	exited := m.exited
	go func() {
		defer c.Close()
		for {
			select {
			case e := <-events:
				n.history.take(m.index, v, e, time.Now())
			case <-sub.Err():
				return
			case <-exited:
				return
			}
		}
	}()
}

// status asks a node, over a connection of its own so that it may come and go.
func (m *member) status(ctx context.Context) (*client.Network, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c, err := client.Dial(ctx, "http://"+m.rpc)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Network(ctx)
}
