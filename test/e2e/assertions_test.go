package e2e

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// testAssertions has a contract on each rollup that writes and asserts: each leg asserts what the other one writes, so the
// bundle takes effect if both deliver, and leaves nothing behind if one does not.
func testAssertions(t *testing.T, n *network) {
	u := n.funded(t)
	init := append([]byte{0x60, byte(len(zonetest.ProgramCode)), 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3}, zonetest.ProgramCode...)
	contracts := map[core.RollupID]common.Address{rollupA: n.deploy(t, rollupA, u, init), rollupB: n.deploy(t, rollupB, u, init)}
	network, err := n.client.Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slot, ids := common.Hash{31: 1}, []core.RollupID{rollupA, rollupB}
	// A expects 2 of B, and B expects 1 of A; A writes 1, and B writes what it is told.
	swap := func(delivered byte) *core.Bundle {
		write := map[core.RollupID]common.Hash{rollupA: {31: 1}, rollupB: {31: delivered}}
		expect := map[core.RollupID]core.Assertion{
			rollupA: core.NewAssertion(rollupB, contracts[rollupB], slot, common.Hash{31: 2}),
			rollupB: core.NewAssertion(rollupA, contracts[rollupA], slot, common.Hash{31: 1}),
		}
		var txs []*gethtypes.DynamicFeeTx
		for _, id := range ids {
			to := contracts[id]
			txs = append(txs, &gethtypes.DynamicFeeTx{
				To: &to, Data: zonetest.Program(nil).Store(slot, write[id]).Assert(expect[id]),
				AccessList: gethtypes.AccessList{{Address: network.Predeploy.Address, StorageKeys: []common.Hash{network.Predeploy.Marker}}},
			})
		}
		return n.protect(t, u, ids, txs)
	}
	written := func() (got [2]common.Hash) {
		for i, id := range ids {
			value, err := n.eth[id].StorageAt(t.Context(), contracts[id], slot, nil)
			if err != nil {
				t.Fatal(err)
			}
			got[i] = common.BytesToHash(value)
		}
		return got
	}
	bad := swap(3)
	s, err := n.client.SimulateBundle(t.Context(), bad)
	if err != nil || s.OK || s.Code != core.VoidAssertion || len(s.Assertions) != 2 || s.Assertions[0].OK || s.Assertions[0].Found != (common.Hash{31: 3}) || !s.Assertions[1].OK {
		t.Fatalf("simulation of a swap that B does not keep to: %+v, %v", s, err)
	}
	if code, failing := n.outcome(t, bad); code != core.VoidAssertion || failing == nil || *failing != 0 {
		t.Errorf("a swap that B does not keep to is %s, failing leg %v", code, failing)
	}
	if got := written(); got != [2]common.Hash{} {
		t.Errorf("it left %s behind", got)
	}
	good := swap(2)
	lone := new(gethtypes.Transaction)
	if err := lone.UnmarshalBinary(good.Legs[0].Tx); err != nil {
		t.Fatal(err)
	}
	// Alone a leg that asserts is parked: it waits for its bundle and is not ordered.
	if err := n.eth[rollupA].SendTransaction(t.Context(), lone); err != nil {
		t.Errorf("a leg that asserts, alone: %v", err)
	}
	if s, err := n.client.Status(t.Context(), lone.Hash()); err != nil || s.Parked == nil || len(s.Attempts) != 0 {
		t.Errorf("a leg that asserts, alone: %+v, %v", s, err)
	}
	if s, err = n.client.SimulateBundle(t.Context(), good); err != nil || !s.OK || len(s.Assertions) != 2 {
		t.Errorf("simulation of a good swap: %+v, %v", s, err)
	}
	if code, _ := n.outcome(t, good); code != core.Included {
		t.Errorf("a good swap is %s", code)
	}
	if got := written(); got != [2]common.Hash{{31: 1}, {31: 2}} {
		t.Errorf("it wrote %s", got)
	}
	// Without the access list the same call costs gas and reverts.
	to := contracts[rollupA]
	single := n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{
		To: &to, Data: zonetest.Program(nil).Assert(core.NewAssertion(rollupA, to, slot, common.Hash{31: 1})),
	})
	if err := n.eth[rollupA].SendTransaction(t.Context(), single); err != nil {
		t.Fatal(err)
	}
	if receipt := n.receipt(t, rollupA, single.Hash()); receipt.Status != gethtypes.ReceiptStatusFailed || len(receipt.Logs) != 0 {
		t.Errorf("outside of a bundle it gives %+v", receipt)
	}
}
