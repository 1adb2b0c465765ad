package mempool

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
)

// maxDropsTold bounds the ids that wait for a call of Drops.
const maxDropsTold = 1 << 12

// Drops is what left the pool without being ordered, for those who wait for it.
type Drops struct {
	// IDs are transaction hashes and bundle ids; Find says why each of them left.
	IDs []common.Hash
	// More says that there were too many to list: anything may have left.
	More bool
}

// drops collects what Drops gives out. signal has room for one and is filled whenever something is there.
type drops struct {
	told   Drops
	signal chan struct{}
}

func newDrops() drops { return drops{signal: make(chan struct{}, 1)} }

// note never blocks: when the reader is behind, it stops listing.
func (d *drops) note(id common.Hash) {
	if len(d.told.IDs) < maxDropsTold {
		d.told.IDs = append(d.told.IDs, id)
	} else {
		d.told.More = true
	}
	select {
	case d.signal <- struct{}{}:
	default:
	}
}

// Drops waits until something has left the pool without being ordered, and gives back all that did since the last call,
// or since the start. It is for one reader; the only error is ctx's.
func (p *Pool) Drops(ctx context.Context) (Drops, error) {
	select {
	case <-p.drops.signal:
	case <-ctx.Done():
		return Drops{}, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.drops.told
	p.drops.told = Drops{}
	return told, nil
}

// noteDrop remembers why something left the pool and tells whoever waits for it.
func (p *Pool) noteDrop(id common.Hash, reason error) {
	p.reasons.put(id, reason)
	p.drops.note(id)
}
