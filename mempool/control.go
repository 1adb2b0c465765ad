package mempool

import (
	"context"

	"github.com/lockstep-network/lockstep/core"
)

// Controls is an optional ability of a State: whether the next tick may hold a control entry. Without it the pool takes none.
type Controls interface {
	// CheckControl is nil, or an error of package core that says what is wrong or missing.
	CheckControl(c *core.Control) error
}

// AddControl takes a control entry: checks everything that a tick needs of it, keeps it for the next one and hands it to
// gossip. The pool holds one: of two with the next sequence the first stays.
func (p *Pool) AddControl(ctx context.Context, c *core.Control) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	return p.addControl(c, true)
}

func (p *Pool) addControl(c *core.Control, local bool) error {
	err := ErrState
	if p.controls != nil {
		err = p.controls.CheckControl(c)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && p.control != nil && p.control.Sequence == c.Sequence {
		err = ErrAlreadyKnown
	}
	if err != nil {
		p.counters.Refused++
		return err
	}
	p.control = c
	p.counters.Admitted++
	if local {
		p.outbox.add(outgoing{control: c}, p.live()+1)
	}
	p.wake()
	return nil
}

// followControl lets go of a control entry that was ordered or can be ordered no more. p.mu is held.
func (p *Pool) followControl(tick *core.Tick) {
	if p.control == nil {
		return
	}
	ordered := tick.Control != nil && tick.Control.Sequence >= p.control.Sequence
	if ordered || tick.Time > p.control.NotAfter || tick.Control == nil && p.controls.CheckControl(p.control) != nil {
		p.control = nil
	}
}
