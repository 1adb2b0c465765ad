package opstack

import (
	"strings"

	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// maxTxSize is the size of the largest transaction in bytes; the pools of execution clients have the same bound.
	maxTxSize = 128 << 10
	// maxBlockSize bounds all transactions of the lane in a block, well below the 10 MiB of EIP-7934.
	maxBlockSize = 8 << 20
	// firstLegacy is the first byte that a transaction without a type can begin with (EIP-2718).
	firstLegacy = 0xc0
	// leastGas is what the cheapest transaction uses.
	leastGas = 21000
	// leastFootprint is the least size of a transaction, in bytes, that its footprint in the data is counted with (Jovian).
	leastFootprint = 100
)

// capacity is what fits into a block beside its deposits.
type capacity struct {
	gas, size uint64
	// footprint is the limit of the sum over the transactions' sizes as Jovian counts them; zero for none.
	footprint uint64
}

// capacityOf is that of a block with a gas limit. scalar is the daFootprintGasScalar of its L1 attributes; zero before Jovian.
func capacityOf(gasLimit, scalar uint64) capacity {
	c := capacity{gas: gasLimit, size: maxBlockSize}
	if scalar > 0 {
		c.footprint = gasLimit / scalar
	}
	return c
}

// inspect says what is wrong with a transaction that no block of the chain can hold, whatever the state; Included if nothing is. The
// types are a list of what is allowed: a forged deposit would mint, and a blob has nothing to be carried in.
func (c capacity) inspect(one candidate, signer gethtypes.Signer) core.OutcomeCode {
	size := uint64(len(one.raw))
	if size == 0 || size > maxTxSize {
		return core.VoidUndecodable
	}
	switch first := one.raw[0]; {
	case first == gethtypes.AccessListTxType, first == gethtypes.DynamicFeeTxType, first == gethtypes.SetCodeTxType:
	case first < firstLegacy:
		return core.VoidTxType
	}
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(one.raw); err != nil {
		return core.VoidUndecodable
	}
	if _, err := gethtypes.Sender(signer, tx); err != nil {
		return core.VoidBadSignature
	}
	switch {
	case tx.Gas() < leastGas:
		return core.VoidIntrinsicGas
	case tx.Gas() > c.gas:
		return core.VoidGasAboveCap
	case c.footprint > 0 && size > c.footprint:
		return core.VoidBlockFull
	}
	return core.Included
}

// limit is how many of the candidates can fit at most. The footprint is counted with sizes before compression, which is never too
// little: a block above it is built without complaint and found invalid afterwards.
func (c capacity) limit(all []candidate) int {
	var gas, size, footprint uint64
	for i, one := range all {
		gas, size = gas+leastGas, size+uint64(len(one.raw))
		footprint += max(leastFootprint, uint64(len(one.raw)))
		if gas > c.gas || size > c.size || c.footprint > 0 && footprint > c.footprint {
			return i
		}
	}
	return len(all)
}

// refusals are the words of op-geth for why it does not take a transaction, as go-ethereum and its forks keep them.
var refusals = []struct {
	words string
	code  core.OutcomeCode
}{
	{"nonce too low", core.VoidNonceTooLow},
	{"nonce too high", core.VoidNonceTooHigh},
	{"nonce has max value", core.VoidNonceMax},
	{"insufficient funds", core.VoidInsufficientFunds},
	{"max fee per gas less than block base fee", core.VoidFeeCapTooLow},
	{"max priority fee per gas higher than max fee per gas", core.VoidTipAboveFeeCap},
	{"insufficient gas for floor data gas cost", core.VoidFloorDataGas},
	{"intrinsic gas too low", core.VoidIntrinsicGas},
	{"transaction gas limit too high", core.VoidGasAboveCap},
	{"max initcode size exceeded", core.VoidInitCodeTooLarge},
	{"sender not an eoa", core.VoidSenderNotEOA},
	{"transaction type not supported", core.VoidTxType},
	{"EIP-7702 transaction", core.VoidAuthorizations},
}

// wordsFull are those for a transaction that has no room in the block any more.
const wordsFull = "gas limit reached"

// codeOf is the reason of a refusal, for the report.
func codeOf(words string) core.OutcomeCode {
	for _, r := range refusals {
		if strings.Contains(words, r.words) {
			return r.code
		}
	}
	return core.VoidRejected
}
