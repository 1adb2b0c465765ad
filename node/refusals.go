package node

import (
	"errors"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// refusalCauses translates what the pool, or the rollup's fork for the pool, refuses into the gateway's own errors.
// Errors of package core need no translation.
var refusalCauses = []struct{ pool, cause error }{
	{mempool.ErrAlreadyKnown, gateway.ErrAlreadyKnown},
	{mempool.ErrInvalidSender, gateway.ErrBadSignature},
	{mempool.ErrNonceTooLow, gateway.ErrNonceTooLow},
	{mempool.ErrNonceMax, gateway.ErrNonceMax},
	{mempool.ErrInsufficientFunds, gateway.ErrInsufficientFunds},
	{mempool.ErrFeeCapVeryHigh, gateway.ErrFeeCapVeryHigh},
	{mempool.ErrTipVeryHigh, gateway.ErrTipVeryHigh},
	{mempool.ErrTipAboveFeeCap, gateway.ErrTipAboveFeeCap},
	{mempool.ErrFeeCapTooLow, gateway.ErrFeeTooLow},
	{mempool.ErrReplaceUnderpriced, gateway.ErrReplacement},
	{mempool.ErrAccountLimitExceeded, gateway.ErrAccountLimit},
	{mempool.ErrEmptyAuthList, gateway.ErrEmptyAuthList},
	{mempool.ErrInflightTxLimitReached, gateway.ErrInflightTxLimit},
	{mempool.ErrOutOfOrderTxFromDelegated, gateway.ErrDelegatedGap},
	{mempool.ErrAuthorityReserved, gateway.ErrAuthorityReserved},
	{mempool.ErrFull, gateway.ErrPoolFull},
	{mempool.ErrQuota, gateway.ErrQuota},
	{mempool.ErrReplaced, gateway.ErrReplaced},
	{mempool.ErrCancelled, gateway.ErrCancelled},
	{mempool.ErrReplacementNonce, gateway.ErrReplacementNonce},
	{mempool.ErrAlreadyOrdered, gateway.ErrAlreadyOrdered},
	{mempool.ErrWaitedTooLong, gateway.ErrWaitedTooLong},
	{mempool.ErrSkeleton, gateway.ErrSkeleton},
	{mempool.ErrParkedTooLong, gateway.ErrParkedTooLong},
	{mempool.ErrParentTickAhead, gateway.ErrParentTickAhead},
	{mempool.ErrLegNonces, gateway.ErrLegNonces},
	{mempool.ErrBusy, gateway.ErrBusy},
	{evm.ErrIntrinsicGas, gateway.ErrIntrinsicGas},
	{evm.ErrFloorDataGas, gateway.ErrFloorDataGas},
	{evm.ErrGasOverflow, gateway.ErrGasOverflow},
	{evm.ErrGasLimitTooHigh, core.ErrGasAboveCap},
	{evm.ErrInitCodeTooLarge, gateway.ErrInitCodeTooLarge},
}

// refusal translates an error of the pool for clients; others stay as they are.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	var refused *mempool.Refusal
	if !errors.As(err, &refused) {
		refused = &mempool.Refusal{Cause: err}
	}
	for _, row := range refusalCauses {
		if errors.Is(refused.Cause, row.pool) {
			detail := refused.Detail
			if detail == "" && refused.Cause != row.pool { //nolint:errorlint // whether something is wrapped around it
				detail = refused.Cause.Error() // go-ethereum's words with what follows them
			}
			return &gateway.Refusal{Cause: row.cause, Field: refused.Field, Detail: detail}
		}
	}
	return err
}
