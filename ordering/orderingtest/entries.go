package orderingtest

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// Edit changes a transaction before it is signed.
type Edit func(*gethtypes.DynamicFeeTx)

// Gas sets the gas limit.
func Gas(gas uint64) Edit { return func(tx *gethtypes.DynamicFeeTx) { tx.Gas = gas } }

// Data sets n bytes of calldata.
func Data(n int) Edit { return func(tx *gethtypes.DynamicFeeTx) { tx.Data = make([]byte, n) } }

// Naming puts keys under the predeploy into the access list.
func Naming(keys ...common.Hash) Edit {
	return func(tx *gethtypes.DynamicFeeTx) {
		tx.AccessList = append(tx.AccessList, gethtypes.AccessTuple{Address: core.DefaultPredeploy().Address, StorageKeys: keys})
	}
}

// Tx signs a transfer of an account that is named by a number.
func Tx(tb testing.TB, rollup core.RollupID, account int, nonce uint64, edits ...Edit) core.Transaction {
	tb.Helper()
	key, err := crypto.ToECDSA(crypto.Keccak256(fmt.Appendf(nil, "account %d", account)))
	if err != nil {
		tb.Fatal(err)
	}
	inner := &gethtypes.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(uint64(rollup)), Nonce: nonce, Gas: 21_000, To: &common.Address{0x11},
		GasFeeCap: big.NewInt(2), GasTipCap: big.NewInt(1), Value: big.NewInt(1),
	}
	for _, edit := range edits {
		edit(inner)
	}
	signed, err := gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(inner.ChainID), inner)
	if err != nil {
		tb.Fatal(err)
	}
	tx, err := core.NewTransaction(rollup, signed)
	if err != nil {
		tb.Fatal(err)
	}
	return tx
}

// Bundle makes an execution bundle of transactions that is valid for a minute from timeMs on.
func (n *Network) Bundle(timeMs uint64, txs ...core.Transaction) core.DecodedBundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotBefore: timeMs, NotAfter: timeMs + 60_000}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return n.Rehash(core.DecodedBundle{Bundle: b, Txs: txs})
}

// Rehash gives a bundle that was changed its new id.
func (n *Network) Rehash(b core.DecodedBundle) core.DecodedBundle {
	b.Hash = b.ID(n.ID())
	return b
}

// Section groups transactions of one rollup.
func Section(txs ...core.Transaction) core.Section {
	return core.Section{Rollup: txs[0].Rollup(), Txs: txs}
}
