package comet

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	cmtcrypto "github.com/cometbft/cometbft/crypto"
	cmtprotoio "github.com/cometbft/cometbft/libs/protoio"
	cmtprivval "github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/gogoproto/proto"
)

// Steps of a round in the order in which they are signed, as the engine numbers them in its records.
const (
	stepPropose int8 = 1 + iota
	stepPrevote
	stepPrecommit
)

// voter signs votes and proposals with the consensus key, and never two different ones for one step of one round: what it signs is
// on disk before it is released. It is the engine's FilePV with a cheaper record (see signed.go).
type voter struct {
	key  cmtprivval.FilePVKey
	path string

	mu   sync.Mutex
	last signed
}

var _ cmttypes.PrivValidator = (*voter)(nil)

// openVoter reads key and record of a home folder, and gives the record its form. One process may use a home folder at a time.
func openVoter(home string) (*voter, error) {
	key, last, slots, err := readConsensusKey(home)
	if err != nil {
		return nil, err
	}
	v := &voter{key: key, path: filepath.Join(home, lastSignFile), last: last}
	if !slots {
		if err := convertSigned(v.path, last); err != nil {
			return nil, fmt.Errorf("%w: write %s: %w", ErrKeys, lastSignFile, err)
		}
	}
	return v, nil
}

// GetAddress is the address of the key.
func (v *voter) GetAddress() cmttypes.Address { return v.key.Address }

// GetPubKey gives the key's public half.
func (v *voter) GetPubKey() (cmtcrypto.PubKey, error) { return v.key.PubKey, nil }

// SignBytes refuses: what it would sign is in no record.
func (v *voter) SignBytes([]byte) ([]byte, error) {
	return nil, errors.New("ordering: the consensus key signs votes and proposals only")
}

// SignVote signs a vote, and its extension if it has a block. The same vote with another time gets the time and the signature that it
// had; its extension is signed anew, since the application may say something else after a restart.
func (v *voter) SignVote(chainID string, vote *cmtproto.Vote) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	step := stepPrevote
	if vote.Type == cmtproto.PrecommitType {
		step = stepPrecommit
	} else if vote.Type != cmtproto.PrevoteType {
		return fmt.Errorf("ordering: sign vote: unknown type %v", vote.Type)
	}
	withBlock := vote.Type == cmtproto.PrecommitType && !cmttypes.ProtoBlockIDIsNil(&vote.BlockID)
	if !withBlock && len(vote.Extension) > 0 {
		return errors.New("ordering: sign vote: only a precommit for a block has an extension")
	}
	message := cmttypes.VoteSignBytes(chainID, vote)
	signature, at, err := v.sign(signed{Height: vote.Height, Round: vote.Round, Step: step, SignBytes: message}, sameVote)
	if err != nil {
		return fmt.Errorf("ordering: sign vote: %w", err)
	}
	if withBlock {
		if vote.ExtensionSignature, err = v.key.PrivKey.Sign(cmttypes.VoteExtensionSignBytes(chainID, vote)); err != nil {
			return fmt.Errorf("ordering: sign vote extension: %w", err)
		}
	}
	vote.Signature = signature
	if !at.IsZero() {
		vote.Timestamp = at
	}
	return nil
}

// SignProposal signs a proposal. The same one with another time gets the time and the signature that it had.
func (v *voter) SignProposal(chainID string, proposal *cmtproto.Proposal) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	message := cmttypes.ProposalSignBytes(chainID, proposal)
	signature, at, err := v.sign(signed{Height: proposal.Height, Round: proposal.Round, Step: stepPropose, SignBytes: message}, sameProposal)
	if err != nil {
		return fmt.Errorf("ordering: sign proposal: %w", err)
	}
	proposal.Signature = signature
	if !at.IsZero() {
		proposal.Timestamp = at
	}
	return nil
}

// sign signs the step's message and records that, or gives the recorded signature of the same message, with its time if that is another one.
func (v *voter) sign(next signed, same func(signed, other []byte) (time.Time, error)) (signature []byte, at time.Time, err error) {
	again, err := v.last.check(next.Height, next.Round, next.Step)
	if err != nil {
		return nil, time.Time{}, err
	}
	if again {
		if !bytes.Equal(next.SignBytes, v.last.SignBytes) {
			if at, err = same(v.last.SignBytes, next.SignBytes); err != nil {
				return nil, time.Time{}, err
			}
		}
		return v.last.Signature, at, nil
	}
	if next.Signature, err = v.key.PrivKey.Sign(next.SignBytes); err != nil {
		return nil, time.Time{}, err
	}
	next.Version, next.Count = signedVersion, v.last.Count+1
	if err := writeSigned(v.path, next); err != nil {
		return nil, time.Time{}, fmt.Errorf("write record: %w", err)
	}
	v.last = next
	return next.Signature, time.Time{}, nil
}

// errConflict refuses a second signature for a step.
var errConflict = errors.New("another one was signed for this step")

// sameVote gives the time of the signed vote if the other one differs in time only.
func sameVote(signed, other []byte) (time.Time, error) {
	var a, b cmtproto.CanonicalVote
	if err := errors.Join(cmtprotoio.UnmarshalDelimited(signed, &a), cmtprotoio.UnmarshalDelimited(other, &b)); err != nil {
		return time.Time{}, err
	}
	at := a.Timestamp
	a.Timestamp, b.Timestamp = time.Time{}, time.Time{}
	if !proto.Equal(&a, &b) {
		return time.Time{}, errConflict
	}
	return at, nil
}

// sameProposal gives the time of the signed proposal if the other one differs in time only.
func sameProposal(signed, other []byte) (time.Time, error) {
	var a, b cmtproto.CanonicalProposal
	if err := errors.Join(cmtprotoio.UnmarshalDelimited(signed, &a), cmtprotoio.UnmarshalDelimited(other, &b)); err != nil {
		return time.Time{}, err
	}
	at := a.Timestamp
	a.Timestamp, b.Timestamp = time.Time{}, time.Time{}
	if !proto.Equal(&a, &b) {
		return time.Time{}, errConflict
	}
	return at, nil
}
