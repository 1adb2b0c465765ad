package orders

import (
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"

	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// settler has the settler's functions and events.
var settler = intentsettler.NewIntentSettler()

var settlerABI = settler.GetABI()

// The structs that the settler takes as bytes, and so are not in its ABI.
var (
	intentTuple = tuple("Intent",
		"inputToken address", "inputAmount uint256", "outputToken bytes32", "minOutput uint256", "recipient bytes32",
		"destinationChainId uint256", "destinationSettler bytes32", "escrow bool", "partialFill bool", "claimPeriod uint32", "verifier address")
	termsTuple = tuple("FillTerms",
		"originChainId uint256", "originSettler address", "inputAmount uint256", "outputToken bytes32", "minOutput uint256",
		"recipient bytes32", "destinationChainId uint256", "destinationSettler bytes32", "fillDeadline uint32", "escrow bool", "partialFill bool")
	fillTuple = tuple("Fill", "filler address", "inputAmount uint256", "outputAmount uint256", "salt bytes32")

	intentArguments = abi.Arguments{{Type: intentTuple}}
	termsArguments  = abi.Arguments{{Type: termsTuple}}
	fillArguments   = abi.Arguments{{Type: fillTuple}}
	keyArguments    = abi.Arguments{{Type: word}, {Type: termsTuple}, {Type: fillTuple}}
)

var word = abi.Type{T: abi.FixedBytesTy, Size: 32}

// tuple is a struct with fields of elementary types, each "name type".
func tuple(name string, fields ...string) abi.Type {
	components := make([]abi.ArgumentMarshaling, len(fields))
	for i, field := range fields {
		if _, err := fmt.Sscan(field, &components[i].Name, &components[i].Type); err != nil {
			panic(fmt.Sprintf("orders: field %q of %s: %v", field, name, err)) // a constant
		}
	}
	t, err := abi.NewType("tuple", "struct "+name, components)
	if err != nil {
		panic(fmt.Sprintf("orders: %s: %v", name, err)) // a constant
	}
	return t
}

// unpack reads the encoding of a struct.
func unpack[T any](arguments abi.Arguments, data []byte) (value T, err error) {
	values, err := arguments.Unpack(data)
	if err == nil {
		abi.ConvertType(values[0], &value)
	}
	return value, err
}
