package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/core"
)

// maxEvidence bounds an evidence file in bytes: two checkpoints with 128 signatures and 256 results each are smaller.
const maxEvidence = 1 << 20

func newEvidence() *cobra.Command {
	cmd := &cobra.Command{Use: "evidence", Short: "Judge evidence against validators", RunE: func(cmd *cobra.Command, _ []string) error {
		return usageError{fmt.Errorf("%s: want a command: check", cmd.CommandPath())}
	}}
	cmd.AddCommand(newEvidenceCheck())
	return cmd
}

// verdict is the answer of evidence check.
type verdict struct {
	Network core.NetworkID `json:"networkId"`
	Tick    uint64         `json:"tick"`
	Digests [2]common.Hash `json:"digests"`
	Guilty  []guilty       `json:"guilty"`
}

// guilty is a validator that signed both.
type guilty struct {
	Address common.Address `json:"address"`
	// Power is that in the genesis; missing without one.
	Power *uint64 `json:"power,omitempty"`
}

func newEvidenceCheck() *cobra.Command {
	var (
		genesisFile string
		asJSON      bool
	)
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Tell whether two signed checkpoints contradict each other, and who signed both",
		Long: "Reads {\"version\": 1, \"checkpoints\": [A, B]} from FILE (- is standard input), each of the two as\n" +
			"{\"checkpoint\": {networkId, tick, time, ledgerRoot, results, validatorSet}, \"signatures\": [{validator, signature}]}.\n" +
			"Exits with 0 if at least one validator is guilty, and with 1 and the reason if nobody is shown to be.\n" +
			"A key that signed two checkpoints of one tick of one network is guilty whoever it belongs to; with --genesis the\n" +
			"network must be that one, and only its validators count.",
		Example: "  lockstep evidence check double.json\n  lockstep evidence check double.json --genesis genesis.json --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes one FILE", cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := readEvidence(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			v, err := judge(e, genesisFile)
			if err != nil {
				return err
			}
			return v.print(cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().StringVar(&genesisFile, "genesis", "", "genesis file of the network that the validators belong to")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func readEvidence(name string, stdin io.Reader) (*core.Evidence, error) {
	in := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxEvidence+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > maxEvidence {
		return nil, fmt.Errorf("%s has more than %d bytes", name, maxEvidence)
	}
	e := new(core.Evidence)
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(e); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: data after the evidence", name)
	}
	return e, nil
}

// judge names who is guilty; an error says why nobody is.
func judge(e *core.Evidence, genesisFile string) (*verdict, error) {
	addresses, err := e.Check()
	if err != nil {
		return nil, err
	}
	a, b := &e.Checkpoints[0].Checkpoint, &e.Checkpoints[1].Checkpoint
	v := &verdict{Network: a.Network, Tick: a.Tick, Digests: [2]common.Hash{a.Digest(), b.Digest()}}
	var set core.ValidatorSet
	if genesisFile != "" {
		g, err := readGenesis(genesisFile)
		if err != nil {
			return nil, err
		}
		if id := g.NetworkID(); id != a.Network {
			return nil, fmt.Errorf("%w: the checkpoints are of network %s, the genesis is that of %s", core.ErrNoEvidence, a.Network, id)
		}
		set = g.ValidatorSet()
	}
	for _, address := range addresses {
		row := guilty{Address: address}
		if genesisFile != "" {
			member, ok := set.Find(address)
			if !ok {
				continue
			}
			row.Power = &member.Power
		}
		v.Guilty = append(v.Guilty, row)
	}
	if len(v.Guilty) == 0 {
		return nil, fmt.Errorf("%w: %s signed both, and is no validator of the genesis", core.ErrNoEvidence, addresses[0])
	}
	return v, nil
}

func (v *verdict) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(v)
	}
	for _, g := range v.Guilty {
		power := ""
		if g.Power != nil {
			power = fmt.Sprintf(" (power %d)", *g.Power)
		}
		if _, err := fmt.Fprintf(w, "guilty: validator %s%s signed two checkpoints of tick %d of network %s:\n  %s\n  %s\n",
			g.Address, power, v.Tick, v.Network, v.Digests[0], v.Digests[1]); err != nil {
			return err
		}
	}
	return nil
}

func readGenesis(name string) (*core.Genesis, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	g, err := core.ParseGenesis(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}
