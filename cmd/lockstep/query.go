package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"text/tabwriter"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
)

// errUnreachable: nothing answers at the gateway's address.
var errUnreachable = errors.New("no gateway answers")

// errNotThere: the network was asked, and what was asked for did not happen or is not known.
var errNotThere = errors.New("not there")

// query is what commands that ask a gateway have in common.
type query struct {
	rpc    string
	asJSON bool
}

func (q *query) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&q.rpc, "rpc", demoRPC, "`URL` of any gateway of the network")
	cmd.Flags().BoolVar(&q.asJSON, "json", false, "print JSON instead of text")
}

// dial connects, and says what to do if nobody is there.
func (q *query) dial(ctx context.Context) (*client.Client, error) {
	c, err := client.Dial(ctx, q.rpc)
	if err != nil {
		return nil, q.explain(err)
	}
	return c, nil
}

// explain says what to do next about an error of a call.
func (q *query) explain(err error) error {
	var dial *net.OpError
	var answer rpc.Error
	var status rpc.HTTPError
	switch {
	case err == nil, errors.As(err, &answer):
		return err
	case errors.As(err, &dial):
		return fmt.Errorf("%w at %s (%w); start a network with `lockstep devnet`, or name another gateway with --rpc", errUnreachable, q.rpc, dial.Err)
	case errors.As(err, &status):
		return fmt.Errorf("%w at %s: HTTP %s; --rpc wants the gateway's root, such as %s", errUnreachable, q.rpc, status.Status, demoRPC)
	}
	return err
}

// ask connects, calls, and prints the answer as JSON or by show.
func ask[T any](cmd *cobra.Command, q *query, call func(context.Context, *client.Client) (*T, error), show func(io.Writer, *T) error) error {
	c, err := q.dial(cmd.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	answer, err := call(cmd.Context(), c)
	if err != nil {
		return q.explain(err)
	}
	if q.asJSON {
		return printJSON(cmd.OutOrStdout(), answer)
	}
	return show(cmd.OutOrStdout(), answer)
}

func printJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// table prints rows in columns; the first row is the heading.
func table(w io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, cell)
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// clock is a time in ms since the Unix epoch, for people.
func clock(ms uint64) string {
	if ms == 0 {
		return "-"
	}
	return time.UnixMilli(int64(ms)).UTC().Format("15:04:05.000")
}
