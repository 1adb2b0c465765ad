package opstack

import (
	"bytes"
	"strings"

	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/adapters/opstack/fastlz"
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
	leastGas = params.TxGas
)

// capacity is what fits into a block beside its deposits.
type capacity struct {
	gas, size uint64
	// footprint is the limit of the sum over the transactions' sizes as Jovian counts them; zero for none.
	footprint uint64
	// isthmus: the rules of that fork are in force, or of a later one. most is the highest gas limit of a transaction; zero for none.
	isthmus bool
	most    uint64
}

// capacityOf is that of a block with a gas limit. scalar is the daFootprintGasScalar of its L1 attributes; zero before Jovian.
func capacityOf(gasLimit, scalar uint64) capacity {
	c := capacity{gas: gasLimit, size: maxBlockSize}
	if scalar > 0 {
		c.footprint, c.isthmus = gasLimit/scalar, true
	}
	return c
}

// roomOf is the capacity of the block that op-node asks for, whose payload it reads with a version of getPayload.
func roomOf(a *attributes, version string) capacity {
	scalar := uint64(0)
	if len(a.Transactions) > 0 {
		scalar = footprintScalar(a.Transactions[0])
	}
	c := capacityOf(uint64(a.GasLimit), scalar)
	if version == karstPayload {
		c.most = params.MaxTxGas
	}
	return c
}

// karstPayload is the version of getPayload since the fork that bounds the gas of a transaction (Karst, EIP-7825).
const karstPayload = "engine_getPayloadV5"

// inspect reads a transaction and says what is wrong with it so that no block of this kind can hold it, whatever the state; Included
// if nothing is. The types are a list of what is allowed: a forged deposit would mint, and a blob has nothing to be carried in.
func (c capacity) inspect(one *candidate, signer gethtypes.Signer) core.OutcomeCode {
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
	from, err := gethtypes.Sender(signer, tx)
	if err != nil {
		return core.VoidBadSignature
	}
	one.tx, one.from, one.footprint = tx, from, fastlz.Size(one.raw)
	switch {
	case tx.Gas() > c.gas, c.most > 0 && tx.Gas() > c.most:
		return core.VoidGasAboveCap
	case c.footprint > 0 && one.footprint > c.footprint:
		return core.VoidBlockFull
	}
	return c.form(one)
}

// form looks at what a transaction promises to pay and to use.
func (c capacity) form(one *candidate) core.OutcomeCode {
	tx := one.tx
	switch {
	case tx.Value().BitLen() > 256:
		return core.VoidInsufficientFunds
	case tx.GasFeeCap().BitLen() > 256 || tx.GasTipCap().BitLen() > 256:
		return core.VoidFeeOverflow
	case tx.GasFeeCap().Cmp(tx.GasTipCap()) < 0:
		return core.VoidTipAboveFeeCap
	case tx.Type() == gethtypes.SetCodeTxType && len(tx.SetCodeAuthorizations()) == 0:
		return core.VoidAuthorizations
	}
	zeros := uint64(bytes.Count(tx.Data(), []byte{0}))
	others := uint64(len(tx.Data())) - zeros
	if tx.Gas() < c.intrinsic(tx, zeros, others) {
		return core.VoidIntrinsicGas
	}
	if tokens := zeros + params.TxTokenPerNonZeroByte*others; c.isthmus && tx.Gas() < params.TxGas+params.TxCostFloorPerToken*tokens {
		return core.VoidFloorDataGas
	}
	return core.Included
}

// intrinsic is the gas that a transaction uses before anything is executed.
func (c capacity) intrinsic(tx *gethtypes.Transaction, zeros, others uint64) uint64 {
	gas := params.TxGas + zeros*params.TxDataZeroGas + others*params.TxDataNonZeroGasEIP2028
	if tx.To() == nil {
		gas += params.TxGasContractCreation - params.TxGas
		if c.isthmus {
			gas += (zeros + others + 31) / 32 * params.InitCodeWordGas
		}
	}
	gas += uint64(len(tx.AccessList()))*params.TxAccessListAddressGas + uint64(tx.AccessList().StorageKeys())*params.TxAccessListStorageKeyGas
	return gas + uint64(len(tx.SetCodeAuthorizations()))*params.CallNewAccountGas
}

// limit is how many of the candidates can fit at most, but at least one: what has no room in a block of its own the execution client
// finds out. Of their gas only the least is known that they use, and the limit that must be left for it; the size and the footprint
// are exact, because a block above the latter is built without complaint and found invalid afterwards.
func (c capacity) limit(all []candidate) int {
	var gas, size, footprint uint64
	for i, one := range all {
		wants := leastGas
		if one.tx != nil {
			wants = one.tx.Gas()
		}
		size, footprint = size+uint64(len(one.raw)), footprint+one.footprint
		if i > 0 && (gas+wants > c.gas || size > c.size || c.footprint > 0 && footprint > c.footprint) {
			return i
		}
		gas += leastGas
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
