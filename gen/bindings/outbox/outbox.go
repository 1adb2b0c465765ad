// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package outbox

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

// OutboxMetaData contains all meta data concerning the Outbox contract.
var OutboxMetaData = bind.MetaData{
	ABI: "[{\"type\":\"function\",\"name\":\"NONCE_KEY_ATTRIBUTE\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"bytes4\",\"internalType\":\"bytes4\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"nonces\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"nonces\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"key\",\"type\":\"uint192\",\"internalType\":\"uint192\"}],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"send\",\"inputs\":[{\"name\":\"destinationChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"payload\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"send\",\"inputs\":[{\"name\":\"destinationChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"nonceKey\",\"type\":\"uint192\",\"internalType\":\"uint192\"},{\"name\":\"payload\",\"type\":\"bytes\",\"internalType\":\"bytes\"}],\"outputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"sendMessage\",\"inputs\":[{\"name\":\"recipient\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"payload\",\"type\":\"bytes\",\"internalType\":\"bytes\"},{\"name\":\"attributes\",\"type\":\"bytes[]\",\"internalType\":\"bytes[]\"}],\"outputs\":[{\"name\":\"sendId\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"payable\"},{\"type\":\"function\",\"name\":\"sent\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"supportsAttribute\",\"inputs\":[{\"name\":\"selector\",\"type\":\"bytes4\",\"internalType\":\"bytes4\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"pure\"},{\"type\":\"event\",\"name\":\"MessageSent\",\"inputs\":[{\"name\":\"sendId\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"sender\",\"type\":\"bytes\",\"indexed\":false,\"internalType\":\"bytes\"},{\"name\":\"recipient\",\"type\":\"bytes\",\"indexed\":false,\"internalType\":\"bytes\"},{\"name\":\"payload\",\"type\":\"bytes\",\"indexed\":false,\"internalType\":\"bytes\"},{\"name\":\"value\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"},{\"name\":\"attributes\",\"type\":\"bytes[]\",\"indexed\":false,\"internalType\":\"bytes[]\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"Sent\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"destinationChain\",\"type\":\"uint256\",\"indexed\":true,\"internalType\":\"uint256\"},{\"name\":\"recipient\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"sender\",\"type\":\"address\",\"indexed\":false,\"internalType\":\"address\"},{\"name\":\"nonce\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"},{\"name\":\"payload\",\"type\":\"bytes\",\"indexed\":false,\"internalType\":\"bytes\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"InteroperableAddressParsingError\",\"inputs\":[{\"name\":\"\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"type\":\"error\",\"name\":\"InvalidAccountNonce\",\"inputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"currentNonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"MalformedAttribute\",\"inputs\":[{\"name\":\"attribute\",\"type\":\"bytes\",\"internalType\":\"bytes\"}]},{\"type\":\"error\",\"name\":\"UnsupportedAttribute\",\"inputs\":[{\"name\":\"selector\",\"type\":\"bytes4\",\"internalType\":\"bytes4\"}]},{\"type\":\"error\",\"name\":\"ValueNotSupported\",\"inputs\":[]}]",
	ID:  "Outbox",
	Bin: "0x6080604052348015600e575f5ffd5b50610fe58061001c5f395ff3fe608060405260043610610079575f3560e01c80638ebc50741161004c5780638ebc50741461014e578063bef376131461018c578063cdfe7f5c146101ab578063dc680a0f146101be575f5ffd5b8063150b375f1461007d57806357c5b24e146100af5780637a9a5e92146100fb5780637ecebe001461011a575b5f5ffd5b348015610088575f5ffd5b5061009c610097366004610a6f565b6101ee565b6040519081526020015b60405180910390f35b3480156100ba575f5ffd5b506100e27f504bb0a26d1e6d6a45ef00e2a8ded99403ec927b592abb8a07d3978561fbe96c81565b6040516001600160e01b031990911681526020016100a6565b348015610106575f5ffd5b5061009c610115366004610ada565b610205565b348015610125575f5ffd5b5061009c610134366004610b43565b6001600160a01b03165f9081526020819052604090205490565b348015610159575f5ffd5b5061017c610168366004610b5c565b60026020525f908152604090205460ff1681565b60405190151581526020016100a6565b348015610197575f5ffd5b5061009c6101a6366004610b73565b61021d565b61009c6101b9366004610ba4565b6102ad565b3480156101c9575f5ffd5b5061017c6101d8366004610c70565b6001600160e01b031916632825d85160e11b1490565b5f6101fc85855f8686610355565b95945050505050565b5f6102138686868686610355565b9695505050505050565b5f6001600160c01b0382161561028b576001600160a01b0383165f9081526001602090815260408083206001600160c01b03861684529091529020546102869083906001600160401b03166001600160401b031660409190911b67ffffffffffffffff19161790565b6102a4565b6001600160a01b0383165f908152602081905260409020545b90505b92915050565b5f34156102cd57604051630bc888bd60e31b815260040160405180910390fd5b5f5f6102d98989610450565b915091506102f382826102ec8888610499565b8a8a610355565b92505f6103004633610575565b9050837f7446eaa0a0dda80670b3bfe972bfbefab659bcfb67abad4e0b64dc4630a70481828c8c8c8c5f8d8d604051610340989796959493929190610cbf565b60405180910390a25050509695505050505050565b5f5f61036133866105bb565b90506103de6040518060c00160405280468152602001336001600160a01b03168152602001898152602001886001600160a01b0316815260200183815260200186868080601f0160208091040260200160405190810160405280939291908181526020018383808284375f92019190915250505091525030610661565b5f8181526002602052604090819020805460ff19166001179055519092506001600160a01b03871690889084907f6bbf8b3b6864e0b96bf1df0daad1d874523d5730b0b4d839d05670d2ad6dac499061043e90339087908b908b90610dc6565b60405180910390a45095945050505050565b5f5f5f61045d85856106f4565b9094509250905084848261048f5760405163e7c8d4cf60e01b8152600401610486929190610ded565b60405180910390fd5b5050509250929050565b5f805b8281101561056e57365f8585848181106104b8576104b8610e08565b90506020028101906104ca9190610e1c565b90925090505f6104da8284610e5e565b9050806001600160e01b03198116632825d85160e11b1461051b5760405163e1c9e47960e01b81526001600160e01b03199091166004820152602401610486565b5082826024811461054157604051634e2aa99960e01b8152600401610486929190610ded565b5061055190508260048186610e94565b81019061055e9190610ebb565b945050505080600101905061049c565b5092915050565b60605f6105818461079a565b80516040519192506105a391600160f01b919084906014908890602001610ed4565b60405160208183030381529060405291505092915050565b5f6001600160c01b0382161561063c576001600160a01b0383165f9081526001602081815260408084206001600160c01b038716855290915290912080546001600160401b038082169384011667ffffffffffffffff199091161790556102869083906001600160401b031660409190911b67ffffffffffffffff19161790565b6001600160a01b0383165f9081526020819052604090208054600181019091556102a4565b5f825f01518284602001518560400151866060015187608001518860a00151805190602001206040516020016106d697969594939291909687526001600160a01b03958616602088015293851660408701526060860192909252909216608084015260a083019190915260c082015260e00190565b60405160208183030381529060405280519060200120905092915050565b5f5f5f5f5f365f365f6107078b8b610834565b95509550955095509550955085801561072857506001600160f01b03198516155b80156107345750602183105b801561074857508015806107485750601481145b610754575f5f5f610787565b6001610761846008610f54565b61076d90610100610f6b565b6107778587610f7e565b901c6107838385610f9b565b60601c5b9850985098505050505050509250925092565b60605f6107f8835f60076fffffffffffffffffffffffffffffffff8311901b905060066001600160401b0383831c11901b17600563ffffffff83831c11901b17600461ffff83831c11901b1760ff82821c1160039190911c17919050565b600101905061082d816020038460405160200161081791815260200190565b60408051601f198184030181529190529061097b565b9392505050565b5f8036818181600687101561085957505f945084935083925082915081905080610971565b6001600160f01b0319883516600160f01b811461088857505f9550859450849350839250829150819050610971565b5f8989600481811061089c5761089c610e08565b919091013560f81c915050600681018910156108cc57505f96508695508594508493508392508291506109719050565b6108dc6005828101908b8d610e94565b955095505f8a8a836005018181106108f6576108f6610e08565b919091013560f81c9150508181016006018a101561092957505f9750879650869550859450849350839250610971915050565b61093d600683830181019084018c8e610e94565b945094505f82118061094e57505f81115b98508861095b575f61096b565b60028b01356001600160f01b0319165b97505050505b9295509295509295565b81516060906102a490849084908461099382805f8189565b91506109a983835f8282188284100282186102a4565b92505f6109b68484610f6b565b6001600160401b038111156109cd576109cd610fd1565b6040519080825280601f01601f1916602001820160405280156109f7576020820181803683370190505b509050838303846020870101602083015e949350505050565b80356001600160a01b0381168114610a26575f5ffd5b919050565b5f5f83601f840112610a3b575f5ffd5b5081356001600160401b03811115610a51575f5ffd5b602083019150836020828501011115610a68575f5ffd5b9250929050565b5f5f5f5f60608587031215610a82575f5ffd5b84359350610a9260208601610a10565b925060408501356001600160401b03811115610aac575f5ffd5b610ab887828801610a2b565b95989497509550505050565b80356001600160c01b0381168114610a26575f5ffd5b5f5f5f5f5f60808688031215610aee575f5ffd5b85359450610afe60208701610a10565b9350610b0c60408701610ac4565b925060608601356001600160401b03811115610b26575f5ffd5b610b3288828901610a2b565b969995985093965092949392505050565b5f60208284031215610b53575f5ffd5b6102a482610a10565b5f60208284031215610b6c575f5ffd5b5035919050565b5f5f60408385031215610b84575f5ffd5b610b8d83610a10565b9150610b9b60208401610ac4565b90509250929050565b5f5f5f5f5f5f60608789031215610bb9575f5ffd5b86356001600160401b03811115610bce575f5ffd5b610bda89828a01610a2b565b90975095505060208701356001600160401b03811115610bf8575f5ffd5b610c0489828a01610a2b565b90955093505060408701356001600160401b03811115610c22575f5ffd5b8701601f81018913610c32575f5ffd5b80356001600160401b03811115610c47575f5ffd5b8960208260051b8401011115610c5b575f5ffd5b60208201935080925050509295509295509295565b5f60208284031215610c80575f5ffd5b81356001600160e01b03198116811461082d575f5ffd5b81835281816020850137505f828201602090810191909152601f909101601f19169091010190565b60a081525f89518060a08401528060208c0160c085015e5f60c08285010152601f19601f8201168301905060c0838203016020840152610d0360c082018a8c610c97565b90508281036040840152610d1881888a610c97565b905085606084015282810360808401528084825260208201905060208560051b830101865f601e19893603015b88821015610db257858403601f190185528235818112610d63575f5ffd5b8a016020810190356001600160401b03811115610d7e575f5ffd5b803603821315610d8c575f5ffd5b610d97868284610c97565b95505050602083019250602085019450600182019150610d45565b50919e9d5050505050505050505050505050565b60018060a01b0385168152836020820152606060408201525f610213606083018486610c97565b602081525f610e00602083018486610c97565b949350505050565b634e487b7160e01b5f52603260045260245ffd5b5f5f8335601e19843603018112610e31575f5ffd5b8301803591506001600160401b03821115610e4a575f5ffd5b602001915036819003821315610a68575f5ffd5b80356001600160e01b0319811690600484101561056e576001600160e01b031960049490940360031b84901b1690921692915050565b5f5f85851115610ea2575f5ffd5b83861115610eae575f5ffd5b5050820193919092039150565b5f60208284031215610ecb575f5ffd5b6102a482610ac4565b6001600160e01b03198616815260f885901b6001600160f81b031916600482015283515f908060208701600585015e60f89490941b6001600160f81b0319166005929094019182019390935260609190911b6001600160601b0319166006820152601a01949350505050565b634e487b7160e01b5f52601160045260245ffd5b80820281158282048414176102a7576102a7610f40565b818103818111156102a7576102a7610f40565b803560208310156102a7575f19602084900360031b1b1692915050565b80356001600160601b0319811690601484101561056e576001600160601b031960149490940360031b84901b1690921692915050565b634e487b7160e01b5f52604160045260245ffd",
}

// Outbox is an auto generated Go binding around an Ethereum contract.
type Outbox struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Outbox) GetABI() abi.ABI {
	return c.abi
}

// NewOutbox creates a new instance of Outbox.
func NewOutbox() *Outbox {
	parsed, err := OutboxMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Outbox{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Outbox) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackNONCEKEYATTRIBUTE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x57c5b24e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function NONCE_KEY_ATTRIBUTE() view returns(bytes4)
func (outbox *Outbox) PackNONCEKEYATTRIBUTE() []byte {
	enc, err := outbox.abi.Pack("NONCE_KEY_ATTRIBUTE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNONCEKEYATTRIBUTE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x57c5b24e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function NONCE_KEY_ATTRIBUTE() view returns(bytes4)
func (outbox *Outbox) TryPackNONCEKEYATTRIBUTE() ([]byte, error) {
	return outbox.abi.Pack("NONCE_KEY_ATTRIBUTE")
}

// UnpackNONCEKEYATTRIBUTE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x57c5b24e.
//
// Solidity: function NONCE_KEY_ATTRIBUTE() view returns(bytes4)
func (outbox *Outbox) UnpackNONCEKEYATTRIBUTE(data []byte) ([4]byte, error) {
	out, err := outbox.abi.Unpack("NONCE_KEY_ATTRIBUTE", data)
	if err != nil {
		return *new([4]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([4]byte)).(*[4]byte)
	return out0, nil
}

// PackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(address owner) view returns(uint256)
func (outbox *Outbox) PackNonces(owner common.Address) []byte {
	enc, err := outbox.abi.Pack("nonces", owner)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nonces(address owner) view returns(uint256)
func (outbox *Outbox) TryPackNonces(owner common.Address) ([]byte, error) {
	return outbox.abi.Pack("nonces", owner)
}

// UnpackNonces is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7ecebe00.
//
// Solidity: function nonces(address owner) view returns(uint256)
func (outbox *Outbox) UnpackNonces(data []byte) (*big.Int, error) {
	out, err := outbox.abi.Unpack("nonces", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackNonces0 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbef37613.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(address owner, uint192 key) view returns(uint256)
func (outbox *Outbox) PackNonces0(owner common.Address, key *big.Int) []byte {
	enc, err := outbox.abi.Pack("nonces0", owner, key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNonces0 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbef37613.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nonces(address owner, uint192 key) view returns(uint256)
func (outbox *Outbox) TryPackNonces0(owner common.Address, key *big.Int) ([]byte, error) {
	return outbox.abi.Pack("nonces0", owner, key)
}

// UnpackNonces0 is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbef37613.
//
// Solidity: function nonces(address owner, uint192 key) view returns(uint256)
func (outbox *Outbox) UnpackNonces0(data []byte) (*big.Int, error) {
	out, err := outbox.abi.Unpack("nonces0", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackSend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x150b375f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function send(uint256 destinationChain, address recipient, bytes payload) returns(bytes32 id)
func (outbox *Outbox) PackSend(destinationChain *big.Int, recipient common.Address, payload []byte) []byte {
	enc, err := outbox.abi.Pack("send", destinationChain, recipient, payload)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSend is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x150b375f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function send(uint256 destinationChain, address recipient, bytes payload) returns(bytes32 id)
func (outbox *Outbox) TryPackSend(destinationChain *big.Int, recipient common.Address, payload []byte) ([]byte, error) {
	return outbox.abi.Pack("send", destinationChain, recipient, payload)
}

// UnpackSend is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x150b375f.
//
// Solidity: function send(uint256 destinationChain, address recipient, bytes payload) returns(bytes32 id)
func (outbox *Outbox) UnpackSend(data []byte) ([32]byte, error) {
	out, err := outbox.abi.Unpack("send", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackSend0 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7a9a5e92.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function send(uint256 destinationChain, address recipient, uint192 nonceKey, bytes payload) returns(bytes32 id)
func (outbox *Outbox) PackSend0(destinationChain *big.Int, recipient common.Address, nonceKey *big.Int, payload []byte) []byte {
	enc, err := outbox.abi.Pack("send0", destinationChain, recipient, nonceKey, payload)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSend0 is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7a9a5e92.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function send(uint256 destinationChain, address recipient, uint192 nonceKey, bytes payload) returns(bytes32 id)
func (outbox *Outbox) TryPackSend0(destinationChain *big.Int, recipient common.Address, nonceKey *big.Int, payload []byte) ([]byte, error) {
	return outbox.abi.Pack("send0", destinationChain, recipient, nonceKey, payload)
}

// UnpackSend0 is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7a9a5e92.
//
// Solidity: function send(uint256 destinationChain, address recipient, uint192 nonceKey, bytes payload) returns(bytes32 id)
func (outbox *Outbox) UnpackSend0(data []byte) ([32]byte, error) {
	out, err := outbox.abi.Unpack("send0", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackSendMessage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcdfe7f5c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function sendMessage(bytes recipient, bytes payload, bytes[] attributes) payable returns(bytes32 sendId)
func (outbox *Outbox) PackSendMessage(recipient []byte, payload []byte, attributes [][]byte) []byte {
	enc, err := outbox.abi.Pack("sendMessage", recipient, payload, attributes)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSendMessage is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcdfe7f5c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function sendMessage(bytes recipient, bytes payload, bytes[] attributes) payable returns(bytes32 sendId)
func (outbox *Outbox) TryPackSendMessage(recipient []byte, payload []byte, attributes [][]byte) ([]byte, error) {
	return outbox.abi.Pack("sendMessage", recipient, payload, attributes)
}

// UnpackSendMessage is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcdfe7f5c.
//
// Solidity: function sendMessage(bytes recipient, bytes payload, bytes[] attributes) payable returns(bytes32 sendId)
func (outbox *Outbox) UnpackSendMessage(data []byte) ([32]byte, error) {
	out, err := outbox.abi.Unpack("sendMessage", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackSent is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8ebc5074.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function sent(bytes32 id) view returns(bool)
func (outbox *Outbox) PackSent(id [32]byte) []byte {
	enc, err := outbox.abi.Pack("sent", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSent is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8ebc5074.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function sent(bytes32 id) view returns(bool)
func (outbox *Outbox) TryPackSent(id [32]byte) ([]byte, error) {
	return outbox.abi.Pack("sent", id)
}

// UnpackSent is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8ebc5074.
//
// Solidity: function sent(bytes32 id) view returns(bool)
func (outbox *Outbox) UnpackSent(data []byte) (bool, error) {
	out, err := outbox.abi.Unpack("sent", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSupportsAttribute is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdc680a0f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsAttribute(bytes4 selector) pure returns(bool)
func (outbox *Outbox) PackSupportsAttribute(selector [4]byte) []byte {
	enc, err := outbox.abi.Pack("supportsAttribute", selector)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsAttribute is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdc680a0f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsAttribute(bytes4 selector) pure returns(bool)
func (outbox *Outbox) TryPackSupportsAttribute(selector [4]byte) ([]byte, error) {
	return outbox.abi.Pack("supportsAttribute", selector)
}

// UnpackSupportsAttribute is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xdc680a0f.
//
// Solidity: function supportsAttribute(bytes4 selector) pure returns(bool)
func (outbox *Outbox) UnpackSupportsAttribute(data []byte) (bool, error) {
	out, err := outbox.abi.Unpack("supportsAttribute", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// OutboxMessageSent represents a MessageSent event raised by the Outbox contract.
type OutboxMessageSent struct {
	SendId     [32]byte
	Sender     []byte
	Recipient  []byte
	Payload    []byte
	Value      *big.Int
	Attributes [][]byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const OutboxMessageSentEventName = "MessageSent"

// ContractEventName returns the user-defined event name.
func (OutboxMessageSent) ContractEventName() string {
	return OutboxMessageSentEventName
}

// UnpackMessageSentEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event MessageSent(bytes32 indexed sendId, bytes sender, bytes recipient, bytes payload, uint256 value, bytes[] attributes)
func (outbox *Outbox) UnpackMessageSentEvent(log *types.Log) (*OutboxMessageSent, error) {
	event := "MessageSent"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != outbox.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(OutboxMessageSent)
	if len(log.Data) > 0 {
		if err := outbox.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range outbox.abi.Events[event].Inputs {
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

// OutboxSent represents a Sent event raised by the Outbox contract.
type OutboxSent struct {
	Id               [32]byte
	DestinationChain *big.Int
	Recipient        common.Address
	Sender           common.Address
	Nonce            *big.Int
	Payload          []byte
	Raw              *types.Log // Blockchain specific contextual infos
}

const OutboxSentEventName = "Sent"

// ContractEventName returns the user-defined event name.
func (OutboxSent) ContractEventName() string {
	return OutboxSentEventName
}

// UnpackSentEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Sent(bytes32 indexed id, uint256 indexed destinationChain, address indexed recipient, address sender, uint256 nonce, bytes payload)
func (outbox *Outbox) UnpackSentEvent(log *types.Log) (*OutboxSent, error) {
	event := "Sent"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != outbox.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(OutboxSent)
	if len(log.Data) > 0 {
		if err := outbox.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range outbox.abi.Events[event].Inputs {
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
func (outbox *Outbox) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], outbox.abi.Errors["InteroperableAddressParsingError"].ID.Bytes()[:4]) {
		return outbox.UnpackInteroperableAddressParsingErrorError(raw[4:])
	}
	if bytes.Equal(raw[:4], outbox.abi.Errors["InvalidAccountNonce"].ID.Bytes()[:4]) {
		return outbox.UnpackInvalidAccountNonceError(raw[4:])
	}
	if bytes.Equal(raw[:4], outbox.abi.Errors["MalformedAttribute"].ID.Bytes()[:4]) {
		return outbox.UnpackMalformedAttributeError(raw[4:])
	}
	if bytes.Equal(raw[:4], outbox.abi.Errors["UnsupportedAttribute"].ID.Bytes()[:4]) {
		return outbox.UnpackUnsupportedAttributeError(raw[4:])
	}
	if bytes.Equal(raw[:4], outbox.abi.Errors["ValueNotSupported"].ID.Bytes()[:4]) {
		return outbox.UnpackValueNotSupportedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// OutboxInteroperableAddressParsingError represents a InteroperableAddressParsingError error raised by the Outbox contract.
type OutboxInteroperableAddressParsingError struct {
	Arg0 []byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InteroperableAddressParsingError(bytes arg0)
func OutboxInteroperableAddressParsingErrorErrorID() common.Hash {
	return common.HexToHash("0xe7c8d4cfe62c44d9858e0d98ca2c44f4cb26831e07c2c772c6a6888a95a141ea")
}

// UnpackInteroperableAddressParsingErrorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InteroperableAddressParsingError(bytes arg0)
func (outbox *Outbox) UnpackInteroperableAddressParsingErrorError(raw []byte) (*OutboxInteroperableAddressParsingError, error) {
	out := new(OutboxInteroperableAddressParsingError)
	if err := outbox.abi.UnpackIntoInterface(out, "InteroperableAddressParsingError", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OutboxInvalidAccountNonce represents a InvalidAccountNonce error raised by the Outbox contract.
type OutboxInvalidAccountNonce struct {
	Account      common.Address
	CurrentNonce *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidAccountNonce(address account, uint256 currentNonce)
func OutboxInvalidAccountNonceErrorID() common.Hash {
	return common.HexToHash("0x752d88c0de02638abf10e8e31861e4c68dc1f3a1e7d840e580683f2c282bfc7a")
}

// UnpackInvalidAccountNonceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidAccountNonce(address account, uint256 currentNonce)
func (outbox *Outbox) UnpackInvalidAccountNonceError(raw []byte) (*OutboxInvalidAccountNonce, error) {
	out := new(OutboxInvalidAccountNonce)
	if err := outbox.abi.UnpackIntoInterface(out, "InvalidAccountNonce", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OutboxMalformedAttribute represents a MalformedAttribute error raised by the Outbox contract.
type OutboxMalformedAttribute struct {
	Attribute []byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MalformedAttribute(bytes attribute)
func OutboxMalformedAttributeErrorID() common.Hash {
	return common.HexToHash("0x4e2aa999e613c420643d07beedea0c0bb587a24b3a30d626fca70b9430563f13")
}

// UnpackMalformedAttributeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MalformedAttribute(bytes attribute)
func (outbox *Outbox) UnpackMalformedAttributeError(raw []byte) (*OutboxMalformedAttribute, error) {
	out := new(OutboxMalformedAttribute)
	if err := outbox.abi.UnpackIntoInterface(out, "MalformedAttribute", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OutboxUnsupportedAttribute represents a UnsupportedAttribute error raised by the Outbox contract.
type OutboxUnsupportedAttribute struct {
	Selector [4]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnsupportedAttribute(bytes4 selector)
func OutboxUnsupportedAttributeErrorID() common.Hash {
	return common.HexToHash("0xe1c9e4796bd11634c619eec6f2dead17111e7fac7a52c0038c5247e2c3a82fda")
}

// UnpackUnsupportedAttributeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnsupportedAttribute(bytes4 selector)
func (outbox *Outbox) UnpackUnsupportedAttributeError(raw []byte) (*OutboxUnsupportedAttribute, error) {
	out := new(OutboxUnsupportedAttribute)
	if err := outbox.abi.UnpackIntoInterface(out, "UnsupportedAttribute", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// OutboxValueNotSupported represents a ValueNotSupported error raised by the Outbox contract.
type OutboxValueNotSupported struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ValueNotSupported()
func OutboxValueNotSupportedErrorID() common.Hash {
	return common.HexToHash("0x5e4445e8c45b5ba119fec85c8b7500e09b65b8a54ac99fa8fd47b66f7cf11816")
}

// UnpackValueNotSupportedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ValueNotSupported()
func (outbox *Outbox) UnpackValueNotSupportedError(raw []byte) (*OutboxValueNotSupported, error) {
	out := new(OutboxValueNotSupported)
	if err := outbox.abi.UnpackIntoInterface(out, "ValueNotSupported", raw); err != nil {
		return nil, err
	}
	return out, nil
}
