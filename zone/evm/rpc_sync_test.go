package evm

import (
	"testing"
	"time"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"
)

// EIP-7966: codes 4, 5 and 6, each with data.
func TestRPC_SyncSendSaysWhyThereIsNoReceipt(t *testing.T) {
	t.Parallel()
	n := newRPCNodeWith(t, func(deps *RPCDeps) { deps.MaxSyncWait = 50 * time.Millisecond })
	n.open()
	n.send(&rpcBob, 1, nil)
	n.keep = true
	parked := n.signAt(7, &rpcBob, 1, nil)
	n.queue(n.signAt(1, &rpcBob, 1, nil))
	n.mu.Lock()
	n.executable[n.alice] = append(n.executable[n.alice], parked) // the pool finds it, and says that it is parked
	n.parked[n.alice] = []*gethtypes.Transaction{parked}
	n.mu.Unlock()
	late := n.signAt(2, &rpcBob, 1, nil)
	for _, c := range []struct {
		name string
		tx   *gethtypes.Transaction
		code int
		data string
		text string
	}{
		{"gap", n.signAt(5, &rpcBob, 1, nil), 6, "0x2", "The transaction was rejected due to a nonce gap: next nonce 2, tx nonce 5. Please resubmit with the next nonce."},
		{"parked", parked, 5, parked.Hash().Hex(), "The transaction was added to the transaction pool but waits for an earlier nonce"},
		{"late", late, 4, late.Hash().Hex(), "The transaction was added to the transaction pool but wasn't processed in 50ms"},
	} {
		err := n.raw.CallContext(t.Context(), nil, "eth_sendRawTransactionSync", raw(t, c.tx), 60_000)
		require.EqualError(t, err, c.text, c.name)
		var coded rpc.Error
		require.ErrorAs(t, err, &coded)
		require.Equal(t, c.code, coded.ErrorCode(), c.name)
		var data rpc.DataError
		require.ErrorAs(t, err, &data)
		require.Equal(t, c.data, data.ErrorData(), c.name)
	}
	require.Nil(t, n.Get(n.signAt(5, &rpcBob, 1, nil).Hash()), "a transaction with a gap is not sent")
}
