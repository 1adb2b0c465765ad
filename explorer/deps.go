package explorer

import (
	"context"
	"fmt"
	"log/slog"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Deps are what the explorer reads, fitted together by package node. All but Now and Measured are required.
type Deps struct {
	Genesis *core.Genesis
	Log     Log
	Ledger  Ledger
	// Zones holds the zones that this node executes, Chains their `evm` rollups.
	Zones  map[core.ZoneID]Zone
	Chains map[core.RollupID]Chain
	RPC    RPC
	// Pool counts what waits to be ordered. It does not block for longer than a lock.
	Pool func() PoolState
	// Measured, if not nil, hears how long entries of this node's clients took to each level. It does not block.
	Measured func(level core.Level, took time.Duration)
	// Dir is the index's own folder.
	Dir string
	// Now is the node's clock; nil for time.Now.
	Now     func() time.Time
	Version string
	Logger  *slog.Logger
}

func (d *Deps) validate() error {
	if d.Genesis == nil || d.Log == nil || d.Ledger == nil || d.RPC == nil || d.Pool == nil || d.Dir == "" || d.Logger == nil {
		return fmt.Errorf("%w: genesis, log, ledger, rpc, pool, dir and logger are required", ErrConfig)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return nil
}

// Log is the ordered log. What it returns is shared and must not be changed.
type Log interface {
	// Oldest and Head bound the ticks that are kept; Head is 0 before tick 1.
	Oldest() uint64
	Head() uint64
	// Tick reads a tick with its record.
	Tick(n uint64) (*core.TickRecord, *core.Tick, error)
	// Wait returns when tick n is in the log, or with an error when ctx or the log ends.
	Wait(ctx context.Context, n uint64) error
	LaneReader
}

// LaneReader finds entries in the log.
type LaneReader interface {
	// Lane reads up to max positions of a lane from seq on, fewer at its end. ErrPruned says that seq is older than what is
	// kept; LaneStart is the first position that is.
	Lane(rollup core.RollupID, seq uint64, max int) ([]core.LaneEntry, error)
	LaneStart(rollup core.RollupID) (uint64, error)
	// Places lists where a transaction was ordered, BundlePlaces where a bundle was.
	Places(hash common.Hash) ([]core.Place, error)
	BundlePlaces(id common.Hash) ([]core.BundlePlace, error)
}

// Ledger tells what the validators have agreed on.
type Ledger interface {
	Attested(zone core.ZoneID) core.Attested
	LaneHead(rollup core.RollupID) core.LaneHead
	// Validators are those of the current set.
	Validators() []core.Validator
	// Equivocated is the first tick that brought evidence of a validator's double signing, zero if none did.
	Equivocated(validator common.Address) uint64
}

// Zone is the executor of one zone.
type Zone interface {
	Executed() uint64
	// Agreed is the newest attested tick at which the zone's own result is the attested one. It never goes back.
	Agreed() uint64
	// Err says why the zone does not execute any more; nil while it does.
	Err() error
	// Fate is what was decided for a lane position; ok is false while nothing is.
	Fate(rollup core.RollupID, seq uint64) (fate Fate, ok bool, err error)
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

// Result is what a zone made of a tick.
type Result struct {
	Zone core.ZoneID
	Tick uint64
	// Outcomes are those decided in the tick, ascending by rollup and per rollup in the order decided.
	Outcomes []Fate
	// Rollups are what the result commits to.
	Rollups []core.RollupResult
	// Sealed are the blocks that the tick sealed; none for most ticks.
	Sealed []Sealed
}

// Sealed names a sealed block.
type Sealed struct {
	Rollup core.RollupID
	Number uint64
	Hash   common.Hash
}

// Chain is an `evm` rollup. What it returns is shared and must not be changed.
type Chain interface {
	// Newest names the newest sealed block; Safe is the newest one that is attested, if one is.
	Newest() Sealed
	Safe() (number uint64, ok bool)
	// Block is a sealed block, nil if there is none of that number; BlockByHash likewise.
	Block(number uint64) *gethtypes.Block
	BlockByHash(hash common.Hash) *gethtypes.Block
	// Receipt is the receipt of an included transaction, nil if the chain does not have it (any more).
	Receipt(block, index uint64, tx common.Hash) *gethtypes.Receipt
	StateReader
}

// StateReader reads the newest executed state of a rollup.
type StateReader interface {
	Account(address common.Address) (Account, error)
	// BaseFee is what a transaction must pay now, in wei; the caller owns it.
	BaseFee() *big.Int
}

// Account is an account of an `evm` rollup.
type Account struct {
	Balance *big.Int
	Nonce   uint64
	// Code is empty for an account without.
	Code []byte
}

// RPC asks the gateway's own endpoints.
type RPC interface {
	// Network calls a method of the network's endpoint.
	Network(ctx context.Context, result any, method string, args ...any) error
}
