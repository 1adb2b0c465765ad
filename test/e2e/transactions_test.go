package e2e

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
)

// One network serves these tests side by side; afterwards its validators must agree on everything.
func TestNetwork(t *testing.T) {
	n := start(t)
	t.Run("tests", func(t *testing.T) {
		for name, test := range map[string]func(*testing.T, *network){
			"Transfer": testTransfer, "Deploy": testDeployLogsAndSubscription, "NonceGap": testNonceGap,
			"Replacement": testReplacement, "Attested": testEverythingOrderedIsAttested,
			"Bundle": testBundle, "BundleReverting": testBundleReverting, "BundleProtected": testTearOff,
			"BundleInclusion": testInclusionBundle, "BundleParked": testParkedLegs, "BundleParkedTooLong": testParkedTooLong,
			"BundleReplaced": testReplaceAndCancel, "Simulation": testSimulation, "Assertions": testAssertions, "BadTransactions": testBadTransactions,
			"BadBundles": testBadBundles, "Explorer": testExplorer, "Garbage": testGarbage, "SealedVariant": testSealedVariant,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, n)
			})
		}
	})
	n.agree(t, 0, 1, 2, 3)
}

func testTransfer(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	receipt := n.mine(t, rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)}))
	if receipt.GasUsed != params.TxGas {
		t.Errorf("gas used is %d", receipt.GasUsed)
	}
	n.inItsTick(t, receipt.TxHash)
	// What was confirmed must be readable at once, at the default tag.
	if got := n.balance(t, rollupA, to.address); got.Cmp(ether(1)) != 0 {
		t.Errorf("balance is %s", got)
	}
	if got := n.balance(t, rollupB, to.address); got.Sign() != 0 {
		t.Errorf("balance on the other rollup is %s", got)
	}
}

// inItsTick checks that the tick which a transaction's status names lists it.
func (n *network) inItsTick(t *testing.T, hash common.Hash) {
	t.Helper()
	status, err := n.client.Status(t.Context(), hash)
	if err != nil || len(status.Attempts) != 1 {
		t.Fatalf("status is %+v, %v", status, err)
	}
	tick, err := n.client.Tick(t.Context(), status.Attempts[0].Tick)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range tick.Sections {
		if s.Rollup == rollupA && slices.Contains(s.Txs, hash) {
			return
		}
	}
	t.Errorf("tick %d does not list %s: %+v", tick.Number, hash, tick.Sections)
}

func testDeployLogsAndSubscription(t *testing.T, n *network) {
	u, eth := n.funded(t), n.eth[rollupA]
	contract := n.mine(t, rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{Data: emitter, Gas: 200_000})).ContractAddress
	query := ethereum.FilterQuery{Addresses: []common.Address{contract}}
	logs := make(chan gethtypes.Log, 1)
	sub, err := eth.SubscribeFilterLogs(t.Context(), query, logs)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	word := common.Hash{31: 42}
	receipt := n.mine(t, rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &contract, Data: word[:]}))
	if len(receipt.Logs) != 1 || common.BytesToHash(receipt.Logs[0].Data) != word || receipt.Logs[0].Topics[0] != (common.Hash{31: 1}) {
		t.Fatalf("logs of the receipt: %+v", receipt.Logs)
	}
	select {
	case l := <-logs:
		if l.TxHash != receipt.TxHash || l.Address != contract {
			t.Errorf("subscription sent %+v", l)
		}
		sealed, err := eth.FilterLogs(t.Context(), ethereum.FilterQuery{Addresses: query.Addresses, BlockHash: &l.BlockHash})
		if err != nil || len(sealed) != 1 || sealed[0].TxHash != receipt.TxHash {
			t.Errorf("logs of the sealed block: %+v, %v", sealed, err)
		}
	case err := <-sub.Err():
		t.Fatalf("subscription ended: %v", err)
	case <-time.After(patience):
		t.Fatal("no log arrived")
	}
}

func testNonceGap(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	later := signWith(t, rollupA, u, &gethtypes.DynamicFeeTx{Nonce: 1, To: &to.address, Value: big.NewInt(1)})
	if err := n.eth[rollupA].SendTransaction(t.Context(), later); err != nil {
		t.Fatalf("a transaction with a nonce gap must wait: %v", err)
	}
	status, err := n.client.Status(t.Context(), later.Hash())
	if err != nil || status.Level != core.LevelAccepted {
		t.Fatalf("waiting transaction is %+v, %v", status, err)
	}
	n.mine(t, rollupA, signWith(t, rollupA, u, &gethtypes.DynamicFeeTx{Nonce: 0, To: &to.address, Value: big.NewInt(1)}))
	if r := n.receipt(t, rollupA, later.Hash()); r.Status != gethtypes.ReceiptStatusSuccessful {
		t.Errorf("the waiting transaction reverted")
	}
}

func testReplacement(t *testing.T, n *network) {
	u, first, second := n.funded(t), newUser(t), newUser(t)
	send := func(to user, gwei int64) (common.Hash, error) {
		tx := signWith(t, rollupA, u, &gethtypes.DynamicFeeTx{
			Nonce: 1, To: &to.address, Value: big.NewInt(1),
			GasFeeCap: big.NewInt(gwei * params.GWei), GasTipCap: big.NewInt(gwei * params.GWei / 10),
		})
		return tx.Hash(), n.eth[rollupA].SendTransaction(t.Context(), tx)
	}
	replaced, err := send(first, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := send(second, 10); err == nil || !strings.Contains(err.Error(), "replacement transaction underpriced") {
		t.Fatalf("replacement at the same price: %v", err)
	}
	replacing, err := send(second, 12)
	if err != nil {
		t.Fatal(err)
	}
	n.mine(t, rollupA, signWith(t, rollupA, u, &gethtypes.DynamicFeeTx{Nonce: 0, To: &first.address}))
	n.receipt(t, rollupA, replacing)
	status, err := n.client.Status(t.Context(), replaced)
	if err != nil || len(status.Attempts) != 0 || status.Dropped == nil || status.Dropped.Reason != "replaced" {
		t.Errorf("the replaced transaction is %+v, %v", status, err)
	}
}

func testEverythingOrderedIsAttested(t *testing.T, n *network) {
	u := n.funded(t)
	var hashes []common.Hash
	for range 20 {
		tx := n.sign(t, rollupB, u, &gethtypes.DynamicFeeTx{To: &common.Address{1}, Value: big.NewInt(1)})
		hashes = append(hashes, n.mine(t, rollupB, tx).TxHash)
	}
	for _, hash := range hashes {
		status, err := n.client.WaitFor(t.Context(), hash, core.LevelAttested, 20*time.Second)
		if err != nil || status.Level != core.LevelAttested {
			t.Errorf("%s is %+v, %v", hash, status, err)
		}
	}
}

// testSealedVariant: at /rollup/{id}/sealed even state reads at `latest` are those of the newest sealed block.
func testSealedVariant(t *testing.T, n *network) {
	u, to := n.funded(t), newUser(t)
	strict, err := ethclient.DialContext(t.Context(), n.devnet.Info().Rollups[0].HTTP+"/sealed")
	if err != nil {
		t.Fatal(err)
	}
	defer strict.Close()
	receipt := n.mine(t, rollupA, n.sign(t, rollupA, u, &gethtypes.DynamicFeeTx{To: &to.address, Value: ether(1)}))
	heads := make(chan *gethtypes.Header, 16)
	sub, err := n.eth[rollupA].SubscribeNewHead(t.Context(), heads)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	for {
		balance, err := strict.BalanceAt(t.Context(), to.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := strict.BlockNumber(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case sealed < receipt.BlockNumber.Uint64() && balance.Sign() != 0:
			t.Fatalf("block %d is the newest sealed one, and the balance of block %d is shown", sealed, receipt.BlockNumber)
		case balance.Cmp(ether(1)) == 0:
			return
		}
		select {
		case <-heads:
		case <-time.After(patience):
			t.Fatal("no block is sealed")
		}
	}
}
