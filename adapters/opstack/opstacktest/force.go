package opstacktest

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

const (
	// BaseFee is that of every block in wei.
	BaseFee = 1_000_000
	// transferGas is what every transaction uses.
	transferGas = 21000
	// footprintScalar and leastSize are what a transaction's data counts with (Jovian).
	footprintScalar, leastSize = 400, 100
)

// footprint is that of all transactions but the deposits.
func footprint(all []hexutil.Bytes) (sum uint64) {
	for _, raw := range all {
		if raw[0] != gethDeposit {
			sum += footprintScalar * max(leastSize, uint64(len(raw)))
		}
	}
	return sum
}

// gethDeposit is the type of deposits.
const gethDeposit = 0x7e

// misfit is why a transaction cannot be included: fatal ones fail op-reth's whole build, the others it skips.
type misfit struct {
	words string
	fatal bool
}

// force puts the transactions of attributes into a block, deposits without a look: a forged one as well.
func (e *Execution) force(b, parent *Block, all []hexutil.Bytes) *rpcError {
	nonces, left := e.nonces(parent), b.GasLimit
	for i, raw := range all {
		if raw[0] == gethDeposit {
			b.Transactions = append(b.Transactions, raw)
			continue
		}
		bad, sender := e.check(raw, nonces, left)
		switch {
		case bad == nil:
			nonces[sender]++
			left -= transferGas
			b.Transactions = append(b.Transactions, raw)
		case e.style == Reth && !bad.fatal:
		case e.style == Reth:
			return &rpcError{-32000, "failed to build payload", nil}
		case raw[0] == gethtypes.BlobTxType:
			return &rpcError{-32603, "method handler crashed", nil}
		case bad.words == wordsUndecodable && string(raw) != string(Invalid):
			return &rpcError{-38003, "Invalid payload attributes", map[string]string{"err": fmt.Sprintf("transaction %d is not valid: rlp", i)}}
		default:
			return &rpcError{-38003, "Invalid payload attributes", map[string]string{
				"err": fmt.Sprintf("failed to force-include tx: %s type: 2, err: %s", crypto.Keccak256Hash(raw), bad.words),
			}}
		}
	}
	if e.style == Reth && footprint(b.Transactions) > b.GasLimit {
		return &rpcError{-32000, "failed to build payload", nil}
	}
	return nil
}

const wordsUndecodable = "undecodable"

// check looks at a transaction in go-ethereum's order.
func (e *Execution) check(raw hexutil.Bytes, nonces map[common.Address]uint64, left uint64) (*misfit, common.Address) {
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(raw); err != nil || tx.Type() == gethtypes.BlobTxType {
		return &misfit{wordsUndecodable, string(raw) != string(Invalid)}, common.Address{}
	}
	sender, err := gethtypes.Sender(gethtypes.NewPragueSigner(new(big.Int).SetUint64(e.chainID)), tx)
	switch want := nonces[sender]; {
	case err != nil:
		return &misfit{"invalid sender", true}, sender
	case tx.Nonce() < want:
		return &misfit{fmt.Sprintf("nonce too low: address %s, tx: %d state: %d", sender, tx.Nonce(), want), false}, sender
	case tx.Nonce() > want:
		return &misfit{fmt.Sprintf("nonce too high: address %s, tx: %d state: %d", sender, tx.Nonce(), want), false}, sender
	case tx.GasFeeCapIntCmp(big.NewInt(BaseFee)) < 0:
		return &misfit{"max fee per gas less than block base fee", false}, sender
	case tx.Gas() > left:
		return &misfit{"gas limit reached", true}, sender
	}
	return nil, sender
}

// nonces are those behind a block.
func (e *Execution) nonces(at *Block) map[common.Address]uint64 {
	used := make(map[common.Address]uint64)
	signer := gethtypes.NewPragueSigner(new(big.Int).SetUint64(e.chainID))
	for b := at; b != nil; b = e.chain.byHash[b.Parent] {
		for _, raw := range b.Transactions {
			tx := new(gethtypes.Transaction)
			if tx.UnmarshalBinary(raw) != nil {
				continue // deposits, and what tests put into the pool
			}
			if sender, err := gethtypes.Sender(signer, tx); err == nil {
				used[sender]++
			}
		}
	}
	return used
}
