package mempool_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

func TestDrops_ListWhatLeftTheUnordered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool, err := mempool.New(mempool.Default(), mempooltest.Genesis(), mempooltest.NewState(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(20 * time.Second).UnixMilli())}
		b.Legs = []core.Leg{{Rollup: rollupA, Tx: transfer{Key: 3}.Raw()}}
		id, err := pool.AddBundle(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(30 * time.Second)
		pool.Drain()
		if d, err := pool.Drops(t.Context()); err != nil || len(d.IDs) != 1 || d.IDs[0] != id || d.More {
			t.Errorf("got %+v, %v, want the expired bundle %s", d, err, id)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if d, err := pool.Drops(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("told again: %+v, %v", d, err)
		}
	})
}

func TestDrops_AreBoundedAndSayThatThereIsMore(t *testing.T) {
	f := newFixture(t, func(c *mempool.Config) { c.PriceBump, c.MaxReasons = 1, 16 })
	for nonce := uint64(0); f.pool.Counters().Dropped <= 1<<12; nonce++ {
		for fee := int64(100); fee < 1<<30; fee += fee/100 + 1 {
			f.mustAdd(transfer{Nonce: nonce, FeeCap: fee, Tip: fee})
		}
	}
	if d, err := f.pool.Drops(t.Context()); err != nil || len(d.IDs) != 1<<12 || !d.More {
		t.Errorf("listed %d, more %v, %v", len(d.IDs), d.More, err)
	}
}
