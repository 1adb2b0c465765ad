package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// measureValidators is about what a validator costs in a larger set.
func measureValidators(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "validators", sizesOf([]string{""}, 4, 7, 10, 16), func(ctx context.Context, s size) (_ *load.Result, err error) {
		network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: s.of, EVM: 1, Opaque: 1, Settings: b.settings})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, network.Stop()) }()
		plan := b.steadyPlan(network.PIDs())
		plan.Measured = b.profile(network.Network, s.name("validators"))
		return plan.Run(ctx, network.Opaque(1, payload, 0, 2))
	})
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("%d opaque transactions per second; all validators in one process on the same cores, on disk.%s", steady, all.note()),
		Columns: []string{"validators", "CPU ms per tick", "per validator", "ticks/s", "cores", "ordered p50 ms", "p99 ms", "peak memory MiB per validator"},
	}
	for _, g := range all.rows {
		r, n := g.rounds(), float64(g.of)
		t.Add(g.of, harness.SummaryOf(r, cpuPerTick), harness.SummaryOf(r, func(r *load.Result) float64 { return cpuPerTick(r) / n }), harness.SummaryOf(r, ticksPerSecond), harness.SummaryOf(r, coresUsed),
			harness.SummaryOf(r, orderedP50), harness.SummaryOf(r, orderedP99), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Used.PeakMiB / n }))
	}
	plot := harness.Plot{Name: "validators", Title: "Processor time of a tick by the number of validators", X: harness.Axis{Label: "validators"}, Y: harness.Axis{Label: "CPU ms per tick, all validators"}, Lines: all.lines("CPU ms per tick", cpuPerTick)}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: all.samples()}, nil
}
