package harness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Variant is one thing that is measured in turn with others.
type Variant[T any] struct {
	Name string
	// Run measures once. It gives up after Patience, or when its context ends.
	Run      func(ctx context.Context) (T, error)
	Patience time.Duration
}

// Samples are what the rounds gave of one variant.
type Samples[T any] struct {
	Name   string `json:"name"`
	Rounds []T    `json:"rounds"`
	// Failed are the errors of rounds that gave nothing.
	Failed []string `json:"failed,omitempty"`
}

// Rounds measures every variant once in each round. A variant that fails in a round lacks that one; the error is ctx's, or that
// of a variant which never succeeded. say is told what comes next.
func Rounds[T any](ctx context.Context, rounds int, variants []Variant[T], say func(format string, args ...any)) ([]Samples[T], error) {
	samples := make([]Samples[T], len(variants))
	for i, v := range variants {
		samples[i].Name = v.Name
	}
	done, all := 0, rounds*len(variants)
	for round := range rounds {
		for _, i := range Order(len(variants), round) {
			done++
			say("%d/%d  round %d  %s", done, all, round+1, variants[i].Name)
			sample, err := runOnce(ctx, variants[i])
			switch {
			case ctx.Err() != nil:
				return samples, ctx.Err()
			case err != nil:
				say("         %s: %v", variants[i].Name, err)
				samples[i].Failed = append(samples[i].Failed, err.Error())
			default:
				samples[i].Rounds = append(samples[i].Rounds, sample)
			}
		}
	}
	var never []error
	for _, s := range samples {
		if len(s.Rounds) == 0 {
			never = append(never, fmt.Errorf("%s: %s", s.Name, s.Failed[len(s.Failed)-1]))
		}
	}
	return samples, errors.Join(never...)
}

func runOnce[T any](ctx context.Context, v Variant[T]) (T, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, v.Patience, fmt.Errorf("not done within %s", v.Patience))
	defer cancel()
	sample, err := v.Run(ctx)
	if err != nil && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return sample, err
}

// Order is the order of n variants in a round: every second round is the one before backwards, and each pair of rounds begins one place
// further on.
func Order(n, round int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = (i + round/2) % n
	}
	if round%2 == 1 {
		slices.Reverse(order)
	}
	return order
}
