package contracts

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/core/vm/program"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gen/bindings/assertions"
	"github.com/lockstep-network/lockstep/internal/golden"
)

var (
	contract = assertions.NewAssertions()
	here     = core.DefaultPredeploy()
	other    = common.HexToAddress("0x00000000000000000000000000000000000c0de0")
	call     = contract.PackAssertStorage(big.NewInt(902), other, [32]byte{1}, [32]byte{2})

	notInBundle     = crypto.Keccak256([]byte("NotInBundle()"))[:4]
	notThePredeploy = crypto.Keccak256([]byte("NotThePredeploy()"))[:4]
)

// marked is the access list of a leg that asserts.
func marked() gethtypes.AccessList {
	return gethtypes.AccessList{{Address: here.Address, StorageKeys: []common.Hash{here.Marker}}}
}

func TestAssertions_EmitWithTheMarkerInTheAccessList(t *testing.T) {
	c := newChain(t, 901)
	c.put(here.Address, predeploy.Assertions())
	result, logs := c.send(here.Address, call, marked())
	if result.Err != nil || len(logs) != 1 {
		t.Fatalf("got error %v and %d logs, want one log", result.Err, len(logs))
	}
	event, err := contract.UnpackStorageAssertedEvent(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	if event.ChainId.Uint64() != 902 || event.Account != other || event.Slot != [32]byte{1} || event.Value != [32]byte{2} {
		t.Errorf("got %+v", event)
	}
	t.Logf("an assertion in a transaction of its own uses %d gas", result.UsedGas)
}

func TestAssertions_RevertWithoutTheMarker(t *testing.T) {
	for name, list := range map[string]gethtypes.AccessList{
		"no access list":             nil,
		"the predeploy without keys": {{Address: here.Address}},
		"another key":                {{Address: here.Address, StorageKeys: []common.Hash{{1}}}},
		"the key of another account": {{Address: other, StorageKeys: []common.Hash{here.Marker}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t, 901)
			c.put(here.Address, predeploy.Assertions())
			result, logs := c.send(here.Address, call, list)
			if !bytes.Equal(result.Revert(), notInBundle) || len(logs) != 0 {
				t.Errorf("got %x and %d logs, want NotInBundle", result.Revert(), len(logs))
			}
			if result.UsedGas < 21_000 {
				t.Errorf("used %d gas, want what was burned", result.UsedGas)
			}
		})
	}
}

// The failed load must not leave the marker warm for a second attempt of a caller that goes on after a revert.
func TestAssertions_RevertAgainAfterACaughtRevert(t *testing.T) {
	c := newChain(t, 901)
	c.put(here.Address, predeploy.Assertions())
	twice := program.New().Mstore(call, 0)
	twice.Call(nil, here.Address, 0, 0, len(call), 0, 0).Op(vm.POP)
	twice.Call(nil, here.Address, 0, 0, len(call), 0, 0).Push(0).Op(vm.MSTORE).Return(0, 32)
	c.put(other, twice.Bytes())
	result, logs := c.send(other, nil, nil)
	if result.Err != nil || new(big.Int).SetBytes(result.ReturnData).Sign() != 0 || len(logs) != 0 {
		t.Errorf("got error %v, %x and %d logs, want a second call that failed too", result.Err, result.ReturnData, len(logs))
	}
	if _, logs := c.send(other, nil, marked()); len(logs) != 2 {
		t.Errorf("got %d logs with the marker, want 2: the test is about nothing", len(logs))
	}
}

// The marker slot is warm wherever a caller wants it to be, in its own storage.
func TestAssertions_RevertAsCodeOfAnotherAccount(t *testing.T) {
	list := append(marked(), gethtypes.AccessTuple{Address: other, StorageKeys: []common.Hash{here.Marker}})
	for name, code := range map[string][]byte{
		"delegatecall": program.New().Mstore(call, 0).DelegateCall(nil, here.Address, 0, len(call), 0, 4).
			Op(vm.POP).Op(vm.RETURNDATASIZE).Push(0).Push(0).Op(vm.RETURNDATACOPY).Return(0, 4).Bytes(),
		"EIP-7702 delegation": append([]byte{0xef, 0x01, 0x00}, here.Address[:]...),
		"a copy":              predeploy.Assertions(),
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t, 901)
			c.put(here.Address, predeploy.Assertions())
			c.put(other, code)
			result, logs := c.send(other, call, list)
			if !bytes.Equal(result.ReturnData, notThePredeploy) || len(logs) != 0 {
				t.Errorf("got %x and %d logs, want NotThePredeploy", result.ReturnData, len(logs))
			}
		})
	}
}

func TestAssertions_FailInAStaticCall(t *testing.T) {
	c := newChain(t, 901)
	c.put(here.Address, predeploy.Assertions())
	c.put(other, program.New().Mstore(call, 0).StaticCall(nil, here.Address, 0, len(call), 0, 0).
		Push(0).Op(vm.MSTORE).Return(0, 32).Bytes())
	result, logs := c.send(other, nil, marked())
	if result.Err != nil || new(big.Int).SetBytes(result.ReturnData).Sign() != 0 || len(logs) != 0 {
		t.Errorf("got error %v, %x and %d logs, want a failed call", result.Err, result.ReturnData, len(logs))
	}
}

// The code is part of every genesis.
func TestPredeploy_CodeIsFixed(t *testing.T) {
	golden.Equal(t, "testdata/predeploy.golden", "Assertions "+crypto.Keccak256Hash(predeploy.Assertions()).Hex()+
		"\nPermit2 on chain 1 "+crypto.Keccak256Hash(predeploy.Permit2(1)).Hex()+
		"\nPermit2 on chain 901 "+crypto.Keccak256Hash(predeploy.Permit2(901)).Hex()+"\n")
}

func TestPermit2_KnowsItsDomain(t *testing.T) {
	for _, id := range []uint64{1, 901, 1<<64 - 1} {
		c := newChain(t, id)
		c.put(predeploy.Permit2Address, predeploy.Permit2(id))
		result, _ := c.send(predeploy.Permit2Address, crypto.Keccak256([]byte("DOMAIN_SEPARATOR()"))[:4], nil)
		want := crypto.Keccak256(
			crypto.Keccak256([]byte("EIP712Domain(string name,uint256 chainId,address verifyingContract)")),
			crypto.Keccak256([]byte("Permit2")),
			common.BigToHash(new(big.Int).SetUint64(id)).Bytes(), common.LeftPadBytes(predeploy.Permit2Address[:], 32),
		)
		if !bytes.Equal(result.ReturnData, want) {
			t.Errorf("chain %d: got %x, want %x", id, result.ReturnData, want)
		}
		// The cached value is there: on any other chain the contract computes it, which costs more.
		elsewhere := newChain(t, id-1)
		elsewhere.put(predeploy.Permit2Address, predeploy.Permit2(id))
		computed, _ := elsewhere.send(predeploy.Permit2Address, crypto.Keccak256([]byte("DOMAIN_SEPARATOR()"))[:4], nil)
		if computed.UsedGas <= result.UsedGas || bytes.Equal(computed.ReturnData, want) {
			t.Errorf("chain %d: used %d gas there and %d elsewhere", id, result.UsedGas, computed.UsedGas)
		}
	}
}
