package gateway

import (
	"context"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-network/lockstep/core"
)

// Deps are the stages behind the gateway, fitted together by package node.
type Deps struct {
	// Genesis says which rollups, zones and validators there are; its InForce follows what control entries change.
	Genesis *core.Genesis
	Pool    Pool
	Log     Log
	Index   Index
	Ledger  Ledger
	// Control is how the validators change the network; nil if this node takes no part in it.
	Control Control
	// Holders asks the validators who keeps what was sent here; nil if they are not asked.
	Holders Holders
	// Checkpoints are the complete ones that this node keeps.
	Checkpoints Checkpoints
	// Chains finds blocks that operators told; nil if this node does not look for them.
	Chains Chains
	// Reports finds what operators report of their lanes; nil if this node does not look for them.
	Reports Reports
	// Prover makes proofs; nil if this node makes none.
	Prover Prover
	// Zones holds the executor of every zone that this node executes, or will once a control entry forms it.
	Zones map[core.ZoneID]Zone
	// Decided is the newest tick that the network is known to have decided; nil for a node that decides itself. A gateway that
	// has it refuses answers that would be stale.
	Decided func() uint64
	// Intents is the book of orders; nil if this node keeps none.
	Intents Intents
	// Rollups is the API for nodes of rollups; nil if this node serves none.
	Rollups RollupAPI
	// Listener is the open port, see Listen; nil lets New open it.
	Listener net.Listener
	// Explorer serves /explorer and what is below; nil if this node has no explorer. It sets its own headers, limits its own
	// requests, and ends its streams when the node does.
	Explorer http.Handler
	// Snapshots serves /snapshots and what is below, for nodes that join; nil if this node has none. It limits its own work.
	Snapshots http.Handler
	// Metrics collects what /metrics shows; nil for a registry of the gateway's own.
	Metrics *prometheus.Registry
	// Now is the node's clock; nil for time.Now.
	Now func() time.Time
	// Version is the build's name, for lockstep_status.
	Version string
	Logger  *slog.Logger
}

// RollupAPI is another protocol on the same port.
type RollupAPI interface {
	http.Handler
	// Serves reports whether a path is one of its own.
	Serves(path string) bool
	// Close ends its streams, so that the port can be closed. It is idempotent.
	Close()
}

// Pool is where entries wait to be ordered. Its methods do not block for longer than a lock. What it refuses it refuses with
// a *Refusal or an error of package core; every other error is taken for a fault of the node.
type Pool interface {
	// AddSigned admits a transaction and keeps it: its sender is recovered once, for whoever has it. Nobody may change it.
	AddSigned(ctx context.Context, rollup core.RollupID, tx *gethtypes.Transaction) (common.Hash, error)
	// AddBundle admits a bundle and owns it from then on; the hash is its id. With a replacement, which may be nil, it takes
	// the place of the bundle with a lower nonce under the same signer and uuid.
	AddBundle(ctx context.Context, b *core.Bundle, r *core.Replacement) (common.Hash, error)
	// PrepareBundle remembers a bundle that is not signed yet, so that it is put together when its legs have come alone.
	PrepareBundle(ctx context.Context, s *core.Skeleton) (Parking, error)
	// CancelBundle takes back what waits under a signer and uuid, and blocks lower nonces. The hash is the id of the bundle
	// that left the pool, zero if none did.
	CancelBundle(ctx context.Context, c core.Cancellation) (common.Hash, error)
	// Lookup tells what the pool knows about a transaction hash or bundle id.
	Lookup(id common.Hash) PoolEntry
	// Dropped waits until something has left the pool without being ordered and lists it; more says that there may be
	// others. It has one caller at a time, misses nothing between two calls, and fails only with ctx's error.
	Dropped(ctx context.Context) (ids []common.Hash, more bool, err error)
	// Stats counts what is waiting.
	Stats() PoolStats
}

// PoolEntry is what the pool knows about an id.
type PoolEntry struct {
	// Waiting: the entry is in the pool.
	Waiting bool
	// Parked: the entry is a transaction that waits for an earlier nonce, a lower base fee, or the other legs of its bundle.
	Parked bool
	// Parking is what is known of the commitment that the id is, or that the transaction names which is or was parked.
	Parking *Parking
	// Bundle: the id is a bundle's.
	Bundle bool
	// Dropped says why the entry left the pool without being ordered; nil if it did not, or if nobody remembers. It is an
	// error of the kind that admission gives.
	Dropped error
}

// Parking is what the pool knows about a commitment.
type Parking struct {
	Commitment common.Hash
	// Skeleton is nil until somebody has prepared the bundle. It must not be changed.
	Skeleton *core.Skeleton
	// Legs are the transactions that came, by the skeleton's legs, zero where one is missing.
	Legs []common.Hash
	// Bundle is the bundle's id once it was put together or sent; zero before.
	Bundle common.Hash
	// Until is when what is parked is dropped.
	Until time.Time
}

// PoolStats counts the entries of the pool.
type PoolStats struct {
	// Pending transactions can be ordered now, queued ones wait for an earlier nonce.
	Pending uint64 `json:"pending"`
	Queued  uint64 `json:"queued"`
	Bundles uint64 `json:"bundles"`
	// Bytes is the size of all of them.
	Bytes uint64 `json:"bytes"`
}

// Log is the ordered log. What it returns is shared and must not be changed.
type Log interface {
	// Head is the number of the newest tick, 0 before tick 1.
	Head() uint64
	// Oldest is the number of the oldest tick that is kept, 1 until one is given up.
	Oldest() uint64
	// Record reads a tick's record. n is between the oldest and the head.
	Record(n uint64) (*core.TickRecord, error)
	// Decoded reads a tick decoded. n is between the oldest and the head.
	Decoded(n uint64) (*core.Tick, error)
	// Heard is a zone's newest result on which votes agree, one tick before the ledger has it; tick 0 before the first. It never goes
	// back, and is as durable as the tick that the votes decided.
	Heard(zone core.ZoneID) core.Attested
	// Wait returns when tick n is in the log, or with ctx's error.
	Wait(ctx context.Context, n uint64) error
}

// Index finds entries in the log, for as long as the log holds them.
type Index interface {
	// Places lists, ascending, every lane position at which a transaction was ordered; none is no error.
	Places(hash common.Hash) ([]core.Place, error)
	// BundlePlaces lists, ascending, every tick that ordered a bundle; none is no error.
	BundlePlaces(id common.Hash) ([]core.BundlePlace, error)
}

// Ledger tells what the validators have agreed on.
type Ledger interface {
	// Attested is a zone's newest attested result; its tick is 0 before the first.
	Attested(zone core.ZoneID) core.Attested
	// Lane is the head of a rollup's lane.
	Lane(rollup core.RollupID) core.LaneHead
}

// Checkpoints finds complete checkpoints. ok is false where there is none. What it returns is shared and must not be
// changed.
type Checkpoints interface {
	// Newest is the newest one, and Oldest the oldest one that is kept.
	Newest() (c *core.CompleteCheckpoint, ok bool, err error)
	Oldest() (c *core.CompleteCheckpoint, ok bool, err error)
	// OfSlot is that of a slot's first tick.
	OfSlot(slot uint64) (c *core.CompleteCheckpoint, ok bool, err error)
}

// Zone is the executor of one zone.
type Zone interface {
	// Executed is the newest tick whose outcomes are known; it goes back only when the zone re-executes.
	Executed() uint64
	// WaitExecuted returns when the tick's outcomes are known, with ctx's error, or with an error when the zone has
	// stopped for good.
	WaitExecuted(ctx context.Context, tick uint64) error
	// Agreed takes notice of the zone's newest attested result and gives back the newest attested tick at which the
	// zone's own result is the attested one. It never goes back; results of later ticks are this node's claim.
	Agreed(newest core.Attested) uint64
	// Shown is the newest tick that was executed before the zone began to execute again, at its start or after a wrong
	// result. While Executed is below it, answers would be older than those given before.
	Shown() uint64
	// Err says why the zone does not execute any more; nil while it does.
	Err() error
	// Fate is what was decided for a lane position; ok is false while nothing is.
	Fate(rollup core.RollupID, seq uint64) (fate Fate, ok bool, err error)
	// Simulate executes a bundle on the newest executed state without side effects. It stops when ctx ends.
	Simulate(ctx context.Context, b core.DecodedBundle) (Simulation, error)
	// Lane is the rollup's state after the newest executed tick.
	Lane(rollup core.RollupID) LaneState
}

// Fate is what was decided for a lane position.
type Fate struct {
	core.Outcome
	// Tick is the tick that decided it: the one that ordered it, or a later one after its lane was stopped.
	Tick uint64
	// Block and Index say where an included transaction stands in its rollup's chain; zero when void.
	Block uint64
	Index uint64
	// Reverted: included with receipt status 0.
	Reverted bool
	// GasUsed is that of an included transaction.
	GasUsed uint64
	// FailingLeg is the index of the leg because of which a bundle is void, -1 if there is none.
	FailingLeg int
	// Detail explains a void in go-ethereum's words; may be empty.
	Detail string
}

// LaneState is how far a zone has come with a rollup.
type LaneState struct {
	// Sealed and SealedHash name the newest sealed block.
	Sealed     uint64
	SealedHash common.Hash
	// FirstUnapplied is the first lane position that had no outcome when that block was sealed.
	FirstUnapplied uint64
}

// Simulation is what would become of a bundle if it were the next thing executed.
type Simulation struct {
	// Tick is the executed tick on whose state the bundle ran.
	Tick uint64
	// Success: no rule of bundles is broken and no leg fails the bundle.
	Success bool
	// Rule is the rule of ordering that refuses the bundle as it is now, such as an expired window; nil if none does. It is
	// an error of the kind that the pool gives.
	Rule error
	// Code is that of the failing leg, core.Included if none fails.
	Code core.OutcomeCode
	// FailingLeg is the index of the leg because of which the bundle would be void, -1 if there is none.
	FailingLeg int
	// Reason explains a failing leg for people.
	Reason string
	// Legs holds one row for each leg.
	Legs []SimulatedLeg
	// Assertions are those that were checked, in the order made.
	Assertions []SimulatedAssertion
}

// SimulatedAssertion is an assertion with what was found after the last leg.
type SimulatedAssertion struct {
	core.Assertion
	// Leg is the index of the leg that made it.
	Leg   int
	Holds bool
	// Found is what the slot has; zero if nothing can be read.
	Found common.Hash
	// Reason explains an assertion that does not hold.
	Reason string
}

// SimulatedLeg is what would become of a leg.
type SimulatedLeg struct {
	// Executed is false for the legs behind a failing one, and for all of a bundle that would be void before its first leg.
	Executed bool
	// Code is core.Included or the reason why the leg is void.
	Code core.OutcomeCode
	// Reverted: receipt status 0.
	Reverted bool
	GasUsed  uint64
	// ReturnData is what the call returned; of a reverted leg, the revert data.
	ReturnData []byte
	// Reason is the decoded revert reason or the explanation of the void.
	Reason string
	Logs   []*gethtypes.Log
	// Block is the number of the block that it was executed in, GasFees what it pays the block's fee recipient for gas above the base
	// fee, in wei, and CoinbaseDiff by how much that account's balance grew: the fees and what was sent to it. Nil if not executed.
	Block                 uint64
	GasFees, CoinbaseDiff *big.Int
}
