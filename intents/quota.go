package intents

import (
	"time"
)

// quota counts the failing orders and solutions of clients, as the pool counts void bundles: to check and to simulate costs this node, and nothing the
// client. It is not safe for concurrent use.
type quota struct {
	cfg Config
	// paid is the time up to which a client's failures use up its allowance: each moves it on by its share of
	// Config.FailureWindow, from now at the earliest.
	paid map[string]time.Time
}

func newQuota(cfg Config) *quota { return &quota{cfg: cfg, paid: make(map[string]time.Time)} }

// ask refuses a client of which too many orders and solutions failed lately.
func (q *quota) ask(client string, now time.Time) error {
	until := now.Add(q.cfg.FailureWindow)
	if paid := q.paid[client]; paid.After(until) {
		return refuse(ErrQuota, "more than %d in %s, try again in %s", q.cfg.MaxClientFailures, q.cfg.FailureWindow, paid.Sub(until).Round(time.Millisecond))
	}
	return nil
}

// charge notes a failure. A client beyond Config.MaxClients is not counted; the caps of the book hold for it.
func (q *quota) charge(client string, now time.Time) {
	if client == "" {
		return
	}
	paid, known := q.paid[client]
	if !known && len(q.paid) >= q.cfg.MaxClients {
		q.forget(now)
		if len(q.paid) >= q.cfg.MaxClients {
			return
		}
	}
	if paid.Before(now) {
		paid = now
	}
	paid = paid.Add(q.cfg.FailureWindow / time.Duration(q.cfg.MaxClientFailures))
	if most := now.Add(2 * q.cfg.FailureWindow); paid.After(most) {
		paid = most // nobody is shut out for longer than a window
	}
	q.paid[client] = paid
}

// forget forgets who has nothing to pay.
func (q *quota) forget(now time.Time) {
	for client, paid := range q.paid {
		if !paid.After(now) {
			delete(q.paid, client)
		}
	}
}
