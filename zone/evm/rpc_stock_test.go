package evm

import (
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
