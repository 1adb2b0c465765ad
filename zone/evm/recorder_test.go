package evm

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/stretchr/testify/require"
)

// A recorder answers as go-ethereum's own state does, whatever the access list was made of.
func TestRecorder_HasTheAccessListOfItsState(t *testing.T) {
	fresh := func() *state.StateDB {
		s, err := state.New(gethtypes.EmptyRootHash, state.NewDatabaseForTesting())
		require.NoError(t, err)
		return s
	}
	rules := params.MergedTestChainConfig.Rules(common.Big1, true, 1)
	precompiles := vm.ActivePrecompiles(rules)
	require.NotEmpty(t, precompiles)
	to, slot := testAddress(3), common.Hash{1}
	asked := append([]common.Address{{}, testAddress(1), testAddress(2), to, testAddress(4), testAddress(5)}, precompiles...)
	for name, prepare := range map[string]func(s vm.StateDB){
		"transaction": func(s vm.StateDB) {
			list := gethtypes.AccessList{{Address: testAddress(4), StorageKeys: []common.Hash{slot}}, {Address: precompiles[0], StorageKeys: []common.Hash{slot}}}
			s.Prepare(rules, testAddress(1), testAddress(2), &to, precompiles, list)
		},
		"creation":    func(s vm.StateDB) { s.Prepare(rules, testAddress(1), testAddress(2), nil, precompiles, nil) },
		"system call": func(s vm.StateDB) { s.Prepare(rules, common.Address{}, common.Address{}, nil, nil, nil) },
		"system call after it": func(s vm.StateDB) {
			s.Prepare(rules, testAddress(1), to, &to, precompiles, nil)
			s.Prepare(rules, common.Address{}, common.Address{}, nil, nil, nil)
		},
		"taken back": func(s vm.StateDB) {
			s.Prepare(rules, testAddress(1), testAddress(2), &to, precompiles, nil)
			before := s.Snapshot()
			s.AddAddressToAccessList(precompiles[1])
			s.AddSlotToAccessList(precompiles[2], slot)
			s.AddSlotToAccessList(testAddress(5), slot)
			s.RevertToSnapshot(before)
		},
		"added to": func(s vm.StateDB) {
			s.Prepare(rules, testAddress(1), testAddress(2), &to, precompiles, nil)
			s.AddSlotToAccessList(precompiles[2], slot)
			s.AddSlotToAccessList(testAddress(5), slot)
		},
	} {
		t.Run(name, func(t *testing.T) {
			want, have := fresh(), newRecorder(fresh())
			prepare(want)
			prepare(have)
			for _, address := range asked {
				require.Equal(t, want.AddressInAccessList(address), have.AddressInAccessList(address), address)
				wantAddress, wantSlot := want.SlotInAccessList(address, slot)
				hasAddress, hasSlot := have.SlotInAccessList(address, slot)
				require.Equal(t, [2]bool{wantAddress, wantSlot}, [2]bool{hasAddress, hasSlot}, address)
			}
		})
	}
}
