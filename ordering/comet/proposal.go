package comet

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// PrepareProposal builds a tick from what the pool offers, after waiting for the first entry. An error costs this
// round and nothing else: another validator proposes in the next.
func (a *App) PrepareProposal(_ context.Context, req *cmtabci.RequestPrepareProposal) (res *cmtabci.ResponsePrepareProposal, err error) {
	defer func() {
		if r := recover(); r != nil {
			res, err = nil, panicked(r)
		}
		if err != nil {
			a.log.Error("no proposal from this node", "height", req.Height, "err", err)
		}
	}()
	a.join()
	if err := a.deps.Machine.Outdated(); err != nil {
		return nil, err
	}
	a.awaitEntry()
	return &cmtabci.ResponsePrepareProposal{Txs: a.build(buildRequest(req))}, nil
}

func (a *App) build(req ordering.BuildRequest) [][]byte {
	budget := a.deps.Machine.Budget(req.Height, req.Time, req.MaxBytes, a.deps.Machine.SystemEntry(req))
	return a.deps.Machine.Build(req, a.deps.Pool.Select(budget))
}

// awaitEntry is the pace of the network: it returns when an entry can be ordered, at the latest after the idle
// interval, and at once while a result waits for its attestation or a checkpoint for its signatures.
func (a *App) awaitEntry() {
	if a.deps.Machine.Unattested() || a.deps.Machine.Unsigned() {
		return
	}
	timer := time.NewTimer(a.idle)
	defer timer.Stop()
	select {
	case <-a.deps.Pool.Ready():
	case <-timer.C:
	case <-a.stopping:
	}
}

func buildRequest(req *cmtabci.RequestPrepareProposal) ordering.BuildRequest {
	last := req.LocalLastCommit
	votes := make([]ordering.ExtendedVote, len(last.Votes))
	for i, v := range last.Votes {
		votes[i] = ordering.ExtendedVote{
			Validator: v.Validator.Address, Power: v.Validator.Power,
			Extension: v.VoteExtension, Signature: v.ExtensionSignature,
		}
	}
	return ordering.BuildRequest{
		Height: uint64(req.Height), Time: uint64(req.Time.UnixMilli()),
		Round: last.Round, Votes: votes, MaxBytes: req.MaxTxBytes,
	}
}

// ProcessProposal votes on a tick: the machine's verdict and nothing else.
func (a *App) ProcessProposal(_ context.Context, req *cmtabci.RequestProcessProposal) (*cmtabci.ResponseProcessProposal, error) {
	a.join()
	if err := a.check(proposal(req.Height, req.Time, req.Txs)); err != nil {
		reason := ordering.Reason(err)
		if errors.Is(err, ErrPanic) {
			reason = "panic"
		}
		a.heard.ProposalRejected(reason)
		a.log.Warn("proposal rejected", "height", req.Height, "peer", hex.EncodeToString(req.ProposerAddress), "reason", reason, "err", err)
		return &cmtabci.ResponseProcessProposal{Status: cmtabci.ResponseProcessProposal_REJECT}, nil
	}
	return &cmtabci.ResponseProcessProposal{Status: cmtabci.ResponseProcessProposal_ACCEPT}, nil
}

// check refuses a proposal that makes the machine panic, as every other validator does: deciding it would halt all.
func (a *App) check(p ordering.Proposal) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return a.deps.Machine.Check(p)
}

// ExtendVote says with the vote what this node's executor found, and signs the newest checkpoint. The engine halts a
// node whose own extension is refused, so what they say is checked first, and left out if it is not sound.
func (a *App) ExtendVote(_ context.Context, req *cmtabci.RequestExtendVote) (*cmtabci.ResponseExtendVote, error) {
	extension, err := a.extend(a.deps.Results.Digests, a.checkpointVote)
	if err != nil {
		a.log.Error("results and checkpoint left out of the vote", "height", req.Height, "err", err)
		extension, err = a.extend(
			func(core.ZoneID, uint64, int) []common.Hash { return nil },
			func() core.CheckpointVote { return core.CheckpointVote{} })
	}
	if err != nil {
		return nil, fmt.Errorf("extend vote of tick %d: %w", req.Height, err)
	}
	return &cmtabci.ResponseExtendVote{VoteExtension: extension}, nil
}

func (a *App) extend(results func(core.ZoneID, uint64, int) []common.Hash, checkpoint func() core.CheckpointVote) (extension []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	extension = a.deps.Machine.Extend(results, checkpoint())
	return extension, a.deps.Machine.CheckExtension(extension)
}

// checkpointVote signs the newest checkpoint for as long as it lacks signatures. A validator that cannot sign goes on
// ordering.
func (a *App) checkpointVote() core.CheckpointVote {
	if a.deps.Signer == nil {
		return core.CheckpointVote{}
	}
	tick, digest, ok := a.deps.Machine.CheckpointToSign()
	if !ok {
		return core.CheckpointVote{}
	}
	signature, err := a.deps.Signer.Sign(tick, digest)
	if err != nil {
		if a.unsigned != tick { // once per checkpoint: it is asked for with every vote
			a.log.Error("checkpoint not signed", "height", tick, "err", err)
		}
		a.unsigned = tick
		return core.CheckpointVote{}
	}
	return core.CheckpointVote{Tick: tick, Digest: digest, Signature: signature}
}

// VerifyVoteExtension checks form and size of a peer's results; only its own executor can judge their content.
func (a *App) VerifyVoteExtension(_ context.Context, req *cmtabci.RequestVerifyVoteExtension) (*cmtabci.ResponseVerifyVoteExtension, error) {
	if err := a.checkExtension(req.VoteExtension); err != nil {
		a.heard.PeerMisbehaved(ReasonExtension)
		a.log.Warn("vote extension rejected", "height", req.Height, "peer", hex.EncodeToString(req.ValidatorAddress), "reason", err.Error())
		return &cmtabci.ResponseVerifyVoteExtension{Status: cmtabci.ResponseVerifyVoteExtension_REJECT}, nil
	}
	return &cmtabci.ResponseVerifyVoteExtension{Status: cmtabci.ResponseVerifyVoteExtension_ACCEPT}, nil
}

func (a *App) checkExtension(extension []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(core.ErrMalformed, panicked(r))
		}
	}()
	return a.deps.Machine.CheckExtension(extension)
}
