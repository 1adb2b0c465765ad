package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
)

func newWatch() *cobra.Command {
	var q query
	var count uint64
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Follow a network live: each tick that orders something, and what becomes of it",
		Long: "Follows the ticks of a network until Ctrl-C, or until --count ticks with entries went by. Empty ticks are summed up.\n" +
			"With --json it prints the messages of the subscription \"ticks\", one on each line.",
		Example: "  lockstep watch\n  lockstep watch --json --count 1",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return q.watch(cmd, count)
		},
	}
	q.register(cmd)
	cmd.Flags().Uint64Var(&count, "count", 0, "end after this many ticks with entries; 0 never ends")
	return cmd
}

func (q *query) watch(cmd *cobra.Command, count uint64) error {
	live := *q
	u, err := url.Parse(q.rpc)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
		live.rpc = u.String()
	}
	c, err := live.dial(cmd.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	events := make(chan *client.TickEvent, 256)
	sub, err := c.SubscribeTicks(cmd.Context(), events)
	if err != nil {
		return q.explain(err)
	}
	defer sub.Unsubscribe()
	for seen := uint64(0); ; {
		select {
		case <-cmd.Context().Done():
			return nil
		case err := <-sub.Err():
			if err == nil {
				err = errors.New("the connection ended")
			}
			return fmt.Errorf("%w: %w; run the command again to go on from now", errUnreachable, err)
		case e := <-events:
			if err := q.printEvent(cmd.OutOrStdout(), e); err != nil {
				return err
			}
			if len(e.Lanes) > 0 {
				seen++
			}
			if count > 0 && seen >= count {
				return nil
			}
		}
	}
}

func (q *query) printEvent(w io.Writer, e *client.TickEvent) error {
	if q.asJSON {
		return json.NewEncoder(w).Encode(e)
	}
	switch {
	case e.Error != nil:
		_, err := fmt.Fprintf(w, "%s: %s\n", e.Type, e.Error.Message)
		return err
	case e.Type == "executed":
		return printOutcomes(w, e)
	case len(e.Lanes) == 0:
		return nil
	}
	fmt.Fprintf(w, "tick %d  %s  ", e.Number, clock(e.Time))
	for _, lane := range e.Lanes {
		fmt.Fprintf(w, "rollup %s +%d  ", lane.Rollup, lane.Count)
	}
	if n := len(e.Bundles); n > 0 {
		fmt.Fprintf(w, "%d bundles", n)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// printOutcomes counts what a tick decided.
func printOutcomes(w io.Writer, e *client.TickEvent) error {
	if len(e.Outcomes) == 0 {
		return nil
	}
	included, void := 0, 0
	for _, o := range e.Outcomes {
		if o.Outcome.Void() {
			void++
		} else {
			included++
		}
	}
	_, err := fmt.Fprintf(w, "  executed tick %d of zone %s: %d included, %d void\n", e.Tick, e.Zone, included, void)
	return err
}
