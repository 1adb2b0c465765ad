package main

import (
	"fmt"
	"io"
	"os"
	"slices"
)

// Row is a variant: medians over the rounds, with the least and the most.
type Row struct {
	Kind    string `json:"kind"`
	Variant string `json:"variant"`
	// CPU and Wall are processor time and time for a transaction, in µs.
	CPU  Spread `json:"cpu"`
	Wall Spread `json:"wall"`
}

// Ratio compares two variants within each round.
type Ratio struct {
	What  string `json:"what"`
	Value Spread `json:"value"`
	Aim   string `json:"aim"`
}

// Spread is a median with the least and the most.
type Spread struct {
	Median, Least, Most float64
}

func spread(values []float64) Spread {
	s := slices.Sorted(slices.Values(values))
	return Spread{Median: s[len(s)/2], Least: s[0], Most: s[len(s)-1]}
}

// Report is what a run found.
type Report struct {
	Rounds int     `json:"rounds"`
	Rows   []Row   `json:"rows"`
	Ratios []Ratio `json:"ratios"`
}

// variant is one thing to measure of a kind of transaction; it runs once a round.
type variant struct {
	kind, name string
	run        func() (cost, error)
	costs      []cost
}

// benchmark runs all variants, round by round; every second round runs them the other way round.
func benchmark(o options) (*Report, error) {
	variants, err := variantsOf(o)
	if err != nil {
		return nil, err
	}
	for round := range o.rounds {
		order := slices.Clone(variants)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for i, v := range order {
			fmt.Fprintf(os.Stderr, "\rround %d of %d, %d of %d: %-60s", round+1, o.rounds, i+1, len(order), v.kind+", "+v.name)
			c, err := v.run()
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", v.kind, v.name, err)
			}
			v.costs = append(v.costs, c)
		}
	}
	fmt.Fprintln(os.Stderr)
	r := &Report{Rounds: o.rounds}
	for _, v := range variants {
		r.Rows = append(r.Rows, Row{Kind: v.kind, Variant: v.name, CPU: v.spread(cost.per), Wall: v.spread(cost.elapsed)})
	}
	r.Ratios = ratiosOf(variants)
	return r, nil
}

func (v *variant) spread(of func(cost) float64) Spread {
	values := make([]float64, len(v.costs))
	for i, c := range v.costs {
		values[i] = of(c)
	}
	return spread(values)
}

// Print writes the report as tables in Markdown.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "| transactions | variant | CPU µs each | time µs each | per second |\n|---|---|---|---|---|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %.0f |\n", row.Kind, row.Variant, row.CPU, row.Wall, 1e6/row.Wall.Median)
	}
	fmt.Fprintf(w, "\n| ratio | median (least to most) | aim |\n|---|---|---|\n")
	for _, ratio := range r.Ratios {
		fmt.Fprintf(w, "| %s | %.2f (%.2f to %.2f) | %s |\n", ratio.What, ratio.Value.Median, ratio.Value.Least, ratio.Value.Most, ratio.Aim)
	}
}

func (s Spread) String() string { return fmt.Sprintf("%.1f (%.1f to %.1f)", s.Median, s.Least, s.Most) }
