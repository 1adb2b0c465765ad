package orders

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/lockstep-network/lockstep/contracts/predeploy"
)

// The names of the EIP-712 types.
const (
	orderType  = "GaslessCrossChainOrder"
	permitType = "PermitWitnessTransferFrom"
)

// eip712Types are all types of which something is signed.
var eip712Types = apitypes.Types{
	"Intent": {
		{Name: "inputToken", Type: "address"}, {Name: "inputAmount", Type: "uint256"}, {Name: "outputToken", Type: "bytes32"},
		{Name: "minOutput", Type: "uint256"}, {Name: "recipient", Type: "bytes32"}, {Name: "destinationChainId", Type: "uint256"},
		{Name: "destinationSettler", Type: "bytes32"}, {Name: "escrow", Type: "bool"}, {Name: "partialFill", Type: "bool"},
		{Name: "claimPeriod", Type: "uint32"}, {Name: "verifier", Type: "address"},
	},
	orderType: {
		{Name: "originSettler", Type: "address"}, {Name: "user", Type: "address"}, {Name: "nonce", Type: "uint256"},
		{Name: "originChainId", Type: "uint256"}, {Name: "openDeadline", Type: "uint32"}, {Name: "fillDeadline", Type: "uint32"},
		{Name: "orderDataType", Type: "bytes32"}, {Name: "orderData", Type: "Intent"},
	},
	"TokenPermissions": {{Name: "token", Type: "address"}, {Name: "amount", Type: "uint256"}},
	permitType: {
		{Name: "permitted", Type: "TokenPermissions"}, {Name: "spender", Type: "address"}, {Name: "nonce", Type: "uint256"},
		{Name: "deadline", Type: "uint256"}, {Name: "witness", Type: orderType},
	},
}

// The domains' types: Permit2's has no version.
var (
	settlerDomain = []apitypes.Type{
		{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "chainId", Type: "uint256"},
		{Name: "verifyingContract", Type: "address"},
	}
	permit2Domain = []apitypes.Type{
		{Name: "name", Type: "string"}, {Name: "chainId", Type: "uint256"}, {Name: "verifyingContract", Type: "address"},
	}
)

// ID is the order's id: its EIP-712 struct hash.
func ID(order Order) (common.Hash, error) {
	data, err := TypedData(order)
	if err != nil {
		return common.Hash{}, err
	}
	message := data.Message
	if witness, permit := message["witness"].(apitypes.TypedDataMessage); permit {
		message = witness
	}
	hash, err := data.HashStruct(orderType, message)
	return common.BytesToHash(hash), err
}

// TypedData is what the user signs, in the form that eth_signTypedData_v4 takes: a transfer by Permit2 with the order as its
// witness, or the order itself for the settler if it is filled in parts, because Permit2 takes a signature once.
func TypedData(order Order) (apitypes.TypedData, error) {
	in, err := DecodeIntent(order)
	if err != nil {
		return apitypes.TypedData{}, err
	}
	message := orderMessage(order, in)
	chain := (*math.HexOrDecimal256)(order.OriginChainId)
	if in.PartialFill {
		return apitypes.TypedData{
			Types: withDomain(settlerDomain, orderType, "Intent"), PrimaryType: orderType, Message: message,
			Domain: apitypes.TypedDataDomain{Name: "IntentSettler", Version: "1", ChainId: chain, VerifyingContract: order.OriginSettler.Hex()},
		}, nil
	}
	return apitypes.TypedData{
		Types:       withDomain(permit2Domain, permitType, "TokenPermissions", orderType, "Intent"),
		PrimaryType: permitType,
		Domain:      apitypes.TypedDataDomain{Name: "Permit2", ChainId: chain, VerifyingContract: predeploy.Permit2Address.Hex()},
		Message: apitypes.TypedDataMessage{
			"permitted": apitypes.TypedDataMessage{"token": in.InputToken.Hex(), "amount": in.InputAmount.String()},
			"spender":   order.OriginSettler.Hex(), "nonce": order.Nonce.String(),
			"deadline": decimal(order.OpenDeadline), "witness": message,
		},
	}, nil
}

// Digest is the hash that the user signs: that of TypedData.
func Digest(order Order) (common.Hash, error) {
	data, err := TypedData(order)
	if err != nil {
		return common.Hash{}, err
	}
	digest, _, err := apitypes.TypedDataAndHash(data)
	return common.BytesToHash(digest), err
}

// Sign signs the order with the user's key; it does not compare the two. The signature is r, s, v with v 27 or 28.
func Sign(order Order, key *ecdsa.PrivateKey) ([]byte, error) {
	digest, err := Digest(order)
	if err != nil {
		return nil, err
	}
	signature, err := crypto.Sign(digest[:], key)
	if err != nil {
		return nil, fmt.Errorf("sign order: %w", err)
	}
	signature[crypto.RecoveryIDOffset] += 27
	return signature, nil
}

// Recover gives the account that signed the order; who calls compares it with the order's user. Signatures of contracts
// (ERC-1271) have another form, which only their chain can judge. ErrInvalidSignature: want r, s, v with v 27 or 28 and the lower s.
func Recover(order Order, signature []byte) (common.Address, error) {
	digest, err := Digest(order)
	if err != nil {
		return common.Address{}, err
	}
	if len(signature) != crypto.SignatureLength {
		return common.Address{}, fmt.Errorf("%w: %d bytes, want %d", ErrInvalidSignature, len(signature), crypto.SignatureLength)
	}
	r, s, v := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:64]), signature[64]
	if v != 27 && v != 28 || !crypto.ValidateSignatureValues(v-27, r, s, true) {
		return common.Address{}, fmt.Errorf("%w: v is %d, want 27 or 28, and r and s in their ranges, s in the lower half", ErrInvalidSignature, v)
	}
	plain := append([]byte(nil), signature...)
	plain[64] -= 27
	key, err := crypto.SigToPub(digest[:], plain)
	if err != nil {
		return common.Address{}, fmt.Errorf("%w: %w", ErrInvalidSignature, err)
	}
	return crypto.PubkeyToAddress(*key), nil
}

// orderMessage is the order with its intent in place of the encoded one. Values have the form that JSON can hold.
func orderMessage(order Order, in Intent) apitypes.TypedDataMessage {
	return apitypes.TypedDataMessage{
		"originSettler": order.OriginSettler.Hex(), "user": order.User.Hex(), "nonce": order.Nonce.String(),
		"originChainId": order.OriginChainId.String(), "openDeadline": decimal(order.OpenDeadline), "fillDeadline": decimal(order.FillDeadline),
		"orderDataType": hexutil.Encode(order.OrderDataType[:]),
		"orderData": apitypes.TypedDataMessage{
			"inputToken": in.InputToken.Hex(), "inputAmount": in.InputAmount.String(), "outputToken": in.OutputToken.Hex(),
			"minOutput": in.MinOutput.String(), "recipient": in.Recipient.Hex(), "destinationChainId": in.DestinationChainId.String(),
			"destinationSettler": in.DestinationSettler.Hex(), "escrow": in.Escrow, "partialFill": in.PartialFill,
			"claimPeriod": decimal(in.ClaimPeriod), "verifier": in.Verifier.Hex(),
		},
	}
}

func withDomain(domain []apitypes.Type, names ...string) apitypes.Types {
	types := apitypes.Types{"EIP712Domain": domain}
	for _, name := range names {
		types[name] = eip712Types[name]
	}
	return types
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
