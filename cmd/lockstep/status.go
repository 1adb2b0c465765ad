package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
)

func newStatus() *cobra.Command {
	var q query
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what a network is, and how far it has come",
		Long: "Shows the network behind a gateway: its id, the newest tick, how far each zone has executed and what of it is attested,\n" +
			"the newest checkpoint, and what waits in the pool. Exits with 0 if the gateway answers, whatever it says.",
		Example: "  lockstep status\n  lockstep status --rpc http://127.0.0.1:9545 --json",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return ask(cmd, &q, askNetwork, printStatus) },
	}
	q.register(cmd)
	return cmd
}

func askNetwork(ctx context.Context, c *client.Client) (*client.Network, error) {
	return c.Network(ctx)
}

func printStatus(w io.Writer, s *client.Network) error {
	age := time.Since(time.UnixMilli(int64(s.Head.Time))).Round(time.Millisecond)
	rows := [][]string{
		{"network", fmt.Sprintf("%s (%s)", s.NetworkID, s.Name)},
		{"version", fmt.Sprintf("%s, protocol %d", s.Version, s.ProtocolVersion)},
		{"newest tick", fmt.Sprintf("%d, %s ago", s.Head.Tick, age)},
	}
	if c := s.Checkpoint; c != nil {
		rows = append(rows, []string{"checkpoint", fmt.Sprintf("tick %d, slot %d", c.Tick, c.Slot)})
	}
	for _, z := range s.Zones {
		text := fmt.Sprintf("attested to tick %d", z.Attested)
		switch {
		case z.Stopped != "":
			text += ", STOPPED here: " + z.Stopped
		case z.Executed != nil:
			text += fmt.Sprintf(", executed to tick %d", *z.Executed)
		}
		rows = append(rows, []string{fmt.Sprintf("zone %s", z.ID), text})
	}
	rows = append(rows,
		[]string{"rollups", fmt.Sprintf("%d (lockstep rollups)", len(s.Rollups))},
		[]string{"validators", fmt.Sprintf("%d (lockstep validators)", len(s.Validators))},
		[]string{"pool", fmt.Sprintf("%d pending, %d waiting for a nonce, %d bundles", s.Pool.Pending, s.Pool.Queued, s.Pool.Bundles)},
	)
	return table(w, rows)
}

func newRollups() *cobra.Command {
	var q query
	cmd := &cobra.Command{
		Use:     "rollups",
		Short:   "List the rollups of a network, with their lanes and newest blocks",
		Example: "  lockstep rollups",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd, &q, askNetwork, func(w io.Writer, s *client.Network) error { return printRollups(w, s, q.rpc) })
		},
	}
	q.register(cmd)
	return cmd
}

func printRollups(w io.Writer, s *client.Network, gateway string) error {
	rows := [][]string{{"ROLLUP", "NAME", "KIND", "ZONE", "LANE", "SEALED BLOCK", "JSON-RPC"}}
	for _, r := range s.Rollups {
		zone, block, rpc := "-", "-", "-"
		if r.Zone != 0 {
			zone = r.Zone.String()
		}
		if r.SealedBlock != nil {
			block = fmt.Sprint(*r.SealedBlock)
		}
		if r.RPC != "" {
			rpc = strings.TrimRight(gateway, "/") + r.RPC
		}
		rows = append(rows, []string{r.ID.String(), r.Name, r.Kind.String(), zone, fmt.Sprint(r.NextSeq), block, rpc})
	}
	return table(w, rows)
}

func newValidators() *cobra.Command {
	var q query
	cmd := &cobra.Command{
		Use:   "validators",
		Short: "List the validators: power, keys, and who signed the newest checkpoint",
		Long: "Lists the validators with their power, and whether they signed the newest complete checkpoint. A checkpoint is complete\n" +
			"with more than 2/3 of the power, so one that is missing here may just have been late.",
		Example: "  lockstep validators",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd, &q, askValidators, printValidators)
		},
	}
	q.register(cmd)
	return cmd
}

// validatorRow is a validator with what the newest checkpoint says of it.
type validatorRow struct {
	Address      string `json:"address"`
	ConsensusKey string `json:"consensusKey"`
	Power        uint64 `json:"power"`
	// Signed the newest complete checkpoint; missing before the first one.
	Signed *bool `json:"signedNewestCheckpoint,omitempty"`
}

func askValidators(ctx context.Context, c *client.Client) (*[]validatorRow, error) {
	network, err := c.Network(ctx)
	if err != nil {
		return nil, err
	}
	signers := make(map[string]bool)
	if network.Checkpoint != nil {
		checkpoint, err := c.Checkpoint(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range checkpoint.Signatures {
			signers[s.Address.Hex()] = true
		}
	}
	var rows []validatorRow
	for _, v := range network.Validators {
		row := validatorRow{Address: v.Address.Hex(), ConsensusKey: v.ConsensusKey.String(), Power: v.Power}
		if network.Checkpoint != nil {
			signed := signers[row.Address]
			row.Signed = &signed
		}
		rows = append(rows, row)
	}
	return &rows, nil
}

func printValidators(w io.Writer, rows *[]validatorRow) error {
	out := [][]string{{"VALIDATOR", "POWER", "NEWEST CHECKPOINT", "CONSENSUS KEY"}}
	for _, r := range *rows {
		signed := "none yet"
		if r.Signed != nil {
			signed = map[bool]string{true: "signed", false: "not signed"}[*r.Signed]
		}
		out = append(out, []string{r.Address, fmt.Sprint(r.Power), signed, r.ConsensusKey})
	}
	return table(w, out)
}
