package evm

import (
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
)

// attempt is a bundle's scratch execution over the open block.
type attempt struct {
	chain *Chain
	over  *workspace
	// err is why the attempt cannot go on.
	err error
}

// Attempt implements zone.Engine. If no attempt can begin now, its Apply and Merge say why.
func (c *Chain) Attempt() zone.Attempt {
	if err := c.writable(); err != nil {
		return &attempt{err: err}
	}
	over, err := c.open.over()
	if err != nil {
		return &attempt{err: err}
	}
	c.running = &attempt{chain: c, over: over}
	return c.running
}

// Apply implements zone.Attempt.
func (a *attempt) Apply(tx core.Transaction) (_ zone.Execution, err error) {
	defer haltOnPanic(&err, "apply a leg")
	if a.err != nil {
		return zone.Execution{}, a.err
	}
	return a.over.apply(tx)
}

// Storage implements zone.Attempt.
func (a *attempt) Storage(account common.Address, slot common.Hash) (_ common.Hash, _ bool, err error) {
	defer haltOnPanic(&err, "read storage")
	if a.err != nil {
		return common.Hash{}, false, a.err
	}
	return a.over.storage(account, slot)
}

// Merge implements zone.Attempt.
func (a *attempt) Merge() (err error) {
	defer haltOnPanic(&err, "merge")
	if a.err != nil {
		return a.err
	}
	a.Drop()
	if err := a.over.broken(); err != nil {
		return err
	}
	return a.over.merge()
}

// Drop implements zone.Attempt.
func (a *attempt) Drop() {
	if a.err == nil {
		a.chain.running, a.err = nil, ErrAttemptOver
		a.over.release()
	}
}
