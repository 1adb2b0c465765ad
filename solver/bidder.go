package solver

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

const (
	// simulationGas is the gas limit of a leg whose use is to be found out.
	simulationGas = 1_000_000
	// rebidPause is how long a bid stands at least before it is replaced because prices have changed, refusedPause how long an order
	// is left alone after the gateway has refused a solution of it.
	rebidPause   = 250 * time.Millisecond
	refusedPause = 500 * time.Millisecond
)

func sortByAge(all []*order) {
	slices.SortFunc(all, func(a, b *order) int { return cmp.Or(a.seen.Compare(b.seen), a.id.Cmp(b.id)) })
}

// offer is a priced bid that is not signed yet.
type offer struct {
	account *account
	quote   *Quote
	terms   Terms
}

// try prices an order and bids for it. An error ends the connection; what is wrong with the order or the bid is only noted.
func (x *session) try(ctx context.Context, o *order) error {
	best, err := x.price(o)
	if err != nil {
		x.note(o, err)
		return nil
	}
	if o.bid != nil && o.bid.quote.Input.Cmp(best.quote.Input) == 0 && o.bid.quote.Output.Cmp(best.quote.Output) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = x.bid(ctx, o, best)
	var answer rpc.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer), errors.Is(err, ErrUnprofitable), errors.Is(err, errVoid):
		o.held = x.now().Add(refusedPause)
		x.note(o, err)
		return nil
	default:
		return err
	}
}

// price finds the best offer of all accounts whose nonces are free.
func (x *session) price(o *order) (*offer, error) {
	k := market{o.job.Input, o.job.Output}
	terms := Terms{Margin: x.margins.of(k), MaxOrder: x.cfg.MaxOrder, Gas: o.gas}
	var best *offer
	err := errBusy
	for _, a := range x.accounts {
		if o.bid != nil && o.bid.account != a {
			continue // what replaces a bid has the same nonces, so that only one of them can take effect
		}
		routes := slices.DeleteFunc(x.cfg.routes(&o.job), func(r Route) bool {
			return !a.busy.free(o.id, rollupsOf(&o.job, r)) || !x.pairs.free(o.id, pairsOf(&o.job, r))
		})
		if len(routes) == 0 {
			continue
		}
		q, why := Price(&o.job, x.snap.view(&x.cfg, a), routes, &terms)
		if why != nil {
			if best == nil {
				err = telling(err, why)
			}
			continue
		}
		if best == nil || q.betterThan(best.quote) {
			best, err = &offer{a, q, terms}, nil
		}
	}
	return best, err
}

// errBusy: all accounts, or the pools, wait for the fate of other bids on the order's rollups.
var errBusy = errors.New("solver: busy with other orders on the order's rollups")

// errVoid: the simulation says that a bid would be void.
var errVoid = errors.New("solver: would be void")

// bid simulates an offer to learn its gas, prices it once more with that, and submits it.
func (x *session) bid(ctx context.Context, o *order, best *offer) error {
	p := &plan{order: o, quote: best.quote, filler: best.account.address}
	if _, err := rand.Read(p.salt[:]); err != nil {
		return fmt.Errorf("salt: %w", err)
	}
	for k := range p.gasLimits {
		p.gasLimits[k] = simulationGas
	}
	draft, calls, err := x.sign(p, best.account)
	if err != nil {
		return err
	}
	simulated, err := x.gate.SimulateBundle(ctx, draft)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if !simulated.OK {
		return fmt.Errorf("%w: %s", errVoid, reasonOf(simulated))
	}
	learnGas(p, simulated, calls)
	best.terms.Gas = o.gas
	view := x.snap.view(&x.cfg, best.account)
	if p.quote, err = Price(&o.job, view, []Route{best.quote.Route}, &best.terms); err != nil {
		return err
	}
	final, _, err := x.sign(p, best.account)
	if err != nil {
		return err
	}
	b := &bid{bundle: final.ID(x.network), account: best.account, quote: p.quote, expires: time.UnixMilli(int64(final.NotAfter))}
	receipt, err := x.gate.SubmitSolution(ctx, o.id, final)
	if err == nil {
		b.bundle = receipt.BundleID
		x.submitted(o, b)
		return nil
	}
	if answer := rpc.Error(nil); errors.As(err, &answer) {
		x.meters.count(outcomeRefused)
	} else { // no answer, as when the connection breaks: the gateway may have taken it
		x.submitted(o, b)
	}
	return fmt.Errorf("submit: %w", err)
}

// reasonOf says why a bundle would be void.
func reasonOf(s *client.Simulation) string {
	if s.Rule != nil {
		return s.Rule.Message
	}
	if s.FailingLeg != nil {
		return fmt.Sprintf("leg %d: %s: %s", *s.FailingLeg, s.Code, s.Reason)
	}
	return fmt.Sprintf("%s: %s", s.Code, s.Reason)
}

// sign makes the bundle of a plan.
func (x *session) sign(p *plan, a *account) (*core.Bundle, []call, error) {
	calls, err := x.cfg.calls(p)
	if err != nil {
		return nil, nil, err
	}
	s := signing{
		network: x.network, predeploy: x.predeploy, account: a, nonces: x.snap.nonces[a.address], fees: x.snap.fees,
		notAfter: uint64(x.now().Add(x.cfg.BundleLife).UnixMilli()),
	}
	b, err := s.bundle(calls)
	return b, calls, err
}

// learnGas notes what the order's legs use: those of other orders tell nothing, because a recipient with code may use whatever it likes. Their limits are higher: what is refunded at the end is needed before, and the first trade
// of a second costs a pool more.
func learnGas(p *plan, simulated *client.Simulation, calls []call) {
	use := &p.order.gas
	into := [kinds]*uint64{kindBuy: &use.Buy, kindFill: &use.Fill, kindClaim: &use.Claim, kindSell: &use.Sell}
	for i, leg := range simulated.Legs {
		*into[calls[i].kind] = leg.GasUsed
		p.gasLimits[calls[i].kind] = leg.GasUsed + leg.GasUsed/2 + 20_000
	}
}

// submitted takes notice of a bid.
func (x *session) submitted(o *order, b *bid) {
	now := x.now()
	x.lease(o, b)
	o.bid, o.bids[b.bundle], o.why, o.held = b, b, nil, now.Add(rebidPause)
	if !o.answered {
		o.answered = true
		x.meters.response.Observe(now.Sub(o.seen).Seconds())
	}
	x.meters.count(outcomeSent)
	x.log.Info("bids", "order", o.id, "bundle", b.bundle, "input", x.amount(b.quote.Input, o.job.Input), "output", x.amount(b.quote.Output, o.job.Output),
		"profit", decimal(b.quote.Profit, 18), "took", now.Sub(o.seen))
}

func (x *session) amount(n *big.Int, symbol string) string {
	return decimal(n, x.cfg.decimalsOf(symbol)) + " " + symbol
}

// note logs why there is no bid, once for each reason.
func (x *session) note(o *order, why error) {
	if o.why == nil || o.why.Error() != why.Error() {
		x.log.Debug("does not bid", "order", o.id, "reason", why)
	}
	o.why = why
}
