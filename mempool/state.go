package mempool

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// State is the newest executed state of the `evm` rollups of this node's zones. It is called from any goroutine, also
// while the pool is locked, so it must neither block nor call the pool. The caller owns what is returned.
type State interface {
	// Account reads nonce and balance, and whether the account has code: a delegation (EIP-7702) or a contract's. An
	// account that does not exist has none of them.
	Account(rollup core.RollupID, addr common.Address) (nonce uint64, balance *uint256.Int, code bool, err error)
	// BaseFee is that of the open block or, if none is open, of the next one.
	BaseFee(rollup core.RollupID) *big.Int
	// CheckGas checks what depends on the rollup's fork and not on its state: intrinsic gas, the calldata floor
	// (EIP-7623) and the size of init code (EIP-3860). The sender of tx is recovered. Errors are go-ethereum's. It is asked about
	// rollups of kind opstack too, by the rules of the newest fork that their chains can have.
	CheckGas(rollup core.RollupID, tx *gethtypes.Transaction) error
}

// Progress is an optional ability of a State. Without it the pool takes everything in an executed tick as applied and
// would, while a lane is stopped by full blocks, believe that what waits in the lane had no effect.
type Progress interface {
	// FirstUnapplied is the first position of the rollup's lane that has no outcome yet.
	FirstUnapplied(rollup core.RollupID) uint64
}
