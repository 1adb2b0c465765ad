package core

import (
	"encoding/binary"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// The predeploy's interface, as Solidity writes it.
const (
	// AssertStorageSignature is the function with which a contract asserts.
	AssertStorageSignature = "assertStorage(uint256,address,bytes32,bytes32)"
	// StorageAssertedSignature is the event by which the zone learns of it. All but the value are indexed.
	StorageAssertedSignature = "StorageAsserted(uint256,address,bytes32,bytes32)"
)

// AssertionTopic is the first topic of the predeploy's event.
var AssertionTopic = crypto.Keccak256Hash([]byte(StorageAssertedSignature))

var assertStorageSelector = [4]byte(crypto.Keccak256([]byte(AssertStorageSignature)))

// Assertion says that, after the last leg of the bundle that it is made in, an account that has code holds a value in a
// storage slot, on a rollup that is executed in the bundle's zone.
type Assertion struct {
	// Chain is the chain id as it was stated, big-endian; it may be that of no rollup.
	Chain   common.Hash
	Account common.Address
	Slot    common.Hash
	Value   common.Hash
}

// NewAssertion makes an assertion about an account on a rollup.
func NewAssertion(rollup RollupID, account common.Address, slot, value common.Hash) Assertion {
	var chain common.Hash
	binary.BigEndian.PutUint64(chain[24:], uint64(rollup))
	return Assertion{Chain: chain, Account: account, Slot: slot, Value: value}
}

// Rollup is the rollup whose chain id was stated; ok is false if the number is above all rollups' ids (2^64-1).
func (a Assertion) Rollup() (id RollupID, ok bool) {
	for _, b := range a.Chain[:24] {
		if b != 0 {
			return 0, false
		}
	}
	return RollupID(binary.BigEndian.Uint64(a.Chain[24:])), true
}

// Calldata is the call of assertStorage that makes the assertion.
func (a Assertion) Calldata() []byte {
	data := make([]byte, 0, 4+4*32)
	data = append(data, assertStorageSelector[:]...)
	data = append(data, a.Chain[:]...)
	data = append(data, common.LeftPadBytes(a.Account[:], 32)...)
	return append(append(data, a.Slot[:]...), a.Value[:]...)
}

// String names the assertion for people.
func (a Assertion) String() string {
	return fmt.Sprintf("chain %s, account %s, slot %s, expected %s", a.Chain.Big(), a.Account, a.Slot, a.Value)
}

// ParseAssertion reads an assertion from a log; ok is false for everything but an event of the predeploy at this address
// itself, in exactly its form. Logs of reverted calls do not exist, and a contract that runs the predeploy's code as its own
// logs under its own address.
func ParseAssertion(predeploy common.Address, log *gethtypes.Log) (a Assertion, ok bool) {
	if log.Address != predeploy || len(log.Topics) != 4 || log.Topics[0] != AssertionTopic || len(log.Data) != 32 {
		return Assertion{}, false
	}
	return Assertion{
		Chain: log.Topics[1], Account: common.BytesToAddress(log.Topics[2][:]),
		Slot: log.Topics[3], Value: common.BytesToHash(log.Data),
	}, true
}

// AccessList protects a leg: it names the commitment of the leg's bundle, so that the leg cannot be ordered outside of it.
func (p Predeploy) AccessList(commitment common.Hash) gethtypes.AccessList {
	return gethtypes.AccessList{{Address: p.Address, StorageKeys: []common.Hash{commitment}}}
}

// AssertingAccessList protects a leg and lets it make assertions: it names the marker besides the commitment.
func (p Predeploy) AssertingAccessList(commitment common.Hash) gethtypes.AccessList {
	return gethtypes.AccessList{{Address: p.Address, StorageKeys: []common.Hash{p.Marker, commitment}}}
}

// MappingSlot is where Solidity keeps the value of a key in the mapping at a slot: keccak256(key ‖ slot). Keys of value
// types are padded to 32 bytes, addresses and numbers on the left.
func MappingSlot(key, slot common.Hash) common.Hash { return crypto.Keccak256Hash(key[:], slot[:]) }
