package demo

import (
	"crypto/ecdsa"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// Which of the development accounts acts as whom. The one that brings Lockstep's own contracts is that of `lockstep devnet`.
const (
	deployerAccount = iota
	traderAccount
	aliceAccount
	bobAccount
	carolAccount
	doraAccount
	modestAccount
	contractsAccount
	greedyAccount
)

// The names of the solvers.
const (
	modestName = "the modest solver"
	greedyName = "the greedy solver"
)

// person has the same key on all rollups.
type person struct {
	name    string
	key     *ecdsa.PrivateKey
	address common.Address
	on      map[core.RollupID]*actor.Account
}

// cast gives everybody an account on each rollup.
func (s *stage) cast() {
	for _, c := range []struct {
		into    **person
		name    string
		account int
	}{{&s.trader, "the trader", traderAccount}, {&s.alice, "Alice", aliceAccount}, {&s.bob, "Bob", bobAccount}, {&s.carol, "Carol", carolAccount},
		{&s.dora, "Dora", doraAccount}, {&s.modest, modestName, modestAccount}, {&s.greedy, greedyName, greedyAccount}} {
		*c.into = newPerson(c.name, c.account, s.eth)
		s.people = append(s.people, *c.into)
	}
}

func newPerson(name string, account int, eth map[core.RollupID]*ethclient.Client) *person {
	key := devnet.Accounts()[account].Key
	p := &person{name: name, key: key, address: crypto.PubkeyToAddress(key.PublicKey), on: make(map[core.RollupID]*actor.Account)}
	for id, c := range eth {
		p.on[id] = actor.On(id, c, key)
	}
	return p
}
