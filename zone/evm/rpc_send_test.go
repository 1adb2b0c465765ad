package evm

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/tracing"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"
)

func raw(t *testing.T, tx *gethtypes.Transaction) hexutil.Bytes {
	t.Helper()
	data, err := tx.MarshalBinary()
	require.NoError(t, err)
	return data
}

func TestRPC_PendingNonceCountsTheMempool(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	n.send(&rpcBob, 1, nil)
	executed := n.signAt(0, &rpcBob, 1, nil)
	n.queue(executed) // the pool may forget a transaction later than the view knows it
	n.queue(n.signAt(1, &rpcBob, 1, nil))
	n.queue(n.signAt(2, &rpcBob, 1, nil))

	require.Equal(t, "0x1", ask[string](n, "eth_getTransactionCount", n.alice, "latest"))
	require.Equal(t, "0x3", ask[string](n, "eth_getTransactionCount", n.alice, "pending"))
	require.Equal(t, "0x0", ask[string](n, "eth_getTransactionCount", rpcBob, "pending"))
	filled := ask[struct {
		Tx struct{ Nonce hexutil.Uint64 }
	}](n, "eth_fillTransaction", map[string]any{"from": n.alice, "to": rpcBob})
	require.Equal(t, hexutil.Uint64(3), filled.Tx.Nonce)
}

func TestRPC_MempoolIsShown(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	tx := n.signAt(0, &rpcBob, 1, nil)
	n.queue(tx)
	n.parked[n.alice] = []*gethtypes.Transaction{n.signAt(5, &rpcBob, 1, nil)}

	require.Equal(t, map[string]string{"pending": "0x1", "queued": "0x1"}, ask[map[string]string](n, "txpool_status"))
	content := ask[map[string]map[string]map[string]struct{ Hash common.Hash }](n, "txpool_content")
	require.Equal(t, tx.Hash(), content["pending"][n.alice.Hex()]["0"].Hash)
	require.Contains(t, content["queued"][n.alice.Hex()], "5")
	require.Contains(t, ask[map[string]map[string]any](n, "txpool_contentFrom", n.alice)["pending"], "0")
	require.Contains(t, ask[map[string]map[string]map[string]string](n, "txpool_inspect")["pending"][n.alice.Hex()]["0"], "1 wei")
	found, pending, err := n.eth.TransactionByHash(t.Context(), tx.Hash())
	require.NoError(t, err)
	require.True(t, pending)
	require.Equal(t, tx.Hash(), found.Hash())
	_, err = n.eth.TransactionReceipt(t.Context(), tx.Hash())
	require.ErrorIs(t, err, ethereum.NotFound)
}

func TestRPC_SendErrorsAreThoseOfGeth(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	n.send(&rpcBob, 1, nil)
	id := new(big.Int).SetUint64(uint64(rpcRollup))
	legacy, err := gethtypes.SignNewTx(key(1), gethtypes.HomesteadSigner{}, &gethtypes.LegacyTx{Nonce: 1, Gas: 21_000, GasPrice: big.NewInt(params.GWei), To: &rpcBob})
	require.NoError(t, err)
	dear, err := gethtypes.SignNewTx(key(1), gethtypes.LatestSignerForChainID(id), &gethtypes.LegacyTx{Nonce: 1, Gas: 1_000_000, GasPrice: big.NewInt(2_000 * params.GWei), To: &rpcBob})
	require.NoError(t, err)
	for _, test := range []struct {
		name string
		raw  hexutil.Bytes
		text string
	}{
		{"nonce", raw(t, n.signAt(0, &rpcBob, 2, nil)), "nonce too low: address " + n.alice.Hex() + ", tx: 0 state: 1"},
		{"blob", hexutil.Bytes{3, 1, 2}, "transaction type not supported"},
		{"unprotected", raw(t, legacy), "only replay-protected (EIP-155) transactions allowed over RPC"},
		{"fee cap", raw(t, dear), "tx fee (2.00 ether) exceeds the configured cap (1.00 ether)"},
		{"empty", hexutil.Bytes{}, "typed transaction too short"},
		{"garbage", hexutil.Bytes{0x7f, 1}, "transaction type not supported"},
	} {
		for _, method := range []string{"eth_sendRawTransaction", "eth_sendRawTransactionSync"} {
			code, text := n.refuse(method, test.raw)
			require.Equal(t, test.text, text, test.name)
			require.Equal(t, -32000, code, test.name)
		}
	}
	code, text := n.refuse("eth_call", map[string]any{"to": "0x4c6f636b73746570000000000000000000000001"}, "latest")
	require.Equal(t, "execution reverted", text)
	require.Equal(t, 3, code)
	code, text = n.refuse("eth_estimateGas", map[string]any{"to": "0x4c6f636b73746570000000000000000000000001"})
	require.Equal(t, "execution reverted", text)
	require.Equal(t, 3, code)
}

func TestRPC_SyncSendAnswersTheReceiptOfTheOpenBlock(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	type receipt struct {
		TransactionHash, BlockHash common.Hash
	}
	for _, timeout := range [][]any{{}, {nil}, {1000}, {"0x3e8"}, {"1000"}, {1 << 40}} {
		tx := n.sign(&rpcBob, 1, nil)
		got := ask[receipt](n, "eth_sendRawTransactionSync", append([]any{raw(t, tx)}, timeout...)...)
		require.Equal(t, receipt{tx.Hash(), n.chain.View().Hash}, got)
		require.Equal(t, got, ask[receipt](n, "eth_sendRawTransactionSync", raw(t, tx)), "a second time")
	}
	code, _ := n.refuse("eth_sendRawTransactionSync", raw(t, n.signAt(n.nonce, &rpcBob, 1, nil)), "soon")
	require.Equal(t, -32602, code)
}

func TestRPC_SyncSendWaitsForALaterTick(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	n.keep = true
	tx := n.sign(&rpcBob, 1, nil)
	answer := make(chan error, 1)
	var got struct{ TransactionHash common.Hash }
	queued := make(chan struct{}, 1)
	n.SubscribeTxs(func([]*gethtypes.Transaction) { queued <- struct{}{} })
	go func() { answer <- n.raw.CallContext(t.Context(), &got, "eth_sendRawTransactionSync", raw(t, tx)) }()
	<-queued
	require.NoError(t, n.execute(tx))
	require.NoError(t, <-answer)
	require.Equal(t, tx.Hash(), got.TransactionHash)
}

func TestRPC_SyncSendTimesOutWithCode4(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	n.keep = true
	tx := n.sign(&rpcBob, 1, nil)
	err := n.raw.CallContext(t.Context(), nil, "eth_sendRawTransactionSync", raw(t, tx), 1)
	var data rpc.DataError
	require.ErrorAs(t, err, &data)
	require.Equal(t, tx.Hash().Hex(), data.ErrorData())
	var coded rpc.Error
	require.ErrorAs(t, err, &coded)
	require.Equal(t, 4, coded.ErrorCode())
	require.Equal(t, "The transaction was added to the transaction pool but wasn't processed in 1ms", err.Error())
}

// slowSubmitter admits everything and never sees it executed.
type slowSubmitter struct{}

func (slowSubmitter) SendTx(ctx context.Context, _ *gethtypes.Transaction) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestRPC_SyncSendLimitsTheSubmitterToo(t *testing.T) {
	t.Parallel()
	n := newRPCNodeWith(t, func(deps *RPCDeps) { deps.Submit = slowSubmitter{} })
	n.open()
	code, _ := n.refuse("eth_sendRawTransactionSync", raw(t, n.sign(&rpcBob, 1, nil)), "0x1")
	require.Equal(t, 4, code)
}

func TestSyncTimeout_Duration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		`0`: syncDefault, `250`: 250 * time.Millisecond, `"0xfa"`: 250 * time.Millisecond, `"250"`: 250 * time.Millisecond,
		`60001`: syncMax, `18446744073709551615`: syncMax,
	} {
		var timeout syncTimeout
		require.NoError(t, json.Unmarshal([]byte(text), &timeout), text)
		require.Equal(t, want, timeout.duration(syncMax), text)
	}
	for _, text := range []string{`-1`, `1.5`, `"x"`, `{}`, `true`, `18446744073709551616`} {
		require.Error(t, json.Unmarshal([]byte(text), new(syncTimeout)), text)
	}
	require.Equal(t, syncDefault, (*syncTimeout)(nil).duration(syncMax))
}

func TestRPC_FeesAreSensibleFromTheFirstBlockOn(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	check := func() {
		t.Helper()
		require.Equal(t, hexutil.EncodeBig(minTip), ask[string](n, "eth_maxPriorityFeePerGas"))
		price := ask[*hexutil.Big](n, "eth_gasPrice").ToInt()
		require.Equal(t, new(big.Int).Add(n.chain.View().BaseFee(), minTip), price)
		for _, at := range []string{"latest", "pending", "earliest", "safe", "0x0"} {
			history := ask[struct {
				BaseFeePerGas []*hexutil.Big
				GasUsedRatio  []float64
				Reward        [][]*hexutil.Big
			}](n, "eth_feeHistory", 4, at, []float64{10, 50})
			require.NotEmpty(t, history.GasUsedRatio, at)
			require.Len(t, history.BaseFeePerGas, len(history.GasUsedRatio)+1)
			require.Len(t, history.Reward, len(history.GasUsedRatio))
		}
		ask[any](n, "eth_blobBaseFee")
		ask[any](n, "eth_config")
		ask[any](n, "eth_capabilities")
	}
	check()
	for range 40 { // the base fee falls by an eighth per block
		n.open()
		check()
		n.seal()
	}
	n.open()
	n.send(&rpcBob, 1, nil) // with a tip of one gwei
	check()
	n.seal()
	check()

	tip, err := n.eth.SuggestGasTipCap(t.Context())
	require.NoError(t, err)
	head, err := n.eth.HeaderByNumber(t.Context(), nil)
	require.NoError(t, err)
	n.open()
	id := new(big.Int).SetUint64(uint64(rpcRollup))
	tx, err := gethtypes.SignNewTx(key(1), gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, Nonce: n.nonce, Gas: 21_000, To: &rpcBob, GasTipCap: tip, GasFeeCap: new(big.Int).Add(tip, head.BaseFee),
	})
	require.NoError(t, err)
	require.NoError(t, n.eth.SendTransaction(t.Context(), tx), "a client that uses the suggestions is served")
}

func TestRPC_OnlyThePublicNamespacesExistAndThereAreNoKeys(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	require.Equal(t, map[string]string{"eth": "1.0", "net": "1.0", "web3": "1.0", "txpool": "1.0", "rpc": "1.0"}, ask[map[string]string](n, "rpc_modules"))
	for _, method := range []string{"debug_traceBlockByNumber", "admin_peers", "miner_setExtra", "engine_newPayloadV4", "personal_listAccounts", "clique_status"} {
		code, _ := n.refuse(method)
		require.Equal(t, -32601, code, method)
	}
	require.Empty(t, ask[[]string](n, "eth_accounts"))
	require.Empty(t, ask[[]any](n, "eth_pendingTransactions"))
	for _, call := range [][]any{
		{"eth_sendTransaction", map[string]any{"from": n.alice, "to": rpcBob}},
		{"eth_sign", n.alice, "0x00"},
		{"eth_signTransaction", map[string]any{"from": n.alice, "to": rpcBob, "gas": "0x5208", "gasPrice": "0x1", "nonce": "0x0"}},
	} {
		code, text := n.refuse(call[0].(string), call[1:]...)
		require.Equal(t, "unknown account", text)
		require.Equal(t, -32000, code)
	}
	require.Equal(t, "901", ask[string](n, "net_version"))
	require.Equal(t, "0x385", ask[string](n, "eth_chainId"))
	require.Equal(t, "0x0", ask[string](n, "net_peerCount"))
	require.True(t, ask[bool](n, "net_listening"))
	require.False(t, ask[bool](n, "eth_syncing"))
	capabilities := ask[map[string]struct {
		Disabled    bool
		OldestBlock *hexutil.Uint64
	}](n, "eth_capabilities")
	for _, resource := range []string{"state", "tx", "logs", "receipts", "blocks", "stateproofs"} {
		require.False(t, capabilities[resource].Disabled, resource)
		require.Zero(t, *capabilities[resource].OldestBlock, resource)
	}
	require.Equal(t, "Lockstep", ask[string](n, "web3_clientVersion"))
	require.Equal(t, "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", ask[string](n, "web3_sha3", "0x"))
}

func TestRPC_SurvivesGarbage(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	methods := []string{
		"call", "estimateGas", "createAccessList", "simulateV1", "getBalance", "getCode", "getStorageAt", "getStorageValues",
		"getTransactionCount", "getProof", "getBlockByNumber", "getBlockByHash", "getBlockReceipts", "getHeaderByNumber",
		"getHeaderByHash", "getLogs", "newFilter", "getFilterLogs", "getFilterChanges", "uninstallFilter", "feeHistory",
		"getTransactionByHash", "getTransactionReceipt", "getRawTransactionByHash", "getTransactionByBlockNumberAndIndex",
		"getTransactionByBlockHashAndIndex", "getUncleByBlockNumberAndIndex", "sendRawTransaction", "sendRawTransactionSync",
		"fillTransaction", "sendTransaction", "signTransaction", "resend", "subscribe", "unsubscribe", "getUncleCountByBlockHash",
	}
	values := []any{
		nil, true, -1, 1.5, 1 << 62, "", "0x", "0x0", "latest", "pending", "safe", "earliest", "0xffffffffffffffff", "0x7fffffffffffffff",
		counter, n.alice, common.Hash{}, n.chain.View().Hash, []any{}, []any{nil, 1}, map[string]any{}, []float64{50, 1}, []float64{1, 99},
		map[string]any{"blockHash": n.chain.View().Hash}, map[string]any{"to": counter}, map[string]any{"to": counter, "gas": "0xffffffffffffffff"},
		map[string]any{"from": n.alice, "data": "0x5b600056"}, map[string]any{"fromBlock": "0x0", "toBlock": "pending"},
		map[string]any{"blockStateCalls": []any{map[string]any{"blockOverrides": map[string]any{"number": "0xffffffffffff"}}}},
		map[string]any{"value": "0x" + strings.Repeat("f", 64), "to": rpcBob, "from": n.alice}, strings.Repeat("0xab", 1000),
		map[string]any{counter.Hex(): map[string]any{"code": "0x5b600056"}}, "newHeads", "logs", "syncing",
	}
	for range 4000 {
		method := "eth_" + methods[random.IntN(len(methods))]
		args := make([]any, random.IntN(5))
		for i := range args {
			args[i] = values[random.IntN(len(values))]
		}
		err := n.raw.CallContext(t.Context(), nil, method, args...)
		var coded rpc.Error
		if errors.As(err, &coded) {
			require.NotContains(t, err.Error(), "crashed", "%s %v", method, args)
		}
	}
	require.Equal(t, "0x1", ask[string](n, "eth_getTransactionCount", counter, "latest"))
}

func TestRPC_EndlessCallsEnd(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	loop := map[string]any{"data": "0x5b5f56", "gas": "0xffffffffffff"} // for ever, or until the gas cap
	for _, method := range []string{"eth_call", "eth_estimateGas"} {
		_, text := n.refuse(method, loop)
		require.NotContains(t, text, "crashed")
	}
	var result struct{ Error string }
	if err := n.raw.CallContext(t.Context(), &result, "eth_createAccessList", loop); err != nil {
		require.EqualError(t, err, "execution aborted (timeout = 5s)") // on a slow machine
	} else {
		require.Equal(t, "out of gas", result.Error)
	}
}

func TestOpenBackend_EVMStopsWithItsRequest(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	statedb, header, err := n.rpc.backend.StateAndHeaderByNumber(t.Context(), rpc.PendingBlockNumber)
	require.NoError(t, err)
	loop := common.Address{7}
	statedb.SetCode(loop, common.FromHex("5b5f56"), tracing.CodeChangeUnspecified)
	ctx, cancel := context.WithCancel(t.Context())
	evm := n.rpc.backend.GetEVM(ctx, statedb, header, nil, nil)
	cancel()
	_, left, err := evm.Call(n.alice, loop, nil, vm.NewGasBudget(1<<60, 0), new(uint256.Int))
	require.NoError(t, err)
	require.NotZero(t, left)
}

func TestRPC_ServesHTTP(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	client, err := ethclient.DialContext(t.Context(), n.http.URL)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	id, err := client.ChainID(t.Context())
	require.NoError(t, err)
	require.Equal(t, uint64(rpcRollup), id.Uint64())
	require.NoError(t, client.SendTransaction(t.Context(), n.sign(&rpcBob, 1, nil)))
	for _, body := range []string{"", "{", "[]", "[1,2]", `{"jsonrpc":"2.0"}`, `[[[[[[`, "\x00\xff", `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{"a":1}}`} {
		response, err := http.Post(n.http.URL, "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	_, err = client.BlockNumber(t.Context())
	require.NoError(t, err)
}
