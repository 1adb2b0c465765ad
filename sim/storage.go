package sim

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/messages"
	"github.com/lockstep-network/lockstep/core"
)

// storage is what contracts have written, by rollup, as the oracle recomputes it.
type storage map[core.RollupID]map[cell]common.Hash

// staged is storage with the changes of a bundle that may take no effect.
type staged struct {
	zone          core.ZoneID
	base, changed storage
	// order is what was changed, in the order in which it was changed first.
	order []place
	// carried is what the bundle's legs do to messages, in order.
	carried []carried
}

// place is a cell on a rollup.
type place struct {
	rollup core.RollupID
	cell
}

// carried is a message that a leg sends, or one that it uses.
type carried struct {
	sentMessage
	used bool
	flight
	amount int64
}

// sentMessage is a message with its id.
type sentMessage struct {
	id      common.Hash
	message messages.Message
}

func newStaged(base storage, zone core.ZoneID) *staged {
	return &staged{zone: zone, base: base, changed: make(storage)}
}

func (s *staged) get(rollup core.RollupID, at cell) common.Hash {
	if value, ok := s.changed[rollup][at]; ok {
		return value
	}
	return s.base[rollup][at]
}

func (s *staged) set(rollup core.RollupID, at cell, value common.Hash) {
	if s.changed[rollup] == nil {
		s.changed[rollup] = make(map[cell]common.Hash)
	}
	if _, again := s.changed[rollup][at]; !again {
		s.order = append(s.order, place{rollup, at})
	}
	s.changed[rollup][at] = value
}

// add changes a number. One that would be negative stays as it is, and the answer is no.
func (s *staged) add(rollup core.RollupID, at cell, amount *big.Int) bool {
	sum := new(big.Int).Add(s.get(rollup, at).Big(), amount)
	if sum.Sign() < 0 {
		return false
	}
	s.set(rollup, at, common.BigToHash(sum))
	return true
}

// mark sets a mark that must not be set.
func (s *staged) mark(rollup core.RollupID, at cell) bool {
	first := s.get(rollup, at) == common.Hash{}
	s.set(rollup, at, small(1))
	return first
}
