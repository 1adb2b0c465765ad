package harness

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
)

// StartProfile writes where this process spends its processor time to FILE.cpu.pprof, until stop is called, and what it has allocated since
// its start to FILE.allocs.pprof then. There can be one at a time.
func StartProfile(file string) (stop func() error, err error) {
	cpu, err := os.Create(file + ".cpu.pprof")
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(err, cpu.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		allocs, err := os.Create(file + ".allocs.pprof")
		if err != nil {
			return errors.Join(err, cpu.Close())
		}
		return errors.Join(pprof.Lookup("allocs").WriteTo(allocs, 0), allocs.Close(), cpu.Close())
	}, nil
}

// order is what a parent tells a child that is attached.
type order struct {
	// Profile is the file of a profile to begin, empty to end the one that runs.
	Profile string `json:"profile"`
}

// Profile has the child begin a profile, see StartProfile; an empty file ends it. The child must be attached.
func (p *Process) Profile(file string) error {
	if err := p.Tell(order{Profile: file}); err != nil {
		return fmt.Errorf("profile process %d: %w: %s", p.PID(), err, p.Stderr())
	}
	return nil
}

// profiler obeys orders.
type profiler struct{ stop func() error }

// obey ends the profile that runs, and begins the next one if there is one.
func (p *profiler) obey(o order) (err error) {
	if p.stop != nil {
		err = p.stop()
		p.stop = nil
	}
	if o.Profile != "" && err == nil {
		p.stop, err = StartProfile(o.Profile)
	}
	return err
}
