package evm

import (
	"context"
	"math/big"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// What was seen once is never taken back, whatever the chain does meanwhile.
func TestRPC_ReadersNeverSeeTimeGoBackwards(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	const blocks, perBlock = 25, 20
	var newest atomic.Pointer[gethtypes.Transaction]
	newest.Store(n.send(&counter, 0, nil))

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	read := func(check func() bool) {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for ctx.Err() == nil {
				if !check() {
					stop()
				}
			}
		}()
	}
	ok := func(err error, good bool, what string) bool {
		if ctx.Err() == nil && (err != nil || !good) {
			t.Errorf("%s: %v", what, err)
			return false
		}
		return true
	}
	read(func() bool { // a receipt that was there stays there, with logs of the same block
		tx := newest.Load()
		receipt, err := n.eth.TransactionReceipt(ctx, tx.Hash())
		return ok(err, err == nil && len(receipt.Logs) == 1 && receipt.Logs[0].BlockHash == receipt.BlockHash, "receipt")
	})
	read(func() bool {
		tx := newest.Load()
		_, pending, err := n.eth.TransactionByHash(ctx, tx.Hash())
		return ok(err, !pending, "transaction")
	})
	read(func() bool { // a provisional hash that was handed out always finds a block with the transaction
		receipt, err := n.eth.TransactionReceipt(ctx, newest.Load().Hash())
		if err != nil {
			return ok(err, false, "receipt")
		}
		var block struct{ Transactions []common.Hash }
		err = n.raw.CallContext(ctx, &block, "eth_getBlockByHash", receipt.BlockHash, false)
		return ok(err, len(block.Transactions) > int(receipt.TransactionIndex) && block.Transactions[receipt.TransactionIndex] == receipt.TxHash, "block")
	})
	var lastNonce, lastSum uint64
	read(func() bool {
		nonce, err := n.eth.NonceAt(ctx, n.alice, nil)
		good := nonce >= lastNonce
		lastNonce = nonce
		return ok(err, good, "nonce")
	})
	read(func() bool {
		var result hexutil.Bytes
		err := n.raw.CallContext(ctx, &result, "eth_call", map[string]any{"to": counter}, "latest")
		sum := new(big.Int).SetBytes(result).Uint64()
		good := sum >= lastSum
		lastSum = sum
		return ok(err, good, "call")
	})
	read(func() bool { // the logs up to pending are all logs, each once
		var logs []gethtypes.Log
		err := n.raw.CallContext(ctx, &logs, "eth_getLogs", map[string]any{"fromBlock": "0x0", "toBlock": "pending"})
		for i, log := range logs {
			if new(big.Int).SetBytes(log.Data).Int64() != int64(i+1) {
				return ok(err, false, "logs")
			}
		}
		return ok(err, len(logs) > 0, "logs")
	})
	read(func() bool {
		for _, method := range []string{"eth_gasPrice", "eth_maxPriorityFeePerGas", "eth_blockNumber", "txpool_content"} {
			if err := n.raw.CallContext(ctx, nil, method); err != nil {
				return ok(err, false, method)
			}
		}
		return ok(n.raw.CallContext(ctx, nil, "eth_feeHistory", 5, "pending", []float64{50}), true, "fee history")
	})

	for range blocks {
		for range perBlock {
			newest.Store(n.send(&counter, 0, nil))
		}
		n.seal()
		n.open()
	}
	stop()
	readers.Wait()
}

func TestRPC_StopLeavesNoGoroutines(t *testing.T) {
	n := newRPCNode(t)
	n.open()
	ask[string](n, "eth_chainId") // the node's own client is connected
	gethcore.SenderCacher()       // one for the process, started when it is first needed
	before := goleak.IgnoreCurrent()
	served, err := NewRPC(n.chain, RPCDeps{Submit: n, Pool: n, Finality: n})
	require.NoError(t, err)
	client := served.Client()
	for _, subject := range []string{"newHeads", "newPendingTransactions"} {
		_, err := client.EthSubscribe(t.Context(), make(chan any), subject)
		require.NoError(t, err)
	}
	var id string
	require.NoError(t, client.Call(&id, "eth_newBlockFilter"))
	n.seal()
	client.Close()
	served.Stop()
	served.Stop()
	goleak.VerifyNone(t, before)
}
