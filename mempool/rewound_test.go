package mempool_test

import (
	"testing"

	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

// A zone that executes again shows old nonces for a while. What arrives then is parked, and must become selectable once
// the zone is as far as it was, although nothing of that sender is ordered or executed then.
func TestPool_ReadsSendersAgainAfterAZoneExecutedAgain(t *testing.T) {
	f := newFixture(t)
	sender := mempooltest.Addr(0)
	f.mustAdd(transfer{Nonce: 0})
	f.mustAdd(transfer{Nonce: 1})
	f.order()
	f.state.SetNonce(rollupA, sender, 2)
	f.executed()

	f.pool.Rewound()
	f.state.SetNonce(rollupA, sender, 0)
	f.mustAdd(transfer{Nonce: 2})
	f.pool.Executed(f.tick - 1)
	if !f.sel().Empty() {
		t.Fatal("a transaction is offered on top of nonces that the state does not have")
	}
	f.state.SetNonce(rollupA, sender, 2)
	f.executed()
	if got := nonces(f.sel(), rollupA); len(got) != 1 || got[0] != 2 {
		t.Errorf("selectable are nonces %v, want 2", got)
	}
}
