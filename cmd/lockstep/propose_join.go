package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

// proposeJoin is `propose join-zone`. Beside the rollup's genesis it needs the network's, which says what is canonical.
func proposeJoin() *cobra.Command {
	var p proposal
	var genesis string
	cmd := &cobra.Command{
		Use:   "join-zone FILE",
		Short: "Let a rollup of kind evm join a zone; FILE is its genesis, the same that every node has",
		Long: "FILE has the rollup's zone, id, name, kind (evm), operator and first state, in the form of the network's genesis; system accounts may be\n" +
			"left out. Every node that is to execute the rollup has it as joining/ID.json in its home folder and was started with it before the\n" +
			"change takes effect: the entry holds the hash only. Beside the validators the operators of the zone's rollups sign.",
		Example: "  lockstep propose join-zone 903.json --genesis genesis.json > change.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || genesis == "" {
				return usageError{fmt.Errorf("%s takes the FILE of the rollup's genesis, and --genesis that of the network", cmd.CommandPath())}
			}
			text, err := os.ReadFile(genesis)
			if err != nil {
				return err
			}
			g, err := core.ParseGenesis(text)
			if err != nil {
				return fmt.Errorf("%s: %w", genesis, err)
			}
			joining, err := node.LoadJoining(args[0], g)
			if err != nil {
				return err
			}
			p.network = g.NetworkID()
			return p.write(cmd, joining.Change(g))
		},
	}
	p.flags(cmd)
	cmd.Flags().StringVar(&genesis, "genesis", "", "`FILE` of the network's genesis")
	return cmd
}
