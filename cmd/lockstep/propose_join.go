package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

// firstStateText says what FILE is for all proposals that bring a rollup of kind evm.
const firstStateText = "FILE has the rollup's zone, id, name, kind (evm), operator and first state, in the form of the network's genesis; system accounts may be\n" +
	"left out. Every node that is to execute the rollup has it as joining/ID.json in its home folder and was started with it before the\n" +
	"change takes effect: the entry holds the hash only. "

// proposeJoin is `propose join-zone`.
func proposeJoin() *cobra.Command {
	return proposeState(&cobra.Command{
		Use:     "join-zone FILE",
		Short:   "Let a rollup of kind evm join a zone; FILE is its genesis, the same that every node has",
		Long:    firstStateText + "Beside the validators the operators of the zone's rollups sign.",
		Example: "  lockstep propose join-zone 903.json --genesis genesis.json > change.json",
	}, (*core.Joining).Change, func(j *core.Joining, exists bool) error {
		if !exists {
			return fmt.Errorf("zone %s is none of this network; `lockstep propose form-zone` lets rollup %s form it", j.Zone, j.ID)
		}
		return nil
	})
}

// proposeForm is `propose form-zone`.
func proposeForm() *cobra.Command {
	return proposeState(&cobra.Command{
		Use:   "form-zone FILE",
		Short: "Let a rollup of kind evm form a new zone; FILE is its genesis, the same that every node has",
		Long: firstStateText + "Beside the validators the rollup's operator signs, if\n" +
			"FILE names one. The zone's id must never have been used; other rollups join the zone later.",
		Example: "  lockstep propose form-zone 905.json --genesis genesis.json > change.json",
	}, (*core.Joining).Forming, func(j *core.Joining, exists bool) error {
		if exists {
			return fmt.Errorf("zone %s exists, and ids are never given twice; `lockstep propose join-zone` lets rollup %s join it", j.Zone, j.ID)
		}
		return nil
	})
}

// proposeState adds what a proposal with a first state does to its command. Beside that of the rollup it needs the network's
// genesis, which says what is canonical. judge looks at the file by whether its zone exists.
func proposeState(cmd *cobra.Command, changeOf func(*core.Joining, *core.Genesis) core.Change, judge func(j *core.Joining, exists bool) error) *cobra.Command {
	var p proposal
	var genesis string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
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
		p.judge = func(zones []core.ZoneID) error { return judge(joining, slices.Contains(zones, joining.Zone)) }
		return p.write(cmd, changeOf(joining, g))
	}
	p.flags(cmd)
	cmd.Flags().StringVar(&genesis, "genesis", "", "`FILE` of the network's genesis")
	return cmd
}
