package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

const (
	// endSenders send on each rollup, in turns.
	endSenders = 1024
	// endWindow and endBatch are of the saturating loads: transactions under way, each in a call of its own, and how many are sent at a time.
	endWindow, endBatch = 2000, 20
)

// endSample is a network under a steady load and under as much as it executes.
type endSample struct {
	Steady    *load.Result `json:"steady"`
	Saturated *load.Result `json:"saturated"`
}

// work is what the transactions of a load do.
type work struct {
	name string
	// rate is that of the steady load, most more than a network executes per second.
	rate, most int
	target     func(ctx context.Context, network *systems.Lockstep) (*systems.Transfers, error)
}

// works are the loads; artifacts is the folder with the contracts that are swapped in.
func works(artifacts string) []work {
	return []work{
		{"transfers", 1000, 8000, func(ctx context.Context, network *systems.Lockstep) (*systems.Transfers, error) {
			return network.Transfers(ctx, 2, endSenders, 0, 2)
		}},
		{"swaps", 300, 4000, func(ctx context.Context, network *systems.Lockstep) (*systems.Transfers, error) {
			contracts, err := uniswap.Load(artifacts)
			if err != nil {
				return nil, err
			}
			return network.Swaps(ctx, contracts, endSenders, 0, 2)
		}},
	}
}

// executed is a target whose first level is a result: what is under way is not executed yet.
type executed struct{ load.Target }

// Levels implements load.Target.
func (executed) Levels() []load.Level { return []load.Level{load.Executed, load.Attested} }

// endToEnd puts a new network of two rollups under the loads.
func (b *bench) endToEnd(ctx context.Context, place systems.Place, w work) (sample endSample, err error) {
	shape := systems.Shape{Place: place, Validators: validators, EVM: 2, Senders: endSenders + 1, Settings: b.settings}
	network, err := systems.StartLockstep(ctx, shape)
	if err != nil {
		return sample, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	target, err := w.target(ctx, network)
	if err != nil {
		return sample, err
	}
	defer target.Close()
	steady := b.saturation(0, 0, 0, network.PIDs())
	steady.Rate = w.rate
	if sample.Steady, err = steady.Run(ctx, executed{target}); err != nil {
		return sample, fmt.Errorf("%d per second: %w", w.rate, err)
	}
	if sample.Saturated, err = b.saturation(endWindow, endBatch, w.most, network.PIDs()).Run(ctx, executed{target}); err != nil {
		return sample, fmt.Errorf("saturated: %w", err)
	}
	return sample, nil
}

func measureEndToEnd(ctx context.Context, b *bench) (*harness.Result, error) {
	var variants []harness.Variant[endSample]
	for _, w := range works(b.artifacts) {
		for _, many := range []bool{true, false} {
			name, place := w.name+", "+oneProcess, b.place(false, many)
			if many {
				name = w.name + ", " + manyProcess
			}
			for _, build := range []struct{ name, binary string }{{"", place.Binary}, {", other build", b.other}} {
				if name += build.name; build.binary == "" || !b.wanted(name) {
					continue
				}
				at := place
				at.Binary = build.binary
				variants = append(variants, harness.Variant[endSample]{Name: name, Patience: variantPatience, Run: func(ctx context.Context) (endSample, error) {
					return b.endToEnd(ctx, at, w)
				}})
			}
		}
	}
	samples, err := harness.Rounds(ctx, b.roundsOr(1, 3), variants, b.say)
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("Signed transactions over two rollups by eth_sendRawTransaction, over WebSockets to one gateway, until a subscriber of another one has their outcomes, four validators, everything on disk; "+
			"medians over the rounds [lowest–highest]. Swaps are of ether for tokens in one pool of Uniswap v2 on each rollup. Saturated: %d under way. CPU is that of all validators.", endWindow),
		Columns: []string{"network", "load", "executed per second", "CPU µs each", "cores", "ticks/s", "executed p50 ms", "p99", "attested p50 ms", "refused", "not executed"},
	}
	for _, s := range samples {
		addEnd(&t, s, "steady", func(e endSample) *load.Result { return e.Steady })
		addEnd(&t, s, "saturated", func(e endSample) *load.Result { return e.Saturated })
	}
	return &harness.Result{Tables: []harness.Table{t}, Samples: samples}, nil
}

// addEnd adds a row.
func addEnd(t *harness.Table, s harness.Samples[endSample], name string, of func(endSample) *load.Result) {
	column := func(figure func(*load.Result) float64) harness.Summary {
		return harness.SummaryOf(s.Rounds, func(e endSample) float64 { return figure(of(e)) })
	}
	latency := func(level load.Level, figure func(load.Latency) float64) harness.Summary {
		return column(func(r *load.Result) float64 { return figure(r.Latency[level.String()]) })
	}
	p50, p99 := func(l load.Latency) float64 { return l.P50 }, func(l load.Latency) float64 { return l.P99 }
	t.Add(s.Name, name, column(perSecond), column(func(r *load.Result) float64 {
		return r.Used.CPU * float64(time.Second/time.Microsecond) / (r.PerSecond * r.Seconds)
	}),
		column(func(r *load.Result) float64 { return r.Used.CPU / r.Seconds }), column(ticksPerSecond),
		latency(load.Executed, p50), latency(load.Executed, p99), latency(load.Attested, p50), column(func(r *load.Result) float64 { return float64(r.Refused) }), latency(load.Executed, func(l load.Latency) float64 { return float64(l.Missing) }))
}
