// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package inbox

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

// InboxSource is an auto generated low-level Go binding around an user-defined struct.
type InboxSource struct {
	ChainId *big.Int
	Outbox  common.Address
}

// Message is an auto generated low-level Go binding around an user-defined struct.
type Message struct {
	SourceChain      *big.Int
	Sender           common.Address
	DestinationChain *big.Int
	Recipient        common.Address
	Nonce            *big.Int
	Payload          []byte
}

// InboxMetaData contains all meta data concerning the Inbox contract.
var InboxMetaData = bind.MetaData{
	ABI: "[{\"type\":\"constructor\",\"inputs\":[{\"name\":\"sources\",\"type\":\"tuple[]\",\"internalType\":\"structInbox.Source[]\",\"components\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"outbox\",\"type\":\"address\",\"internalType\":\"address\"}]}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"consume\",\"inputs\":[{\"name\":\"message\",\"type\":\"tuple\",\"internalType\":\"structMessage\",\"components\":[{\"name\":\"sourceChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"destinationChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"payload\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"deliver\",\"inputs\":[{\"name\":\"message\",\"type\":\"tuple\",\"internalType\":\"structMessage\",\"components\":[{\"name\":\"sourceChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"destinationChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"payload\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]}],\"outputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"outboxOf\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"used\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"view\"},{\"type\":\"event\",\"name\":\"Consumed\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"sourceChain\",\"type\":\"uint256\",\"indexed\":true,\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"sender\",\"type\":\"address\",\"indexed\":false,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"AlreadyUsed\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"InvalidSource\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"outbox\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"NotAccepted\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"UnknownSource\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"WrongDestination\",\"inputs\":[{\"name\":\"destinationChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"WrongRecipient\",\"inputs\":[{\"name\":\"recipient\",\"type\":\"address\",\"internalType\":\"address\"}]}]",
	ID:  "Inbox",
	Bin: "0x608060405234801561000f575f5ffd5b50604051610c1f380380610c1f83398101604081905261002e9161017c565b5f5b8151811015610109575f82828151811061004c5761004c610263565b602002602001015190505f6001600160a01b031681602001516001600160a01b031614158015610092575080515f908152602081905260409020546001600160a01b0316155b8151602083015190916100ce5760405163d524655f60e01b815260048101929092526001600160a01b0316602482015260440160405180910390fd5b505060208181015191515f908152908190526040902080546001600160a01b0319166001600160a01b03909216919091179055600101610030565b5050610277565b634e487b7160e01b5f52604160045260245ffd5b604080519081016001600160401b038111828210171561014657610146610110565b60405290565b604051601f8201601f191681016001600160401b038111828210171561017457610174610110565b604052919050565b5f6020828403121561018c575f5ffd5b81516001600160401b038111156101a1575f5ffd5b8201601f810184136101b1575f5ffd5b80516001600160401b038111156101ca576101ca610110565b6101d960208260051b0161014c565b8082825260208201915060208360061b8501019250868311156101fa575f5ffd5b6020840193505b828410156102595760408488031215610218575f5ffd5b610220610124565b8451815260208501516001600160a01b038116811461023d575f5ffd5b8060208301525080835250602082019150604084019350610201565b9695505050505050565b634e487b7160e01b5f52603260045260245ffd5b61099b806102845f395ff3fe608060405234801561000f575f5ffd5b506004361061004a575f3560e01c80636d84dadd1461004e5780639539e6b814610074578063b016501714610087578063b07c411f146100c7575b5f5ffd5b61006161005c366004610662565b6100f9565b6040519081526020015b60405180910390f35b610061610082366004610662565b6101f7565b6100af610095366004610699565b5f602081905290815260409020546001600160a01b031681565b6040516001600160a01b03909116815260200161006b565b6100e96100d5366004610699565b60016020525f908152604090205460ff1681565b604051901515815260200161006b565b5f6101038261025d565b90505f610120833561011b60408601602087016106cb565b6103ac565b90505f61013360808501606086016106cb565b6001600160a01b0316632432ef26848461015060a08901896106e4565b6040518563ffffffff1660e01b815260040161016f949392919061072e565b6020604051808303815f875af115801561018b573d5f5f3e3d5ffd5b505050506040513d601f19601f820116820180604052508101906101af9190610799565b9050826001600160e01b03198216631219779360e11b146101ef5760405163429abb8b60e11b81526004016101e691815260200190565b60405180910390fd5b505050919050565b5f3361020960808401606085016106cb565b6001600160a01b03161461022360808401606085016106cb565b9061024d57604051632cb49f9960e21b81526001600160a01b0390911660048201526024016101e6565b506102578261025d565b92915050565b5f6040820135468114610286576040516350710bab60e11b81526004016101e691815260200190565b5081355f818152602081905260409020546001600160a01b031690816102c2576040516352b109e160e11b81526004016101e691815260200190565b506102d56102cf8461082e565b826103f2565b5f81815260016020526040902054909250829060ff161561030c5760405163220f19f560e01b81526004016101e691815260200190565b505f828152600160208190526040909120805460ff1916909117905561033e83358261033785610485565b6001610497565b61034e60808401606085016106cb565b6001600160a01b03168335837f5bdd016b3ac2cb9129d42cbbfe8f4485681a657e56c672ee6b0b13a47d3cf92a61038b60408801602089016106cb565b6040516001600160a01b03909116815260200160405180910390a450919050565b60605f6103b884610531565b80516040519192506103da91600160f01b91908490601490889060200161090b565b60405160208183030381529060405291505092915050565b5f825f01518284602001518560400151866060015187608001518860a001518051906020012060405160200161046797969594939291909687526001600160a01b03958616602088015293851660408701526060860192909252909216608084015260a083019190915260c082015260e00190565b60405160208183030381529060405280519060200120905092915050565b5f818152600260205260408120610257565b734c6f636b737465700000000000000000000000016357712eb0858585856104bf575f6104c2565b60015b60405160e086901b6001600160e01b031916815260048101949094526001600160a01b039092166024840152604483015260ff1660648201526084015f604051808303815f87803b158015610515575f5ffd5b505af1158015610527573d5f5f3e3d5ffd5b5050505050505050565b60605f610590835f60076fffffffffffffffffffffffffffffffff8311901b9050600667ffffffffffffffff83831c11901b17600563ffffffff83831c11901b17600461ffff83831c11901b1760ff82821c1160039190911c17919050565b60010190506105c581602003846040516020016105af91815260200190565b60408051601f19818403018152919052906105cc565b9392505050565b81516060906105c59084908490846105e482805f8189565b91506105fa83835f8282188284100282186105c5565b92505f610607848461097c565b67ffffffffffffffff81111561061f5761061f6107c0565b6040519080825280601f01601f191660200182016040528015610649576020820181803683370190505b509050838303846020870101602083015e949350505050565b5f60208284031215610672575f5ffd5b813567ffffffffffffffff811115610688575f5ffd5b820160c081850312156105c5575f5ffd5b5f602082840312156106a9575f5ffd5b5035919050565b80356001600160a01b03811681146106c6575f5ffd5b919050565b5f602082840312156106db575f5ffd5b6105c5826106b0565b5f5f8335601e198436030181126106f9575f5ffd5b83018035915067ffffffffffffffff821115610713575f5ffd5b602001915036819003821315610727575f5ffd5b9250929050565b848152606060208201525f84518060608401528060208701608085015e5f60808285010152601f19601f820116830190506080838203016040840152836080820152838560a08301375f60a0828601810191909152601f909401601f19160190920195945050505050565b5f602082840312156107a9575f5ffd5b81516001600160e01b0319811681146105c5575f5ffd5b634e487b7160e01b5f52604160045260245ffd5b60405160c0810167ffffffffffffffff811182821017156107f7576107f76107c0565b60405290565b604051601f8201601f1916810167ffffffffffffffff81118282101715610826576108266107c0565b604052919050565b5f60c0823603121561083e575f5ffd5b6108466107d4565b82358152610856602084016106b0565b602082015260408381013590820152610871606084016106b0565b60608201526080838101359082015260a083013567ffffffffffffffff811115610899575f5ffd5b830136601f8201126108a9575f5ffd5b803567ffffffffffffffff8111156108c3576108c36107c0565b6108d6601f8201601f19166020016107fd565b8181523660208385010111156108ea575f5ffd5b816020840160208301375f9181016020019190915260a08301525092915050565b6001600160e01b03198616815260f885901b6001600160f81b031916600482015283515f908060208701600585015e60f89490941b6001600160f81b0319166005929094019182019390935260609190911b6bffffffffffffffffffffffff19166006820152601a01949350505050565b8181038181111561025757634e487b7160e01b5f52601160045260245ffd",
}

// Inbox is an auto generated Go binding around an Ethereum contract.
type Inbox struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Inbox) GetABI() abi.ABI {
	return c.abi
}

// NewInbox creates a new instance of Inbox.
func NewInbox() *Inbox {
	parsed, err := InboxMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Inbox{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Inbox) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor((uint256,address)[] sources) returns()
func (inbox *Inbox) PackConstructor(sources []InboxSource) []byte {
	enc, err := inbox.abi.Pack("", sources)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackConsume is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9539e6b8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function consume((uint256,address,uint256,address,uint256,bytes) message) returns(bytes32 id)
func (inbox *Inbox) PackConsume(message Message) []byte {
	enc, err := inbox.abi.Pack("consume", message)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackConsume is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9539e6b8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function consume((uint256,address,uint256,address,uint256,bytes) message) returns(bytes32 id)
func (inbox *Inbox) TryPackConsume(message Message) ([]byte, error) {
	return inbox.abi.Pack("consume", message)
}

// UnpackConsume is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9539e6b8.
//
// Solidity: function consume((uint256,address,uint256,address,uint256,bytes) message) returns(bytes32 id)
func (inbox *Inbox) UnpackConsume(data []byte) ([32]byte, error) {
	out, err := inbox.abi.Unpack("consume", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackDeliver is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d84dadd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deliver((uint256,address,uint256,address,uint256,bytes) message) returns(bytes32 id)
func (inbox *Inbox) PackDeliver(message Message) []byte {
	enc, err := inbox.abi.Pack("deliver", message)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeliver is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6d84dadd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deliver((uint256,address,uint256,address,uint256,bytes) message) returns(bytes32 id)
func (inbox *Inbox) TryPackDeliver(message Message) ([]byte, error) {
	return inbox.abi.Pack("deliver", message)
}

// UnpackDeliver is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6d84dadd.
//
// Solidity: function deliver((uint256,address,uint256,address,uint256,bytes) message) returns(bytes32 id)
func (inbox *Inbox) UnpackDeliver(data []byte) ([32]byte, error) {
	out, err := inbox.abi.Unpack("deliver", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackOutboxOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb0165017.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function outboxOf(uint256 chainId) view returns(address)
func (inbox *Inbox) PackOutboxOf(chainId *big.Int) []byte {
	enc, err := inbox.abi.Pack("outboxOf", chainId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOutboxOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb0165017.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function outboxOf(uint256 chainId) view returns(address)
func (inbox *Inbox) TryPackOutboxOf(chainId *big.Int) ([]byte, error) {
	return inbox.abi.Pack("outboxOf", chainId)
}

// UnpackOutboxOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb0165017.
//
// Solidity: function outboxOf(uint256 chainId) view returns(address)
func (inbox *Inbox) UnpackOutboxOf(data []byte) (common.Address, error) {
	out, err := inbox.abi.Unpack("outboxOf", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackUsed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb07c411f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function used(bytes32 id) view returns(bool)
func (inbox *Inbox) PackUsed(id [32]byte) []byte {
	enc, err := inbox.abi.Pack("used", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUsed is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb07c411f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function used(bytes32 id) view returns(bool)
func (inbox *Inbox) TryPackUsed(id [32]byte) ([]byte, error) {
	return inbox.abi.Pack("used", id)
}

// UnpackUsed is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb07c411f.
//
// Solidity: function used(bytes32 id) view returns(bool)
func (inbox *Inbox) UnpackUsed(data []byte) (bool, error) {
	out, err := inbox.abi.Unpack("used", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// InboxConsumed represents a Consumed event raised by the Inbox contract.
type InboxConsumed struct {
	Id          [32]byte
	SourceChain *big.Int
	Recipient   common.Address
	Sender      common.Address
	Raw         *types.Log // Blockchain specific contextual infos
}

const InboxConsumedEventName = "Consumed"

// ContractEventName returns the user-defined event name.
func (InboxConsumed) ContractEventName() string {
	return InboxConsumedEventName
}

// UnpackConsumedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Consumed(bytes32 indexed id, uint256 indexed sourceChain, address indexed recipient, address sender)
func (inbox *Inbox) UnpackConsumedEvent(log *types.Log) (*InboxConsumed, error) {
	event := "Consumed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != inbox.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(InboxConsumed)
	if len(log.Data) > 0 {
		if err := inbox.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range inbox.abi.Events[event].Inputs {
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
func (inbox *Inbox) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], inbox.abi.Errors["AlreadyUsed"].ID.Bytes()[:4]) {
		return inbox.UnpackAlreadyUsedError(raw[4:])
	}
	if bytes.Equal(raw[:4], inbox.abi.Errors["InvalidSource"].ID.Bytes()[:4]) {
		return inbox.UnpackInvalidSourceError(raw[4:])
	}
	if bytes.Equal(raw[:4], inbox.abi.Errors["NotAccepted"].ID.Bytes()[:4]) {
		return inbox.UnpackNotAcceptedError(raw[4:])
	}
	if bytes.Equal(raw[:4], inbox.abi.Errors["UnknownSource"].ID.Bytes()[:4]) {
		return inbox.UnpackUnknownSourceError(raw[4:])
	}
	if bytes.Equal(raw[:4], inbox.abi.Errors["WrongDestination"].ID.Bytes()[:4]) {
		return inbox.UnpackWrongDestinationError(raw[4:])
	}
	if bytes.Equal(raw[:4], inbox.abi.Errors["WrongRecipient"].ID.Bytes()[:4]) {
		return inbox.UnpackWrongRecipientError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// InboxAlreadyUsed represents a AlreadyUsed error raised by the Inbox contract.
type InboxAlreadyUsed struct {
	Id [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyUsed(bytes32 id)
func InboxAlreadyUsedErrorID() common.Hash {
	return common.HexToHash("0x220f19f50a4ddb0a84aa04deeebad2ac4432b50e739e07fb230657e08e2340cb")
}

// UnpackAlreadyUsedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyUsed(bytes32 id)
func (inbox *Inbox) UnpackAlreadyUsedError(raw []byte) (*InboxAlreadyUsed, error) {
	out := new(InboxAlreadyUsed)
	if err := inbox.abi.UnpackIntoInterface(out, "AlreadyUsed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InboxInvalidSource represents a InvalidSource error raised by the Inbox contract.
type InboxInvalidSource struct {
	ChainId *big.Int
	Outbox  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidSource(uint256 chainId, address outbox)
func InboxInvalidSourceErrorID() common.Hash {
	return common.HexToHash("0xd524655fb6a4bb9de203c1e02971d7f8430c3d8a17ad872a157db8c6adff6c7a")
}

// UnpackInvalidSourceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidSource(uint256 chainId, address outbox)
func (inbox *Inbox) UnpackInvalidSourceError(raw []byte) (*InboxInvalidSource, error) {
	out := new(InboxInvalidSource)
	if err := inbox.abi.UnpackIntoInterface(out, "InvalidSource", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InboxNotAccepted represents a NotAccepted error raised by the Inbox contract.
type InboxNotAccepted struct {
	Id [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAccepted(bytes32 id)
func InboxNotAcceptedErrorID() common.Hash {
	return common.HexToHash("0x85357716bf982adb63aeeb5f08e8d6462ec1bb31ce33c8df6c1d432a02b5471b")
}

// UnpackNotAcceptedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAccepted(bytes32 id)
func (inbox *Inbox) UnpackNotAcceptedError(raw []byte) (*InboxNotAccepted, error) {
	out := new(InboxNotAccepted)
	if err := inbox.abi.UnpackIntoInterface(out, "NotAccepted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InboxUnknownSource represents a UnknownSource error raised by the Inbox contract.
type InboxUnknownSource struct {
	ChainId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownSource(uint256 chainId)
func InboxUnknownSourceErrorID() common.Hash {
	return common.HexToHash("0xa56213c255c77731dcc1696b674a230f133b6bbcfaac28b27b1136a7312e5961")
}

// UnpackUnknownSourceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownSource(uint256 chainId)
func (inbox *Inbox) UnpackUnknownSourceError(raw []byte) (*InboxUnknownSource, error) {
	out := new(InboxUnknownSource)
	if err := inbox.abi.UnpackIntoInterface(out, "UnknownSource", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InboxWrongDestination represents a WrongDestination error raised by the Inbox contract.
type InboxWrongDestination struct {
	DestinationChain *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongDestination(uint256 destinationChain)
func InboxWrongDestinationErrorID() common.Hash {
	return common.HexToHash("0xa0e21756acad8f958a34774a365cb30920ce8843f773a29cbe6bcc1b9b7aa133")
}

// UnpackWrongDestinationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongDestination(uint256 destinationChain)
func (inbox *Inbox) UnpackWrongDestinationError(raw []byte) (*InboxWrongDestination, error) {
	out := new(InboxWrongDestination)
	if err := inbox.abi.UnpackIntoInterface(out, "WrongDestination", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// InboxWrongRecipient represents a WrongRecipient error raised by the Inbox contract.
type InboxWrongRecipient struct {
	Recipient common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongRecipient(address recipient)
func InboxWrongRecipientErrorID() common.Hash {
	return common.HexToHash("0xb2d27e64a4b08fa3cd84858e00aeedda363eb9b8cae4fbd883afd39c593af854")
}

// UnpackWrongRecipientError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongRecipient(address recipient)
func (inbox *Inbox) UnpackWrongRecipientError(raw []byte) (*InboxWrongRecipient, error) {
	out := new(InboxWrongRecipient)
	if err := inbox.abi.UnpackIntoInterface(out, "WrongRecipient", raw); err != nil {
		return nil, err
	}
	return out, nil
}
