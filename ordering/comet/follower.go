package comet

import (
	cmtcrypto "github.com/cometbft/cometbft/crypto"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
)

// follower stands where the engine wants a validator's key. Its public key is of nobody, so the engine never asks it to
// sign: it checks and gossips proposals and votes, and has none of its own.
type follower struct{ nobody cmtcrypto.PubKey }

func newFollower() follower { return follower{cmted25519.GenPrivKey().PubKey()} }

// GetPubKey gives a key that is in no validator set.
func (f follower) GetPubKey() (cmtcrypto.PubKey, error) { return f.nobody, nil }

// SignVote refuses.
func (follower) SignVote(string, *cmtproto.Vote) error { return ErrFollower }

// SignProposal refuses.
func (follower) SignProposal(string, *cmtproto.Proposal) error { return ErrFollower }

// SignBytes refuses.
func (follower) SignBytes([]byte) ([]byte, error) { return nil, ErrFollower }
