package systems

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/test/bench/load"
)

// bundleLife is how long a bundle of a load may wait; a load is shorter.
const bundleLife = 5 * time.Minute

// Bundles is a load of bundles whose legs are transfers on EVM rollups, in turns.
type Bundles struct {
	*transfers
	door     string
	root     *client.Client
	legs     int
	prepared []*core.Bundle
	ends     map[common.Hash]int // the last leg of each
}

// Bundles is a load of bundles over all rollups of the zone that are sent to the gateway of one validator and watched at that of
// another. The caller closes it.
func (l *Lockstep) Bundles(ctx context.Context, senders, legs, from, to int) (*Bundles, error) {
	t, err := l.Transfers(ctx, len(l.Genesis.Zones[0].Rollups), senders, from, to)
	if err != nil {
		return nil, err
	}
	root, err := client.Dial(ctx, "ws://"+l.Doors[from])
	return &Bundles{transfers: t.transfers, door: t.door, root: root, legs: legs}, err
}

// Close ends the connections.
func (b *Bundles) Close() {
	b.transfers.Close()
	if b.root != nil {
		b.root.Close()
	}
}

// Levels implements load.Target.
func (b *Bundles) Levels() []load.Level {
	return []load.Level{load.Ordered, load.Executed, load.Attested}
}

// Prepare implements load.Target.
func (b *Bundles) Prepare(n int) error {
	if err := b.transfers.Prepare(n * b.legs); err != nil {
		return err
	}
	b.prepared, b.ends = make([]*core.Bundle, n), make(map[common.Hash]int, n)
	notAfter := uint64(time.Now().Add(bundleLife).UnixMilli())
	for i := range b.prepared {
		b.prepared[i] = &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: notAfter}
		for leg := range b.legs {
			raw, err := hexutil.Decode(b.transfers.prepared[i*b.legs+leg])
			if err != nil {
				return err
			}
			on, _ := b.at(i*b.legs + leg)
			b.prepared[i].Legs = append(b.prepared[i].Legs, core.Leg{Rollup: core.RollupID(b.chains[on].id.Uint64()), Tx: raw})
		}
	}
	for hash, i := range b.index {
		if i%b.legs == b.legs-1 {
			b.ends[hash] = i / b.legs
		}
	}
	return nil
}

// Send implements load.Target.
func (b *Bundles) Send(ctx context.Context, first, last int) error {
	for i := first; i < last; i++ {
		if _, err := b.root.SendBundle(ctx, b.prepared[i]); err != nil {
			return err
		}
	}
	return nil
}

// Follow implements load.Target.
func (b *Bundles) Follow(ctx context.Context, sink load.Sink) (func(), error) {
	return (&ticks{door: b.door, index: b.ends}).Follow(ctx, sink)
}
