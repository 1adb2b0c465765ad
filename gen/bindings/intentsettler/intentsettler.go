// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package intentsettler

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

// Fill is an auto generated low-level Go binding around an user-defined struct.
type Fill struct {
	Filler       common.Address
	InputAmount  *big.Int
	OutputAmount *big.Int
	Salt         [32]byte
}

// FillInstruction is an auto generated low-level Go binding around an user-defined struct.
type FillInstruction struct {
	DestinationChainId *big.Int
	DestinationSettler [32]byte
	OriginData         []byte
}

// GaslessCrossChainOrder is an auto generated low-level Go binding around an user-defined struct.
type GaslessCrossChainOrder struct {
	OriginSettler common.Address
	User          common.Address
	Nonce         *big.Int
	OriginChainId *big.Int
	OpenDeadline  uint32
	FillDeadline  uint32
	OrderDataType [32]byte
	OrderData     []byte
}

// OnchainCrossChainOrder is an auto generated low-level Go binding around an user-defined struct.
type OnchainCrossChainOrder struct {
	FillDeadline  uint32
	OrderDataType [32]byte
	OrderData     []byte
}

// Output is an auto generated low-level Go binding around an user-defined struct.
type Output struct {
	Token     [32]byte
	Amount    *big.Int
	Recipient [32]byte
	ChainId   *big.Int
}

// ResolvedCrossChainOrder is an auto generated low-level Go binding around an user-defined struct.
type ResolvedCrossChainOrder struct {
	User             common.Address
	OriginChainId    *big.Int
	OpenDeadline     uint32
	FillDeadline     uint32
	OrderId          [32]byte
	MaxSpent         []Output
	MinReceived      []Output
	FillInstructions []FillInstruction
}

// IntentSettlerMetaData contains all meta data concerning the IntentSettler contract.
var IntentSettlerMetaData = bind.MetaData{
	ABI: "[{\"type\":\"constructor\",\"inputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"CLAIMED_SLOT\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"FILLED_SLOT\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"ORDER_DATA_TYPE\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"PERMIT2\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"contractIPermit2\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"cancel\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"claim\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"what\",\"type\":\"tuple\",\"internalType\":\"structFill\",\"components\":[{\"name\":\"filler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"inputAmount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"outputAmount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"name\":\"proof\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"claimed\",\"inputs\":[{\"name\":\"fillKey\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"digestOf\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"eip712Domain\",\"inputs\":[],\"outputs\":[{\"name\":\"fields\",\"type\":\"bytes1\",\"internalType\":\"bytes1\"},{\"name\":\"name\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"version\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"verifyingContract\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"extensions\",\"type\":\"uint256[]\",\"internalType\":\"uint256[]\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"fill\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"originData\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"fillerData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[],\"stateMutability\":\"payable\"},{\"type\":\"function\",\"name\":\"fillKeyOf\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"what\",\"type\":\"tuple\",\"internalType\":\"structFill\",\"components\":[{\"name\":\"filler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"inputAmount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"outputAmount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]}],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"filled\",\"inputs\":[{\"name\":\"fillKey\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"given\",\"inputs\":[{\"name\":\"order\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"open\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structOnchainCrossChainOrder\",\"components\":[{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"openFor\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"signature\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"originFillerData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"orderIdOf\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"orderOf\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structOnchainCrossChainOrder\",\"components\":[{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[{\"name\":\"\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"refund\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"resolve\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structOnchainCrossChainOrder\",\"components\":[{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[{\"name\":\"\",\"type\":\"tuple\",\"internalType\":\"structResolvedCrossChainOrder\",\"components\":[{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"maxSpent\",\"type\":\"tuple[]\",\"internalType\":\"structOutput[]\",\"components\":[{\"name\":\"token\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"minReceived\",\"type\":\"tuple[]\",\"internalType\":\"structOutput[]\",\"components\":[{\"name\":\"token\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"fillInstructions\",\"type\":\"tuple[]\",\"internalType\":\"structFillInstruction[]\",\"components\":[{\"name\":\"destinationChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"destinationSettler\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"originData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}]}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"resolveFor\",\"inputs\":[{\"name\":\"order\",\"type\":\"tuple\",\"internalType\":\"structGaslessCrossChainOrder\",\"components\":[{\"name\":\"originSettler\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderDataType\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"orderData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"name\":\"\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[{\"name\":\"\",\"type\":\"tuple\",\"internalType\":\"structResolvedCrossChainOrder\",\"components\":[{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"maxSpent\",\"type\":\"tuple[]\",\"internalType\":\"structOutput[]\",\"components\":[{\"name\":\"token\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"minReceived\",\"type\":\"tuple[]\",\"internalType\":\"structOutput[]\",\"components\":[{\"name\":\"token\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"fillInstructions\",\"type\":\"tuple[]\",\"internalType\":\"structFillInstruction[]\",\"components\":[{\"name\":\"destinationChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"destinationSettler\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"originData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}]}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"stateOf\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"status\",\"type\":\"uint8\",\"internalType\":\"enumIntentSettler.Status\"},{\"name\":\"taken\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"event\",\"name\":\"Claimed\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"filler\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"inputAmount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"},{\"name\":\"outputAmount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"Closed\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"user\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"EIP712DomainChanged\",\"inputs\":[],\"anonymous\":false},{\"type\":\"event\",\"name\":\"Filled\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"filler\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"indexed\":false,\"internalType\":\"bytes32\"},{\"name\":\"outputAmount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"Open\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"resolvedOrder\",\"type\":\"tuple\",\"indexed\":false,\"internalType\":\"structResolvedCrossChainOrder\",\"components\":[{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"originChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"openDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"fillDeadline\",\"type\":\"uint32\",\"internalType\":\"uint32\"},{\"name\":\"orderId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"maxSpent\",\"type\":\"tuple[]\",\"internalType\":\"structOutput[]\",\"components\":[{\"name\":\"token\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"minReceived\",\"type\":\"tuple[]\",\"internalType\":\"structOutput[]\",\"components\":[{\"name\":\"token\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"fillInstructions\",\"type\":\"tuple[]\",\"internalType\":\"structFillInstruction[]\",\"components\":[{\"name\":\"destinationChainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"destinationSettler\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"originData\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}]}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"AlreadyDone\",\"inputs\":[{\"name\":\"fillKey\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"Expired\",\"inputs\":[{\"name\":\"deadline\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"FailedCall\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"InsufficientBalance\",\"inputs\":[{\"name\":\"balance\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"needed\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"InvalidOrder\",\"inputs\":[{\"name\":\"reason\",\"type\":\"string\",\"internalType\":\"string\"}]},{\"type\":\"error\",\"name\":\"InvalidShortString\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"InvalidSignature\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"NotAnAddress\",\"inputs\":[{\"name\":\"value\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"NotFilled\",\"inputs\":[{\"name\":\"fillKey\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"NotTheUser\",\"inputs\":[{\"name\":\"user\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"ReentrancyGuardReentrantCall\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"SafeERC20FailedOperation\",\"inputs\":[{\"name\":\"token\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"StringTooLong\",\"inputs\":[{\"name\":\"str\",\"type\":\"string\",\"internalType\":\"string\"}]},{\"type\":\"error\",\"name\":\"TooEarly\",\"inputs\":[{\"name\":\"refundTime\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"TooLittle\",\"inputs\":[{\"name\":\"outputAmount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"want\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"TooLittleArrived\",\"inputs\":[{\"name\":\"arrived\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"want\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"WrongInput\",\"inputs\":[{\"name\":\"inputAmount\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"left\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"WrongOrderDataType\",\"inputs\":[{\"name\":\"have\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"WrongSettler\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"settler\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"WrongStatus\",\"inputs\":[{\"name\":\"orderId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"have\",\"type\":\"uint8\",\"internalType\":\"enumIntentSettler.Status\"}]},{\"type\":\"error\",\"name\":\"WrongValue\",\"inputs\":[{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"want\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]}]",
	ID:  "IntentSettler",
	Bin: "0x610160604052348015610010575f5ffd5b506040518060400160405280600d81526020016c24b73a32b73a29b2ba3a3632b960991b815250604051806040016040528060018152602001603160f81b8152506100608261010760201b60201c565b6101205261006d81610107565b61014052815160208084019190912060e052815190820120610100524660a0526100f960e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0526101a8565b5f5f829050601f8151111561013a578260405163305a27a960e01b8152600401610131919061014d565b60405180910390fd5b805161014582610182565b179392505050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156101a2575f198160200360031b1b821691505b50919050565b60805160a05160c05160e0516101005161012051610140516138066101f95f395f611e6101525f611e3101525f6120c201525f61209a01525f611ff501525f61201f01525f61204901526138065ff3fe608060405260043610610126575f3560e01c806382e2c43f116100a85780639ee5ef3f1161006d5780639ee5ef3f14610380578063cc3c0f06146103ab578063e917a962146103d9578063ecd8a693146103f8578063ed2d9c1f14610417578063f2ba764b1461042b575f5ffd5b806382e2c43f146102f4578063844fac8e1461030757806384b0196e1461032657806396e0cc7f1461034d5780639bbb0dcd1461036c575f5ffd5b80636f35e792116100ee5780636f35e7921461023c5780637023091914610269578063722265f51461028857806377fe5415146102a95780637e9b9ff2146102d5575f5ffd5b806322bcd51a1461012a578063288cdc911461015f57806341b477dd1461019d57806364482ac4146101bc5780636afdd85014610202575b5f5ffd5b348015610135575f5ffd5b50610149610144366004612843565b61043f565b60405161015691906129b3565b60405180910390f35b34801561016a575f5ffd5b5061018d610179366004612a63565b60046020525f908152604090205460ff1681565b6040519015158152602001610156565b3480156101a8575f5ffd5b506101496101b7366004612a7a565b61047e565b3480156101c7575f5ffd5b506101f46101d6366004612a63565b60026020525f90815260409020805460019091015460ff9091169082565b604051610156929190612ae4565b34801561020d575f5ffd5b506102246e22d473030f116ddee9f6b43ac78ba381565b6040516001600160a01b039091168152602001610156565b348015610247575f5ffd5b5061025b610256366004612b0f565b6104b5565b604051908152602001610156565b348015610274575f5ffd5b5061025b610283366004612b5a565b6104fe565b348015610293575f5ffd5b506102a76102a2366004612b5a565b610518565b005b3480156102b4575f5ffd5b506102c86102c3366004612a7a565b610664565b6040516101569190612b8b565b3480156102e0575f5ffd5b506102a76102ef366004612c13565b610675565b6102a7610302366004612c89565b610850565b348015610312575f5ffd5b506102a7610321366004612d00565b610a7d565b348015610331575f5ffd5b5061033a610c30565b6040516101569796959493929190612d50565b348015610358575f5ffd5b5061025b610367366004612b5a565b610c72565b348015610377575f5ffd5b5061025b600481565b34801561038b575f5ffd5b5061025b61039a366004612a63565b60056020525f908152604090205481565b3480156103b6575f5ffd5b5061018d6103c5366004612a63565b60036020525f908152604090205460ff1681565b3480156103e4575f5ffd5b506102a76103f3366004612a7a565b610c86565b348015610403575f5ffd5b506102a7610412366004612b5a565b610d26565b348015610422575f5ffd5b5061025b600381565b348015610436575f5ffd5b5061025b610e9e565b610447612737565b5f8061045a61045587612f0f565b610ec2565b91509150610472828761046c90612f0f565b836110e4565b925050505b9392505050565b610486612737565b5f6104908361136c565b90505f5f61049d83610ec2565b915091506104ac8284836110e4565b95945050505050565b5f80806104c461045586612f0f565b915091506104f3826104df876104d990612f0f565b84611440565b6104ee36889003880188612fb4565b611538565b925050505b92915050565b5f8061050c61045584612f0f565b5090506104778161156d565b5f8061052661045584612f0f565b909250905061053b604084016020850161301f565b6001600160a01b03163314610556604085016020860161301f565b90610585576040516354c84e8d60e11b81526001600160a01b0390911660048201526024015b60405180910390fd5b508060e0015115806105b757505f82815260026020819052604082205460ff16908111156105b5576105b5612ab0565b145b5f83815260026020526040902054839160ff909116906105ec5760405163276065d160e21b815260040161057c92919061303a565b50505f828152600260208190526040909120805460ff1916600183021790555061061c604084016020850161301f565b6001600160a01b0316827f609707de829d80bde55b06589fddf18eeacf35fe1e3716346fcfba0824a62c815f60405161065791815260200190565b60405180910390a3505050565b61066c61278c565b6104f88261136c565b61067d611599565b5f8061068b61045587612f0f565b909250905060015f8381526002602081905260409091205460ff16908111156106b6576106b6612ab0565b5f84815260026020526040902054849260ff90911691146106ec5760405163276065d160e21b815260040161057c92919061303a565b50505f61071283886106fd90612f0f565b8461070d368b90038b018b612fb4565b6115d0565b90508160e0015161074d576107488261073160408a0160208b0161301f565b61073e60208a018a61301f565b8960200135611722565b610773565b61077361075d602088018861301f565b83516001600160a01b03169060208901356117ba565b6101408201516001600160a01b03166107985761079082826117f4565b505050610842565b61014082015160a083015160c08401516040516366ccdd9f60e11b81525f936001600160a01b03169263cd99bb3e926107d99287908c908c90600401613076565b602060405180830381865afa1580156107f4573d5f5f3e3d5ffd5b505050506040513d601f19601f8201168201806040525081019061081891906130be565b9050818161083c57604051639d1b8a9960e01b815260040161057c91815260200190565b50505050505b61084a61181f565b50505050565b610858611599565b5f610865848601866130e4565b90505f61087483850185612fb4565b9050468260c001511480156108a65750306001600160a01b031661089b8360e00151611849565b6001600160a01b0316145b8260c001518360e0015190916108d8576040516388f7489560e01b81526004810192909252602482015260440161057c565b505061010082015163ffffffff811642111561091057604051637c06dd7560e11b815263ffffffff909116600482015260240161057c565b505f61091d888484611538565b5f81815260046020526040902054909150819060ff16156109545760405163792f660f60e01b815260040161057c91815260200190565b505f818152600460209081526040808320805460ff191660011790555161097f918b91879101613230565b6040516020818303038152906040528051906020012090506109b3848460055f8581526020019081526020015f2054611878565b826020015160055f8381526020019081526020015f205f8282546109d79190613259565b925050819055506109ec848460400151611939565b836101200151610a1a575f610a02600384611a54565b9050610a18855f01518660200151836001611a66565b505b825160a0850151604080860151815192835260208301526001600160a01b03909216918b917fc2ddf4785fd398cfc4199b2cb422015dc00d6c3795d35de11289b0363b798501910160405180910390a350505050610a7661181f565b5050505050565b610a85611599565b5f80610a9361045588612f0f565b9092509050610aa860a088016080890161326c565b63ffffffff16421115610ac160a0890160808a0161326c565b90610ae857604051637c06dd7560e11b815263ffffffff909116600482015260240161057c565b505f82815260026020819052604082205460ff1690811115610b0c57610b0c612ab0565b5f84815260026020526040902054849260ff9091169114610b425760405163276065d160e21b815260040161057c92919061303a565b50508060e0015115610b7b57610b6182610b5b89612f0f565b83611af6565b610b748288838989308760200151611be6565b5050610c28565b5f610b8884860186612fb4565b5f8481526002602052604081206001015491925003610bec57827f3448bbc2203c608599ad448eeb1007cea04b788ac631f9f558e8dd01a3c27b3d610bd682610bd08c612f0f565b866110e4565b604051610be391906129b3565b60405180910390a25b5f610c0184610bfa8b612f0f565b85856115d0565b9050610c19848a858b8b875f01518860200151611be6565b610c2383826117f4565b505050505b610a7661181f565b5f6060805f5f5f6060610c41611e2a565b610c49611e5a565b604080515f80825260208201909252600f60f81b9b939a50919850469750309650945092509050565b5f610c7f61045583612f0f565b5092915050565b610c8e611599565b5f610c988261136c565b90505f5f610ca583610ec2565b335f90815260066020526040812080549395509193509091610ccf906001600160801b0316613287565b91906101000a8154816001600160801b0302191690836001600160801b03160217905550610cfe828483611af6565b8060e0015115610d1857610d188133308460200151611722565b505050610d2361181f565b50565b610d2e611599565b5f80610d3c61045584612f0f565b5f82815260026020526040902060e0820151929450909250908015610d7657506001815460ff166002811115610d7457610d74612ab0565b145b8154849160ff90911690610d9f5760405163276065d160e21b815260040161057c92919061303a565b50506101208201515f9063ffffffff16610dbf60c0870160a0880161326c565b63ffffffff16610dcf9190613259565b90508042118190610df657604051630a8d68c960e21b815260040161057c91815260200190565b50815460ff19166002178255600182015460208401515f91610e17916132b1565b9050610e3e610e2c604088016020890161301f565b85516001600160a01b031690836117ba565b610e4e604087016020880161301f565b6001600160a01b0316857f609707de829d80bde55b06589fddf18eeacf35fe1e3716346fcfba0824a62c8183604051610e8991815260200190565b60405180910390a35050505050610d2361181f565b60405180610100016040528060dd815260200161367c60dd91398051906020012081565b60408051610160810182525f80825260208201819052918101829052606081018290526080810182905260a0810182905260c0810182905260e0810182905261010081018290526101208101829052610140810182905260405180610100016040528060dd815260200161367c60dd9139805160209091012060c0840151908114610f6357604051631067b3df60e01b815260040161057c91815260200190565b50468360600151148015610f80575082516001600160a01b031630145b6060840151845190916001600160a01b0390911690610fbb576040516388f7489560e01b81526004810192909252602482015260440161057c565b50508260e00151806020019051810190610fd591906132da565b905080602001515f036110165760405163028ca4e560e21b81526020600482015260086024820152671b9bc81a5b9c1d5d60c21b604482015260640161057c565b468160a001510361106a5760405163028ca4e560e21b815260206004820152601960248201527f64657374696e6174696f6e20697320746865206f726967696e00000000000000604482015260640161057c565b8060e001518061108657506101408101516001600160a01b0316155b6110d35760405163028ca4e560e21b815260206004820152601760248201527f61207665726966696572206e6565647320657363726f77000000000000000000604482015260640161057c565b6110dd8382611e85565b9150915091565b6110ec612737565b5f6110f78484611440565b90505f60025f8781526020019081526020015f2060010154846020015161111e91906132b1565b6020868101516001600160a01b031685526060808801518683015260808089015163ffffffff9081166040808a019190915260a08b0151909116928801929092528601899052805160018082528183019092529293509082015b61119f60405180608001604052805f81526020015f81526020015f81526020015f81525090565b81526020019060019003908161117857505060a084015260408051608081018252908501518152602081016111d48484611fd3565b8152602001856080015181526020018560a001518152508360a001515f8151811061120157611201613380565b602090810291909101015260408051600180825281830190925290816020015b61124860405180608001604052805f81526020015f81526020015f81526020015f81525090565b81526020019060019003908161122157505060c084019081526040805160808101825286516001600160a01b03168152602081018490525f91810182905260608881015190820152915180519091906112a3576112a3613380565b602090810291909101015260408051600180825281830190925290816020015b6112e560405180606001604052805f81526020015f8152602001606081525090565b8152602001906001900390816112c3579050508360e0018190525060405180606001604052808560a0015181526020018560c001518152602001836040516020016113309190613394565b6040516020818303038152906040528152508360e001515f8151811061135857611358613380565b602002602001018190525050509392505050565b61137461278c565b60408051610100810182523081523360208083018290525f9182526006815290839020546001600160801b0316600160ff1b17928201929092524660608201529060808201906113c69085018561326c565b63ffffffff1681526020908101906113e09085018561326c565b63ffffffff1681526020018360200135815260200183806040019061140591906133a3565b8080601f0160208091040260200160405190810160405280939291908181526020018383808284375f92019190915250505091525092915050565b6114a56040518061016001604052805f81526020015f6001600160a01b031681526020015f81526020015f81526020015f81526020015f81526020015f81526020015f81526020015f63ffffffff1681526020015f151581526020015f151581525090565b60405180610160016040528084606001518152602001845f01516001600160a01b03168152602001836020015181526020018360400151815260200183606001518152602001836080015181526020018360a0015181526020018360c0015181526020018460a0015163ffffffff1681526020018360e00151151581526020018361010001511515815250905092915050565b5f83838360405160200161154e939291906133e5565b6040516020818303038152906040528051906020012090509392505050565b5f6104f8611579611fe9565b8360405161190160f01b8152600281019290925260228201526042902090565b6115a1612112565b6115ce60017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005b90612152565b565b5f8260e00151806115eb57508360a0015163ffffffff164211155b8460a001519061161757604051637c06dd7560e11b815263ffffffff909116600482015260240161057c565b505f858152600260205260408120906116308686611440565b905061164181858460010154611878565b61164c878286611538565b5f81815260036020526040902054909350839060ff16156116835760405163792f660f60e01b815260040161057c91815260200190565b505f8381526003602090815260408220805460ff19166001908117909155908601519084018054919290916116b9908490613259565b92505081905550835f01516001600160a01b0316877f2500ada8ba581126c805692756f230258621bbe372c90d928a7284fab4a9c1ea86602001518760400151604051611710929190918252602082015260400190565b60405180910390a35050949350505050565b83516040516370a0823160e01b81526001600160a01b0384811660048301525f91908316906370a0823190602401602060405180830381865afa15801561176b573d5f5f3e3d5ffd5b505050506040513d601f19601f8201168201806040525081019061178f9190613434565b90506117a66001600160a01b038316868686612159565b6117b28285838661218f565b505050505050565b6117c78383836001612233565b6117ef57604051635274afe760e01b81526001600160a01b038416600482015260240161057c565b505050565b5f611800600483611a54565b90506117ef8360a001516118178560c00151611849565b836001611a66565b6115ce5f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f006115c8565b5f8160a081901c156118715760405163479ef3f760e01b815260040161057c91815260200190565b5090919050565b5f81846040015161188991906132b1565b90505f8461014001516118a257818460200151146118ab565b81846020015111155b90508080156118bd5750602084015115155b84602001518390916118eb5760405163102fd99760e21b81526004810192909252602482015260440161057c565b50505f6118fc868660200151611fd3565b6040860151909150818082101561192f5760405163618bc7c960e01b81526004810192909252602482015260440161057c565b5050505050505050565b5f6119478360a00151611849565b606084015190915061198a57348281811461197e5760405163195a3ca160e01b81526004810192909252602482015260440161057c565b50506117ef8183612295565b345f81156119b45760405163195a3ca160e01b81526004810192909252602482015260440161057c565b50505f6119c48460600151611849565b6040516370a0823160e01b81526001600160a01b0384811660048301529192505f918316906370a0823190602401602060405180830381865afa158015611a0d573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190611a319190613434565b9050611a486001600160a01b038316338587612159565b610a768284838761218f565b5f818152602083905260408120610477565b734c6f636b737465700000000000000000000000016357712eb085858585611a8e575f611a91565b60015b60405160e086901b6001600160e01b031916815260048101949094526001600160a01b039092166024840152604483015260ff1660648201526084015f604051808303815f87803b158015611ae4575f5ffd5b505af115801561192f573d5f5f3e3d5ffd5b60a082015163ffffffff8116421115611b2b57604051637c06dd7560e11b815263ffffffff909116600482015260240161057c565b505f83815260026020819052604082205460ff1690811115611b4f57611b4f612ab0565b5f85815260026020526040902054859260ff9091169114611b855760405163276065d160e21b815260040161057c92919061303a565b50505f838152600260205260409020805460ff19166001179055827f3448bbc2203c608599ad448eeb1007cea04b788ac631f9f558e8dd01a3c27b3d611bcc8285856110e4565b604051611bd991906129b3565b60405180910390a2505050565b84610100015115611c56575f611c15611c056040890160208a0161301f565b611c0e8a61156d565b878761230c565b905080611c3557604051638baa579f60e01b815260040160405180910390fd5b611c5086611c4960408a0160208b0161301f565b8585611722565b50611e21565b84516040516370a0823160e01b81526001600160a01b0384811660048301525f9216906370a0823190602401602060405180830381865afa158015611c9d573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190611cc19190613434565b90506e22d473030f116ddee9f6b43ac78ba36001600160a01b031663137c29fe604051806060016040528060405180604001604052808b5f01516001600160a01b031681526020018b6020015181525081526020018a6040013581526020018a6080016020810190611d33919061326c565b63ffffffff168152506040518060400160405280876001600160a01b03168152602001868152508a6020016020810190611d6d919061301f565b8c6040518060e0016040528060ad815260200161375960ad913960405180610100016040528060dd815260200161367c60dd9139604051602001611db2929190613462565b6040516020818303038152906040528b8b6040518863ffffffff1660e01b8152600401611de597969594939291906134e1565b5f604051808303815f87803b158015611dfc575f5ffd5b505af1158015611e0e573d5f5f3e3d5ffd5b5050505061192f865f015184838561218f565b50505050505050565b6060611e557f0000000000000000000000000000000000000000000000000000000000000000612382565b905090565b6060611e557f0000000000000000000000000000000000000000000000000000000000000000612382565b5f5f60405180610100016040528060dd815260200161367c60dd91398051602091820120604051611eb892869101613581565b6040516020818303038152906040528051906020012090506040518060e0016040528060ad815260200161375960ad913960405180610100016040528060dd815260200161367c60dd9139604051602001611f1492919061362c565b60405160208183030381529060405280519060200120845f015185602001518660400151876060015188608001518960a001518a60c0015188604051602001611fb4999897969594939291909889526001600160a01b0397881660208a01529590961660408801526060870193909352608086019190915263ffffffff90811660a08601521660c084015260e08301919091526101008201526101200190565b6040516020818303038152906040528051906020012091505092915050565b5f610477836080015183856040015160016123bf565b5f306001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001614801561204157507f000000000000000000000000000000000000000000000000000000000000000046145b1561206b57507f000000000000000000000000000000000000000000000000000000000000000090565b611e55604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c156115ce57604051633ee5aeb560e01b815260040160405180910390fd5b80825d5050565b612167848484846001612401565b61084a57604051635274afe760e01b81526001600160a01b038516600482015260240161057c565b6040516370a0823160e01b81526001600160a01b0384811660048301525f9184918716906370a0823190602401602060405180830381865afa1580156121d7573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906121fb9190613434565b61220591906132b1565b9050808280821015611e2157604051631447ce0760e31b81526004810192909252602482015260440161057c565b60405163a9059cbb60e01b5f8181526001600160a01b038616600452602485905291602083604481808b5af1925060015f5114831661228957838315161561227d573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b804710156122bf5760405163cf47918160e01b81524760048201526024810182905260440161057c565b6122d8828260405180602001604052805f81525061246e565b156122e1575050565b3d156122f3576122ef612483565b5050565b60405163d6bda27560e01b815260040160405180910390fd5b5f846001600160a01b03163b5f0361236b575f5f61232b86868661248e565b5090925090505f81600381111561234457612344612ab0565b1480156123625750866001600160a01b0316826001600160a01b0316145b9250505061237a565b612377858585856124d5565b90505b949350505050565b60605f61238e8361253f565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f6123ec6123cc83612566565b80156123e757505f84806123e2576123e261363a565b868809115b151590565b6123f7868686612592565b6123779190613259565b6040516323b872dd60e01b5f8181526001600160a01b038781166004528616602452604485905291602083606481808c5af1925060015f5114831661245d578383151615612451573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b5f5f5f83516020850186885af1949350505050565b6040513d5f823e3d81fd5b5f808060418490036124c2578435602086013560408701355f1a6124b489828585612642565b9550955095505050506124cc565b505f915060029050825b93509350939050565b60408051630b135d3f60e11b808252600482018690526024820192909252604481018390525f91908390818660648301375f82606483010152601f820160051c60051b915060205f60648401838b5afa9050825f5114601f3d111681169350505050949350505050565b5f60ff8216601f8111156104f857604051632cd44ac360e21b815260040160405180910390fd5b5f600282600381111561257b5761257b612ab0565b612585919061364e565b60ff166001149050919050565b5f5f5f61259f868661270a565b91509150815f036125c3578381816125b9576125b961363a565b0492505050610477565b8184116125da576125da6003851502601118612726565b5f848688095f868103871696879004966002600389028118808a02820302808a02820302808a02820302808a02820302808a02820302808a02909103029181900381900460010185841190960395909502919093039390930492909217029150509392505050565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084111561267b57505f91506003905082612700565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa1580156126cc573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b0381166126f757505f925060019150829050612700565b92505f91508190505b9450945094915050565b5f805f1983850993909202808410938190039390930393915050565b634e487b715f52806020526024601cfd5b6040518061010001604052805f6001600160a01b031681526020015f81526020015f63ffffffff1681526020015f63ffffffff1681526020015f81526020016060815260200160608152602001606081525090565b6040518061010001604052805f6001600160a01b031681526020015f6001600160a01b031681526020015f81526020015f81526020015f63ffffffff1681526020015f63ffffffff1681526020015f8152602001606081525090565b5f61010082840312156127f9575f5ffd5b50919050565b5f5f83601f84011261280f575f5ffd5b5081356001600160401b03811115612825575f5ffd5b60208301915083602082850101111561283c575f5ffd5b9250929050565b5f5f5f60408486031215612855575f5ffd5b83356001600160401b0381111561286a575f5ffd5b612876868287016127e8565b93505060208401356001600160401b03811115612891575f5ffd5b61289d868287016127ff565b9497909650939450505050565b5f8151808452602084019350602083015f5b8281101561290057815180518752602081015160208801526040810151604088015260608101516060880152506080860195506020820191506001810190506128bc565b5093949350505050565b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b5f82825180855260208501945060208160051b830101602085015f5b838110156129a757601f19858403018852815180518452602081015160208501526040810151905060606040850152612990606085018261290a565b6020998a0199909450929092019150600101612954565b50909695505050505050565b602081526129cd6020820183516001600160a01b03169052565b602082015160408201525f60408301516129ef606084018263ffffffff169052565b50606083015163ffffffff8116608084015250608083015160a083015260a083015161010060c0840152612a276101208401826128aa565b905060c0840151601f198483030160e0850152612a4482826128aa565b91505060e0840151601f19848303016101008501526104f38282612938565b5f60208284031215612a73575f5ffd5b5035919050565b5f60208284031215612a8a575f5ffd5b81356001600160401b03811115612a9f575f5ffd5b820160608185031215610477575f5ffd5b634e487b7160e01b5f52602160045260245ffd5b60038110612ae057634e487b7160e01b5f52602160045260245ffd5b9052565b60408101612af28285612ac4565b8260208301529392505050565b5f608082840312156127f9575f5ffd5b5f5f60a08385031215612b20575f5ffd5b82356001600160401b03811115612b35575f5ffd5b612b41858286016127e8565b925050612b518460208501612aff565b90509250929050565b5f60208284031215612b6a575f5ffd5b81356001600160401b03811115612b7f575f5ffd5b61237a848285016127e8565b6020815260018060a01b03825116602082015260018060a01b03602083015116604082015260408201516060820152606082015160808201525f6080830151612bdc60a084018263ffffffff169052565b5060a083015163ffffffff811660c08401525060c083015160e083015260e08301516101008084015261237a61012084018261290a565b5f5f5f5f60c08587031215612c26575f5ffd5b84356001600160401b03811115612c3b575f5ffd5b612c47878288016127e8565b945050612c578660208701612aff565b925060a08501356001600160401b03811115612c71575f5ffd5b612c7d878288016127ff565b95989497509550505050565b5f5f5f5f5f60608688031215612c9d575f5ffd5b8535945060208601356001600160401b03811115612cb9575f5ffd5b612cc5888289016127ff565b90955093505060408601356001600160401b03811115612ce3575f5ffd5b612cef888289016127ff565b969995985093965092949392505050565b5f5f5f5f5f60608688031215612d14575f5ffd5b85356001600160401b03811115612d29575f5ffd5b612d35888289016127e8565b95505060208601356001600160401b03811115612cb9575f5ffd5b60ff60f81b8816815260e060208201525f612d6e60e083018961290a565b8281036040840152612d80818961290a565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b81811015612dd5578351835260209384019390920191600101612db7565b50909b9a5050505050505050505050565b634e487b7160e01b5f52604160045260245ffd5b60405161010081016001600160401b0381118282101715612e1d57612e1d612de6565b60405290565b60405161016081016001600160401b0381118282101715612e1d57612e1d612de6565b6001600160a01b0381168114610d23575f5ffd5b8035612e6581612e46565b919050565b63ffffffff81168114610d23575f5ffd5b8035612e6581612e6a565b5f82601f830112612e95575f5ffd5b81356001600160401b03811115612eae57612eae612de6565b604051601f8201601f19908116603f011681016001600160401b0381118282101715612edc57612edc612de6565b604052818152838201602001851015612ef3575f5ffd5b816020850160208301375f918101602001919091529392505050565b5f6101008236031215612f20575f5ffd5b612f28612dfa565b612f3183612e5a565b8152612f3f60208401612e5a565b60208201526040838101359082015260608084013590820152612f6460808401612e7b565b6080820152612f7560a08401612e7b565b60a082015260c0838101359082015260e08301356001600160401b03811115612f9c575f5ffd5b612fa836828601612e86565b60e08301525092915050565b5f6080828403128015612fc5575f5ffd5b50604051608081016001600160401b0381118282101715612fe857612fe8612de6565b6040528235612ff681612e46565b815260208381013590820152604080840135908201526060928301359281019290925250919050565b5f6020828403121561302f575f5ffd5b813561047781612e46565b828152604081016104776020830184612ac4565b81835281816020850137505f828201602090810191909152601f909101601f19169091010190565b858152846020820152836040820152608060608201525f61309b60808301848661304e565b979650505050505050565b8015158114610d23575f5ffd5b8051612e65816130a6565b5f602082840312156130ce575f5ffd5b8151610477816130a6565b8035612e65816130a6565b5f6101608284031280156130f6575f5ffd5b506130ff612e23565b8235815261310f60208401612e5a565b602082015260408381013590820152606080840135908201526080808401359082015260a0808401359082015260c0808401359082015260e0808401359082015261315d6101008401612e7b565b61010082015261317061012084016130d9565b61012082015261318361014084016130d9565b6101408201529392505050565b8051825260208101516131ae60208401826001600160a01b03169052565b5060408101516040830152606081015160608301526080810151608083015260a081015160a083015260c081015160c083015260e081015160e083015261010081015161320461010084018263ffffffff169052565b5061012081015161321a61012084018215159052565b506101408101516117ef61014084018215159052565b82815261018081016104776020830184613190565b634e487b7160e01b5f52601160045260245ffd5b808201808211156104f8576104f8613245565b5f6020828403121561327c575f5ffd5b813561047781612e6a565b5f6001600160801b0382166001600160801b0381036132a8576132a8613245565b60010192915050565b818103818111156104f8576104f8613245565b8051612e6581612e46565b8051612e6581612e6a565b5f6101608284031280156132ec575f5ffd5b506132f5612e23565b6132fe836132c4565b81526020838101519082015260408084015190820152606080840151908201526080808401519082015260a0808401519082015260c0808401519082015261334860e084016130b3565b60e082015261335a61010084016130b3565b61010082015261336d61012084016132cf565b61012082015261318361014084016132c4565b634e487b7160e01b5f52603260045260245ffd5b61016081016104f88284613190565b5f5f8335601e198436030181126133b8575f5ffd5b8301803591506001600160401b038211156133d1575f5ffd5b60200191503681900382131561283c575f5ffd5b83815261020081016133fa6020830185613190565b82516001600160a01b031661018083015260208301516101a083015260408301516101c08301526060909201516101e09091015292915050565b5f60208284031215613444575f5ffd5b5051919050565b5f81518060208401855e5f93019283525090919050565b7f4761736c65737343726f7373436861696e4f72646572207769746e657373290081525f61349c613496601f84018661344b565b8461344b565b7f546f6b656e5065726d697373696f6e73286164647265737320746f6b656e2c7581526d696e7432353620616d6f756e742960901b6020820152602e01949350505050565b6134ff81895180516001600160a01b03168252602090810151910152565b6020880151604082015260408801516060820152613533608082018880516001600160a01b03168252602090810151910152565b60018060a01b03861660c08201528460e08201526101406101008201525f61355f61014083018661290a565b82810361012084015261357381858761304e565b9a9950505050505050505050565b82815281516001600160a01b031660208201526101808101602083015160408301526040830151606083015260608301516080830152608083015160a083015260a083015160c083015260c083015160e083015260e08301516135e961010084018215159052565b506101008301518015156101208401525061012083015163ffffffff8116610140840152506101408301516001600160a01b038116610160840152509392505050565b5f61237a613496838661344b565b634e487b7160e01b5f52601260045260245ffd5b5f60ff83168061366c57634e487b7160e01b5f52601260045260245ffd5b8060ff8416069150509291505056fe496e74656e74286164647265737320696e707574546f6b656e2c75696e7432353620696e707574416d6f756e742c62797465733332206f7574707574546f6b656e2c75696e74323536206d696e4f75747075742c6279746573333220726563697069656e742c75696e743235362064657374696e6174696f6e436861696e49642c627974657333322064657374696e6174696f6e536574746c65722c626f6f6c20657363726f772c626f6f6c207061727469616c46696c6c2c75696e74333220636c61696d506572696f642c61646472657373207665726966696572294761736c65737343726f7373436861696e4f726465722861646472657373206f726967696e536574746c65722c6164647265737320757365722c75696e74323536206e6f6e63652c75696e74323536206f726967696e436861696e49642c75696e743332206f70656e446561646c696e652c75696e7433322066696c6c446561646c696e652c62797465733332206f7264657244617461547970652c496e74656e74206f726465724461746129",
}

// IntentSettler is an auto generated Go binding around an Ethereum contract.
type IntentSettler struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *IntentSettler) GetABI() abi.ABI {
	return c.abi
}

// NewIntentSettler creates a new instance of IntentSettler.
func NewIntentSettler() *IntentSettler {
	parsed, err := IntentSettlerMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &IntentSettler{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *IntentSettler) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackCLAIMEDSLOT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xed2d9c1f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function CLAIMED_SLOT() view returns(bytes32)
func (intentSettler *IntentSettler) PackCLAIMEDSLOT() []byte {
	enc, err := intentSettler.abi.Pack("CLAIMED_SLOT")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCLAIMEDSLOT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xed2d9c1f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function CLAIMED_SLOT() view returns(bytes32)
func (intentSettler *IntentSettler) TryPackCLAIMEDSLOT() ([]byte, error) {
	return intentSettler.abi.Pack("CLAIMED_SLOT")
}

// UnpackCLAIMEDSLOT is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xed2d9c1f.
//
// Solidity: function CLAIMED_SLOT() view returns(bytes32)
func (intentSettler *IntentSettler) UnpackCLAIMEDSLOT(data []byte) ([32]byte, error) {
	out, err := intentSettler.abi.Unpack("CLAIMED_SLOT", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackFILLEDSLOT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9bbb0dcd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function FILLED_SLOT() view returns(bytes32)
func (intentSettler *IntentSettler) PackFILLEDSLOT() []byte {
	enc, err := intentSettler.abi.Pack("FILLED_SLOT")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFILLEDSLOT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9bbb0dcd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function FILLED_SLOT() view returns(bytes32)
func (intentSettler *IntentSettler) TryPackFILLEDSLOT() ([]byte, error) {
	return intentSettler.abi.Pack("FILLED_SLOT")
}

// UnpackFILLEDSLOT is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9bbb0dcd.
//
// Solidity: function FILLED_SLOT() view returns(bytes32)
func (intentSettler *IntentSettler) UnpackFILLEDSLOT(data []byte) ([32]byte, error) {
	out, err := intentSettler.abi.Unpack("FILLED_SLOT", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackORDERDATATYPE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2ba764b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function ORDER_DATA_TYPE() view returns(bytes32)
func (intentSettler *IntentSettler) PackORDERDATATYPE() []byte {
	enc, err := intentSettler.abi.Pack("ORDER_DATA_TYPE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackORDERDATATYPE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2ba764b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function ORDER_DATA_TYPE() view returns(bytes32)
func (intentSettler *IntentSettler) TryPackORDERDATATYPE() ([]byte, error) {
	return intentSettler.abi.Pack("ORDER_DATA_TYPE")
}

// UnpackORDERDATATYPE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf2ba764b.
//
// Solidity: function ORDER_DATA_TYPE() view returns(bytes32)
func (intentSettler *IntentSettler) UnpackORDERDATATYPE(data []byte) ([32]byte, error) {
	out, err := intentSettler.abi.Unpack("ORDER_DATA_TYPE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPERMIT2 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6afdd850.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function PERMIT2() view returns(address)
func (intentSettler *IntentSettler) PackPERMIT2() []byte {
	enc, err := intentSettler.abi.Pack("PERMIT2")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPERMIT2 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6afdd850.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function PERMIT2() view returns(address)
func (intentSettler *IntentSettler) TryPackPERMIT2() ([]byte, error) {
	return intentSettler.abi.Pack("PERMIT2")
}

// UnpackPERMIT2 is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6afdd850.
//
// Solidity: function PERMIT2() view returns(address)
func (intentSettler *IntentSettler) UnpackPERMIT2(data []byte) (common.Address, error) {
	out, err := intentSettler.abi.Unpack("PERMIT2", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x722265f5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancel((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) returns()
func (intentSettler *IntentSettler) PackCancel(order GaslessCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("cancel", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancel is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x722265f5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancel((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) returns()
func (intentSettler *IntentSettler) TryPackCancel(order GaslessCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("cancel", order)
}

// PackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7e9b9ff2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claim((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, (address,uint256,uint256,bytes32) what, bytes proof) returns()
func (intentSettler *IntentSettler) PackClaim(order GaslessCrossChainOrder, what Fill, proof []byte) []byte {
	enc, err := intentSettler.abi.Pack("claim", order, what, proof)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7e9b9ff2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claim((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, (address,uint256,uint256,bytes32) what, bytes proof) returns()
func (intentSettler *IntentSettler) TryPackClaim(order GaslessCrossChainOrder, what Fill, proof []byte) ([]byte, error) {
	return intentSettler.abi.Pack("claim", order, what, proof)
}

// PackClaimed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc3c0f06.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimed(bytes32 fillKey) view returns(bool)
func (intentSettler *IntentSettler) PackClaimed(fillKey [32]byte) []byte {
	enc, err := intentSettler.abi.Pack("claimed", fillKey)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc3c0f06.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimed(bytes32 fillKey) view returns(bool)
func (intentSettler *IntentSettler) TryPackClaimed(fillKey [32]byte) ([]byte, error) {
	return intentSettler.abi.Pack("claimed", fillKey)
}

// UnpackClaimed is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcc3c0f06.
//
// Solidity: function claimed(bytes32 fillKey) view returns(bool)
func (intentSettler *IntentSettler) UnpackClaimed(data []byte) (bool, error) {
	out, err := intentSettler.abi.Unpack("claimed", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackDigestOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70230919.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function digestOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) view returns(bytes32)
func (intentSettler *IntentSettler) PackDigestOf(order GaslessCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("digestOf", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDigestOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70230919.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function digestOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) view returns(bytes32)
func (intentSettler *IntentSettler) TryPackDigestOf(order GaslessCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("digestOf", order)
}

// UnpackDigestOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x70230919.
//
// Solidity: function digestOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) view returns(bytes32)
func (intentSettler *IntentSettler) UnpackDigestOf(data []byte) ([32]byte, error) {
	out, err := intentSettler.abi.Unpack("digestOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (intentSettler *IntentSettler) PackEip712Domain() []byte {
	enc, err := intentSettler.abi.Pack("eip712Domain")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (intentSettler *IntentSettler) TryPackEip712Domain() ([]byte, error) {
	return intentSettler.abi.Pack("eip712Domain")
}

// Eip712DomainOutput serves as a container for the return parameters of contract
// method Eip712Domain.
type Eip712DomainOutput struct {
	Fields            [1]byte
	Name              string
	Version           string
	ChainId           *big.Int
	VerifyingContract common.Address
	Salt              [32]byte
	Extensions        []*big.Int
}

// UnpackEip712Domain is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x84b0196e.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (intentSettler *IntentSettler) UnpackEip712Domain(data []byte) (Eip712DomainOutput, error) {
	out, err := intentSettler.abi.Unpack("eip712Domain", data)
	outstruct := new(Eip712DomainOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Fields = *abi.ConvertType(out[0], new([1]byte)).(*[1]byte)
	outstruct.Name = *abi.ConvertType(out[1], new(string)).(*string)
	outstruct.Version = *abi.ConvertType(out[2], new(string)).(*string)
	outstruct.ChainId = abi.ConvertType(out[3], new(big.Int)).(*big.Int)
	outstruct.VerifyingContract = *abi.ConvertType(out[4], new(common.Address)).(*common.Address)
	outstruct.Salt = *abi.ConvertType(out[5], new([32]byte)).(*[32]byte)
	outstruct.Extensions = *abi.ConvertType(out[6], new([]*big.Int)).(*[]*big.Int)
	return *outstruct, nil
}

// PackFill is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x82e2c43f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function fill(bytes32 orderId, bytes originData, bytes fillerData) payable returns()
func (intentSettler *IntentSettler) PackFill(orderId [32]byte, originData []byte, fillerData []byte) []byte {
	enc, err := intentSettler.abi.Pack("fill", orderId, originData, fillerData)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFill is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x82e2c43f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function fill(bytes32 orderId, bytes originData, bytes fillerData) payable returns()
func (intentSettler *IntentSettler) TryPackFill(orderId [32]byte, originData []byte, fillerData []byte) ([]byte, error) {
	return intentSettler.abi.Pack("fill", orderId, originData, fillerData)
}

// PackFillKeyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6f35e792.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function fillKeyOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, (address,uint256,uint256,bytes32) what) view returns(bytes32)
func (intentSettler *IntentSettler) PackFillKeyOf(order GaslessCrossChainOrder, what Fill) []byte {
	enc, err := intentSettler.abi.Pack("fillKeyOf", order, what)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFillKeyOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6f35e792.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function fillKeyOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, (address,uint256,uint256,bytes32) what) view returns(bytes32)
func (intentSettler *IntentSettler) TryPackFillKeyOf(order GaslessCrossChainOrder, what Fill) ([]byte, error) {
	return intentSettler.abi.Pack("fillKeyOf", order, what)
}

// UnpackFillKeyOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6f35e792.
//
// Solidity: function fillKeyOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, (address,uint256,uint256,bytes32) what) view returns(bytes32)
func (intentSettler *IntentSettler) UnpackFillKeyOf(data []byte) ([32]byte, error) {
	out, err := intentSettler.abi.Unpack("fillKeyOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackFilled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x288cdc91.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function filled(bytes32 fillKey) view returns(bool)
func (intentSettler *IntentSettler) PackFilled(fillKey [32]byte) []byte {
	enc, err := intentSettler.abi.Pack("filled", fillKey)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFilled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x288cdc91.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function filled(bytes32 fillKey) view returns(bool)
func (intentSettler *IntentSettler) TryPackFilled(fillKey [32]byte) ([]byte, error) {
	return intentSettler.abi.Pack("filled", fillKey)
}

// UnpackFilled is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x288cdc91.
//
// Solidity: function filled(bytes32 fillKey) view returns(bool)
func (intentSettler *IntentSettler) UnpackFilled(data []byte) (bool, error) {
	out, err := intentSettler.abi.Unpack("filled", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackGiven is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9ee5ef3f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function given(bytes32 order) view returns(uint256)
func (intentSettler *IntentSettler) PackGiven(order [32]byte) []byte {
	enc, err := intentSettler.abi.Pack("given", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGiven is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9ee5ef3f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function given(bytes32 order) view returns(uint256)
func (intentSettler *IntentSettler) TryPackGiven(order [32]byte) ([]byte, error) {
	return intentSettler.abi.Pack("given", order)
}

// UnpackGiven is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9ee5ef3f.
//
// Solidity: function given(bytes32 order) view returns(uint256)
func (intentSettler *IntentSettler) UnpackGiven(data []byte) (*big.Int, error) {
	out, err := intentSettler.abi.Unpack("given", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackOpen is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe917a962.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function open((uint32,bytes32,bytes) order) returns()
func (intentSettler *IntentSettler) PackOpen(order OnchainCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("open", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOpen is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe917a962.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function open((uint32,bytes32,bytes) order) returns()
func (intentSettler *IntentSettler) TryPackOpen(order OnchainCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("open", order)
}

// PackOpenFor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x844fac8e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function openFor((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, bytes signature, bytes originFillerData) returns()
func (intentSettler *IntentSettler) PackOpenFor(order GaslessCrossChainOrder, signature []byte, originFillerData []byte) []byte {
	enc, err := intentSettler.abi.Pack("openFor", order, signature, originFillerData)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOpenFor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x844fac8e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function openFor((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, bytes signature, bytes originFillerData) returns()
func (intentSettler *IntentSettler) TryPackOpenFor(order GaslessCrossChainOrder, signature []byte, originFillerData []byte) ([]byte, error) {
	return intentSettler.abi.Pack("openFor", order, signature, originFillerData)
}

// PackOrderIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x96e0cc7f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function orderIdOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) view returns(bytes32 id)
func (intentSettler *IntentSettler) PackOrderIdOf(order GaslessCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("orderIdOf", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOrderIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x96e0cc7f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function orderIdOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) view returns(bytes32 id)
func (intentSettler *IntentSettler) TryPackOrderIdOf(order GaslessCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("orderIdOf", order)
}

// UnpackOrderIdOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x96e0cc7f.
//
// Solidity: function orderIdOf((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) view returns(bytes32 id)
func (intentSettler *IntentSettler) UnpackOrderIdOf(data []byte) ([32]byte, error) {
	out, err := intentSettler.abi.Unpack("orderIdOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackOrderOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x77fe5415.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function orderOf((uint32,bytes32,bytes) order) view returns((address,address,uint256,uint256,uint32,uint32,bytes32,bytes))
func (intentSettler *IntentSettler) PackOrderOf(order OnchainCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("orderOf", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOrderOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x77fe5415.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function orderOf((uint32,bytes32,bytes) order) view returns((address,address,uint256,uint256,uint32,uint32,bytes32,bytes))
func (intentSettler *IntentSettler) TryPackOrderOf(order OnchainCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("orderOf", order)
}

// UnpackOrderOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x77fe5415.
//
// Solidity: function orderOf((uint32,bytes32,bytes) order) view returns((address,address,uint256,uint256,uint32,uint32,bytes32,bytes))
func (intentSettler *IntentSettler) UnpackOrderOf(data []byte) (GaslessCrossChainOrder, error) {
	out, err := intentSettler.abi.Unpack("orderOf", data)
	if err != nil {
		return *new(GaslessCrossChainOrder), err
	}
	out0 := *abi.ConvertType(out[0], new(GaslessCrossChainOrder)).(*GaslessCrossChainOrder)
	return out0, nil
}

// PackRefund is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xecd8a693.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function refund((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) returns()
func (intentSettler *IntentSettler) PackRefund(order GaslessCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("refund", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRefund is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xecd8a693.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function refund((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order) returns()
func (intentSettler *IntentSettler) TryPackRefund(order GaslessCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("refund", order)
}

// PackResolve is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x41b477dd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function resolve((uint32,bytes32,bytes) order) view returns((address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]))
func (intentSettler *IntentSettler) PackResolve(order OnchainCrossChainOrder) []byte {
	enc, err := intentSettler.abi.Pack("resolve", order)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackResolve is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x41b477dd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function resolve((uint32,bytes32,bytes) order) view returns((address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]))
func (intentSettler *IntentSettler) TryPackResolve(order OnchainCrossChainOrder) ([]byte, error) {
	return intentSettler.abi.Pack("resolve", order)
}

// UnpackResolve is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x41b477dd.
//
// Solidity: function resolve((uint32,bytes32,bytes) order) view returns((address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]))
func (intentSettler *IntentSettler) UnpackResolve(data []byte) (ResolvedCrossChainOrder, error) {
	out, err := intentSettler.abi.Unpack("resolve", data)
	if err != nil {
		return *new(ResolvedCrossChainOrder), err
	}
	out0 := *abi.ConvertType(out[0], new(ResolvedCrossChainOrder)).(*ResolvedCrossChainOrder)
	return out0, nil
}

// PackResolveFor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x22bcd51a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function resolveFor((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, bytes ) view returns((address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]))
func (intentSettler *IntentSettler) PackResolveFor(order GaslessCrossChainOrder, arg1 []byte) []byte {
	enc, err := intentSettler.abi.Pack("resolveFor", order, arg1)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackResolveFor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x22bcd51a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function resolveFor((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, bytes ) view returns((address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]))
func (intentSettler *IntentSettler) TryPackResolveFor(order GaslessCrossChainOrder, arg1 []byte) ([]byte, error) {
	return intentSettler.abi.Pack("resolveFor", order, arg1)
}

// UnpackResolveFor is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x22bcd51a.
//
// Solidity: function resolveFor((address,address,uint256,uint256,uint32,uint32,bytes32,bytes) order, bytes ) view returns((address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]))
func (intentSettler *IntentSettler) UnpackResolveFor(data []byte) (ResolvedCrossChainOrder, error) {
	out, err := intentSettler.abi.Unpack("resolveFor", data)
	if err != nil {
		return *new(ResolvedCrossChainOrder), err
	}
	out0 := *abi.ConvertType(out[0], new(ResolvedCrossChainOrder)).(*ResolvedCrossChainOrder)
	return out0, nil
}

// PackStateOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64482ac4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function stateOf(bytes32 orderId) view returns(uint8 status, uint256 taken)
func (intentSettler *IntentSettler) PackStateOf(orderId [32]byte) []byte {
	enc, err := intentSettler.abi.Pack("stateOf", orderId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStateOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64482ac4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function stateOf(bytes32 orderId) view returns(uint8 status, uint256 taken)
func (intentSettler *IntentSettler) TryPackStateOf(orderId [32]byte) ([]byte, error) {
	return intentSettler.abi.Pack("stateOf", orderId)
}

// StateOfOutput serves as a container for the return parameters of contract
// method StateOf.
type StateOfOutput struct {
	Status uint8
	Taken  *big.Int
}

// UnpackStateOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x64482ac4.
//
// Solidity: function stateOf(bytes32 orderId) view returns(uint8 status, uint256 taken)
func (intentSettler *IntentSettler) UnpackStateOf(data []byte) (StateOfOutput, error) {
	out, err := intentSettler.abi.Unpack("stateOf", data)
	outstruct := new(StateOfOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Status = *abi.ConvertType(out[0], new(uint8)).(*uint8)
	outstruct.Taken = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// IntentSettlerClaimed represents a Claimed event raised by the IntentSettler contract.
type IntentSettlerClaimed struct {
	OrderId      [32]byte
	Filler       common.Address
	InputAmount  *big.Int
	OutputAmount *big.Int
	Raw          *types.Log // Blockchain specific contextual infos
}

const IntentSettlerClaimedEventName = "Claimed"

// ContractEventName returns the user-defined event name.
func (IntentSettlerClaimed) ContractEventName() string {
	return IntentSettlerClaimedEventName
}

// UnpackClaimedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Claimed(bytes32 indexed orderId, address indexed filler, uint256 inputAmount, uint256 outputAmount)
func (intentSettler *IntentSettler) UnpackClaimedEvent(log *types.Log) (*IntentSettlerClaimed, error) {
	event := "Claimed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != intentSettler.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IntentSettlerClaimed)
	if len(log.Data) > 0 {
		if err := intentSettler.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range intentSettler.abi.Events[event].Inputs {
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

// IntentSettlerClosed represents a Closed event raised by the IntentSettler contract.
type IntentSettlerClosed struct {
	OrderId [32]byte
	User    common.Address
	Amount  *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const IntentSettlerClosedEventName = "Closed"

// ContractEventName returns the user-defined event name.
func (IntentSettlerClosed) ContractEventName() string {
	return IntentSettlerClosedEventName
}

// UnpackClosedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Closed(bytes32 indexed orderId, address indexed user, uint256 amount)
func (intentSettler *IntentSettler) UnpackClosedEvent(log *types.Log) (*IntentSettlerClosed, error) {
	event := "Closed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != intentSettler.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IntentSettlerClosed)
	if len(log.Data) > 0 {
		if err := intentSettler.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range intentSettler.abi.Events[event].Inputs {
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

// IntentSettlerEIP712DomainChanged represents a EIP712DomainChanged event raised by the IntentSettler contract.
type IntentSettlerEIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const IntentSettlerEIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (IntentSettlerEIP712DomainChanged) ContractEventName() string {
	return IntentSettlerEIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (intentSettler *IntentSettler) UnpackEIP712DomainChangedEvent(log *types.Log) (*IntentSettlerEIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != intentSettler.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IntentSettlerEIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := intentSettler.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range intentSettler.abi.Events[event].Inputs {
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

// IntentSettlerFilled represents a Filled event raised by the IntentSettler contract.
type IntentSettlerFilled struct {
	OrderId      [32]byte
	Filler       common.Address
	Recipient    [32]byte
	OutputAmount *big.Int
	Raw          *types.Log // Blockchain specific contextual infos
}

const IntentSettlerFilledEventName = "Filled"

// ContractEventName returns the user-defined event name.
func (IntentSettlerFilled) ContractEventName() string {
	return IntentSettlerFilledEventName
}

// UnpackFilledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Filled(bytes32 indexed orderId, address indexed filler, bytes32 recipient, uint256 outputAmount)
func (intentSettler *IntentSettler) UnpackFilledEvent(log *types.Log) (*IntentSettlerFilled, error) {
	event := "Filled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != intentSettler.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IntentSettlerFilled)
	if len(log.Data) > 0 {
		if err := intentSettler.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range intentSettler.abi.Events[event].Inputs {
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

// IntentSettlerOpen represents a Open event raised by the IntentSettler contract.
type IntentSettlerOpen struct {
	OrderId       [32]byte
	ResolvedOrder ResolvedCrossChainOrder
	Raw           *types.Log // Blockchain specific contextual infos
}

const IntentSettlerOpenEventName = "Open"

// ContractEventName returns the user-defined event name.
func (IntentSettlerOpen) ContractEventName() string {
	return IntentSettlerOpenEventName
}

// UnpackOpenEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Open(bytes32 indexed orderId, (address,uint256,uint32,uint32,bytes32,(bytes32,uint256,bytes32,uint256)[],(bytes32,uint256,bytes32,uint256)[],(uint256,bytes32,bytes)[]) resolvedOrder)
func (intentSettler *IntentSettler) UnpackOpenEvent(log *types.Log) (*IntentSettlerOpen, error) {
	event := "Open"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != intentSettler.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(IntentSettlerOpen)
	if len(log.Data) > 0 {
		if err := intentSettler.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range intentSettler.abi.Events[event].Inputs {
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
func (intentSettler *IntentSettler) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["AlreadyDone"].ID.Bytes()[:4]) {
		return intentSettler.UnpackAlreadyDoneError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["Expired"].ID.Bytes()[:4]) {
		return intentSettler.UnpackExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["FailedCall"].ID.Bytes()[:4]) {
		return intentSettler.UnpackFailedCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["InsufficientBalance"].ID.Bytes()[:4]) {
		return intentSettler.UnpackInsufficientBalanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["InvalidOrder"].ID.Bytes()[:4]) {
		return intentSettler.UnpackInvalidOrderError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return intentSettler.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["InvalidSignature"].ID.Bytes()[:4]) {
		return intentSettler.UnpackInvalidSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["NotAnAddress"].ID.Bytes()[:4]) {
		return intentSettler.UnpackNotAnAddressError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["NotFilled"].ID.Bytes()[:4]) {
		return intentSettler.UnpackNotFilledError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["NotTheUser"].ID.Bytes()[:4]) {
		return intentSettler.UnpackNotTheUserError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["ReentrancyGuardReentrantCall"].ID.Bytes()[:4]) {
		return intentSettler.UnpackReentrancyGuardReentrantCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["SafeERC20FailedOperation"].ID.Bytes()[:4]) {
		return intentSettler.UnpackSafeERC20FailedOperationError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return intentSettler.UnpackStringTooLongError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["TooEarly"].ID.Bytes()[:4]) {
		return intentSettler.UnpackTooEarlyError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["TooLittle"].ID.Bytes()[:4]) {
		return intentSettler.UnpackTooLittleError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["TooLittleArrived"].ID.Bytes()[:4]) {
		return intentSettler.UnpackTooLittleArrivedError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["WrongInput"].ID.Bytes()[:4]) {
		return intentSettler.UnpackWrongInputError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["WrongOrderDataType"].ID.Bytes()[:4]) {
		return intentSettler.UnpackWrongOrderDataTypeError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["WrongSettler"].ID.Bytes()[:4]) {
		return intentSettler.UnpackWrongSettlerError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["WrongStatus"].ID.Bytes()[:4]) {
		return intentSettler.UnpackWrongStatusError(raw[4:])
	}
	if bytes.Equal(raw[:4], intentSettler.abi.Errors["WrongValue"].ID.Bytes()[:4]) {
		return intentSettler.UnpackWrongValueError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// IntentSettlerAlreadyDone represents a AlreadyDone error raised by the IntentSettler contract.
type IntentSettlerAlreadyDone struct {
	FillKey [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyDone(bytes32 fillKey)
func IntentSettlerAlreadyDoneErrorID() common.Hash {
	return common.HexToHash("0x792f660fba8b33985c6e57b1f3beb602384ef16cbd17f7b4911b5aa238b30fb3")
}

// UnpackAlreadyDoneError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyDone(bytes32 fillKey)
func (intentSettler *IntentSettler) UnpackAlreadyDoneError(raw []byte) (*IntentSettlerAlreadyDone, error) {
	out := new(IntentSettlerAlreadyDone)
	if err := intentSettler.abi.UnpackIntoInterface(out, "AlreadyDone", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerExpired represents a Expired error raised by the IntentSettler contract.
type IntentSettlerExpired struct {
	Deadline *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Expired(uint256 deadline)
func IntentSettlerExpiredErrorID() common.Hash {
	return common.HexToHash("0xf80dbaea4785589e52984ca36a31de106adc77759539a5c7d92883bf49692fe9")
}

// UnpackExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Expired(uint256 deadline)
func (intentSettler *IntentSettler) UnpackExpiredError(raw []byte) (*IntentSettlerExpired, error) {
	out := new(IntentSettlerExpired)
	if err := intentSettler.abi.UnpackIntoInterface(out, "Expired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerFailedCall represents a FailedCall error raised by the IntentSettler contract.
type IntentSettlerFailedCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FailedCall()
func IntentSettlerFailedCallErrorID() common.Hash {
	return common.HexToHash("0xd6bda27508c0fb6d8a39b4b122878dab26f731a7d4e4abe711dd3731899052a4")
}

// UnpackFailedCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FailedCall()
func (intentSettler *IntentSettler) UnpackFailedCallError(raw []byte) (*IntentSettlerFailedCall, error) {
	out := new(IntentSettlerFailedCall)
	if err := intentSettler.abi.UnpackIntoInterface(out, "FailedCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerInsufficientBalance represents a InsufficientBalance error raised by the IntentSettler contract.
type IntentSettlerInsufficientBalance struct {
	Balance *big.Int
	Needed  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientBalance(uint256 balance, uint256 needed)
func IntentSettlerInsufficientBalanceErrorID() common.Hash {
	return common.HexToHash("0xcf4791818fba6e019216eb4864093b4947f674afada5d305e57d598b641dad1d")
}

// UnpackInsufficientBalanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientBalance(uint256 balance, uint256 needed)
func (intentSettler *IntentSettler) UnpackInsufficientBalanceError(raw []byte) (*IntentSettlerInsufficientBalance, error) {
	out := new(IntentSettlerInsufficientBalance)
	if err := intentSettler.abi.UnpackIntoInterface(out, "InsufficientBalance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerInvalidOrder represents a InvalidOrder error raised by the IntentSettler contract.
type IntentSettlerInvalidOrder struct {
	Reason string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidOrder(string reason)
func IntentSettlerInvalidOrderErrorID() common.Hash {
	return common.HexToHash("0x0a3293946ca0242740b7007001fd3932fe78f10ead732a64c6a38c05048c58da")
}

// UnpackInvalidOrderError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidOrder(string reason)
func (intentSettler *IntentSettler) UnpackInvalidOrderError(raw []byte) (*IntentSettlerInvalidOrder, error) {
	out := new(IntentSettlerInvalidOrder)
	if err := intentSettler.abi.UnpackIntoInterface(out, "InvalidOrder", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerInvalidShortString represents a InvalidShortString error raised by the IntentSettler contract.
type IntentSettlerInvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func IntentSettlerInvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (intentSettler *IntentSettler) UnpackInvalidShortStringError(raw []byte) (*IntentSettlerInvalidShortString, error) {
	out := new(IntentSettlerInvalidShortString)
	if err := intentSettler.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerInvalidSignature represents a InvalidSignature error raised by the IntentSettler contract.
type IntentSettlerInvalidSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidSignature()
func IntentSettlerInvalidSignatureErrorID() common.Hash {
	return common.HexToHash("0x8baa579fce362245063d36f11747a89dd489c54795634fc673cc0e0db51fedc5")
}

// UnpackInvalidSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidSignature()
func (intentSettler *IntentSettler) UnpackInvalidSignatureError(raw []byte) (*IntentSettlerInvalidSignature, error) {
	out := new(IntentSettlerInvalidSignature)
	if err := intentSettler.abi.UnpackIntoInterface(out, "InvalidSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerNotAnAddress represents a NotAnAddress error raised by the IntentSettler contract.
type IntentSettlerNotAnAddress struct {
	Value [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAnAddress(bytes32 value)
func IntentSettlerNotAnAddressErrorID() common.Hash {
	return common.HexToHash("0x479ef3f71a91700c13543d5e61e92dcdac26a0cfd31f5f8c880e86c47b4373b4")
}

// UnpackNotAnAddressError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAnAddress(bytes32 value)
func (intentSettler *IntentSettler) UnpackNotAnAddressError(raw []byte) (*IntentSettlerNotAnAddress, error) {
	out := new(IntentSettlerNotAnAddress)
	if err := intentSettler.abi.UnpackIntoInterface(out, "NotAnAddress", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerNotFilled represents a NotFilled error raised by the IntentSettler contract.
type IntentSettlerNotFilled struct {
	FillKey [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFilled(bytes32 fillKey)
func IntentSettlerNotFilledErrorID() common.Hash {
	return common.HexToHash("0x9d1b8a994b9f15210c6b502ea638c28544c4d374c824200eb9c5ffb51db083b7")
}

// UnpackNotFilledError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFilled(bytes32 fillKey)
func (intentSettler *IntentSettler) UnpackNotFilledError(raw []byte) (*IntentSettlerNotFilled, error) {
	out := new(IntentSettlerNotFilled)
	if err := intentSettler.abi.UnpackIntoInterface(out, "NotFilled", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerNotTheUser represents a NotTheUser error raised by the IntentSettler contract.
type IntentSettlerNotTheUser struct {
	User common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotTheUser(address user)
func IntentSettlerNotTheUserErrorID() common.Hash {
	return common.HexToHash("0xa9909d1ac6dff5e729cd5506fea0d3867b83cab53af84d22001acd114ecb6591")
}

// UnpackNotTheUserError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotTheUser(address user)
func (intentSettler *IntentSettler) UnpackNotTheUserError(raw []byte) (*IntentSettlerNotTheUser, error) {
	out := new(IntentSettlerNotTheUser)
	if err := intentSettler.abi.UnpackIntoInterface(out, "NotTheUser", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerReentrancyGuardReentrantCall represents a ReentrancyGuardReentrantCall error raised by the IntentSettler contract.
type IntentSettlerReentrancyGuardReentrantCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReentrancyGuardReentrantCall()
func IntentSettlerReentrancyGuardReentrantCallErrorID() common.Hash {
	return common.HexToHash("0x3ee5aeb571de7fc460830b4d0017439a1ca56fb0bc39062227ade4fe4a24c1ca")
}

// UnpackReentrancyGuardReentrantCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReentrancyGuardReentrantCall()
func (intentSettler *IntentSettler) UnpackReentrancyGuardReentrantCallError(raw []byte) (*IntentSettlerReentrancyGuardReentrantCall, error) {
	out := new(IntentSettlerReentrancyGuardReentrantCall)
	if err := intentSettler.abi.UnpackIntoInterface(out, "ReentrancyGuardReentrantCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerSafeERC20FailedOperation represents a SafeERC20FailedOperation error raised by the IntentSettler contract.
type IntentSettlerSafeERC20FailedOperation struct {
	Token common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SafeERC20FailedOperation(address token)
func IntentSettlerSafeERC20FailedOperationErrorID() common.Hash {
	return common.HexToHash("0x5274afe73c98b4749fc91ffae6b7b574e7842cb2144a159e9377a5f20b32edf9")
}

// UnpackSafeERC20FailedOperationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SafeERC20FailedOperation(address token)
func (intentSettler *IntentSettler) UnpackSafeERC20FailedOperationError(raw []byte) (*IntentSettlerSafeERC20FailedOperation, error) {
	out := new(IntentSettlerSafeERC20FailedOperation)
	if err := intentSettler.abi.UnpackIntoInterface(out, "SafeERC20FailedOperation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerStringTooLong represents a StringTooLong error raised by the IntentSettler contract.
type IntentSettlerStringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func IntentSettlerStringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (intentSettler *IntentSettler) UnpackStringTooLongError(raw []byte) (*IntentSettlerStringTooLong, error) {
	out := new(IntentSettlerStringTooLong)
	if err := intentSettler.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerTooEarly represents a TooEarly error raised by the IntentSettler contract.
type IntentSettlerTooEarly struct {
	RefundTime *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooEarly(uint256 refundTime)
func IntentSettlerTooEarlyErrorID() common.Hash {
	return common.HexToHash("0x2a35a3246d5070e2b118858c24c2c4d23eaebe645b92ab746b92dd600c35a9d7")
}

// UnpackTooEarlyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooEarly(uint256 refundTime)
func (intentSettler *IntentSettler) UnpackTooEarlyError(raw []byte) (*IntentSettlerTooEarly, error) {
	out := new(IntentSettlerTooEarly)
	if err := intentSettler.abi.UnpackIntoInterface(out, "TooEarly", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerTooLittle represents a TooLittle error raised by the IntentSettler contract.
type IntentSettlerTooLittle struct {
	OutputAmount *big.Int
	Want         *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooLittle(uint256 outputAmount, uint256 want)
func IntentSettlerTooLittleErrorID() common.Hash {
	return common.HexToHash("0x618bc7c9c5c14b24deb4dc32351517affd27e0eb5e8e859add5a0ba0e7965e56")
}

// UnpackTooLittleError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooLittle(uint256 outputAmount, uint256 want)
func (intentSettler *IntentSettler) UnpackTooLittleError(raw []byte) (*IntentSettlerTooLittle, error) {
	out := new(IntentSettlerTooLittle)
	if err := intentSettler.abi.UnpackIntoInterface(out, "TooLittle", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerTooLittleArrived represents a TooLittleArrived error raised by the IntentSettler contract.
type IntentSettlerTooLittleArrived struct {
	Arrived *big.Int
	Want    *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooLittleArrived(uint256 arrived, uint256 want)
func IntentSettlerTooLittleArrivedErrorID() common.Hash {
	return common.HexToHash("0xa23e703825843efb7852234c244fca204ac436ebc29ebbe9397c880b70ff9e86")
}

// UnpackTooLittleArrivedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooLittleArrived(uint256 arrived, uint256 want)
func (intentSettler *IntentSettler) UnpackTooLittleArrivedError(raw []byte) (*IntentSettlerTooLittleArrived, error) {
	out := new(IntentSettlerTooLittleArrived)
	if err := intentSettler.abi.UnpackIntoInterface(out, "TooLittleArrived", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerWrongInput represents a WrongInput error raised by the IntentSettler contract.
type IntentSettlerWrongInput struct {
	InputAmount *big.Int
	Left        *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongInput(uint256 inputAmount, uint256 left)
func IntentSettlerWrongInputErrorID() common.Hash {
	return common.HexToHash("0x40bf665ce520fe16cdb2a083b300dc36e8b1636f334286f64bb991492d185521")
}

// UnpackWrongInputError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongInput(uint256 inputAmount, uint256 left)
func (intentSettler *IntentSettler) UnpackWrongInputError(raw []byte) (*IntentSettlerWrongInput, error) {
	out := new(IntentSettlerWrongInput)
	if err := intentSettler.abi.UnpackIntoInterface(out, "WrongInput", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerWrongOrderDataType represents a WrongOrderDataType error raised by the IntentSettler contract.
type IntentSettlerWrongOrderDataType struct {
	Have [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongOrderDataType(bytes32 have)
func IntentSettlerWrongOrderDataTypeErrorID() common.Hash {
	return common.HexToHash("0x1067b3df2dacf30f581eff33af0ca7057f4eaf23a8392a36c911c327e48c445b")
}

// UnpackWrongOrderDataTypeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongOrderDataType(bytes32 have)
func (intentSettler *IntentSettler) UnpackWrongOrderDataTypeError(raw []byte) (*IntentSettlerWrongOrderDataType, error) {
	out := new(IntentSettlerWrongOrderDataType)
	if err := intentSettler.abi.UnpackIntoInterface(out, "WrongOrderDataType", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerWrongSettler represents a WrongSettler error raised by the IntentSettler contract.
type IntentSettlerWrongSettler struct {
	ChainId *big.Int
	Settler [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongSettler(uint256 chainId, bytes32 settler)
func IntentSettlerWrongSettlerErrorID() common.Hash {
	return common.HexToHash("0x88f748951d4c301a8b78604754fc8b5944648d454b7dc69546de0592298e5181")
}

// UnpackWrongSettlerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongSettler(uint256 chainId, bytes32 settler)
func (intentSettler *IntentSettler) UnpackWrongSettlerError(raw []byte) (*IntentSettlerWrongSettler, error) {
	out := new(IntentSettlerWrongSettler)
	if err := intentSettler.abi.UnpackIntoInterface(out, "WrongSettler", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerWrongStatus represents a WrongStatus error raised by the IntentSettler contract.
type IntentSettlerWrongStatus struct {
	OrderId [32]byte
	Have    uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongStatus(bytes32 orderId, uint8 have)
func IntentSettlerWrongStatusErrorID() common.Hash {
	return common.HexToHash("0x9d81974470eb5e30f285b1055c396a387d885a43a0fb39f84dcb3764cbc907a1")
}

// UnpackWrongStatusError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongStatus(bytes32 orderId, uint8 have)
func (intentSettler *IntentSettler) UnpackWrongStatusError(raw []byte) (*IntentSettlerWrongStatus, error) {
	out := new(IntentSettlerWrongStatus)
	if err := intentSettler.abi.UnpackIntoInterface(out, "WrongStatus", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// IntentSettlerWrongValue represents a WrongValue error raised by the IntentSettler contract.
type IntentSettlerWrongValue struct {
	Value *big.Int
	Want  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongValue(uint256 value, uint256 want)
func IntentSettlerWrongValueErrorID() common.Hash {
	return common.HexToHash("0x195a3ca12ac3744ef64727effb118b3b203c382e49c7a7d24d450eae5e3b889a")
}

// UnpackWrongValueError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongValue(uint256 value, uint256 want)
func (intentSettler *IntentSettler) UnpackWrongValueError(raw []byte) (*IntentSettlerWrongValue, error) {
	out := new(IntentSettlerWrongValue)
	if err := intentSettler.abi.UnpackIntoInterface(out, "WrongValue", raw); err != nil {
		return nil, err
	}
	return out, nil
}
