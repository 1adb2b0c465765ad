package core

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// SignatureSize is the length in bytes of a checkpoint's signature: R ‖ S ‖ V.
const SignatureSize = crypto.SignatureLength

// ethereumV is what Ethereum's ecrecover and wallets add to the recovery id (0 or 1).
const ethereumV = 27

// Quorum reports whether power is more than 2/3 of total. Both are below 2^60, so nothing overflows.
func Quorum(power, total uint64) bool { return 3*power > 2*total }

// ValidatorSet is who signs checkpoints, ascending by address.
type ValidatorSet []SetMember

// SetMember is a validator as verifiers of checkpoints know it.
type SetMember struct {
	Address common.Address `json:"address"`
	Power   uint64         `json:"power"`
}

// NewValidatorSet is the set of the validators that have power.
func NewValidatorSet(validators []Validator) ValidatorSet {
	var set ValidatorSet
	for _, v := range validators {
		if v.Power > 0 {
			set = append(set, SetMember{v.Address, v.Power})
		}
	}
	slices.SortFunc(set, func(a, b SetMember) int { return a.Address.Cmp(b.Address) })
	return set
}

// ValidatorSet is the set that signs the network's first checkpoint.
func (g *Genesis) ValidatorSet() ValidatorSet { return NewValidatorSet(g.Validators) }

// Hash is keccak(tag ‖ for each member: address ‖ u64(power)).
func (s ValidatorSet) Hash() common.Hash {
	var rows []byte
	for _, m := range s {
		rows = append(append(rows, m.Address[:]...), U64(m.Power)...)
	}
	return TagValidatorSet.Sum(rows)
}

// TotalPower is the sum of the members' power.
func (s ValidatorSet) TotalPower() uint64 {
	var sum uint64
	for _, m := range s {
		sum += m.Power
	}
	return sum
}

// Find is the member of an address.
func (s ValidatorSet) Find(address common.Address) (SetMember, bool) {
	i, ok := slices.BinarySearchFunc(s, address, func(m SetMember, a common.Address) int { return m.Address.Cmp(a) })
	if !ok {
		return SetMember{}, false
	}
	return s[i], true
}

// Validate checks that there are 1 to MaxValidators members, ascending, each with power within the bounds of a genesis.
func (s ValidatorSet) Validate() error {
	if n := len(s); n == 0 || n > MaxValidators {
		return fmt.Errorf("%w: %d validators, want 1 to %d", ErrValidatorSet, n, MaxValidators)
	}
	for i, m := range s {
		if i > 0 && s[i-1].Address.Cmp(m.Address) >= 0 {
			return fmt.Errorf("%w: [%d] is not above the one before", ErrValidatorSet, i)
		}
		if m.Power == 0 || m.Power >= 1<<52 {
			return fmt.Errorf("%w: power of %s is %d, want 1 to 2^52-1", ErrValidatorSet, m.Address, m.Power)
		}
	}
	return nil
}

// Encode writes version ‖ kind ‖ RLP([[address, power]…]).
func (s ValidatorSet) Encode() []byte { return Encode(EncValidatorSet, s) }

// DecodeValidatorSet reads a validator set and validates it.
func DecodeValidatorSet(b []byte) (ValidatorSet, error) {
	var s ValidatorSet
	if err := Decode(EncValidatorSet, b, &s); err != nil {
		return nil, fmt.Errorf("validator set: %w", err)
	}
	return s, s.Validate()
}

// CheckpointSignature is a validator's signature over a checkpoint's digest.
type CheckpointSignature struct {
	// Validator is the address of the key that signed.
	Validator common.Address `json:"validator"`
	// Signature is R ‖ S ‖ V with S in the lower half and V 27 or 28, as wallets sign typed data.
	Signature hexutil.Bytes `json:"signature"`
}

// SignCheckpoint signs a checkpoint's digest. The nonce is that of RFC 6979: equal input gives the same signature.
func SignCheckpoint(key *ecdsa.PrivateKey, digest common.Hash) ([]byte, error) {
	signature, err := signTyped(key, digest)
	if err != nil {
		return nil, fmt.Errorf("core: sign checkpoint: %w", err)
	}
	return signature, nil
}

// signTyped signs a digest of EIP-712 in the form that recoverTyped accepts.
func signTyped(key *ecdsa.PrivateKey, digest common.Hash) ([]byte, error) {
	signature, err := crypto.Sign(digest[:], key)
	if err != nil {
		return nil, err
	}
	signature[crypto.RecoveryIDOffset] += ethereumV
	return signature, nil
}

// RecoverCheckpoint is the address of the key that signed a digest. A signature has exactly one accepted form: 65 bytes,
// S in the lower half of the curve's order (EIP-2), V 27 or 28.
func RecoverCheckpoint(digest common.Hash, signature []byte) (common.Address, error) {
	address, err := recoverTyped(digest, signature)
	if err != nil {
		return common.Address{}, fmt.Errorf("%w: %w", ErrCheckpointSignature, err)
	}
	return address, nil
}

// errTypedForm: the bytes are not a signature in the one form that is accepted.
var errTypedForm = errors.New("not of the form R ‖ S ‖ V with low S and V 27 or 28")

// recoverTyped is the address of the key that signed a digest of EIP-712.
func recoverTyped(digest common.Hash, signature []byte) (common.Address, error) {
	if len(signature) != SignatureSize {
		return common.Address{}, fmt.Errorf("%d bytes, want %d: %w", len(signature), SignatureSize, errTypedForm)
	}
	v := signature[crypto.RecoveryIDOffset]
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:64])
	if (v != ethereumV && v != ethereumV+1) || !crypto.ValidateSignatureValues(v-ethereumV, r, s, true) {
		return common.Address{}, errTypedForm
	}
	canonical := slices.Clone(signature)
	canonical[crypto.RecoveryIDOffset] -= ethereumV
	key, err := crypto.SigToPub(digest[:], canonical)
	if err != nil {
		return common.Address{}, err
	}
	return crypto.PubkeyToAddress(*key), nil
}
