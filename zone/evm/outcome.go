package evm

import (
	"errors"

	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/vm"

	"github.com/lockstep-network/lockstep/core"
)

// errBadSignature stands for every reason why no sender can be recovered.
var errBadSignature = errors.New("invalid sender")

// refusals maps go-ethereum's reasons for not including a transaction to outcome codes. The order is that in which
// go-ethereum checks; no two rows match the same error.
var refusals = []struct {
	reason error
	code   core.OutcomeCode
}{
	{errBadSignature, core.VoidBadSignature},
	{gethcore.ErrNonceTooHigh, core.VoidNonceTooHigh},
	{gethcore.ErrNonceTooLow, core.VoidNonceTooLow},
	{gethcore.ErrNonceMax, core.VoidNonceMax},
	{gethcore.ErrGasLimitTooHigh, core.VoidGasAboveCap},
	{gethcore.ErrSenderNoEOA, core.VoidSenderNotEOA},
	{gethcore.ErrFeeCapVeryHigh, core.VoidFeeOverflow},
	{gethcore.ErrTipVeryHigh, core.VoidFeeOverflow},
	{gethcore.ErrTipAboveFeeCap, core.VoidTipAboveFeeCap},
	{gethcore.ErrFeeCapTooLow, core.VoidFeeCapTooLow},
	{gethcore.ErrTxTypeNotSupported, core.VoidTxType},
	{gethcore.ErrSetCodeTxCreate, core.VoidAuthorizations},
	{gethcore.ErrEmptyAuthList, core.VoidAuthorizations},
	{vm.ErrMaxInitCodeSizeExceeded, core.VoidInitCodeTooLarge},
	{gethcore.ErrInsufficientFunds, core.VoidInsufficientFunds},
	{gethcore.ErrGasUintOverflow, core.VoidGasOverflow},
	{gethcore.ErrIntrinsicGas, core.VoidIntrinsicGas},
	{gethcore.ErrFloorDataGas, core.VoidFloorDataGas},
	{gethcore.ErrInsufficientFundsForTransfer, core.VoidInsufficientFunds},
}

// outcomeOf finds the code of a refusal in go-ethereum's words; ok is false for a reason that is not in the table.
func outcomeOf(reason error) (code core.OutcomeCode, ok bool) {
	for _, row := range refusals {
		if errors.Is(reason, row.reason) {
			return row.code, true
		}
	}
	return 0, false
}
