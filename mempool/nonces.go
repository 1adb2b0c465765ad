package mempool

import (
	"cmp"
	"container/list"
	"slices"
	"sort"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// nonces is what the pool knows of the senders of a chain that is executed elsewhere: what the lane holds of them that no block
// is known to have taken, what the chain's operator reported, and what a node that can ask the chain told. All of it is a hint: the
// chain may take transactions past the lane, so nothing that rests on it is forever.
type nonces struct {
	// limit bounds the senders without anything under way, and the transactions under way.
	limit   int
	senders map[common.Address]*sender
	// idle are the *sender without anything under way, the longest unchanged first.
	idle *list.List
	// flights are the transactions of the lane that no report names, by lane position.
	flights []*flight
	// reported is the first lane position that no report names.
	reported uint64
}

// sender is what is known of one sender.
type sender struct {
	addr common.Address
	// base is the chain's next nonce, if it is known.
	base  uint64
	known bool
	// told is when the chain itself said so; zero if it never did.
	told time.Time
	// flights are the sender's, ascending by nonce, of each nonce the first.
	flights []*flight
	place   *list.Element // in nonces.idle
}

// flight is a transaction of the lane of which nobody has reported what became of it.
type flight struct {
	sender     *sender
	seq, nonce uint64
	hash       common.Hash
	since      time.Time
}

func newNonces(limit int) *nonces {
	return &nonces{limit: limit, senders: make(map[common.Address]*sender), idle: list.New()}
}

// next is the nonce that a sender's next transaction needs: behind what the lane holds, without a gap if that of the chain is known.
func (n *nonces) next(addr common.Address) (nonce uint64, known bool) {
	s := n.senders[addr]
	if s == nil {
		return 0, false
	}
	if s.known {
		return s.after(s.base), true
	}
	if n := len(s.flights); n > 0 {
		return s.flights[n-1].nonce + 1, true
	}
	return 0, false
}

// after is the first nonce from one on that nothing under way has.
func (s *sender) after(nonce uint64) uint64 {
	from, _ := s.find(nonce)
	run := s.flights[from:]
	return nonce + uint64(sort.Search(len(run), func(i int) bool { return run[i].nonce != nonce+uint64(i) }))
}

// find is where the flight with a nonce stands or would stand.
func (s *sender) find(nonce uint64) (int, bool) {
	return slices.BinarySearchFunc(s.flights, nonce, func(f *flight, nonce uint64) int { return cmp.Compare(f.nonce, nonce) })
}

// leave takes a flight out.
func (s *sender) leave(f *flight) {
	if at, ok := s.find(f.nonce); ok && s.flights[at] == f {
		s.flights = slices.Delete(s.flights, at, at+1)
	}
}

// flying is the sender's transaction under way with a nonce; nil if there is none.
func (n *nonces) flying(addr common.Address, nonce uint64) *flight {
	if s := n.senders[addr]; s != nil {
		if at, ok := s.find(nonce); ok {
			return s.flights[at]
		}
	}
	return nil
}

// sure tells whether the chain itself said lately what its next nonce is, so that a gap behind it is one.
func (n *nonces) sure(addr common.Address, now time.Time, within time.Duration) bool {
	s := n.senders[addr]
	return s != nil && !s.told.IsZero() && now.Sub(s.told) < within
}

// of finds or makes what is known of a sender. The caller must end with rest.
func (n *nonces) of(addr common.Address) *sender {
	s := n.senders[addr]
	if s == nil {
		s = &sender{addr: addr}
		n.senders[addr] = s
	}
	if s.place != nil {
		n.idle.Remove(s.place)
		s.place = nil
	}
	return s
}

// rest ends a change of a sender: it goes to the end of the idle ones if nothing of it is under way, and the first of them is
// forgotten if there are too many.
func (n *nonces) rest(s *sender) {
	if len(s.flights) > 0 {
		return
	}
	if !s.known {
		delete(n.senders, s.addr)
		return
	}
	s.place = n.idle.PushBack(s)
	if n.idle.Len() > n.limit {
		oldest := n.idle.Remove(n.idle.Front()).(*sender)
		delete(n.senders, oldest.addr)
	}
}

// tell takes notice of what the chain says. A client that is behind takes nothing back.
func (n *nonces) tell(addr common.Address, nonce uint64, now time.Time) {
	s := n.of(addr)
	s.advance(nonce)
	s.told = now
	n.rest(s)
}

func (s *sender) advance(nonce uint64) {
	if !s.known || nonce > s.base {
		s.base, s.known = nonce, true
	}
}

// ordered takes notice of a transaction of the lane. One that a report was there for already says nothing.
func (n *nonces) ordered(addr common.Address, f *flight) {
	if f.seq < n.reported {
		return
	}
	s := n.of(addr)
	f.sender = s
	if at, taken := s.find(f.nonce); !taken {
		s.flights = slices.Insert(s.flights, at, f)
	}
	at, _ := slices.BinarySearchFunc(n.flights, f.seq, func(f *flight, seq uint64) int { return cmp.Compare(f.seq, seq) })
	n.flights = slices.Insert(n.flights, at, f)
	if len(n.flights) > n.limit {
		n.landed(n.flights[0], core.Included)
		n.flights = slices.Delete(n.flights, 0, 1)
	}
}

// report takes notice of what a block took, and gives back what it left out, and all senders concerned.
func (n *nonces) report(r *core.Report) (skipped []common.Hash, senders []common.Address) {
	codes := make(map[uint64]core.OutcomeCode, len(r.Skips))
	for _, skip := range r.Skips {
		codes[skip.Seq] = skip.Code
	}
	end := 0
	for end < len(n.flights) && n.flights[end].seq < r.NextSeq {
		f := n.flights[end]
		end++
		code := codes[f.seq]
		if code.Void() {
			skipped = append(skipped, f.hash)
		}
		senders = append(senders, f.sender.addr)
		n.landed(f, code)
	}
	n.flights = slices.Delete(n.flights, 0, end)
	n.reported = max(n.reported, r.NextSeq)
	return skipped, senders
}

// landed takes a transaction out of its sender's and draws the conclusion: execution clients compare the nonce before they look at
// funds and fees.
func (n *nonces) landed(f *flight, code core.OutcomeCode) {
	s := n.of(f.sender.addr)
	s.leave(f)
	switch code {
	case core.Included, core.VoidNonceTooLow:
		s.advance(f.nonce + 1)
	case core.VoidNonceTooHigh:
		if s.known && s.base >= f.nonce {
			s.known, s.told = false, time.Time{}
		}
	case core.VoidInsufficientFunds, core.VoidFeeCapTooLow:
		s.base, s.known = f.nonce, true
	}
	n.rest(s)
}

// expire forgets what was ordered before a time and never reported, and gives back the senders.
func (n *nonces) expire(before time.Time) (senders []common.Address) {
	end := 0
	for end < len(n.flights) && n.flights[end].since.Before(before) {
		f := n.flights[end]
		s := n.of(f.sender.addr)
		s.leave(f)
		n.rest(s)
		senders = append(senders, s.addr)
		end++
	}
	n.flights = slices.Delete(n.flights, 0, end)
	return senders
}
