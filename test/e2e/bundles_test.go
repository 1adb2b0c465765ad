package e2e

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

func testBundle(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	pay := func(id core.RollupID, nonce uint64) leg {
		return leg{id, signWith(t, id, u, &gethtypes.DynamicFeeTx{Nonce: nonce, To: &to.address, Value: ether(1)})}
	}
	code, failing := n.outcome(t, bundle(t, pay(rollupA, 0), pay(rollupB, 0), pay(rollupA, 1)))
	if code != core.Included || failing != nil {
		t.Fatalf("bundle is %s, failing leg %v", code, failing)
	}
	if a, b := n.balance(t, rollupA, to.address), n.balance(t, rollupB, to.address); a.Cmp(ether(2)) != 0 || b.Cmp(ether(1)) != 0 {
		t.Errorf("balances are %s and %s", a, b)
	}
}

func testBundleReverting(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	contract := n.mine(t, rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{Data: reverter, Gas: 300_000})).ContractAddress
	before, beforeB := n.balance(t, rollupA, u.address), n.balance(t, rollupB, u.address)
	b := bundle(t,
		leg{rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)})},
		leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &contract})})
	code, failing := n.outcome(t, b)
	if code != core.VoidLegReverted || failing == nil || *failing != 1 {
		t.Fatalf("bundle is %s, failing leg %v", code, failing)
	}
	if got := n.balance(t, rollupA, to.address); got.Sign() != 0 {
		t.Errorf("half a bundle took effect: %s", got)
	}
	if a, b := n.balance(t, rollupA, u.address), n.balance(t, rollupB, u.address); a.Cmp(before) != 0 || b.Cmp(beforeB) != 0 {
		t.Errorf("a failed bundle cost %s and %s", new(big.Int).Sub(before, a), new(big.Int).Sub(beforeB, b))
	}
	// The signatures stay valid: the same legs go through once the failing one may revert.
	b.Legs[1].MayRevert = true
	if code, _ := n.outcome(t, b); code != core.Included {
		t.Fatalf("bundle whose second leg may revert is %s", code)
	}
	if got := n.balance(t, rollupA, to.address); got.Cmp(ether(1)) != 0 {
		t.Errorf("balance is %s", got)
	}
}

// protect signs calls so that they are valid in the given bundle only.
func (n *network) protect(t *testing.T, u user, ids []core.RollupID, txs []*gethtypes.DynamicFeeTx) *core.Bundle {
	t.Helper()
	network, err := n.client.Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(time.Minute).UnixMilli())}
	var legs []core.CommittedLeg
	for i, tx := range txs {
		legs = append(legs, core.CommitLeg(n.sign(t, ids[i], u, tx), ids[i], u.address, false))
	}
	b.Commitment = b.ComputeCommitment(network.NetworkID, legs)
	for i, tx := range txs {
		tx.AccessList = append(tx.AccessList, gethtypes.AccessTuple{Address: network.Predeploy.Address, StorageKeys: []common.Hash{b.Commitment}})
		raw, err := signWith(t, ids[i], u, tx).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		b.Legs = append(b.Legs, core.Leg{Rollup: ids[i], Tx: raw})
	}
	return b
}

func testTearOff(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	b := n.protect(t, u, []core.RollupID{rollupA, rollupB}, []*gethtypes.DynamicFeeTx{
		{To: &to.address, Value: ether(1)}, {To: &to.address, Value: ether(2)}})
	refused := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", what, err, want)
		}
	}
	lone := new(gethtypes.Transaction)
	if err := lone.UnmarshalBinary(b.Legs[0].Tx); err != nil {
		t.Fatal(err)
	}
	if err := n.eth[rollupA].SendTransaction(t.Context(), lone); err != nil {
		t.Fatalf("a leg alone is not parked: %v", err)
	}
	if s, err := n.client.Status(t.Context(), lone.Hash()); err != nil || s.Level != core.LevelAccepted || s.Parked == nil || len(s.Attempts) != 0 {
		t.Errorf("a leg alone is %+v, %v, want parked", s, err)
	}
	torn := *b
	torn.Legs = b.Legs[:1]
	code, _ := n.outcome(t, &torn) // well-formed for ordering, which does not recover senders; the zone refuses it
	if code != core.VoidCommitment {
		t.Errorf("a bundle with a leg left out is %s", code)
	}
	other := *b
	other.Commitment = common.Hash{1}
	_, err := n.client.SendBundle(t.Context(), &other)
	refused("another commitment", err, "legs[0]")
	inclusion := *b
	inclusion.Atomicity = core.AtomicInclusion
	_, err = n.client.SendBundle(t.Context(), &inclusion)
	refused("inclusion bundle", err, "execution bundle")
	if got := n.balance(t, rollupA, to.address); got.Sign() != 0 {
		t.Fatalf("a leg was torn out: %s", got)
	}
	if code, _ := n.outcome(t, b); code != core.Included {
		t.Errorf("the whole bundle is %s", code)
	}
	if got := n.balance(t, rollupB, to.address); got.Cmp(ether(2)) != 0 {
		t.Errorf("balance is %s", got)
	}
}

func testInclusionBundle(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	b := bundle(t,
		leg{rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)})},
		leg{rollupB, signWith(t, rollupB, u, &gethtypes.DynamicFeeTx{Nonce: 0, To: &to.address, Value: ether(1)})})
	b.Atomicity = core.AtomicInclusion
	if code, _ := n.outcome(t, b); code != core.Included {
		t.Errorf("bundle is %s", code)
	}
}

func testSimulation(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	contract := n.mine(t, rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{Data: reverter, Gas: 300_000})).ContractAddress
	good := leg{rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)})}
	bad := leg{rollupB, n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &contract})}
	s, err := n.client.SimulateBundle(t.Context(), bundle(t, good, bad))
	if err != nil {
		t.Fatal(err)
	}
	if s.OK || s.FailingLeg == nil || *s.FailingLeg != 1 || s.Legs[0].Status != "success" || s.Legs[0].GasUsed != 21000 ||
		s.Legs[1].Status != "reverted" || !strings.Contains(s.Legs[1].RevertReason, "no deal") {
		t.Errorf("simulation of a failing bundle: %+v", s)
	}
	if s, err = n.client.SimulateBundle(t.Context(), bundle(t, good)); err != nil || !s.OK {
		t.Errorf("simulation of a good bundle: %+v, %v", s, err)
	}
	if got := n.balance(t, rollupA, to.address); got.Sign() != 0 {
		t.Errorf("a simulation took effect: %s", got)
	}
}
