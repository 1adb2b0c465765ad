package comet

import (
	"errors"
	"testing"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// signWith is a signer that is what a test says.
type signWith func(tick uint64, digest common.Hash) ([]byte, error)

func (s signWith) Sign(tick uint64, digest common.Hash) ([]byte, error) { return s(tick, digest) }

// extension is the vote of a node with this signer after tick 1, whose checkpoint it can sign.
func extension(t *testing.T, s Signer) (*bench, *core.VoteExtension) {
	t.Helper()
	b := newBench(t)
	b.deps.Signer = s
	if _, err := b.FinalizeBlock(t.Context(), b.propose()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Commit(t.Context(), &cmtabci.RequestCommit{}); err != nil {
		t.Fatal(err)
	}
	res, err := b.ExtendVote(t.Context(), &cmtabci.RequestExtendVote{Height: 2})
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := core.DecodeVoteExtension(res.VoteExtension, b.deps.Genesis.Params.MaxDigests)
	if err != nil {
		t.Fatal(err)
	}
	return b, decoded
}

func TestExtendVote_SignsTheNewestCheckpoint(t *testing.T) {
	t.Parallel()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	b, vote := extension(t, signWith(func(_ uint64, digest common.Hash) ([]byte, error) { return core.SignCheckpoint(key, digest) }))
	tick, digest, ok := b.deps.Machine.CheckpointToSign()
	if !ok || vote.Checkpoint.Tick != tick || vote.Checkpoint.Digest != digest || tick != 1 {
		t.Fatalf("vote is %+v, to sign is %d %s", vote.Checkpoint, tick, digest)
	}
	if signer, err := core.RecoverCheckpoint(digest, vote.Checkpoint.Signature); err != nil || signer != crypto.PubkeyToAddress(key.PublicKey) {
		t.Errorf("signed by %s (%v)", signer, err)
	}
	if len(vote.Zones) == 0 {
		t.Error("the results are missing")
	}
}

// A validator that cannot sign goes on ordering: an extension that is refused would halt it.
func TestExtendVote_GoesOnWithoutASignature(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		signer  Signer
		results bool
	}{
		"no key":     {nil, true},
		"refused":    {signWith(func(uint64, common.Hash) ([]byte, error) { return nil, errors.New("disk is full") }), true},
		"malformed":  {signWith(func(uint64, common.Hash) ([]byte, error) { return []byte{1}, nil }), false},
		"panicking":  {signWith(func(uint64, common.Hash) ([]byte, error) { panic("signer") }), false},
		"no content": {signWith(func(uint64, common.Hash) ([]byte, error) { return nil, nil }), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, vote := extension(t, c.signer)
			if !vote.Checkpoint.Empty() || (len(vote.Zones) > 0) != c.results {
				t.Errorf("vote is %+v", vote)
			}
		})
	}
}
