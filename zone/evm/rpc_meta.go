package evm

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// netMethods is the namespace net. go-ethereum's own asks a peer-to-peer server that is never started, and would wait
// for it for ever.
type netMethods struct {
	chainID *big.Int
}

// Version is the network id in decimal, which is the chain id.
func (m *netMethods) Version() string { return m.chainID.String() }

// Listening is always true.
func (m *netMethods) Listening() bool { return true }

// PeerCount is zero: validators are no Ethereum peers.
func (m *netMethods) PeerCount() hexutil.Uint { return 0 }

// web3Methods is the namespace web3.
type web3Methods struct {
	version string
}

// ClientVersion names the software.
func (m *web3Methods) ClientVersion() string {
	if m.version == "" {
		return "Lockstep"
	}
	return m.version
}

// Sha3 is keccak256.
func (m *web3Methods) Sha3(input hexutil.Bytes) hexutil.Bytes { return crypto.Keccak256(input) }
