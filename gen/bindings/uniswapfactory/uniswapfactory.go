// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package uniswapfactory

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

// IUniswapV2FactoryMetaData contains all meta data concerning the IUniswapV2Factory contract.
var IUniswapV2FactoryMetaData = bind.MetaData{
	ABI: "[{\"type\":\"function\",\"name\":\"getPair\",\"inputs\":[{\"name\":\"tokenA\",\"type\":\"address\",\"internalType\":\"address\"},{\"name\":\"tokenB\",\"type\":\"address\",\"internalType\":\"address\"}],\"outputs\":[{\"name\":\"pair\",\"type\":\"address\",\"internalType\":\"address\"}],\"stateMutability\":\"view\"}]",
	ID:  "IUniswapV2Factory",
}

// IUniswapV2Factory is an auto generated Go binding around an Ethereum contract.
type IUniswapV2Factory struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *IUniswapV2Factory) GetABI() abi.ABI {
	return c.abi
}

// NewIUniswapV2Factory creates a new instance of IUniswapV2Factory.
func NewIUniswapV2Factory() *IUniswapV2Factory {
	parsed, err := IUniswapV2FactoryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &IUniswapV2Factory{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *IUniswapV2Factory) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackGetPair is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6a43905.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getPair(address tokenA, address tokenB) view returns(address pair)
func (iUniswapV2Factory *IUniswapV2Factory) PackGetPair(tokenA common.Address, tokenB common.Address) []byte {
	enc, err := iUniswapV2Factory.abi.Pack("getPair", tokenA, tokenB)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetPair is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe6a43905.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getPair(address tokenA, address tokenB) view returns(address pair)
func (iUniswapV2Factory *IUniswapV2Factory) TryPackGetPair(tokenA common.Address, tokenB common.Address) ([]byte, error) {
	return iUniswapV2Factory.abi.Pack("getPair", tokenA, tokenB)
}

// UnpackGetPair is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe6a43905.
//
// Solidity: function getPair(address tokenA, address tokenB) view returns(address pair)
func (iUniswapV2Factory *IUniswapV2Factory) UnpackGetPair(data []byte) (common.Address, error) {
	out, err := iUniswapV2Factory.abi.Unpack("getPair", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}
