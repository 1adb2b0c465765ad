// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package swap

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

// SwapSide is an auto generated low-level Go binding around an user-defined struct.
type SwapSide struct {
	ChainId *big.Int
	Payer   common.Address
	Payee   common.Address
	Token   common.Address
	Amount  *big.Int
}

// SwapTerms is an auto generated low-level Go binding around an user-defined struct.
type SwapTerms struct {
	First    SwapSide
	Second   SwapSide
	Deadline *big.Int
	Salt     [32]byte
}

// SwapMetaData contains all meta data concerning the Swap contract.
var SwapMetaData = bind.MetaData{
	ABI: "[{\"type\":\"function\",\"name\":\"PAID_SLOT\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"idOf\",\"inputs\":[{\"name\":\"terms\",\"type\":\"tuple\",\"internalType\":\"structSwap.Terms\",\"components\":[{\"name\":\"first\",\"type\":\"tuple\",\"internalType\":\"structSwap.Side\",\"components\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"payer\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"payee\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"token\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"second\",\"type\":\"tuple\",\"internalType\":\"structSwap.Side\",\"components\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"payer\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"payee\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"token\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"deadline\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]}],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"pure\"},{\"type\":\"function\",\"name\":\"paid\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"pay\",\"inputs\":[{\"name\":\"terms\",\"type\":\"tuple\",\"internalType\":\"structSwap.Terms\",\"components\":[{\"name\":\"first\",\"type\":\"tuple\",\"internalType\":\"structSwap.Side\",\"components\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"payer\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"payee\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"token\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"second\",\"type\":\"tuple\",\"internalType\":\"structSwap.Side\",\"components\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"payer\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"payee\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"token\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"name\":\"deadline\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]}],\"outputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"payable\"},{\"type\":\"event\",\"name\":\"Paid\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"indexed\":true,\"internalType\":\"bytes32\"},{\"name\":\"payer\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"payee\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"token\",\"type\":\"address\",\"indexed\":false,\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"AlreadyPaid\",\"inputs\":[{\"name\":\"id\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"Expired\",\"inputs\":[{\"name\":\"deadline\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"FailedCall\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"InsufficientBalance\",\"inputs\":[{\"name\":\"balance\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"needed\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"NotHere\",\"inputs\":[{\"name\":\"first\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"second\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"NotThePayer\",\"inputs\":[{\"name\":\"payer\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"OneChain\",\"inputs\":[{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"ReentrancyGuardReentrantCall\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"SafeERC20FailedOperation\",\"inputs\":[{\"name\":\"token\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"TooLittleArrived\",\"inputs\":[{\"name\":\"arrived\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"want\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"WrongValue\",\"inputs\":[{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"want\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]}]",
	ID:  "Swap",
	Bin: "0x6080604052348015600e575f5ffd5b506109298061001c5f395ff3fe60806040526004361061003e575f3560e01c80631b0cb640146100425780633ffa6399146100745780636f127ea414610087578063add89bb21461009a575b5f5ffd5b34801561004d575f5ffd5b5061006161005c3660046107fa565b6100d8565b6040519081526020015b60405180910390f35b34801561007f575f5ffd5b506100615f81565b6100616100953660046107fa565b610107565b3480156100a5575f5ffd5b506100c86100b4366004610814565b5f6020819052908152604090205460ff1681565b604051901515815260200161006b565b5f816040516020016100ea919061089e565b604051602081830303815290604052805190602001209050919050565b5f6101106102b6565b363661011b846102ed565b909250905061013060408301602084016108da565b6001600160a01b0316331461014b60408401602085016108da565b9061017a576040516318d06a5b60e21b81526001600160a01b0390911660048201526024015b60405180910390fd5b50610140840135428110156101a557604051637c06dd7560e11b815260040161017191815260200190565b506101af846100d8565b5f81815260208190526040902054909350839060ff16156101e657604051637a5bb50760e11b815260040161017191815260200190565b505f838152602081905260409020805460ff191660011790556102088261035b565b61021f8135306102185f87610598565b60016105af565b61022f60608301604084016108da565b6001600160a01b031661024860408401602085016108da565b6001600160a01b0316847f060bb954af967ecb7aa08a0072a7f8fe308ceee2f5d15f4a9d4a5275a5fe79e961028360808701606088016108da565b604080516001600160a01b039092168252608088013560208301520160405180910390a450506102b1610649565b919050565b6102be610673565b6102eb60017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005b906106b3565b565b8060a0810181358135810361031857604051636515903f60e11b815260040161017191815260200190565b504681350361032357905b823560a08401358335461461035457604051639b0b357560e01b815260048101929092526024820152604401610171565b5050915091565b5f61036c60808301606084016108da565b6001600160a01b0316036103cc573460808201358181146103a95760405163195a3ca160e01b815260048101929092526024820152604401610171565b506103c990506103bf60608301604084016108da565b82608001356106ba565b50565b345f81156103f65760405163195a3ca160e01b815260048101929092526024820152604401610171565b505f905061040a60808301606084016108da565b90505f6001600160a01b0382166370a0823161042c60608601604087016108da565b6040516001600160e01b031960e084901b1681526001600160a01b039091166004820152602401602060405180830381865afa15801561046e573d5f5f3e3d5ffd5b505050506040513d601f19601f8201168201806040525081019061049291906108f3565b90506104cd6104a760408501602086016108da565b6104b760608601604087016108da565b6001600160a01b03851691906080870135610731565b5f816001600160a01b0384166370a082316104ee60608801604089016108da565b6040516001600160e01b031960e084901b1681526001600160a01b039091166004820152602401602060405180830381865afa158015610530573d5f5f3e3d5ffd5b505050506040513d601f19601f8201168201806040525081019061055491906108f3565b61055e919061090a565b90508060808501358082101561059057604051631447ce0760e31b815260048101929092526024820152604401610171565b505050505050565b5f8181526020839052604081205b90505b92915050565b734c6f636b737465700000000000000000000000016357712eb0858585856105d7575f6105da565b60015b60405160e086901b6001600160e01b031916815260048101949094526001600160a01b039092166024840152604483015260ff1660648201526084015f604051808303815f87803b15801561062d575f5ffd5b505af115801561063f573d5f5f3e3d5ffd5b5050505050505050565b6102eb5f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f006102e5565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c156102eb57604051633ee5aeb560e01b815260040160405180910390fd5b80825d5050565b804710156106e45760405163cf47918160e01b815247600482015260248101829052604401610171565b6106fd828260405180602001604052805f81525061076d565b15610706575050565b3d1561071857610714610782565b5050565b60405163d6bda27560e01b815260040160405180910390fd5b61073f84848484600161078d565b61076757604051635274afe760e01b81526001600160a01b0385166004820152602401610171565b50505050565b5f5f5f83516020850186885af1949350505050565b6040513d5f823e3d81fd5b6040516323b872dd60e01b5f8181526001600160a01b038781166004528616602452604485905291602083606481808c5af1925060015f511483166107e95783831516156107dd573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b5f61018082840312801561080c575f5ffd5b509092915050565b5f60208284031215610824575f5ffd5b5035919050565b80356001600160a01b03811681146102b1575f5ffd5b803582526001600160a01b036108596020830161082b565b1660208301526001600160a01b036108736040830161082b565b1660408301526001600160a01b0361088d6060830161082b565b166060830152608090810135910152565b61018081016108ad8284610841565b6108bd60a0830160a08501610841565b610140838101359083015261016092830135929091019190915290565b5f602082840312156108ea575f5ffd5b6105a68261082b565b5f60208284031215610903575f5ffd5b5051919050565b818103818111156105a957634e487b7160e01b5f52601160045260245ffd",
}

// Swap is an auto generated Go binding around an Ethereum contract.
type Swap struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Swap) GetABI() abi.ABI {
	return c.abi
}

// NewSwap creates a new instance of Swap.
func NewSwap() *Swap {
	parsed, err := SwapMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Swap{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Swap) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackPAIDSLOT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ffa6399.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function PAID_SLOT() view returns(bytes32)
func (swap *Swap) PackPAIDSLOT() []byte {
	enc, err := swap.abi.Pack("PAID_SLOT")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPAIDSLOT is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ffa6399.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function PAID_SLOT() view returns(bytes32)
func (swap *Swap) TryPackPAIDSLOT() ([]byte, error) {
	return swap.abi.Pack("PAID_SLOT")
}

// UnpackPAIDSLOT is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3ffa6399.
//
// Solidity: function PAID_SLOT() view returns(bytes32)
func (swap *Swap) UnpackPAIDSLOT(data []byte) ([32]byte, error) {
	out, err := swap.abi.Unpack("PAID_SLOT", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1b0cb640.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function idOf(((uint256,address,address,address,uint256),(uint256,address,address,address,uint256),uint256,bytes32) terms) pure returns(bytes32)
func (swap *Swap) PackIdOf(terms SwapTerms) []byte {
	enc, err := swap.abi.Pack("idOf", terms)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIdOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1b0cb640.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function idOf(((uint256,address,address,address,uint256),(uint256,address,address,address,uint256),uint256,bytes32) terms) pure returns(bytes32)
func (swap *Swap) TryPackIdOf(terms SwapTerms) ([]byte, error) {
	return swap.abi.Pack("idOf", terms)
}

// UnpackIdOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1b0cb640.
//
// Solidity: function idOf(((uint256,address,address,address,uint256),(uint256,address,address,address,uint256),uint256,bytes32) terms) pure returns(bytes32)
func (swap *Swap) UnpackIdOf(data []byte) ([32]byte, error) {
	out, err := swap.abi.Unpack("idOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPaid is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xadd89bb2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function paid(bytes32 id) view returns(bool)
func (swap *Swap) PackPaid(id [32]byte) []byte {
	enc, err := swap.abi.Pack("paid", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPaid is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xadd89bb2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function paid(bytes32 id) view returns(bool)
func (swap *Swap) TryPackPaid(id [32]byte) ([]byte, error) {
	return swap.abi.Pack("paid", id)
}

// UnpackPaid is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xadd89bb2.
//
// Solidity: function paid(bytes32 id) view returns(bool)
func (swap *Swap) UnpackPaid(data []byte) (bool, error) {
	out, err := swap.abi.Unpack("paid", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackPay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6f127ea4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pay(((uint256,address,address,address,uint256),(uint256,address,address,address,uint256),uint256,bytes32) terms) payable returns(bytes32 id)
func (swap *Swap) PackPay(terms SwapTerms) []byte {
	enc, err := swap.abi.Pack("pay", terms)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6f127ea4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pay(((uint256,address,address,address,uint256),(uint256,address,address,address,uint256),uint256,bytes32) terms) payable returns(bytes32 id)
func (swap *Swap) TryPackPay(terms SwapTerms) ([]byte, error) {
	return swap.abi.Pack("pay", terms)
}

// UnpackPay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x6f127ea4.
//
// Solidity: function pay(((uint256,address,address,address,uint256),(uint256,address,address,address,uint256),uint256,bytes32) terms) payable returns(bytes32 id)
func (swap *Swap) UnpackPay(data []byte) ([32]byte, error) {
	out, err := swap.abi.Unpack("pay", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// SwapPaid represents a Paid event raised by the Swap contract.
type SwapPaid struct {
	Id     [32]byte
	Payer  common.Address
	Payee  common.Address
	Token  common.Address
	Amount *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const SwapPaidEventName = "Paid"

// ContractEventName returns the user-defined event name.
func (SwapPaid) ContractEventName() string {
	return SwapPaidEventName
}

// UnpackPaidEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Paid(bytes32 indexed id, address indexed payer, address indexed payee, address token, uint256 amount)
func (swap *Swap) UnpackPaidEvent(log *types.Log) (*SwapPaid, error) {
	event := "Paid"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != swap.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(SwapPaid)
	if len(log.Data) > 0 {
		if err := swap.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range swap.abi.Events[event].Inputs {
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
func (swap *Swap) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], swap.abi.Errors["AlreadyPaid"].ID.Bytes()[:4]) {
		return swap.UnpackAlreadyPaidError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["Expired"].ID.Bytes()[:4]) {
		return swap.UnpackExpiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["FailedCall"].ID.Bytes()[:4]) {
		return swap.UnpackFailedCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["InsufficientBalance"].ID.Bytes()[:4]) {
		return swap.UnpackInsufficientBalanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["NotHere"].ID.Bytes()[:4]) {
		return swap.UnpackNotHereError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["NotThePayer"].ID.Bytes()[:4]) {
		return swap.UnpackNotThePayerError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["OneChain"].ID.Bytes()[:4]) {
		return swap.UnpackOneChainError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["ReentrancyGuardReentrantCall"].ID.Bytes()[:4]) {
		return swap.UnpackReentrancyGuardReentrantCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["SafeERC20FailedOperation"].ID.Bytes()[:4]) {
		return swap.UnpackSafeERC20FailedOperationError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["TooLittleArrived"].ID.Bytes()[:4]) {
		return swap.UnpackTooLittleArrivedError(raw[4:])
	}
	if bytes.Equal(raw[:4], swap.abi.Errors["WrongValue"].ID.Bytes()[:4]) {
		return swap.UnpackWrongValueError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// SwapAlreadyPaid represents a AlreadyPaid error raised by the Swap contract.
type SwapAlreadyPaid struct {
	Id [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyPaid(bytes32 id)
func SwapAlreadyPaidErrorID() common.Hash {
	return common.HexToHash("0xf4b76a0e190620c3521e4dfff16272055d2f85fe92a49677762cbf7ede84fc06")
}

// UnpackAlreadyPaidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyPaid(bytes32 id)
func (swap *Swap) UnpackAlreadyPaidError(raw []byte) (*SwapAlreadyPaid, error) {
	out := new(SwapAlreadyPaid)
	if err := swap.abi.UnpackIntoInterface(out, "AlreadyPaid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapExpired represents a Expired error raised by the Swap contract.
type SwapExpired struct {
	Deadline *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Expired(uint256 deadline)
func SwapExpiredErrorID() common.Hash {
	return common.HexToHash("0xf80dbaea4785589e52984ca36a31de106adc77759539a5c7d92883bf49692fe9")
}

// UnpackExpiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Expired(uint256 deadline)
func (swap *Swap) UnpackExpiredError(raw []byte) (*SwapExpired, error) {
	out := new(SwapExpired)
	if err := swap.abi.UnpackIntoInterface(out, "Expired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapFailedCall represents a FailedCall error raised by the Swap contract.
type SwapFailedCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FailedCall()
func SwapFailedCallErrorID() common.Hash {
	return common.HexToHash("0xd6bda27508c0fb6d8a39b4b122878dab26f731a7d4e4abe711dd3731899052a4")
}

// UnpackFailedCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FailedCall()
func (swap *Swap) UnpackFailedCallError(raw []byte) (*SwapFailedCall, error) {
	out := new(SwapFailedCall)
	if err := swap.abi.UnpackIntoInterface(out, "FailedCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapInsufficientBalance represents a InsufficientBalance error raised by the Swap contract.
type SwapInsufficientBalance struct {
	Balance *big.Int
	Needed  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InsufficientBalance(uint256 balance, uint256 needed)
func SwapInsufficientBalanceErrorID() common.Hash {
	return common.HexToHash("0xcf4791818fba6e019216eb4864093b4947f674afada5d305e57d598b641dad1d")
}

// UnpackInsufficientBalanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InsufficientBalance(uint256 balance, uint256 needed)
func (swap *Swap) UnpackInsufficientBalanceError(raw []byte) (*SwapInsufficientBalance, error) {
	out := new(SwapInsufficientBalance)
	if err := swap.abi.UnpackIntoInterface(out, "InsufficientBalance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapNotHere represents a NotHere error raised by the Swap contract.
type SwapNotHere struct {
	First  *big.Int
	Second *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotHere(uint256 first, uint256 second)
func SwapNotHereErrorID() common.Hash {
	return common.HexToHash("0x9b0b3575e9c71a52263d63f88a08949d4f5f6e27c6b54d2c7870063cf61d33e2")
}

// UnpackNotHereError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotHere(uint256 first, uint256 second)
func (swap *Swap) UnpackNotHereError(raw []byte) (*SwapNotHere, error) {
	out := new(SwapNotHere)
	if err := swap.abi.UnpackIntoInterface(out, "NotHere", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapNotThePayer represents a NotThePayer error raised by the Swap contract.
type SwapNotThePayer struct {
	Payer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotThePayer(address payer)
func SwapNotThePayerErrorID() common.Hash {
	return common.HexToHash("0x6341a96cc5c320e5e132ec1d388eeeefaae968ed0cef8c6979f8b0f75419309c")
}

// UnpackNotThePayerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotThePayer(address payer)
func (swap *Swap) UnpackNotThePayerError(raw []byte) (*SwapNotThePayer, error) {
	out := new(SwapNotThePayer)
	if err := swap.abi.UnpackIntoInterface(out, "NotThePayer", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapOneChain represents a OneChain error raised by the Swap contract.
type SwapOneChain struct {
	ChainId *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OneChain(uint256 chainId)
func SwapOneChainErrorID() common.Hash {
	return common.HexToHash("0xca2b207eee57a88aed5280bf5d9ee78b96ebc66345fa6af172141eff368b9b80")
}

// UnpackOneChainError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OneChain(uint256 chainId)
func (swap *Swap) UnpackOneChainError(raw []byte) (*SwapOneChain, error) {
	out := new(SwapOneChain)
	if err := swap.abi.UnpackIntoInterface(out, "OneChain", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapReentrancyGuardReentrantCall represents a ReentrancyGuardReentrantCall error raised by the Swap contract.
type SwapReentrancyGuardReentrantCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReentrancyGuardReentrantCall()
func SwapReentrancyGuardReentrantCallErrorID() common.Hash {
	return common.HexToHash("0x3ee5aeb571de7fc460830b4d0017439a1ca56fb0bc39062227ade4fe4a24c1ca")
}

// UnpackReentrancyGuardReentrantCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReentrancyGuardReentrantCall()
func (swap *Swap) UnpackReentrancyGuardReentrantCallError(raw []byte) (*SwapReentrancyGuardReentrantCall, error) {
	out := new(SwapReentrancyGuardReentrantCall)
	if err := swap.abi.UnpackIntoInterface(out, "ReentrancyGuardReentrantCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapSafeERC20FailedOperation represents a SafeERC20FailedOperation error raised by the Swap contract.
type SwapSafeERC20FailedOperation struct {
	Token common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SafeERC20FailedOperation(address token)
func SwapSafeERC20FailedOperationErrorID() common.Hash {
	return common.HexToHash("0x5274afe73c98b4749fc91ffae6b7b574e7842cb2144a159e9377a5f20b32edf9")
}

// UnpackSafeERC20FailedOperationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SafeERC20FailedOperation(address token)
func (swap *Swap) UnpackSafeERC20FailedOperationError(raw []byte) (*SwapSafeERC20FailedOperation, error) {
	out := new(SwapSafeERC20FailedOperation)
	if err := swap.abi.UnpackIntoInterface(out, "SafeERC20FailedOperation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapTooLittleArrived represents a TooLittleArrived error raised by the Swap contract.
type SwapTooLittleArrived struct {
	Arrived *big.Int
	Want    *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TooLittleArrived(uint256 arrived, uint256 want)
func SwapTooLittleArrivedErrorID() common.Hash {
	return common.HexToHash("0xa23e703825843efb7852234c244fca204ac436ebc29ebbe9397c880b70ff9e86")
}

// UnpackTooLittleArrivedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TooLittleArrived(uint256 arrived, uint256 want)
func (swap *Swap) UnpackTooLittleArrivedError(raw []byte) (*SwapTooLittleArrived, error) {
	out := new(SwapTooLittleArrived)
	if err := swap.abi.UnpackIntoInterface(out, "TooLittleArrived", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// SwapWrongValue represents a WrongValue error raised by the Swap contract.
type SwapWrongValue struct {
	Value *big.Int
	Want  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WrongValue(uint256 value, uint256 want)
func SwapWrongValueErrorID() common.Hash {
	return common.HexToHash("0x195a3ca12ac3744ef64727effb118b3b203c382e49c7a7d24d450eae5e3b889a")
}

// UnpackWrongValueError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WrongValue(uint256 value, uint256 want)
func (swap *Swap) UnpackWrongValueError(raw []byte) (*SwapWrongValue, error) {
	out := new(SwapWrongValue)
	if err := swap.abi.UnpackIntoInterface(out, "WrongValue", raw); err != nil {
		return nil, err
	}
	return out, nil
}
