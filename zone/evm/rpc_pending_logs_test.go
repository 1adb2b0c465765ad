package evm

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

func TestRPC_PendingLogsComeWithTheTick(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	n.send(&counter, 0, nil) // before the subscription
	all, none := make(chan gethtypes.Log, 16), make(chan gethtypes.Log, 16)
	client := n.dialWS().Client()
	for ch, filter := range map[chan gethtypes.Log]any{
		all:  map[string]any{"address": counter, "topics": []common.Hash{counterTopic}},
		none: map[string]any{"address": rpcBob},
	} {
		sub, err := client.EthSubscribe(t.Context(), ch, "pendingLogs", filter)
		require.NoError(t, err)
		t.Cleanup(sub.Unsubscribe)
	}
	first := n.send(&counter, 0, nil)
	log := <-all
	require.Equal(t, first.Hash(), log.TxHash)
	require.Equal(t, n.chain.View().Hash, log.BlockHash, "the provisional hash")
	require.False(t, log.Removed)
	n.seal()
	n.open()
	second := n.send(&counter, 0, nil)
	log = <-all
	require.Equal(t, second.Hash(), log.TxHash, "a sealed block is not announced again")
	require.Equal(t, uint(0), log.Index)
	require.Empty(t, none)
}

func TestRPC_PendingLogsTakeOnlyAddressAndTopics(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	client := n.dialWS().Client()
	for _, filter := range []any{map[string]any{"fromBlock": "0x1"}, map[string]any{"blockHash": common.Hash{1}}, map[string]any{"topics": make([]any, 5)}} {
		_, err := client.EthSubscribe(t.Context(), make(chan gethtypes.Log), "pendingLogs", filter)
		require.Error(t, err)
	}
	sub, err := client.EthSubscribe(t.Context(), make(chan gethtypes.Log), "pendingLogs")
	require.NoError(t, err)
	sub.Unsubscribe()
}

// announced tells what a follower says about a log: its transaction, negative if removed.
func announced(items []any) (said []int) {
	for _, item := range items {
		log := item.(*gethtypes.Log)
		tx := int(log.TxHash[31])
		if log.Removed {
			tx = -tx
		}
		said = append(said, tx)
	}
	return said
}

func TestLogFollower_SaysWhatWasUndoneWhenTheZoneGoesBack(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	open := n.chain.View()
	receipt := func(tx byte) *gethtypes.Receipt {
		return &gethtypes.Receipt{Logs: []*gethtypes.Log{{TxHash: common.Hash{31: tx}}}}
	}
	a, b, c, again := receipt(1), receipt(2), receipt(3), receipt(1)
	view := func(of *View, receipts ...*gethtypes.Receipt) *View {
		v := *of
		v.receipts, v.txs = receipts, nil
		for range receipts {
			v.txs = append(v.txs, new(gethtypes.Transaction))
		}
		return &v
	}
	f := &logFollower{chain: n.chain, last: view(open)}
	require.Equal(t, []int{1, 2}, announced(f.next(view(open, a, b))))
	require.Empty(t, f.next(view(open, a, b)))
	require.Equal(t, []int{-2, 3}, announced(f.next(view(open, a, c))), "the same block with another second transaction")
	require.Equal(t, []int{-3, -1}, announced(f.next(view(open))), "the block anew")
	require.Equal(t, []int{1}, announced(f.next(view(open, again))))

	n.seal()
	n.open()
	next := n.chain.View()
	require.Equal(t, []int{3}, announced(f.next(view(next, c))))
	require.Equal(t, []int{-3, 1}, announced(f.next(view(open, a))), "a block before")
}
