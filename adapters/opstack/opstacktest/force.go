package opstacktest

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/adapters/opstack/fastlz"
)

const (
	// BaseFee is that of every block in wei.
	BaseFee = 1_000_000
	// transferGas is what every transaction uses.
	transferGas = 21000
	// footprintScalar is what a byte of a transaction's estimated data counts with (Jovian).
	footprintScalar = 400
)

// footprint is that of all transactions but the deposits.
func footprint(all []hexutil.Bytes) (sum uint64) {
	for _, raw := range all {
		if raw[0] != gethDeposit {
			sum += footprintScalar * fastlz.Size(raw)
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

// Funds is what an account has in the genesis, if nothing else is said.
var Funds = big.NewInt(1e18)

// force puts the transactions of attributes into a block, deposits without a look: a forged one as well.
func (e *Execution) force(b, parent *Block, all []hexutil.Bytes) *rpcError {
	accounts, left := e.accounts(parent), b.GasLimit
	for i, raw := range all {
		if raw[0] == gethDeposit {
			b.Transactions = append(b.Transactions, raw)
			continue
		}
		tx, sender, bad := e.check(raw, accounts, left)
		switch {
		case bad == nil:
			accounts.apply(tx, sender)
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
func (e *Execution) check(raw hexutil.Bytes, accounts *accounts, left uint64) (*gethtypes.Transaction, common.Address, *misfit) {
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(raw); err != nil || tx.Type() == gethtypes.BlobTxType {
		return nil, common.Address{}, &misfit{wordsUndecodable, string(raw) != string(Invalid)}
	}
	sender, err := gethtypes.Sender(accounts.signer, tx)
	want, has := accounts.nonces[sender], accounts.balance(sender)
	needs := new(big.Int).SetUint64(tx.Gas())
	needs.Add(needs.Mul(needs, tx.GasFeeCap()), tx.Value())
	switch {
	case err != nil:
		return tx, sender, &misfit{"invalid sender", true}
	case tx.Nonce() < want:
		return tx, sender, &misfit{fmt.Sprintf("nonce too low: address %s, tx: %d state: %d", sender, tx.Nonce(), want), false}
	case tx.Nonce() > want:
		return tx, sender, &misfit{fmt.Sprintf("nonce too high: address %s, tx: %d state: %d", sender, tx.Nonce(), want), false}
	case tx.GasFeeCapIntCmp(big.NewInt(BaseFee)) < 0:
		return tx, sender, &misfit{"max fee per gas less than block base fee", false}
	case has.Cmp(needs) < 0:
		return tx, sender, &misfit{fmt.Sprintf("insufficient funds for gas * price + value: address %s have %s want %s", sender, has, needs), false}
	case tx.Gas() > left:
		return tx, sender, &misfit{"gas limit reached", true}
	}
	return tx, sender, nil
}

// accounts are those behind a block. There is no data fee, and the base fee is all that gas costs.
type accounts struct {
	signer   gethtypes.Signer
	nonces   map[common.Address]uint64
	balances map[common.Address]*big.Int
	genesis  map[common.Address]*big.Int
}

func (a *accounts) balance(of common.Address) *big.Int {
	if now, ok := a.balances[of]; ok {
		return now
	}
	if then, ok := a.genesis[of]; ok {
		return then
	}
	return Funds
}

// apply carries out a transfer.
func (a *accounts) apply(tx *gethtypes.Transaction, from common.Address) {
	a.nonces[from]++
	cost := new(big.Int).Add(big.NewInt(transferGas*BaseFee), tx.Value())
	a.balances[from] = new(big.Int).Sub(a.balance(from), cost)
	if to := tx.To(); to != nil {
		a.balances[*to] = new(big.Int).Add(a.balance(*to), tx.Value())
	}
}

func (e *Execution) accounts(at *Block) *accounts {
	a := &accounts{
		signer: gethtypes.NewPragueSigner(new(big.Int).SetUint64(e.chainID)),
		nonces: make(map[common.Address]uint64), balances: make(map[common.Address]*big.Int), genesis: e.funds,
	}
	var path []*Block
	for b := at; b != nil; b = e.chain.byHash[b.Parent] {
		path = append(path, b)
	}
	for _, b := range slices.Backward(path) {
		for _, raw := range b.Transactions {
			tx := new(gethtypes.Transaction)
			if tx.UnmarshalBinary(raw) != nil {
				continue // deposits, and what tests put into the pool
			}
			if sender, err := gethtypes.Sender(a.signer, tx); err == nil {
				a.apply(tx, sender)
			}
		}
	}
	return a
}

// proof answers eth_getProof, without proofs.
func (e *Execution) proof(params []json.RawMessage) (any, error) {
	var of common.Address
	var hash common.Hash
	if len(params) != 3 || json.Unmarshal(params[0], &of) != nil || json.Unmarshal(params[2], &hash) != nil {
		return nil, fmt.Errorf("want an account, keys and a block's hash")
	}
	at, known := e.chain.byHash[hash]
	if !known {
		return nil, &rpcError{-32000, "header not found", nil}
	}
	accounts := e.accounts(at)
	return map[string]any{
		"address": of, "balance": (*hexutil.Big)(accounts.balance(of)), "nonce": hexutil.Uint64(accounts.nonces[of]),
		"codeHash": gethtypes.EmptyCodeHash, "accountProof": []string{}, "storageProof": []string{},
	}, nil
}
