package core

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

// TypedReplace is what the signer of a replacement signs, as the message of TypedData.
type TypedReplace struct {
	UUID     hexutil.Bytes `json:"uuid"`
	Nonce    string        `json:"nonce"`
	BundleID common.Hash   `json:"bundleId"`
}

// TypedCancel is what the signer of a cancellation signs, as the message of TypedData.
type TypedCancel struct {
	UUID  hexutil.Bytes `json:"uuid"`
	Nonce string        `json:"nonce"`
}

// ReplaceTypedData is ReplaceDigest before hashing, for wallets.
func ReplaceTypedData(network NetworkID, uuid UUID, nonce uint64, bundle common.Hash) TypedData {
	fields := []TypedField{{"uuid", "bytes16"}, {"nonce", "uint64"}, {"bundleId", "bytes32"}}
	return typedData(network, "Replace", fields, TypedReplace{uuid[:], decimal(nonce), bundle})
}

// CancelTypedData is CancelDigest before hashing, for wallets.
func CancelTypedData(network NetworkID, uuid UUID, nonce uint64) TypedData {
	fields := []TypedField{{"uuid", "bytes16"}, {"nonce", "uint64"}}
	return typedData(network, "Cancel", fields, TypedCancel{uuid[:], decimal(nonce)})
}

// typedData is a message of one type in the domain of a network.
func typedData(network NetworkID, name string, fields []TypedField, message any) TypedData {
	return TypedData{
		Types:       map[string][]TypedField{"EIP712Domain": domainFields(), name: fields},
		PrimaryType: name,
		Domain:      TypedDomain{CheckpointDomainName, CheckpointDomainVersion, network},
		Message:     message,
	}
}
