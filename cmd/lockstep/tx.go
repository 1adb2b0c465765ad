package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// waitFlags say how long a command waits for an entry.
type waitFlags struct {
	level   string
	timeout time.Duration
}

func (f *waitFlags) register(cmd *cobra.Command, byDefault string) {
	cmd.Flags().StringVar(&f.level, "wait", byDefault, "wait for a `LEVEL`: ordered, executed or attested; \"\" does not wait")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "how long to wait")
}

// target is the level to wait for, LevelUnknown for none.
func (f *waitFlags) target() (core.Level, error) {
	var level core.Level
	if f.level == "" {
		return level, nil
	}
	if err := level.UnmarshalText([]byte(f.level)); err != nil || level < core.LevelOrdered || level > core.LevelAttested {
		return 0, usageError{fmt.Errorf("--wait %q: want ordered, executed or attested", f.level)}
	}
	if f.timeout <= 0 {
		return 0, usageError{fmt.Errorf("--timeout %s: want more than 0", f.timeout)}
	}
	return level, nil
}

func newTx() *cobra.Command {
	var q query
	var wait waitFlags
	cmd := &cobra.Command{
		Use:   "tx HASH",
		Short: "Show how far a transaction or bundle has come, with every attempt and its reason",
		Long: "Shows the level of a transaction, or of a bundle by its id: where it was ordered, when it reached each level, what became\n" +
			"of it and why. With --wait it waits for a level first.\n\n" +
			"Exits with 0 if it was included (or, before that is known, has come as far as was asked for), and with 1 if it is void,\n" +
			"was dropped, is not known, or has not come that far in time.",
		Example: "  lockstep tx 0x5c50…c060\n  lockstep tx 0x5c50…c060 --wait attested --timeout 5s",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes a transaction hash or a bundle id", cmd.CommandPath())}
			}
			id, err := readHashArg(args[0])
			if err != nil {
				return err
			}
			level, err := wait.target()
			if err != nil {
				return err
			}
			c, err := q.dial(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			return q.follow(cmd, c, followed{id, level, wait.timeout})
		},
	}
	q.register(cmd)
	wait.register(cmd, "")
	return cmd
}

// followed is what is waited for.
type followed struct {
	id      common.Hash
	level   core.Level
	timeout time.Duration
}

// follow waits for a level, prints the status, and gives an error if the entry did not come there.
func (q *query) follow(cmd *cobra.Command, c *client.Client, f followed) error {
	status, err := awaitLevel(cmd.Context(), c, f, cmd.ErrOrStderr())
	if err != nil {
		return q.explain(err)
	}
	if q.asJSON {
		err = printJSON(cmd.OutOrStdout(), status)
	} else {
		err = printStatusOf(cmd.OutOrStdout(), status)
	}
	return errors.Join(err, arrival(status, f))
}

// longestWait is below what gateways allow for one call.
const longestWait = 2 * time.Second

// awaitLevel asks until the level is reached, nothing more can come, or the time is over. What takes longer than two
// seconds is reported.
func awaitLevel(ctx context.Context, c *client.Client, f followed, progress io.Writer) (*client.Status, error) {
	if f.level == core.LevelUnknown {
		return c.Status(ctx, f.id)
	}
	begin := time.Now()
	for {
		left := f.timeout - time.Since(begin)
		status, err := c.WaitFor(ctx, f.id, f.level, min(max(left, 0), longestWait))
		if err != nil || status.Level >= f.level || status.Dropped != nil || left <= 0 {
			return status, err
		}
		fmt.Fprintf(progress, "waiting for %s: %s is %s after %s\n", f.level, f.id.TerminalString(), status.Level, time.Since(begin).Round(time.Second))
	}
}

// arrival is nil for an entry that has come as far as was asked for and is not void.
func arrival(s *client.Status, f followed) error {
	switch {
	case s.Dropped != nil:
		return fmt.Errorf("%w: it was dropped: %s", errNotThere, s.Dropped.Message)
	case s.Level == core.LevelUnknown:
		return fmt.Errorf("%w: this gateway has never heard of %s; check the hash, or send it again", errNotThere, f.id)
	case s.Level < f.level:
		return fmt.Errorf("%w: it is %s, not %s, after %s; ask again with a longer --timeout", errNotThere, s.Level, f.level, f.timeout)
	}
	var void error
	for i := range s.Attempts {
		a := &s.Attempts[i]
		if a.Outcome == nil || !a.Outcome.Void() {
			return nil // included, or may still be
		}
		void = fmt.Errorf("%w: it is %s: it had no effect", errNotThere, outcomeText(a))
	}
	return void
}

func printStatusOf(w io.Writer, s *client.Status) error {
	fmt.Fprintf(w, "%s %s: %s\n", s.Kind, s.ID, s.Level)
	if s.Dropped != nil {
		fmt.Fprintf(w, "dropped: %s\n", s.Dropped.Message)
	}
	for i := range s.Attempts {
		printAttempt(w, &s.Attempts[i], "")
	}
	return nil
}

func printAttempt(w io.Writer, a *client.Attempt, indent string) {
	place := ""
	if a.Rollup != nil && a.Seq != nil {
		place = fmt.Sprintf(", rollup %s, seq %d", a.Rollup, *a.Seq)
	}
	fmt.Fprintf(w, "%stick %d%s: %s\n", indent, a.Tick, place, outcomeText(a))
	if a.Times != nil {
		fmt.Fprintf(w, "%s  tick time %s  ordered %s  executed %s  attested %s\n", indent, clock(a.TickTime), clock(a.Times.Ordered), clock(a.Times.Executed), clock(a.Times.Attested))
	}
	if a.Block != nil && a.TxIndex != nil && a.GasUsed != nil {
		fmt.Fprintf(w, "%s  block %d, index %d, gas used %d\n", indent, *a.Block, *a.TxIndex, *a.GasUsed)
	}
	if a.BundleID != nil {
		fmt.Fprintf(w, "%s  leg of bundle %s\n", indent, a.BundleID)
	}
	if a.FailingLeg != nil {
		fmt.Fprintf(w, "%s  failing leg: %d\n", indent, *a.FailingLeg)
	}
	for i := range a.Legs {
		fmt.Fprintf(w, "%s  leg %d: %s\n", indent, i, a.Legs[i].TxHash)
		printAttempt(w, &a.Legs[i], indent+"    ")
	}
}
