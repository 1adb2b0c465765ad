package core

import (
	"crypto/ecdsa"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// IntroductionType is the struct of EIP-712 by which a validator says on a connection which one it is. The connection itself proves
// the node id; the signature binds it to the validator's Ethereum key.
const IntroductionType = "Introduction(string node,string asker,bytes32 challenge)"

// ErrIntroduction: a signature under an introduction has not the one accepted form.
var ErrIntroduction = errors.New("core: invalid signature of an introduction")

// IntroductionDigest is what a validator signs as the node with one node id for the node with another, which has chosen the challenge
// for this connection.
func IntroductionDigest(network NetworkID, node, asker string, challenge common.Hash) common.Hash {
	return typedDigest(network, crypto.Keccak256(
		crypto.Keccak256([]byte(IntroductionType)), crypto.Keccak256([]byte(node)), crypto.Keccak256([]byte(asker)), challenge[:],
	))
}

// SignIntroduction signs an IntroductionDigest: R ‖ S ‖ V, 65 bytes.
func SignIntroduction(key *ecdsa.PrivateKey, digest common.Hash) ([]byte, error) {
	signature, err := signTyped(key, digest)
	if err != nil {
		return nil, fmt.Errorf("core: sign introduction: %w", err)
	}
	return signature, nil
}

// RecoverIntroduction is the address of the key that signed an IntroductionDigest, in the form that RecoverCheckpoint takes; else
// ErrIntroduction.
func RecoverIntroduction(digest common.Hash, signature []byte) (common.Address, error) {
	address, err := recoverTyped(digest, signature)
	if err != nil {
		return common.Address{}, fmt.Errorf("%w: %w", ErrIntroduction, err)
	}
	return address, nil
}
