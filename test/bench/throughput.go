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

// Windows of the saturating loads: transactions under way, and how many a client hands in at a time.
const (
	oursWindow, oursBatch   = 24_000, 250
	tunedWindow, tunedBatch = 16_000, 100
	stockWindow, stockBatch = 4000, 100 // its mempool has 5,000
)

// saturation is a load that is as fast as the network; tps is more than the network can take, so that transactions do not run out.
func (b *bench) saturation(window, batch, tps int, pids []int) load.Plan {
	plan := load.Plan{Window: window, Batch: batch, WarmUp: pick(b, time.Second, 2*time.Second), Duration: pick(b, 3*time.Second, 6*time.Second), PIDs: pids}
	plan.Transactions = tps * int((plan.WarmUp + plan.Duration).Seconds())
	return plan
}

// pacedRates are loads beside the saturating one, in transactions per second: what can be had with a p99 that somebody may count on. Clients
// hand in what they have every pacedTogether.
var pacedRates = []int{15_000, 20_000, 25_000}

const pacedTogether = 5 * time.Millisecond

// saturateLockstep orders opaque transactions as fast as a network of ours does, or so many per second. name is its profiles'.
func (b *bench) saturateLockstep(ctx context.Context, name string, rate int, shape systems.Shape) (_ *load.Result, err error) {
	network, err := systems.StartLockstep(ctx, shape)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	plan := b.saturation(oursWindow, oursBatch, 200_000, network.PIDs())
	if rate > 0 {
		plan = load.Plan{Rate: rate, Together: pacedTogether, WarmUp: plan.WarmUp, Duration: plan.Duration, PIDs: plan.PIDs}
	}
	plan.Measured = b.profile(network.Network, name)
	return plan.Run(ctx, network.Opaque(shape.Opaque, payload, 0, 2))
}

func (b *bench) saturateKVStore(ctx context.Context, place systems.Place, tuned bool) (_ *load.Result, err error) {
	network, err := systems.StartKVStore(ctx, systems.KVStoreShape{Place: place, Validators: validators, Tuned: tuned, Settings: b.settings})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	pairs, err := network.Pairs(payload, 0, 2)
	if err != nil {
		return nil, err
	}
	defer pairs.Close()
	window, batch := stockWindow, stockBatch
	if tuned {
		window, batch = tunedWindow, tunedBatch
	}
	return b.saturation(window, batch, 30_000, network.PIDs()).Run(ctx, pairs)
}

type resultSamples = harness.Samples[*load.Result]

func measureThroughput(ctx context.Context, b *bench) (*harness.Result, error) {
	var variants []harness.Variant[*load.Result]
	add := func(name string, run func(context.Context) (*load.Result, error)) {
		if b.wanted(name) {
			variants = append(variants, harness.Variant[*load.Result]{Name: name, Run: run, Patience: variantPatience})
		}
	}
	for _, many := range []bool{true, false} {
		name, place := ", "+oneProcess, b.place(false, many)
		if many {
			name = ", " + manyProcess
		}
		builds := map[string]systems.Place{oursName: place}
		if b.other != "" {
			other := place
			other.Binary = b.other
			builds[otherName] = other
		}
		for _, build := range []string{oursName, otherName} {
			at, ok := builds[build]
			if !ok {
				continue
			}
			lockstep := func(name string, rate int) {
				add(name, func(ctx context.Context) (*load.Result, error) {
					return b.saturateLockstep(ctx, name, rate, systems.Shape{Place: at, Validators: validators, EVM: 1, Opaque: 4, Settings: b.settings})
				})
			}
			lockstep(build+name, 0)
			for _, rate := range pacedRates {
				if many {
					lockstep(fmt.Sprintf("%s at %s/s%s", build, harness.Figure(float64(rate)), name), rate)
				}
			}
		}
		add(tunedName+name, func(ctx context.Context) (*load.Result, error) { return b.saturateKVStore(ctx, place, true) })
		add(stockName+name, func(ctx context.Context) (*load.Result, error) { return b.saturateKVStore(ctx, place, false) })
	}
	samples, err := harness.Rounds(ctx, b.roundsOr(1, 3), variants, b.say)
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("Opaque transactions of %d bytes, as fast as they are ordered, four validators, everything on disk; medians over the rounds [lowest–highest]. "+
			"Ours: %d under way, %d at a time by SubmitMany over one HTTP/2 connection, or so many per second as the name says, those of %s at a time; seen in the subscription of another gateway. kvstore: broadcast_tx_async over %d WebSockets to one member, "+
			"seen in NewBlock events of another; %d under way when tuned, %d when stock, whose mempool has 5,000.", payload, oursWindow, oursBatch, pacedTogether, systems.Connections, tunedWindow, stockWindow),
		Columns: []string{"network", "tx/s", "MB/s", "p50 ms", "p99 ms", "CPU ms per MB", "ticks/s", "by stock"},
	}
	for _, s := range samples {
		addThroughput(&t, s, samples)
	}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{throughputPlot(samples)}, Samples: samples}, nil
}

func perSecond(r *load.Result) float64 { return r.PerSecond }

func orderedP50(r *load.Result) float64 { return r.Latency[load.Ordered.String()].P50 }

func orderedP99(r *load.Result) float64 { return r.Latency[load.Ordered.String()].P99 }

func ticksPerSecond(r *load.Result) float64 { return float64(r.Ticks) / r.Seconds }

func cpuPerTick(r *load.Result) float64 { return r.Used.CPU * 1000 / float64(max(1, r.Ticks)) }

func cpuPerMB(r *load.Result) float64 {
	return r.Used.CPU * 1000 / (r.PerSecond * r.Seconds * payload / 1e6)
}

func addThroughput(t *harness.Table, s resultSamples, all []resultSamples) {
	rate := harness.SummaryOf(s.Rounds, perSecond)
	var by any = ""
	for _, stock := range all {
		for _, layout := range []string{oneProcess, manyProcess} {
			if stock.Name == stockName+", "+layout && len(s.Name) > len(layout) && s.Name[len(s.Name)-len(layout):] == layout {
				by = rate.Median / harness.SummaryOf(stock.Rounds, perSecond).Median
			}
		}
	}
	t.Add(s.Name, rate, rate.Median*payload/1e6, harness.SummaryOf(s.Rounds, orderedP50), harness.SummaryOf(s.Rounds, orderedP99),
		harness.SummaryOf(s.Rounds, cpuPerMB), harness.SummaryOf(s.Rounds, ticksPerSecond), by)
}

// throughputPlot shows latency over throughput: a point for each network.
func throughputPlot(all []resultSamples) harness.Plot {
	plot := harness.Plot{Name: "throughput", Title: "Ordering at full speed: p99 over throughput", X: harness.Axis{Label: "transactions per second", Log: true}, Y: harness.Axis{Label: "p99, ms", Log: true}}
	for _, s := range all {
		plot.Lines = append(plot.Lines, harness.Line{Name: s.Name, Points: []harness.Point{harness.SummaryOf(s.Rounds, orderedP99).At(harness.SummaryOf(s.Rounds, perSecond).Median)}})
	}
	return plot
}
