package mempool

import (
	"errors"
	"fmt"
)

// Reasons for a refusal that Ethereum's wallets and libraries know. Their texts are go-ethereum's, without a stage
// prefix, because clients match them; a Refusal adds the values. Refusals by rules that hold for all nodes wrap core's
// errors instead (core.ErrTxType, core.ErrGasAboveCap, core.ErrProtectedAlone …), those by State.CheckGas its own.
var (
	// ErrAlreadyKnown: the pool holds the transaction or bundle, or it was ordered a moment ago.
	ErrAlreadyKnown = errors.New("already known")
	// ErrInvalidSender: no sender can be recovered from the signature.
	ErrInvalidSender = errors.New("invalid sender")
	// ErrNonceTooLow: the nonce is used, or taken by a transaction that is ordered.
	ErrNonceTooLow = errors.New("nonce too low")
	// ErrNonceMax: the nonce is 2^64-1 (EIP-2681).
	ErrNonceMax = errors.New("nonce has max value")
	// ErrInsufficientFunds: the balance does not cover the transaction, or all of the sender's transactions together.
	ErrInsufficientFunds = errors.New("insufficient funds for gas * price + value")
	// ErrFeeCapVeryHigh: a fee cap above 2^256-1.
	ErrFeeCapVeryHigh = errors.New("max fee per gas higher than 2^256-1")
	// ErrTipVeryHigh: a priority fee above 2^256-1.
	ErrTipVeryHigh = errors.New("max priority fee per gas higher than 2^256-1")
	// ErrTipAboveFeeCap: the priority fee is above the fee cap (EIP-1559).
	ErrTipAboveFeeCap = errors.New("max priority fee per gas higher than max fee per gas")
	// ErrFeeCapTooLow: the fee cap is below the base fee of the open or next block.
	ErrFeeCapTooLow = errors.New("max fee per gas less than block base fee")
	// ErrReplaceUnderpriced: fee cap or priority fee is not high enough above the one to be replaced.
	ErrReplaceUnderpriced = errors.New("replacement transaction underpriced")
	// ErrAccountLimitExceeded: the sender holds as many transactions, bytes or gaps as one sender may.
	ErrAccountLimitExceeded = errors.New("account limit exceeded")
	// ErrEmptyAuthList: a set code transaction (EIP-7702) without authorizations.
	ErrEmptyAuthList = errors.New("set code tx must have at least one authorization tuple")
	// ErrInflightTxLimitReached: a delegated account, or one with an authorization on its way, has a transaction already.
	ErrInflightTxLimitReached = errors.New("in-flight transaction limit reached for delegated accounts")
	// ErrOutOfOrderTxFromDelegated: such an account's transaction would have to wait for an earlier nonce.
	ErrOutOfOrderTxFromDelegated = errors.New("gapped-nonce tx from delegated accounts")
	// ErrAuthorityReserved: an authorization is of an account that has more than one transaction in the pool.
	ErrAuthorityReserved = errors.New("authority already reserved")
	// ErrFull: no room in the pool or in the rollup's share of it.
	ErrFull = errors.New("txpool is full")
)

// Reasons of Lockstep's own.
var (
	// ErrReplaced: the sender replaced the transaction, or the signer the bundle.
	ErrReplaced = errors.New("mempool: replaced")
	// ErrCancelled: the bundle's signer cancelled it.
	ErrCancelled = errors.New("mempool: cancelled")
	// ErrReplacementNonce: the line has seen this nonce, with something else, or a higher one.
	ErrReplacementNonce = errors.New("mempool: nonce of the replacement is not above that of its line")
	// ErrAlreadyOrdered: a bundle of the line is ordered, so that nothing can take its place.
	ErrAlreadyOrdered = errors.New("mempool: already ordered")
	// ErrWaitedTooLong: a missing nonce did not come, or the base fee did not fall, within Config.Lifetime.
	ErrWaitedTooLong = errors.New("mempool: waited too long")
	// ErrLegNonces: legs of one sender do not have consecutive nonces in the bundle's order, so they could never all run.
	ErrLegNonces = errors.New("mempool: legs of one sender need consecutive nonces")
	// ErrParentTickAhead: parentTick is too many ticks after the newest one.
	ErrParentTickAhead = errors.New("mempool: parentTick is too far ahead")
	// ErrSkeleton: the transaction names the commitment of a prepared bundle and is none of its legs.
	ErrSkeleton = errors.New("mempool: not a leg of the prepared bundle")
	// ErrParkedTooLong: the bundle of a protected transaction that came alone was not complete in time.
	ErrParkedTooLong = errors.New("mempool: its bundle was not complete in time")
	// ErrQuota: the client has too many bundles under way, or too many of them had no effect; the text says when to try again.
	ErrQuota = errors.New("mempool: too many of this client's bundles")
	// ErrState: the executed state could not be read; the caller may try again.
	ErrState = errors.New("mempool: state not available")
	// ErrBusy: the gossip queue is full; the caller may try again.
	ErrBusy = errors.New("mempool: busy")
	// ErrConfig: the configuration is not usable.
	ErrConfig = errors.New("mempool: invalid config")
)

// Refusal says why an entry is not admitted, or left the pool without being ordered.
type Refusal struct {
	// Cause is one of this package's errors, or one of core's.
	Cause error
	// Field is the path of the offending field of a bundle, such as "legs[1].tx"; may be empty.
	Field string
	// Detail follows the cause, in go-ethereum's words where there are any ("next nonce 5, tx nonce 3"); may be empty.
	Detail string
}

// Error is "field: cause: detail".
func (r *Refusal) Error() string {
	text := r.Cause.Error()
	if r.Field != "" {
		text = r.Field + ": " + text
	}
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	return text
}

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

func refuse(cause error, format string, args ...any) *Refusal {
	return &Refusal{Cause: cause, Detail: fmt.Sprintf(format, args...)}
}

// inLeg adds the leg to what is wrong with it.
func inLeg(i int, err error) error {
	field := fmt.Sprintf("legs[%d].tx", i)
	var r *Refusal
	if errors.As(err, &r) {
		return &Refusal{Cause: r.Cause, Field: field, Detail: r.Detail}
	}
	return fmt.Errorf("%s: %w", field, err)
}
