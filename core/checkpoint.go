package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// EIP-712 types of a checkpoint. The domain's salt is the networkId: a network has no chain id, and no contract verifies
// for it.
const (
	CheckpointDomainName    = "Lockstep"
	CheckpointDomainVersion = "1"
	CheckpointDomainType    = "EIP712Domain(string name,string version,bytes32 salt)"
	CheckpointResultType    = "Result(uint64 zone,uint64 tick,bytes32 digest)"
	CheckpointType          = "Checkpoint(uint64 tick,uint64 time,bytes32 ledgerRoot,Result[] results,bytes32 validatorSet)" + CheckpointResultType
)

// Checkpoint is the statement that the validators' Ethereum keys sign once per slot and that proofs end in. It is a
// function of the ledger after its tick, so there is one per tick that an honest validator can sign.
type Checkpoint struct {
	// Network is the salt of the digest's domain; it is not among the fields of the struct that is signed.
	Network NetworkID `json:"networkId"`
	// Tick is the first tick of a slot.
	Tick uint64 `json:"tick"`
	// Time is that tick's consensus time in ms since the Unix epoch.
	Time uint64 `json:"time"`
	// LedgerRoot is the root of the ledger's Merkle-Patricia trie after the tick.
	LedgerRoot common.Hash `json:"ledgerRoot"`
	// Results holds each zone's newest attested result after the tick, ascending by zone; tick and digest are zero where
	// nothing is attested yet.
	Results []Attested `json:"results"`
	// ValidatorSet is the hash of the set that signs the checkpoints after this one.
	ValidatorSet common.Hash `json:"validatorSet"`
}

// Digest is what is signed: keccak(0x1901 ‖ domain separator ‖ struct hash) of EIP-712.
func (c *Checkpoint) Digest() common.Hash {
	results := make([][]byte, len(c.Results))
	for i, r := range c.Results {
		results[i] = crypto.Keccak256(crypto.Keccak256([]byte(CheckpointResultType)), word(uint64(r.Zone)), word(r.Tick), r.Digest[:])
	}
	statement := crypto.Keccak256(
		crypto.Keccak256([]byte(CheckpointType)), word(c.Tick), word(c.Time), c.LedgerRoot[:],
		crypto.Keccak256(results...), c.ValidatorSet[:],
	)
	return typedDigest(c.Network, statement)
}

// typedDigest is keccak(0x1901 ‖ domain separator ‖ struct hash) in the domain of a network.
func typedDigest(network NetworkID, statement []byte) common.Hash {
	domain := crypto.Keccak256(
		crypto.Keccak256([]byte(CheckpointDomainType)), crypto.Keccak256([]byte(CheckpointDomainName)),
		crypto.Keccak256([]byte(CheckpointDomainVersion)), network[:],
	)
	return crypto.Keccak256Hash([]byte{0x19, 0x01}, domain, statement)
}

// word is n as the 32 bytes of the EVM.
func word(n uint64) []byte { return common.LeftPadBytes(U64(n), 32) }

// Validate checks what does not depend on the network: a tick, and results ascending by zone, none of a later tick.
func (c *Checkpoint) Validate() error {
	if c.Tick == 0 {
		return fmt.Errorf("%w: no tick", ErrCheckpoint)
	}
	for i, r := range c.Results {
		if r.Zone == 0 || (i > 0 && c.Results[i-1].Zone >= r.Zone) {
			return fmt.Errorf("%w: results[%d]: zone %s is zero or not above the one before", ErrCheckpoint, i, r.Zone)
		}
		if r.Tick > c.Tick {
			return fmt.Errorf("%w: results[%d]: tick %d is after the checkpoint's", ErrCheckpoint, i, r.Tick)
		}
	}
	return nil
}

// Verify checks that members of set with more than 2/3 of its power have signed the checkpoint. Which set has to sign is
// the caller's knowledge: the one named by the last complete checkpoint before, or the genesis' for the first. Signatures
// ascend by validator; one that is not good, or not of a member, fails the whole.
func (c *Checkpoint) Verify(set ValidatorSet, signatures []CheckpointSignature) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if err := set.Validate(); err != nil {
		return err
	}
	signers, err := verifySignatures(c.Digest(), signatures)
	if err != nil {
		return err
	}
	var power uint64
	for _, address := range signers {
		member, ok := set.Find(address)
		if !ok {
			return fmt.Errorf("%w: %s is not in the set that has to sign", ErrCheckpointSignature, address)
		}
		power += member.Power
	}
	if !Quorum(power, set.TotalPower()) {
		return fmt.Errorf("%w: signed by %d of %d", ErrCheckpointQuorum, power, set.TotalPower())
	}
	return nil
}

// verifySignatures checks order and content of signatures and lists who gave them.
func verifySignatures(digest common.Hash, signatures []CheckpointSignature) ([]common.Address, error) {
	signers := make([]common.Address, len(signatures))
	for i, s := range signatures {
		if i > 0 && signers[i-1].Cmp(s.Validator) >= 0 {
			return nil, fmt.Errorf("%w: signatures[%d] is not of a validator above the one before", ErrCheckpointSignature, i)
		}
		address, err := RecoverCheckpoint(digest, s.Signature)
		if err != nil {
			return nil, fmt.Errorf("signatures[%d]: %w", i, err)
		}
		if address != s.Validator {
			return nil, fmt.Errorf("%w: signatures[%d] is of %s, not of %s", ErrCheckpointSignature, i, address, s.Validator)
		}
		signers[i] = address
	}
	return signers, nil
}

// SignedCheckpoint is a checkpoint with signatures over it, as it is handed to verifiers.
type SignedCheckpoint struct {
	Checkpoint Checkpoint `json:"checkpoint"`
	// Signatures ascend by validator.
	Signatures []CheckpointSignature `json:"signatures"`
}

// Verify checks that members of set with more than 2/3 of its power have signed.
func (s *SignedCheckpoint) Verify(set ValidatorSet) error {
	return s.Checkpoint.Verify(set, s.Signatures)
}

// Encode writes version ‖ kind ‖ RLP([checkpoint, signatures]).
func (s *SignedCheckpoint) Encode() []byte { return Encode(EncSignedCheckpoint, s) }

// DecodeSignedCheckpoint reads a signed checkpoint. It checks its form, not its signatures.
func DecodeSignedCheckpoint(b []byte) (*SignedCheckpoint, error) {
	s := new(SignedCheckpoint)
	if err := Decode(EncSignedCheckpoint, b, s); err != nil {
		return nil, fmt.Errorf("signed checkpoint: %w", err)
	}
	if err := s.Checkpoint.Validate(); err != nil {
		return nil, fmt.Errorf("signed checkpoint: %w", err)
	}
	return s, nil
}
