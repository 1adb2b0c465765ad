package sim

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// Report is what happened in a run.
type Report struct {
	Seed   uint64 `json:"seed"`
	Faults string `json:"faults"`
	// Ticks is how many were decided, Slots the time they took in seconds of consensus time.
	Ticks uint64 `json:"ticks"`
	Slots uint64 `json:"slots"`
	// Bundles, Singles and Positions are those that were ordered: bundles at each place once, positions of all lanes.
	Bundles   uint64 `json:"bundles"`
	Singles   uint64 `json:"singles"`
	Positions uint64 `json:"positions"`
	// Accepted entries were taken by a pool; LostWithPool are those that were nowhere else when their validator crashed.
	Accepted     uint64 `json:"accepted"`
	LostWithPool uint64 `json:"lostWithPool"`
	// Outcomes counts the decided positions by outcome.
	Outcomes map[string]uint64 `json:"outcomes"`
	// Injected counts the faults by kind.
	Injected map[string]uint64 `json:"injected"`
	// Checked counts the single checks by invariant.
	Checked map[string]uint64 `json:"checked"`
	// Executed and Remembered are engine calls that were made, and those whose result was known.
	Executed   uint64 `json:"executed"`
	Remembered uint64 `json:"remembered"`
	// Hash is over all events of the run: equal for equal configurations.
	Hash string `json:"hash"`
	// Violation is the promise that was broken, if one was, and Repeat the command that shows it again.
	Violation *Violation `json:"violation,omitempty"`
	Repeat    string     `json:"repeat,omitempty"`
}

// Run simulates a network. A broken promise is in the report and is no error; errors are those of the configuration, of
// ctx, and of the simulator itself.
func Run(ctx context.Context, cfg Config) (Report, error) {
	s, err := newSimulation(cfg)
	if err != nil {
		return Report{}, err
	}
	err = s.guarded(ctx)
	report := s.report()
	if v := (*Violation)(nil); errors.As(err, &v) {
		report.Violation, err = v, nil
		report.Repeat = cfg.Command()
	}
	return report, errors.Join(err, s.close())
}

// guarded runs the simulation; a panic of a stage is a violation like others.
func (s *simulation) guarded(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.broken("nothing panics", -1, "%v\n%s", p, debug.Stack())
		}
	}()
	return s.run(ctx)
}

// Shrink looks for fewer ticks that break a promise too, with at most tries runs, and gives the report of the smallest
// run found. A run of n ticks begins like every longer one, so the tick of the violation is the first guess.
func Shrink(ctx context.Context, cfg Config, found Report, tries int) (Report, error) {
	cfg.Progress, cfg.Trace = nil, nil
	low, high := uint64(0), cfg.Ticks
	for guess := found.Violation.Tick; tries > 0 && low+1 < high; tries-- {
		if guess <= low || guess >= high {
			guess = low + (high-low)/2
		}
		cfg.Ticks = guess
		report, err := Run(ctx, cfg)
		if err != nil {
			return found, fmt.Errorf("shrink: %w", err)
		}
		if report.Violation != nil {
			found, high = report, cfg.Ticks
		} else {
			low = cfg.Ticks
		}
		if guess = high - 1; tries%2 == 0 {
			guess = 0
		}
	}
	return found, nil
}

func (s *simulation) report() Report {
	r := Report{
		Seed: s.cfg.Seed, Faults: s.asked, Ticks: s.height, Slots: (s.timeMs - genesisTime) / 1000,
		Bundles: s.oracle.bundles, Singles: s.oracle.singles, Positions: s.oracle.positions,
		Accepted: s.load.acceptedCount, LostWithPool: s.oracle.lostWithPool,
		Outcomes: s.oracle.outcomes, Injected: s.counts, Checked: s.oracle.checks, Hash: s.trace.hash(),
	}
	for _, executors := range s.executors {
		for _, x := range executors {
			r.Executed += x.executed
			r.Remembered += x.remembered
		}
	}
	return r
}
