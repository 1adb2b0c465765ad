package gateway

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// Ticks is the subscription lockstep_subscribe("ticks", {"from": n}).
func (a *API) Ticks(ctx context.Context, options *Param) (*rpc.Subscription, error) {
	from, err := a.g.readFrom(options)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	// The place is taken before the client has its answer, so that nothing between the two is left out.
	at := a.g.feed.anchor()
	return a.g.subscribe(ctx, func(s *subscriber) { a.g.sendTicks(s, at, from) })
}

// readFrom reads the first tick to send; 0 means none before the next one.
func (g *Gateway) readFrom(options *Param) (uint64, error) {
	if !options.given() {
		return 0, nil
	}
	fields, err := readObject("options", options.raw, "from")
	if err != nil {
		return 0, err
	}
	raw, ok := fields["from"]
	if !ok {
		return 0, nil
	}
	from, err := readNumber("options.from", raw, "a tick")
	if err != nil {
		return 0, err
	}
	oldest, next := g.deps.Log.Oldest(), g.feed.newest()+1
	if from >= oldest && from <= next {
		return from, nil
	}
	refusal := &Refusal{Cause: ErrUnknownTick, Field: "options.from", Have: fmt.Sprint(from), Want: fmt.Sprintf("%d to %d", oldest, next)}
	if from < oldest {
		refusal.Detail = fmt.Sprintf("the oldest tick that this node keeps is %d", oldest)
	}
	return 0, refusal
}

// subscriber is a subscription on a client's connection.
type subscriber struct {
	notifier *rpc.Notifier
	sub      *rpc.Subscription
	draining <-chan struct{}
}

// subscribe starts a subscription that run serves; run returns when the subscription is over.
func (g *Gateway) subscribe(ctx context.Context, run func(*subscriber)) (*rpc.Subscription, error) {
	notifier, ok := rpc.NotifierFromContext(ctx)
	if !ok {
		return nil, rpc.ErrNotificationsUnsupported
	}
	if !g.feed.join() {
		return nil, g.lockstepError(&Refusal{Cause: ErrBusy, Detail: "the gateway shuts down"})
	}
	s := &subscriber{notifier, notifier.CreateSubscription(), g.draining}
	go func() {
		defer g.feed.leave()
		run(s)
	}()
	return s.sub, nil
}

// send sends a message; false means that the subscription is over.
func (s *subscriber) send(message any) bool {
	if s.notifier.Notify(s.sub.ID, message) != nil {
		return false
	}
	select {
	case <-s.sub.Err():
		return false
	case <-s.draining:
		return false
	default:
		return true
	}
}

// wait waits for a signal; false means that the subscription is over.
func (s *subscriber) wait(signal <-chan struct{}) bool {
	select {
	case <-signal:
		return true
	case <-s.sub.Err():
	case <-s.draining:
	}
	return false
}

// sendTicks serves a subscription to ticks: first the replay of those from `from` on, then what happens; without a replay,
// what happens from the place `at` on.
func (g *Gateway) sendTicks(s *subscriber, at *anchor, from uint64) {
	resume := newResumption(&g.deps)
	if from > 0 {
		var err error
		if at, err = g.replay(s, from, resume); err != nil {
			g.end(s, err, resume)
			return
		}
		if at == nil {
			return
		}
	} else {
		resume.tick = at.tick + 1
	}
	for place := at.place; ; {
		message, changed, lost := g.feed.read(place)
		switch {
		case lost:
			g.meters.exceeded(limitFeedBacklog)
			g.end(s, ErrSlowConsumer, resume)
			return
		case message == nil:
			if !s.wait(changed) {
				return
			}
		case !s.send(message):
			return
		default:
			resume.sent(message)
			place++
		}
	}
}

// end sends the last message of a subscription that the gateway ends.
func (g *Gateway) end(s *subscriber, err error, resume *resumption) {
	s.send(&ErrorMessage{messageError, g.errorView(err), resume.from()})
}

// resumption follows what a subscriber got, to tell it where to go on.
type resumption struct {
	genesis *core.Genesis
	// tick is the one behind the newest that was sent.
	tick uint64
	// undecided are the ticks that were sent and whose outcomes were not, of the zones that this node executes.
	undecided map[core.ZoneID]*attestedProgress
}

func newResumption(deps *Deps) *resumption {
	r := &resumption{genesis: deps.Genesis, undecided: make(map[core.ZoneID]*attestedProgress)}
	for id := range deps.Zones {
		r.undecided[id] = new(attestedProgress)
	}
	return r
}

// sent notes a message that the subscriber got.
func (r *resumption) sent(message any) {
	switch m := message.(type) {
	case *TickMessage:
		r.tick = m.Number + 1
		for _, lane := range m.Lanes {
			if p := r.undecided[r.genesis.ZoneOf(lane.Rollup)]; p != nil {
				p.mark(m.Number)
			}
		}
	case *ExecutedMessage:
		r.undecided[m.Zone].reach(m.Tick)
	case *RebuiltMessage:
		p := r.undecided[m.Zone]
		p.tick = min(p.tick, m.Tick-1)
		p.mark(m.Tick)
	}
}

// from is the tick from which nothing is missed.
func (r *resumption) from() uint64 {
	from := r.tick
	for _, p := range r.undecided {
		if p.oldest > 0 {
			from = min(from, p.oldest)
		}
	}
	return from
}
