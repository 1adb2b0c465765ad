package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// legsPerSecond is the load under which bundles of different sizes are compared.
const legsPerSecond = 320

// measureBundles is about the number of legs; size 1 are the same transfers as singles.
func measureBundles(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "legs", sizesOf([]string{""}, 1, 2, 4, 8, 16, 32), func(ctx context.Context, s size) (_ *load.Result, err error) {
		network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: validators, EVM: 2, Senders: 1024, Settings: b.settings})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, network.Stop()) }()
		plan := b.steadyPlan(network.PIDs())
		plan.Rate, plan.Measured = legsPerSecond/s.of, b.profile(network.Network, s.name("legs"))
		if s.of == 1 {
			t, err := network.Transfers(ctx, 2, 1024, 0, 2)
			if err != nil {
				return nil, err
			}
			defer t.Close()
			return plan.Run(ctx, t)
		}
		t, err := network.Bundles(ctx, 1024, s.of, 0, 2)
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
		Caption: fmt.Sprintf("%d transfers of ether per second over two rollups, as the legs of bundles with so many; 1 are single transactions. Four validators in one process, on disk.%s", legsPerSecond, all.note()),
		Columns: []string{"legs", "CPU ms per leg", "by singles", "ordered p50 ms", "executed p50 ms", "executed p99 ms", "attested p50 ms", "not executed"},
	}
	perLeg := func(r *load.Result) float64 { return r.Used.CPU * 1000 / (legsPerSecond * r.Seconds) }
	executed := func(r *load.Result) load.Latency { return r.Latency[load.Executed.String()] }
	singles := harness.SummaryOf(all.rows[0].rounds(), perLeg).Median
	for _, g := range all.rows {
		r := g.rounds()
		each := harness.SummaryOf(r, perLeg)
		t.Add(g.of, each, each.Median/singles, harness.SummaryOf(r, orderedP50), harness.SummaryOf(r, func(r *load.Result) float64 { return executed(r).P50 }),
			harness.SummaryOf(r, func(r *load.Result) float64 { return executed(r).P99 }), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Latency[load.Attested.String()].P50 }),
			harness.SummaryOf(r, func(r *load.Result) float64 { return float64(executed(r).Missing) }))
	}
	plot := harness.Plot{Name: "bundles", Title: "Processor time of a leg by the size of its bundle", X: harness.Axis{Label: "legs of a bundle", Log: true}, Y: harness.Axis{Label: "CPU ms per leg, all validators"}, Lines: all.lines("CPU ms per leg", perLeg)}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: all.samples()}, nil
}
