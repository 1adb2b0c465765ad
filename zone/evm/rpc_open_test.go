package evm

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethdb/memorydb"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/stretchr/testify/require"
)

func TestRPC_ReceiptComesBeforeTheSealAndStaysTheSame(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	tx := n.send(&rpcBob, 7, nil)

	provisional := n.chain.View().Hash
	before := n.receipt(tx)
	require.Equal(t, gethtypes.ReceiptStatusSuccessful, before.Status)
	require.Equal(t, big.NewInt(1), before.BlockNumber)
	require.Equal(t, provisional, before.BlockHash)
	found, pending, err := n.eth.TransactionByHash(t.Context(), tx.Hash())
	require.NoError(t, err)
	require.False(t, pending)
	require.Equal(t, tx.Hash(), found.Hash())
	number, err := n.eth.BlockNumber(t.Context())
	require.NoError(t, err)
	require.Zero(t, number)

	header := n.seal()
	after := n.receipt(tx)
	require.Equal(t, header.Hash(), after.BlockHash)
	require.Equal(t, before.GasUsed, after.GasUsed)
	require.Equal(t, before.CumulativeGasUsed, after.CumulativeGasUsed)
	require.Equal(t, before.EffectiveGasPrice, after.EffectiveGasPrice)
	require.Equal(t, before.TransactionIndex, after.TransactionIndex)
	require.Equal(t, before.Bloom, after.Bloom)
}

func TestRPC_StateReadsAtLatestSeeTheOpenBlock(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil)
	n.send(&rpcBob, 7, nil)
	ctx := t.Context()

	for _, block := range []*big.Int{nil, big.NewInt(rpc.PendingBlockNumber.Int64()), big.NewInt(1)} {
		balance, err := n.eth.BalanceAt(ctx, rpcBob, block)
		require.NoError(t, err)
		require.Equal(t, int64(7), balance.Int64())
		nonce, err := n.eth.NonceAt(ctx, n.alice, block)
		require.NoError(t, err)
		require.Equal(t, uint64(3), nonce)
		code, err := n.eth.CodeAt(ctx, counter, block)
		require.NoError(t, err)
		require.Len(t, code, 21)
		slot, err := n.eth.StorageAt(ctx, counter, common.Hash{}, block)
		require.NoError(t, err)
		require.Equal(t, common.BigToHash(big.NewInt(1)).Bytes(), slot)
		result, err := n.eth.CallContract(ctx, ethereum.CallMsg{To: &counter}, block)
		require.NoError(t, err)
		require.Equal(t, common.BigToHash(big.NewInt(2)).Bytes(), result)
	}
	gas, err := n.eth.EstimateGas(ctx, ethereum.CallMsg{From: n.alice, To: &counter})
	require.NoError(t, err)
	require.Less(t, gas, uint64(35_000), "the slot is not zero any more")

	balance, err := n.eth.BalanceAt(ctx, rpcBob, big.NewInt(0))
	require.NoError(t, err)
	require.Zero(t, balance.Sign())
	const returnNumber = "0x435f5260205ff3"
	require.Equal(t, common.BigToHash(big.NewInt(1)).Hex(), ask[string](n, "eth_call", map[string]any{"data": returnNumber}, "latest"))
}

func TestRPC_BlockTags(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	n.send(&rpcBob, 1, nil)
	first := n.seal()
	n.open()
	n.send(&rpcBob, 2, nil)
	second := n.seal()
	n.open()
	tx := n.send(&rpcBob, 3, nil)

	type block struct {
		Number       hexutil.Uint64
		Hash         *common.Hash
		Transactions []common.Hash
		GasUsed      hexutil.Uint64
	}
	read := func(tag string) block { return ask[block](n, "eth_getBlockByNumber", tag, false) }
	require.Equal(t, second.Hash(), *read("latest").Hash)
	require.Equal(t, hexutil.Uint64(0), read("safe").Number, "genesis needs no attestation")
	require.Equal(t, "0x0", ask[string](n, "eth_getBalance", rpcBob, "safe"))

	n.safe, n.attested = 1, true
	require.Equal(t, first.Hash(), *read("safe").Hash)
	require.Equal(t, first.Hash(), *read("finalized").Hash)
	require.Equal(t, "0x1", ask[string](n, "eth_getBalance", rpcBob, "safe"))
	require.Equal(t, "0x1", ask[string](n, "eth_getBalance", rpcBob, "finalized"))
	require.Equal(t, "0x3", ask[string](n, "eth_getBalance", rpcBob, "0x2"))
	require.Equal(t, "0x6", ask[string](n, "eth_getBalance", rpcBob, "latest"))
	n.safe = 99
	require.Equal(t, second.Hash(), *read("safe").Hash, "never above the sealed head")

	pending := read("pending")
	require.Equal(t, hexutil.Uint64(3), pending.Number)
	require.Equal(t, []common.Hash{tx.Hash()}, pending.Transactions)
	require.Equal(t, hexutil.Uint64(21_000), pending.GasUsed)
	require.Nil(t, pending.Hash)
	require.Equal(t, "0x1", ask[string](n, "eth_getBlockTransactionCountByNumber", "pending"))
	require.Nil(t, ask[*block](n, "eth_getBlockByNumber", "0x3", false), "indexers must not read unsealed blocks by number")
	require.Equal(t, hexutil.Uint64(0), read("earliest").Number)

	_, err := n.eth.BlockByNumber(t.Context(), big.NewInt(rpc.PendingBlockNumber.Int64()))
	require.NoError(t, err)
}

func TestRPC_PendingBlockWithoutTransactionsIsConsistent(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	pending := big.NewInt(rpc.PendingBlockNumber.Int64())
	none, err := n.eth.BlockByNumber(t.Context(), pending)
	require.NoError(t, err, "no block is open")
	require.Zero(t, none.NumberU64())
	n.open()
	empty, err := n.eth.BlockByNumber(t.Context(), pending)
	require.NoError(t, err)
	require.Equal(t, uint64(1), empty.NumberU64())
	require.Empty(t, empty.Transactions())
}

func TestRPC_ProvisionalHashFindsTheOpenAndLaterTheSealedBlock(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	call := n.send(&counter, 0, nil)
	provisional := n.receipt(call).BlockHash
	sameBlock := func() (fields map[string]any) {
		return ask[map[string]any](n, "eth_getBlockByHash", provisional, true)
	}

	open := sameBlock()
	require.Equal(t, provisional.Hex(), open["hash"])
	for _, tx := range open["transactions"].([]any) {
		require.Equal(t, provisional.Hex(), tx.(map[string]any)["blockHash"])
	}
	require.Len(t, ask[[]any](n, "eth_getBlockReceipts", provisional), 2)
	require.Equal(t, provisional.Hex(), ask[map[string]any](n, "eth_getHeaderByHash", provisional)["hash"])
	balance := ask[string](n, "eth_getBalance", n.alice, map[string]any{"blockHash": provisional})
	require.Equal(t, ask[string](n, "eth_getBalance", n.alice, "latest"), balance)
	_, text := n.refuse("eth_getBalance", n.alice, map[string]any{"blockHash": provisional, "requireCanonical": true})
	require.Equal(t, "hash is not currently canonical", text)

	header := n.seal()
	n.open()
	require.Equal(t, header.Hash().Hex(), sameBlock()["hash"])
	require.Len(t, ask[[]any](n, "eth_getBlockReceipts", provisional), 2)
	require.Equal(t, header.Hash().Hex(), ask[map[string]any](n, "eth_getHeaderByHash", provisional)["hash"])
	require.Equal(t, balance, ask[string](n, "eth_getBalance", n.alice, map[string]any{"blockHash": provisional}))
	logs, err := n.eth.FilterLogs(t.Context(), ethereum.FilterQuery{BlockHash: &provisional})
	require.NoError(t, err)
	require.Len(t, logs, 1)
	require.Equal(t, header.Hash(), logs[0].BlockHash)
	require.Nil(t, ask[any](n, "eth_getBlockByHash", common.HexToHash("0x77"), false))
}

func TestRPC_ProofsAreOfTheSealedBlock(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	n.send(&rpcBob, 1, nil)
	sealed := n.seal()
	n.open()
	n.send(&rpcBob, 2, nil)

	for _, at := range []any{"latest", "pending", "0x1", map[string]any{"blockHash": sealed.Hash()}} {
		proof := ask[struct {
			Balance      *hexutil.Big
			AccountProof []hexutil.Bytes
		}](n, "eth_getProof", rpcBob, []string{}, at)
		require.Equal(t, int64(1), proof.Balance.ToInt().Int64())
		nodes := memorydb.New()
		for _, node := range proof.AccountProof {
			require.NoError(t, nodes.Put(crypto.Keccak256(node), node))
		}
		leaf, err := trie.VerifyProof(sealed.Root, crypto.Keccak256(rpcBob[:]), nodes)
		require.NoError(t, err)
		var account gethtypes.StateAccount
		require.NoError(t, rlp.DecodeBytes(leaf, &account))
		require.Equal(t, uint64(1), account.Balance.Uint64())
	}
	_, text := n.refuse("eth_getProof", rpcBob, []string{}, "0x2")
	require.Equal(t, "header not found", text)
	_, text = n.refuse("eth_getProof", rpcBob, []string{}, map[string]any{"blockHash": n.chain.View().Hash})
	require.Equal(t, "header not found", text)
}

func TestRPC_SimulationsRunOnTheOpenBlock(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil)
	call := map[string]any{"from": n.alice, "to": counter}

	list := ask[struct {
		AccessList gethtypes.AccessList
		GasUsed    hexutil.Uint64
	}](n, "eth_createAccessList", call, "latest")
	require.NotZero(t, list.GasUsed)
	blocks := ask[[]struct {
		Number hexutil.Uint64
		Calls  []struct {
			ReturnData hexutil.Bytes
			Logs       []*gethtypes.Log
			Status     hexutil.Uint64
		}
	}](n, "eth_simulateV1", map[string]any{"blockStateCalls": []any{map[string]any{"calls": []any{call, call}}}}, "latest")
	require.Len(t, blocks, 1)
	require.Equal(t, hexutil.Uint64(2), blocks[0].Number)
	require.Equal(t, common.BigToHash(big.NewInt(3)).Bytes(), []byte(blocks[0].Calls[1].ReturnData))
	require.Len(t, blocks[0].Calls[1].Logs, 1)

	overridden := ask[hexutil.Bytes](n, "eth_call", call, "latest", map[string]any{
		counter.Hex(): map[string]any{"stateDiff": map[string]any{common.Hash{}.Hex(): common.BigToHash(big.NewInt(40))}},
	})
	require.Equal(t, common.BigToHash(big.NewInt(41)).Bytes(), []byte(overridden))
	slot := ask[hexutil.Bytes](n, "eth_getStorageAt", counter, "0x0", "latest")
	require.Equal(t, common.BigToHash(big.NewInt(1)).Bytes(), []byte(slot), "calls leave the view as it was")
}

func TestRPC_FollowsARewind(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	txs := []*gethtypes.Transaction{n.sign(&rpcBob, 1, nil), n.sign(&rpcBob, 2, nil), n.sign(&rpcBob, 3, nil)}
	var headers []*gethtypes.Header
	var provisional []common.Hash
	for _, tx := range txs {
		n.open()
		require.NoError(t, n.execute(tx))
		provisional = append(provisional, n.chain.View().Hash)
		headers = append(headers, n.seal())
	}
	require.Equal(t, headers[2].Hash().Hex(), ask[map[string]any](n, "eth_getBlockByHash", provisional[2], false)["hash"])

	require.NoError(t, n.chain.Rewind(1))
	require.Equal(t, "0x1", ask[string](n, "eth_blockNumber"))
	require.Equal(t, "0x1", ask[string](n, "eth_getBalance", rpcBob, "latest"))
	require.Nil(t, ask[any](n, "eth_getTransactionReceipt", txs[2].Hash()))
	require.Nil(t, ask[any](n, "eth_getBlockByHash", provisional[2], false))

	n.time = headers[0].Time
	n.open()
	require.NoError(t, n.execute(txs[1]))
	require.Equal(t, provisional[1], n.receipt(txs[1]).BlockHash)
	require.Equal(t, headers[1].Hash(), n.seal().Hash(), "the same block again")
	require.Equal(t, headers[1].Hash().Hex(), ask[map[string]any](n, "eth_getBlockByHash", provisional[1], false)["hash"])
}

func TestRPC_SealedOnlyReadsTheSealedBlockAtLatest(t *testing.T) {
	t.Parallel()
	n := newRPCNodeWith(t, func(deps *RPCDeps) { deps.SealedOnly = true })
	n.open()
	n.send(&rpcBob, 5, nil)
	require.Equal(t, "0x0", ask[string](n, "eth_getBalance", rpcBob, "latest"))
	require.Equal(t, "0x5", ask[string](n, "eth_getBalance", rpcBob, "pending"))
	n.refuse("eth_getBalance", rpcBob, "0x1")
	n.seal()
	require.Equal(t, "0x5", ask[string](n, "eth_getBalance", rpcBob, "latest"))
}
