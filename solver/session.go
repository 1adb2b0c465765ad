package solver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

const (
	// eventBuffer is how many messages of a subscription wait here; go-ethereum's client holds more behind it, and ends a
	// subscription that has too many.
	eventBuffer = 256
	// callTimeout bounds one request.
	callTimeout = 10 * time.Second
	// pace is how often deadlines and fees are looked at when nothing else happens.
	pace = time.Second
	// grace is how long a fate may stay unknown after a bid has expired.
	grace = 5 * time.Second
)

// errEnded: the gateway ended a subscription.
var errEnded = errors.New("solver: subscription ended")

// auctioneer is the gateway as far as bids are concerned; a *client.Client is one.
type auctioneer interface {
	// Intent is an order of its book, or one that it remembers.
	Intent(ctx context.Context, id common.Hash) (*client.Intent, error)
	SimulateBundle(ctx context.Context, b *core.Bundle) (*client.Simulation, error)
	// SubmitSolution bids with a bundle for an order.
	SubmitSolution(ctx context.Context, id common.Hash, b *core.Bundle) (*gateway.SolutionReceipt, error)
	// Status is what became of a bundle, with receipts.
	Status(ctx context.Context, bundle common.Hash) (*client.Status, error)
}

// session is one connection to the gateway.
type session struct {
	*Solver
	gate   auctioneer
	chains []*chain
	// stale: prices may have changed since snap was read; due: it is to be read again even if there is nothing to price.
	stale, due bool
	snap       *snapshot
}

// session connects, takes up the orders that are known and open, and bids until the connection or the context ends.
func (s *Solver) session(ctx context.Context) error {
	gate, err := client.Dial(ctx, s.cfg.Gateway)
	if err != nil {
		return err
	}
	defer gate.Close()
	chains, err := s.setUp(ctx, gate)
	if err != nil {
		return err
	}
	defer closeAll(chains)
	x := &session{Solver: s, gate: gate, chains: chains, stale: true, due: true}
	events, ticks := make(chan *client.IntentEvent, eventBuffer), make(chan *client.TickEvent, eventBuffer)
	intents, err := gate.SubscribeIntents(ctx, events)
	if err != nil {
		return fmt.Errorf("subscribe to orders: %w", err)
	}
	defer intents.Unsubscribe()
	executed, err := gate.SubscribeTicks(ctx, ticks)
	if err != nil {
		return fmt.Errorf("subscribe to ticks: %w", err)
	}
	defer executed.Unsubscribe()
	if err := x.catchUp(ctx); err != nil {
		return err
	}
	s.meters.sessions.Inc()
	s.began = true
	s.ready.Store(true)
	s.log.Info("watches for orders", "network", s.network)
	return x.loop(ctx, sources{events, ticks, intents.Err(), executed.Err()})
}

// sources are where news come from.
type sources struct {
	events                  <-chan *client.IntentEvent
	ticks                   <-chan *client.TickEvent
	intentsEnd, executedEnd <-chan error
}

// loop takes news and acts on them, all that have come together at once.
func (x *session) loop(ctx context.Context, from sources) error {
	timer := time.NewTicker(pace)
	defer timer.Stop()
	for {
		if err := x.wait(ctx, from, timer.C); err != nil {
			return err
		}
		for len(from.events) > 0 || len(from.ticks) > 0 {
			if err := x.wait(ctx, from, nil); err != nil {
				return err
			}
		}
		if err := x.act(ctx); err != nil {
			return err
		}
	}
}

// wait takes the next piece of news.
func (x *session) wait(ctx context.Context, from sources, timer <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-from.intentsEnd:
		return fmt.Errorf("%w: intents: %v", errEnded, err)
	case err := <-from.executedEnd:
		return fmt.Errorf("%w: ticks: %v", errEnded, err)
	case e := <-from.events:
		if e.Error != nil {
			return fmt.Errorf("%w: %s", errEnded, e.Error.Message)
		}
		x.event(ctx, e)
	case t := <-from.ticks:
		if t.Error != nil {
			return fmt.Errorf("%w: %s", errEnded, t.Error.Message)
		}
		x.stale = x.stale || len(t.Outcomes) > 0
	case <-timer:
		x.stale, x.due = true, true
		x.expire(ctx)
	}
	return nil
}

// catchUp learns what became of known orders while there was no connection. Those that the gateway has forgotten are over.
func (x *session) catchUp(ctx context.Context) error {
	for id := range x.orders {
		view, err := x.gate.Intent(ctx, id)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			x.log.Info("an order is gone", "order", id, "err", err)
			x.forget(x.orders[id])
			continue
		}
		x.event(ctx, &client.IntentEvent{Event: eventReopened, Intent: *view})
	}
	return nil
}

// act prices every order that takes solutions, if there is anything to gain from it.
func (x *session) act(ctx context.Context) error {
	x.meters.known.Set(float64(len(x.orders)))
	todo := x.todo()
	if x.stale && (len(todo) > 0 || x.due) {
		if refused, err := x.refresh(ctx); refused || err != nil {
			return err
		}
	}
	for _, o := range todo {
		if err := x.try(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// refresh reads prices and balances. What the gateway refuses, because of a limit of its own for example, it may give later.
func (x *session) refresh(ctx context.Context) (refused bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	snap, err := x.read(ctx, x.chains)
	var answer rpc.Error
	switch {
	case errors.As(err, &answer):
		x.log.Warn("cannot read prices and balances", "err", err)
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read prices and balances: %w", err)
	}
	x.snap, x.stale, x.due = snap, false, false
	x.meters.stock(&x.cfg, snap)
	return false, nil
}

// todo are the orders that are worth a look now, those that have waited longest first.
func (x *session) todo() (todo []*order) {
	now := x.now()
	for _, o := range x.orders {
		if o.open && o.job.Left.Sign() > 0 && !now.Before(o.held) && now.Before(o.deadline()) && (o.bid == nil || o.bid.state == bidWaits) {
			todo = append(todo, o)
		}
	}
	sortByAge(todo)
	return todo
}
