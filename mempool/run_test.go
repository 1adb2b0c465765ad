package mempool_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

func closed(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func TestReady_ClosesWhenSomethingIsSelectable(t *testing.T) {
	f := newFixture(t)
	ready := f.pool.Ready()
	f.mustAdd(transfer{Nonce: 1})
	if closed(ready) || closed(f.pool.Ready()) {
		t.Fatal("ready with a gap only")
	}
	f.mustAdd(transfer{})
	if !closed(ready) || !closed(f.pool.Ready()) {
		t.Fatal("not ready with an executable transaction")
	}
	f.order()
	ready = f.pool.Ready()
	if closed(ready) {
		t.Fatal("ready with ordered transactions only")
	}
	f.mustAddBundle(f.bundle(transfer{Key: 1}))
	if !closed(ready) {
		t.Error("not ready with a bundle")
	}
	f.order()
	f.mustAdd(transfer{Key: 1, Nonce: 1})
	if ready = f.pool.Ready(); closed(ready) {
		t.Error("ready with a busy sender only")
	}
	f.state.SetNonce(rollupA, mempooltest.Addr(1), 1)
	f.executed()
	if !closed(ready) {
		t.Error("not ready after execution")
	}
}

func TestRun_ExpiresWhatWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := mempool.Default()
		cfg.Lifetime = time.Minute
		pool, err := mempool.New(cfg, mempooltest.Genesis(), mempooltest.NewState(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- pool.Run(ctx) }()
		add := func(tr transfer) common.Hash {
			hash, err := pool.AddTransaction(ctx, rollupA, tr.Raw())
			if err != nil {
				t.Fatal(err)
			}
			return hash
		}
		ready, gapped := add(transfer{Key: 1}), add(transfer{Key: 2, Nonce: 1})
		b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(20 * time.Second).UnixMilli())}
		b.Legs = []core.Leg{{Rollup: rollupA, Tx: transfer{Key: 3}.Raw()}}
		id, err := pool.AddBundle(ctx, b)
		if err != nil {
			t.Fatal(err)
		}

		<-time.After(30 * time.Second)
		reason, _ := pool.Dropped(id)
		wantRefusal(t, reason, core.ErrExpired, "notAfter")
		if _, ok := pool.GetBundle(id); ok {
			t.Error("the expired bundle is still there")
		}
		if _, ok := pool.Get(rollupA, gapped); !ok {
			t.Error("the waiting transaction expired too early")
		}
		<-time.After(32 * time.Second)
		reason, _ = pool.Dropped(gapped)
		wantRefusal(t, reason, mempool.ErrWaitedTooLong, "nonce 0")
		if _, ok := pool.Get(rollupA, ready); !ok {
			t.Error("a ready transaction expired")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestPool_ManyGoroutines submits, gossips, orders, executes and reads at the same time, and checks that in the end each
// transaction was ordered exactly once and in nonce order.
func TestPool_ManyGoroutines(t *testing.T) {
	const senders, each = 16, 25
	f := newFixture(t)
	source := newFixture(t)
	f.run()
	var submitters sync.WaitGroup
	for key := range senders {
		for n := range uint64(each) {
			source.mustAdd(transfer{Key: key, Nonce: n})
		}
		submitters.Go(func() {
			for n := range uint64(each) {
				n = each - 1 - n // backwards: everything waits for the last
				if _, err := f.pool.AddTransaction(t.Context(), rollupB, transfer{Rollup: rollupB, Key: key, Nonce: n}.Raw()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	submitters.Go(func() {
		for _, b := range source.pool.Reap(0) {
			for f.pool.Insert(b) != nil {
				runtime.Gosched()
			}
		}
	})
	readCtx, stopReading := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for key := range 4 {
		readers.Go(func() {
			events := make(chan mempool.NewTxs, 1)
			for readCtx.Err() == nil {
				cancel := f.pool.SubscribeNewTxs(rollupA, events)
				f.pool.Pending(rollupA, mempooltest.Addr(key))
				f.pool.Nonce(rollupB, mempooltest.Addr(key))
				f.pool.Content(rollupA)
				f.pool.Stats(rollupB)
				f.pool.Reap(1000)
				cancel()
			}
		})
	}

	next := make(map[string]uint64)
	ordered := 0
	for ordered < 2*senders*each {
		<-f.pool.Ready()
		c := f.sel()
		for _, s := range c.Sections {
			for _, tx := range s.Txs {
				key := sender(t, tx)
				if tx.Eth().Nonce() != next[key] {
					t.Fatalf("%s: nonce %d, want %d", key, tx.Eth().Nonce(), next[key])
				}
				next[key]++
				ordered++
			}
		}
		f.commit(c)
		for key := range senders {
			for _, rollup := range []core.RollupID{rollupA, rollupB} {
				f.state.SetNonce(rollup, mempooltest.Addr(key), next[senderKey(rollup, mempooltest.Addr(key))])
			}
		}
		f.executed()
	}
	submitters.Wait()
	stopReading()
	readers.Wait()
	if c := f.pool.Counters(); c.Txs != 0 || c.Bytes != 0 || c.Ordered != 0 {
		t.Errorf("left behind: %+v", c)
	}
}

// TestPool_StaysBoundedUnderFlood submits far more than the caps allow, much of it garbage, and measures the heap.
func TestPool_StaysBoundedUnderFlood(t *testing.T) {
	const limit = 4 << 20
	f := newFixture(t, func(c *mempool.Config) {
		c.MaxTxs, c.MaxBytes, c.MaxRollupTxs, c.MaxRollupBytes = 2000, limit, 2000, limit
		c.MaxBundles, c.MaxBundlesBytes, c.MaxRecent, c.MaxReasons = 100, 1<<20, 1000, 1000
		c.MaxInboxBytes = 1 << 20
	})
	f.run()
	before := heap()
	data := make([]byte, 4000)
	for i := range 6000 {
		copy(data, fmt.Sprint(i))
		tr := transfer{Key: i % 50, Nonce: uint64(i / 50), Data: data, Gas: 1e6}
		if i%3 == 0 {
			tr.Nonce += 5
		}
		if i%5 == 0 {
			_, _ = f.pool.AddBundle(t.Context(), f.bundle(tr))
		}
		raw := tr.Raw()
		if _, err := f.pool.AddTransaction(t.Context(), rollupA, raw); err == nil && i%2 == 0 {
			_, _ = f.pool.AddTransaction(t.Context(), opaque, raw)
		}
		_ = f.pool.Insert(core.GossipBatch{Txs: []core.GossipTx{{Rollup: 902, Raw: raw}, {Rollup: uint64(opaque), Raw: raw[1:]}}}.Encode())
	}
	waitFor(t, func() bool { c := f.pool.Counters(); return c.GossipIn > 0 && c.Refused > 3000 })
	c := f.pool.Counters()
	if c.Txs > 2000 || c.Bytes > limit || c.Bundles > 100 || c.BundleBytes > 1<<20 {
		t.Errorf("beyond the caps: %+v", c)
	}
	// Encodings are held once raw and once decoded; the rest is bookkeeping and the gossip queue.
	if grown := heap() - before; grown > 4*limit {
		t.Errorf("the heap grew by %d bytes under caps of %d", grown, limit)
	}
	runtime.KeepAlive(f)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func ExamplePool() {
	genesis, state := mempooltest.Genesis(), mempooltest.NewState()
	pool, err := mempool.New(mempool.Default(), genesis, state, time.Now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for nonce := range uint64(3) {
		tx := mempooltest.Transfer{Nonce: nonce}
		if _, err := pool.AddTransaction(context.Background(), mempooltest.EVMA, tx.Raw()); err != nil {
			fmt.Println(err)
		}
	}
	candidates := pool.Select(core.Budget{
		Tick: 1, Bytes: genesis.Params.MaxTickBytes,
		SingleGas: map[core.RollupID]uint64{mempooltest.EVMA: 2 * mempooltest.TransferGas},
	})
	fmt.Println(len(candidates.Sections[0].Txs), "of 3 fit")
	// Output: 2 of 3 fit
}
