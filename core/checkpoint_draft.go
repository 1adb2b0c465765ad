package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// CheckpointDraft is a checkpoint before it is signed, with what its ledger proves, as the log keeps it with its tick.
type CheckpointDraft struct {
	Checkpoint Checkpoint
	// Slot is the slot whose first tick the checkpoint is of.
	Slot uint64
	// Base is the newest complete checkpoint's tick: the lanes that changed after it are listed here. Zero before
	// the first.
	Base uint64
	// Skipped is the tick of the checkpoint before, if that one is incomplete and never will be complete; else zero. The
	// log drops it: what it listed is listed here.
	Skipped uint64
	// Next is the set whose hash the checkpoint names.
	Next ValidatorSet
	// Proofs hold the ledger's value of each lane that moved after Base, ascending by rollup. Zones need none: their
	// attested results stand in the checkpoint itself.
	Proofs []LedgerProof
}

// LedgerProof shows that a key of the ledger has a value under a root.
type LedgerProof struct {
	// Key and Value are the ledger's own, as docs/spec/formats.md has them; LedgerPath is the key's place.
	Key   []byte
	Value []byte
	// Nodes are the trie's nodes from the root to the leaf (Merkle-Patricia proof as of eth_getProof).
	Nodes [][]byte
}

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (d *CheckpointDraft) Encode() []byte { return Encode(EncDraft, d) }

// DecodeCheckpointDraft reads a draft.
func DecodeCheckpointDraft(b []byte) (*CheckpointDraft, error) {
	d := new(CheckpointDraft)
	if err := Decode(EncDraft, b, d); err != nil {
		return nil, fmt.Errorf("checkpoint draft: %w", err)
	}
	return d, nil
}

// CheckpointCompletion is what makes a draft a complete checkpoint.
type CheckpointCompletion struct {
	// Tick is the checkpoint's; the completion stands with the later tick that brought the last signature needed.
	Tick   uint64
	Digest common.Hash
	// Set is who had to sign: the set that the last complete checkpoint before named, or the genesis'.
	Set ValidatorSet
	// Signatures carry more than 2/3 of the set's power, ascending by validator.
	Signatures []CheckpointSignature
}

// Encode writes version ‖ kind ‖ RLP of the fields in order.
func (c *CheckpointCompletion) Encode() []byte { return Encode(EncCompletion, c) }

// DecodeCheckpointCompletion reads a completion.
func DecodeCheckpointCompletion(b []byte) (*CheckpointCompletion, error) {
	c := new(CheckpointCompletion)
	if err := Decode(EncCompletion, b, c); err != nil {
		return nil, fmt.Errorf("checkpoint completion: %w", err)
	}
	return c, nil
}

// CompleteCheckpoint is a checkpoint as the log gives it back: the draft with its signatures.
type CompleteCheckpoint struct {
	Draft      *CheckpointDraft
	Completion *CheckpointCompletion
}

// Signed is the part that verifiers without the log take.
func (c *CompleteCheckpoint) Signed() SignedCheckpoint {
	return SignedCheckpoint{Checkpoint: c.Draft.Checkpoint, Signatures: c.Completion.Signatures}
}

// Verify checks the draft against the completion, and the signatures against the set in it.
func (c *CompleteCheckpoint) Verify() error {
	if c.Completion.Tick != c.Draft.Checkpoint.Tick || c.Completion.Digest != c.Draft.Checkpoint.Digest() {
		return fmt.Errorf("%w: the completion is of another one", ErrCheckpoint)
	}
	if c.Draft.Next.Hash() != c.Draft.Checkpoint.ValidatorSet {
		return fmt.Errorf("%w: the set that signs next is not the one it names", ErrCheckpoint)
	}
	return c.Draft.Checkpoint.Verify(c.Completion.Set, c.Completion.Signatures)
}
