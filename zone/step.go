package zone

import "fmt"

// Step executes the next tick, which the log must hold already, on the caller's goroutine. It is for drivers that decide
// themselves when a zone gets on, such as a simulation of a whole network, and takes the place of Run: the two must not
// be mixed. After an error, ErrDiverged among them, the zone must not be stepped again.
func (z *Zone) Step() error {
	if _, err := z.results.divergence(); err != nil {
		return err
	}
	next := z.machine.tick + 1
	if err := guard(func() error { return z.step(next) }); err != nil {
		return fmt.Errorf("zone %s: tick %d: %w", z.cfg.Zone, next, err)
	}
	_, err := z.results.divergence()
	return err
}
