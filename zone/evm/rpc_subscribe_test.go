package evm

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRPC_SubscriptionsOfHeadsLogsAndPendingTransactions(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	client, ctx := n.dialWS(), t.Context()
	heads, logs, hashes := make(chan *gethtypes.Header, 4), make(chan gethtypes.Log, 4), make(chan common.Hash, 4)
	full, receipts := make(chan json.RawMessage, 4), make(chan []*gethtypes.Receipt, 4)
	eth := client.Client()
	for _, subscribe := range []func() (ethereum.Subscription, error){
		func() (ethereum.Subscription, error) { return client.SubscribeNewHead(ctx, heads) },
		func() (ethereum.Subscription, error) {
			return client.SubscribeFilterLogs(ctx, ethereum.FilterQuery{Topics: [][]common.Hash{{counterTopic}}}, logs)
		},
		func() (ethereum.Subscription, error) { return eth.EthSubscribe(ctx, hashes, "newPendingTransactions") },
		func() (ethereum.Subscription, error) {
			return eth.EthSubscribe(ctx, full, "newPendingTransactions", true)
		},
		func() (ethereum.Subscription, error) { return eth.EthSubscribe(ctx, receipts, "transactionReceipts") },
	} {
		sub, err := subscribe()
		require.NoError(t, err)
		t.Cleanup(sub.Unsubscribe)
	}
	n.open()
	counter := n.deploy()
	call := n.send(&counter, 0, nil)
	header := n.seal()
	require.Equal(t, header.Hash(), (<-heads).Hash())
	log := <-logs
	require.Equal(t, header.Hash(), log.BlockHash)
	require.Equal(t, counter, log.Address)
	sealed := <-receipts
	require.Len(t, sealed, 2)
	require.Equal(t, call.Hash(), sealed[1].TxHash)
	require.Equal(t, header.Hash(), sealed[1].BlockHash)

	tx := n.sign(&rpcBob, 1, nil)
	n.queue(tx)
	require.Equal(t, tx.Hash(), <-hashes)
	require.Contains(t, string(<-full), tx.Hash().Hex())
}

func TestRPC_WhatIsAnnouncedCanBeRead(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	const blocks = 30
	heads, logs := make(chan *gethtypes.Header, blocks), make(chan gethtypes.Log, blocks)
	_, err := n.raw.EthSubscribe(t.Context(), heads, "newHeads")
	require.NoError(t, err)
	_, err = n.raw.EthSubscribe(t.Context(), logs, "logs", map[string]any{})
	require.NoError(t, err)
	n.open()
	counter := n.deploy()
	require.Equal(t, n.seal().Hash(), (<-heads).Hash())
	read := make(chan struct{})
	go func() {
		defer close(read)
		for range blocks {
			head := <-heads
			number := hexutil.EncodeBig(head.Number)
			at, err := n.eth.BlockNumber(t.Context())
			assert.NoError(t, err)
			assert.GreaterOrEqual(t, at, head.Number.Uint64())
			var found []gethtypes.Log
			err = n.raw.CallContext(t.Context(), &found, "eth_getLogs", map[string]any{"fromBlock": number, "toBlock": number})
			if assert.NoError(t, err) && assert.Len(t, found, 1) {
				receipt, err := n.eth.TransactionReceipt(t.Context(), found[0].TxHash)
				assert.NoError(t, err)
				assert.Equal(t, head.Hash(), receipt.BlockHash)
			}
			log := <-logs
			assert.Equal(t, head.Hash(), log.BlockHash)
		}
	}()
	for range blocks {
		n.open()
		n.send(&counter, 0, nil)
		n.seal()
	}
	<-read
}

func TestRPC_LogSubscriptionRangesAreThoseOfGeth(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	client := n.dialWS().Client()
	for _, test := range []struct {
		from, to string
		text     string
	}{
		{"latest", "latest", ""},
		{"earliest", "latest", ""},
		{"0x1", "0x2", ""},
		{"0x1", "latest", ""},
		{"0x2", "0x1", "invalid block range params"},
		{"latest", "0x1", "invalid block range params"},
		{"pending", "latest", "pending logs are not supported"},
		{"latest", "pending", "pending logs are not supported"},
	} {
		query := map[string]any{"fromBlock": test.from, "toBlock": test.to}
		sub, err := client.EthSubscribe(t.Context(), make(chan gethtypes.Log), "logs", query)
		if test.text != "" {
			require.EqualError(t, err, test.text, "%v", query)
			continue
		}
		require.NoError(t, err, "%v", query)
		sub.Unsubscribe()
	}
	many := make([]common.Hash, maxReceiptHashes+1)
	_, err := client.EthSubscribe(t.Context(), make(chan any), "transactionReceipts", map[string]any{"transactionHashes": many})
	require.EqualError(t, err, errTooManyHashes.Error())
}

func TestRPC_ClientThatDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	dialer := websocket.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		conn, err := net.Dial(network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(1)
		}
		return conn, err
	}}
	mute, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(n.http.URL, "http"), http.Header{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mute.Close()) })
	const copies = 200
	for range copies {
		require.NoError(t, mute.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": []any{"newHeads"}}))
	}
	heads := make(chan *gethtypes.Header, 1)
	sub, err := n.dialWS().SubscribeNewHead(t.Context(), heads)
	require.NoError(t, err)
	t.Cleanup(sub.Unsubscribe)
	for range 150 { // some 200 × 150 × 1.5 kB, much more than the sockets hold
		n.open()
		header := n.seal()
		select {
		case head := <-heads:
			require.Equal(t, header.Hash(), head.Hash())
		case <-time.After(5 * time.Second): // half of go-ethereum's time limit for a write
			t.Fatal("no head: somebody waits for the client that does not read")
		}
	}
}

func TestStream_RefusesMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	client := n.rpc.Client()
	t.Cleanup(client.Close)
	for range maxSubscriptions {
		_, err := client.EthSubscribe(t.Context(), make(chan *gethtypes.Header), "newHeads")
		require.NoError(t, err)
	}
	_, err := client.EthSubscribe(t.Context(), make(chan *gethtypes.Header), "newHeads")
	require.EqualError(t, err, errTooManySubscriptions.Error())
}
