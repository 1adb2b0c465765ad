package mempool

import (
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// Failed bundles are free of fees, so they are not free of limits: each is charged to the client that brought it, never
// to the senders of its legs, whom anybody could charge that way. It is a rule of this node alone.

// client is what the pool knows of one client that sends bundles.
type client struct {
	// paid is the time up to which the client's void bundles use up its allowance: each moves it on by its share of
	// Config.VoidWindow, from now at the earliest.
	paid time.Time
	held int // bundles of its that are not executed yet
}

// askQuota refuses a client that has too many bundles under way, or had too many of them void lately.
func (p *Pool) askQuota(name string) error {
	c := p.clients[name]
	if c == nil {
		return nil
	}
	if c.held >= p.cfg.MaxClientBundles {
		return refuse(ErrQuota, "%d of this client's bundles are not executed yet, try again when they are", c.held)
	}
	if until := p.now().Add(p.cfg.VoidWindow); c.paid.After(until) {
		wait := c.paid.Sub(until)
		return refuse(ErrQuota, "more than %d in %s had no effect, try again in %s", p.cfg.MaxClientVoids, p.cfg.VoidWindow, wait.Round(time.Millisecond))
	}
	return nil
}

// holds notes that a client's bundle came in. A client beyond Config.MaxClients is not counted; the pool's other caps
// hold for it.
func (p *Pool) holds(b *bundle) {
	c := p.clients[b.client]
	if c == nil {
		if b.client == "" || len(p.clients) >= p.cfg.MaxClients {
			b.client = ""
			return
		}
		c = new(client)
		p.clients[b.client] = c
	}
	c.held++
}

// letsGo notes that a client's bundle left the pool.
func (p *Pool) letsGo(b *bundle) {
	if c := p.clients[b.client]; c != nil {
		c.held--
	}
}

// Voided takes notice of bundles that were executed without effect by their own fault, before Executed says so of
// their tick. They are charged to the clients that brought them to this node.
func (p *Pool) Voided(ids ...common.Hash) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for _, id := range ids {
		b := p.bundles[id]
		if b == nil || b.charged || p.clients[b.client] == nil {
			continue
		}
		b.charged = true
		p.counters.Voided++
		c := p.clients[b.client]
		if c.paid.Before(now) {
			c.paid = now
		}
		c.paid = c.paid.Add(p.cfg.VoidWindow / time.Duration(p.cfg.MaxClientVoids))
		if most := now.Add(2 * p.cfg.VoidWindow); c.paid.After(most) {
			c.paid = most // nobody is shut out for longer than a window
		}
	}
}

// forgetClients forgets who has nothing under way and nothing to pay.
func (p *Pool) forgetClients(now time.Time) {
	for name, c := range p.clients {
		if c.held == 0 && !c.paid.After(now) {
			delete(p.clients, name)
		}
	}
}
