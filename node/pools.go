package node

import (
	"context"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/mempool"
)

// clientPool is the pool as the gateway offers it to clients.
type clientPool struct {
	pool *mempool.Pool
	// accepted hears of what was admitted, and when a client brought it.
	accepted func(id common.Hash, at time.Time)
}

// admitted passes on what the pool said to a client.
func (p clientPool) admitted(id common.Hash, at time.Time, err error) (common.Hash, error) {
	if err == nil {
		p.accepted(id, at)
	}
	return id, refusal(err)
}

func (p clientPool) AddTransaction(ctx context.Context, rollup core.RollupID, raw []byte) (common.Hash, error) {
	at := time.Now()
	hash, err := p.pool.AddTransaction(ctx, rollup, raw)
	return p.admitted(hash, at, err)
}

func (p clientPool) AddTransactions(ctx context.Context, rollup core.RollupID, raws [][]byte) ([]common.Hash, []error) {
	at := time.Now()
	hashes, errs := p.pool.AddTransactions(ctx, rollup, raws)
	for i := range errs {
		_, errs[i] = p.admitted(hashes[i], at, errs[i])
	}
	return hashes, errs
}

func (p clientPool) AddSigned(ctx context.Context, rollup core.RollupID, tx *gethtypes.Transaction) (common.Hash, error) {
	at := time.Now()
	hash, err := p.pool.AddSigned(ctx, rollup, tx)
	return p.admitted(hash, at, err)
}

func (p clientPool) AddBundle(ctx context.Context, b *core.Bundle, r *core.Replacement) (common.Hash, error) {
	at := time.Now()
	if r != nil {
		id, err := p.pool.AddReplacement(ctx, gateway.Client(ctx), b, *r)
		return p.admitted(id, at, err)
	}
	id, err := p.pool.AddClientBundle(ctx, gateway.Client(ctx), b)
	return p.admitted(id, at, err)
}

func (p clientPool) CancelBundle(ctx context.Context, c core.Cancellation) (common.Hash, error) {
	id, err := p.pool.CancelBundle(ctx, c)
	return id, refusal(err)
}

func (p clientPool) AddOperatorEntry(ctx context.Context, enc []byte) (common.Hash, error) {
	hash, err := p.pool.AddOperatorEntry(ctx, enc)
	return hash, refusal(err)
}

func (p clientPool) Lookup(id common.Hash) gateway.PoolEntry {
	e := p.pool.Find(id)
	entry := gateway.PoolEntry{Waiting: e.Held, Parked: e.Parked, Bundle: e.Bundle, Dropped: refusal(e.Dropped)}
	if e.Parking != nil {
		parking := gateway.Parking(*e.Parking)
		entry.Parking = &parking
	}
	return entry
}

func (p clientPool) PrepareBundle(ctx context.Context, s *core.Skeleton) (gateway.Parking, error) {
	parking, err := p.pool.PrepareBundle(ctx, gateway.Client(ctx), s)
	return gateway.Parking(parking), refusal(err)
}

func (p clientPool) Dropped(ctx context.Context) (ids []common.Hash, more bool, err error) {
	d, err := p.pool.Drops(ctx)
	return d.IDs, d.More, err
}

func (p clientPool) Stats() gateway.PoolStats {
	c := p.pool.Counters()
	pending, queued := p.pool.Totals()
	return gateway.PoolStats{
		Pending: uint64(pending), Queued: uint64(queued), Bundles: uint64(c.Bundles), Bytes: uint64(c.Bytes + c.BundleBytes),
	}
}

// rollupPool is the pool as one rollup's RPC reads it.
type rollupPool struct {
	pool   *mempool.Pool
	rollup core.RollupID
}

func (p rollupPool) Get(hash common.Hash) *gethtypes.Transaction {
	tx, _ := p.pool.Get(p.rollup, hash)
	return tx
}

func (p rollupPool) ContentFrom(sender common.Address) (executable, parked []*gethtypes.Transaction) {
	return p.pool.ContentFrom(p.rollup, sender)
}

func (p rollupPool) Content() (executable, parked map[common.Address][]*gethtypes.Transaction) {
	return p.pool.Content(p.rollup)
}

func (p rollupPool) Stats() (executable, parked int) { return p.pool.Stats(p.rollup) }

// newTxsBacklog is how many events a rollup's RPC may lag behind before it loses some.
const newTxsBacklog = 1024

func (p rollupPool) SubscribeTxs(fn func(txs []*gethtypes.Transaction)) (cancel func()) {
	events, done := make(chan mempool.NewTxs, newTxsBacklog), make(chan struct{})
	unsubscribe := p.pool.SubscribeNewTxs(p.rollup, events)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case e := <-events:
				fn(e.Txs)
			case <-done:
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		unsubscribe()
		close(done)
		<-ended
	})
}
