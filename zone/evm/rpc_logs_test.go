package evm

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"
)

func TestRPC_LogQueries(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil) // block 1: one log
	n.seal()
	n.open()
	n.send(&counter, 0, nil) // block 2: two logs
	n.send(&counter, 0, nil)
	n.seal()
	n.open()
	n.send(&counter, 0, nil) // block 3, open: one log
	provisional := n.chain.View().Hash

	for _, test := range []struct {
		name  string
		query map[string]any
		want  []int64 // the sums that were logged
	}{
		{"nothing said means latest", map[string]any{}, []int64{2, 3}},
		{"latest is sealed", map[string]any{"fromBlock": "0x0", "toBlock": "latest"}, []int64{1, 2, 3}},
		{"pending includes the open block", map[string]any{"fromBlock": "earliest", "toBlock": "pending"}, []int64{1, 2, 3, 4}},
		{"from latest to pending", map[string]any{"fromBlock": "latest", "toBlock": "pending"}, []int64{2, 3, 4}},
		{"pending alone", map[string]any{"fromBlock": "pending", "toBlock": "pending"}, []int64{4}},
		{"from the open number to pending", map[string]any{"fromBlock": "0x3", "toBlock": "pending"}, []int64{4}},
		{"from the open number to latest", map[string]any{"fromBlock": "0x3"}, []int64{}},
		{"provisional hash", map[string]any{"blockHash": provisional}, []int64{4}},
		{"one block", map[string]any{"fromBlock": "0x1", "toBlock": "0x1"}, []int64{1}},
		{"safe", map[string]any{"fromBlock": "0x0", "toBlock": "safe"}, []int64{}},
		{"other address", map[string]any{"fromBlock": "0x0", "toBlock": "pending", "address": rpcBob}, []int64{}},
		{"topic", map[string]any{"fromBlock": "0x0", "toBlock": "pending", "address": counter, "topics": []any{counterTopic}}, []int64{1, 2, 3, 4}},
		{"alternatives", map[string]any{"fromBlock": "pending", "toBlock": "pending", "topics": []any{[]any{common.Hash{}, counterTopic}}}, []int64{4}},
		{"other topic", map[string]any{"fromBlock": "0x0", "toBlock": "pending", "topics": []any{common.Hash{1}}}, []int64{}},
		{"more topics than the log has", map[string]any{"fromBlock": "pending", "toBlock": "pending", "topics": []any{nil, nil}}, []int64{}},
	} {
		logs := ask[[]gethtypes.Log](n, "eth_getLogs", test.query)
		sums := []int64{}
		for _, log := range logs {
			sums = append(sums, new(big.Int).SetBytes(log.Data).Int64())
		}
		require.Equal(t, test.want, sums, test.name)
	}
}

func TestRPC_LogsOfTheOpenBlockStayTheSameWhenItIsSealed(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil)
	n.send(&counter, 0, nil)
	query := map[string]any{"fromBlock": "0x1", "toBlock": "pending"}

	open := ask[[]gethtypes.Log](n, "eth_getLogs", query)
	header := n.seal()
	sealed := ask[[]gethtypes.Log](n, "eth_getLogs", query)
	require.Len(t, open, 2)
	for i := range open {
		open[i].BlockHash = header.Hash()
	}
	require.Equal(t, open, sealed)
}

func TestRPC_LogQueryErrorsAreThoseOfGeth(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	many := make([]common.Address, logPositions+1)
	for _, test := range []struct {
		query map[string]any
		code  int
		text  string
	}{
		{map[string]any{"fromBlock": "0x5", "toBlock": "0x1"}, -32602, "invalid block range params"},
		{map[string]any{"fromBlock": "0x0", "toBlock": "0x7fffffffffffffff"}, -32602, "block range extends beyond current head block"},
		{map[string]any{"fromBlock": "0x7ffffffffffffffe"}, -32602, "invalid block range params"},
		{map[string]any{"blockHash": common.Hash{1}}, -32000, "unknown block"},
		{map[string]any{"address": many}, -32000, "exceed max addresses or topics per search position"},
	} {
		code, text := n.refuse("eth_getLogs", test.query)
		require.Equal(t, test.text, text)
		require.Equal(t, test.code, code, text)
	}
	code, _ := n.refuse("eth_getLogs", map[string]any{"fromBlock": "0xffffffffffffffff"})
	require.Equal(t, -32602, code)
}

func TestRPC_Filters(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	blocks, logs := ask[string](n, "eth_newBlockFilter"), ask[string](n, "eth_newFilter", map[string]any{})
	pending := ask[string](n, "eth_newPendingTransactionFilter")
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil)
	n.queue(n.sign(&rpcBob, 1, nil))
	header := n.seal()

	require.Equal(t, header.Hash().Hex(), poll[string](n, blocks))
	require.Equal(t, header.Hash(), poll[gethtypes.Log](n, logs).BlockHash)
	poll[string](n, pending)
	require.Len(t, ask[[]gethtypes.Log](n, "eth_getFilterLogs", logs), 1)
	require.True(t, ask[bool](n, "eth_uninstallFilter", logs))
	_, text := n.refuse("eth_getFilterChanges", logs)
	require.Equal(t, "filter not found", text)
	_, text = n.refuse("eth_newFilter", map[string]any{"fromBlock": "pending"})
	require.Equal(t, "pending logs are not supported", text)
}

// poll reads a filter until it has something, which it gets from another goroutine.
func poll[T any](n *rpcNode, id string) T {
	n.t.Helper()
	for {
		if changes := ask[[]T](n, "eth_getFilterChanges", id); len(changes) > 0 {
			require.Len(n.t, changes, 1)
			return changes[0]
		}
	}
}

func TestRPC_OldestFilterGoesWhenThereAreTooMany(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	first := ask[string](n, "eth_newBlockFilter")
	second := ask[string](n, "eth_newBlockFilter")
	for range maxFilters - 1 {
		ask[string](n, "eth_newBlockFilter")
	}
	_, text := n.refuse("eth_getFilterChanges", first)
	require.Equal(t, "filter not found", text)
	ask[[]string](n, "eth_getFilterChanges", second)
}

func TestRPC_LongRangesAreReadInSteps(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	var counter common.Address
	const blocks = 3*minLogStep + 5 // more than one step of either length
	for i := range blocks {
		n.open()
		if i == 0 {
			counter = n.deploy()
		} else {
			n.send(&counter, 0, nil)
		}
		n.seal()
	}
	logs, err := n.eth.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: big.NewInt(0)})
	require.NoError(t, err)
	require.Len(t, logs, blocks-1)
	for i, log := range logs {
		require.Equal(t, uint64(i+2), log.BlockNumber, fmt.Sprint("log ", i))
	}
	to := big.NewInt(rpc.PendingBlockNumber.Int64())
	again, err := n.eth.FilterLogs(t.Context(), ethereum.FilterQuery{FromBlock: big.NewInt(1), ToBlock: to})
	require.NoError(t, err)
	require.Equal(t, logs, again)
}

func TestRPC_QueriesForTooManyLogsAreRefused(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	// for (; gas() > 10000; ) log0(0, 0)
	id := new(big.Int).SetUint64(uint64(rpcRollup))
	tx, err := gethtypes.SignNewTx(key(1), gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, GasTipCap: new(big.Int), GasFeeCap: big.NewInt(params.GWei), Gas: 1 << 24, Data: common.FromHex("5b5f5fa05a612710105f5700"),
	})
	require.NoError(t, err)
	require.NoError(t, n.execute(tx))
	require.Greater(t, len(n.chain.View().Receipts()[0].Logs), maxLogs)
	refused := func(to string) {
		code, text := n.refuse("eth_getLogs", map[string]any{"fromBlock": "0x0", "toBlock": to})
		require.Equal(t, -32005, code)
		require.Equal(t, "query returned more than 20000 results", text)
	}
	refused("pending")
	n.seal()
	refused("latest")
	none := ask[[]gethtypes.Log](n, "eth_getLogs", map[string]any{"fromBlock": "0x0", "address": rpcBob})
	require.Empty(t, none)
}
