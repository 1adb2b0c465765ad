package solver

import (
	"crypto/ecdsa"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// leases say which order something belongs to until the fate of its bid is known.
type leases[K comparable] map[K]common.Hash

// free tells whether an order may have all of them.
func (l leases[K]) free(order common.Hash, keys []K) bool {
	return !slices.ContainsFunc(keys, func(k K) bool {
		owner, taken := l[k]
		return taken && owner != order
	})
}

// take gives them to an order, which keeps what else it has.
func (l leases[K]) take(order common.Hash, keys []K) {
	for _, k := range keys {
		l[k] = order
	}
}

// release takes back whatever an order has.
func (l leases[K]) release(order common.Hash) {
	for k, owner := range l {
		if owner == order {
			delete(l, k)
		}
	}
}

// account is a key with what it is busy with: on each rollup its next nonces belong to one order, so that bids never stand in
// each other's way.
type account struct {
	key     *ecdsa.PrivateKey
	address common.Address
	busy    leases[core.RollupID]
}

func newAccounts(keys []*ecdsa.PrivateKey) []*account {
	accounts := make([]*account, len(keys))
	for i, key := range keys {
		accounts[i] = &account{key: key, address: crypto.PubkeyToAddress(key.PublicKey), busy: make(leases[core.RollupID])}
	}
	return accounts
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

// pairsOf are those that a route trades with. They belong to one order too: the price of each is only right for the first.
func pairsOf(job *Job, route Route) (all []Place) {
	for _, place := range []Place{{route.Buy, job.Output}, {route.Sell, job.Input}} {
		if place.Rollup != 0 && place.Symbol != WrappedEther {
			all = append(all, place)
		}
	}
	return all
}

// lease takes for an order what a bid of it needs.
func (s *Solver) lease(o *order, b *bid) {
	b.account.busy.take(o.id, rollupsOf(&o.job, b.quote.Route))
	s.pairs.take(o.id, pairsOf(&o.job, b.quote.Route))
}

// release takes back what an order has.
func (s *Solver) release(o *order) {
	for _, a := range s.accounts {
		a.busy.release(o.id)
	}
	s.pairs.release(o.id)
}
