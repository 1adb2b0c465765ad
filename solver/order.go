package solver

import (
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
)

// order is an order of the gateway's book that this solver could settle.
type order struct {
	id        common.Hash
	order     orders.Order
	signature []byte
	intent    orders.Intent
	job       Job
	open      bool // solutions are taken
	// gas is what the legs of its newest simulation used.
	gas GasUse
	// seen is when it came, answered whether there was a bid since.
	seen     time.Time
	answered bool
	// bid is the one that waits for its fate; bids are all of this order by their bundles.
	bid  *bid
	bids map[common.Hash]*bid
	// lostTo is the bundle that won the newest auction that was lost.
	lostTo common.Hash
	// held: nothing is tried before prices change, or that time has come.
	held time.Time
	// why is the last reason for not bidding.
	why error
}

// bid is a solution that was submitted.
type bid struct {
	bundle  common.Hash
	account *account
	quote   *Quote
	// expires is when its bundle cannot be ordered any more.
	expires time.Time
	state   bidState
}

// bidState is how far a bid has come.
type bidState uint8

const (
	bidWaits bidState = iota // in the auction
	bidLost                  // another one was sent; should that be void, this one may come next
	bidWon                   // sent
	bidOver
)

// read takes an order out of its view. ErrForeign: it is not one that can be settled with this configuration, now or later.
func (c *Config) read(view *client.Intent, now time.Time) (*order, error) {
	o := &order{id: view.OrderID, order: view.Order.Order(), signature: view.Signature, seen: now, gas: firstGas, bids: make(map[common.Hash]*bid)}
	var err error
	if o.intent, err = orders.DecodeIntent(o.order); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if id, err := orders.ID(o.order); err != nil || id != o.id {
		return nil, fmt.Errorf("%w: the gateway calls it %s, and it is %s", ErrForeign, o.id, id)
	}
	origin, destination := c.known(o.order.OriginChainId), c.known(o.intent.DestinationChainId)
	switch {
	case origin == nil || destination == nil:
		return nil, fmt.Errorf("%w: from rollup %s to %s", ErrForeign, o.order.OriginChainId, o.intent.DestinationChainId)
	case origin.Settler != o.order.OriginSettler || destination.Settler != common.BytesToAddress(o.intent.DestinationSettler[:]):
		return nil, fmt.Errorf("%w: its settlers are %s and %s", ErrForeign, o.order.OriginSettler, o.intent.DestinationSettler)
	case o.intent.Escrow:
		return nil, fmt.Errorf("%w: it is one with escrow", ErrForeign)
	}
	o.job = Job{
		Origin: origin.ID, Destination: destination.ID, Input: c.symbolOf(origin.ID, o.intent.InputToken), Output: Ether,
		Amount: o.intent.InputAmount, Limit: o.intent.MinOutput, Partial: o.intent.PartialFill,
	}
	if o.intent.OutputToken != (common.Hash{}) {
		o.job.Output = c.symbolOf(destination.ID, common.BytesToAddress(o.intent.OutputToken[:]))
	}
	if o.job.Input == "" || o.job.Output == "" {
		return nil, fmt.Errorf("%w: its tokens are %s and %s", ErrForeign, o.intent.InputToken, o.intent.OutputToken)
	}
	o.update(view)
	return o, nil
}

// known is a rollup of the configuration by its chain id, nil if it is none.
func (c *Config) known(id *big.Int) *Rollup {
	if !id.IsUint64() {
		return nil
	}
	return c.rollup(core.RollupID(id.Uint64()))
}

// update takes over what moves.
func (o *order) update(view *client.Intent) {
	o.open = view.Status == "open"
	o.job.Left = new(big.Int)
	if view.Left != nil {
		o.job.Left = view.Left.ToInt()
	}
}

// deadline is the last second at which the order can be settled.
func (o *order) deadline() time.Time {
	return time.Unix(int64(min(o.order.OpenDeadline, o.order.FillDeadline)), 0)
}
