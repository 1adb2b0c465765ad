package intents

import (
	"context"
	"log/slog"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Deps are the stages around a book, fitted together by package node.
type Deps struct {
	Genesis *core.Genesis
	// Zone is the one whose rollups the book's orders are on.
	Zone core.ZoneID
	// Settler is the address of the IntentSettler on the zone's rollups.
	Settler  common.Address
	Executor Executor
	Chains   Chains
	Pool     Pool
	// Metrics are shared by the books of a node.
	Metrics *Metrics
	Now     func() time.Time
	Logger  *slog.Logger
}

// Executor is the zone's execution.
type Executor interface {
	// Simulate executes a bundle on the newest executed state without side effects, within a bounded time. That it fails is
	// no error.
	Simulate(ctx context.Context, b core.DecodedBundle) (Simulation, error)
	// Next returns when a tick after this one is executed, with the newest one and its consensus time in ms. It fails with
	// ctx's error, or for good when the zone has stopped.
	Next(ctx context.Context, after uint64) (tick, timeMs uint64, err error)
	// Fate is what became of a bundle that was sent; ok is false while nothing has.
	Fate(ctx context.Context, bundle common.Hash) (fate Fate, ok bool, err error)
}

// Simulation is what would become of a bundle.
type Simulation struct {
	// Failure says in words for the solver why it would be void, with the leg; empty if it takes effect.
	Failure string
	// Leg is the index of the failing leg, -1 if there is none.
	Leg  int
	Legs []Leg
}

// Leg is what a bundle's leg logged.
type Leg struct {
	Rollup core.RollupID
	Logs   []*gethtypes.Log
}

// Fate is what became of a bundle. One that is neither ordered nor waiting has a Reason and no tick.
type Fate struct {
	// Included: all legs took effect, with these logs.
	Included bool
	Legs     []Leg
	Tick     uint64
	Reason   string
}

// Chains reads the executed state of the zone's rollups at its newest.
type Chains interface {
	// HasCode tells whether an account has code, be it a delegation (EIP-7702).
	HasCode(ctx context.Context, rollup core.RollupID, account common.Address) (bool, error)
	// Call calls a contract; ok is false if the call reverts.
	Call(ctx context.Context, rollup core.RollupID, to common.Address, data []byte) (result []byte, ok bool, err error)
}

// Pool takes winners.
type Pool interface {
	// SendBundle admits a bundle that a client brought; an error says why the pool refuses it.
	SendBundle(ctx context.Context, client string, b *core.Bundle) error
}
