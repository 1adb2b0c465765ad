package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/settings"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show and check the settings of a node",
		Long: "A node takes its settings from a TOML file, the environment and flags; later ones win. docs/reference/config.md lists them.\n" +
			"A setting such as gateway.maxBody is LOCKSTEP_GATEWAY_MAXBODY in the environment and --gateway.maxBody as a flag.",
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigShow())
	return cmd
}

func newConfigShow() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the settings in effect, and where each comes from",
		Long: "Prints every setting as a TOML file that --config reads, with the origin of what is not a default. What is unknown,\n" +
			"malformed or out of range is an error, all of it at once.",
		Example: "  lockstep config show > node.toml\n  lockstep config show --config node.toml --gateway.maxBatch 50",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := settings.Load(settings.Defaults("lockstep-data"), settings.Sources{File: file, Environ: os.Environ(), Flags: cmd.Flags()})
			if err != nil {
				return usageError{err}
			}
			checked := e.Config
			if checked.Gateway.Listen == "" { // as `lockstep node` takes it
				checked.Gateway = nil
			}
			if err := checked.Validate(); err != nil {
				return usageError{err}
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), e.Values())
			}
			return e.Show(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "TOML `FILE` with settings")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object with all settings by path")
	settings.Register(cmd.Flags(), nil)
	return cmd
}

// chosenByDevnet are the settings that a devnet gives to its validators.
var chosenByDevnet = map[string]string{
	"home": "every validator has its folder below --dir", "ethereumKey": "every validator has its own",
	"ordering.listen": "validators get ports from the kernel", "ordering.peers": "validators know each other",
	"gateway.listen": "it is --rpc", "role": "all nodes of a devnet are validators",
}

// devnetSettings reads the settings for a devnet's validators, and gives the function that applies them.
func devnetSettings(cmd *cobra.Command, file string) (func(int, *node.Config), error) {
	e, err := settings.Load(settings.Defaults("devnet"), settings.Sources{File: file, Environ: os.Environ(), Flags: cmd.Flags(), Fixed: chosenByDevnet})
	if err == nil {
		err = e.Config.Validate()
	}
	if err != nil {
		return nil, usageError{err}
	}
	return func(_ int, cfg *node.Config) { e.Apply(cfg) }, nil
}
