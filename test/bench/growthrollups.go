package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// The loads under which numbers of rollups are compared.
const (
	opaqueLoad    = "opaque"
	transfersLoad = "transfers"

	// transfersWindow is below what connections may have unanswered, transfersSenders are of all rollups together.
	transfersWindow, transfersSenders = 1500, 1000
)

// measureRollups is about many rollups under one total load, as fast as the network takes it.
func measureRollups(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "rollups", sizesOf([]string{opaqueLoad, transfersLoad}, 1, 10, 100), func(ctx context.Context, s size) (*load.Result, error) {
		if s.form == opaqueLoad {
			return b.saturateOpaque(ctx, s.of)
		}
		return b.saturateTransfers(ctx, s.of)
	})
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("The same load over so many rollups, as fast as it is taken; four validators in one process, on disk. Opaque transactions have %d bytes, %d at a time go to one rollup, and they are "+
			"counted when they are ordered; transfers are signed by %d accounts of all rollups together, and counted when they are executed, %d being under way.%s", payload, oursBatch, transfersSenders, transfersWindow, all.note()),
		Columns: []string{"rollups", "load", "tx/s", "by that of one rollup", "p50 ms", "p99 ms", "CPU ms per 1,000 tx", "ticks/s", "peak memory MiB"},
	}
	for _, g := range all.rows {
		r, level := g.rounds(), levelOf(g.form).String()
		rate := harness.SummaryOf(r, perSecond)
		t.Add(g.of, g.form, rate, rate.Median/harness.SummaryOf(all.first(g.form).rounds(), perSecond).Median,
			harness.SummaryOf(r, func(r *load.Result) float64 { return r.Latency[level].P50 }), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Latency[level].P99 }),
			harness.SummaryOf(r, cpuPerThousand), harness.SummaryOf(r, ticksPerSecond), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Used.PeakMiB }))
	}
	plot := harness.Plot{Name: "rollups", Title: "Throughput by the number of rollups", X: harness.Axis{Label: "rollups", Log: true}, Y: harness.Axis{Label: "transactions per second", Log: true}, Lines: all.lines("", perSecond)}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: all.samples()}, nil
}

// levelOf is the level at which a transaction of a load is counted.
func levelOf(form string) load.Level {
	if form == transfersLoad {
		return load.Executed
	}
	return load.Ordered
}

func cpuPerThousand(r *load.Result) float64 { return r.Used.CPU * 1e6 / (r.PerSecond * r.Seconds) }

// saturateOpaque orders opaque transactions as fast as a network does.
func (b *bench) saturateOpaque(ctx context.Context, rollups int) (_ *load.Result, err error) {
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: validators, EVM: 1, Opaque: rollups, Settings: b.settings})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	plan := b.saturation(oursWindow, oursBatch, 200_000, network.PIDs())
	plan.Measured = b.profile(network.Network, size{rollups, opaqueLoad}.name("rollups"))
	return plan.Run(ctx, network.Opaque(rollups, payload, 0, 2).InRuns(oursBatch))
}

// saturateTransfers executes signed transfers as fast as a network does.
func (b *bench) saturateTransfers(ctx context.Context, rollups int) (_ *load.Result, err error) {
	each := max(1, transfersSenders/rollups)
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: validators, EVM: rollups, Senders: each, Settings: b.settings})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	target, err := network.Transfers(ctx, rollups, each, 0, 2)
	if err != nil {
		return nil, err
	}
	defer target.Close()
	plan := load.Plan{Window: transfersWindow, Batch: endBatch, WarmUp: 2 * time.Second, Duration: pick(b, 3*time.Second, 6*time.Second), PIDs: network.PIDs()}
	plan.Measured = b.profile(network.Network, size{rollups, transfersLoad}.name("rollups"))
	plan.Transactions = 6000 * int((plan.WarmUp + plan.Duration).Seconds())
	return plan.Run(ctx, executed{target})
}
