package gatewaytest

import (
	"context"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// Pool admits everything unless Refuse says otherwise, and remembers it.
type Pool struct {
	Genesis *core.Genesis
	// Added gets the id of every admitted entry; it must have room.
	Added chan common.Hash

	mu      sync.Mutex
	refusal error
	entries map[common.Hash]gateway.PoolEntry
	lines   map[core.UUID]common.Hash
	parks   bool
	parking *gateway.Parking
	dropped chan common.Hash
}

// NewPool makes an empty pool.
func NewPool(g *core.Genesis) *Pool {
	return &Pool{
		Genesis: g, Added: make(chan common.Hash, 1024),
		entries: make(map[common.Hash]gateway.PoolEntry), lines: make(map[core.UUID]common.Hash),
		dropped: make(chan common.Hash, 64),
	}
}

// Refuse lets every admission fail with err; nil admits again.
func (p *Pool) Refuse(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusal = err
}

// Park lets transactions wait for an earlier nonce from now on.
func (p *Pool) Park() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parks = true
}

// ParkLegs lets transactions wait for the other legs of their bundle from now on.
func (p *Pool) ParkLegs(parking gateway.Parking) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parks, p.parking = true, &parking
}

// Set says what the pool knows about an id.
func (p *Pool) Set(id common.Hash, entry gateway.PoolEntry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries[id] = entry
}

// Drop lets an entry leave the pool.
func (p *Pool) Drop(id common.Hash, reason error) {
	p.Set(id, gateway.PoolEntry{Dropped: reason})
	p.dropped <- id
}

// Dropped implements gateway.Pool. The zero id stands for more than can be listed.
func (p *Pool) Dropped(ctx context.Context) (ids []common.Hash, more bool, err error) {
	select {
	case id := <-p.dropped:
		return []common.Hash{id}, id == common.Hash{}, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// AddSigned implements gateway.Pool.
func (p *Pool) AddSigned(ctx context.Context, rollup core.RollupID, tx *gethtypes.Transaction) (common.Hash, error) {
	raw, err := tx.MarshalBinary()
	if err != nil {
		return common.Hash{}, err
	}
	return p.AddTransaction(ctx, rollup, raw)
}

// AddTransaction admits raw bytes.
func (p *Pool) AddTransaction(_ context.Context, _ core.RollupID, raw []byte) (common.Hash, error) {
	p.mu.Lock()
	entry := gateway.PoolEntry{Waiting: true, Parked: p.parks, Parking: p.parking}
	p.mu.Unlock()
	return p.add(crypto.Keccak256Hash(raw), entry)
}

// AddTransactions admits raw bytes, one after the other.
func (p *Pool) AddTransactions(ctx context.Context, rollup core.RollupID, raws [][]byte) ([]common.Hash, []error) {
	hashes, errs := make([]common.Hash, len(raws)), make([]error, len(raws))
	for i, raw := range raws {
		hashes[i], errs[i] = p.AddTransaction(ctx, rollup, raw)
	}
	return hashes, errs
}

// AddBundle implements gateway.Pool. A replacement's bundle can be cancelled afterwards.
func (p *Pool) AddBundle(_ context.Context, b *core.Bundle, r *core.Replacement) (common.Hash, error) {
	if r != nil {
		p.mu.Lock()
		p.lines[r.UUID] = b.ID(p.Genesis.NetworkID())
		p.mu.Unlock()
	}
	return p.add(b.ID(p.Genesis.NetworkID()), gateway.PoolEntry{Waiting: true, Bundle: true})
}

// CancelBundle implements gateway.Pool.
func (p *Pool) CancelBundle(_ context.Context, c core.Cancellation) (common.Hash, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusal != nil {
		return common.Hash{}, p.refusal
	}
	id := p.lines[c.UUID]
	delete(p.lines, c.UUID)
	return id, nil
}

func (p *Pool) add(id common.Hash, entry gateway.PoolEntry) (common.Hash, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusal != nil {
		return common.Hash{}, p.refusal
	}
	p.entries[id] = entry
	p.Added <- id
	return id, nil
}

// Lookup implements gateway.Pool.
func (p *Pool) Lookup(id common.Hash) gateway.PoolEntry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries[id]
}

// Stats implements gateway.Pool.
func (p *Pool) Stats() gateway.PoolStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return gateway.PoolStats{Pending: uint64(len(p.entries))}
}

// PrepareBundle implements gateway.Pool.
func (p *Pool) PrepareBundle(_ context.Context, s *core.Skeleton) (gateway.Parking, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusal != nil {
		return gateway.Parking{}, p.refusal
	}
	parking := gateway.Parking{Commitment: s.Commitment(p.Genesis.NetworkID()), Skeleton: s, Legs: make([]common.Hash, len(s.Legs))}
	p.entries[parking.Commitment] = gateway.PoolEntry{Parking: &parking}
	return parking, nil
}
