package zone

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-network/lockstep/core"
)

// deathsToSwitchOff is how often a zone dies at the same place before it gives up: a second try from the log heals what a
// bad moment did, a third one would only be a loop.
const deathsToSwitchOff = 2

// maxReason bounds what is kept of a death's error in bytes.
const maxReason = 1024

// begin takes the zone to where it executes from, or leaves it switched off.
func (z *Zone) begin() error {
	last, err := z.store.death()
	if err != nil {
		return err
	}
	if z.results.agreed, err = z.attestedOnDisk(); err != nil {
		return err
	}
	if last.Build == z.cfg.Build && last.Count >= deathsToSwitchOff && !z.cfg.Retry && z.results.agreed.Tick < last.Tick {
		// Nothing is touched: what the engines hold is evidence, and may be what made the zone die.
		z.results.executed = z.results.agreed.Tick
		z.results.ring.reset(z.results.executed + 1)
		z.results.stop(fmt.Errorf("%w: build %q died %d times at tick %d: %s", ErrSwitchedOff, last.Build, last.Count, last.Tick, last.Reason))
		return nil
	}
	z.results.shown = z.cfg.Shown
	return z.recoverSeal()
}

// attestedOnDisk finds the newest attested result that is among the zone's own: the one that was noted, or one that the
// log told of and the zone had no time to compare or to note.
func (z *Zone) attestedOnDisk() (core.Attested, error) {
	agreed, err := z.store.agreed()
	if err != nil {
		return agreed, err
	}
	agreed.Zone = z.cfg.Zone
	own, newest, err := z.store.digests()
	if err != nil {
		return agreed, err
	}
	for tick := max(agreed.Tick+1, z.cfg.first()); tick <= z.cfg.Shown; tick++ {
		record, err := z.log.Record(tick)
		if err != nil {
			return agreed, fmt.Errorf("zone: read record of tick %d: %w", tick, err)
		}
		for _, a := range record.Attested {
			switch digest, ok := own[a.Tick]; {
			case a.Zone != z.cfg.Zone:
			case a.Tick > newest || ok && digest != a.Digest:
				return agreed, nil
			case ok && a.Tick > agreed.Tick:
				agreed = a
			}
		}
	}
	return agreed, nil
}

// Run executes the log tick by tick until ctx ends, which is no error, or something does not allow to go on. A zone that
// dies, because its result is not the attested one or because an engine fails or panics, goes back to the newest attested
// seal and executes again; when that ends in a death before it has got beyond the first one, Run gives up. It leaves a
// mark then, so that the zone of the same build starts switched off: ErrSwitchedOff. After Run waits end with ErrStopped,
// and what was published stays readable. Run may be called once.
func (z *Zone) Run(ctx context.Context) (err error) {
	defer func() { z.results.stop(err) }()
	if err := z.Err(); err != nil {
		return err
	}
	z.durable.beside = true
	defer func() { err = errors.Join(err, z.durable.wait()) }()
	for first := uint64(0); ; {
		tick, err := z.execute(ctx)
		if err == nil {
			return nil
		}
		again := first == 0 || z.Agreed() >= first
		off, markErr := z.noteDeath(tick, err)
		if markErr != nil || off || !again {
			return errors.Join(err, markErr)
		}
		first = tick
		z.listener.Rebuilding(Death{Tick: tick, Err: err})
		if rebuildErr := z.rebuild(); rebuildErr != nil {
			return errors.Join(err, fmt.Errorf("zone %s: rebuild: %w", z.cfg.Zone, rebuildErr))
		}
	}
}

// execute runs until ctx ends (nil) or the zone dies, and says at which tick.
func (z *Zone) execute(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := z.results.begin(cancel); err != nil {
		return 0, err
	}
	for {
		next := z.machine.tick + 1
		err := z.log.Wait(ctx, next)
		if tick, diverged := z.results.divergence(); diverged != nil {
			return tick, diverged
		}
		if ctx.Err() != nil {
			return 0, nil
		}
		if err == nil {
			err = guard(func() error { return z.step(next) })
		}
		if tick, diverged := z.results.divergence(); diverged != nil && errors.Is(err, ErrDiverged) {
			return tick, diverged
		}
		if err != nil {
			return next, fmt.Errorf("zone %s: tick %d: %w", z.cfg.Zone, next, err)
		}
	}
}

// noteDeath records a death that the executor itself caused, and says whether it is one too many. A failing disk leaves no
// mark: it may be repaired without another build.
func (z *Zone) noteDeath(tick uint64, cause error) (off bool, err error) {
	if !errors.Is(cause, ErrDiverged) && !errors.Is(cause, ErrInvariant) {
		return false, nil
	}
	last, err := z.store.death()
	if err != nil {
		return false, err
	}
	d := deathRLP{Build: z.cfg.Build, Tick: tick, Count: 1, Reason: cause.Error()}
	if last.Build == d.Build && z.Agreed() < last.Tick {
		d.Count, d.Tick = last.Count+1, min(last.Tick, tick)
	}
	d.Reason = d.Reason[:min(len(d.Reason), maxReason)]
	return d.Count >= deathsToSwitchOff, z.store.putDeath(d)
}

// rebuild goes back to the newest attested seal. Simulations wait meanwhile.
func (z *Zone) rebuild() error {
	z.views.Lock()
	defer z.views.Unlock()
	z.results.mu.Lock()
	z.results.rebuilds++
	z.results.mu.Unlock()
	return guard(func() error { return errors.Join(z.durable.wait(), z.recoverSeal()) })
}
