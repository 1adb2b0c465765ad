package main

import (
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/demo"
)

// demoRPC is where a devnet listens unless told otherwise.
const demoRPC = "http://127.0.0.1:8545"

func newDemo() *cobra.Command {
	var (
		options demo.Options
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show what bundles across two rollups do, all or nothing, on a running network",
		Long: "Deploys Uniswap v2 on two rollups of a zone, makes a price gap, and sends bundles across them: one that takes the\n" +
			"arbitrage, one whose second leg reverts, and a protected one whose leg somebody tries to use alone. Then two strangers\n" +
			"swap tokens, each paying only if the other one does, a token moves to the other rollup and back, and two solvers, which\n" +
			"run in this process, compete for an intent; and of each a failure, which leaves nothing behind. Judges all of it by\n" +
			"balances, supplies and events of both rollups, and prints for each bundle its level, its tick and the milliseconds from\n" +
			"submit to ordered and executed.\n\n" +
			"It can be repeated on the same network: every run deploys its own contracts, from the public accounts of a\n" +
			"devnet. Exits with 0 only if every step ended as it should.",
		Example: "  lockstep demo --rpc http://127.0.0.1:8545 --artifacts demo/artifacts",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !asJSON {
				options.Progress = cmd.OutOrStdout()
			}
			report, err := demo.Run(cmd.Context(), options)
			if asJSON {
				err = errors.Join(err, json.NewEncoder(cmd.OutOrStdout()).Encode(report))
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.RPC, "rpc", demoRPC, "`URL` of a gateway of the network")
	options.Artifacts = "demo/artifacts"
	flags.Var((*folder)(&options.Artifacts), "artifacts", "folder in which npm installed @uniswap/v2-core and @uniswap/v2-periphery")
	flags.BoolVar(&asJSON, "json", false, "print the report as one JSON object instead of text")
	return cmd
}
