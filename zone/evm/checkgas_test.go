package evm_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/zone/evm"
)

// A transaction of a chain that is executed elsewhere is checked at the door: one at the limit passes, one below or above it does not.
func TestCheckGasOfOthers_KeepsTheLimits(t *testing.T) {
	t.Parallel()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	id := big.NewInt(42069)
	to, data := &common.Address{1}, make([]byte, 1000)
	for i := range data {
		data[i] = 1
	}
	const floor = 21000 + 1000*4*10 // EIP-7623: ten for a token, four tokens for a byte that is not zero
	list := gethtypes.AccessList{{Address: common.Address{2}, StorageKeys: []common.Hash{{}}}}
	for _, c := range []struct {
		name string
		tx   gethtypes.TxData
		want error
	}{
		{"a transfer", &gethtypes.LegacyTx{To: to, Gas: 21000}, nil},
		{"below the intrinsic gas", &gethtypes.LegacyTx{To: to, Gas: 20999}, evm.ErrIntrinsicGas},
		{"with an access list", &gethtypes.DynamicFeeTx{ChainID: id, To: to, AccessList: list, Gas: 21000 + 2400 + 1900}, nil},
		{"below the price of its access list", &gethtypes.DynamicFeeTx{ChainID: id, To: to, AccessList: list, Gas: 21000 + 2400 + 1899}, evm.ErrIntrinsicGas},
		{"at the floor of its calldata", &gethtypes.DynamicFeeTx{ChainID: id, To: to, Data: data, Gas: floor}, nil},
		{"below the floor of its calldata", &gethtypes.DynamicFeeTx{ChainID: id, To: to, Data: data, Gas: floor - 1}, evm.ErrFloorDataGas},
		{"at the cap", &gethtypes.DynamicFeeTx{ChainID: id, To: to, Gas: 1 << 24}, nil},
		{"above the cap", &gethtypes.DynamicFeeTx{ChainID: id, To: to, Gas: 1<<24 + 1}, evm.ErrGasLimitTooHigh},
		{"the largest init code", &gethtypes.DynamicFeeTx{ChainID: id, Data: make([]byte, 49152), Gas: 1 << 24}, nil},
		{"init code too large", &gethtypes.DynamicFeeTx{ChainID: id, Data: make([]byte, 49153), Gas: 1 << 24}, evm.ErrInitCodeTooLarge},
	} {
		tx, err := gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(id), c.tx)
		if err != nil {
			t.Fatal(err)
		}
		if got := evm.CheckGasOfOthers(tx); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if err := evm.CheckGasOfOthers(gethtypes.NewTx(&gethtypes.DynamicFeeTx{ChainID: id, To: to, Gas: 21000})); err == nil {
		t.Error("a transaction without a signature passes")
	}
}
