package gatewaytest

import (
	"sync"

	"github.com/lockstep-network/lockstep/core"
)

// Checkpoints are complete checkpoints in memory, ascending.
type Checkpoints struct {
	mu  sync.Mutex
	all []*core.CompleteCheckpoint
	err error
}

// Add adds the next one.
func (c *Checkpoints) Add(next *core.CompleteCheckpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, next)
}

// Break lets every read from now on fail.
func (c *Checkpoints) Break(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

// Newest implements gateway.Checkpoints.
func (c *Checkpoints) Newest() (*core.CompleteCheckpoint, bool, error) {
	return c.first(func(i int) bool { return i == len(c.all)-1 })
}

// Oldest implements gateway.Checkpoints.
func (c *Checkpoints) Oldest() (*core.CompleteCheckpoint, bool, error) {
	return c.first(func(i int) bool { return i == 0 })
}

// OfSlot implements gateway.Checkpoints.
func (c *Checkpoints) OfSlot(slot uint64) (*core.CompleteCheckpoint, bool, error) {
	return c.first(func(i int) bool { return c.all[i].Draft.Slot == slot })
}

func (c *Checkpoints) first(is func(i int) bool) (*core.CompleteCheckpoint, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return nil, false, c.err
	}
	for i := range c.all {
		if is(i) {
			return c.all[i], true, nil
		}
	}
	return nil, false, nil
}
