package evm

import (
	"errors"
	"fmt"
)

// All errors of this package halt the zone (or refuse to open it): a bad transaction is never an error.
var (
	// ErrConfig: the rollup cannot be executed as it is registered.
	ErrConfig = errors.New("zone/evm: invalid rollup")
	// ErrOtherGenesis: the folder holds the chain of another network, rollup or genesis.
	ErrOtherGenesis = errors.New("zone/evm: folder holds another chain")
	// ErrFolderInUse: another process has the folder open.
	ErrFolderInUse = errors.New("zone/evm: folder is in use by another process")
	// ErrState: the state cannot be read or was left inconsistent. The executor must stop.
	ErrState = errors.New("zone/evm: broken state")
	// ErrUnknownReason: go-ethereum refused a transaction for a reason that has no outcome code.
	ErrUnknownReason = errors.New("zone/evm: refusal without an outcome code")
	// ErrForeign: the transaction is not one of this rollup's.
	ErrForeign = errors.New("zone/evm: transaction of another rollup")
	// ErrNoOpenBlock: the call needs an open block.
	ErrNoOpenBlock = errors.New("zone/evm: no block is open")
	// ErrBlockOpen: a block is open already.
	ErrBlockOpen = errors.New("zone/evm: a block is open already")
	// ErrAttemptOpen: the call has to wait until the running attempt is merged or dropped.
	ErrAttemptOpen = errors.New("zone/evm: an attempt is running")
	// ErrAttemptOver: the attempt was merged or dropped already.
	ErrAttemptOver = errors.New("zone/evm: the attempt is over")
	// ErrScratchMerge: a scratch execution on a view is for simulation and cannot be merged.
	ErrScratchMerge = errors.New("zone/evm: a scratch execution cannot be merged")
	// ErrTimestamp: a block's timestamp must be above that of its parent.
	ErrTimestamp = errors.New("zone/evm: timestamp not above the parent's")
	// ErrUnknownBlock: there is no sealed block of that number.
	ErrUnknownBlock = errors.New("zone/evm: unknown block")
	// ErrSeal: the open block could not be made a sealed one.
	ErrSeal = errors.New("zone/evm: seal")
	// ErrCopy: what should be a copy of a chain is damaged, forged, or a copy of another one.
	ErrCopy = errors.New("zone/evm: not a copy of the chain")
)

// haltOnPanic turns a panic outside a transaction's execution into ErrState: the executor stops, the process that also
// orders goes on.
func haltOnPanic(err *error, doing string) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("%w: panic while trying to %s: %v", ErrState, doing, value)
	}
}
