package gatewaytest

import (
	"context"
	"fmt"
	"sync"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// Control orders changes at once, each with the tick of twice its number, and lets none take effect.
type Control struct {
	genesis *core.Genesis

	mu      sync.Mutex
	changes []gateway.Change
}

// NewControl is the changes of a network that has made none.
func NewControl(genesis *core.Genesis) *Control { return &Control{genesis: genesis} }

// AddControl implements gateway.Control.
func (c *Control) AddControl(_ context.Context, entry *core.Control) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := uint64(len(c.changes)) + 1
	if entry.Sequence != next {
		return fmt.Errorf("sequence: %w: %d, the next one is %d", core.ErrControl, entry.Sequence, next)
	}
	if err := entry.Verify(c.genesis.NetworkID(), c.genesis.ValidatorSet()); err != nil {
		return err
	}
	c.changes = append(c.changes, gateway.Change{Sequence: next, Change: entry.Change, Effective: entry.Effective, Ordered: 2 * next})
	return nil
}

// Changes implements gateway.Control.
func (c *Control) Changes(from uint64, limit int) (changes []gateway.Change, next uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next = uint64(len(c.changes)) + 1
	first := min(max(from, 1), next) - 1
	return c.changes[first:min(first+uint64(limit), next-1)], next
}

// Validators implements gateway.Control.
func (c *Control) Validators() []core.Validator { return c.genesis.Validators }

// Protocol implements gateway.Control.
func (c *Control) Protocol() (version, since uint64) { return core.ProtocolVersion, 1 }
