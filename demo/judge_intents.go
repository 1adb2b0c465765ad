package demo

import (
	"fmt"
	"maps"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/contracts/orders"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// tooLittle is the settler's error when a fill gives less than the order asks for.
var tooLittle = hexutil.Encode(intentsettler.IntentSettlerTooLittleErrorID().Bytes()[:4])

// judgeIntent wants that Dora's order was filled as a whole by the better of the two solvers, and that both settlers, the
// gateway and the books say the same of it.
func judgeIntent(a *auction, winner, loser *person) error {
	switch {
	case a.offers[winner.name] == 0 || a.offers[loser.name] == 0:
		return fmt.Errorf("%w: the offers are %v, want some of both solvers", ErrFailed, a.offers)
	case a.closed.Status != "filled" || len(a.closed.Fills) != 1:
		return fmt.Errorf("%w: the order is %s with %d fills, want filled by one (%s)", ErrFailed, a.closed.Status, len(a.closed.Fills), a.closed.Reason)
	}
	if err := judgeFill(a, a.closed.Fills[0], winner); err != nil {
		return err
	}
	if err := judgeIncluded(a.step); err != nil {
		return err
	}
	for i, receipt := range a.receipts {
		if receipt == nil || receipt.Status != gethtypes.ReceiptStatusSuccessful {
			return fmt.Errorf("%w: leg %d of the winner's bundle has no receipt that says success", ErrFailed, i)
		}
	}
	return judgeAuctionBooks(a, winner)
}

// judgeFill compares what the gateway says of the fill with what the order asks for and what both settlers say.
func judgeFill(a *auction, fill gateway.IntentFillView, winner *person) error {
	input, output := (*big.Int)(fill.InputAmount), (*big.Int)(fill.OutputAmount)
	switch {
	case fill.Filler != winner.address:
		return fmt.Errorf("%w: the order went to %s, want %s (%s), which gives more", ErrFailed, fill.Filler, winner.address, winner.name)
	case fill.Status != "executed" || fill.BundleID != a.step.BundleID:
		return fmt.Errorf("%w: the fill by bundle %s is %s, want executed by %s", ErrFailed, fill.BundleID, fill.Status, a.step.BundleID)
	case input.Cmp(a.in.InputAmount) != 0:
		return fmt.Errorf("%w: %s were taken, want %s", ErrFailed, inTokens(input), inTokens(a.in.InputAmount))
	case output.Cmp(a.in.MinOutput) < 0:
		return fmt.Errorf("%w: Dora got %s, and asked for at least %s", ErrFailed, inEther(output), inEther(a.in.MinOutput))
	}
	var logs [2][]*gethtypes.Log // of the origin and the destination
	for i, l := range a.bundle.Legs {
		if a.receipts[i] == nil {
			continue
		}
		at := 0
		if l.Rollup == a.destination() {
			at = 1
		}
		logs[at] = append(logs[at], a.receipts[i].Logs...)
	}
	id, err := orders.ID(a.order)
	if err != nil {
		return err
	}
	claimed, err := eventIn(logs[0], a.settler, orders.ParseClaimed)
	if err != nil {
		return fmt.Errorf("event Claimed on rollup %s: %w", a.origin(), err)
	}
	filled, err := eventIn(logs[1], a.settler, orders.ParseFilled)
	if err != nil {
		return fmt.Errorf("event Filled on rollup %s: %w", a.destination(), err)
	}
	if claimed.OrderId != id || claimed.Filler != fill.Filler || claimed.InputAmount.Cmp(input) != 0 || claimed.OutputAmount.Cmp(output) != 0 {
		return fmt.Errorf("%w: the origin's settler says %+v, want order %s", ErrFailed, claimed, id)
	}
	if filled.OrderId != id || filled.Filler != fill.Filler || filled.Recipient != a.in.Recipient || filled.OutputAmount.Cmp(output) != 0 {
		return fmt.Errorf("%w: the destination's settler says %+v, want order %s", ErrFailed, filled, id)
	}
	return nil
}

func (a *auction) origin() core.RollupID { return core.RollupID(a.order.OriginChainId.Uint64()) }

func (a *auction) destination() core.RollupID {
	return core.RollupID(a.in.DestinationChainId.Uint64())
}

// judgeAuctionBooks wants that Dora gave her input, got her output and paid nothing else, and that nobody but the winner and
// the pools has anything to do with it. What the winner trades is its own business.
func judgeAuctionBooks(a *auction, winner *person) error {
	want := make(changes)
	want.add(item{a.origin(), inToken, "Dora"}, new(big.Int).Neg(a.in.InputAmount))
	want.add(item{a.destination(), inCoin, "Dora"}, (*big.Int)(a.closed.Fills[0].OutputAmount))
	others := func(b book) book {
		b = maps.Clone(b)
		for i := range b {
			if i.of == winner.name || i.of == thePool {
				delete(b, i)
			}
		}
		return b
	}
	return judgeChanges(others(a.before), others(a.after), want)
}

// judgeUnserved wants an order that was cancelled without any offer for it, after an offer below its limit was refused for that
// reason, and books that nothing has changed.
func judgeUnserved(view *gateway.IntentView, refusal string, before, after book) error {
	switch {
	case refusal == "":
		return fmt.Errorf("%w: an offer below the order's limit was taken", ErrFailed)
	case !strings.Contains(refusal, tooLittle):
		return fmt.Errorf("%w: an offer below the limit was refused with %q, want the settler's error %s in it", ErrFailed, refusal, tooLittle)
	case view.Status != "cancelled":
		return fmt.Errorf("%w: the order is %s, want cancelled", ErrFailed, view.Status)
	case view.Solutions != 0 || len(view.Fills) != 0:
		return fmt.Errorf("%w: the order has %d offers and %d fills, want none", ErrFailed, view.Solutions, len(view.Fills))
	}
	return judgeChanges(before, after, nil)
}
