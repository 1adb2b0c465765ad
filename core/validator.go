package core

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// Validator is a member of the ordering quorum with both of its keys.
type Validator struct {
	// ConsensusKey is the ed25519 public key (32 bytes) that votes in the consensus engine.
	ConsensusKey hexutil.Bytes `json:"consensusKey"`
	// Address is the Ethereum address whose key signs checkpoints.
	Address common.Address `json:"address"`
	// Power is the voting power, at least 1; the sum of all is below 2^60.
	Power uint64 `json:"power"`
	// ConsensusProof is the consensus key's ed25519 signature over PossessionHash(TagProofConsensus).
	ConsensusProof hexutil.Bytes `json:"consensusProof"`
	// EthereumProof is the Ethereum key's 65-byte signature (R ‖ S ‖ V, V 0 or 1) over PossessionHash(TagProofEthereum).
	EthereumProof hexutil.Bytes `json:"ethereumProof"`
}

// NewValidator signs the proofs of possession with both keys.
func NewValidator(consensus ed25519.PrivateKey, ethereum *ecdsa.PrivateKey, power uint64) (Validator, error) {
	v := Validator{
		ConsensusKey: hexutil.Bytes(consensus.Public().(ed25519.PublicKey)),
		Address:      crypto.PubkeyToAddress(ethereum.PublicKey),
		Power:        power,
	}
	v.ConsensusProof = ed25519.Sign(consensus, v.PossessionHash(TagProofConsensus).Bytes())
	proof, err := crypto.Sign(v.PossessionHash(TagProofEthereum).Bytes(), ethereum)
	if err != nil {
		return Validator{}, fmt.Errorf("core: sign proof of possession: %w", err)
	}
	v.EthereumProof = proof
	return v, nil
}

// PossessionHash is what a key signs to show that its holder chose the other one: keccak(tag ‖ consensus key ‖ address).
func (v *Validator) PossessionHash(tag Tag) common.Hash {
	return tag.Sum(v.ConsensusKey, v.Address[:])
}

// ConsensusAddress is the consensus engine's name for the validator: the first 20 bytes of SHA-256 of its key.
func (v *Validator) ConsensusAddress() [20]byte {
	sum := sha256.Sum256(v.ConsensusKey)
	return [20]byte(sum[:20])
}

// Validate checks key sizes, power and both proofs of possession, and reports all problems at once.
func (v *Validator) Validate() error {
	var problems []error
	if v.Power == 0 || v.Power >= 1<<52 {
		problems = append(problems, fmt.Errorf("power is %d, want 1 to 2^52-1", v.Power))
	}
	if len(v.ConsensusKey) != ed25519.PublicKeySize {
		problems = append(problems, fmt.Errorf("consensusKey has %d bytes, want %d", len(v.ConsensusKey), ed25519.PublicKeySize))
	} else if !ed25519.Verify(ed25519.PublicKey(v.ConsensusKey), v.PossessionHash(TagProofConsensus).Bytes(), v.ConsensusProof) {
		problems = append(problems, errors.New("consensusProof is not the consensus key's signature"))
	}
	signer, err := crypto.SigToPub(v.PossessionHash(TagProofEthereum).Bytes(), v.EthereumProof)
	if err != nil || crypto.PubkeyToAddress(*signer) != v.Address {
		problems = append(problems, fmt.Errorf("ethereumProof is not the signature of %s", v.Address))
	}
	return errors.Join(problems...)
}

func (g *Genesis) validateValidators() error {
	var problems []error
	if n := len(g.Validators); n == 0 || n > MaxValidators {
		problems = append(problems, fmt.Errorf("%d validators, want 1 to %d", n, MaxValidators))
	}
	keys, addresses := make(map[string]bool), make(map[common.Address]bool)
	for i := range g.Validators {
		v := &g.Validators[i]
		if err := v.Validate(); err != nil {
			problems = append(problems, fmt.Errorf("validators[%d]: %w", i, err))
		}
		if keys[string(v.ConsensusKey)] || addresses[v.Address] {
			problems = append(problems, fmt.Errorf("validators[%d]: a key is used twice", i))
		}
		keys[string(v.ConsensusKey)], addresses[v.Address] = true, true
	}
	return errors.Join(problems...)
}
