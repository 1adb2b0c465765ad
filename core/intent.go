package core

import (
	"crypto/ecdsa"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// CancelIntentType is the EIP-712 type with which a user takes an order out of a gateway's book, in the domain of
// checkpoints: its salt is the networkId.
const CancelIntentType = "CancelIntent(bytes32 orderId)"

// CancelIntentDigest is what the user of an order signs to take it out of a gateway's book.
func CancelIntentDigest(network NetworkID, order common.Hash) common.Hash {
	return typedDigest(network, crypto.Keccak256(crypto.Keccak256([]byte(CancelIntentType)), order[:]))
}

// SignCancelIntent signs CancelIntentDigest: R ‖ S ‖ V with V 27 or 28, as wallets sign typed data.
func SignCancelIntent(key *ecdsa.PrivateKey, network NetworkID, order common.Hash) ([]byte, error) {
	signature, err := signTyped(key, CancelIntentDigest(network, order))
	if err != nil {
		return nil, fmt.Errorf("core: sign cancellation of an intent: %w", err)
	}
	return signature, nil
}

// CancelIntentSigner recovers who signed CancelIntentDigest. Errors wrap ErrReplacementSignature.
func CancelIntentSigner(network NetworkID, order common.Hash, signature []byte) (common.Address, error) {
	address, err := recoverTyped(CancelIntentDigest(network, order), signature)
	if err != nil {
		return common.Address{}, fmt.Errorf("signature: %w: %w", ErrReplacementSignature, err)
	}
	return address, nil
}

// TypedCancelIntent is the message of CancelIntentTypedData.
type TypedCancelIntent struct {
	OrderID common.Hash `json:"orderId"`
}

// CancelIntentTypedData is CancelIntentDigest before hashing, for wallets.
func CancelIntentTypedData(network NetworkID, order common.Hash) TypedData {
	return typedData(network, "CancelIntent", []TypedField{{"orderId", "bytes32"}}, TypedCancelIntent{order})
}
