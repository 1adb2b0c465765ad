package intents

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/orders"
)

// payment is a fill as an event tells it; both events of one fill tell the same.
type payment struct {
	filler common.Address
	output string
}

// settled reads from a bundle's logs what it does for an order. On the origin only the settler's Claimed counts, which no other
// contract can forge and which asserts that exactly this was paid on the destination; the bundle must have the Filled of each.
func settled(o *Order, legs []Leg) (Result, error) {
	r := Result{Input: new(big.Int), Output: new(big.Int)}
	var claimed, filled []payment
	for _, leg := range legs {
		for _, log := range leg.Logs {
			if leg.Rollup == o.origin() && log.Address == o.Signed.OriginSettler {
				if e, err := orders.ParseClaimed(log); err == nil && e.OrderId == o.ID {
					if len(claimed) == 0 {
						r.Filler = e.Filler
					}
					claimed = append(claimed, payment{e.Filler, e.OutputAmount.String()})
					r.Input.Add(r.Input, e.InputAmount)
					r.Output.Add(r.Output, e.OutputAmount)
				}
			}
			if leg.Rollup == o.destination() && log.Address == o.destinationSettler() {
				if e, err := orders.ParseFilled(log); err == nil && e.OrderId == o.ID && e.Recipient == o.Intent.Recipient {
					filled = append(filled, payment{e.Filler, e.OutputAmount.String()})
				}
			}
		}
	}
	switch {
	case len(filled) == 0:
		return Result{}, refuse(ErrSolution, "no leg on rollup %s fills order %s at settler %s", o.destination(), o.ID, o.destinationSettler())
	case len(claimed) == 0:
		return Result{}, refuse(ErrSolution, "no leg on rollup %s claims the input of order %s at settler %s (openFor)", o.origin(), o.ID, o.Signed.OriginSettler)
	}
	for _, c := range claimed {
		at := slices.Index(filled, c)
		if at < 0 {
			return Result{}, refuse(ErrSolution, "filler %s claims for an output of %s and no leg pays that", c.filler, c.output)
		}
		filled = slices.Delete(filled, at, at+1)
	}
	if len(filled) > 0 {
		return Result{}, refuse(ErrSolution, "filler %s pays an output of %s that no leg claims", filled[0].filler, filled[0].output)
	}
	return r, nil
}

// judge reads what a simulated bundle does for an order.
func judge(o *Order, s Simulation) (Result, error) {
	if s.Failure != "" {
		r := &Refusal{Cause: ErrFails, Detail: s.Failure}
		if s.Leg >= 0 {
			r.Field = fmt.Sprintf("legs[%d]", s.Leg)
		}
		return Result{}, r
	}
	return settled(o, s.Legs)
}
