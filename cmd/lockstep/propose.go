package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// changeFile is a proposed change as `propose` writes it, `sign` adds to it and `submit` brings it.
type changeFile struct {
	NetworkID core.NetworkID `json:"networkId"`
	core.Control
}

// proposal is what all proposals have in common.
type proposal struct {
	query     query
	effective uint64
	valid     time.Duration
	// network, if not zero, is the one that the change is for.
	network core.NetworkID
	// judge, if not nil, refuses what the zones that the network has now make impossible.
	judge func(zones []core.ZoneID) error
}

func newPropose() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "propose",
		Short: "Write a change of the network that its validators are to sign",
		Long: "Writes a control entry to standard output, as JSON and without signatures, for the network that --rpc answers for. Validators with\n" +
			"more than 2/3 of the power sign it with `lockstep sign`, `lockstep submit` brings it. One change is under way at a time: the next one\n" +
			"is proposed when this one is ordered. A change takes effect with the first tick that opens a slot, at or after --effective.",
		Args: onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(proposeRollups()...)
	cmd.AddCommand(proposeValidators()...)
	cmd.AddCommand(
		proposeCommand("set-parameters NAME=VALUE…", "Give parameters other values: "+strings.Join(core.ChangeableParameters(), ", "),
			"  lockstep propose set-parameters maxBundleLegs=16 maxBundlesPerTick=128 > change.json", parametersOf),
		proposeCommand("set-protocol VERSION", "Follow another version of the rules; every node must run a build that knows it by then, or stops there",
			"  lockstep propose set-protocol 3 --effective 250000 > change.json", func(args []string) (core.Change, error) {
				version, err := numberOf(args, 0, "VERSION")
				return core.Change{SetProtocol: &core.SetProtocol{Version: version}}, err
			}),
		proposeCommand("cancel NUMBER", "Give up a change that was submitted and has not taken effect", "  lockstep propose cancel 3 > change.json",
			func(args []string) (core.Change, error) {
				sequence, err := numberOf(args, 0, "NUMBER")
				return core.Change{Cancel: &core.CancelChange{Sequence: sequence}}, err
			}),
	)
	return cmd
}

func proposeRollups() []*cobra.Command {
	var register core.RegisterRollup
	var kind, operator string
	add := proposeCommand("register-rollup ID", "Let a rollup of kind opstack or opaque join; join-zone and form-zone are for kind evm",
		"  lockstep propose register-rollup 777 --name my-chain --kind opstack --operator 0x… > change.json",
		func(args []string) (change core.Change, err error) {
			id, err := numberOf(args, 0, "ID")
			if err != nil {
				return change, err
			}
			r := register
			r.ID = core.RollupID(id)
			if err := r.Kind.UnmarshalText([]byte(kind)); err != nil {
				return change, usageError{err}
			}
			if operator != "" {
				r.Operator, err = addressOf([]string{operator}, 0, "--operator")
			}
			return core.Change{RegisterRollup: &r}, err
		})
	add.Flags().StringVar(&register.Name, "name", "", "the rollup's `NAME`: a-z, 0-9 and '-'")
	add.Flags().StringVar(&kind, "kind", "opaque", "opstack or opaque")
	add.Flags().StringVar(&operator, "operator", "", "`ADDRESS` whose key signs the rollup's blocks and reports; required for kind opstack")
	return []*cobra.Command{
		add, proposeJoin(), proposeForm(),
		proposeCommand("retire-rollup ID", "Order nothing for a rollup any more, for good", "  lockstep propose retire-rollup 777 > change.json",
			func(args []string) (core.Change, error) {
				id, err := numberOf(args, 0, "ID")
				return core.Change{RetireRollup: &core.RetireRollup{ID: core.RollupID(id)}}, err
			}),
		proposeCommand("set-operator ID ADDRESS", "Let another key sign a rollup's blocks and reports", "  lockstep propose set-operator 777 0x… > change.json",
			func(args []string) (change core.Change, err error) {
				id, err := numberOf(args, 0, "ID")
				if err != nil {
					return change, err
				}
				address, err := addressOf(args, 1, "ADDRESS")
				return core.Change{SetOperator: &core.SetOperator{ID: core.RollupID(id), Operator: address}}, err
			}),
	}
}

func proposeValidators() []*cobra.Command {
	return []*cobra.Command{
		proposeCommand("add-validator FILE", "Let a validator join; FILE is what `lockstep keys validator` gave its operator",
			"  lockstep propose add-validator validator.json > change.json", func(args []string) (core.Change, error) {
				v, err := validatorOf(args, 0)
				return core.Change{AddValidator: v}, err
			}),
		proposeCommand("remove-validator ADDRESS", "Let the validator of an Ethereum address leave", "  lockstep propose remove-validator 0x… > change.json",
			func(args []string) (core.Change, error) {
				address, err := addressOf(args, 0, "ADDRESS")
				return core.Change{RemoveValidator: &core.RemoveValidator{Address: address}}, err
			}),
		proposeCommand("replace-keys ADDRESS FILE", "Give a validator other keys; FILE is what `lockstep keys validator` gave its operator",
			"  lockstep propose replace-keys 0x… validator.json > change.json", func(args []string) (change core.Change, err error) {
				address, err := addressOf(args, 0, "ADDRESS")
				if err != nil {
					return change, err
				}
				v, err := validatorOf(args, 1)
				if err != nil {
					return change, err
				}
				return core.Change{ReplaceKeys: &core.ReplaceKeys{Address: address, Validator: *v}}, nil
			}),
		proposeCommand("set-power ADDRESS POWER", "Give a validator another power", "  lockstep propose set-power 0x… 12 > change.json",
			func(args []string) (change core.Change, err error) {
				address, err := addressOf(args, 0, "ADDRESS")
				if err != nil {
					return change, err
				}
				power, err := numberOf(args, 1, "POWER")
				return core.Change{SetPower: &core.SetPower{Address: address, Power: power}}, err
			}),
	}
}

// proposeCommand makes the command of a change that its arguments describe.
func proposeCommand(use, short, example string, changeOf func(args []string) (core.Change, error)) *cobra.Command {
	var p proposal
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			if want := len(strings.Fields(use)) - 1; len(args) != want && !strings.HasSuffix(use, "…") {
				return usageError{fmt.Errorf("%s takes %d arguments, got %d", cmd.CommandPath(), want, len(args))}
			}
			change, err := changeOf(args)
			if err != nil {
				return err
			}
			return p.write(cmd, change)
		},
	}
	p.flags(cmd)
	return cmd
}

// flags are those of all proposals.
func (p *proposal) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.query.rpc, "rpc", demoRPC, "`URL` of any gateway of the network")
	cmd.Flags().Uint64Var(&p.effective, "effective", 0, "`TICK` from which the change holds; 0 is as soon as it is ordered")
	cmd.Flags().DurationVar(&p.valid, "valid", 7*24*time.Hour, "how long from now it may be signed and submitted, at most 720h")
}

// write makes the entry that is next in the network and prints it.
func (p *proposal) write(cmd *cobra.Command, change core.Change) error {
	c, err := p.query.dial(cmd.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	file, zones, err := p.next(cmd.Context(), c, change)
	if err != nil {
		return p.query.explain(err)
	}
	if p.network != (core.NetworkID{}) && p.network != file.NetworkID {
		return fmt.Errorf("%s is network %s, the genesis that was given is of network %s", p.query.rpc, file.NetworkID, p.network)
	}
	if p.judge != nil {
		if err := p.judge(zones); err != nil {
			return err
		}
	}
	if err := file.Validate(); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), file.words())
	return printJSON(cmd.OutOrStdout(), file)
}

func (p *proposal) next(ctx context.Context, c *client.Client, change core.Change) (file *changeFile, zones []core.ZoneID, err error) {
	network, err := c.Network(ctx)
	if err != nil {
		return nil, nil, err
	}
	control, err := c.Control(ctx, 1)
	if err != nil {
		return nil, nil, err
	}
	for _, z := range network.Zones {
		zones = append(zones, z.ID)
	}
	return &changeFile{network.NetworkID, core.Control{
		Sequence: control.Next, Effective: p.effective, NotAfter: uint64(time.Now().Add(p.valid).UnixMilli()), Change: change,
		Signatures: []core.CheckpointSignature{},
	}}, zones, nil
}

// words says what the change does, and when.
func (f *changeFile) words() string {
	when := "as soon as it is ordered"
	if f.Effective > 0 {
		when = fmt.Sprintf("from tick %d on", f.Effective)
	}
	return fmt.Sprintf("change %d of network %s: %s, %s; to be submitted before %s; %d signatures",
		f.Sequence, f.NetworkID, f.Change.Words(), when, time.UnixMilli(int64(f.NotAfter)).UTC().Format(time.RFC3339), len(f.Signatures))
}

func numberOf(args []string, i int, name string) (uint64, error) {
	n, err := strconv.ParseUint(args[i], 10, 64)
	if err != nil {
		return 0, usageError{fmt.Errorf("%s is %q, want a whole number", name, args[i])}
	}
	return n, nil
}

func addressOf(args []string, i int, name string) (common.Address, error) {
	if !common.IsHexAddress(args[i]) {
		return common.Address{}, usageError{fmt.Errorf("%s is %q, want an Ethereum address (0x and 40 hex digits)", name, args[i])}
	}
	return common.HexToAddress(args[i]), nil
}

func validatorOf(args []string, i int) (*core.Validator, error) {
	text, err := os.ReadFile(args[i])
	if err != nil {
		return nil, err
	}
	v := new(core.Validator)
	if err := json.Unmarshal(text, v); err != nil {
		return nil, fmt.Errorf("%s is no validator: %w; `lockstep keys validator` makes one", args[i], err)
	}
	return v, nil
}

func parametersOf(args []string) (core.Change, error) {
	change := core.Change{SetParameters: new(core.SetParameters)}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		n, err := strconv.ParseUint(value, 10, 64)
		if !ok || err != nil {
			return change, usageError{fmt.Errorf("%q, want NAME=VALUE with a whole number", arg)}
		}
		change.SetParameters.Values = append(change.SetParameters.Values, core.ParameterValue{Name: name, Value: n})
	}
	slices.SortFunc(change.SetParameters.Values, func(a, b core.ParameterValue) int { return strings.Compare(a.Name, b.Name) })
	return change, nil
}
