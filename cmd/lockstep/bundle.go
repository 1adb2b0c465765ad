package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

func newBundle() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Simulate and send bundles",
		Long: "A bundle file is what lockstep_sendBundle takes:\n\n" +
			"  {\"atomicity\": \"execution\", \"notAfter\": 1790000000000, \"legs\": [{\"rollup\": 901, \"tx\": \"0x02…\"}, {\"rollup\": 902, \"tx\": \"0x02…\"}]}\n\n" +
			"Where notAfter is missing and the legs are not protected by a commitment, which binds it, --window sets it.",
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBundleSend(), newBundleSimulate())
	return cmd
}

// bundleFile says where a bundle comes from.
type bundleFile struct{ window time.Duration }

func (f *bundleFile) register(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&f.window, "window", 30*time.Second, "how long from now a bundle without notAfter may be ordered")
}

// read reads a bundle from a file, or from standard input for "-".
func (f *bundleFile) read(cmd *cobra.Command, args []string) (*core.Bundle, error) {
	if len(args) != 1 {
		return nil, usageError{fmt.Errorf("%s takes the file of a bundle, or - for standard input", cmd.CommandPath())}
	}
	var text []byte
	var err error
	if args[0] == "-" {
		text, err = io.ReadAll(cmd.InOrStdin())
	} else {
		text, err = os.ReadFile(args[0])
	}
	if err != nil {
		return nil, err
	}
	b := new(core.Bundle)
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("%s is no bundle: %w; see `lockstep bundle --help`", args[0], err)
	}
	if b.NotAfter == 0 && b.Commitment == (common.Hash{}) {
		b.NotAfter = uint64(time.Now().Add(f.window).UnixMilli())
	}
	return b, nil
}

func newBundleSimulate() *cobra.Command {
	var q query
	var file bundleFile
	cmd := &cobra.Command{
		Use:     "simulate FILE",
		Short:   "Show what a bundle would do on the newest executed state",
		Long:    "Executes a bundle without side effects and shows each leg. Exits with 0 if the bundle would take effect, 1 if not.",
		Example: "  lockstep bundle simulate bundle.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := file.read(cmd, args)
			if err != nil {
				return err
			}
			ok := false
			err = ask(cmd, &q, func(ctx context.Context, c *client.Client) (*client.Simulation, error) {
				s, err := c.SimulateBundle(ctx, b)
				ok = err == nil && s.OK
				return s, err
			}, printSimulation)
			if err == nil && !ok {
				return fmt.Errorf("%w: the bundle would have no effect", errNotThere)
			}
			return err
		},
	}
	q.register(cmd)
	file.register(cmd)
	return cmd
}

func printSimulation(w io.Writer, s *client.Simulation) error {
	fmt.Fprintf(w, "bundle %s on the state after tick %d\n", s.BundleID, s.Tick)
	if s.Rule != nil {
		fmt.Fprintf(w, "refused: %s\n", s.Rule.Message)
	}
	rows := [][]string{{"LEG", "ROLLUP", "TRANSACTION", "RESULT", "GAS", "LOGS", "REASON"}}
	for i, leg := range s.Legs {
		reason := leg.RevertReason
		if reason == "" {
			reason = leg.Reason
		}
		rows = append(rows, []string{fmt.Sprint(i), leg.Rollup.String(), leg.TxHash.Hex(), leg.Status, fmt.Sprint(leg.GasUsed), fmt.Sprint(len(leg.Logs)), reason})
	}
	if err := table(w, rows); err != nil {
		return err
	}
	if s.OK {
		_, err := fmt.Fprintln(w, "it would take effect on all of its rollups")
		return err
	}
	if s.FailingLeg != nil {
		fmt.Fprintf(w, "failing leg %d (%s): %s\n", *s.FailingLeg, s.Code, s.Reason)
	}
	return nil
}

func newBundleSend() *cobra.Command {
	var q query
	var file bundleFile
	var wait waitFlags
	cmd := &cobra.Command{
		Use:   "send FILE",
		Short: "Send a bundle and wait for its result",
		Long: "Sends a bundle and waits until its result is attested, or for another level with --wait.\n" +
			"Exits with 0 if it took effect and came that far, 1 if it is void, was dropped, or has not come that far in time.",
		Example: "  lockstep bundle send bundle.json\n  lockstep bundle send - --wait executed < bundle.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			level, err := wait.target()
			if err != nil {
				return err
			}
			b, err := file.read(cmd, args)
			if err != nil {
				return err
			}
			c, err := q.dial(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := c.SendBundle(cmd.Context(), b)
			if err != nil {
				return q.explain(err)
			}
			return q.follow(cmd, c, followed{id, level, wait.timeout})
		},
	}
	q.register(cmd)
	file.register(cmd)
	wait.register(cmd, "attested")
	return cmd
}
