package differential

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"
)

// subjects are the subscriptions that both sides must announce alike, with their parameters.
var subjects = []struct {
	name   string
	params []any
}{
	{"newHeads", nil},
	{"logs", []any{map[string]any{}}},
	{"newPendingTransactions", nil},
	{"newPendingTransactions", []any{true}},
	{"transactionReceipts", nil},
}

// notUsed are subjects of go-ethereum's that a rollup does not have, with the reason.
var notUsed = map[string]string{
	"syncing": "nothing is ever synchronised; the subject exists and is silent on go-ethereum too",
}

// subscribe subscribes to every subject and gives a channel for each.
func subscribe(t *testing.T, url string) (items []chan json.RawMessage) {
	t.Helper()
	client, err := rpc.DialContext(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	for _, s := range subjects {
		ch := make(chan json.RawMessage, 64)
		sub, err := client.EthSubscribe(t.Context(), ch, append([]any{s.name}, s.params...)...)
		require.NoError(t, err, s.name)
		t.Cleanup(sub.Unsubscribe)
		items = append(items, ch)
	}
	return items
}

// await takes the first announcement that holds a text.
func await(t *testing.T, what string, items <-chan json.RawMessage, holds string) any {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case item := <-items:
			if strings.Contains(string(item), holds) {
				return decode(item)
			}
		case <-deadline:
			t.Fatalf("no announcement of %s with %s", what, holds)
		}
	}
}

// testSubscriptions sends one transaction and compares what both sides announce of it.
func (w *world) testSubscriptions(t *testing.T) {
	_, registered := w.stock.methods()
	for _, subject := range registered {
		known := slices.ContainsFunc(subjects, func(s struct {
			name   string
			params []any
		}) bool {
			return s.name == subject
		})
		require.True(t, known || notUsed[subject] != "", "no comparison for the subscription %s, which go-ethereum has", subject)
	}
	w.stock.follow(t.Context(), t, w.eth)
	ours, theirs := subscribe(t, w.webSocket), subscribe(t, w.stock.node.WSEndpoint())
	tx := w.next(t, 0, common.HexToAddress(w.facts["store"]), common.FromHex(word(8)+word(1)))
	hash := tx.Hash().Hex()
	require.NoError(t, w.stock.service.APIBackend.SendTx(t.Context(), tx))
	require.NoError(t, w.eth.SendTransaction(t.Context(), tx))
	receipt, err := w.awaitReceipt(t, tx.Hash())
	require.NoError(t, err)
	number := fmt.Sprintf(`"number":%q`, hexutil.EncodeBig(receipt.BlockNumber))
	for i, s := range subjects {
		holds := hash
		if s.name == "newHeads" {
			holds = number
		}
		mine := await(t, s.name+" by the gateway", ours[i], holds)
		if s.name == "newHeads" { // the block is sealed
			w.stock.follow(t.Context(), t, w.eth)
		}
		yours := await(t, s.name+" by go-ethereum", theirs[i], holds)
		if s.name == "transactionReceipts" { // go-ethereum leaves the price out of these receipts: it is null there
			for _, receipt := range mine.([]any) {
				require.NotNil(t, receipt.(map[string]any)["effectiveGasPrice"])
				receipt.(map[string]any)["effectiveGasPrice"] = nil
			}
		}
		require.Equal(t, yours, mine, s.name)
	}
}

// next signs the author's next transaction, gap nonces ahead.
func (w *world) next(t *testing.T, gap uint64, to common.Address, data []byte) *gethtypes.Transaction {
	t.Helper()
	nonce, err := w.eth.PendingNonceAt(t.Context(), common.HexToAddress(w.facts["alice"]))
	require.NoError(t, err)
	tx, err := gethtypes.SignNewTx(w.author.key, gethtypes.LatestSignerForChainID(w.author.chain), &gethtypes.DynamicFeeTx{
		ChainID: w.author.chain, Nonce: nonce + gap, To: &to, Value: new(big.Int), Data: data, Gas: 100_000,
		GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(100 * params.GWei),
	})
	require.NoError(t, err)
	return tx
}

func (w *world) awaitReceipt(t *testing.T, hash common.Hash) (*gethtypes.Receipt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		receipt, err := w.eth.TransactionReceipt(ctx, hash)
		if err != ethereum.NotFound { //nolint:errorlint // the client returns it as it is
			return receipt, err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// testPool lets a transaction wait for an earlier nonce on both sides and asks about it.
func (w *world) testPool(t *testing.T) {
	w.stock.follow(t.Context(), t, w.eth)
	tx := w.next(t, 3, common.HexToAddress(w.facts["bob"]), nil)
	raw, err := tx.MarshalBinary()
	require.NoError(t, err)
	cheaper, err := gethtypes.SignNewTx(w.author.key, gethtypes.LatestSignerForChainID(w.author.chain), &gethtypes.DynamicFeeTx{
		ChainID: w.author.chain, Nonce: tx.Nonce(), To: tx.To(), Gas: 100_000, GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(50 * params.GWei),
	})
	require.NoError(t, err)
	other, err := cheaper.MarshalBinary()
	require.NoError(t, err)
	w.facts["raw.gap"], w.facts["tx.gap"], w.facts["raw.cheaper"] = hexutil.Encode(raw), tx.Hash().Hex(), hexutil.Encode(other)
	before := time.Now()
	for _, q := range []question{
		{method: "eth_sendRawTransaction", name: "behind a gap", params: `["<raw.gap>"]`},
		{method: "txpool_content", name: "behind a gap", params: `[]`},
		{method: "txpool_contentFrom", name: "behind a gap", params: `["<alice>"]`},
		{method: "txpool_inspect", name: "behind a gap", params: `[]`},
		{method: "txpool_status", name: "behind a gap", params: `[]`},
		{method: "eth_getTransactionByHash", name: "behind a gap", params: `["<tx.gap>"]`},
		{method: "eth_getRawTransactionByHash", name: "behind a gap", params: `["<tx.gap>"]`},
		{method: "eth_getTransactionReceipt", name: "behind a gap", params: `["<tx.gap>"]`},
		{method: "eth_getTransactionCount", name: "behind a gap", params: `["<alice>","pending"]`},
		{method: "eth_sendRawTransaction", name: "a second time", params: `["<raw.gap>"]`},
		{method: "eth_sendRawTransaction", name: "cheaper", params: `["<raw.cheaper>"]`},
	} {
		body := request(q, w.facts)
		_, theirs := ask(t, w.stock.url, body)
		_, ours := ask(t, w.endpoints[open], body)
		want, got := decode(theirs), decode(ours)
		if q.name == "cheaper" { // the same words, with what it would take behind them
			message, ok := got.(map[string]any)["error"].(map[string]any)["message"].(string)
			require.True(t, ok)
			require.True(t, strings.HasPrefix(message, "replacement transaction underpriced"), message)
			continue
		}
		require.Equal(t, want, got, "%s %s", q.method, q.name)
		if q.method == "eth_sendRawTransaction" && q.name == "behind a gap" {
			require.Less(t, time.Since(before), 2*time.Second)
		}
	}
}

// testFilters polls filters on both sides over one block.
func (w *world) testFilters(t *testing.T) {
	w.stock.follow(t.Context(), t, w.eth)
	sides := []string{w.endpoints[open], w.stock.url}
	call := func(side, method, params string) any {
		_, answer := ask(t, side, w.facts.fill(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":%q,"params":%s}`, method, params)))
		return decode(answer).(map[string]any)["result"]
	}
	ids := make(map[string]string)
	for _, side := range sides {
		ids[side] = fmt.Sprintf(`[%q]`, call(side, "eth_newFilter", `[{"address":"<store>"}]`))
	}
	tx := w.next(t, 0, common.HexToAddress(w.facts["store"]), common.FromHex(word(9)+word(1)))
	require.NoError(t, w.eth.SendTransaction(t.Context(), tx))
	receipt, err := w.awaitReceipt(t, tx.Hash())
	require.NoError(t, err)
	w.author.awaitSealed(receipt.BlockNumber.Uint64())
	w.stock.follow(t.Context(), t, w.eth)
	changes := make(map[string]any)
	for _, side := range sides { // events take a moment on either side
		require.Eventually(t, func() bool {
			changes[side] = call(side, "eth_getFilterChanges", ids[side])
			list, ok := changes[side].([]any)
			return ok && len(list) > 0
		}, patience, 10*time.Millisecond)
	}
	require.Equal(t, changes[sides[1]], changes[sides[0]])
	for _, side := range sides {
		require.Empty(t, call(side, "eth_getFilterChanges", ids[side]))
		require.Equal(t, true, call(side, "eth_uninstallFilter", ids[side]))
		require.Equal(t, false, call(side, "eth_uninstallFilter", ids[side]))
	}
}
