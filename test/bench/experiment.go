package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// version is that of the sources, see the Makefile.
var version = "unknown"

// experiment is one question and how it is measured.
type experiment struct {
	name string
	// full is whether it is part of the full form only.
	full bool
	// share is its part of the time that a run has, beside the shares of the others; some minutes of the full form.
	share   int
	measure func(ctx context.Context, b *bench) (*harness.Result, error)
}

// experiments in the order in which they run.
func experiments() []experiment {
	return []experiment{
		{name: "latency", share: 19, measure: measureLatency},
		{name: "throughput", share: 6, measure: measureThroughput},
		{name: "endtoend", full: true, share: 4, measure: measureEndToEnd},
		{name: "execution", full: true, share: 4, measure: measureExecution},
		{name: "rollups", full: true, share: 4, measure: measureRollups},
		{name: "gateways", full: true, share: 3, measure: measureGateways},
		{name: "validators", full: true, share: 3, measure: measureValidators},
		{name: "bundles", full: true, share: 3, measure: measureBundles},
		{name: "subscribers", full: true, share: 3, measure: measureSubscribers},
		{name: "history", full: true, share: 10, measure: measureHistory},
	}
}

// bench is what the experiments are run with.
type bench struct {
	// full is the long form, rounds how often each variant is measured; zero is each experiment's own number.
	full   bool
	rounds int
	// budget is the time that all experiments together may take, until what is left of it for the current one; zero sets no limit.
	budget time.Duration
	until  time.Time
	// disk and memory are folders on a disk and in memory; an empty memory leaves those variants out.
	disk, memory string
	// binary is this program, other another build of it to be measured beside; settings are of every node of ours.
	binary, other, settings string
	// only matches the names of the variants that are measured.
	only *regexp.Regexp
	// out is where results go, document the page that shows them; empty for none.
	out, document string
	plot, anvil   string // binaries
	// artifacts is the folder with the compiled contracts that some loads use.
	artifacts string
	resume    bool
	// profiles is a folder for profiles, empty for none.
	profiles string
	// history is how many ticks the network of that experiment gets.
	history uint64
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

// roundsOr is how often variants are measured: as was asked for, or as often as the form has it. The full form has three rounds even
// if time runs out.
func (b *bench) roundsOr(quick, full int) harness.Plan {
	switch {
	case b.rounds > 0:
		return harness.Plan{Rounds: b.rounds, Least: b.rounds}
	case b.full:
		return harness.Plan{Rounds: full, Least: min(full, 3), Until: b.until}
	default:
		return harness.Plan{Rounds: quick, Until: b.until}
	}
}

// pick gives quick or full.
func pick[T any](b *bench, quick, full T) T {
	if b.full {
		return full
	}
	return quick
}

// wanted tells whether a variant is among those that were asked for.
func (b *bench) wanted(name string) bool {
	return b.only.MatchString(name)
}

// runExperiments is `bench run [flags] [EXPERIMENT…]`.
func runExperiments(ctx context.Context, args []string) error {
	b, names, err := parseRun(args)
	if err != nil {
		return err
	}
	var chosen []experiment
	for _, e := range experiments() {
		if len(names) == 0 && (b.full || !e.full) || slices.Contains(names, e.name) {
			chosen = append(chosen, e)
		}
	}
	if len(names) > 0 && len(chosen) != len(names) {
		return fmt.Errorf("%v: not all of them are experiments", names)
	}
	if b.resume {
		chosen = slices.DeleteFunc(chosen, func(e experiment) bool { return harness.Saved(b.out, e.name) })
	}
	end := time.Now().Add(b.budget)
	var failed []error
	for i, e := range chosen {
		if b.budget > 0 {
			b.until = time.Now().Add(shareOf(chosen[i:], time.Until(end)))
		}
		if err := b.run(ctx, e); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", e.name, err))
			b.say("%v", failed[len(failed)-1])
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// shareOf is the first one's part of the time that is left for all of them.
func shareOf(experiments []experiment, left time.Duration) time.Duration {
	all := 0
	for _, e := range experiments {
		all += e.share
	}
	return left * time.Duration(experiments[0].share) / time.Duration(all)
}

func parseRun(args []string) (*bench, []string, error) {
	b := new(bench)
	flags := flag.NewFlagSet("bench run", flag.ContinueOnError)
	flags.BoolVar(&b.full, "full", false, "the full form: all experiments, more rounds, longer")
	flags.IntVar(&b.rounds, "rounds", 0, "how often each variant is measured; 0 is what the experiment's form has")
	flags.DurationVar(&b.budget, "budget", 0, "how long all experiments together may take: further rounds are left out, but three in the full form are not; 0 sets no limit")
	flags.StringVar(&b.disk, "disk", os.TempDir(), "folder on a disk for the networks")
	flags.StringVar(&b.memory, "memory", "/dev/shm", "folder in memory for the networks; empty leaves those variants out")
	flags.StringVar(&b.other, "other", "", "another build of this program, whose network is measured beside this one's")
	flags.StringVar(&b.settings, "settings", "", "TOML file with settings for every node of ours, and for the tuned control")
	only := flags.String("only", "", "measure only variants whose name matches this regular expression")
	flags.StringVar(&b.out, "out", "", "folder for the results as JSON and SVG; empty for none")
	flags.StringVar(&b.document, "document", "", "Markdown page whose blocks the results replace; empty for none")
	flags.StringVar(&b.plot, "plot", "", "the program that draws (bin/plot); empty draws nothing")
	flags.StringVar(&b.artifacts, "artifacts", "demo/artifacts", "the folder with the compiled contracts, for swaps")
	flags.StringVar(&b.anvil, "anvil", "", "anvil's binary; empty leaves it out")
	flags.StringVar(&b.profiles, "profile", "", "folder for profiles of networks of ours: of every process of ours and of the load generator, while a load is measured; for `go tool pprof -top FILE...`; empty for none")
	flags.Uint64Var(&b.history, "history", 1_000_000, "how many ticks the experiment history goes up to, at some 1,000 a second; with -budget it ends where its time is over")
	flags.BoolVar(&b.resume, "resume", false, "leave out experiments whose result is in -out already")
	if err := flags.Parse(args); err != nil {
		return nil, nil, err
	}
	if b.document != "" && b.out == "" {
		return nil, nil, errors.New("-document shows what is in -out, which is missing")
	}
	var err error
	if b.only, err = regexp.Compile(*only); err != nil {
		return nil, nil, fmt.Errorf("-only: %w", err)
	}
	if b.profiles != "" {
		if err := os.MkdirAll(b.profiles, 0o755); err != nil {
			return nil, nil, err
		}
	}
	if b.binary, err = os.Executable(); err != nil {
		return nil, nil, err
	}
	return b, flags.Args(), nil
}

// run measures, prints, and keeps the result.
func (b *bench) run(ctx context.Context, e experiment) error {
	b.say("%s%s", e.name, b.limit())
	begin := time.Now()
	result, err := e.measure(ctx, b)
	if err != nil {
		return err
	}
	result.Name, result.Machine, result.Commit, result.Begin = e.name, machine(), version, begin
	result.Command, result.Seconds = b.command(e), time.Since(begin).Seconds()
	fmt.Println(result.Markdown())
	if b.out == "" {
		return nil
	}
	if err := result.Save(b.out); err != nil {
		return err
	}
	if b.plot != "" && len(result.Plots) > 0 {
		draw := exec.CommandContext(ctx, b.plot, filepath.Join(b.out, e.name+".json"), b.out)
		if out, err := draw.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	if b.document == "" {
		return nil
	}
	return harness.Insert(b.document, e.name, result.Markdown())
}

// limit is the time that an experiment has, for people.
func (b *bench) limit() string {
	if b.until.IsZero() {
		return ""
	}
	return ", until " + b.until.Format("15:04:05")
}

// command is what measures the same again, without the names of files.
func (b *bench) command(e experiment) string {
	words := []string{"bench run"}
	if b.full {
		words = append(words, "-full")
	}
	if b.rounds > 0 {
		words = append(words, fmt.Sprintf("-rounds %d", b.rounds))
	}
	if text := b.only.String(); text != "" {
		words = append(words, fmt.Sprintf("-only %q", text))
	}
	if b.settings != "" {
		words = append(words, "-settings FILE")
	}
	if b.other != "" {
		words = append(words, "-other BUILD")
	}
	return strings.Join(append(words, e.name), " ")
}

// profile has a network profiled while a load is measured, if that was asked for. Of several rounds the last one's profiles stay.
func (b *bench) profile(network *systems.Network, name string) load.Measured {
	if b.profiles == "" {
		return nil
	}
	return func() (func() error, error) { return network.Profile(filepath.Join(b.profiles, fileName(name))) }
}

// fileName is a variant's name without what file names should not have.
func fileName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

// place is a folder and how members are spread over processes.
func (b *bench) place(memory, processes bool) systems.Place {
	p := systems.Place{Binary: b.binary, Dir: b.disk, Processes: processes}
	if memory {
		p.Dir = b.memory
	}
	return p
}
