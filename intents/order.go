package intents

import (
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
)

// Order is an order that was checked.
type Order struct {
	ID        common.Hash
	Signed    orders.Order
	Intent    orders.Intent
	Signature []byte
	// Client is who brought it, and At when.
	Client string
	At     time.Time
}

// deadline is the last second at which the order can be filled and its input taken.
func (o *Order) deadline() uint64 {
	return uint64(min(o.Signed.OpenDeadline, o.Signed.FillDeadline))
}

// origin and destination are the order's rollups. Checked orders are on rollups of the genesis, whose ids are 64 bits long.
func (o *Order) origin() core.RollupID { return core.RollupID(o.Signed.OriginChainId.Uint64()) }
func (o *Order) destination() core.RollupID {
	return core.RollupID(o.Intent.DestinationChainId.Uint64())
}

// destinationSettler is the settler that pays the recipient.
func (o *Order) destinationSettler() common.Address {
	return common.BytesToAddress(o.Intent.DestinationSettler[:])
}

// userKey is a user on a rollup.
type userKey struct {
	rollup core.RollupID
	user   common.Address
}

func (o *Order) userKey() userKey { return userKey{o.origin(), o.Signed.User} }

// Result is what a bundle does for an order, as the settlers' events say.
type Result struct {
	Filler common.Address
	// Input is what the filler takes, Output what the recipient gets.
	Input, Output *big.Int
}

// Solution is a bundle that fills an order, with what its simulation says.
type Solution struct {
	BundleID common.Hash
	Bundle   core.DecodedBundle
	Client   string
	Result
	// Surplus is how much Output is above the least that the order asks for Input.
	Surplus *big.Int

	size    int
	checked bool // simulated in this award
}

// compare ranks solutions, the better one first: most surplus, then more input, then the lower id. Two solutions are equal only if
// they are the same.
func compare(a, b *Solution) int {
	if c := b.Surplus.Cmp(a.Surplus); c != 0 {
		return c
	}
	if c := b.Input.Cmp(a.Input); c != 0 {
		return c
	}
	return a.BundleID.Cmp(b.BundleID)
}

// Status is where an order stands.
type Status string

// The states of an order; the last three are final.
const (
	Open      Status = "open"
	Pending   Status = "pending"
	Filled    Status = "filled"
	Cancelled Status = "cancelled"
	Expired   Status = "expired"
)

// FillStatus is where a winner's bundle stands.
type FillStatus string

// The states of a winner's bundle. Void: it had no effect, or was never ordered.
const (
	FillSent     FillStatus = "sent"
	FillExecuted FillStatus = "executed"
	FillVoid     FillStatus = "void"
)

// Fill is a winner's bundle.
type Fill struct {
	BundleID common.Hash
	Result
	// Tick is the one that ordered it, zero before.
	Tick   uint64
	Status FillStatus
	Reason string
}

// View is an order as everybody may see it. It belongs to whom it is given; what it points to must not be changed.
type View struct {
	Order     *Order
	Status    Status
	Left      *big.Int
	Opens     uint64
	Closes    uint64
	Solutions int
	Fills     []Fill
	Reason    string
}

// Event is what happened to an order.
type Event string

// The events. Filled and closed are an order's last.
const (
	EventOpened   Event = "opened"
	EventAwarded  Event = "awarded"
	EventFilled   Event = "filled"
	EventReopened Event = "reopened"
	EventClosed   Event = "closed"
)

// Notice is a message to subscribers.
type Notice struct {
	Event Event
	View  View
}

// insert puts a solution into its place among others, which are sorted.
func insert(all []*Solution, s *Solution) []*Solution {
	at, _ := slices.BinarySearchFunc(all, s, compare)
	return slices.Insert(all, at, s)
}
