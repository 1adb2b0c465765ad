// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package bridgederc20

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

// BridgedERC20MetaData contains all meta data concerning the BridgedERC20 contract.
var BridgedERC20MetaData = bind.MetaData{
	ABI: "[{\"type\":\"constructor\",\"inputs\":[{\"name\":\"homeChain\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"homeToken\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"name_\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"symbol_\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"decimals_\",\"type\":\"uint8\",\"internalType\":\"uint8\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"BRIDGE\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"DOMAIN_SEPARATOR\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"HOME_CHAIN\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"HOME_TOKEN\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"allowance\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"spender\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"approve\",\"inputs\":[{\"name\":\"spender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"balanceOf\",\"inputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"crosschainBurn\",\"inputs\":[{\"name\":\"from\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"crosschainMint\",\"inputs\":[{\"name\":\"to\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"decimals\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"uint8\",\"internalType\":\"uint8\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"eip712Domain\",\"inputs\":[],\"outputs\":[{\"name\":\"fields\",\"type\":\"bytes1\",\"internalType\":\"bytes1\"},{\"name\":\"name\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"version\",\"type\":\"string\",\"internalType\":\"string\"},{\"name\":\"chainId\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"verifyingContract\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"salt\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"extensions\",\"type\":\"uint256[]\",\"internalType\":\"uint256[]\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"name\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"string\",\"internalType\":\"string\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"nonces\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"permit\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"spender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"deadline\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"v\",\"type\":\"uint8\",\"internalType\":\"uint8\"},{\"name\":\"r\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"},{\"name\":\"s\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}],\"outputs\":[],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"supportsInterface\",\"inputs\":[{\"name\":\"interfaceId\",\"type\":\"bytes4\",\"internalType\":\"bytes4\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"symbol\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"string\",\"internalType\":\"string\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"totalSupply\",\"inputs\":[],\"outputs\":[{\"name\":\"\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"stateMutability\":\"view\"},{\"type\":\"function\",\"name\":\"transfer\",\"inputs\":[{\"name\":\"to\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"function\",\"name\":\"transferFrom\",\"inputs\":[{\"name\":\"from\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"to\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"internalType\":\"uint256\"}],\"outputs\":[{\"name\":\"\",\"type\":\"bool\",\"internalType\":\"bool\"}],\"stateMutability\":\"nonpayable\"},{\"type\":\"event\",\"name\":\"Approval\",\"inputs\":[{\"name\":\"owner\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"spender\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"CrosschainBurn\",\"inputs\":[{\"name\":\"from\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"},{\"name\":\"sender\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"CrosschainMint\",\"inputs\":[{\"name\":\"to\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"amount\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"},{\"name\":\"sender\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"}],\"anonymous\":false},{\"type\":\"event\",\"name\":\"EIP712DomainChanged\",\"inputs\":[],\"anonymous\":false},{\"type\":\"event\",\"name\":\"Transfer\",\"inputs\":[{\"name\":\"from\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"to\",\"type\":\"address\",\"indexed\":true,\"internalType\":\"address\"},{\"name\":\"value\",\"type\":\"uint256\",\"indexed\":false,\"internalType\":\"uint256\"}],\"anonymous\":false},{\"type\":\"error\",\"name\":\"ECDSAInvalidSignature\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"ECDSAInvalidSignatureLength\",\"inputs\":[{\"name\":\"length\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"ECDSAInvalidSignatureS\",\"inputs\":[{\"name\":\"s\",\"type\":\"bytes32\",\"internalType\":\"bytes32\"}]},{\"type\":\"error\",\"name\":\"ERC20InsufficientAllowance\",\"inputs\":[{\"name\":\"spender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"allowance\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"needed\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"ERC20InsufficientBalance\",\"inputs\":[{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"balance\",\"type\":\"uint256\",\"internalType\":\"uint256\"},{\"name\":\"needed\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"ERC20InvalidApprover\",\"inputs\":[{\"name\":\"approver\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"ERC20InvalidReceiver\",\"inputs\":[{\"name\":\"receiver\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"ERC20InvalidSender\",\"inputs\":[{\"name\":\"sender\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"ERC20InvalidSpender\",\"inputs\":[{\"name\":\"spender\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"ERC2612ExpiredSignature\",\"inputs\":[{\"name\":\"deadline\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"ERC2612InvalidSigner\",\"inputs\":[{\"name\":\"signer\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"owner\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"InvalidAccountNonce\",\"inputs\":[{\"name\":\"account\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"currentNonce\",\"type\":\"uint256\",\"internalType\":\"uint256\"}]},{\"type\":\"error\",\"name\":\"InvalidShortString\",\"inputs\":[]},{\"type\":\"error\",\"name\":\"NotTheBridge\",\"inputs\":[{\"name\":\"caller\",\"type\":\"address\",\"internalType\":\"address\"}]},{\"type\":\"error\",\"name\":\"StringTooLong\",\"inputs\":[{\"name\":\"str\",\"type\":\"string\",\"internalType\":\"string\"}]}]",
	ID:  "BridgedERC20",
	Bin: "0x6101e0604052348015610010575f5ffd5b506040516115aa3803806115aa83398101604081905261002f91610225565b6040805180820190915260018152603160f81b60208201528390819081856003610059838261035c565b506004610066828261035c565b5050506100788261014260201b60201c565b6101205261008581610142565b61014052815160208084019190912060e052815190820120610100524660a05261011160e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c0525033610160526101809490945250506001600160a01b03166101a05260ff166101c052610472565b5f5f829050601f81511115610175578260405163305a27a960e01b815260040161016c919061041a565b60405180910390fd5b80516101808261044f565b179392505050565b634e487b7160e01b5f52604160045260245ffd5b5f82601f8301126101ab575f5ffd5b81516001600160401b038111156101c4576101c4610188565b604051601f8201601f19908116603f011681016001600160401b03811182821017156101f2576101f2610188565b604052818152838201602001851015610209575f5ffd5b8160208501602083015e5f918101602001919091529392505050565b5f5f5f5f5f60a08688031215610239575f5ffd5b855160208701519095506001600160a01b0381168114610257575f5ffd5b60408701519094506001600160401b03811115610272575f5ffd5b61027e8882890161019c565b606088015190945090506001600160401b0381111561029b575f5ffd5b6102a78882890161019c565b6080880151909350905060ff811681146102bf575f5ffd5b809150509295509295909350565b600181811c908216806102e157607f821691505b6020821081036102ff57634e487b7160e01b5f52602260045260245ffd5b50919050565b601f821115610357578282111561035757805f5260205f20601f840160051c602085101561033057505f5b90810190601f840160051c035f5b81811015610353575f8382015560010161033e565b5050505b505050565b81516001600160401b0381111561037557610375610188565b6103898161038384546102cd565b84610305565b6020601f8211600181146103bb575f83156103a45750848201515b5f19600385901b1c1916600184901b178455610413565b5f84815260208120601f198516915b828110156103ea57878501518255602094850194600190920191016103ca565b508482101561040757868401515f19600387901b60f8161c191681555b505060018360011b0184555b5050505050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156102ff575f1960209190910360031b1b16919050565b60805160a05160c05160e05161010051610120516101405161016051610180516101a0516101c0516110b86104f25f395f6101c401525f6102f601525f61031d01525f81816102b701526106bf01525f6109bd01525f61099201525f61093b01525f61091301525f61086e01525f61089801525f6108c201526110b85ff3fe608060405234801561000f575f5ffd5b506004361061011c575f3560e01c806370a08231116100a9578063d505accf1161006e578063d505accf14610267578063dd62ed3e1461027a578063ee9a31a2146102b2578063f2553acd146102f1578063f42ff39414610318575f5ffd5b806370a08231146101f65780637ecebe001461021e57806384b0196e1461023157806395d89b411461024c578063a9059cbb14610254575f5ffd5b806318bf5077116100ef57806318bf50771461018257806323b872dd146101975780632b8c49e3146101aa578063313ce567146101bd5780633644e515146101ee575f5ffd5b806301ffc9a71461012057806306fdde0314610148578063095ea7b31461015d57806318160ddd14610170575b5f5ffd5b61013361012e366004610e15565b61033f565b60405190151581526020015b60405180910390f35b610150610375565b60405161013f9190610e71565b61013361016b366004610e9e565b610405565b6002545b60405190815260200161013f565b610195610190366004610e9e565b61041c565b005b6101336101a5366004610ec6565b610474565b6101956101b8366004610e9e565b610497565b60405160ff7f000000000000000000000000000000000000000000000000000000000000000016815260200161013f565b6101746104e7565b610174610204366004610f00565b6001600160a01b03165f9081526020819052604090205490565b61017461022c366004610f00565b6104f5565b610239610512565b60405161013f9796959493929190610f19565b610150610554565b610133610262366004610e9e565b610563565b610195610275366004610faf565b610570565b61017461028836600461101c565b6001600160a01b039182165f90815260016020908152604080832093909416825291909152205490565b6102d97f000000000000000000000000000000000000000000000000000000000000000081565b6040516001600160a01b03909116815260200161013f565b6102d97f000000000000000000000000000000000000000000000000000000000000000081565b6101747f000000000000000000000000000000000000000000000000000000000000000081565b5f6001600160e01b03198216630cccc66560e21b148061036f57506301ffc9a760e01b6001600160e01b03198316145b92915050565b6060600380546103849061104d565b80601f01602080910402602001604051908101604052809291908181526020018280546103b09061104d565b80156103fb5780601f106103d2576101008083540402835291602001916103fb565b820191905f5260205f20905b8154815290600101906020018083116103de57829003601f168201915b5050505050905090565b5f336104128185856106ab565b5060019392505050565b610425336106bd565b61042f8282610721565b60405181815233906001600160a01b038416907fde22baff038e3a3e08407cbdf617deed74e869a7ba517df611e33131c6e6ea04906020015b60405180910390a35050565b5f33610481858285610755565b61048c8585856107d1565b506001949350505050565b6104a0336106bd565b6104aa828261082e565b60405181815233906001600160a01b038416907fb90795a66650155983e242cac3e1ac1a4dc26f8ed2987f3ce416a34e00111fd490602001610468565b5f6104f0610862565b905090565b6001600160a01b0381165f9081526007602052604081205461036f565b5f6060805f5f5f606061052361098b565b61052b6109b6565b604080515f80825260208201909252600f60f81b9b939a50919850469750309650945092509050565b6060600480546103849061104d565b5f336104128185856107d1565b834211156105995760405163313c898160e11b8152600481018590526024015b60405180910390fd5b5f7f6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c98888886105e48c6001600160a01b03165f90815260076020526040902080546001810190915590565b6040805160208101969096526001600160a01b0394851690860152929091166060840152608083015260a082015260c0810186905260e0016040516020818303038152906040528051906020012090505f61063e826109e1565b90505f61064d82878787610a0d565b9050896001600160a01b0316816001600160a01b031614610694576040516325c0072360e11b81526001600160a01b0380831660048301528b166024820152604401610590565b61069f8a8a8a6106ab565b50505050505050505050565b6106b88383836001610a39565b505050565b7f00000000000000000000000000000000000000000000000000000000000000006001600160a01b0316816001600160a01b031614819061071d57604051634e53418360e01b81526001600160a01b039091166004820152602401610590565b5050565b6001600160a01b03821661074a5760405163ec442f0560e01b81525f6004820152602401610590565b61071d5f8383610b0b565b6001600160a01b038381165f908152600160209081526040808320938616835292905220545f198110156107cb57818110156107bd57604051637dc7a0d960e11b81526001600160a01b03841660048201526024810182905260448101839052606401610590565b6107cb84848484035f610a39565b50505050565b6001600160a01b0383166107fa57604051634b637e8f60e11b81525f6004820152602401610590565b6001600160a01b0382166108235760405163ec442f0560e01b81525f6004820152602401610590565b6106b8838383610b0b565b6001600160a01b03821661085757604051634b637e8f60e11b81525f6004820152602401610590565b61071d825f83610b0b565b5f306001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000161480156108ba57507f000000000000000000000000000000000000000000000000000000000000000046145b156108e457507f000000000000000000000000000000000000000000000000000000000000000090565b6104f0604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60606104f07f0000000000000000000000000000000000000000000000000000000000000000610c31565b60606104f07f0000000000000000000000000000000000000000000000000000000000000000610c31565b5f61036f6109ed610862565b8360405161190160f01b8152600281019290925260228201526042902090565b5f5f5f5f610a1d88888888610c6e565b925092509250610a2d8282610d36565b50909695505050505050565b6001600160a01b038416610a625760405163e602df0560e01b81525f6004820152602401610590565b6001600160a01b038316610a8b57604051634a1406b160e11b81525f6004820152602401610590565b6001600160a01b038085165f90815260016020908152604080832093871683529290522082905580156107cb57826001600160a01b0316846001600160a01b03167f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b92584604051610afd91815260200190565b60405180910390a350505050565b6001600160a01b038316610b35578060025f828254610b2a9190611085565b90915550610ba59050565b6001600160a01b0383165f9081526020819052604090205481811015610b875760405163391434e360e21b81526001600160a01b03851660048201526024810182905260448101839052606401610590565b6001600160a01b0384165f9081526020819052604090209082900390555b6001600160a01b038216610bc157600280548290039055610bdf565b6001600160a01b0382165f9081526020819052604090208054820190555b816001600160a01b0316836001600160a01b03167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef83604051610c2491815260200190565b60405180910390a3505050565b60605f610c3d83610dee565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841115610ca757505f91506003905082610d2c565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015610cf8573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b038116610d2357505f925060019150829050610d2c565b92505f91508190505b9450945094915050565b5f826003811115610d4957610d496110a4565b03610d52575050565b6001826003811115610d6657610d666110a4565b03610d845760405163f645eedf60e01b815260040160405180910390fd5b6002826003811115610d9857610d986110a4565b03610db95760405163fce698f760e01b815260048101829052602401610590565b6003826003811115610dcd57610dcd6110a4565b0361071d576040516335e2f38360e21b815260048101829052602401610590565b5f60ff8216601f81111561036f57604051632cd44ac360e21b815260040160405180910390fd5b5f60208284031215610e25575f5ffd5b81356001600160e01b031981168114610e3c575f5ffd5b9392505050565b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b602081525f610e3c6020830184610e43565b80356001600160a01b0381168114610e99575f5ffd5b919050565b5f5f60408385031215610eaf575f5ffd5b610eb883610e83565b946020939093013593505050565b5f5f5f60608486031215610ed8575f5ffd5b610ee184610e83565b9250610eef60208501610e83565b929592945050506040919091013590565b5f60208284031215610f10575f5ffd5b610e3c82610e83565b60ff60f81b8816815260e060208201525f610f3760e0830189610e43565b8281036040840152610f498189610e43565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b81811015610f9e578351835260209384019390920191600101610f80565b50909b9a5050505050505050505050565b5f5f5f5f5f5f5f60e0888a031215610fc5575f5ffd5b610fce88610e83565b9650610fdc60208901610e83565b95506040880135945060608801359350608088013560ff81168114610fff575f5ffd5b9699959850939692959460a0840135945060c09093013592915050565b5f5f6040838503121561102d575f5ffd5b61103683610e83565b915061104460208401610e83565b90509250929050565b600181811c9082168061106157607f821691505b60208210810361107f57634e487b7160e01b5f52602260045260245ffd5b50919050565b8082018082111561036f57634e487b7160e01b5f52601160045260245ffd5b634e487b7160e01b5f52602160045260245ffd",
}

// BridgedERC20 is an auto generated Go binding around an Ethereum contract.
type BridgedERC20 struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *BridgedERC20) GetABI() abi.ABI {
	return c.abi
}

// NewBridgedERC20 creates a new instance of BridgedERC20.
func NewBridgedERC20() *BridgedERC20 {
	parsed, err := BridgedERC20MetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &BridgedERC20{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *BridgedERC20) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(uint256 homeChain, address homeToken, string name_, string symbol_, uint8 decimals_) returns()
func (bridgedERC20 *BridgedERC20) PackConstructor(homeChain *big.Int, homeToken common.Address, name_ string, symbol_ string, decimals_ uint8) []byte {
	enc, err := bridgedERC20.abi.Pack("", homeChain, homeToken, name_, symbol_, decimals_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackBRIDGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xee9a31a2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function BRIDGE() view returns(address)
func (bridgedERC20 *BridgedERC20) PackBRIDGE() []byte {
	enc, err := bridgedERC20.abi.Pack("BRIDGE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBRIDGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xee9a31a2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function BRIDGE() view returns(address)
func (bridgedERC20 *BridgedERC20) TryPackBRIDGE() ([]byte, error) {
	return bridgedERC20.abi.Pack("BRIDGE")
}

// UnpackBRIDGE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xee9a31a2.
//
// Solidity: function BRIDGE() view returns(address)
func (bridgedERC20 *BridgedERC20) UnpackBRIDGE(data []byte) (common.Address, error) {
	out, err := bridgedERC20.abi.Unpack("BRIDGE", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackDOMAINSEPARATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3644e515.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DOMAIN_SEPARATOR() view returns(bytes32)
func (bridgedERC20 *BridgedERC20) PackDOMAINSEPARATOR() []byte {
	enc, err := bridgedERC20.abi.Pack("DOMAIN_SEPARATOR")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDOMAINSEPARATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3644e515.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DOMAIN_SEPARATOR() view returns(bytes32)
func (bridgedERC20 *BridgedERC20) TryPackDOMAINSEPARATOR() ([]byte, error) {
	return bridgedERC20.abi.Pack("DOMAIN_SEPARATOR")
}

// UnpackDOMAINSEPARATOR is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3644e515.
//
// Solidity: function DOMAIN_SEPARATOR() view returns(bytes32)
func (bridgedERC20 *BridgedERC20) UnpackDOMAINSEPARATOR(data []byte) ([32]byte, error) {
	out, err := bridgedERC20.abi.Unpack("DOMAIN_SEPARATOR", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackHOMECHAIN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf42ff394.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function HOME_CHAIN() view returns(uint256)
func (bridgedERC20 *BridgedERC20) PackHOMECHAIN() []byte {
	enc, err := bridgedERC20.abi.Pack("HOME_CHAIN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHOMECHAIN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf42ff394.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function HOME_CHAIN() view returns(uint256)
func (bridgedERC20 *BridgedERC20) TryPackHOMECHAIN() ([]byte, error) {
	return bridgedERC20.abi.Pack("HOME_CHAIN")
}

// UnpackHOMECHAIN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf42ff394.
//
// Solidity: function HOME_CHAIN() view returns(uint256)
func (bridgedERC20 *BridgedERC20) UnpackHOMECHAIN(data []byte) (*big.Int, error) {
	out, err := bridgedERC20.abi.Unpack("HOME_CHAIN", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackHOMETOKEN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2553acd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function HOME_TOKEN() view returns(address)
func (bridgedERC20 *BridgedERC20) PackHOMETOKEN() []byte {
	enc, err := bridgedERC20.abi.Pack("HOME_TOKEN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHOMETOKEN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf2553acd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function HOME_TOKEN() view returns(address)
func (bridgedERC20 *BridgedERC20) TryPackHOMETOKEN() ([]byte, error) {
	return bridgedERC20.abi.Pack("HOME_TOKEN")
}

// UnpackHOMETOKEN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf2553acd.
//
// Solidity: function HOME_TOKEN() view returns(address)
func (bridgedERC20 *BridgedERC20) UnpackHOMETOKEN(data []byte) (common.Address, error) {
	out, err := bridgedERC20.abi.Unpack("HOME_TOKEN", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackAllowance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd62ed3e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function allowance(address owner, address spender) view returns(uint256)
func (bridgedERC20 *BridgedERC20) PackAllowance(owner common.Address, spender common.Address) []byte {
	enc, err := bridgedERC20.abi.Pack("allowance", owner, spender)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAllowance is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdd62ed3e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function allowance(address owner, address spender) view returns(uint256)
func (bridgedERC20 *BridgedERC20) TryPackAllowance(owner common.Address, spender common.Address) ([]byte, error) {
	return bridgedERC20.abi.Pack("allowance", owner, spender)
}

// UnpackAllowance is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xdd62ed3e.
//
// Solidity: function allowance(address owner, address spender) view returns(uint256)
func (bridgedERC20 *BridgedERC20) UnpackAllowance(data []byte) (*big.Int, error) {
	out, err := bridgedERC20.abi.Unpack("allowance", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x095ea7b3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function approve(address spender, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) PackApprove(spender common.Address, value *big.Int) []byte {
	enc, err := bridgedERC20.abi.Pack("approve", spender, value)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackApprove is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x095ea7b3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function approve(address spender, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) TryPackApprove(spender common.Address, value *big.Int) ([]byte, error) {
	return bridgedERC20.abi.Pack("approve", spender, value)
}

// UnpackApprove is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x095ea7b3.
//
// Solidity: function approve(address spender, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) UnpackApprove(data []byte) (bool, error) {
	out, err := bridgedERC20.abi.Unpack("approve", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackBalanceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70a08231.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function balanceOf(address account) view returns(uint256)
func (bridgedERC20 *BridgedERC20) PackBalanceOf(account common.Address) []byte {
	enc, err := bridgedERC20.abi.Pack("balanceOf", account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBalanceOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x70a08231.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function balanceOf(address account) view returns(uint256)
func (bridgedERC20 *BridgedERC20) TryPackBalanceOf(account common.Address) ([]byte, error) {
	return bridgedERC20.abi.Pack("balanceOf", account)
}

// UnpackBalanceOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x70a08231.
//
// Solidity: function balanceOf(address account) view returns(uint256)
func (bridgedERC20 *BridgedERC20) UnpackBalanceOf(data []byte) (*big.Int, error) {
	out, err := bridgedERC20.abi.Unpack("balanceOf", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackCrosschainBurn is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b8c49e3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function crosschainBurn(address from, uint256 value) returns()
func (bridgedERC20 *BridgedERC20) PackCrosschainBurn(from common.Address, value *big.Int) []byte {
	enc, err := bridgedERC20.abi.Pack("crosschainBurn", from, value)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCrosschainBurn is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2b8c49e3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function crosschainBurn(address from, uint256 value) returns()
func (bridgedERC20 *BridgedERC20) TryPackCrosschainBurn(from common.Address, value *big.Int) ([]byte, error) {
	return bridgedERC20.abi.Pack("crosschainBurn", from, value)
}

// PackCrosschainMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x18bf5077.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function crosschainMint(address to, uint256 value) returns()
func (bridgedERC20 *BridgedERC20) PackCrosschainMint(to common.Address, value *big.Int) []byte {
	enc, err := bridgedERC20.abi.Pack("crosschainMint", to, value)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCrosschainMint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x18bf5077.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function crosschainMint(address to, uint256 value) returns()
func (bridgedERC20 *BridgedERC20) TryPackCrosschainMint(to common.Address, value *big.Int) ([]byte, error) {
	return bridgedERC20.abi.Pack("crosschainMint", to, value)
}

// PackDecimals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x313ce567.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function decimals() view returns(uint8)
func (bridgedERC20 *BridgedERC20) PackDecimals() []byte {
	enc, err := bridgedERC20.abi.Pack("decimals")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDecimals is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x313ce567.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function decimals() view returns(uint8)
func (bridgedERC20 *BridgedERC20) TryPackDecimals() ([]byte, error) {
	return bridgedERC20.abi.Pack("decimals")
}

// UnpackDecimals is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x313ce567.
//
// Solidity: function decimals() view returns(uint8)
func (bridgedERC20 *BridgedERC20) UnpackDecimals(data []byte) (uint8, error) {
	out, err := bridgedERC20.abi.Unpack("decimals", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// PackEip712Domain is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84b0196e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function eip712Domain() view returns(bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)
func (bridgedERC20 *BridgedERC20) PackEip712Domain() []byte {
	enc, err := bridgedERC20.abi.Pack("eip712Domain")
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
func (bridgedERC20 *BridgedERC20) TryPackEip712Domain() ([]byte, error) {
	return bridgedERC20.abi.Pack("eip712Domain")
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
func (bridgedERC20 *BridgedERC20) UnpackEip712Domain(data []byte) (Eip712DomainOutput, error) {
	out, err := bridgedERC20.abi.Unpack("eip712Domain", data)
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

// PackName is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06fdde03.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function name() view returns(string)
func (bridgedERC20 *BridgedERC20) PackName() []byte {
	enc, err := bridgedERC20.abi.Pack("name")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackName is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06fdde03.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function name() view returns(string)
func (bridgedERC20 *BridgedERC20) TryPackName() ([]byte, error) {
	return bridgedERC20.abi.Pack("name")
}

// UnpackName is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06fdde03.
//
// Solidity: function name() view returns(string)
func (bridgedERC20 *BridgedERC20) UnpackName(data []byte) (string, error) {
	out, err := bridgedERC20.abi.Unpack("name", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackNonces is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7ecebe00.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nonces(address owner) view returns(uint256)
func (bridgedERC20 *BridgedERC20) PackNonces(owner common.Address) []byte {
	enc, err := bridgedERC20.abi.Pack("nonces", owner)
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
func (bridgedERC20 *BridgedERC20) TryPackNonces(owner common.Address) ([]byte, error) {
	return bridgedERC20.abi.Pack("nonces", owner)
}

// UnpackNonces is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7ecebe00.
//
// Solidity: function nonces(address owner) view returns(uint256)
func (bridgedERC20 *BridgedERC20) UnpackNonces(data []byte) (*big.Int, error) {
	out, err := bridgedERC20.abi.Unpack("nonces", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd505accf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns()
func (bridgedERC20 *BridgedERC20) PackPermit(owner common.Address, spender common.Address, value *big.Int, deadline *big.Int, v uint8, r [32]byte, s [32]byte) []byte {
	enc, err := bridgedERC20.abi.Pack("permit", owner, spender, value, deadline, v, r, s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd505accf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns()
func (bridgedERC20 *BridgedERC20) TryPackPermit(owner common.Address, spender common.Address, value *big.Int, deadline *big.Int, v uint8, r [32]byte, s [32]byte) ([]byte, error) {
	return bridgedERC20.abi.Pack("permit", owner, spender, value, deadline, v, r, s)
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (bridgedERC20 *BridgedERC20) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := bridgedERC20.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (bridgedERC20 *BridgedERC20) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return bridgedERC20.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (bridgedERC20 *BridgedERC20) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := bridgedERC20.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackSymbol is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95d89b41.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function symbol() view returns(string)
func (bridgedERC20 *BridgedERC20) PackSymbol() []byte {
	enc, err := bridgedERC20.abi.Pack("symbol")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSymbol is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x95d89b41.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function symbol() view returns(string)
func (bridgedERC20 *BridgedERC20) TryPackSymbol() ([]byte, error) {
	return bridgedERC20.abi.Pack("symbol")
}

// UnpackSymbol is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x95d89b41.
//
// Solidity: function symbol() view returns(string)
func (bridgedERC20 *BridgedERC20) UnpackSymbol(data []byte) (string, error) {
	out, err := bridgedERC20.abi.Unpack("symbol", data)
	if err != nil {
		return *new(string), err
	}
	out0 := *abi.ConvertType(out[0], new(string)).(*string)
	return out0, nil
}

// PackTotalSupply is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x18160ddd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function totalSupply() view returns(uint256)
func (bridgedERC20 *BridgedERC20) PackTotalSupply() []byte {
	enc, err := bridgedERC20.abi.Pack("totalSupply")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTotalSupply is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x18160ddd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function totalSupply() view returns(uint256)
func (bridgedERC20 *BridgedERC20) TryPackTotalSupply() ([]byte, error) {
	return bridgedERC20.abi.Pack("totalSupply")
}

// UnpackTotalSupply is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x18160ddd.
//
// Solidity: function totalSupply() view returns(uint256)
func (bridgedERC20 *BridgedERC20) UnpackTotalSupply(data []byte) (*big.Int, error) {
	out, err := bridgedERC20.abi.Unpack("totalSupply", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa9059cbb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transfer(address to, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) PackTransfer(to common.Address, value *big.Int) []byte {
	enc, err := bridgedERC20.abi.Pack("transfer", to, value)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa9059cbb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transfer(address to, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) TryPackTransfer(to common.Address, value *big.Int) ([]byte, error) {
	return bridgedERC20.abi.Pack("transfer", to, value)
}

// UnpackTransfer is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa9059cbb.
//
// Solidity: function transfer(address to, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) UnpackTransfer(data []byte) (bool, error) {
	out, err := bridgedERC20.abi.Unpack("transfer", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackTransferFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23b872dd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function transferFrom(address from, address to, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) PackTransferFrom(from common.Address, to common.Address, value *big.Int) []byte {
	enc, err := bridgedERC20.abi.Pack("transferFrom", from, to, value)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackTransferFrom is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23b872dd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function transferFrom(address from, address to, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) TryPackTransferFrom(from common.Address, to common.Address, value *big.Int) ([]byte, error) {
	return bridgedERC20.abi.Pack("transferFrom", from, to, value)
}

// UnpackTransferFrom is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x23b872dd.
//
// Solidity: function transferFrom(address from, address to, uint256 value) returns(bool)
func (bridgedERC20 *BridgedERC20) UnpackTransferFrom(data []byte) (bool, error) {
	out, err := bridgedERC20.abi.Unpack("transferFrom", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// BridgedERC20Approval represents a Approval event raised by the BridgedERC20 contract.
type BridgedERC20Approval struct {
	Owner   common.Address
	Spender common.Address
	Value   *big.Int
	Raw     *types.Log // Blockchain specific contextual infos
}

const BridgedERC20ApprovalEventName = "Approval"

// ContractEventName returns the user-defined event name.
func (BridgedERC20Approval) ContractEventName() string {
	return BridgedERC20ApprovalEventName
}

// UnpackApprovalEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Approval(address indexed owner, address indexed spender, uint256 value)
func (bridgedERC20 *BridgedERC20) UnpackApprovalEvent(log *types.Log) (*BridgedERC20Approval, error) {
	event := "Approval"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridgedERC20.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgedERC20Approval)
	if len(log.Data) > 0 {
		if err := bridgedERC20.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridgedERC20.abi.Events[event].Inputs {
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

// BridgedERC20CrosschainBurn represents a CrosschainBurn event raised by the BridgedERC20 contract.
type BridgedERC20CrosschainBurn struct {
	From   common.Address
	Amount *big.Int
	Sender common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const BridgedERC20CrosschainBurnEventName = "CrosschainBurn"

// ContractEventName returns the user-defined event name.
func (BridgedERC20CrosschainBurn) ContractEventName() string {
	return BridgedERC20CrosschainBurnEventName
}

// UnpackCrosschainBurnEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event CrosschainBurn(address indexed from, uint256 amount, address indexed sender)
func (bridgedERC20 *BridgedERC20) UnpackCrosschainBurnEvent(log *types.Log) (*BridgedERC20CrosschainBurn, error) {
	event := "CrosschainBurn"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridgedERC20.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgedERC20CrosschainBurn)
	if len(log.Data) > 0 {
		if err := bridgedERC20.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridgedERC20.abi.Events[event].Inputs {
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

// BridgedERC20CrosschainMint represents a CrosschainMint event raised by the BridgedERC20 contract.
type BridgedERC20CrosschainMint struct {
	To     common.Address
	Amount *big.Int
	Sender common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const BridgedERC20CrosschainMintEventName = "CrosschainMint"

// ContractEventName returns the user-defined event name.
func (BridgedERC20CrosschainMint) ContractEventName() string {
	return BridgedERC20CrosschainMintEventName
}

// UnpackCrosschainMintEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event CrosschainMint(address indexed to, uint256 amount, address indexed sender)
func (bridgedERC20 *BridgedERC20) UnpackCrosschainMintEvent(log *types.Log) (*BridgedERC20CrosschainMint, error) {
	event := "CrosschainMint"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridgedERC20.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgedERC20CrosschainMint)
	if len(log.Data) > 0 {
		if err := bridgedERC20.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridgedERC20.abi.Events[event].Inputs {
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

// BridgedERC20EIP712DomainChanged represents a EIP712DomainChanged event raised by the BridgedERC20 contract.
type BridgedERC20EIP712DomainChanged struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const BridgedERC20EIP712DomainChangedEventName = "EIP712DomainChanged"

// ContractEventName returns the user-defined event name.
func (BridgedERC20EIP712DomainChanged) ContractEventName() string {
	return BridgedERC20EIP712DomainChangedEventName
}

// UnpackEIP712DomainChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event EIP712DomainChanged()
func (bridgedERC20 *BridgedERC20) UnpackEIP712DomainChangedEvent(log *types.Log) (*BridgedERC20EIP712DomainChanged, error) {
	event := "EIP712DomainChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridgedERC20.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgedERC20EIP712DomainChanged)
	if len(log.Data) > 0 {
		if err := bridgedERC20.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridgedERC20.abi.Events[event].Inputs {
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

// BridgedERC20Transfer represents a Transfer event raised by the BridgedERC20 contract.
type BridgedERC20Transfer struct {
	From  common.Address
	To    common.Address
	Value *big.Int
	Raw   *types.Log // Blockchain specific contextual infos
}

const BridgedERC20TransferEventName = "Transfer"

// ContractEventName returns the user-defined event name.
func (BridgedERC20Transfer) ContractEventName() string {
	return BridgedERC20TransferEventName
}

// UnpackTransferEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Transfer(address indexed from, address indexed to, uint256 value)
func (bridgedERC20 *BridgedERC20) UnpackTransferEvent(log *types.Log) (*BridgedERC20Transfer, error) {
	event := "Transfer"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != bridgedERC20.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(BridgedERC20Transfer)
	if len(log.Data) > 0 {
		if err := bridgedERC20.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range bridgedERC20.abi.Events[event].Inputs {
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
func (bridgedERC20 *BridgedERC20) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ECDSAInvalidSignature"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackECDSAInvalidSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ECDSAInvalidSignatureLength"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackECDSAInvalidSignatureLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ECDSAInvalidSignatureS"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackECDSAInvalidSignatureSError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC20InsufficientAllowance"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC20InsufficientAllowanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC20InsufficientBalance"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC20InsufficientBalanceError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC20InvalidApprover"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC20InvalidApproverError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC20InvalidReceiver"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC20InvalidReceiverError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC20InvalidSender"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC20InvalidSenderError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC20InvalidSpender"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC20InvalidSpenderError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC2612ExpiredSignature"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC2612ExpiredSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["ERC2612InvalidSigner"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackERC2612InvalidSignerError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["InvalidAccountNonce"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackInvalidAccountNonceError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["InvalidShortString"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackInvalidShortStringError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["NotTheBridge"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackNotTheBridgeError(raw[4:])
	}
	if bytes.Equal(raw[:4], bridgedERC20.abi.Errors["StringTooLong"].ID.Bytes()[:4]) {
		return bridgedERC20.UnpackStringTooLongError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// BridgedERC20ECDSAInvalidSignature represents a ECDSAInvalidSignature error raised by the BridgedERC20 contract.
type BridgedERC20ECDSAInvalidSignature struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignature()
func BridgedERC20ECDSAInvalidSignatureErrorID() common.Hash {
	return common.HexToHash("0xf645eedf0193584640b6b90cb9477e4c95b98636c148a891d4c0a146dc46e75a")
}

// UnpackECDSAInvalidSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignature()
func (bridgedERC20 *BridgedERC20) UnpackECDSAInvalidSignatureError(raw []byte) (*BridgedERC20ECDSAInvalidSignature, error) {
	out := new(BridgedERC20ECDSAInvalidSignature)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ECDSAInvalidSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ECDSAInvalidSignatureLength represents a ECDSAInvalidSignatureLength error raised by the BridgedERC20 contract.
type BridgedERC20ECDSAInvalidSignatureLength struct {
	Length *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func BridgedERC20ECDSAInvalidSignatureLengthErrorID() common.Hash {
	return common.HexToHash("0xfce698f7e8e5342cd615f641317bc45fe7e1e4a8b0a14dd1383ff8dc9c41917f")
}

// UnpackECDSAInvalidSignatureLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureLength(uint256 length)
func (bridgedERC20 *BridgedERC20) UnpackECDSAInvalidSignatureLengthError(raw []byte) (*BridgedERC20ECDSAInvalidSignatureLength, error) {
	out := new(BridgedERC20ECDSAInvalidSignatureLength)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ECDSAInvalidSignatureS represents a ECDSAInvalidSignatureS error raised by the BridgedERC20 contract.
type BridgedERC20ECDSAInvalidSignatureS struct {
	S [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func BridgedERC20ECDSAInvalidSignatureSErrorID() common.Hash {
	return common.HexToHash("0xd78bce0cccb935155ed6428d1c13e50b7f3550fd2b66b9fe266006fea4a5e1eb")
}

// UnpackECDSAInvalidSignatureSError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ECDSAInvalidSignatureS(bytes32 s)
func (bridgedERC20 *BridgedERC20) UnpackECDSAInvalidSignatureSError(raw []byte) (*BridgedERC20ECDSAInvalidSignatureS, error) {
	out := new(BridgedERC20ECDSAInvalidSignatureS)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ECDSAInvalidSignatureS", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC20InsufficientAllowance represents a ERC20InsufficientAllowance error raised by the BridgedERC20 contract.
type BridgedERC20ERC20InsufficientAllowance struct {
	Spender   common.Address
	Allowance *big.Int
	Needed    *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)
func BridgedERC20ERC20InsufficientAllowanceErrorID() common.Hash {
	return common.HexToHash("0xfb8f41b23e99d2101d86da76cdfa87dd51c82ed07d3cb62cbc473e469dbc75c3")
}

// UnpackERC20InsufficientAllowanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)
func (bridgedERC20 *BridgedERC20) UnpackERC20InsufficientAllowanceError(raw []byte) (*BridgedERC20ERC20InsufficientAllowance, error) {
	out := new(BridgedERC20ERC20InsufficientAllowance)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC20InsufficientAllowance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC20InsufficientBalance represents a ERC20InsufficientBalance error raised by the BridgedERC20 contract.
type BridgedERC20ERC20InsufficientBalance struct {
	Sender  common.Address
	Balance *big.Int
	Needed  *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)
func BridgedERC20ERC20InsufficientBalanceErrorID() common.Hash {
	return common.HexToHash("0xe450d38cd8d9f7d95077d567d60ed49c7254716e6ad08fc9872816c97e0ffec6")
}

// UnpackERC20InsufficientBalanceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)
func (bridgedERC20 *BridgedERC20) UnpackERC20InsufficientBalanceError(raw []byte) (*BridgedERC20ERC20InsufficientBalance, error) {
	out := new(BridgedERC20ERC20InsufficientBalance)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC20InsufficientBalance", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC20InvalidApprover represents a ERC20InvalidApprover error raised by the BridgedERC20 contract.
type BridgedERC20ERC20InvalidApprover struct {
	Approver common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC20InvalidApprover(address approver)
func BridgedERC20ERC20InvalidApproverErrorID() common.Hash {
	return common.HexToHash("0xe602df05cc75712490294c6c104ab7c17f4030363910a7a2626411c6d3118847")
}

// UnpackERC20InvalidApproverError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC20InvalidApprover(address approver)
func (bridgedERC20 *BridgedERC20) UnpackERC20InvalidApproverError(raw []byte) (*BridgedERC20ERC20InvalidApprover, error) {
	out := new(BridgedERC20ERC20InvalidApprover)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC20InvalidApprover", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC20InvalidReceiver represents a ERC20InvalidReceiver error raised by the BridgedERC20 contract.
type BridgedERC20ERC20InvalidReceiver struct {
	Receiver common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC20InvalidReceiver(address receiver)
func BridgedERC20ERC20InvalidReceiverErrorID() common.Hash {
	return common.HexToHash("0xec442f055133b72f3b2f9f0bb351c406b178527de2040a7d1feb4e058771f613")
}

// UnpackERC20InvalidReceiverError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC20InvalidReceiver(address receiver)
func (bridgedERC20 *BridgedERC20) UnpackERC20InvalidReceiverError(raw []byte) (*BridgedERC20ERC20InvalidReceiver, error) {
	out := new(BridgedERC20ERC20InvalidReceiver)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC20InvalidReceiver", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC20InvalidSender represents a ERC20InvalidSender error raised by the BridgedERC20 contract.
type BridgedERC20ERC20InvalidSender struct {
	Sender common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC20InvalidSender(address sender)
func BridgedERC20ERC20InvalidSenderErrorID() common.Hash {
	return common.HexToHash("0x96c6fd1edd0cd6ef7ff0ecc0facdf53148dc0048b57fe58af65755250a7a96bd")
}

// UnpackERC20InvalidSenderError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC20InvalidSender(address sender)
func (bridgedERC20 *BridgedERC20) UnpackERC20InvalidSenderError(raw []byte) (*BridgedERC20ERC20InvalidSender, error) {
	out := new(BridgedERC20ERC20InvalidSender)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC20InvalidSender", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC20InvalidSpender represents a ERC20InvalidSpender error raised by the BridgedERC20 contract.
type BridgedERC20ERC20InvalidSpender struct {
	Spender common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC20InvalidSpender(address spender)
func BridgedERC20ERC20InvalidSpenderErrorID() common.Hash {
	return common.HexToHash("0x94280d62c347d8d9f4d59a76ea321452406db88df38e0c9da304f58b57b373a2")
}

// UnpackERC20InvalidSpenderError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC20InvalidSpender(address spender)
func (bridgedERC20 *BridgedERC20) UnpackERC20InvalidSpenderError(raw []byte) (*BridgedERC20ERC20InvalidSpender, error) {
	out := new(BridgedERC20ERC20InvalidSpender)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC20InvalidSpender", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC2612ExpiredSignature represents a ERC2612ExpiredSignature error raised by the BridgedERC20 contract.
type BridgedERC20ERC2612ExpiredSignature struct {
	Deadline *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC2612ExpiredSignature(uint256 deadline)
func BridgedERC20ERC2612ExpiredSignatureErrorID() common.Hash {
	return common.HexToHash("0x627913023c184eaad13735d5a3d2657ae76ec9a872a70e0fc57522ef1a114d58")
}

// UnpackERC2612ExpiredSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC2612ExpiredSignature(uint256 deadline)
func (bridgedERC20 *BridgedERC20) UnpackERC2612ExpiredSignatureError(raw []byte) (*BridgedERC20ERC2612ExpiredSignature, error) {
	out := new(BridgedERC20ERC2612ExpiredSignature)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC2612ExpiredSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20ERC2612InvalidSigner represents a ERC2612InvalidSigner error raised by the BridgedERC20 contract.
type BridgedERC20ERC2612InvalidSigner struct {
	Signer common.Address
	Owner  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ERC2612InvalidSigner(address signer, address owner)
func BridgedERC20ERC2612InvalidSignerErrorID() common.Hash {
	return common.HexToHash("0x4b800e463b323b1d856edf9dec70329a639d13874a57f5c28219ff57128756db")
}

// UnpackERC2612InvalidSignerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ERC2612InvalidSigner(address signer, address owner)
func (bridgedERC20 *BridgedERC20) UnpackERC2612InvalidSignerError(raw []byte) (*BridgedERC20ERC2612InvalidSigner, error) {
	out := new(BridgedERC20ERC2612InvalidSigner)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "ERC2612InvalidSigner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20InvalidAccountNonce represents a InvalidAccountNonce error raised by the BridgedERC20 contract.
type BridgedERC20InvalidAccountNonce struct {
	Account      common.Address
	CurrentNonce *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidAccountNonce(address account, uint256 currentNonce)
func BridgedERC20InvalidAccountNonceErrorID() common.Hash {
	return common.HexToHash("0x752d88c0de02638abf10e8e31861e4c68dc1f3a1e7d840e580683f2c282bfc7a")
}

// UnpackInvalidAccountNonceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidAccountNonce(address account, uint256 currentNonce)
func (bridgedERC20 *BridgedERC20) UnpackInvalidAccountNonceError(raw []byte) (*BridgedERC20InvalidAccountNonce, error) {
	out := new(BridgedERC20InvalidAccountNonce)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "InvalidAccountNonce", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20InvalidShortString represents a InvalidShortString error raised by the BridgedERC20 contract.
type BridgedERC20InvalidShortString struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidShortString()
func BridgedERC20InvalidShortStringErrorID() common.Hash {
	return common.HexToHash("0xb3512b0c6163e5f0bafab72bb631b9d58cd7a731b082f910338aa21c83d5c274")
}

// UnpackInvalidShortStringError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidShortString()
func (bridgedERC20 *BridgedERC20) UnpackInvalidShortStringError(raw []byte) (*BridgedERC20InvalidShortString, error) {
	out := new(BridgedERC20InvalidShortString)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "InvalidShortString", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20NotTheBridge represents a NotTheBridge error raised by the BridgedERC20 contract.
type BridgedERC20NotTheBridge struct {
	Caller common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotTheBridge(address caller)
func BridgedERC20NotTheBridgeErrorID() common.Hash {
	return common.HexToHash("0x4e534183e528fbe1d608c766f0ded86d22dfc952d0665e4a9d560d1bede75680")
}

// UnpackNotTheBridgeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotTheBridge(address caller)
func (bridgedERC20 *BridgedERC20) UnpackNotTheBridgeError(raw []byte) (*BridgedERC20NotTheBridge, error) {
	out := new(BridgedERC20NotTheBridge)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "NotTheBridge", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// BridgedERC20StringTooLong represents a StringTooLong error raised by the BridgedERC20 contract.
type BridgedERC20StringTooLong struct {
	Str string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StringTooLong(string str)
func BridgedERC20StringTooLongErrorID() common.Hash {
	return common.HexToHash("0x305a27a93f8e33b7392df0a0f91d6fc63847395853c45991eec52dbf24d72381")
}

// UnpackStringTooLongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StringTooLong(string str)
func (bridgedERC20 *BridgedERC20) UnpackStringTooLongError(raw []byte) (*BridgedERC20StringTooLong, error) {
	out := new(BridgedERC20StringTooLong)
	if err := bridgedERC20.abi.UnpackIntoInterface(out, "StringTooLong", raw); err != nil {
		return nil, err
	}
	return out, nil
}
