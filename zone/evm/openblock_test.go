package evm

import (
	"testing"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/stretchr/testify/require"
)

// The roots that grow with the ticks are those of the whole lists, however these are cut.
func TestOpenBlock_RootsAreThoseOfTheLists(t *testing.T) {
	for _, size := range []int{0, 1, 2, 127, 128, 129, 300} {
		for _, tick := range []int{1, 7, 128, 1000} {
			b := newOpenBlock(&workspace{})
			for i := range size {
				receipt := &gethtypes.Receipt{Status: uint64(i % 2), CumulativeGasUsed: uint64(i), Logs: []*gethtypes.Log{}}
				encoded, err := receipt.MarshalBinary()
				require.NoError(t, err)
				b.included.txs = append(b.included.txs, gethtypes.NewTx(&gethtypes.LegacyTx{Nonce: uint64(i)}))
				b.included.receipts = append(b.included.receipts, receipt)
				b.included.encoded = append(b.included.encoded, encoded)
				if i%tick == tick-1 { // as EndTick does
					b.hash()
					b.included.encoded = nil
				}
			}
			b.hash()
			require.Equal(t, gethtypes.DeriveSha(b.included.txs, trie.NewStackTrie(nil)), b.txRoot.Hash(), "%d by %d", size, tick)
			require.Equal(t, gethtypes.DeriveSha(b.included.receipts, trie.NewStackTrie(nil)), b.receiptRoot.Hash(), "%d by %d", size, tick)
		}
	}
}
