package recovery

import (
	"slices"
	"testing"
	"time"
)

// TestKill_ValidatorsAtRandomMomentsUnderLoad kills one validator after another with SIGKILL, and every fifth time all
// four at once, at random moments of a loaded network: inside of ticks and seals, between write and sync, while catching
// up. Nothing is repaired by hand in between.
func TestKill_ValidatorsAtRandomMomentsUnderLoad(t *testing.T) {
	n := newNetwork(t, nil)
	n.startAll()
	l := n.startLoad()
	l.await(10)
	var one, all []time.Duration
	for kill := 1; kill <= *kills; kill++ {
		n.within(1500 * time.Millisecond)
		if kill%5 == 0 {
			all = append(all, n.killAll())
		} else {
			one = append(one, n.killOne(n.rng.IntN(validators)))
		}
		n.agree()
	}
	l.await(10)
	n.audit(l)
	report(t, "one validator: start to voting at the head", one)
	report(t, "whole network: start to all voting", all)
}

// killOne kills a validator, sees that the other three go on, starts it again, and gives the time until it is back. Once
// more than 2/3 are needed, the others going on shows that each of them votes, those killed before too.
func (n *network) killOne(victim int) time.Duration {
	n.t.Helper()
	m := n.members[victim]
	m.kill()
	for _, other := range n.except(victim) {
		other.awaitTick(other.state().Head + 3)
	}
	n.within(time.Second)
	if n.rng.IntN(4) == 0 { // once more, while it is starting or catching up
		m.start()
		n.within(2 * time.Second)
		m.kill()
	}
	head := n.except(victim)[0].state().Head
	began := time.Now()
	m.start()
	m.awaitTick(head)
	return time.Since(began)
}

// killAll kills everybody, as a loss of power does, and starts them again.
func (n *network) killAll() time.Duration {
	n.t.Helper()
	head := uint64(0)
	for _, m := range n.members {
		head = max(head, m.state().Head)
	}
	for _, m := range n.members {
		_ = m.cmd.Process.Kill() // all at once; kill waits for each
	}
	for _, m := range n.members {
		m.kill()
	}
	began := time.Now()
	for _, m := range n.members {
		m.start()
	}
	for _, m := range n.members {
		m.awaitTick(head + 1)
	}
	return time.Since(began)
}

func report(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	t.Logf("%s: %d times, p50 %s, max %s", what, len(took), took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
}
