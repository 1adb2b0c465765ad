package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// grown is a size of a network and what was measured of it.
type grown[T any] struct {
	size    int
	samples harness.Samples[T]
}

// growth measures a network at each size, in turns.
func growth[T any](ctx context.Context, b *bench, what string, sizes []int, run func(ctx context.Context, size int) (T, error)) ([]grown[T], error) {
	var variants []harness.Variant[T]
	var chosen []int
	for _, size := range sizes {
		name := fmt.Sprintf("%s=%d", what, size)
		if !b.wanted(name) {
			continue
		}
		chosen = append(chosen, size)
		variants = append(variants, harness.Variant[T]{Name: name, Patience: variantPatience, Run: func(ctx context.Context) (T, error) { return run(ctx, size) }})
	}
	samples, err := harness.Rounds(ctx, b.roundsOr(1, 3), variants, b.say)
	if err != nil {
		return nil, err
	}
	all := make([]grown[T], len(samples))
	for i, s := range samples {
		all[i] = grown[T]{chosen[i], s}
	}
	return all, nil
}

// line of a plot: a figure over the size.
func line[T any](name string, all []grown[T], of func(T) float64) harness.Line {
	l := harness.Line{Name: name}
	for _, g := range all {
		l.Points = append(l.Points, harness.SummaryOf(g.samples.Rounds, of).At(float64(g.size)))
	}
	return l
}

func samplesOf[T any](all []grown[T]) (list []harness.Samples[T]) {
	for _, g := range all {
		list = append(list, g.samples)
	}
	return list
}

// measureRollups is about many rollups under one total load, as fast as it is ordered.
func measureRollups(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "rollups", []int{1, 10, 100}, func(ctx context.Context, size int) (*load.Result, error) {
		return b.saturateLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: validators, EVM: 1, Opaque: size, Settings: b.settings})
	})
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("Opaque transactions of %d bytes, in turns over so many rollups, as fast as they are ordered; four validators in one process, on disk.", payload),
		Columns: []string{"rollups", "tx/s", "by that of the first row", "p50 ms", "p99 ms", "CPU ms per MB", "ticks/s"},
	}
	first := harness.SummaryOf(all[0].samples.Rounds, perSecond).Median
	for _, g := range all {
		r := g.samples.Rounds
		rate := harness.SummaryOf(r, perSecond)
		t.Add(g.size, rate, rate.Median/first, harness.SummaryOf(r, orderedP50), harness.SummaryOf(r, orderedP99), harness.SummaryOf(r, cpuPerMB), harness.SummaryOf(r, ticksPerSecond))
	}
	plot := harness.Plot{Name: "rollups", Title: "Throughput by the number of rollups", X: harness.Axis{Label: "rollups", Log: true}, Y: harness.Axis{Label: "transactions per second"}, Lines: []harness.Line{line("tx/s", all, perSecond)}}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: samplesOf(all)}, nil
}

// steady is the load under which networks of different sizes are compared.
const steady = 100 // transactions per second

func (b *bench) steadyPlan(pids []int) load.Plan {
	return load.Plan{Rate: steady, WarmUp: 2 * time.Second, Duration: pick(b, 5*time.Second, 15*time.Second), PIDs: pids}
}

// measureValidators is about what a validator costs in a larger set.
func measureValidators(ctx context.Context, b *bench) (*harness.Result, error) {
	all, err := growth(ctx, b, "validators", []int{4, 7, 10, 16}, func(ctx context.Context, size int) (_ *load.Result, err error) {
		network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, false), Validators: size, EVM: 1, Opaque: 1, Settings: b.settings})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, network.Stop()) }()
		return b.steadyPlan(network.PIDs()).Run(ctx, network.Opaque(1, payload, 0, 2))
	})
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("%d opaque transactions per second; all validators in one process on the same cores, on disk.", steady),
		Columns: []string{"validators", "CPU ms per tick", "per validator", "ticks/s", "cores", "ordered p50 ms", "p99 ms", "peak memory MiB per validator"},
	}
	for _, g := range all {
		r, n := g.samples.Rounds, float64(g.size)
		perTick := harness.SummaryOf(r, cpuPerTick)
		t.Add(g.size, perTick, perTick.Median/n, harness.SummaryOf(r, ticksPerSecond), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Used.CPU / r.Seconds }),
			harness.SummaryOf(r, orderedP50), harness.SummaryOf(r, orderedP99), harness.SummaryOf(r, func(r *load.Result) float64 { return r.Used.PeakMiB / n }))
	}
	plot := harness.Plot{Name: "validators", Title: "Processor time of a tick by the number of validators", X: harness.Axis{Label: "validators"}, Y: harness.Axis{Label: "CPU ms per tick, all validators"}, Lines: []harness.Line{line("CPU ms per tick", all, cpuPerTick)}}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: samplesOf(all)}, nil
}

// subscribed is what followers of one gateway cost it.
type subscribed struct {
	*load.Result
	// MiBPerSecond is what all of them received; Lost is how many were cut off.
	MiBPerSecond float64 `json:"mibPerSecond"`
	Lost         int64   `json:"lost"`
}

// manyClients lets a gateway have as many clients of one address as the experiment needs; it refuses them by default.
const manyClients = `[gateway]
maxConnections = 20000
maxConnectionsPerClient = 20000
maxSubscriptions = 20000
`

// measureSubscribers is about many clients that follow the ticks of one gateway.
func measureSubscribers(ctx context.Context, b *bench) (_ *harness.Result, err error) {
	file, err := os.CreateTemp("", "lockstep-bench-*.toml")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	if _, err := file.WriteString(manyClients); err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	all, err := growth(ctx, b, "subscribers", []int{1, 100, 1000, 8000}, func(ctx context.Context, size int) (_ subscribed, err error) {
		network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, true), Validators: validators, EVM: 1, Opaque: 1, Settings: file.Name()})
		if err != nil {
			return subscribed{}, err
		}
		defer func() { err = errors.Join(err, network.Stop()) }()
		clients, err := network.Subscribe(ctx, size, 2)
		if err != nil {
			return subscribed{}, err
		}
		defer clients.Close()
		before := clients.Received()
		result, err := b.steadyPlan(network.PIDs()[2:3]).Run(ctx, network.Opaque(1, payload, 0, 2))
		if err != nil {
			return subscribed{}, err
		}
		return subscribed{result, float64(clients.Received()-before) / (1 << 20) / (result.Seconds + 2), clients.Lost()}, nil
	})
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("%d opaque transactions per second; so many WebSockets follow the ticks of one gateway, whose process is measured, and one more notes the latency. Four processes, on disk; the clients are in the load generator's process.", steady),
		Columns: []string{"subscribers", "cores", "MiB/s sent", "peak memory MiB", "ordered p50 ms", "p99 ms", "cut off"},
	}
	for _, g := range all {
		r := g.samples.Rounds
		t.Add(g.size, harness.SummaryOf(r, func(s subscribed) float64 { return s.Used.CPU / s.Seconds }), harness.SummaryOf(r, func(s subscribed) float64 { return s.MiBPerSecond }),
			harness.SummaryOf(r, func(s subscribed) float64 { return s.Used.PeakMiB }), harness.SummaryOf(r, func(s subscribed) float64 { return orderedP50(s.Result) }),
			harness.SummaryOf(r, func(s subscribed) float64 { return orderedP99(s.Result) }), harness.SummaryOf(r, func(s subscribed) float64 { return float64(s.Lost) }))
	}
	plot := harness.Plot{Name: "subscribers", Title: "A gateway by the number of its subscribers", X: harness.Axis{Label: "subscribers", Log: true}, Y: harness.Axis{Label: "cores of its process"},
		Lines: []harness.Line{line("cores", all, func(s subscribed) float64 { return s.Used.CPU / s.Seconds })}}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: samplesOf(all)}, nil
}
