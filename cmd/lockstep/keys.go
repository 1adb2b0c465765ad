package main

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/node/keys"
)

// keyInfo is what may be known of a key.
type keyInfo struct {
	Address common.Address `json:"address"`
	File    string         `json:"file"`
}

func newKeys() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Make, import and show the keys that validators sign with",
		Long: "Ethereum keys are files in go-ethereum's keystore format, encrypted with a password that stands in the first line of another\n" +
			"file. No key and no password is ever an argument or printed.",
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newKeysValidator(), newKeysPassword(),
		newKeyCommand(keyCommand{
			use: "new FILE", short: "Make a key and write it, encrypted, to a new file", encrypts: true,
			run: func(f keyFiles) (common.Address, error) {
				password, err := keys.Password(f.password)
				if err != nil {
					return common.Address{}, err
				}
				return keys.New(f.path, password, keys.Standard)
			},
		}),
		newKeyCommand(keyCommand{
			use: "import FILE", short: "Write the key of a file with 64 hex digits, encrypted, to a new file", encrypts: true, imports: true,
			run: func(f keyFiles) (common.Address, error) {
				key, err := keys.Load(f.from, "")
				if err != nil {
					return common.Address{}, err
				}
				password, err := keys.Password(f.password)
				if err != nil {
					return common.Address{}, err
				}
				return keys.Save(f.path, key, password, keys.Standard)
			},
		}),
		newKeyCommand(keyCommand{
			use: "address FILE", aliases: []string{"show"}, short: "Open a key file and show the address",
			run: func(f keyFiles) (common.Address, error) {
				key, err := keys.Load(f.path, f.password)
				if err != nil {
					return common.Address{}, err
				}
				return crypto.PubkeyToAddress(key.PublicKey), nil
			},
		}),
	)
	return cmd
}

// keyFiles are the files of a key command.
type keyFiles struct{ path, password, from string }

// keyCommand describes one; encrypts: it needs a password, imports: it reads another key file.
type keyCommand struct {
	use, short        string
	aliases           []string
	encrypts, imports bool
	run               func(keyFiles) (common.Address, error)
}

func newKeyCommand(k keyCommand) *cobra.Command {
	var f keyFiles
	var asJSON bool
	cmd := &cobra.Command{
		Use:     k.use,
		Aliases: k.aliases,
		Short:   k.short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes the path of one file", cmd.CommandPath())}
			}
			if k.encrypts && f.password == "" {
				return usageError{fmt.Errorf("--password-file is missing: the key is written encrypted, with the password in the first line of that file")}
			}
			if k.imports && f.from == "" {
				return usageError{fmt.Errorf("--from is missing: the file with the key to import, 64 hex digits")}
			}
			f.path = args[0]
			address, err := k.run(f)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), keyInfo{address, f.path})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", address, f.path)
			return err
		},
	}
	cmd.Flags().StringVar(&f.password, "password-file", "", "`FILE` with the password in its first line")
	if k.imports {
		cmd.Flags().StringVar(&f.from, "from", "", "`FILE` with the key to import, 64 hex digits")
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON instead of text")
	return cmd
}
