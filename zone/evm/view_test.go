package evm

import (
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
)

func TestView_ShowsTheStateOfItsTickForEver(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	bob := common.HexToAddress("0xb0b")
	views := []*View{r.chain.View()}
	r.open()
	views = append(views, r.chain.View())
	store := r.deploy(0, storeCode)
	for i := range uint64(40) {
		r.apply(r.transfer(1, bob, 1))
		r.apply(r.call(2, &store, 0, 100_000, words(i, i+1)))
		r.apply(r.call(2, &store, 0, 100_000, words(99, i+1)))
		require.NotEqual(t, r.tick+1, r.chain.View().Tick, "only EndTick publishes")
		r.endTick()
		views = append(views, r.chain.View())
	}
	depth := 0
	for l := r.chain.open.layers; l != nil; l = l.below {
		depth++
	}
	require.LessOrEqual(t, depth, 7, "layers are merged")
	r.seal()
	r.open()
	r.apply(r.call(2, &store, 0, 100_000, words(99, 0)))
	r.endTick()

	require.Nil(t, views[0].Header)
	require.EqualValues(t, 0, views[0].Number())
	require.NotNil(t, views[1].Header)
	require.EqualValues(t, 1, views[1].Number())
	require.Empty(t, views[1].Txs())
	for i, view := range views[2:] {
		n := uint64(i + 1)
		require.Equal(t, n, view.Tick)
		require.EqualValues(t, 0, view.Sealed.Number.Uint64())
		require.Len(t, view.Txs(), 3*int(n)+1)
		require.Len(t, view.Receipts(), 3*int(n)+1)
		require.Equal(t, view.Receipts()[3*n].CumulativeGasUsed, view.Header.GasUsed)
		last := view.Txs()[3*n]
		tx, receipt, index, ok := view.Lookup(last.Hash())
		require.True(t, ok)
		require.Same(t, last, tx)
		require.Equal(t, last.Hash(), receipt.TxHash)
		require.EqualValues(t, 3*n, index)
		_, _, _, ok = views[i+1].Lookup(last.Hash())
		require.False(t, ok, "a later transaction is not in an earlier view")
		for _, log := range receipt.Logs {
			require.True(t, view.Header.Bloom.Test(log.Topics[0][:]))
			require.Equal(t, view.Hash, log.BlockHash)
		}

		account, err := view.Account(bob)
		require.NoError(t, err)
		require.Equal(t, n, account.Balance.Uint64())
		account.Balance.Clear() // the caller's own copy
		statedb, err := view.StateDB()
		require.NoError(t, err)
		require.Equal(t, n, statedb.GetBalance(bob).Uint64())
		require.Equal(t, slotOf(n), statedb.GetState(store, slotOf(99)))
		require.Equal(t, slotOf(n), statedb.GetState(store, slotOf(n-1)))
		require.Equal(t, common.Hash{}, statedb.GetState(store, slotOf(n)))
		require.Equal(t, storeCode, statedb.GetCode(store))
		require.Equal(t, len(storeCode), statedb.GetCodeSize(store))
		require.NoError(t, statedb.Error())
	}
}

func TestView_NobodyIsAnEmptyAccount(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	account, err := r.chain.View().Account(common.HexToAddress("0x1234"))
	require.NoError(t, err)
	require.Zero(t, account.Nonce)
	require.True(t, account.Balance.IsZero())
}

// Readers look at views while the chain goes on; run with -race.
func TestView_ManyReadersWhileExecuting(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	bob := common.HexToAddress("0xb0b")
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				readView(t, r.chain, bob)
			}
		})
	}
	for range 10 {
		r.open()
		store := r.deploy(0, storeCode)
		for i := range uint64(20) {
			r.apply(r.transfer(1, bob, 1))
			attempt := r.chain.Attempt()
			_, err := attempt.Apply(r.call(2, &store, 0, 100_000, words(i, i)))
			require.NoError(t, err)
			require.NoError(t, attempt.Merge())
			r.endTick()
		}
		r.seal()
	}
	require.NoError(t, r.chain.Rewind(9))
	close(stop)
	readers.Wait()
}

// readView checks that everything in a view tells of the same moment.
func readView(t *testing.T, chain *Chain, bob common.Address) {
	view := chain.View()
	received := uint64(0)
	for i, tx := range view.Txs() {
		_, receipt, index, ok := view.Lookup(tx.Hash())
		if !ok || index != i || receipt.Bloom != view.Receipts()[i].Bloom {
			t.Errorf("transaction %d of view %d cannot be looked up", i, view.Tick)
		}
		if to := tx.To(); to != nil && *to == bob {
			received++
		}
	}
	if view.Sealed.Number.Sign() > 0 {
		received += 20 * view.Sealed.Number.Uint64()
	}
	account, err := view.Account(bob)
	if err != nil || account.Balance.Uint64() != received {
		t.Errorf("account in view %d: %v, %v", view.Tick, account, err)
	}
	statedb, err := view.StateDB()
	if err != nil || statedb.GetBalance(bob).Uint64() != received {
		t.Errorf("state of view %d: %v, %v", view.Tick, statedb, err)
	}
	scratch, err := chain.Scratch(t.Context())
	if err != nil {
		t.Errorf("scratch: %v", err)
		return
	}
	scratch.Drop()
}

func TestSubscribeViews_InOrderAndNeverInTheWay(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	eager, stuck := make(chan *View, 16), make(chan *View)
	subscription := r.chain.SubscribeViews(eager)
	sleeper := r.chain.SubscribeViews(stuck)
	r.open()
	for range 10 {
		r.endTick()
	}
	r.seal()
	for tick := range uint64(11) {
		view := receiveView(t, eager)
		require.Equal(t, tick, view.Tick)
		require.NotNil(t, view.Header)
	}
	require.Nil(t, receiveView(t, eager).Header, "the seal")
	subscription.Unsubscribe()

	r.open()
	for range 2 * viewBacklog { // nobody takes these
		r.endTick()
	}
	last := receiveView(t, stuck).Tick
	for last != r.tick {
		tick := receiveView(t, stuck).Tick
		require.GreaterOrEqual(t, tick, last)
		last = tick
	}
	require.NoError(t, r.chain.Close())
	_, open := <-sleeper.Err()
	require.False(t, open, "ends with the chain")
	_, open = <-r.chain.SubscribeViews(eager).Err()
	require.False(t, open)
}

func receiveView(t *testing.T, views <-chan *View) *View {
	t.Helper()
	select {
	case v := <-views:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("no view")
		return nil
	}
}

func TestView_BetweenSealAndOpenIsTheSealedState(t *testing.T) {
	t.Parallel()
	r := openRollup(t, testConfig(901))
	bob := common.HexToAddress("0xb0b")
	r.open()
	r.apply(r.transfer(1, bob, 3)) // sealed before any EndTick
	sealed := r.seal()
	view := r.chain.View()
	require.Nil(t, view.Header)
	require.Equal(t, common.Hash{}, view.Hash)
	require.Equal(t, sealed.Hash, view.Sealed.Hash())
	require.Equal(t, r.chain.NextBaseFee(), view.BaseFee())
	require.Equal(t, big.NewInt(3), r.balance(bob))
	receipts := r.chain.BlockChain().GetReceiptsByHash(sealed.Hash)
	require.Len(t, receipts, 1)
	r.open()
	require.NotEqual(t, core.Tag("").Sum(), r.endTick())
	require.Equal(t, r.chain.BlockChain().GetHeaderByHash(sealed.Hash).ReceiptHash, func() common.Hash {
		again := openRollup(t, testConfig(901))
		again.open()
		again.apply(again.transfer(1, bob, 3))
		again.seal()
		return again.endTick()
	}(), "receipts that no tick has counted yet are counted by the next")
}
