package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/sim"
)

// shrinkTries is how many shorter runs are tried after a violation.
const shrinkTries = 6

// simFlags are what lockstep sim is told beside the run itself.
type simFlags struct {
	faults, trace string
	runs, total   uint64
	asJSON        bool
}

func newSim() *cobra.Command {
	var (
		config sim.Config
		flags  simFlags
	)
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Simulate a whole network with faults, decided by a seed, and check every promise at every tick",
		Long: "Runs the validators' real stages in one process, without sockets and clocks: mempools, the ordering machine, logs on\n" +
			"simulated disks, and zones with go-ethereum. The seed decides load and faults; equal flags give equal hashes.\n" +
			"Exits with 0 if every promise held; otherwise it prints the command that shows the violation again.\n" +
			"Faults: all, none, or a list of " + sim.FaultNames(sim.Faults) + ".",
		Example: "  lockstep sim --seed 7 --ticks 100\n  lockstep sim --seed 1 --runs 3 --ticks 50 --faults crash,diverge --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if config.Faults, err = sim.ParseFaults(flags.faults); err != nil {
				return usageError{err}
			}
			return runSims(cmd, config, flags)
		},
	}
	f := cmd.Flags()
	f.Uint64Var(&config.Seed, "seed", 1, "decides everything that is random")
	f.Uint64Var(&config.Ticks, "ticks", 500, "ticks under load; 75 quiet ones follow, in which everything must come to its end")
	f.IntVar(&config.Validators, "validators", 4, "validators, 1 to 16, with equal power")
	f.IntVar(&config.Rollups, "rollups", 2, "rollups that are executed, 1 to 8; from three on the last one is a zone of its own")
	f.IntVar(&config.Bundles, "bundles", 10, "bundles per tick on average, and as many single transactions")
	f.StringVar(&flags.faults, "faults", "all", "what goes wrong: all, none, or a list such as crash,gossip")
	f.BoolVar(&config.Independent, "independent", false, "let every validator execute for itself instead of sharing executions (slow)")
	f.Uint64Var(&flags.runs, "runs", 1, "runs with this seed and the following ones; the first violation ends them")
	f.Uint64Var(&flags.total, "total", 0, "instead of --runs: go on with the following seeds until so many bundles were ordered")
	f.StringVar(&flags.trace, "trace", "", "file that gets every event of the run")
	f.BoolVar(&flags.asJSON, "json", false, "print one JSON object per run")
	return cmd
}

// errViolation is the command's end when a promise was broken; what and how was printed.
var errViolation = errors.New("a promise was broken")

// runSims runs seed after seed until one breaks a promise.
func runSims(cmd *cobra.Command, config sim.Config, flags simFlags) error {
	if flags.trace != "" {
		file, err := os.Create(flags.trace)
		if err != nil {
			return err
		}
		defer file.Close()
		config.Trace = file
	}
	out, begin := cmd.OutOrStdout(), time.Now()
	var bundles uint64
	for run := uint64(0); run < max(flags.runs, 1) && flags.total == 0 || bundles < flags.total; run++ {
		config.Progress = func(r sim.Report) {
			fmt.Fprintf(cmd.ErrOrStderr(), "seed %d: tick %d of %d, %d bundles ordered, %.0f per second\n", r.Seed, r.Ticks, config.Ticks,
				bundles+r.Bundles, float64(bundles+r.Bundles)/time.Since(begin).Seconds())
		}
		report, err := sim.Run(cmd.Context(), config)
		if err != nil {
			return fmt.Errorf("seed %d: %w", config.Seed, err)
		}
		if report.Violation != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "%v\nlooking for a shorter run\n", report.Violation)
			if report, err = sim.Shrink(cmd.Context(), config, report, shrinkTries); err != nil {
				return err
			}
		}
		bundles += report.Bundles
		if err := printReport(out, report, flags.asJSON); err != nil {
			return err
		}
		if report.Violation != nil {
			return errViolation
		}
		config.Seed++
	}
	if !flags.asJSON {
		elapsed := time.Since(begin)
		fmt.Fprintf(out, "%d bundles in %v, %.0f per second: every promise held\n", bundles, elapsed.Round(time.Millisecond), float64(bundles)/elapsed.Seconds())
	}
	return nil
}

func printReport(out io.Writer, r sim.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	line("seed", "%d", r.Seed)
	line("ticks", "%d in %d s of consensus time", r.Ticks, r.Slots)
	line("ordered", "%d bundles, %d singles: %d lane positions", r.Bundles, r.Singles, r.Positions)
	line("accepted", "%d entries, %d of them lost with their pool", r.Accepted, r.LostWithPool)
	line("executions", "%d, and %d known already", r.Executed, r.Remembered)
	line("faults", "%d of %d kinds", total(r.Injected), len(r.Injected))
	line("checks", "%d of %d invariants", total(r.Checked), len(r.Checked))
	line("hash", "%s", r.Hash)
	if r.Violation != nil {
		line("VIOLATION", "%v", r.Violation)
		line("repeat with", "%s", r.Repeat)
	}
	return t.Flush()
}

func total(counts map[string]uint64) (sum uint64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}
