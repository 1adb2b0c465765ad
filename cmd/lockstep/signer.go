package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/node"
)

func newSigner() *cobra.Command {
	f := nodeFlags{home: "./signer", level: level{slog.LevelInfo}}
	var connect string
	cmd := &cobra.Command{
		Use:   "signer",
		Short: "Hold a validator's consensus key in a process of its own",
		Long: "Signs for the validator whose setting ordering.signer is the address of --connect, until SIGINT or SIGTERM. --home has\n" +
			"genesis.json, config/priv_validator_key.json and data/priv_validator_state.json, the latter two moved (never copied) out of\n" +
			"the folder ordering of the validator's home. The record of the last signature keeps it from signing twice, so exactly one\n" +
			"signer may ever have it. It is CometBFT's remote signer: others that speak its protocol do as well.",
		Example: "  lockstep signer --home /var/lib/signer --connect tcp://10.0.0.5:26659",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if connect == "" {
				return usageError{errors.New("--connect is missing: the address of the validator's ordering.signer, for example tcp://10.0.0.5:26659")}
			}
			genesis, err := f.genesis()
			if err != nil {
				return err
			}
			lock := flock.New(filepath.Join(string(f.home), "LOCK"))
			switch locked, err := lock.TryLock(); {
			case err != nil:
				return fmt.Errorf("lock %s: %w", f.home, err)
			case !locked:
				return fmt.Errorf("another signer uses %s", f.home)
			}
			log := slog.New(logHandler(cmd.ErrOrStderr(), f.level.Level, f.asJSON))
			return errors.Join(node.RunSigner(cmd.Context(), string(f.home), connect, genesis, log), lock.Close())
		},
	}
	flags := cmd.Flags()
	flags.Var(&f.home, "home", "folder of the key")
	flags.StringVar(&connect, "connect", "", "`ADDRESS` of the validator's ordering.signer: tcp://HOST:PORT or unix://PATH")
	flags.Var(&f.level, "log-level", "least level of log lines: debug, info, warn or error")
	flags.BoolVar(&f.asJSON, "json-log", false, "write log lines as JSON")
	return cmd
}
