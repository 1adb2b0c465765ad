package solver

import (
	"crypto/ecdsa"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// account is a key with what it is busy with: for each rollup, the order that its next nonces there belong to.
type account struct {
	key     *ecdsa.PrivateKey
	address common.Address
	busy    map[core.RollupID]common.Hash
}

func newAccounts(keys []*ecdsa.PrivateKey) []*account {
	accounts := make([]*account, len(keys))
	for i, key := range keys {
		accounts[i] = &account{key: key, address: crypto.PubkeyToAddress(key.PublicKey), busy: make(map[core.RollupID]common.Hash)}
	}
	return accounts
}

// free tells whether the account may sign for an order on these rollups: nobody else's bid has its next nonces there.
func (a *account) free(order common.Hash, rollups []core.RollupID) bool {
	return !slices.ContainsFunc(rollups, func(id core.RollupID) bool {
		owner, taken := a.busy[id]
		return taken && owner != order
	})
}

// lease gives the account's next nonces on these rollups to an order, and takes back what else it had.
func (a *account) lease(order common.Hash, rollups []core.RollupID) {
	a.release(order)
	for _, id := range rollups {
		a.busy[id] = order
	}
}

// release takes back whatever the order has of the account.
func (a *account) release(order common.Hash) {
	for id, owner := range a.busy {
		if owner == order {
			delete(a.busy, id)
		}
	}
}

// rollupsOf are those on which a route has legs for a job.
func rollupsOf(job *Job, route Route) []core.RollupID {
	all := []core.RollupID{job.Origin, job.Destination}
	for _, id := range []core.RollupID{route.Buy, route.Sell} {
		if id != 0 && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}
