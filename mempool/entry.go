package mempool

import (
	"container/list"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"github.com/lockstep-network/lockstep/core"
)

// entry is one transaction that the pool holds, as a single, as a leg of bundles, or as both.
type entry struct {
	tx   core.Transaction
	from common.Address // zero on opaque rollups
	cost uint256.Int    // value + gas × fee cap
	// authorities signed the authorizations (EIP-7702) that can have an effect on the rollup.
	authorities []common.Address

	// arrival numbers singles and bundles in the order in which they were admitted.
	arrival uint64
	// single says that the transaction stands in its sender's queue, or in the rollup's if that is opaque.
	single bool
	// holds counts the waiting bundles and the ordered positions that keep the entry as a leg.
	holds int
	// tick is the tick that ordered the entry as a single; zero before.
	tick uint64
	// held says that peers get the entry once it is ready, and overdue that it is ready whatever its nonce: its rollup is executed
	// elsewhere, see elsewhere.go.
	held, overdue bool
	// since is when the entry began to wait, and place where it does: among queue.waiting, or on opaque rollups, where
	// nothing waits, among queue.ready.
	since time.Time
	place *list.Element
	// announced says that subscribers were told of it.
	announced bool
	// mark is the number of the last selection that took the entry.
	mark uint64
}

func (e *entry) nonce() uint64 { return e.tx.Eth().Nonce() }
func (e *entry) size() int     { return len(e.tx.Raw()) }

// gas is the declared gas, zero on opaque rollups.
func (e *entry) gas() uint64 {
	if eth := e.tx.Eth(); eth != nil {
		return eth.Gas()
	}
	return 0
}
