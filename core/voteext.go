package core

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// ZoneDigests are a validator's results of one zone for consecutive ticks.
type ZoneDigests struct {
	Zone ZoneID
	// FirstTick is the tick of Digests[0].
	FirstTick uint64
	Digests   []common.Hash
}

// CheckpointVote is a validator's signature over the newest checkpoint; the zero value is none.
type CheckpointVote struct {
	Tick      uint64
	Digest    common.Hash
	Signature []byte
}

// Empty reports whether there is no vote.
func (v CheckpointVote) Empty() bool {
	return v.Tick == 0 && v.Digest == (common.Hash{}) && len(v.Signature) == 0
}

// VoteExtension is what a validator says with its precommit: the results it has computed that are not attested yet.
type VoteExtension struct {
	// Zones ascend by id; a zone without results is left out, which erases the validator's former list.
	Zones      []ZoneDigests
	Checkpoint CheckpointVote
}

// Encode writes version ‖ kind ‖ RLP([[[zone, firstTick, [digest…]]…], [tick, digest, signature]]).
func (v *VoteExtension) Encode() []byte { return Encode(EncVoteExtension, v) }

// DecodeVoteExtension reads a vote extension and checks its form: zones ascending, lists not empty and at most
// maxDigests long, the checkpoint vote whole or empty.
func DecodeVoteExtension(b []byte, maxDigests uint64) (*VoteExtension, error) {
	v := new(VoteExtension)
	if err := Decode(EncVoteExtension, b, v); err != nil {
		return nil, fmt.Errorf("vote extension: %w", err)
	}
	for i, z := range v.Zones {
		if i > 0 && v.Zones[i-1].Zone >= z.Zone {
			return nil, fmt.Errorf("vote extension: %w: zones not ascending", ErrMalformed)
		}
		if n := uint64(len(z.Digests)); n == 0 || n > maxDigests {
			return nil, fmt.Errorf("vote extension: %w: zone %s has %d digests, want 1 to %d", ErrMalformed, z.Zone, n, maxDigests)
		}
		if z.FirstTick == 0 || z.FirstTick+uint64(len(z.Digests)) < z.FirstTick {
			return nil, fmt.Errorf("vote extension: %w: zone %s begins at tick %d", ErrMalformed, z.Zone, z.FirstTick)
		}
	}
	if c := v.Checkpoint; !c.Empty() && (c.Tick == 0 || c.Digest == (common.Hash{}) || len(c.Signature) != SignatureSize) {
		return nil, fmt.Errorf("vote extension: %w: a checkpoint vote is a tick, a digest and a signature of %d bytes, or nothing", ErrMalformed, SignatureSize)
	}
	return v, nil
}
