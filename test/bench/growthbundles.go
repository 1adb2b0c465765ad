package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// legsPerSecond is the load under which bundles of different sizes are compared.
const legsPerSecond = 320

// measureBundles is about the number of legs; size 1 are the same transfers as singles.
func measureBundles(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "legs", []int{1, 2, 4, 8, 16, 32}, func(ctx context.Context, legs int) (_ *load.Result, err error) {
		network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: validators, EVM: 2, Senders: 1024, Settings: b.settings})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, network.Stop()) }()
		plan := b.steadyPlan(network.PIDs())
		plan.Rate = legsPerSecond / legs
		if legs == 1 {
			t, err := network.Transfers(ctx, 2, 1024, 0, 2)
			if err != nil {
				return nil, err
			}
			defer t.Close()
			return plan.Run(ctx, t)
		}
		t, err := network.Bundles(ctx, 1024, legs, 0, 2)
		if err != nil {
			return nil, err
		}
		defer t.Close()
		return plan.Run(ctx, t)
	})
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("%d transfers of ether per second over two rollups, as the legs of bundles with so many; 1 are single transactions. Four validators in one process, on disk.", legsPerSecond),
		Columns: []string{"legs", "CPU ms per leg", "ordered p50 ms", "executed p50 ms", "executed p99 ms", "attested p50 ms", "not executed"},
	}
	perLeg := func(r *load.Result) float64 { return r.Used.CPU * 1000 / (legsPerSecond * r.Seconds) }
	executed := func(r *load.Result) load.Latency { return r.Latency[load.Executed.String()] }
	for _, g := range all {
		r := g.samples.Rounds
		t.Add(g.size, harness.SummaryOf(r, perLeg), harness.SummaryOf(r, orderedP50), harness.SummaryOf(r, func(r *load.Result) float64 { return executed(r).P50 }),
			harness.SummaryOf(r, func(r *load.Result) float64 { return executed(r).P99 }), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Latency[load.Attested.String()].P50 }),
			harness.SummaryOf(r, func(r *load.Result) float64 { return float64(executed(r).Missing) }))
	}
	plot := harness.Plot{Name: "bundles", Title: "Processor time of a leg by the size of its bundle", X: harness.Axis{Label: "legs of a bundle", Log: true}, Y: harness.Axis{Label: "CPU ms per leg, all validators"}, Lines: []harness.Line{line("CPU ms per leg", all, perLeg)}}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: samplesOf(all)}, nil
}

// aged is a network with a history.
type aged struct {
	Ticks uint64 `json:"ticks"`
	// DiskMiB is all of its files, of all validators.
	DiskMiB float64 `json:"diskMiB"`
	// ReadMs are p50 and p99 of reading a random tick from a gateway.
	ReadP50 float64 `json:"readP50"`
	ReadP99 float64 `json:"readP99"`
	// StartSeconds is from the start of the processes until all validators have executed a new tick.
	StartSeconds float64 `json:"startSeconds"`
}

// historyPatience bounds a history of a million ticks.
const historyPatience = 12 * time.Hour

// ages are the lengths of history up to the last one, at each of which the network is measured.
func ages(last uint64) (list []uint64) {
	for age := uint64(1000); age < last; age *= 10 {
		list = append(list, age)
	}
	return append(list, last)
}

// measureHistory lets a network grow old by ticks as fast as they come, with a transaction now and then.
func measureHistory(ctx context.Context, b *bench) (_ *harness.Result, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, historyPatience, fmt.Errorf("not done within %s", historyPatience))
	defer cancel()
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: validators, EVM: 1, Opaque: 1, Settings: b.settings})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	t := harness.Table{
		Caption: "A network of four validators in one process, on disk, with so many ticks behind it: one opaque transaction each time that one was ordered, all files of all validators together, " +
			"a random tick read from a gateway, and the time from the start of its process until every validator has executed something new.",
		Columns: []string{"ticks", "disk MiB", "bytes per tick and validator", "read p50 ms", "p99 ms", "start s"},
	}
	var samples []aged
	for _, age := range ages(b.history) {
		b.say("         %d ticks", age)
		a, err := b.growOld(ctx, network, age)
		if err != nil {
			return nil, err
		}
		samples = append(samples, a)
		t.Add(a.Ticks, a.DiskMiB, a.DiskMiB*(1<<20)/float64(a.Ticks)/validators, a.ReadP50, a.ReadP99, a.StartSeconds)
	}
	start, disk := harness.Line{Name: "start, s"}, harness.Line{Name: "disk, MiB"}
	for _, a := range samples {
		x := float64(a.Ticks)
		start.Points = append(start.Points, harness.Summarize([]float64{a.StartSeconds}).At(x))
		disk.Points = append(disk.Points, harness.Summarize([]float64{a.DiskMiB}).At(x))
	}
	plot := harness.Plot{Name: "history", Title: "A network by its history", X: harness.Axis{Label: "ticks", Log: true}, Y: harness.Axis{Label: "seconds, MiB", Log: true}, Lines: []harness.Line{start, disk}}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: samples}, nil
}

// growOld waits for a tick while entries keep proposers from waiting, measures, and starts the network again.
func (b *bench) growOld(ctx context.Context, network *systems.Lockstep, age uint64) (a aged, err error) {
	for {
		if a.Ticks, err = headOf(ctx, network); err != nil || a.Ticks >= age {
			break
		}
		// One transaction after the other: a tick each, or more.
		plan := load.Plan{Window: 1, Batch: 1, Duration: 10 * time.Second, Transactions: 10_000}
		if _, err = plan.Run(ctx, network.Opaque(1, payload, 0, 2).From(a.Ticks)); err != nil {
			break
		}
	}
	if err != nil {
		return a, err
	}
	if a.DiskMiB, err = network.DiskMiB(); err != nil {
		return a, err
	}
	if a.ReadP50, a.ReadP99, err = readTicks(ctx, network, a.Ticks); err != nil {
		return a, err
	}
	begin := time.Now()
	err = network.Restart(ctx)
	a.StartSeconds = time.Since(begin).Seconds()
	return a, err
}

func headOf(ctx context.Context, network *systems.Lockstep) (uint64, error) {
	c, err := client.Dial(ctx, "http://"+network.Doors[0])
	if err != nil {
		return 0, err
	}
	defer c.Close()
	status, err := c.Network(ctx)
	if err != nil {
		return 0, err
	}
	return status.Head.Tick, nil
}

// readTicks reads random ticks one after the other.
func readTicks(ctx context.Context, network *systems.Lockstep, head uint64) (p50, p99 float64, err error) {
	c, err := client.Dial(ctx, "ws://"+network.Doors[0])
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	random := rand.New(rand.NewPCG(1, head))
	var took []time.Duration
	for range 500 {
		begin := time.Now()
		if _, err := c.Tick(ctx, 1+random.Uint64N(head)); err != nil {
			return 0, 0, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return harness.Percentile(took, 0.5, time.Millisecond), harness.Percentile(took, 0.99, time.Millisecond), nil
}
