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

// outcome is a block that was made of a part of the lane.
type outcome struct {
	// part is the part, with count transactions in it.
	part    part
	count   int
	version string
	payload *payload
	rounds  *rounds
}

// part is a part of the lane: from first on, up to cut.
type part struct{ first, cut uint64 }

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
	if !o.rounds.exhausted() {
		s.made = &o
	}
}

// ready is the block of a part of the lane with count transactions, if it was made already. What the operator itself has put into the
// lane since is none of the block's business.
func (s *foresight) ready(p part, count int, version string) (*payload, *rounds) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.made
	if m == nil || m.part.first != p.first || m.version != version {
		return nil, nil
	}
	r := *m.rounds
	switch {
	case r.end < m.part.cut && p.cut >= m.part.cut: // it is full: what is behind it changes nothing
	case r.end == m.part.cut && m.count == count:
		r.end = p.cut
	default:
		return nil, nil
	}
	return m.payload, &r
}

// forget lets go of the block, which may be large: op-node builds another one.
func (s *foresight) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made, s.bad = nil, nil
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
