package main

import (
	"context"

	"github.com/lockstep-network/lockstep/test/bench/execution"
	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// measureExecution is about a zone without a network around it.
func measureExecution(ctx context.Context, b *bench) (*harness.Result, error) {
	o := execution.Options{Artifacts: b.artifacts, Transfers: pick(b, 1000, 5000), Swaps: pick(b, 400, 2000), Slots: 2, Conflicts: 1000}
	return execution.Measure(ctx, o, b.roundsOr(1, 5), b.say)
}
