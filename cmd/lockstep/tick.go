package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
)

func newTick() *cobra.Command {
	var q query
	cmd := &cobra.Command{
		Use:     "tick [NUMBER]",
		Short:   "Show what a tick ordered, lane by lane, and what became of it",
		Long:    "Shows a tick, by default the newest: the positions that it added to each lane, in execution order, with their outcomes,\nand the bundles among them.",
		Example: "  lockstep tick\n  lockstep tick 4711 --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			call := func(ctx context.Context, c *client.Client) (*client.Tick, error) { return c.LatestTick(ctx) }
			switch len(args) {
			case 0:
			case 1:
				n, err := strconv.ParseUint(args[0], 10, 64)
				if err != nil {
					return usageError{fmt.Errorf("%q: want the number of a tick", args[0])}
				}
				call = func(ctx context.Context, c *client.Client) (*client.Tick, error) { return c.Tick(ctx, n) }
			default:
				return usageError{fmt.Errorf("%s takes one number", cmd.CommandPath())}
			}
			return ask(cmd, &q, call, printTick)
		},
	}
	q.register(cmd)
	return cmd
}

func printTick(w io.Writer, t *client.Tick) error {
	if _, err := fmt.Fprintf(w, "tick %d at %s UTC\n", t.Number, clock(t.Time)); err != nil {
		return err
	}
	if len(t.Lanes) == 0 {
		_, err := fmt.Fprintln(w, "it ordered nothing: empty ticks are the clock")
		return err
	}
	for _, lane := range t.Lanes {
		fmt.Fprintf(w, "\nlane of rollup %s, positions %d to %d\n", lane.Rollup, lane.FirstSeq, lane.FirstSeq+lane.Count-1)
		rows := [][]string{{"  SEQ", "TRANSACTION", "LEVEL", "OUTCOME", "BUNDLE"}}
		for i := range lane.Positions {
			a := &lane.Positions[i]
			bundle := "-"
			if a.BundleID != nil {
				bundle = a.BundleID.Hex()
			}
			hash := "-"
			if a.TxHash != nil {
				hash = a.TxHash.Hex()
			}
			rows = append(rows, []string{fmt.Sprintf("  %d", lane.FirstSeq+uint64(i)), hash, a.Level.String(), outcomeText(a), bundle})
		}
		if err := table(w, rows); err != nil {
			return err
		}
	}
	return nil
}

// outcomeText says what became of a place in the order.
func outcomeText(a *client.Attempt) string {
	switch {
	case a.Outcome == nil:
		return "not decided"
	case a.Outcome.Void() && a.Reason != "":
		return fmt.Sprintf("void (%s): %s", a.Outcome, a.Reason)
	case a.Outcome.Void():
		return fmt.Sprintf("void (%s)", a.Outcome)
	case a.Reverted != nil && *a.Reverted:
		return "included, reverted"
	}
	return "included"
}
