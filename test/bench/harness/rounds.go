package harness

import (
	"cmp"
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

// Plan is how often variants are measured.
type Plan struct {
	// Rounds is how often at most; Least is how often even if time runs out.
	Rounds, Least int
	// Until is when no further round begins that would end later; zero is never.
	Until time.Time
}

// Rounds measures every variant once in each round. A variant that fails in a round lacks that one; the error is ctx's, or that
// of a variant which never succeeded, beside the samples of the others. say is told what comes next, and how long all of it may take.
func Rounds[T any](ctx context.Context, plan Plan, variants []Variant[T], say func(format string, args ...any)) ([]Samples[T], error) {
	samples := make([]Samples[T], len(variants))
	for i, v := range variants {
		samples[i].Name = v.Name
	}
	c := clock{took: make([]time.Duration, len(variants)), rounds: plan.Rounds}
	for ; c.round < plan.Rounds && plan.allows(c.round, time.Now().Add(c.left(0, c.round+1))); c.round++ {
		for at, i := range Order(len(variants), c.round) {
			say("%d/%d  round %d  %s%s", c.round*len(variants)+at+1, plan.Rounds*len(variants), c.round+1, variants[i].Name, c.estimate(at, plan.Until))
			began := time.Now()
			sample, err := runOnce(ctx, variants[i])
			c.took[i] = time.Since(began)
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

// allows tells whether a round may begin that would end at a moment.
func (p Plan) allows(round int, end time.Time) bool {
	return round < max(1, p.Least) || p.Until.IsZero() || !end.After(p.Until)
}

// clock foretells how long the variants that are left will take: each what it took last, or the mean of the others.
type clock struct {
	took          []time.Duration // zero: not measured yet
	round, rounds int
}

// left is the time from the variant at a place of the current round until a number of rounds is over; zero when nothing is known.
func (c *clock) left(at, rounds int) (sum time.Duration) {
	var known, mean time.Duration
	for _, took := range c.took {
		if took > 0 {
			known, mean = known+1, mean+took
		}
	}
	if known == 0 {
		return 0
	}
	mean /= known
	for round := c.round; round < rounds; round++ {
		for place, i := range Order(len(c.took), round) {
			if round == c.round && place < at {
				continue
			}
			sum += cmp.Or(c.took[i], mean)
		}
	}
	return sum
}

// estimate is what left says for people: nothing at the beginning.
func (c *clock) estimate(at int, until time.Time) string {
	left := c.left(at, c.rounds)
	if left == 0 {
		return ""
	}
	if !until.IsZero() {
		left = min(left, max(time.Until(until), c.left(at, c.round+1)))
	}
	return fmt.Sprintf("  (some %s left)", left.Round(time.Second))
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
