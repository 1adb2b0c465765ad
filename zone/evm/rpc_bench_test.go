package evm

import (
	"context"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// Reads from an open block of 1000 transactions, through JSON-RPC within the process.
func BenchmarkRPC(b *testing.B) {
	n := newRPCNode(b)
	n.open()
	var last *gethtypes.Transaction
	counter := crypto.CreateAddress(n.alice, 0)
	n.bench(b, n.sign(nil, 0, counterCode))
	for range 1000 {
		last = n.sign(&counter, 0, nil)
		n.bench(b, last)
	}
	call := map[string]any{"from": n.alice, "to": counter}
	for _, bench := range []struct {
		name   string
		method string
		args   []any
	}{
		{"call", "eth_call", []any{call, "latest"}},
		{"estimateGas", "eth_estimateGas", []any{call}},
		{"getBalance", "eth_getBalance", []any{n.alice, "latest"}},
		{"getTransactionCount/pending", "eth_getTransactionCount", []any{n.alice, "pending"}},
		{"getTransactionReceipt", "eth_getTransactionReceipt", []any{last.Hash()}},
		{"getBlockByNumber/pending", "eth_getBlockByNumber", []any{"pending", false}},
		{"getLogs/pending/1000", "eth_getLogs", []any{map[string]any{"fromBlock": "pending", "toBlock": "pending"}}},
		{"getLogs/pending/none", "eth_getLogs", []any{map[string]any{"fromBlock": "pending", "toBlock": "pending", "address": common.Address{1}}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				if err := n.raw.CallContext(context.Background(), nil, bench.method, bench.args...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("sendRawTransactionSync", func(b *testing.B) { // with the execution and its tick
		for b.Loop() {
			data, err := n.sign(&counter, 0, nil).MarshalBinary()
			if err != nil {
				b.Fatal(err)
			}
			if n.nonce%1000 == 0 {
				n.seal()
				n.open()
			}
			if err := n.raw.CallContext(context.Background(), nil, "eth_sendRawTransactionSync", hexutil.Bytes(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func (n *rpcNode) bench(b *testing.B, tx *gethtypes.Transaction) {
	b.Helper()
	if err := n.execute(tx); err != nil {
		b.Fatal(err)
	}
}
