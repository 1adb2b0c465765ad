package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/demo"
)

func newDemo() *cobra.Command {
	var (
		options demo.Options
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show an arbitrage across two rollups, all or nothing, on a running network",
		Long: "Deploys Uniswap v2 on two rollups of a zone, makes a price gap, and sends bundles across them: one that takes the\n" +
			"arbitrage, one whose second leg reverts, and a protected one whose leg somebody tries to use alone.\n" +
			"Exits with 0 only if every step ended as it should.",
		Example: "  lockstep demo --rpc http://127.0.0.1:8545 --artifacts demo/artifacts",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !asJSON {
				options.Progress = cmd.OutOrStdout()
			}
			report, err := demo.Run(cmd.Context(), options)
			if asJSON && report != nil {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(report); err != nil {
					return err
				}
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.RPC, "rpc", "http://127.0.0.1:8545", "URL of the network's gateway")
	flags.StringVar(&options.Artifacts, "artifacts", "demo/artifacts", "folder in which npm installed @uniswap/v2-core and @uniswap/v2-periphery")
	flags.BoolVar(&asJSON, "json", false, "print the report as one JSON object")
	return cmd
}
