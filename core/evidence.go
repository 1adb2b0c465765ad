package core

import (
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// Evidence is two checkpoints of one tick of one network that contradict each other, with the signatures that some
// validators gave to both. It needs no quorum and no knowledge of the network.
type Evidence struct {
	// Version is of this format: EvidenceVersion.
	Version     uint64              `json:"version"`
	Checkpoints [2]SignedCheckpoint `json:"checkpoints"`
}

// EvidenceVersion is the version of the evidence format.
const EvidenceVersion = 1

// CheckEvidence lists the validators that signed both checkpoints, ascending. An honest key never does: a checkpoint is a
// function of what was decided, and the signing record refuses a second digest. Every error is ErrNoEvidence (or wraps
// it) and says why nobody is guilty.
func CheckEvidence(a, b *SignedCheckpoint) (guilty []common.Address, err error) {
	switch {
	case a.Checkpoint.Network != b.Checkpoint.Network:
		return nil, fmt.Errorf("%w: the checkpoints are of different networks, %s and %s", ErrNoEvidence, a.Checkpoint.Network, b.Checkpoint.Network)
	case a.Checkpoint.Tick != b.Checkpoint.Tick:
		return nil, fmt.Errorf("%w: the checkpoints are of different ticks, %d and %d", ErrNoEvidence, a.Checkpoint.Tick, b.Checkpoint.Tick)
	case a.Checkpoint.Digest() == b.Checkpoint.Digest():
		return nil, fmt.Errorf("%w: both checkpoints are the same one", ErrNoEvidence)
	}
	first, err := verifySignatures(a.Checkpoint.Digest(), a.Signatures)
	if err != nil {
		return nil, fmt.Errorf("%w: checkpoints[0]: %w", ErrNoEvidence, err)
	}
	second, err := verifySignatures(b.Checkpoint.Digest(), b.Signatures)
	if err != nil {
		return nil, fmt.Errorf("%w: checkpoints[1]: %w", ErrNoEvidence, err)
	}
	for _, address := range first {
		if slices.Contains(second, address) {
			guilty = append(guilty, address)
		}
	}
	if len(guilty) == 0 {
		return nil, fmt.Errorf("%w: no validator signed both checkpoints", ErrNoEvidence)
	}
	return guilty, nil
}

// Check lists the guilty validators, see CheckEvidence.
func (e *Evidence) Check() ([]common.Address, error) {
	if e.Version != EvidenceVersion {
		return nil, fmt.Errorf("%w: version is %d, want %d", ErrNoEvidence, e.Version, EvidenceVersion)
	}
	return CheckEvidence(&e.Checkpoints[0], &e.Checkpoints[1])
}
