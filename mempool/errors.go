package mempool

import "errors"

// Reasons for a refusal that Ethereum's wallets and libraries know. Their texts are go-ethereum's, without a stage
// prefix, because clients match them; errors that wrap them add the values. Refusals by rules that hold for all nodes
// wrap core's errors instead (core.ErrProtectedAlone, core.ErrUnknownRollup, core.ErrWrongChainID …).
var (
	// ErrAlreadyKnown: the pool holds the transaction or bundle, or it was ordered a moment ago.
	ErrAlreadyKnown = errors.New("already known")
	// ErrInvalidSender: no sender can be recovered from the signature.
	ErrInvalidSender = errors.New("invalid sender")
	// ErrTxType: the transaction type is not admitted.
	ErrTxType = errors.New("transaction type not supported")
	// ErrOversizedData: the transaction is larger than params.maxTxBytes.
	ErrOversizedData = errors.New("oversized data")
	// ErrGasLimitTooHigh: the gas limit is above params.maxTxGas (EIP-7825).
	ErrGasLimitTooHigh = errors.New("transaction gas limit too high")
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
	// ErrFull: no room in the pool or in the rollup's share of it.
	ErrFull = errors.New("txpool is full")
)

// Reasons of Lockstep's own.
var (
	// ErrKind: transactions of this kind of rollup are not taken by the pool.
	ErrKind = errors.New("mempool: rollup kind takes no transactions here")
	// ErrLegNonces: legs of one sender do not have consecutive nonces in the bundle's order, so they could never all run.
	ErrLegNonces = errors.New("mempool: legs of one sender need consecutive nonces")
	// ErrState: the executed state could not be read; the caller may try again.
	ErrState = errors.New("mempool: state not available")
	// ErrBusy: the gossip queue is full; the caller may try again.
	ErrBusy = errors.New("mempool: busy")
	// ErrConfig: the configuration is not usable.
	ErrConfig = errors.New("mempool: invalid config")
)
