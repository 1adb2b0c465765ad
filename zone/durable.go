package zone

import (
	"fmt"

	"github.com/lockstep-network/lockstep/core"
)

// durability makes seals survive the loss of power: first the engines' blocks, then the record that names them. Only one seal is under
// way at a time, so what a crash takes away is the newest seal, if any. It belongs to the zone's loop.
type durability struct {
	store *store
	// beside the execution of the next slot's ticks, or before it.
	beside bool
	// done gets the verdict on the seal under way, nil if there is none.
	done chan error
}

// begin makes a seal durable whose blocks are those of engines; the verdict may have to be waited for.
func (d *durability) begin(r SealRecord, engines map[core.RollupID]Engine) error {
	if !d.beside {
		return d.seal(r, engines)
	}
	done := make(chan error, 1) // nobody may be there to take it
	go func() { done <- guard(func() error { return d.seal(r, engines) }) }()
	d.done = done
	return nil
}

// wait returns when the seal under way is durable, or with the reason why it is not.
func (d *durability) wait() error {
	if d.done == nil {
		return nil
	}
	err := <-d.done
	d.done = nil
	return err
}

func (d *durability) seal(r SealRecord, engines map[core.RollupID]Engine) error {
	err := eachOf(r.Rollups, func(s RollupSeal) core.RollupID { return s.Rollup }, func(_ int, s RollupSeal) error {
		if err := engines[s.Rollup].Sync(); err != nil {
			return fmt.Errorf("sync block %d: %w", s.Number, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.store.putSeal(r); err != nil {
		return fmt.Errorf("write seal record: %w", err)
	}
	return nil
}
