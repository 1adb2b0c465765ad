package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/node/testnet"
)

func newKeysValidator() *cobra.Command {
	var home, key, password string
	var power uint64
	cmd := &cobra.Command{
		Use:   "validator",
		Short: "Make a validator's keys and show what the others need of them, with proofs of possession",
		Long: "Makes the keys that are missing in a home folder: the Ethereum key, encrypted, the consensus key and the key that peers know\n" +
			"the node by. Prints as JSON what a genesis and `lockstep propose` take: the public keys, and for each the proof that its holder\n" +
			"chose the other. Nothing that it prints is secret.",
		Example: "  lockstep keys validator --home validator-5 --password-file password > validator.json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if home == "" || power == 0 {
				return usageError{errors.New("--home names the validator's folder, and --power is at least 1")}
			}
			v, nodeID, err := memberOf(home, key, password, power)
			if errors.Is(err, testnet.ErrOptions) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			if err := v.Validate(); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "validator %s, consensus key %s, node id %s\n", v.Address, v.ConsensusKey, nodeID)
			return printJSON(cmd.OutOrStdout(), &v)
		},
	}
	cmd.Flags().StringVar(&home, "home", "", "`FOLDER` of the validator")
	cmd.Flags().StringVar(&key, "key", "", "`FILE` of its Ethereum key, which must be there; by default the one in the folder, made if it is missing")
	cmd.Flags().StringVar(&password, "password-file", "", "`FILE` with the password of the Ethereum key in its first line")
	cmd.Flags().Uint64Var(&power, "power", 1, "its `POWER`; for replaced keys the one that it has")
	return cmd
}

// memberOf is the validator of a home folder and the key in it, or another one.
func memberOf(home, key, password string, power uint64) (core.Validator, string, error) {
	if key == "" {
		return testnet.NewMember(home, password, power)
	}
	ethereum, err := keys.Load(key, password)
	if err != nil {
		return core.Validator{}, "", err
	}
	return node.ProveKeys(home, ethereum, power)
}

func newKeysPassword() *cobra.Command {
	var before, after string
	cmd := &cobra.Command{
		Use:     "change-password FILE",
		Short:   "Encrypt a key file with another password",
		Long:    "Opens a key file and writes it anew, encrypted with another password. A kill leaves the old file or the new one.",
		Example: "  lockstep keys change-password ethereum.key --password-file old --new-password-file new",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes the path of one file", cmd.CommandPath())}
			}
			if after == "" {
				return usageError{errors.New("--new-password-file is missing: the new password is in the first line of that file")}
			}
			address, err := keys.ChangePassword(args[0], before, after, keys.Standard)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", address, args[0])
			return err
		},
	}
	cmd.Flags().StringVar(&before, "password-file", "", "`FILE` with the present password in its first line; none for a key in the plain")
	cmd.Flags().StringVar(&after, "new-password-file", "", "`FILE` with the new password in its first line")
	return cmd
}
