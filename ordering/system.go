package ordering

import (
	"bytes"
	"fmt"
	"math"

	"github.com/lockstep-network/lockstep/core"
)

// ExtendedVote is one validator's part of the last commit as the engine gives it to a proposer. An absent one has no
// Signature.
type ExtendedVote struct {
	Validator []byte // consensus address
	Power     int64
	Extension []byte
	Signature []byte // of the extension
}

// BuildRequest is what the engine gives a proposer.
type BuildRequest struct {
	Height uint64
	// Time of the tick in consensus ms.
	Time uint64
	// Round and Votes are those of the commit of the tick before.
	Round int32
	Votes []ExtendedVote
	// MaxBytes bounds the sum over the tick's transactions of their size in the block.
	MaxBytes int64
}

// signedVote is a vote extension, with what else its signature is over.
type signedVote struct {
	height               uint64
	round                int32
	extension, signature []byte
}

// SystemEntry makes the system entry of the tick being built. Precommits that came late bypass the engine's own
// verification of extensions, so each is checked again here, and one that is malformed is handed on as absent.
func (m *Machine) SystemEntry(req BuildRequest) []byte {
	if req.Height <= 1 {
		return core.SystemEntry{}.Encode()
	}
	entry := core.SystemEntry{Round: uint32(max(req.Round, 0)), Votes: make([]core.ExtendedVote, len(m.validators))}
	for i, v := range m.validators {
		entry.Votes[i].Validator = v.address[:]
		for _, vote := range req.Votes {
			signed := signedVote{req.Height - 1, req.Round, vote.Extension, vote.Signature}
			if bytes.Equal(vote.Validator, v.address[:]) && m.goodVote(i, signed) {
				entry.Votes[i].Extension, entry.Votes[i].Signature = vote.Extension, vote.Signature
			}
		}
	}
	return entry.Encode()
}

// goodVote reports whether checkVote would accept the vote as present.
func (m *Machine) goodVote(validator int, vote signedVote) bool {
	return len(vote.signature) > 0 && m.CheckExtension(vote.extension) == nil && m.verifyVote(validator, vote)
}

// checkSystemEntry reads the system entry of the tick at height and gives the vote extensions in it, one per validator
// in the engine's order, nil where absent.
func (m *Machine) checkSystemEntry(height uint64, encoded []byte) ([]*core.VoteExtension, error) {
	entry, err := core.DecodeSystemEntry(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSystemEntry, err)
	}
	extensions := make([]*core.VoteExtension, len(m.validators))
	if height == 1 {
		if entry.Round != 0 || len(entry.Votes) != 0 {
			return nil, fmt.Errorf("%w: tick 1 has no tick before it, so no round and no votes", ErrSystemEntry)
		}
		return extensions, nil
	}
	if entry.Round > math.MaxInt32 {
		return nil, fmt.Errorf("%w: round %d", ErrSystemEntry, entry.Round)
	}
	if len(entry.Votes) != len(m.validators) {
		return nil, fmt.Errorf("%w: %d votes of %d validators", ErrSystemEntry, len(entry.Votes), len(m.validators))
	}
	var power uint64
	for i, vote := range entry.Votes {
		if extensions[i], err = m.checkVote(i, height-1, int32(entry.Round), vote); err != nil {
			return nil, fmt.Errorf("%w: vote %d: %w", ErrSystemEntry, i, err)
		}
		if extensions[i] != nil {
			power += m.validators[i].Power
		}
	}
	if !quorum(power, m.power) {
		return nil, fmt.Errorf("%w: %d of %d", ErrQuorum, power, m.power)
	}
	return extensions, nil
}

// checkVote checks the vote of one validator and decodes its extension; nil for an absent vote.
func (m *Machine) checkVote(validator int, height uint64, round int32, vote core.ExtendedVote) (*core.VoteExtension, error) {
	v := &m.validators[validator]
	if !bytes.Equal(vote.Validator, v.address[:]) {
		return nil, fmt.Errorf("is of %x, want %x", vote.Validator, v.address)
	}
	if len(vote.Signature) == 0 {
		if len(vote.Extension) != 0 {
			return nil, fmt.Errorf("%w: extension without a signature", ErrExtension)
		}
		return nil, nil
	}
	extension, err := m.decodeExtension(vote.Extension)
	if err != nil {
		return nil, err
	}
	if !m.verifyVote(validator, signedVote{height, round, vote.Extension, vote.Signature}) {
		return nil, fmt.Errorf("%w: signature is not of %x for height %d, round %d", ErrExtension, v.address, height, round)
	}
	return extension, nil
}

// verifyVote checks the signature of a vote extension. A proposer meets the same votes up to four times (system entry,
// build, its own proposal, a later round), so the last good one of each validator is remembered, whole.
func (m *Machine) verifyVote(validator int, vote signedVote) bool {
	if last := &m.verified[validator]; last.height == vote.height && last.round == vote.round &&
		bytes.Equal(last.extension, vote.extension) && bytes.Equal(last.signature, vote.signature) {
		return true
	}
	key := m.validators[validator].ConsensusKey
	if !m.verify(key, int64(vote.height), vote.round, m.chainID, vote.extension, vote.signature) {
		return false
	}
	vote.extension, vote.signature = bytes.Clone(vote.extension), bytes.Clone(vote.signature)
	m.verified[validator] = vote
	return true
}
