package zone

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// Engine executes one rollup: its sealed chain and the one open block on top of it. It is the seam to go-ethereum
// (package zone/evm). The zone calls it from one goroutine at a time; engines of different rollups run in parallel.
// Every error is a broken invariant (bad disk, corrupt state) and halts the zone; a bad transaction is never an error.
type Engine interface {
	// Head is the newest sealed block.
	Head() SealedBlock
	// Open begins the block after Head with this timestamp in seconds, which is above Head's.
	Open(timestamp uint64) error
	// Apply executes a single between snapshots of state and gas pool: on a void or NoRoom result nothing is changed.
	Apply(tx core.Transaction) (Execution, error)
	// Attempt begins a scratch execution on top of the open block for the legs of one bundle. At most one at a time.
	Attempt() Attempt
	// Scratch begins a scratch execution on the newest published view, for simulation. It is safe to call from any
	// goroutine, ends with Drop only, and stops executing when ctx ends (Apply then returns ctx's error).
	Scratch(ctx context.Context) (Attempt, error)
	// EndTick publishes what was applied since the last EndTick to readers (RPC, pool) as one immutable view, and
	// returns the MPT root of the receipts made since then (gethtypes.EmptyReceiptsHash of none).
	EndTick(tick uint64) (receiptsRoot common.Hash, err error)
	// Seal closes the open block with these 16 bytes of header.Extra and makes it the new Head. A process that is killed finds it
	// again, or the block before.
	Seal(extra []byte) (SealedBlock, error)
	// Sync makes what was sealed before the call survive a kill and the loss of power. It may be called while the next block is executed.
	Sync() error
	// Rewind drops the open block and every sealed block above number; the views follow.
	Rewind(number uint64) error
	// Sealed finds a sealed block of the canonical chain by number.
	Sealed(number uint64) (SealedBlock, bool)
}

// Attempt is a bundle's scratch execution on one rollup. Exactly one of Merge and Drop ends it.
type Attempt interface {
	// Apply executes a leg on top of the legs before it, as Engine.Apply does.
	Apply(tx core.Transaction) (Execution, error)
	// Storage reads a storage slot after the legs so far; code says whether the account has any: a contract's, or a
	// delegation (EIP-7702).
	Storage(account common.Address, slot common.Hash) (value common.Hash, code bool, err error)
	// Merge makes all legs part of the open block.
	Merge() error
	// Drop forgets all legs.
	Drop()
}

// SealedBlock names a sealed block.
type SealedBlock struct {
	Number uint64
	Hash   common.Hash
	// Time is the block's timestamp in seconds.
	Time uint64
	// Extra is header.Extra: next tick and first unapplied seq, 8 bytes each, big-endian; empty in the genesis block.
	Extra []byte
}

// Execution is what became of one transaction.
type Execution struct {
	// Code is core.Included or the reason why it is void.
	Code core.OutcomeCode
	// NoRoom: the gas left in the block or the block's size does not allow it now; Code says nothing then.
	NoRoom bool
	// Reverted: included with receipt status 0.
	Reverted bool
	// GasUsed, ReturnData and Logs are those of the execution; ReturnData of a reverted one is the revert data.
	GasUsed    uint64
	ReturnData []byte
	Logs       []*gethtypes.Log
	// ReceiptHash is keccak256 of the receipt's consensus encoding; zero when void.
	ReceiptHash common.Hash
	// Detail explains a void for people, in go-ethereum's words; it is not part of any hash.
	Detail string
}
