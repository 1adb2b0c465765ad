package solver

import (
	"context"
	"encoding/json"
	"maps"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/client"
)

// The events of orders, and the fates of fills, as the gateway names them.
const (
	eventReopened = "reopened"
	fillSent      = "sent"
	fillExecuted  = "executed"
	fillVoid      = "void"
)

// event takes news of an order.
func (x *session) event(ctx context.Context, e *client.IntentEvent) {
	view := &e.Intent
	o := x.orders[view.OrderID]
	over := view.Status != "open" && view.Status != "pending"
	if o == nil {
		if over {
			return
		}
		if o = x.meet(view); o == nil {
			return
		}
	}
	o.update(view)
	o.held = x.now()
	for i := range view.Fills {
		f := &view.Fills[i]
		if b := o.bids[f.BundleID]; b != nil {
			x.fate(ctx, o, b, fateOf{f.Status, f.Reason})
		}
	}
	if o.bid == nil || o.bid.state != bidWaits {
		if over {
			x.forget(o)
		}
		return
	}
	switch winner := x.winner(o, view); {
	case winner != nil:
		x.lost(o, winner)
	case over || e.Event == eventReopened:
		x.fate(ctx, o, o.bid, fateOf{fillVoid, "the auction ended without it"})
	}
	if over {
		x.forget(o)
	}
}

// meet takes in an order that was not seen before; nil if it is none for this solver.
func (x *session) meet(view *client.Intent) *order {
	o, err := x.cfg.read(view, x.now())
	if err != nil {
		x.meters.orders.WithLabelValues("foreign").Inc()
		x.log.Debug("passes an order by", "order", view.OrderID, "reason", err)
		return nil
	}
	x.meters.orders.WithLabelValues("known").Inc()
	x.orders[o.id] = o
	return o
}

// winner is the newest fill if it ended the auction, is somebody else's, and took effect or may still.
func (x *session) winner(o *order, view *client.Intent) *fill {
	if len(view.Fills) == 0 || view.Status == "open" {
		return nil
	}
	f := &view.Fills[len(view.Fills)-1]
	if o.bids[f.BundleID] != nil || f.Status == fillVoid || o.lostTo == f.BundleID {
		return nil
	}
	return &fill{f.BundleID, f.InputAmount.ToInt(), f.OutputAmount.ToInt()}
}

// fill is another one's.
type fill struct {
	bundle        common.Hash
	input, output *big.Int
}

// lost ends a bid that another one was better than, and learns by how much.
func (x *session) lost(o *order, to *fill) {
	b := o.bid
	o.lostTo = to.bundle
	x.meters.count(outcomeLost)
	x.log.Info("lost an auction", "order", o.id, "bundle", b.bundle, "output", x.amount(to.output, o.job.Output))
	theirs := to.output
	if to.input.Cmp(b.quote.Input) != 0 {
		theirs = b.quote.Output // for another part no output can be compared
	}
	k := market{o.job.Input, o.job.Output}
	x.margins.lost(k, b.quote.Output, theirs)
	x.learned(k)
	x.end(o, b)
	b.state = bidLost
}

// fateOf is what became of a bundle.
type fateOf struct{ status, reason string }

// fate takes what became of one of our bids; hearing it twice makes no difference.
func (x *session) fate(ctx context.Context, o *order, b *bid, f fateOf) {
	if b.state == bidOver || b.state == bidLost && f.status == fillVoid {
		return
	}
	if b.state != bidWon && f.status != fillVoid {
		b.state, o.bid = bidWon, b
		x.lease(o, b)
		x.meters.count(outcomeWon)
		x.margins.won(market{o.job.Input, o.job.Output})
		x.learned(market{o.job.Input, o.job.Output})
		x.log.Info("won an auction", "order", o.id, "bundle", b.bundle)
	}
	switch f.status {
	case fillExecuted:
		profit := x.profit(ctx, o, b)
		x.meters.count(outcomeExecuted)
		x.meters.profit.WithLabelValues(o.job.Input).Add(inWhole(profit, 18))
		x.log.Info("filled an order", "order", o.id, "bundle", b.bundle, "profit", decimal(profit, 18))
		x.end(o, b)
	case fillVoid:
		x.meters.count(outcomeVoid)
		x.log.Info("a bid is void", "order", o.id, "bundle", b.bundle, "reason", f.reason)
		x.end(o, b)
	}
}

// learned reports a margin.
func (x *session) learned(k market) {
	x.meters.margin.WithLabelValues(k.input).Set(inWhole(new(big.Int).SetUint64(x.margins.of(k)), 4))
}

// end gives the nonces of a bid back.
func (x *session) end(o *order, b *bid) {
	b.state, x.stale = bidOver, true
	if o.bid == b {
		o.bid = nil
	}
	x.release(o)
}

// forget drops an order that is over.
func (x *session) forget(o *order) {
	x.release(o)
	delete(x.orders, o.id)
}

// expire ends bids that nobody told of, and drops orders whose time is over.
func (x *session) expire(ctx context.Context) {
	now := x.now()
	for _, o := range x.orders {
		if o.expired(now) {
			if view, err := x.gate.Intent(ctx, o.id); err == nil {
				x.event(ctx, &client.IntentEvent{Intent: *view})
			}
		}
		if o.expired(now) {
			x.fate(ctx, o, o.bid, fateOf{fillVoid, "it has expired, and the gateway did not say more"})
		}
		maps.DeleteFunc(o.bids, func(_ common.Hash, b *bid) bool { return b != o.bid && now.After(b.expires.Add(grace)) })
		if now.After(o.deadline().Add(x.cfg.BundleLife + grace)) {
			x.forget(o)
		}
	}
}

// expired tells whether the fate of the order's bid should be known by now.
func (o *order) expired(now time.Time) bool {
	return o.bid != nil && now.After(o.bid.expires.Add(grace))
}

// profit is what an executed bid brought: the fees are those of its receipts, and so is what a pool paid.
func (x *session) profit(ctx context.Context, o *order, b *bid) *big.Int {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	status, err := x.gate.Status(ctx, b.bundle)
	if err != nil || len(status.Attempts) == 0 {
		return b.quote.Profit
	}
	profit := new(big.Int).Add(b.quote.Profit, b.quote.Gas)
	legs := status.Attempts[len(status.Attempts)-1].Legs
	for i := range legs {
		var receipt gethtypes.Receipt
		if err := json.Unmarshal(legs[i].Receipt, &receipt); err != nil || receipt.EffectiveGasPrice == nil {
			return b.quote.Profit
		}
		fee := new(big.Int).SetUint64(receipt.GasUsed)
		profit.Sub(profit, fee.Mul(fee, receipt.EffectiveGasPrice))
		if b.quote.Sell != 0 && i == len(legs)-1 && o.job.Input != WrappedEther {
			profit.Add(profit, paidBy(&receipt)).Sub(profit, b.quote.Value)
		}
	}
	return profit
}

// paidBy is what the pair in a receipt paid.
func paidBy(receipt *gethtypes.Receipt) *big.Int {
	for _, log := range receipt.Logs {
		if swap, err := pairABI.UnpackSwapEvent(log); err == nil {
			return new(big.Int).Add(swap.Amount0Out, swap.Amount1Out)
		}
	}
	return new(big.Int)
}
