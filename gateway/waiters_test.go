package gateway

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

func woken(wt *waiter) bool {
	select {
	case <-wt.wake:
		return true
	default:
		return false
	}
}

func TestWaiters_WakeForWhatIsWaitedFor(t *testing.T) {
	w := newWaiters(10)
	id, bundle := common.Hash{1}, common.Hash{2}
	all, _ := w.add(id)
	results, _ := w.addForResult(id)
	legs, _ := w.add(bundle)
	w.wakeOrdered(id, bundle)
	if !woken(all) || woken(results) || !woken(legs) {
		t.Error("an order wakes all but those who wait for results")
	}
	w.wakeDecided([]Fate{{Outcome: core.Outcome{TxHash: id, Bundle: bundle, Code: core.VoidOtherLeg}}})
	if !woken(all) || !woken(results) || !woken(legs) || results.included.Load() {
		t.Error("a void attempt wakes everybody and includes nothing")
	}
	w.wakeDecided([]Fate{{Outcome: core.Outcome{TxHash: id, Code: core.Included}}})
	if !woken(results) || !results.included.Load() {
		t.Error("who waits for a result is not told of it")
	}
	w.wake(id)
	if !woken(all) || !woken(results) {
		t.Error("who waits for a result is not woken for anything else")
	}
}
