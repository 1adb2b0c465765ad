package opstack

import (
	"sync"

	"github.com/lockstep-network/lockstep/core"
)

// foresight is what is found out about an order before its block is filled. None of it changes the block: an execution client gives
// the same answer to the same build, and a transaction that cannot follow those before it in the lane never can, on this parent.
type foresight struct {
	mu sync.Mutex
	// resort is the block with the deposits alone, as a version of getPayload gave it; nil before it was read.
	resort        *payload
	resortVersion string
	// bad are the positions of transactions that a build has shown to be no part of the block.
	bad map[uint64]core.OutcomeCode
	// made is the newest whole outcome; nil for none.
	made *outcome
}

// outcome is a block that was made of a part of the lane, without being short of time.
type outcome struct {
	// first and cut are the part.
	first, cut uint64
	version    string
	payload    *payload
	rounds     *rounds
}

// found takes a block that was made of a part of the lane. What is cut short by the time says nothing about other builds.
func (s *foresight) found(o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bad == nil {
		s.bad = make(map[uint64]core.OutcomeCode)
	}
	for _, skip := range o.rounds.skipped() {
		s.bad[skip.Seq] = skip.Code
	}
	if !o.rounds.hurried {
		s.made = &o
	}
}

// ready is the block of a part of the lane, if it was made already.
func (s *foresight) ready(first, cut uint64, version string) (*payload, *rounds) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.made; m != nil && m.first == first && m.cut == cut && m.version == version {
		return m.payload, m.rounds
	}
	return nil, nil
}

// known are the positions of transactions that are no part of the block.
func (s *foresight) known() map[uint64]core.OutcomeCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	bad := make(map[uint64]core.OutcomeCode, len(s.bad))
	for seq, code := range s.bad { //det:unordered a copy
		bad[seq] = code
	}
	return bad
}

// lastResort is the block with the deposits alone, if it was read.
func (s *foresight) lastResort(version string) *payload {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.resortVersion != version {
		return nil
	}
	return s.resort
}

// keepResort keeps the block with the deposits alone.
func (s *foresight) keepResort(p *payload, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resort, s.resortVersion = p, version
}
