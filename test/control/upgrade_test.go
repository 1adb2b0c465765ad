package control

import (
	"errors"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

// hiccup is the longest pause between ticks that an activation may cost, in ms of consensus time: one proposer's turn, with room for
// a loaded machine.
const hiccup = 3000

// A rolling upgrade under load: the validators get the build that knows the next version one after the other, then the version
// begins, and ticks go on.
func TestControl_RollingUpgrade(t *testing.T) {
	n := start(t, t.TempDir(), make(map[int]string))
	stop := n.load()
	for i := range n.net.Genesis().Validators {
		n.mu.Lock()
		n.newer[i] = true
		n.mu.Unlock()
		if i == 0 {
			continue // the load goes through its gateway: it comes last
		}
		n.restart(i)
	}
	n.proven(loaded, 1)
	taken := stop()
	n.proven(loaded, uint64(taken))
	n.restart(0)

	again := n.load()
	before := n.net.Node(0).Log().Head()
	view := n.change(core.Change{SetProtocol: &core.SetProtocol{Version: core.ProtocolVersion + 1}}, 0, 1, 2)
	n.await("ticks under the new rules", func() bool { return n.net.Node(0).Log().Head() > view.Decided+20 })
	more := again()
	n.proven(loaded, uint64(taken+more))
	for i := range n.net.Genesis().Validators {
		if err := n.net.Node(i).Log().Wait(within(n.t), view.Decided+1); err != nil {
			t.Fatal(err)
		}
		if version, since := n.net.Node(i).Ledger().Protocol(); version != core.ProtocolVersion+1 || since != view.Decided+1 {
			t.Errorf("validator %d follows version %d since tick %d, want %d since %d", i, version, since, core.ProtocolVersion+1, view.Decided+1)
		}
	}
	var longest, last uint64
	for tick := before; tick <= view.Decided+20; tick++ {
		record, err := n.net.Node(0).Log().Record(tick)
		if err != nil {
			t.Fatal(err)
		}
		if last > 0 {
			longest = max(longest, record.Time-last)
		}
		last = record.Time
	}
	t.Logf("longest pause between ticks around the activation: %d ms", longest)
	if longest > hiccup {
		t.Errorf("ticks paused for %d ms, want at most %d", longest, hiccup)
	}
}

// restart stops a validator and starts it again, and waits until it has caught up.
func (n *network) restart(validator int) {
	n.t.Helper()
	if err := errors.Join(n.net.Stop(validator), n.net.Start(validator)); err != nil {
		n.t.Fatal(err)
	}
	head := n.net.Node((validator + 1) % len(n.net.Genesis().Validators)).Log().Head()
	if err := n.net.Node(validator).Log().Wait(within(n.t), head); err != nil {
		n.t.Fatal(err)
	}
}
