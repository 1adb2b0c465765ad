package zonetest

import (
	"bytes"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

type account struct {
	nonce   uint64
	balance uint64
}

type state struct{ accounts map[common.Address]account }

func newState() state { return state{accounts: make(map[common.Address]account)} }

func (s state) clone() state { return state{accounts: maps.Clone(s.accounts)} }

// root is a plain hash over the accounts in ascending order of address.
func (s state) root() common.Hash {
	addresses := slices.SortedFunc(maps.Keys(s.accounts), func(a, b common.Address) int { return bytes.Compare(a[:], b[:]) })
	var all []byte
	for _, address := range addresses {
		a := s.accounts[address]
		all = append(append(append(all, address[:]...), core.U64(a.nonce)...), core.U64(a.balance)...)
	}
	return crypto.Keccak256Hash(all)
}
