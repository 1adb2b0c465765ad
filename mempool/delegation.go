package mempool

import (
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// A delegated account (EIP-7702) can lose its balance and its next nonce to transactions of others, so that one
// transaction could make many in the pool worthless. The rules are go-ethereum's (its legacypool.validateAuth): an
// account with code, or with an authorization on its way, has one executable transaction at most; an authority may have
// one transaction at most when an authorization of its comes in. Legs of bundles are not counted: a bundle is one
// attempt, and what fails is charged to who brought it.

// maxFollowed is how many delegated accounts of a rollup are read again in each executed tick.
const maxFollowed = 256

// authorities are those who signed the transaction's authorizations, each once; those for other chains have no effect.
func (q *queue) authorities(tx *gethtypes.Transaction) (list []common.Address) {
	seen := make(map[common.Address]bool)
	for _, auth := range tx.SetCodeAuthorizations() {
		if id := auth.ChainID; !id.IsZero() && !(id.IsUint64() && id.Uint64() == uint64(q.id)) {
			continue
		}
		if addr, err := auth.Authority(); err == nil && !seen[addr] {
			seen[addr] = true
			list = append(list, addr)
		}
	}
	return list
}

// checkDelegation applies the rules to a single that would take the place of old, if that is not nil.
func (q *queue) checkDelegation(a *account, e, old *entry) error {
	if a.code || q.authorized[a.addr] > 0 {
		run := a.executable(a.nonce)
		switch replaces := old != nil && len(run) > 0 && old.nonce() <= run[len(run)-1].nonce(); {
		case replaces:
		case len(run) > 0:
			return refuse(ErrInflightTxLimitReached, "address %s, tx nonce %d is on its way", a.addr, run[0].nonce())
		case e.nonce() != a.nonce:
			return refuse(ErrOutOfOrderTxFromDelegated, "address %s, next nonce %d, tx nonce %d", a.addr, a.nonce, e.nonce())
		}
	}
	return q.checkAuthorities(e)
}

// checkAuthorities refuses authorizations of accounts with more than one transaction in the pool.
func (q *queue) checkAuthorities(e *entry) error {
	for _, addr := range e.authorities {
		authority := q.accounts[addr]
		if authority == nil {
			continue
		}
		if i, _ := authority.find(authority.nonce); len(authority.txs)-i > 1 {
			return refuse(ErrAuthorityReserved, "address %s has %d txs in the pool", addr, len(authority.txs)-i)
		}
	}
	return nil
}

// authorize counts the authorizations of a single that comes in, or with -1 leaves.
func (q *queue) authorize(e *entry, by int) {
	for _, addr := range e.authorities {
		if q.authorized[addr] += by; q.authorized[addr] == 0 {
			delete(q.authorized, addr)
		}
	}
}

// follow keeps the list of the accounts with code up to date.
func (q *queue) follow(a *account) {
	switch {
	case a.code && a.followed == nil:
		a.followed = q.delegated.PushBack(a)
	case !a.code && a.followed != nil:
		q.unfollow(a)
	}
}

func (q *queue) unfollow(a *account) {
	if a.followed != nil {
		q.delegated.Remove(a.followed)
		a.followed = nil
	}
}

// forget lets go of an account of which the pool holds nothing.
func (q *queue) forget(a *account) {
	q.unfollow(a)
	delete(q.accounts, a.addr)
}

// touchDelegated collects, in turns, the delegated accounts: they may have changed without a transaction of their own.
func (q *queue) touchDelegated(touched *accounts) {
	for range min(q.delegated.Len(), maxFollowed) {
		place := q.delegated.Front()
		q.delegated.MoveToBack(place)
		touched.add(place.Value.(*account))
	}
}
