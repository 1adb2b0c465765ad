package evm

import (
	"errors"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// attempt is a bundle's scratch execution on top of the open block. Its first leg runs in the open block itself and is
// finalised with the merge: until then one snapshot takes it back, and most bundles have no other leg on a rollup. A second
// one needs the first finalised, after which there is no way back, so both run in an overlay then.
type attempt struct {
	chain *Chain
	// before is the open block before the first leg; nil until it is applied, and once there is an overlay.
	before *mark
	first  core.Transaction
	// over is the overlay, nil without one.
	over *workspace
	// err is why the attempt cannot go on.
	err error
}

// Attempt implements zone.Engine. If no attempt can begin now, its Apply and Merge say why.
func (c *Chain) Attempt() zone.Attempt {
	if err := c.writable(); err != nil {
		return &attempt{err: err}
	}
	c.running = &attempt{chain: c}
	return c.running
}

// Apply implements zone.Attempt.
func (a *attempt) Apply(tx core.Transaction) (_ zone.Execution, err error) {
	defer haltOnPanic(&err, "apply a leg")
	if a.err != nil {
		return zone.Execution{}, a.err
	}
	if a.before == nil && a.over == nil {
		a.before, a.first = a.chain.open.mark(), tx
		execution, err := a.chain.open.applyOnce(tx, false)
		if p := (*panicked)(nil); !errors.As(err, &p) {
			return execution, err
		}
		if err := a.move(); err != nil {
			return zone.Execution{}, err
		}
		return a.over.retry(tx.Eth(), bodySize(tx))
	}
	if a.over == nil {
		if err := a.move(); err != nil {
			return zone.Execution{}, err
		}
		if _, err := a.over.apply(a.first); err != nil {
			return zone.Execution{}, err
		}
	}
	return a.over.apply(tx)
}

// move takes the first leg back and begins an overlay.
func (a *attempt) move() (err error) {
	a.chain.open.back(a.before)
	a.before = nil
	a.over, err = a.chain.open.over()
	return err
}

// on is the workspace that the legs so far are in.
func (a *attempt) on() *workspace {
	if a.over != nil {
		return a.over
	}
	return a.chain.open.workspace
}

// Storage implements zone.Attempt.
func (a *attempt) Storage(account common.Address, slot common.Hash) (_ common.Hash, _ bool, err error) {
	defer haltOnPanic(&err, "read storage")
	if a.err != nil {
		return common.Hash{}, false, a.err
	}
	return a.on().storage(account, slot)
}

// Merge implements zone.Attempt.
func (a *attempt) Merge() (err error) {
	defer haltOnPanic(&err, "merge")
	if a.err != nil {
		return a.err
	}
	on := a.on()
	if err := on.broken(); err != nil {
		a.Drop()
		return err
	}
	if a.over == nil {
		on.state.Finalise(on.env.rules)
		a.before = nil
	}
	a.Drop()
	if a.over == nil {
		return on.broken()
	}
	return a.over.merge()
}

// Drop implements zone.Attempt.
func (a *attempt) Drop() {
	if a.err != nil {
		return
	}
	a.chain.running, a.err = nil, ErrAttemptOver
	if a.over != nil {
		a.over.release()
	} else if a.before != nil {
		a.chain.open.back(a.before)
	}
}
