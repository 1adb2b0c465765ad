package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/proof"
)

// anchor is where belief begins: at the genesis, and at a checkpoint after it if there is one that the operator names or the
// node's own log has. Keys from before that checkpoint cannot lead elsewhere.
type anchor struct {
	genesis *core.Genesis
	trusted *proof.Handover
}

// tick is the trusted checkpoint's, zero without one.
func (a anchor) tick() uint64 {
	if a.trusted == nil {
		return 0
	}
	return a.trusted.Signed.Checkpoint.Tick
}

// follow goes through checkpoints that lead from the genesis, those before the trusted one too. It gives the last one's tick.
// Errors are ErrBad and ErrContradicts.
func (a anchor) follow(chain []proof.Handover) (tick uint64, err error) {
	trust, rest := proof.FromGenesis(a.genesis), chain
	if a.trusted != nil {
		for len(rest) > 0 && rest[0].Signed.Checkpoint.Tick <= a.tick() {
			rest = rest[1:]
		}
		before := chain[:len(chain)-len(rest)]
		if trust, err = trust.Follow(before); err != nil {
			return 0, fmt.Errorf("%w: checkpoints: %w", ErrBad, err)
		}
		trusted := a.trusted.Signed.Checkpoint
		if n := len(before); trust.Signers().Hash() != trusted.ValidatorSet ||
			n > 0 && before[n-1].Signed.Checkpoint.Tick == trusted.Tick && before[n-1].Signed.Checkpoint.Digest() != trusted.Digest() {
			return 0, fmt.Errorf("%w of tick %d, %s", ErrContradicts, trusted.Tick, trusted.Digest())
		}
		if trust, err = proof.FromCheckpoint(*a.trusted); err != nil {
			return 0, err
		}
	}
	if trust, err = trust.Follow(rest); err != nil {
		if a.trusted != nil && errors.Is(err, proof.ErrCheckpoint) {
			return 0, fmt.Errorf("%w of tick %d: %w", ErrContradicts, a.tick(), err)
		}
		return 0, fmt.Errorf("%w: checkpoints: %w", ErrBad, err)
	}
	return trust.Tick(), nil
}

// anchor finds what the join begins at: the node's own newest checkpoint, or the one that the operator names, if that is newer.
// A peer hands over what the operator names by its tick and digest alone.
func (j *Joiner) anchor(ctx context.Context, f *fetcher) (anchor, error) {
	a := anchor{j.Genesis, j.Own}
	if j.TrustTick == 0 || a.tick() > j.TrustTick {
		return a, nil
	}
	if a.tick() == j.TrustTick {
		if own := a.trusted.Signed.Checkpoint.Digest(); own != common.HexToHash(j.TrustDigest) {
			return a, fmt.Errorf("%w of tick %d: the node's own has digest %s, stateSync.trustDigest is %s", ErrContradicts, j.TrustTick, own, j.TrustDigest)
		}
		return a, nil
	}
	var failed error
	for _, peer := range f.peers {
		b, err := f.get(ctx, fmt.Sprintf("%s%s/%d/checkpoint", peer, Path, j.TrustTick), maxManifest)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		h := new(proof.Handover)
		if err := json.Unmarshal(b, h); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%w: checkpoint of %s: %w", ErrBad, peer, err))
			continue
		}
		c := h.Signed.Checkpoint
		if c.Tick != j.TrustTick || c.Digest() != common.HexToHash(j.TrustDigest) {
			err := fmt.Errorf("%w: %s says tick %d has digest %s, stateSync.trustDigest is %s", ErrContradicts, peer, c.Tick, c.Digest(), j.TrustDigest)
			j.Logger.Error("peer contradicts the trusted checkpoint", "peer", peer, "tick", c.Tick, "err", err)
			failed = errors.Join(failed, err)
			continue
		}
		if _, err := proof.FromCheckpoint(*h); err != nil || c.Network != j.Genesis.NetworkID() {
			failed = errors.Join(failed, fmt.Errorf("%w: checkpoint of network %s by %s: %w", ErrBad, c.Network, peer, err))
			continue
		}
		return anchor{j.Genesis, h}, nil
	}
	return a, fmt.Errorf("%w: no peer gives the checkpoint of stateSync.trustTick %d (name a newer one if they have pruned it): %w", ErrNone, j.TrustTick, failed)
}
