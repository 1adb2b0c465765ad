package main

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
)

// size is one row of a table of growth: how much of something there is, and in which form, where there are several.
type size struct {
	of   int
	form string
}

// sizesOf are all sizes in all forms.
func sizesOf(forms []string, sizes ...int) (all []size) {
	for _, form := range forms {
		for _, of := range sizes {
			all = append(all, size{of, form})
		}
	}
	return all
}

func (s size) name(what string) string {
	name := fmt.Sprintf("%s=%d", what, s.of)
	if s.form != "" {
		name += ", " + s.form
	}
	return name
}

// grown is what was measured at a size.
type grown[T any] struct {
	size
	samples harness.Samples[T]
}

// rounds of a size.
func (g grown[T]) rounds() []T { return g.samples.Rounds }

// growing is what was measured at all sizes.
type growing[T any] struct {
	rows []grown[T]
	// missing says of which sizes there is nothing, and why.
	missing error
}

// growth measures a network at each size, in turns. A size that a machine cannot bear is told, and is missing in the table.
func growth[T any](ctx context.Context, b *bench, what string, sizes []size, run func(ctx context.Context, s size) (T, error)) (*growing[T], error) {
	var variants []harness.Variant[T]
	var chosen []size
	for _, s := range sizes {
		if name := s.name(what); b.wanted(name) {
			chosen = append(chosen, s)
			variants = append(variants, harness.Variant[T]{Name: name, Patience: variantPatience, Run: func(ctx context.Context) (T, error) { return run(ctx, s) }})
		}
	}
	plan := b.roundsOr(1, 3)
	if b.rounds == 0 {
		plan.Least = 1 // how a curve runs is seen by its points
	}
	samples, err := harness.Rounds(ctx, plan, variants, b.say)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	all := &growing[T]{missing: err}
	for i, s := range samples {
		if len(s.Rounds) > 0 {
			all.rows = append(all.rows, grown[T]{chosen[i], s})
		}
	}
	if len(all.rows) == 0 {
		return nil, err
	}
	return all, nil
}

// note is what a table's caption says of what is missing.
func (g *growing[T]) note() string {
	if g.missing == nil {
		return ""
	}
	return fmt.Sprintf(" Not measured: %v.", g.missing)
}

// lines of a plot, one for each form: a figure over the size.
func (g *growing[T]) lines(what string, of func(T) float64) (lines []harness.Line) {
	for _, row := range g.rows {
		name := row.form
		if name == "" {
			name = what
		}
		if len(lines) == 0 || lines[len(lines)-1].Name != name {
			lines = append(lines, harness.Line{Name: name})
		}
		l := &lines[len(lines)-1]
		l.Points = append(l.Points, harness.SummaryOf(row.rounds(), of).At(float64(row.of)))
	}
	return lines
}

// first is the first row of a form, which others of that form are compared with.
func (g *growing[T]) first(form string) grown[T] {
	for _, row := range g.rows {
		if row.form == form {
			return row
		}
	}
	return grown[T]{}
}

func (g *growing[T]) samples() (list []harness.Samples[T]) {
	for _, row := range g.rows {
		list = append(list, row.samples)
	}
	return list
}

// steady is the load under which networks of different sizes are compared.
const steady = 100 // transactions per second

func (b *bench) steadyPlan(pids []int) load.Plan {
	return load.Plan{Rate: steady, WarmUp: 2 * time.Second, Duration: pick(b, 5*time.Second, 8*time.Second), PIDs: pids}
}

func coresUsed(r *load.Result) float64 { return r.Used.CPU / r.Seconds }
