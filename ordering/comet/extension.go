package comet

import (
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// VerifyExtension tells whether signature is the consensus key's over a vote extension: CometBFT's ed25519 (ZIP-215)
// over the length-prefixed CanonicalVoteExtension of extension, height, round and chain id. It is ordering's
// VerifyExtension; key and signature may have any length.
func VerifyExtension(consensusKey []byte, height int64, round int32, chainID string, extension, signature []byte) bool {
	if len(consensusKey) != cmted25519.PubKeySize || len(signature) != cmted25519.SignatureSize {
		return false
	}
	vote := &cmtproto.Vote{Height: height, Round: round, Extension: extension}
	return cmted25519.PubKey(consensusKey).VerifySignature(cmttypes.VoteExtensionSignBytes(chainID, vote), signature)
}
