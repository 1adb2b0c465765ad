package core

import "errors"

// Why an entry may not be ordered. These are the stateless rules of ARCHITECTURE.md §4, which hold at every door; errors
// that wrap them name the field and the values.
var (
	// ErrUnknownRollup: the rollup is not in the registry. UnknownRollupError wraps it.
	ErrUnknownRollup = errors.New("core: unknown rollup")
	// ErrGasAboveCap: the gas limit exceeds params.maxTxGas, or those of a bundle's legs together
	// params.bundleGasCapacity, so that no tick could ever hold it.
	ErrGasAboveCap = errors.New("core: gas limit above the cap")
	// ErrProtectedAlone: the access list names the predeploy, and the transaction is not a leg of an execution bundle.
	ErrProtectedAlone = errors.New("core: a transaction whose access list names the Lockstep predeploy may only be a leg of an execution bundle")
	// ErrProtectedKeys: under the predeploy stands no key, or another one than the marker and the bundle's commitment.
	ErrProtectedKeys = errors.New("core: storage keys under the Lockstep predeploy must be the marker or the bundle's non-zero commitment")
	// ErrAtomicity: the bundle's atomicity is neither execution nor inclusion.
	ErrAtomicity = errors.New("core: unknown atomicity")
	// ErrNoLegs: the bundle has no legs.
	ErrNoLegs = errors.New("core: bundle without legs")
	// ErrTooManyLegs: the bundle has more legs than params.maxBundleLegs.
	ErrTooManyLegs = errors.New("core: too many legs")
	// ErrDuplicateLeg: a transaction is a leg of the bundle twice.
	ErrDuplicateLeg = errors.New("core: the same transaction is a leg twice")
	// ErrNoCommonZone: the legs of an execution bundle are not all on `evm` rollups of one zone.
	ErrNoCommonZone = errors.New("core: the legs of an execution bundle must be on evm rollups of one zone")
	// ErrParentTick: parentTick is set in an inclusion bundle, whose legs do not depend on each other's state.
	ErrParentTick = errors.New("core: only an execution bundle may have a parentTick")
	// ErrParentTickPassed: the tick after parentTick is ordered, so that the bundle fits nowhere any more.
	ErrParentTickPassed = errors.New("core: the tick after parentTick has passed")
	// ErrBid: bid is set, which is reserved.
	ErrBid = errors.New("core: bid is reserved and must be zero")
	// ErrWindowInverted: notBefore is after notAfter.
	ErrWindowInverted = errors.New("core: notBefore is after notAfter")
	// ErrExpired: the consensus time is after notAfter, or notAfter is missing.
	ErrExpired = errors.New("core: bundle has expired")
	// ErrTooEarly: the consensus time is before notBefore. Nothing else is wrong with a bundle refused for this.
	ErrTooEarly = errors.New("core: bundle is too early")
	// ErrWindowTooLong: notAfter is more than params.maxBundleWindow after the consensus time.
	ErrWindowTooLong = errors.New("core: notAfter is too far away")
	// ErrNoOperator: the rollup has no operator who could say something about its chain.
	ErrNoOperator = errors.New("core: no operator of this rollup is registered")
	// ErrOperatorSignature: a block or a report is not signed by the operator in the registry.
	ErrOperatorSignature = errors.New("core: not signed by the rollup's operator")
	// ErrChainOrder: a block does not follow the one before it in the lane.
	ErrChainOrder = errors.New("core: block does not follow the one before")
	// ErrReport: what a report says about the lane cannot be.
	ErrReport = errors.New("core: report does not fit the lane")
)

// Unwrap makes the error match ErrUnknownRollup.
func (e *UnknownRollupError) Unwrap() error { return ErrUnknownRollup }
