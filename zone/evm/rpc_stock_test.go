package evm

import (
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/event"
	"github.com/stretchr/testify/require"
)

func TestSwapBackend_SaysWhenGethHasChanged(t *testing.T) {
	t.Parallel()
	type renamed struct{ backend any }
	type concrete struct{ b int }
	type demanding struct{ b interface{ Missing() } }
	for _, service := range []any{&renamed{}, &concrete{}, &demanding{}} {
		require.ErrorIs(t, swapBackend(service, new(openBackend)), ErrGethChanged)
	}
	var fits struct{ b any }
	require.NoError(t, swapBackend(&fits, 7))
	require.Equal(t, 7, fits.b)
}

func TestSetField_SaysWhenGethHasChanged(t *testing.T) {
	t.Parallel()
	type part struct{ inner int }
	target := new(struct {
		b int
		p *part
	})
	made, err := newField(target, "p")
	require.NoError(t, err)
	require.NoError(t, setField(made, "inner", 7))
	require.Equal(t, 7, target.p.inner)
	for _, name := range []string{"b", "gone"} {
		_, err = newField(target, name)
		require.ErrorIs(t, err, ErrGethChanged)
		require.ErrorIs(t, setField(target, name, "text"), ErrGethChanged)
	}
	require.ErrorIs(t, setField(nil, "b", 7), ErrGethChanged)
}

func TestNewStockMethod_SaysWhenGethHasChanged(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Gone", "Error"} {
		_, err := newStockMethod(ErrRPCDeps, name, 1)
		require.ErrorIs(t, err, ErrGethChanged)
	}
}

func TestWithBlockHash_ReplacesTheHeadersHash(t *testing.T) {
	t.Parallel()
	block, err := withBlockHash(gethtypes.NewBlockWithHeader(&gethtypes.Header{}), common.Hash{7})
	require.NoError(t, err)
	require.Equal(t, common.Hash{7}, block.Hash())
}

func TestRelay_NeverHoldsUpTheFeed(t *testing.T) {
	t.Parallel()
	var (
		feed  event.FeedOf[int]
		scope event.SubscriptionScope
		out   = make(chan int)
	)
	sub := relay(&scope, func(in chan<- int) event.Subscription { return feed.Subscribe(in) }, out)
	const sent = 10 * eventBacklog
	for i := range sent { // nobody reads out
		require.Equal(t, 1, feed.Send(i))
	}
	last := -1
	for last != sent-1 { // what is left comes in order
		next := <-out
		require.Greater(t, next, last)
		last = next
	}
	scope.Close()
	<-sub.Err()
	require.Zero(t, feed.Send(1))
}

func TestNewRPC_RefusesMissingDependencies(t *testing.T) {
	t.Parallel()
	_, err := NewRPC(nil, RPCDeps{})
	require.ErrorIs(t, err, ErrRPCDeps)
}

// A new method of go-ethereum's backend interface would be promoted from *eth.EthAPIBackend without a word, and read
// from the miner or from go-ethereum's own pool. Whoever upgrades decides for each whether to override it.
func TestBackend_HasTheMethodsThatWereReviewed(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	service, err := newService(n.chain)
	require.NoError(t, err)
	stock, err := newStockServices(service, n.rpc.backend)
	require.NoError(t, err)
	backend := reflect.TypeOf(stock.chain).Elem().Field(0).Type
	var methods []string
	for i := range backend.NumMethod() {
		methods = append(methods, backend.Method(i).Name)
	}
	promoted := []string{ // nothing in them depends on the open block or the pool
		"AccountManager", "BlobBaseFee", "ChainConfig", "ChainDb", "CurrentView", "Engine", "ExtRPCEnabled", "GetBody", "GetLogs",
		"HistoryPruningCutoff", "HistoryRetention", "RPCTxFeeCap", "RPCTxSyncDefaultTimeout",
		"RPCTxSyncMaxTimeout", "SetHead", "UnprotectedAllowed",
	}
	overridden := []string{
		"BaseFee", "BlockByHash", "BlockByNumber", "BlockByNumberOrHash", "CurrentBlock", "CurrentHeader", "FeeHistory",
		"GetCanonicalReceipt", "GetCanonicalTransaction", "GetEVM", "GetPoolNonce", "GetPoolTransaction", "GetPoolTransactions",
		"GetReceipts", "HeaderByHash", "HeaderByNumber", "HeaderByNumberOrHash", "NewMatcherBackend", "Pending", "RPCEVMTimeout", "RPCGasCap", "SendTx",
		"StateAndHeaderByNumber", "StateAndHeaderByNumberOrHash", "Stats", "SubscribeChainEvent", "SubscribeChainHeadEvent",
		"SubscribeLogsEvent", "SubscribeNewTxsEvent", "SubscribeRemovedLogsEvent", "SuggestGasTipCap", "SyncProgress",
		"TxIndexDone", "TxPoolContent", "TxPoolContentFrom",
	}
	require.ElementsMatch(t, append(promoted, overridden...), methods)
}
