package recovery

import (
	"strings"
	"testing"
	"time"
)

// TestRetain_DiskIsBoundedAndALateValidatorIsRestored lets validators forget old ticks and blocks. One that comes back
// from a kill afterwards goes on; one that was away for longer says which snapshot it needs, and goes on with a copy of
// another one's.
func TestRetain_DiskIsBoundedAndALateValidatorIsRestored(t *testing.T) {
	if !*long {
		t.Skip("two minutes of ticks: part of make test-recovery-long")
	}
	const retain = 1000
	n := newNetwork(t, func(c *child) { c.Retain, c.RetainBlocks, c.Idle = retain, retain, time.Millisecond })
	n.startAll()
	l := n.startLoad()
	l.await(10)
	late := n.members[3]
	late.kill()
	left := n.members[0].state().Head
	l.end() // a network without load makes ticks faster
	pruned := func(s state) bool { return s.Oldest > left+1 && s.Head > left+retain+600 }
	for _, m := range n.except(3) {
		s := m.await("pruning", pruned)
		if kept := s.Head - s.Oldest; kept > 2*retain {
			t.Errorf("validator %d keeps %d ticks, %d were asked for", m.Index, kept, retain)
		}
	}

	back := n.members[2]
	back.kill()
	head := n.members[0].state().Head
	late.start() // without it, three would not be enough now; it cannot help yet
	for deadline := time.After(patience); !strings.Contains(late.stderr.String(), "needs a snapshot"); {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("the late validator does not say what it needs:\n%s", late.stderr)
		}
		if back.cmd == nil {
			back.start() // its start is what the late one's third peer needs
		}
	}
	back.awaitTick(head + 1)
	t.Logf("the late validator says: %s", late.stderr)

	late.stop()
	source := n.members[2]
	source.stop()
	copyFrom(t, source.Home, late.Home)
	source.start()
	late.start()
	for _, m := range n.members {
		m.awaitTick(head + 10)
	}
	oldest := uint64(0)
	for _, m := range n.members {
		oldest = max(oldest, m.state().Oldest)
	}
	n.agreeFrom(oldest, n.members[0].state().Head)
	// It votes again: with another one away, nothing can be decided without it.
	source.kill()
	late.awaitTick(late.state().Head + 5)
}
