package gateway

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// poolLook is how often a subscription to the levels of an entry that is not ordered looks whether the pool has got it. What
// the pool drops is told at once.
const poolLook = 250 * time.Millisecond

// messageLevel is the kind of message of the subscription "levels".
const messageLevel = "level"

// LevelMessage says that a transaction or bundle has reached a level. Of several attempts it is the best one: the highest
// level, and of these one that took effect.
type LevelMessage struct {
	Type string      `json:"type"`
	ID   common.Hash `json:"id"`
	// Kind is "transaction", "bundle", or "unknown" while this node has never heard of the id.
	Kind  string     `json:"kind"`
	Level core.Level `json:"level"`
	// Tick is the one that ordered it, and TickTime its consensus time. For the levels executed and attested, DecidedTick is
	// the one that decided it.
	Tick        uint64 `json:"tick,omitempty"`
	TickTime    uint64 `json:"tickTime,omitempty"`
	DecidedTick uint64 `json:"decidedTick,omitempty"`
	// Time is when this node learned of the level, in ms since the Unix epoch; missing if it does not remember.
	Time uint64 `json:"time,omitempty"`
	// Outcome, Reverted, FailingLeg and Reason are missing until it is decided.
	Outcome    *core.OutcomeCode `json:"outcome,omitempty"`
	Reverted   bool              `json:"reverted,omitempty"`
	FailingLeg *int              `json:"failingLeg,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	// Dropped says why the entry left this node's pool without being ordered.
	Dropped *ErrorView `json:"dropped,omitempty"`
	// Final: this is the last message. The entry was dropped, or there is no higher level to come from this node.
	Final bool `json:"final,omitempty"`

	times *LevelTimes
}

// Levels is the subscription lockstep_subscribe("levels", id).
func (a *API) Levels(ctx context.Context, id Param) (*rpc.Subscription, error) {
	hash, err := readHash("id", id.raw)
	if err != nil {
		return nil, a.g.lockstepError(err)
	}
	if _, ok := rpc.NotifierFromContext(ctx); !ok {
		return nil, rpc.ErrNotificationsUnsupported
	}
	wt, ok := a.g.waiters.add(hash)
	if !ok {
		a.g.meters.exceeded(limitWaiters)
		return nil, a.g.lockstepError(&Refusal{Cause: ErrBusy, Detail: "waiting calls and subscriptions to levels"})
	}
	sub, err := a.g.subscribe(ctx, func(s *subscriber) {
		defer a.g.waiters.remove(wt)
		a.g.sendLevels(s, wt)
	})
	if err != nil {
		a.g.waiters.remove(wt)
	}
	return sub, err
}

// sendLevels serves a subscription to the levels of an entry until the last one.
func (g *Gateway) sendLevels(s *subscriber, wt *waiter) {
	look := time.NewTicker(poolLook)
	defer look.Stop()
	var last *LevelMessage
	for watching := false; ; {
		status, err := g.status(wt.id)
		if err != nil {
			s.send(&ErrorMessage{Type: messageError, Error: g.errorView(err)})
			return
		}
		now := g.levelMessage(status)
		for _, m := range steps(last, now, milliseconds(g.deps.Now())) {
			if !s.send(m) || m.Final {
				return
			}
			last = m
		}
		if now.Level >= core.LevelOrdered && !watching {
			g.waiters.watchAttested(wt)
			watching = true
			look.Stop() // nothing more to learn from the pool
			continue    // what became of it until now woke nobody
		}
		select {
		case <-wt.wake:
		case <-look.C:
		case <-s.sub.Err():
			return
		case <-g.draining:
			return
		}
	}
}

// levelMessage is the message about a status.
func (g *Gateway) levelMessage(s *Status) *LevelMessage {
	m := &LevelMessage{Type: messageLevel, ID: s.ID, Kind: s.Kind, Level: s.Level, Dropped: s.Dropped, Final: s.Dropped != nil}
	best := bestAttempt(s.Attempts)
	if best == nil {
		return m
	}
	m.Tick, m.TickTime, m.DecidedTick = best.Tick, best.TickTime, best.DecidedTick
	m.Outcome, m.FailingLeg, m.Reason = best.Outcome, best.FailingLeg, best.Reason
	m.Reverted = best.Reverted != nil && *best.Reverted
	m.times, m.Time = best.Times, best.Times.at(m.Level)
	m.Final = m.Level >= g.lastLevel(best) && !best.PreConfirmed
	return m
}

// bestAttempt is the attempt with the highest level, of several one that took effect, or else the newest; nil if there is none.
func bestAttempt(attempts []Attempt) *Attempt {
	var best *Attempt
	for i := range attempts {
		a := &attempts[i]
		if best == nil || a.Level > best.Level || a.Level == best.Level && (best.Outcome == nil || best.Outcome.Void()) {
			best = a
		}
	}
	return best
}

// lastLevel is the highest level that this node will ever tell of an attempt: a bundle's is the lowest of its legs'.
func (g *Gateway) lastLevel(a *Attempt) core.Level {
	if a.Rollup != nil {
		z, ok := g.deps.Zones[g.deps.Genesis.ZoneOf(*a.Rollup)]
		switch {
		case !ok:
			if kind, known := g.deps.Genesis.Kind(*a.Rollup); known && kind == core.KindOPStack && g.deps.Reports != nil {
				return core.LevelExecuted // its operator reports
			}
			return core.LevelOrdered
		case z.Err() != nil:
			return a.Level
		}
		return core.LevelAttested
	}
	last := core.LevelAttested
	for i := range a.Legs {
		last = min(last, g.lastLevel(&a.Legs[i]))
	}
	return last
}

// at is when a level was reached; 0 if that is not remembered.
func (t *LevelTimes) at(level core.Level) uint64 {
	if t == nil {
		return 0
	}
	switch level {
	case core.LevelOrdered:
		return t.Ordered
	case core.LevelExecuted:
		return t.Executed
	case core.LevelAttested:
		return t.Attested
	}
	return 0
}

// steps are the messages that lead from the last one sent to the newest: one for each level between, so that none is left
// out when two are reached at once. ms is the time at which this was noticed.
func steps(last, newest *LevelMessage, ms uint64) []*LevelMessage {
	switch {
	case last == nil:
		return []*LevelMessage{newest}
	case last.Level == newest.Level && last.Kind == newest.Kind && !newest.Final && sameOutcome(last.Outcome, newest.Outcome):
		return nil
	}
	var messages []*LevelMessage
	for level := max(last.Level, core.LevelAccepted) + 1; level < newest.Level; level++ {
		m := *newest
		m.Level, m.Final, m.Time = level, false, m.times.at(level)
		if level < core.LevelExecuted {
			m.DecidedTick, m.Outcome, m.Reverted, m.FailingLeg, m.Reason = 0, nil, false, nil, ""
		}
		messages = append(messages, &m)
	}
	messages = append(messages, newest)
	for _, m := range messages {
		if m.Time == 0 {
			m.Time = ms
		}
	}
	return messages
}

func sameOutcome(a, b *core.OutcomeCode) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
