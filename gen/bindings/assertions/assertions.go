// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package assertions

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// AssertionsMetaData contains all meta data concerning the Assertions contract.
var AssertionsMetaData = bind.MetaData{
	ABI: "[{\"type\":\"function\",\"name\":\"assertStorage\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"slot\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"value\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"event\",\"name\":\"StorageAsserted\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"indexed\":true,\"internalType\":\"uint256\"},{\"name\":\"account\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"slot\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"value\",\"type\":\"bytes32\",\"indexed\":false,\"internalType\":\"bytes32\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"NotInBundle\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"NotThePredeploy\",\"inputs\":[]}]",
	ID:  "Assertions",
	Bin: "0x6080604052348015600e575f5ffd5b5061016e8061001c5f395ff3fe608060405234801561000f575f5ffd5b5060043610610029575f3560e01c806357712eb01461002d575b5f5ffd5b61004061003b366004610129565b610042565b005b30734c6f636b73746570000000000000000000000001146100765760405163208a044560e11b815260040160405180910390fd5b61007e6100e6565b61009b5760405163cfbfaa5f60e01b815260040160405180910390fd5b81836001600160a01b0316857fa67083f141b8edae33d692429042a3e68494d8e57497b30db31eaf3bf43cb271846040516100d891815260200190565b60405180910390a450505050565b5f5f5f5a90507fa7c09f82475e6315541720bb02da597e3d4bd42a28b4f353f3452488d15a25bc5491505a90038115801561012257506103e881105b9250505090565b5f5f5f5f6080858703121561013c575f5ffd5b8435935060208501356001600160a01b0381168114610159575f5ffd5b9396939550505050604082013591606001359056",
}

// Assertions is an auto generated Go binding around an Ethereum contract.
type Assertions struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Assertions) GetABI() abi.ABI {
	return c.abi
}

// NewAssertions creates a new instance of Assertions.
func NewAssertions() *Assertions {
	parsed, err := AssertionsMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Assertions{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Assertions) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackAssertStorage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x57712eb0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function assertStorage(uint256 chainId, address account, bytes32 slot, bytes32 value) returns()
func (assertions *Assertions) PackAssertStorage(chainId *big.Int, account common.Address, slot [32]byte, value [32]byte) []byte {
	enc, err := assertions.abi.Pack("assertStorage", chainId, account, slot, value)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAssertStorage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x57712eb0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function assertStorage(uint256 chainId, address account, bytes32 slot, bytes32 value) returns()
func (assertions *Assertions) TryPackAssertStorage(chainId *big.Int, account common.Address, slot [32]byte, value [32]byte) ([]byte, error) {
	return assertions.abi.Pack("assertStorage", chainId, account, slot, value)
}

// AssertionsStorageAsserted represents a StorageAsserted event raised by the Assertions contract.
type AssertionsStorageAsserted struct {
	ChainId *big.Int
	Account common.Address
	Slot    [32]byte
	Value   [32]byte
	Raw     *types.Log // Blockchain specific contextual infos
}

const AssertionsStorageAssertedEventName = "StorageAsserted"

// ContractEventName returns the user-defined event name.
func (AssertionsStorageAsserted) ContractEventName() string {
	return AssertionsStorageAssertedEventName
}

// UnpackStorageAssertedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event StorageAsserted(uint256 indexed chainId, address indexed account, bytes32 indexed slot, bytes32 value)
func (assertions *Assertions) UnpackStorageAssertedEvent(log *types.Log) (*AssertionsStorageAsserted, error) {
	event := "StorageAsserted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != assertions.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(AssertionsStorageAsserted)
	if len(log.Data) > 0 {
		if err := assertions.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range assertions.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (assertions *Assertions) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], assertions.abi.Errors["NotInBundle"].ID.Bytes()[:4]) {
		return assertions.UnpackNotInBundleError(raw[4:])
	}
	if bytes.Equal(raw[:4], assertions.abi.Errors["NotThePredeploy"].ID.Bytes()[:4]) {
		return assertions.UnpackNotThePredeployError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// AssertionsNotInBundle represents a NotInBundle error raised by the Assertions contract.
type AssertionsNotInBundle struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotInBundle()
func AssertionsNotInBundleErrorID() common.Hash {
	return common.HexToHash("0xcfbfaa5ffc8f672e0ffa698f897485adf58b53cdb9e087c1d2c7894121c4cd03")
}

// UnpackNotInBundleError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotInBundle()
func (assertions *Assertions) UnpackNotInBundleError(raw []byte) (*AssertionsNotInBundle, error) {
	out := new(AssertionsNotInBundle)
	if err := assertions.abi.UnpackIntoInterface(out, "NotInBundle", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// AssertionsNotThePredeploy represents a NotThePredeploy error raised by the Assertions contract.
type AssertionsNotThePredeploy struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotThePredeploy()
func AssertionsNotThePredeployErrorID() common.Hash {
	return common.HexToHash("0x4114088a0cc1852a6c1c5a801a852f18a357e0a174fcf830ed7b5c79f80bbbf5")
}

// UnpackNotThePredeployError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotThePredeploy()
func (assertions *Assertions) UnpackNotThePredeployError(raw []byte) (*AssertionsNotThePredeploy, error) {
	out := new(AssertionsNotThePredeploy)
	if err := assertions.abi.UnpackIntoInterface(out, "NotThePredeploy", raw); err != nil {
		return nil, err
	}
	return out, nil
}
