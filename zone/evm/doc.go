// Package evm executes one EVM rollup with go-ethereum as a library: its sealed chain, its open block and its readers.
package evm
