package opstack

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/lockstep-network/lockstep/adapters/opstack/fastlz"
)

// Selectors of the L1Block contract's functions that a block's first transaction calls (OP Stack specification, L1 attributes).
var (
	selectorBedrock = [4]byte{0x01, 0x5d, 0x8e, 0xb9} // setL1BlockValues
	// All of these are packed, and each adds fields behind those of the one before: setL1BlockValuesEcotone, …Isthmus, …Jovian.
	selectorsPacked = [][4]byte{{0x44, 0x0a, 0x5e, 0x20}, {0x09, 0x89, 0x99, 0xbe}, {0x3d, 0xb6, 0xbe, 0x2b}}
)

// Where the L1 origin stands in the input, in bytes.
const (
	bedrockNumber, bedrockHash, bedrockSize = 4 + 32 - 8, 4 + 3*32, 4 + 8*32
	packedNumber, packedHash, packedSize    = 4 + 4 + 4 + 8 + 8, 4 + 4 + 4 + 3*8 + 2*32, 4 + 4 + 4 + 3*8 + 4*32
)

// l1Origin reads number and hash of a block's L1 origin from the input of its first transaction.
func l1Origin(input []byte) (uint64, common.Hash, error) {
	if len(input) < 4 {
		return 0, common.Hash{}, fmt.Errorf("%w: input of %d bytes", ErrL1Info, len(input))
	}
	selector := [4]byte(input[:4])
	number, hash, size := packedNumber, packedHash, packedSize
	switch selector {
	case selectorBedrock:
		number, hash, size = bedrockNumber, bedrockHash, bedrockSize
	case selectorsPacked[0], selectorsPacked[1], selectorsPacked[2]:
	default:
		return 0, common.Hash{}, fmt.Errorf("%w: selector %x", ErrL1Info, selector)
	}
	if len(input) < size {
		return 0, common.Hash{}, fmt.Errorf("%w: input of %d bytes, want %d", ErrL1Info, len(input), size)
	}
	return binary.BigEndian.Uint64(input[number:]), common.BytesToHash(input[hash : hash+32]), nil
}

// Jovian puts the scalar of the footprint in the data behind the operator's fee; zero there means the default.
const (
	footprintScalarAt      = packedSize + 4 + 8
	defaultFootprintScalar = 400
)

// depositType is the type of the transactions that come from the L1.
const depositType = 0x7e

// deposit is the body of a transaction of type 0x7E.
type deposit struct {
	Source      common.Hash
	From        common.Address
	To          *common.Address `rlp:"nil"`
	Mint, Value *big.Int
	Gas         uint64
	System      bool
	Data        []byte
}

// l1Data is the input of a raw L1 attributes deposit; nil if it is none.
func l1Data(raw []byte) []byte {
	var d deposit
	if len(raw) == 0 || rlp.DecodeBytes(raw[1:], &d) != nil || len(d.Data) < 4 {
		return nil
	}
	return d.Data
}

// footprintScalar is the daFootprintGasScalar that a raw L1 attributes deposit sets; zero if it is of a fork that has none.
func footprintScalar(raw []byte) uint64 {
	data := l1Data(raw)
	if len(data) < footprintScalarAt+2 || [4]byte(data[:4]) != selectorsPacked[2] {
		return 0
	}
	if scalar := binary.BigEndian.Uint16(data[footprintScalarAt:]); scalar > 0 {
		return uint64(scalar)
	}
	return defaultFootprintScalar
}

// Where the L1's fees stand in a packed input, and the operator's behind what Ecotone has.
const (
	baseScalarAt, blobScalarAt, baseFeeAt, blobFeeAt = 4, 8, 36, 68
	operatorScalarAt, operatorConstantAt             = packedSize, packedSize + 4
)

// charges are what a transaction pays beside its gas, as the L1 attributes of its block say.
type charges struct {
	// perByte is the price of a byte of data in millionths of a wei.
	perByte *big.Int
	// scalar and constant make the operator's fee.
	scalar, constant *big.Int
}

// chargesOf reads those of a raw L1 attributes deposit; false if it is of a fork before Isthmus, or of one that is not known.
func chargesOf(raw []byte) (charges, bool) {
	data := l1Data(raw)
	if len(data) < footprintScalarAt {
		return charges{}, false
	}
	number := func(at, size int) *big.Int { return new(big.Int).SetBytes(data[at : at+size]) }
	blob := new(big.Int).Mul(number(blobScalarAt, 4), number(blobFeeAt, 32))
	base := new(big.Int).Mul(number(baseScalarAt, 4), number(baseFeeAt, 32))
	c := charges{perByte: blob.Add(blob, base.Lsh(base, 4)), scalar: number(operatorScalarAt, 4), constant: number(operatorConstantAt, 8)}
	switch [4]byte(data[:4]) {
	case selectorsPacked[1]:
	case selectorsPacked[2]:
		c.scalar.Mul(c.scalar, big.NewInt(100*micro))
	default:
		return charges{}, false
	}
	return c, true
}

// micro are the parts of the unit that data, its price and the operator's scalar are given in.
const micro = 1_000_000

// of are the charges in wei of a raw transaction that uses some gas.
func (c charges) of(raw []byte, gas uint64) *big.Int {
	data := new(big.Int).SetUint64(fastlz.Estimate(raw))
	data.Div(data.Mul(data, c.perByte), big.NewInt(micro*micro))
	operator := new(big.Int).SetUint64(gas)
	operator.Div(operator.Mul(operator, c.scalar), big.NewInt(micro))
	return data.Add(data, operator.Add(operator, c.constant))
}
