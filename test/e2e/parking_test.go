package e2e

import (
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

const parkedGas = 100_000

// prepare tells the node a bundle in which each of two users pays an ether on a rollup of its own.
func (n *network) prepare(t *testing.T, users [2]user, to common.Address, window time.Duration) (*gateway.ParkingView, [2]*gethtypes.Transaction) {
	t.Helper()
	ids := [2]core.RollupID{rollupA, rollupB}
	var legs []gateway.SkeletonLeg
	for i, u := range users {
		legs = append(legs, gateway.SkeletonLeg{Rollup: ids[i], From: u.address, To: &to, Value: (*hexutil.Big)(ether(1)), Gas: parkedGas})
	}
	prepared, err := n.client.PrepareBundle(t.Context(), 0, uint64(time.Now().Add(window).UnixMilli()), legs)
	if err != nil {
		t.Fatal(err)
	}
	if !prepared.Prepared || len(prepared.Missing) != 2 || len(prepared.AccessList) != 1 || prepared.AccessList[0].StorageKeys[0] != prepared.Commitment {
		t.Fatalf("prepared %+v", prepared)
	}
	access := gethtypes.AccessList{{Address: prepared.AccessList[0].Address, StorageKeys: prepared.AccessList[0].StorageKeys}}
	var txs [2]*gethtypes.Transaction
	for i, u := range users {
		txs[i] = signWith(t, ids[i], u, &gethtypes.DynamicFeeTx{To: &to, Value: ether(1), Gas: parkedGas, AccessList: access})
	}
	return prepared, txs
}

// Two wallets that can only broadcast make a bundle: each sends its leg to its own rollup.
func testParkedLegs(t *testing.T, n *network) {
	users, to := [2]user{n.funded(t), n.funded(t)}, newUser(t)
	prepared, txs := n.prepare(t, users, to.address, time.Minute)
	if err := n.eth[rollupA].SendTransaction(t.Context(), txs[0]); err != nil {
		t.Fatal(err)
	}
	status, err := n.client.Status(t.Context(), txs[0].Hash())
	if err != nil || status.Level != core.LevelAccepted || status.Parked == nil || len(status.Parked.Missing) != 1 || status.Parked.Missing[0] != 1 {
		t.Fatalf("the first leg is %+v, %v", status, err)
	}
	if by := status.AcceptedBy; by == nil || by.Power != 0 || by.Safe || status.Parked.Held == nil || *status.Parked.Held {
		t.Errorf("a leg that is known to one node alone is kept by %+v, held %v", by, status.Parked.Held)
	}
	if err := n.eth[rollupB].SendTransaction(t.Context(), txs[1]); err != nil {
		t.Fatal(err)
	}
	if status, err = n.client.Status(t.Context(), prepared.Commitment); err != nil || status.Kind != "commitment" || status.Parked == nil || status.Parked.BundleID == nil {
		t.Fatalf("the commitment is %+v, %v", status, err)
	}
	bundle, err := n.client.WaitFor(t.Context(), *status.Parked.BundleID, core.LevelAttested, 20*time.Second)
	if err != nil || len(bundle.Attempts) != 1 || bundle.Attempts[0].Outcome == nil || *bundle.Attempts[0].Outcome != core.Included {
		t.Fatalf("the bundle is %+v, %v", bundle, err)
	}
	for i, id := range []core.RollupID{rollupA, rollupB} {
		if got := n.balance(t, id, to.address); got.Cmp(ether(1)) != 0 {
			t.Errorf("balance on rollup %s is %s", id, got)
		}
		if receipt := n.receipt(t, id, txs[i].Hash()); receipt.Status != gethtypes.ReceiptStatusSuccessful {
			t.Errorf("receipt of leg %d: %+v", i, receipt)
		}
	}
}

func testParkedTooLong(t *testing.T, n *network) {
	users, to := [2]user{n.funded(t), n.funded(t)}, newUser(t)
	_, txs := n.prepare(t, users, to.address, 2*time.Second)
	if err := n.eth[rollupA].SendTransaction(t.Context(), txs[0]); err != nil {
		t.Fatal(err)
	}
	status, err := n.client.WaitFor(t.Context(), txs[0].Hash(), core.LevelOrdered, 20*time.Second)
	if err != nil || status.Dropped == nil || status.Dropped.Reason != "parkedTooLong" || len(status.Attempts) != 0 {
		t.Fatalf("the lone leg is %+v, %v", status, err)
	}
	if got := n.balance(t, rollupA, to.address); got.Sign() != 0 {
		t.Errorf("a lone leg took effect: %s", got)
	}
}

func testReplaceAndCancel(t *testing.T, n *network) {
	network, err := n.client.Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, to := n.funded(t), newUser(t)
	pay := func(amount int64) *core.Bundle {
		b := bundle(t, leg{rollupA, signWith(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(amount)})},
			leg{rollupB, signWith(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(amount)})})
		b.NotBefore = uint64(time.Now().Add(40 * time.Second).UnixMilli()) // so that it waits
		return b
	}
	line := core.UUID(u.address.Bytes()[:16])
	replace := func(nonce uint64, b *core.Bundle) common.Hash {
		t.Helper()
		r := &core.Replacement{UUID: line, Nonce: nonce}
		if err := r.Sign(u.key, network.NetworkID, b.ID(network.NetworkID)); err != nil {
			t.Fatal(err)
		}
		id, err := n.client.ReplaceBundle(t.Context(), b, r)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	dropped := func(id common.Hash, reason string) {
		t.Helper()
		s, err := n.client.WaitFor(t.Context(), id, core.LevelOrdered, 20*time.Second)
		if err != nil || s.Dropped == nil || s.Dropped.Reason != reason {
			t.Errorf("bundle is %+v, %v, want dropped as %s", s, err, reason)
		}
	}
	first := replace(1, pay(1))
	second := replace(2, pay(2))
	dropped(first, "replaced")
	c := &core.Cancellation{UUID: line, Nonce: 3}
	if err := c.Sign(u.key, network.NetworkID); err != nil {
		t.Fatal(err)
	}
	receipt, err := n.client.CancelBundle(t.Context(), c)
	if err != nil || receipt.BundleID == nil || *receipt.BundleID != second {
		t.Fatalf("cancelled %+v, %v, want %s", receipt, err, second)
	}
	dropped(second, "cancelled")
	last := pay(3)
	last.NotBefore = 0
	id := replace(4, last)
	if s, err := n.client.WaitFor(t.Context(), id, core.LevelExecuted, 20*time.Second); err != nil || s.Level < core.LevelExecuted || *s.Attempts[0].Outcome != core.Included {
		t.Fatalf("the last of the line is %+v, %v", s, err)
	}
	if got := n.balance(t, rollupB, to.address); got.Cmp(ether(3)) != 0 {
		t.Errorf("balance is %s, want that of the last bundle only", got)
	}
}
