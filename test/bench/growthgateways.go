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

// Who has a gateway, as operators have it.
const (
	allGateways = "all four"
	oneGateway  = "the first"
)

// gatewayed is what a load measured of a network, and of its first and its last validator.
type gatewayed struct {
	*load.Result
	// StartSeconds is until all validators had executed a tick.
	StartSeconds float64       `json:"startSeconds"`
	First        harness.Usage `json:"first"`
	Last         harness.Usage `json:"last"`
}

// measureGateways is about what a gateway costs the validator that has it, beside one that has none.
func measureGateways(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "rollups", sizesOf([]string{allGateways, oneGateway}, 2, 10, 100), b.withGateways)
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("%d signed transfers per second over so many rollups to the first validator's gateway; four processes, on disk. *Last* is a validator without clients, with or without a gateway.%s", steady, all.note()),
		Columns: []string{"rollups", "gateways", "start s", "ticks/s", "executed p50 ms", "CPU ms per tick, first", "last", "cores, first", "last", "peak memory MiB, first", "last"},
	}
	for _, g := range all.rows {
		r := g.rounds()
		column := func(of func(s gatewayed) float64) harness.Summary { return harness.SummaryOf(r, of) }
		perTick := func(of func(s gatewayed) harness.Usage) harness.Summary {
			return column(func(s gatewayed) float64 { return of(s).CPU * 1000 / float64(s.Ticks) })
		}
		first, last := func(s gatewayed) harness.Usage { return s.First }, func(s gatewayed) harness.Usage { return s.Last }
		t.Add(g.of, g.form, column(func(s gatewayed) float64 { return s.StartSeconds }), column(func(s gatewayed) float64 { return ticksPerSecond(s.Result) }),
			column(func(s gatewayed) float64 { return s.Latency[load.Executed.String()].P50 }), perTick(first), perTick(last),
			column(func(s gatewayed) float64 { return s.First.CPU / s.Seconds }), column(lastCores),
			column(func(s gatewayed) float64 { return s.First.PeakMiB }), column(func(s gatewayed) float64 { return s.Last.PeakMiB }))
	}
	plot := harness.Plot{Name: "gateways", Title: "A validator without clients, with and without a gateway", X: harness.Axis{Label: "rollups", Log: true}, Y: harness.Axis{Label: "cores"}, Lines: all.lines("", lastCores)}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: all.samples()}, nil
}

func lastCores(s gatewayed) float64 { return s.Last.CPU / s.Seconds }

// withGateways measures a network in which all validators have gateways, or only the first one.
func (b *bench) withGateways(ctx context.Context, s size) (_ gatewayed, err error) {
	each := max(1, transfersSenders/s.of)
	shape := systems.Shape{Place: b.place(false, true), Validators: validators, EVM: s.of, Senders: each, Settings: b.settings}
	if s.form == oneGateway {
		shape.Gateways = 1
	}
	begun := time.Now()
	network, err := systems.StartLockstep(ctx, shape)
	if err != nil {
		return gatewayed{}, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	g := gatewayed{StartSeconds: time.Since(begun).Seconds()}
	target, err := network.Transfers(ctx, s.of, each, 0, 0)
	if err != nil {
		return gatewayed{}, err
	}
	defer target.Close()
	pids := network.PIDs()
	plan := b.steadyPlan(pids)
	profile := b.profile(network.Network, s.name("gateways"))
	plan.Measured = func() (func() error, error) {
		profiled, err := profile.Begin()
		if err != nil {
			return nil, err
		}
		first, last, err := usages(pids)
		return func() error {
			laterFirst, laterLast, err := usages(pids)
			g.First, g.Last = laterFirst.Since(first), laterLast.Since(last)
			return errors.Join(err, profiled())
		}, err
	}
	g.Result, err = plan.Run(ctx, target)
	return g, err
}

// usages are those of the first and the last process.
func usages(pids []int) (first, last harness.Usage, err error) {
	if first, err = harness.UsageOf(pids[0]); err != nil {
		return first, last, err
	}
	last, err = harness.UsageOf(pids[len(pids)-1])
	return first, last, err
}
