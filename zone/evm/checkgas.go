package evm

import (
	"fmt"

	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/holiman/uint256"
)

// What CheckGas finds, as go-ethereum's own errors.
var (
	ErrIntrinsicGas     = gethcore.ErrIntrinsicGas
	ErrFloorDataGas     = gethcore.ErrFloorDataGas
	ErrGasOverflow      = gethcore.ErrGasUintOverflow
	ErrInitCodeTooLarge = vm.ErrMaxInitCodeSizeExceeded
	ErrGasLimitTooHigh  = gethcore.ErrGasLimitTooHigh
)

// CheckGas checks what depends on the rollup's fork and not on its state: the gas limit against the intrinsic gas and
// the calldata floor (EIP-7623), and the size of init code (EIP-3860). The sender must be recoverable. Errors wrap
// those above. It is safe to call from any goroutine.
func (c *Chain) CheckGas(tx *gethtypes.Transaction) error {
	view := c.View()
	return checkGas(c.config.Rules(view.Sealed.Number, true, view.Sealed.Time), c.signer, tx)
}

// maxGasOfOthers is the cap of a transaction's gas limit (EIP-7825).
const maxGasOfOthers = 1 << 24

// CheckGasOfOthers is CheckGas for a transaction of a chain that is executed elsewhere, by the rules of Osaka, which the fork Karst of
// the OP Stack has: what passes them passes those of earlier forks.
func CheckGasOfOthers(tx *gethtypes.Transaction) error {
	if tx.Gas() > maxGasOfOthers {
		return fmt.Errorf("%w (cap: %d, tx: %d)", ErrGasLimitTooHigh, maxGasOfOthers, tx.Gas())
	}
	return checkGas(params.Rules{
		IsHomestead: true, IsEIP150: true, IsEIP155: true, IsEIP158: true, IsByzantium: true, IsConstantinople: true, IsPetersburg: true, IsIstanbul: true,
		IsBerlin: true, IsLondon: true, IsMerge: true, IsShanghai: true, IsCancun: true, IsPrague: true, IsOsaka: true,
	}, gethtypes.LatestSignerForChainID(tx.ChainId()), tx)
}

func checkGas(rules params.Rules, signer gethtypes.Signer, tx *gethtypes.Transaction) error {
	from, err := gethtypes.Sender(signer, tx)
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if tx.To() == nil {
		if err := vm.CheckMaxInitCodeSize(&rules, uint64(len(tx.Data()))); err != nil {
			return err
		}
	}
	value, overflow := uint256.FromBig(tx.Value())
	if overflow {
		return gethcore.ErrInsufficientFunds
	}
	intrinsic, err := gethcore.IntrinsicGas(tx.Data(), tx.AccessList(), tx.SetCodeAuthorizations(), from, tx.To(), value, rules)
	if err != nil {
		return err
	}
	if tx.Gas() < intrinsic {
		return fmt.Errorf("%w: gas %d, minimum needed %d", ErrIntrinsicGas, tx.Gas(), intrinsic)
	}
	floor, err := gethcore.FloorDataGas(rules, from, tx.To(), value, tx.Data(), tx.AccessList())
	if err != nil {
		return err
	}
	if tx.Gas() < floor {
		return fmt.Errorf("%w: gas %d, minimum needed %d", ErrFloorDataGas, tx.Gas(), floor)
	}
	return nil
}
