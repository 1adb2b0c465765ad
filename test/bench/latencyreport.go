package main

import (
	"fmt"
	"strings"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
)

type latencySamples = harness.Samples[latencySample]

// figure summarizes one figure of a load over the rounds; ok is false if the variant does not have it.
func figure(s latencySamples, name string, of func(*load.Result) (float64, bool)) (_ harness.Summary, ok bool) {
	var values []float64
	for _, round := range s.Rounds {
		if result := round.Loads[name]; result != nil {
			if v, has := of(result); has {
				values = append(values, v)
			}
		}
	}
	return harness.Summarize(values), len(values) > 0
}

// p50 and p99 of a level.
func p50(level load.Level) func(*load.Result) (float64, bool) {
	return func(r *load.Result) (float64, bool) { l, ok := r.Latency[level.String()]; return l.P50, ok }
}

func p99(level load.Level) func(*load.Result) (float64, bool) {
	return func(r *load.Result) (float64, bool) { l, ok := r.Latency[level.String()]; return l.P99, ok }
}

// latencyTable has a row for each network and load.
func latencyTable(all []latencySamples) harness.Table {
	t := harness.Table{
		Caption: "From the moment at which a transaction is due at one gateway until a subscriber of another one learns of the level, ms; medians over the rounds [lowest–highest]. " +
			"Loads are of 200 opaque bytes, or of signed transfers. A load that a network did not keep up with has the number of transactions per second that it ordered.",
		Columns: []string{"network", "load", "ordered p50", "p99", "executed p50", "p99", "attested p50", "p99", "note"},
	}
	for _, s := range all {
		for _, l := range latencyLoads() {
			cells := []any{s.Name, l.name}
			has := false
			for _, level := range []load.Level{load.Ordered, load.Executed, load.Attested} {
				for _, of := range []func(load.Level) func(*load.Result) (float64, bool){p50, p99} {
					if v, ok := figure(s, l.name, of(level)); ok {
						cells, has = append(cells, v), true
					} else {
						cells = append(cells, "")
					}
				}
			}
			if has {
				t.Add(append(cells, overload(s, l))...)
			}
		}
	}
	return t
}

// overload says how far a network fell behind a load; empty if it did not.
func overload(s latencySamples, l loadPlan) string {
	lost, _ := figure(s, l.name, func(r *load.Result) (float64, bool) { return float64(r.Refused), true })
	rate, _ := figure(s, l.name, func(r *load.Result) (float64, bool) { return r.PerSecond, true })
	var notes []string
	if want := float64(l.rate); rate.Median < 0.9*want {
		notes = append(notes, harness.Figure(rate.Median)+" tx/s")
	}
	if lost.Median > 0 {
		notes = append(notes, harness.Figure(lost.Median)+" refused")
	}
	return strings.Join(notes, ", ")
}

// aim is one of issue 8: on disk, four processes.
type aim struct {
	what, load string
	of         func(*load.Result) (float64, bool)
	most       float64 // ms
}

func aims() []aim {
	return []aim{
		{"ordered p50", "1,000/s", p50(load.Ordered), 20},
		{"executed p50", "1,000/s transfers", p50(load.Executed), 25},
		{"attested p50", "1,000/s transfers", p50(load.Attested), 45},
		{"first transaction of an idle network, ordered p50", idleLoad, p50(load.Ordered), 15},
	}
}

// aimsTable compares with the aims and with the tuned control.
func aimsTable(all []latencySamples) harness.Table {
	t := harness.Table{
		Caption: "The aims, on disk, with four processes. Ratios are medians of those of the rounds.",
		Columns: []string{"network", "what", "load", "aim", "measured", "measured / aim"},
	}
	for _, name := range []string{oursName, otherName} {
		s, ok := find(all, name+", "+manyProcess+", disk")
		if !ok {
			continue
		}
		for _, a := range aims() {
			if v, ok := figure(s, a.load, a.of); ok {
				t.Add(name, a.what, a.load, fmt.Sprintf("%g ms", a.most), v, v.Median/a.most)
			}
		}
		if v, ok := figure(s, "1,000/s", func(r *load.Result) (float64, bool) {
			l := r.Latency[load.Ordered.String()]
			return l.P99 / l.P50, l.P50 > 0
		}); ok {
			t.Add(name, "ordered p99 by p50", "1,000/s", "3", v, v.Median/3)
		}
		for _, where := range []string{", four processes, disk", ", one process, disk", ", four processes, memory", ", one process, memory"} {
			for _, l := range []string{idleLoad, "20/s", "1,000/s", "10,000/s"} {
				if v, ok := ratio(all, name+where, tunedName+where, l); ok {
					t.Add(name, "ordered p50 by that of the tuned kvstore"+where, l, "1.3", v, v.Median/1.3)
				}
			}
		}
	}
	return t
}

// ratio is that of two networks' ordered p50, round by round.
func ratio(all []latencySamples, ours, theirs, name string) (harness.Summary, bool) {
	a, ok := find(all, ours)
	b, has := find(all, theirs)
	if !ok || !has || len(a.Rounds) != len(b.Rounds) {
		return harness.Summary{}, false
	}
	var values []float64
	for i := range a.Rounds {
		x, y := a.Rounds[i].Loads[name], b.Rounds[i].Loads[name]
		if x != nil && y != nil && y.Latency[load.Ordered.String()].P50 > 0 {
			values = append(values, x.Latency[load.Ordered.String()].P50/y.Latency[load.Ordered.String()].P50)
		}
	}
	return harness.Summarize(values), len(values) > 0
}

func find(all []latencySamples, name string) (latencySamples, bool) {
	for _, s := range all {
		if s.Name == name {
			return s, true
		}
	}
	return latencySamples{}, false
}

// loadTable says what the loads cost the machine.
func loadTable(all []latencySamples) harness.Table {
	t := harness.Table{
		Caption: "What the networks used meanwhile, all processes together (the load generator not among them).",
		Columns: []string{"network", "load", "ticks/s", "CPU ms per tick", "cores", "written MiB/s", "peak memory MiB"},
	}
	for _, s := range all {
		peak := harness.SummaryOf(s.Rounds, func(r latencySample) float64 { return r.PeakMiB })
		for _, l := range latencyLoads() {
			rate, ok := figure(s, l.name, func(r *load.Result) (float64, bool) { return float64(r.Ticks) / r.Seconds, r.Seconds > 0 })
			if !ok {
				continue
			}
			tick, _ := figure(s, l.name, func(r *load.Result) (float64, bool) { return r.Used.CPU * 1000 / float64(r.Ticks), r.Ticks > 0 })
			cores, _ := figure(s, l.name, func(r *load.Result) (float64, bool) { return r.Used.CPU / r.Seconds, true })
			written, _ := figure(s, l.name, func(r *load.Result) (float64, bool) { return r.Used.WrittenMiB / r.Seconds, true })
			t.Add(s.Name, l.name, rate, tick, cores, written, peak)
		}
	}
	return t
}

// latencyPlots show p50 over the rate.
func latencyPlots(all []latencySamples) []harness.Plot {
	plot := harness.Plot{Name: "latency", Title: "Ordered: p50 by load", X: harness.Axis{Label: "transactions per second", Log: true}, Y: harness.Axis{Label: "ms", Log: true}}
	for _, s := range all {
		line := harness.Line{Name: s.Name}
		for _, l := range latencyLoads() {
			if v, ok := figure(s, l.name, p50(load.Ordered)); ok && !l.transfers && l.rate > 0 {
				line.Points = append(line.Points, v.At(float64(l.rate)))
			}
		}
		if len(line.Points) > 0 {
			plot.Lines = append(plot.Lines, line)
		}
	}
	return []harness.Plot{plot}
}
