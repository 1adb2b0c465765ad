package orders

import (
	"bytes"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// Order is an order that a user signs and somebody else opens (ERC-7683 of January 2025). Its data are an Intent.
type Order = intentsettler.GaslessCrossChainOrder

// Fill is what a filler does: who gets the input on the origin chain, how much of it, and the output for it. The salt tells
// fills apart that are equal otherwise.
type Fill = intentsettler.Fill

// Intent is what an order is about: give one token on the origin chain, get at least so much of another one elsewhere.
// Amounts are in the tokens' smallest units.
type Intent struct {
	InputToken  common.Address `json:"inputToken"`
	InputAmount *big.Int       `json:"inputAmount"`
	// OutputToken is an address, or zero for the destination chain's ether.
	OutputToken common.Hash `json:"outputToken"`
	// MinOutput is for all of the input; a part of it costs at least its share, rounded up.
	MinOutput *big.Int `json:"minOutput"`
	// Recipient is the address that gets the output.
	Recipient          common.Hash `json:"recipient"`
	DestinationChainId *big.Int    `json:"destinationChainId"`
	DestinationSettler common.Hash `json:"destinationSettler"`
	// Escrow: the input is locked when the order is opened. Without it fill and payment are legs of one bundle.
	Escrow bool `json:"escrow"`
	// PartialFill: several fillers may each fill a part. The input is then taken by an allowance to the settler.
	PartialFill bool `json:"partialFill"`
	// ClaimPeriod is for escrow: seconds after the fill deadline in which a filler can still claim.
	ClaimPeriod uint32 `json:"claimPeriod"`
	// Verifier is for escrow: the contract that says what was filled; zero stands for an assertion, within a zone.
	Verifier common.Address `json:"verifier"`
}

// FillTerms is what the destination settler needs to know of an order.
type FillTerms struct {
	OriginChainId      *big.Int
	OriginSettler      common.Address
	InputAmount        *big.Int
	OutputToken        common.Hash
	MinOutput          *big.Int
	Recipient          common.Hash
	DestinationChainId *big.Int
	DestinationSettler common.Hash
	FillDeadline       uint32
	Escrow             bool
	PartialFill        bool
}

// DataType is the type of the order data that hold an Intent: its EIP-712 type hash.
var DataType = crypto.Keccak256Hash([]byte(
	"Intent(address inputToken,uint256 inputAmount,bytes32 outputToken,uint256 minOutput,bytes32 recipient,uint256 destinationChainId," +
		"bytes32 destinationSettler,bool escrow,bool partialFill,uint32 claimPeriod,address verifier)"))

// EncodeIntent gives the data of an order, whose type is DataType. ErrInvalidOrder: a number is missing, negative or of more
// than 256 bits.
func EncodeIntent(in Intent) ([]byte, error) {
	if err := checkNumbers(ErrInvalidOrder,
		number{"inputAmount", in.InputAmount}, number{"minOutput", in.MinOutput}, number{"destinationChainId", in.DestinationChainId},
	); err != nil {
		return nil, err
	}
	return intentArguments.Pack(in)
}

// DecodeIntent reads an order's data. ErrInvalidOrder names what the settler would refuse; deadlines, signatures and funds
// are not looked at.
func DecodeIntent(order Order) (Intent, error) {
	if order.OrderDataType != DataType {
		return Intent{}, fmt.Errorf("%w: orderDataType is %s, want %s", ErrInvalidOrder, common.Hash(order.OrderDataType), DataType)
	}
	if err := checkNumbers(ErrInvalidOrder, number{"nonce", order.Nonce}, number{"originChainId", order.OriginChainId}); err != nil {
		return Intent{}, err
	}
	in, err := unpack[Intent](intentArguments, order.OrderData)
	if err != nil {
		return Intent{}, fmt.Errorf("%w: orderData: %w", ErrInvalidOrder, err)
	}
	// The id is one of the values alone: other bytes with the same values would be the same order.
	if again, err := EncodeIntent(in); err != nil || !bytes.Equal(again, order.OrderData) {
		return Intent{}, fmt.Errorf("%w: orderData are %d bytes that no encoding of an intent gives, want %d", ErrInvalidOrder, len(order.OrderData), len(again))
	}
	return in, in.check(order)
}

// check gives the reasons of the settler's _read, and those that only show when a fill is paid.
func (in Intent) check(order Order) error {
	switch {
	case in.InputAmount.Sign() == 0:
		return fmt.Errorf("%w: inputAmount is 0, want at least 1", ErrInvalidOrder)
	case in.DestinationChainId.Cmp(order.OriginChainId) == 0:
		return fmt.Errorf("%w: destinationChainId is the origin's, %s, want another chain", ErrInvalidOrder, order.OriginChainId)
	case !in.Escrow && in.Verifier != common.Address{}:
		return fmt.Errorf("%w: verifier is %s, want zero without escrow", ErrInvalidOrder, in.Verifier)
	}
	for _, field := range []struct {
		name  string
		value common.Hash
	}{{"outputToken", in.OutputToken}, {"recipient", in.Recipient}, {"destinationSettler", in.DestinationSettler}} {
		if !bytes.Equal(field.value[:12], make([]byte, 12)) {
			return fmt.Errorf("%w: %s is %s, want an address in the lower 20 bytes", ErrInvalidOrder, field.name, field.value)
		}
	}
	return nil
}

// MinOutput is the least output for a part of the intent's input: its share, rounded up. For an intent without input it is
// all of it.
func MinOutput(in Intent, inputAmount *big.Int) *big.Int {
	if in.InputAmount.Sign() == 0 {
		return new(big.Int).Set(in.MinOutput)
	}
	product := new(big.Int).Mul(in.MinOutput, inputAmount)
	quotient, rest := new(big.Int).QuoRem(product, in.InputAmount, new(big.Int))
	if rest.Sign() > 0 {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient
}

// Terms are those of the order's leg on its destination chain.
func Terms(order Order) (FillTerms, error) {
	in, err := DecodeIntent(order)
	if err != nil {
		return FillTerms{}, err
	}
	return FillTerms{
		OriginChainId: order.OriginChainId, OriginSettler: order.OriginSettler, InputAmount: in.InputAmount, OutputToken: in.OutputToken,
		MinOutput: in.MinOutput, Recipient: in.Recipient, DestinationChainId: in.DestinationChainId,
		DestinationSettler: in.DestinationSettler, FillDeadline: order.FillDeadline, Escrow: in.Escrow, PartialFill: in.PartialFill,
	}, nil
}

// FillKey is what both settlers know a fill of the order by.
func FillKey(order Order, fill Fill) (common.Hash, error) {
	id, err := ID(order)
	if err != nil {
		return common.Hash{}, err
	}
	terms, err := Terms(order)
	if err != nil {
		return common.Hash{}, err
	}
	if err := checkFill(fill); err != nil {
		return common.Hash{}, err
	}
	encoded, err := keyArguments.Pack(id, terms, fill)
	return crypto.Keccak256Hash(encoded), err
}

func checkFill(fill Fill) error {
	return checkNumbers(ErrInvalidFill, number{"inputAmount", fill.InputAmount}, number{"outputAmount", fill.OutputAmount})
}

// number is one of the numbers of an order or fill, with its name.
type number struct {
	name  string
	value *big.Int
}

// checkNumbers refuses what no uint256 holds.
func checkNumbers(kind error, numbers ...number) error {
	for _, n := range numbers {
		if n.value == nil || n.value.Sign() < 0 || n.value.BitLen() > 256 {
			return fmt.Errorf("%w: %s is %s, want 0 to 2^256-1", kind, n.name, n.value)
		}
	}
	return nil
}
