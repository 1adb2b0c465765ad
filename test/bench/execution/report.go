package execution

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// patience is how long one variant may take once.
const patience = 5 * time.Minute

// Cost is what a round of a variant took.
type Cost struct {
	// CPU and Wall are processor time and time of a transaction, in µs; a bundle of two legs is two.
	CPU  float64 `json:"cpu"`
	Wall float64 `json:"wall"`
	Txs  int     `json:"txs"`
}

// variant is one thing to measure of a kind of transaction; it runs once a round.
type variant struct {
	kind, name string
	run        func() (cost, error)
}

// Measure runs all variants in turns and gives their costs and ratios.
func Measure(ctx context.Context, o Options, plan harness.Plan, say func(format string, args ...any)) (*harness.Result, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	say("         signing the transactions")
	variants, err := variantsOf(o)
	if err != nil {
		return nil, err
	}
	runs := make([]harness.Variant[Cost], len(variants))
	for i, v := range variants {
		runs[i] = harness.Variant[Cost]{Name: v.kind + ", " + v.name, Patience: patience, Run: func(context.Context) (Cost, error) {
			c, err := v.run()
			return Cost{c.per(), c.elapsed(), c.txs}, err
		}}
	}
	samples, err := harness.Rounds(ctx, plan, runs, say)
	if err != nil {
		return nil, err
	}
	for _, s := range samples {
		if len(s.Failed) > 0 {
			return nil, fmt.Errorf("%s: %w", s.Name, errors.New(s.Failed[0])) // nothing in it may fail: all of it is deterministic
		}
	}
	costs := costTable(o, variants, samples)
	ratios, plot := ratioTable(variants, samples)
	return &harness.Result{Tables: []harness.Table{costs, ratios}, Plots: []harness.Plot{plot}, Samples: samples}, nil
}

func costTable(o Options, variants []*variant, samples []harness.Samples[Cost]) harness.Table {
	t := harness.Table{
		Caption: fmt.Sprintf("Executed alone, no network: %d blocks of %d transfers of ether or %d swaps (Uniswap v2), each in %d ticks, on one rollup or on two; senders are known, and everything is on disk. "+
			"Pairs are one transaction on each of two rollups, and a quarter as many. *go-ethereum* is its whole service with its default settings, which executes every transaction a second time on another core to have read the state in time; "+
			"*engine alone* is ours without a zone: no ticks, digests, receipts' hashes nor views for readers.", o.Slots, o.Transfers, o.Swaps, ticksPerSlot),
		Columns: []string{"transactions", "variant", "CPU µs each", "time µs each", "per second"},
	}
	for i, v := range variants {
		r := samples[i].Rounds
		wall := harness.SummaryOf(r, func(c Cost) float64 { return c.Wall })
		t.Add(v.kind, v.name, harness.SummaryOf(r, func(c Cost) float64 { return c.CPU }), wall, 1e6/wall.Median)
	}
	return t
}

// ratioTable compares variants within each round.
func ratioTable(variants []*variant, samples []harness.Samples[Cost]) (harness.Table, harness.Plot) {
	t := harness.Table{Caption: "Ratios within each round.", Columns: []string{"transactions", "ratio", "measured", "aim"}}
	plot := harness.Plot{Name: "execution", Title: "Processor time of a transaction by that of go-ethereum's import", X: harness.Axis{Label: "round"}, Y: harness.Axis{Label: "ratio"}}
	for _, kind := range kinds {
		costs := make(map[string][]Cost)
		for i, v := range variants {
			if v.kind == kind {
				costs[v.name] = samples[i].Rounds
			}
		}
		for _, c := range comparisons {
			values := make([]float64, len(costs[c.above]))
			for i, above := range costs[c.above] {
				values[i] = c.of(above) / c.of(costs[c.below][i])
			}
			t.Add(kind, c.what, harness.Summarize(values), c.aim)
		}
		plot.Lines = append(plot.Lines, roundLines(kind, costs)...)
	}
	return t, plot
}

// roundLines are the variants' costs by that of the import, round by round: how much of a ratio is noise is seen there.
func roundLines(kind string, costs map[string][]Cost) (lines []harness.Line) {
	for _, name := range []string{zoned, archived, alone} {
		l := harness.Line{Name: kind + ": " + name}
		for i, c := range costs[name] {
			l.Points = append(l.Points, harness.Summarize([]float64{c.CPU / costs[stock][i].CPU}).At(float64(i+1)))
		}
		lines = append(lines, l)
	}
	return lines
}
