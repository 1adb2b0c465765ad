package sim_test

import (
	"errors"
	"flag"
	"testing"

	"github.com/lockstep-network/lockstep/sim"
)

var bundles = flag.Uint64("bundles", 10_000, "bundles to order in TestRun_EveryPromiseHoldsUnderFaults")

func run(t *testing.T, cfg sim.Config) sim.Report {
	t.Helper()
	report, err := sim.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The long form is make soak-sim.
func TestRun_EveryPromiseHoldsUnderFaults(t *testing.T) {
	want := *bundles
	if testing.Short() {
		want = 500
	}
	injected, outcomes := make(map[string]uint64), make(map[string]uint64)
	shapes := []struct{ validators, rollups int }{{4, 2}, {4, 3}, {5, 2}, {7, 4}}
	for seed, ordered := uint64(1), uint64(0); ordered < want; seed++ {
		shape := shapes[seed%uint64(len(shapes))]
		r := run(t, sim.Config{
			Seed: seed, Ticks: 200, Validators: shape.validators, Rollups: shape.rollups, Bundles: 12, Faults: sim.Faults,
		})
		if r.Violation != nil {
			t.Fatalf("%v\nrepeat with: %s", r.Violation, r.Repeat)
		}
		ordered += r.Bundles
		add(injected, r.Injected)
		add(outcomes, r.Outcomes)
		t.Logf("seed %d: %d bundles, %d positions, hash %s", seed, r.Bundles, r.Positions, r.Hash)
	}
	t.Logf("injected: %v", injected)
	t.Logf("outcomes: %v", outcomes)
	if want < 10_000 {
		return // too few to show everything
	}
	for _, kind := range []string{
		"crash:idle", "crash:executing", "crash:appending", "crash:blocksLost", "gossip:lost", "gossip:late", "gossip:doubled",
		"gossip:garbled", "partition", "slow", "diverge", "split", "repaired", "clock:skew", "clock:jump", "withheldVote", "lateVote",
		"lateGarbageVote", "proposal:equivocation", "proposal:nasty", "proposal:protectedAlone", "proposal:duplicateSingle",
		"proposal:oversize", "proposal:forgedVote", "proposal:wrongLane", "load:tornLeg", "load:parentTick", "load:conflict", "load:gap",
		"load:messageAgain", "load:messageForged", "load:messageNeverSent", "load:swapOfOne",
	} {
		if injected[kind] == 0 {
			t.Errorf("%s was never injected: the runs show too little", kind)
		}
	}
	for _, outcome := range []string{
		"included", "nonceTooLow", "nonceTooHigh", "insufficientFunds", "blockFull", "legReverted", "otherLeg", "commitment",
		"bundlesIncluded", "bundlesVoid", "parentTick", "bundlesIncludedAtParentTick",
		"bundlesAsserting", "assertion", "messagesSent", "messagesUsed", "forgedMessagesUsed", "sidesOfSwapsPaid",
	} {
		if outcomes[outcome] == 0 {
			t.Errorf("nothing is %s: the load shows too little", outcome)
		}
	}
}

func add(sum, counts map[string]uint64) {
	for name, n := range counts {
		sum[name] += n
	}
}

func TestRun_SameSeedSameEvents(t *testing.T) {
	cfg := sim.Config{Seed: 42, Ticks: 80, Validators: 4, Rollups: 2, Bundles: 6, Faults: sim.Faults}
	first, second := run(t, cfg), run(t, cfg)
	if first.Violation != nil || first.Hash != second.Hash || first.Positions != second.Positions {
		t.Errorf("two runs of one seed: %+v, %+v", first, second)
	}
	if first.Faults != sim.FaultNames(sim.Faults) {
		t.Errorf("the report is of a run with faults %s", first.Faults)
	}
	cfg.Seed++
	if other := run(t, cfg); other.Hash == first.Hash {
		t.Error("another seed gives the same events")
	}
}

// What is remembered is what would be executed: validators that execute for themselves, and again after each crash,
// come to the same events.
func TestRun_RememberedExecutionsAreRight(t *testing.T) {
	cfg := sim.Config{Seed: 7, Ticks: 60, Validators: 4, Rollups: 2, Bundles: 6, Faults: sim.Faults}
	shared := run(t, cfg)
	cfg.Independent = true
	own := run(t, cfg)
	if shared.Violation != nil || own.Violation != nil || shared.Hash != own.Hash {
		t.Fatalf("violations %v, %v; hashes %s, %s", shared.Violation, own.Violation, shared.Hash, own.Hash)
	}
	if own.Executed < 3*shared.Executed {
		t.Errorf("%d calls executed alone, %d shared: they do not execute for themselves", own.Executed, shared.Executed)
	}
}

func TestRun_RefusesBadConfigurations(t *testing.T) {
	good := sim.Config{Seed: 1, Ticks: 1, Validators: 1, Rollups: 1}
	for name, edit := range map[string]func(*sim.Config){
		"no ticks":        func(c *sim.Config) { c.Ticks = 0 },
		"no validators":   func(c *sim.Config) { c.Validators = 0 },
		"many rollups":    func(c *sim.Config) { c.Rollups = 9 },
		"many bundles":    func(c *sim.Config) { c.Bundles = 65 },
		"many validators": func(c *sim.Config) { c.Validators = 17 },
	} {
		cfg := good
		edit(&cfg)
		if _, err := sim.Run(t.Context(), cfg); !errors.Is(err, sim.ErrConfig) {
			t.Errorf("%s: %v, want ErrConfig", name, err)
		}
	}
	if _, err := sim.ParseFaults("crash,earthquake"); !errors.Is(err, sim.ErrConfig) {
		t.Errorf("unknown fault: %v, want ErrConfig", err)
	}
}
