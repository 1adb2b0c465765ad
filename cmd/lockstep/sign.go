package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/node/keys"
)

// maxChangeFile bounds a change file in bytes.
const maxChangeFile = 1 << 18

// readChange reads a change file strictly and checks it and the signatures in it.
func readChange(path string) (*changeFile, error) {
	opened, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	text, err := io.ReadAll(io.LimitReader(opened, maxChangeFile))
	if err != nil {
		return nil, err
	}
	f := new(changeFile)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(f); err != nil {
		return nil, fmt.Errorf("%s is no change: %w; `lockstep propose` makes one", path, err)
	}
	if err := f.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := f.Signers(f.NetworkID); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

func newSign() *cobra.Command {
	var key, password string
	var typed bool
	cmd := &cobra.Command{
		Use:   "sign FILE",
		Short: "Sign a proposed change of the network with a validator's Ethereum key",
		Long: "Shows in words what the change in FILE does, and adds the signature of --key to the file. A file that is no valid change, or in which\n" +
			"a signature is wrong, is refused. With --typed-data it prints the EIP-712 data instead, for a wallet to sign\n" +
			"(`cast wallet sign --data --from-file`).",
		Example: "  lockstep sign change.json --key validator.json --password-file password\n  lockstep sign change.json --typed-data > typed.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes the FILE of a change", cmd.CommandPath())}
			}
			f, err := readChange(args[0])
			if err != nil {
				return err
			}
			if typed {
				return printJSON(cmd.OutOrStdout(), f.TypedData(f.NetworkID))
			}
			if key == "" {
				return usageError{fmt.Errorf("--key is missing: the file of the validator's Ethereum key")}
			}
			signer, err := keys.Load(key, password)
			if err != nil {
				return err
			}
			if err := f.Sign(f.NetworkID, signer); err != nil {
				return err
			}
			if err := replaceFile(args[0], f); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), f.words())
			for _, s := range f.Signatures {
				fmt.Fprintln(cmd.OutOrStdout(), "  signed by", s.Validator)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "`FILE` of the Ethereum key: an encrypted keystore file, or 64 hex digits")
	cmd.Flags().StringVar(&password, "password-file", "", "`FILE` with the password of an encrypted key in its first line")
	cmd.Flags().BoolVar(&typed, "typed-data", false, "print what is signed as EIP-712 typed data, and sign nothing")
	return cmd
}

// replaceFile writes a change beside the old one and puts it in its place.
func replaceFile(path string, f *changeFile) error {
	var out bytes.Buffer
	if err := printJSON(&out, f); err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(next.Name()) }() // it is gone when it took the place
	if _, err := next.Write(out.Bytes()); err != nil {
		next.Close()
		return err
	}
	if err := next.Close(); err != nil {
		return err
	}
	return os.Rename(next.Name(), path)
}

func newSubmit() *cobra.Command {
	var q query
	cmd := &cobra.Command{
		Use:   "submit FILE",
		Short: "Bring a signed change to the network",
		Long: "Shows in words what the change in FILE does and submits it. Exits with 0 when a gateway took it: one of the next ticks orders it, and\n" +
			"`lockstep changes` shows when it has taken effect. What is missing or wrong is said: whose signatures, and how much power of how much.",
		Example: "  lockstep submit change.json --rpc http://127.0.0.1:8545",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes the FILE of a change", cmd.CommandPath())}
			}
			f, err := readChange(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), f.words())
			return ask(cmd, &q, func(ctx context.Context, c *client.Client) (*client.ControlReceipt, error) {
				network, err := c.Network(ctx)
				if err == nil && network.NetworkID != f.NetworkID {
					err = fmt.Errorf("%s is a change of network %s, %s answers for %s", args[0], f.NetworkID, q.rpc, network.NetworkID)
				}
				if err != nil {
					return nil, err
				}
				return c.SubmitControl(ctx, &f.Control)
			}, func(w io.Writer, r *client.ControlReceipt) error {
				_, err := fmt.Fprintf(w, "accepted: change %d, %s\n", r.Sequence, r.Change)
				return err
			})
		},
	}
	q.register(cmd)
	return cmd
}

func newChanges() *cobra.Command {
	var q query
	var from uint64
	cmd := &cobra.Command{
		Use:     "changes",
		Short:   "List the changes of the network: those that wait and those of the past",
		Example: "  lockstep changes",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd, &q, func(ctx context.Context, c *client.Client) (*client.ControlView, error) { return c.Control(ctx, from) },
				func(w io.Writer, view *client.ControlView) error {
					rows := [][]string{{"CHANGE", "STATE", "ORDERED", "DECIDED", "WHAT"}}
					for _, c := range view.Changes {
						rows = append(rows, []string{fmt.Sprint(c.Sequence), c.State, fmt.Sprint(c.Ordered), fmt.Sprint(c.Decided), c.Change})
					}
					if _, err := fmt.Fprintf(w, "protocol version %d since tick %d; the next change is number %d\n", view.ProtocolVersion, view.ProtocolSince, view.Next); err != nil {
						return err
					}
					return table(w, rows)
				})
		},
	}
	q.register(cmd)
	cmd.Flags().Uint64Var(&from, "from", 1, "the `NUMBER` of the first change to list")
	return cmd
}
