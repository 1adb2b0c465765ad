package gatewaytest

import (
	"context"
	"errors"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// ErrStopped is what a stopped zone answers.
var ErrStopped = errors.New("gatewaytest: zone stopped")

type position struct {
	rollup core.RollupID
	seq    uint64
}

// Zone is an executor that decides what the test says.
type Zone struct {
	// OnSimulate answers Simulate.
	OnSimulate func(context.Context, core.DecodedBundle) (gateway.Simulation, error)

	mu       sync.Mutex
	grown    chan struct{}
	executed uint64
	stopped  bool
	agreed   uint64
	disputed bool
	shown    uint64
	fates    map[position]gateway.Fate
}

// NewZone makes a zone that has executed nothing.
func NewZone() *Zone {
	return &Zone{grown: make(chan struct{}), fates: make(map[position]gateway.Fate)}
}

// Included is the fate of an included transaction.
func Included(rollup core.RollupID, seq uint64, tx core.Transaction) gateway.Fate {
	return gateway.Fate{
		Outcome: core.Outcome{Rollup: rollup, Seq: seq, TxHash: tx.Hash(), ReceiptHash: common.Hash{31: 1}},
		Block:   7, Index: seq, GasUsed: 21000, FailingLeg: -1,
	}
}

// Void is the fate of a void one.
func Void(rollup core.RollupID, seq uint64, tx core.Transaction, code core.OutcomeCode, detail string) gateway.Fate {
	return gateway.Fate{
		Outcome:    core.Outcome{Rollup: rollup, Seq: seq, TxHash: tx.Hash(), Code: code},
		FailingLeg: -1, Detail: detail,
	}
}

// InBundle makes the fate that of a leg.
func InBundle(f gateway.Fate, bundle common.Hash) gateway.Fate {
	f.Bundle = bundle
	return f
}

// Decide executes a tick: these are its outcomes.
func (z *Zone) Decide(tick uint64, fates ...gateway.Fate) {
	z.mu.Lock()
	defer z.mu.Unlock()
	for _, f := range fates {
		f.Tick = tick
		z.fates[position{f.Rollup, f.Seq}] = f
	}
	z.executed = tick
	z.announce()
}

// Stop ends the zone for good.
func (z *Zone) Stop() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.stopped = true
	z.announce()
}

func (z *Zone) announce() {
	close(z.grown)
	z.grown = make(chan struct{})
}

// Executed implements gateway.Zone.
func (z *Zone) Executed() uint64 {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.executed
}

// WaitExecuted implements gateway.Zone.
func (z *Zone) WaitExecuted(ctx context.Context, tick uint64) error {
	for {
		z.mu.Lock()
		executed, stopped, grown := z.executed, z.stopped, z.grown
		z.mu.Unlock()
		switch {
		case executed >= tick:
			return nil
		case stopped:
			return ErrStopped
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Dispute makes the zone's results of all ticks from now on differ from the attested ones.
func (z *Zone) Dispute() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.disputed = true
}

// Rebuild takes the zone back to the end of a tick: it has to decide all later ones again.
func (z *Zone) Rebuild(tick uint64) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.shown = max(z.shown, z.executed)
	z.executed, z.disputed = tick, false
	for p, f := range z.fates {
		if f.Tick > tick {
			delete(z.fates, p)
		}
	}
}

// Agreed implements gateway.Zone.
func (z *Zone) Agreed(newest core.Attested) uint64 {
	z.mu.Lock()
	defer z.mu.Unlock()
	if !z.disputed && newest.Tick <= z.executed {
		z.agreed = max(z.agreed, newest.Tick)
	}
	return z.agreed
}

// Shown implements gateway.Zone.
func (z *Zone) Shown() uint64 {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.shown
}

// Err implements gateway.Zone.
func (z *Zone) Err() error {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.stopped {
		return ErrStopped
	}
	return nil
}

// Fate implements gateway.Zone.
func (z *Zone) Fate(rollup core.RollupID, seq uint64) (gateway.Fate, bool, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	f, ok := z.fates[position{rollup, seq}]
	return f, ok, nil
}

// Simulate implements gateway.Zone.
func (z *Zone) Simulate(ctx context.Context, b core.DecodedBundle) (gateway.Simulation, error) {
	return z.OnSimulate(ctx, b)
}

// Lane implements gateway.Zone.
func (z *Zone) Lane(core.RollupID) gateway.LaneState {
	return gateway.LaneState{Sealed: 6, SealedHash: common.Hash{31: 6}}
}
