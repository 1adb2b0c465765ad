package e2e

import (
	"context"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/bridgederc20"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// market is a network with the contracts, a token on each rollup, and somebody who gives it out.
type market struct {
	*network
	contracts deployment.Addresses
	issuer    user
	tokens    map[core.RollupID]common.Address
	nonce     int64
}

var erc20 = bridgederc20.NewBridgedERC20()

func startMarket(t *testing.T) *market {
	t.Helper()
	// A window long enough for a loaded machine to offer several solutions in it.
	n := startWith(t, devnet.Options{Dir: t.TempDir(), Configure: func(_ int, cfg *node.Config) { cfg.Intents.Window = 16 }})
	m := &market{network: n, issuer: n.funded(t), tokens: make(map[core.RollupID]common.Address)}
	zone := []core.RollupID{rollupA, rollupB}
	for _, id := range zone {
		var err error
		if m.contracts, err = deployment.Deploy(t.Context(), n.eth[id], id, zone, m.issuer.key); err != nil {
			t.Fatal(err)
		}
		code := append(common.FromHex(bridgederc20.BridgedERC20MetaData.Bin), erc20.PackConstructor(big.NewInt(1), common.Address{1}, "Token", "T", 18)...)
		m.tokens[id] = n.mine(t, id, n.sign(t, id, m.issuer, &gethtypes.DynamicFeeTx{Data: code, Gas: 3_000_000})).ContractAddress
	}
	return m
}

// call sends a call and waits for its success.
func (m *market) call(t *testing.T, id core.RollupID, u user, to common.Address, data []byte) {
	t.Helper()
	m.mine(t, id, m.sign(t, id, u, &gethtypes.DynamicFeeTx{To: &to, Data: data, Gas: 500_000}))
}

// trader makes somebody with ether, so much of a rollup's token, and an allowance of all of it for spenders.
func (m *market) trader(t *testing.T, id core.RollupID, tokens int64, spenders ...common.Address) user {
	t.Helper()
	u := m.funded(t)
	m.call(t, id, m.issuer, m.tokens[id], erc20.PackCrosschainMint(u.address, big.NewInt(tokens)))
	for _, s := range spenders {
		m.call(t, id, u, m.tokens[id], erc20.PackApprove(s, big.NewInt(tokens)))
	}
	return u
}

func (m *market) tokensOf(t *testing.T, id core.RollupID, who common.Address) int64 {
	t.Helper()
	var answer string
	call := map[string]any{"to": m.tokens[id], "input": "0x" + common.Bytes2Hex(erc20.PackBalanceOf(who))}
	if err := m.eth[id].Client().CallContext(t.Context(), &answer, "eth_call", call, "latest"); err != nil {
		t.Fatal(err)
	}
	return new(big.Int).SetBytes(common.FromHex(answer)).Int64()
}

// order is one of u: 100 of A's token for at least 70 of B's, signed.
func (m *market) order(t *testing.T, u user, change func(*orders.Order, *orders.Intent)) (orders.Order, []byte) {
	t.Helper()
	m.nonce++
	deadline := uint32(time.Now().Add(5 * time.Minute).Unix())
	o := orders.Order{
		OriginSettler: m.contracts.IntentSettler, User: u.address, Nonce: big.NewInt(m.nonce), OriginChainId: big.NewInt(int64(rollupA)),
		OpenDeadline: deadline, FillDeadline: deadline, OrderDataType: orders.DataType,
	}
	token, settler := m.tokens[rollupB], m.contracts.IntentSettler
	in := orders.Intent{
		InputToken: m.tokens[rollupA], InputAmount: big.NewInt(100), OutputToken: common.BytesToHash(token[:]), MinOutput: big.NewInt(70),
		Recipient: common.BytesToHash(u.address[:]), DestinationChainId: big.NewInt(int64(rollupB)), DestinationSettler: common.BytesToHash(settler[:]),
	}
	if change != nil {
		change(&o, &in)
	}
	var err error
	if o.OrderData, err = orders.EncodeIntent(in); err != nil {
		t.Fatal(err)
	}
	signature, err := orders.Sign(o, u.key)
	if err != nil {
		t.Fatal(err)
	}
	return o, signature
}

// submit submits an order.
func (m *market) submit(t *testing.T, o orders.Order, signature []byte) common.Hash {
	t.Helper()
	id, err := m.client.SubmitIntent(t.Context(), &o, signature)
	if err != nil {
		t.Fatalf("submit intent: %v", err)
	}
	return id
}

// solution is a bundle of a solver that takes so much for so much.
func (m *market) solution(t *testing.T, solver user, o orders.Order, signature []byte, input, output int64) *core.Bundle {
	t.Helper()
	fill := orders.Fill{Filler: solver.address, InputAmount: big.NewInt(input), OutputAmount: big.NewInt(output), Salt: [32]byte{byte(output)}}
	pays, err := orders.FillCall(o, fill)
	if err != nil {
		t.Fatal(err)
	}
	takes, err := orders.OpenForCall(o, signature, fill)
	if err != nil {
		t.Fatal(err)
	}
	p := core.DefaultPredeploy()
	marked := func() gethtypes.AccessList {
		return gethtypes.AccessList{{Address: p.Address, StorageKeys: []common.Hash{p.Marker}}}
	}
	return m.protect(t, solver, []core.RollupID{rollupB, rollupA}, []*gethtypes.DynamicFeeTx{
		{To: &m.contracts.IntentSettler, Data: pays, Gas: 1_000_000, AccessList: marked()},
		{To: &m.contracts.IntentSettler, Data: takes, Gas: 1_000_000, AccessList: marked()},
	})
}

// watch subscribes to the book.
func (m *market) watch(t *testing.T) <-chan *client.IntentEvent {
	t.Helper()
	events := make(chan *client.IntentEvent, 256)
	sub, err := m.client.SubscribeIntents(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sub.Unsubscribe)
	return events
}

// await waits for an event of an order and gives back all of its events up to that.
func await(t *testing.T, events <-chan *client.IntentEvent, id common.Hash, want string) (all []*client.IntentEvent) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience) // a window is as long as its ticks
	defer cancel()
	for {
		select {
		case e := <-events:
			if e.Error != nil {
				t.Fatalf("subscription ends: %+v", e.Error)
			}
			if e.Intent.OrderID != id {
				continue
			}
			all = append(all, e)
			if e.Event == want {
				return all
			}
			if e.Event == "filled" || e.Event == "closed" {
				t.Fatalf("order is %s: %+v, want event %s", e.Intent.Status, e.Intent, want)
			}
		case <-ctx.Done():
			t.Fatalf("event %s never came", want)
		}
	}
}

// wantReason checks the reason of an RPC error and what its message says.
func wantReason(t *testing.T, err error, reason string, says ...string) {
	t.Helper()
	var data rpc.DataError
	if !errors.As(err, &data) {
		t.Errorf("got %v, want the error %s", err, reason)
		return
	}
	fields, _ := data.ErrorData().(map[string]any)
	if fields["reason"] != reason {
		t.Errorf("reason is %v (%v), want %s", fields["reason"], err, reason)
	}
	for _, words := range says {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q does not say %q", err, words)
		}
	}
}

// With the real contracts, over the wire: what solvers offer is filled, the better of two wins, and what fails leaves nothing.
func TestIntents(t *testing.T) {
	m := startMarket(t)
	for name, test := range map[string]func(*testing.T, *market){
		"better of two": testBetterSolution, "partial fills": testPartialFills, "cancel": testCancelIntent,
		"refusals": testIntentRefusals, "settled past the book": testSettledPastTheBook, "void winner": testVoidWinner,
	} {
		t.Run(name, func(t *testing.T) { test(t, m) })
	}
	t.Run("restart", func(t *testing.T) { testIntentsAfterRestart(t, m) })
}

func testBetterSolution(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, predeploy.Permit2Address)
	s1, s2 := m.trader(t, rollupB, 1000, m.contracts.IntentSettler), m.trader(t, rollupB, 1000, m.contracts.IntentSettler)
	events := m.watch(t)
	o, signature := m.order(t, u, nil)
	id := m.submit(t, o, signature)
	if again := m.submit(t, o, signature); again != id {
		t.Errorf("the same order again is %s", again)
	}
	better, worse := m.solution(t, s2, o, signature, 100, 90), m.solution(t, s1, o, signature, 100, 80)
	receipt, err := m.client.SubmitSolution(t.Context(), id, better)
	if err != nil || receipt.Surplus.ToInt().Int64() != 20 || receipt.OutputAmount.ToInt().Int64() != 90 {
		t.Fatalf("better solution: %+v, %v", receipt, err)
	}
	if _, err := m.client.SubmitSolution(t.Context(), id, worse); err != nil {
		t.Fatalf("worse solution: %v", err)
	}
	_, err = m.client.SubmitSolution(t.Context(), id, m.solution(t, s1, o, signature, 100, 60))
	wantReason(t, err, "solutionFails", "legs[0]")
	all := await(t, events, id, "filled")
	last := all[len(all)-1].Intent
	if len(last.Fills) != 1 || last.Fills[0].BundleID != receipt.BundleID || last.Fills[0].Status != "executed" || last.Status != "filled" ||
		last.Fills[0].OutputAmount.ToInt().Int64() != 90 || last.Fills[0].Filler != s2.address || last.Left.ToInt().Sign() != 0 {
		t.Errorf("the winner is %+v", last)
	}
	if a, b := m.tokensOf(t, rollupA, u.address), m.tokensOf(t, rollupB, u.address); a != 900 || b != 90 {
		t.Errorf("the user has %d of A and %d of B, want 900 and 90", a, b)
	}
	if a, b := m.tokensOf(t, rollupA, s2.address), m.tokensOf(t, rollupB, s2.address); a != 100 || b != 910 {
		t.Errorf("the winner has %d of A and %d of B, want 100 and 910", a, b)
	}
	if a, b := m.tokensOf(t, rollupA, s1.address), m.tokensOf(t, rollupB, s1.address); a != 0 || b != 1000 {
		t.Errorf("the loser has %d of A and %d of B, want nothing changed", a, b)
	}
	if got, err := m.client.Intent(t.Context(), id); err != nil || got.Status != "filled" {
		t.Errorf("the order is %+v, %v", got, err)
	}
	_, err = m.client.SubmitIntent(t.Context(), &o, signature)
	wantReason(t, err, "intentState", "filled")
	if status, err := m.client.Status(t.Context(), receipt.BundleID); err != nil || status.Level < core.LevelExecuted {
		t.Errorf("the winner's bundle: %+v, %v", status, err)
	}
}

func testPartialFills(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, m.contracts.IntentSettler)
	s := m.trader(t, rollupB, 1000, m.contracts.IntentSettler)
	events := m.watch(t)
	o, signature := m.order(t, u, func(_ *orders.Order, in *orders.Intent) { in.PartialFill = true })
	id := m.submit(t, o, signature)
	if _, err := m.client.SubmitSolution(t.Context(), id, m.solution(t, s, o, signature, 40, 30)); err != nil {
		t.Fatal(err)
	}
	all := await(t, events, id, "reopened")
	now := all[len(all)-1].Intent
	if now.Status != "open" || now.Left.ToInt().Int64() != 60 || len(now.Fills) != 1 || now.Fills[0].Status != "executed" || now.Fills[0].InputAmount.ToInt().Int64() != 40 {
		t.Fatalf("after a part: %+v", now)
	}
	_, err := m.client.SubmitSolution(t.Context(), id, m.solution(t, s, o, signature, 61, 70))
	wantReason(t, err, "solutionFails")
	if _, err := m.client.SubmitSolution(t.Context(), id, m.solution(t, s, o, signature, 60, 42)); err != nil {
		t.Fatal(err)
	}
	await(t, events, id, "filled")
	if a, b := m.tokensOf(t, rollupA, u.address), m.tokensOf(t, rollupB, u.address); a != 900 || b != 72 {
		t.Errorf("the user has %d of A and %d of B, want 900 and 72", a, b)
	}
}

func testCancelIntent(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, predeploy.Permit2Address)
	events := m.watch(t)
	o, signature := m.order(t, u, nil)
	id := m.submit(t, o, signature)
	network, err := m.client.Network(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := core.SignCancelIntent(newUser(t).key, network.NetworkID, id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.client.CancelIntent(t.Context(), id, stranger)
	wantReason(t, err, "intentSignature", u.address.Hex())
	own, err := core.SignCancelIntent(u.key, network.NetworkID, id)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time is no error
		if receipt, err := m.client.CancelIntent(t.Context(), id, own); err != nil || receipt.Status != "cancelled" {
			t.Fatalf("cancel: %+v, %v", receipt, err)
		}
	}
	if all := await(t, events, id, "closed"); all[len(all)-1].Intent.Status != "cancelled" {
		t.Errorf("closed as %+v", all[len(all)-1].Intent)
	}
	s := m.trader(t, rollupB, 1000, m.contracts.IntentSettler)
	_, err = m.client.SubmitSolution(t.Context(), id, m.solution(t, s, o, signature, 100, 90))
	wantReason(t, err, "intentState", "cancelled")
	_, err = m.client.CancelIntent(t.Context(), common.Hash{1}, own)
	wantReason(t, err, "unknownIntent", "restarted")
}

// testIntentRefusals has an order for each reason that needs the real contracts.
func testIntentRefusals(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, predeploy.Permit2Address)
	poor := m.trader(t, rollupA, 99, predeploy.Permit2Address)
	for _, c := range []struct {
		name, reason string
		user         user
		change       func(*orders.Order, *orders.Intent)
		says         string
	}{
		{"balance", "intentFunds", poor, nil, "have 99"},
		{"allowance", "intentFunds", u, func(_ *orders.Order, in *orders.Intent) { in.PartialFill = true }, "allowance"},
		{"deadline", "intentDeadline", u, func(o *orders.Order, _ *orders.Intent) { o.OpenDeadline = 1 }, "order.openDeadline"},
		{"foreign chain", "intentOrder", u, func(_ *orders.Order, in *orders.Intent) { in.DestinationChainId = big.NewInt(1) }, "open it on chain"},
		{"escrow", "intentOrder", u, func(_ *orders.Order, in *orders.Intent) { in.Escrow = true }, "open it on chain"},
		{"token", "intentFunds", u, func(_ *orders.Order, in *orders.Intent) { in.InputToken = common.Address{9} }, "no token"},
	} {
		o, signature := m.order(t, c.user, c.change)
		_, err := m.client.SubmitIntent(t.Context(), &o, signature)
		wantReason(t, err, c.reason, c.says)
	}
	o, signature := m.order(t, u, nil)
	o.User = poor.address
	_, err := m.client.SubmitIntent(t.Context(), &o, signature)
	wantReason(t, err, "intentSignature", poor.address.Hex())
	if all, err := m.client.Intents(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d orders are in the book (%v), want none", len(all), err)
	}
}

// testSettledPastTheBook settles an order by a bundle that no auction sent; the book notices.
func testSettledPastTheBook(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, predeploy.Permit2Address)
	s := m.trader(t, rollupB, 1000, m.contracts.IntentSettler)
	events := m.watch(t)
	o, signature := m.order(t, u, nil)
	id := m.submit(t, o, signature)
	if code, _ := m.outcome(t, m.solution(t, s, o, signature, 100, 75)); code != core.Included {
		t.Fatalf("the bundle is %s", code)
	}
	last := await(t, events, id, "filled")
	if got := last[len(last)-1].Intent; got.Reason == "" || len(got.Fills) != 0 {
		t.Errorf("the order is %+v", got)
	}
	again, _ := m.order(t, u, func(new *orders.Order, _ *orders.Intent) { new.Nonce = o.Nonce })
	again.FillDeadline--
	signed, err := orders.Sign(again, u.key)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.client.SubmitIntent(t.Context(), &again, signed)
	wantReason(t, err, "intentNonce", "Permit2")
}

// testIntentsAfterRestart restarts the node with the gateway: its book is empty and says so, and takes the order again.
func testIntentsAfterRestart(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, predeploy.Permit2Address)
	o, signature := m.order(t, u, nil)
	id := m.submit(t, o, signature)
	if err := m.devnet.Stop(0); err != nil {
		t.Fatal(err)
	}
	if err := m.devnet.Start(0); err != nil {
		t.Fatal(err)
	}
	m.dial(m.devnet.Info())
	_, err := m.client.Intent(t.Context(), id)
	wantReason(t, err, "unknownIntent", "restarted")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for { // until the first tick is executed
		again, err := m.client.SubmitIntent(ctx, &o, signature)
		if err == nil && again == id {
			return
		}
		var coded rpc.Error
		if !errors.As(err, &coded) || coded.ErrorCode() != 47504 {
			t.Fatalf("the order again: %s, %v", again, err)
		}
	}
}

// testVoidWinner has a winner whose legs' nonces are used up between its simulation and its execution, and a second best.
func testVoidWinner(t *testing.T, m *market) {
	u := m.trader(t, rollupA, 1000, predeploy.Permit2Address)
	first, second := m.trader(t, rollupB, 1000, m.contracts.IntentSettler), m.trader(t, rollupB, 1000, m.contracts.IntentSettler)
	events := m.watch(t)
	o, signature := m.order(t, u, nil)
	id := m.submit(t, o, signature)
	if _, err := m.client.SubmitSolution(t.Context(), id, m.solution(t, first, o, signature, 100, 99)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.client.SubmitSolution(t.Context(), id, m.solution(t, second, o, signature, 100, 71)); err != nil {
		t.Fatal(err)
	}
	// The best solver takes its money away; whether before the award or behind the winner's back, the user gets the next best.
	m.call(t, rollupB, first, m.tokens[rollupB], erc20.PackApprove(m.contracts.IntentSettler, new(big.Int)))
	all := await(t, events, id, "filled")
	got := all[len(all)-1].Intent
	fill := got.Fills[len(got.Fills)-1]
	if fill.Filler == first.address && fill.OutputAmount.ToInt().Int64() == 99 {
		return // the award was faster than the solver
	}
	if fill.Filler != second.address || fill.Status != "executed" || m.tokensOf(t, rollupB, u.address) != 71 {
		t.Errorf("filled by %+v", got)
	}
}
