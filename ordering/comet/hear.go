package comet

import (
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// commits is the part of the engine's block store that has the votes of a commit with their extensions.
type commits interface {
	LoadBlockExtendedCommit(height int64) *cmttypes.ExtendedCommit
}

// hear gives the results on which the votes agree that decide a block. The engine has stored them when it finalizes the block; in the next
// proposal, from which the ledger learns of them, they come a tick later.
func (a *App) hear(height int64) []core.Attested {
	if a.commits == nil {
		return nil
	}
	commit := a.commits.LoadBlockExtendedCommit(height)
	if commit == nil {
		return nil
	}
	votes := make([]ordering.ExtendedVote, 0, len(commit.ExtendedSignatures))
	for _, vote := range commit.ExtendedSignatures {
		if vote.BlockIDFlag == cmttypes.BlockIDFlagCommit {
			votes = append(votes, ordering.ExtendedVote{Validator: vote.ValidatorAddress, Extension: vote.Extension, Signature: vote.ExtensionSignature})
		}
	}
	return a.deps.Machine.Hear(uint64(height), commit.Round, votes)
}
