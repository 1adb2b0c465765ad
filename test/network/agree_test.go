package network

import (
	"context"
	"fmt"
	"strings"

	"github.com/lockstep-network/lockstep/client"
)

// recently is how many ticks are compared tick by tick at the end of a run; the watchers have compared all of them before.
const recently = 100

// agree checks that all validators have the same ticks, lanes and results, and that no watcher saw anything else.
func (n *network) agree() {
	n.t.Helper()
	var tick uint64
	for i := range n.members {
		tick = max(tick, n.history.head(i))
	}
	for _, m := range n.members {
		n.reaches(m, tick)
	}
	var first []string
	for i, m := range n.members {
		ticks, err := m.ticks(n.t.Context(), tick-min(tick-1, recently), tick)
		if err != nil {
			n.t.Fatal(err)
		}
		if i == 0 {
			first = ticks
		}
		for at := range ticks {
			if ticks[at] != first[at] {
				n.t.Fatalf("validator %d has %s, validator 0 has %s", m.index, ticks[at], first[at])
			}
		}
	}
	n.history.mu.Lock()
	defer n.history.mu.Unlock()
	if len(n.history.broken) > 0 {
		n.t.Fatal(strings.Join(n.history.broken, "\n"))
	}
	if len(n.history.heads) == 0 || len(n.history.digests) == 0 {
		n.t.Fatal("nothing was compared")
	}
}

// ticks describes each of some ticks by everything that validators agree on.
func (m *member) ticks(ctx context.Context, from, to uint64) (ticks []string, err error) {
	c, err := client.Dial(ctx, "http://"+m.rpc)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for number := from; number <= to; number++ {
		t, err := c.Tick(ctx, number)
		if err != nil {
			return nil, fmt.Errorf("validator %d: tick %d: %w", m.index, number, err)
		}
		text := fmt.Sprintf("tick %d at %d with results %v", t.Number, t.Time, t.Attested)
		for _, lane := range t.Lanes {
			text += fmt.Sprintf(", lane %s from %d by %d with root %s to %s", lane.Rollup, lane.FirstSeq, lane.Count, lane.Root, lane.Head)
		}
		ticks = append(ticks, text)
	}
	return ticks, nil
}
