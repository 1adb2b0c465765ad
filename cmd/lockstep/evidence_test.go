package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

// evidenceNetwork is the genesis of a network with the validators 1 and 2, as a file.
func evidenceNetwork(t *testing.T) (*core.Genesis, string) {
	t.Helper()
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "evidence", Time: 1_700_000_000_000, Params: core.DefaultParams(), Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{{ID: 1, Rollups: []core.RollupID{901}}},
	}
	g.Rollups = []core.Rollup{{ID: 901, Name: "a", Kind: core.KindEVM, EVM: &core.EVMGenesis{
		BaseFee: 1, Alloc: gethtypes.GenesisAlloc{g.Predeploy.Address: {Code: g.Predeploy.Code, Balance: new(big.Int)}},
	}}}
	for n := byte(1); n <= 2; n++ {
		key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
		if err != nil {
			t.Fatal(err)
		}
		v, err := core.NewValidator(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32)), key, uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		g.Validators = append(g.Validators, v)
	}
	b, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "genesis.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return g, path
}

// signedBy is a checkpoint of tick 7 with a ledger root, signed by one key.
func signedBy(t *testing.T, network core.NetworkID, root, signer byte) core.SignedCheckpoint {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{signer}, 32))
	if err != nil {
		t.Fatal(err)
	}
	c := core.Checkpoint{Network: network, Tick: 7, Time: 1_700_000_000_100, LedgerRoot: common.Hash{root}, ValidatorSet: common.Hash{5}}
	signature, err := core.SignCheckpoint(key, c.Digest())
	if err != nil {
		t.Fatal(err)
	}
	return core.SignedCheckpoint{Checkpoint: c, Signatures: []core.CheckpointSignature{{Validator: crypto.PubkeyToAddress(key.PublicKey), Signature: signature}}}
}

// evidenceOf is the file of two checkpoints.
func evidenceOf(t *testing.T, a, b core.SignedCheckpoint) string {
	t.Helper()
	text, err := json.Marshal(core.Evidence{Version: core.EvidenceVersion, Checkpoints: [2]core.SignedCheckpoint{a, b}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// execute runs the command line and gives what it prints.
func execute(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	root := newRoot()
	var out strings.Builder
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetIn(strings.NewReader(stdin))
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestEvidenceCheck_NamesTheGuilty(t *testing.T) {
	g, genesis := evidenceNetwork(t)
	network := g.NetworkID()
	file := filepath.Join(t.TempDir(), "double.json")
	text := evidenceOf(t, signedBy(t, network, 1, 2), signedBy(t, network, 2, 2))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address := crypto.PubkeyToAddress(keyOf(t, 2)).String()
	for _, args := range [][]string{{file}, {file, "--genesis", genesis}, {"-"}} {
		out, err := execute(t, text, append([]string{"evidence", "check"}, args...)...)
		if err != nil || !strings.Contains(out, "guilty: validator "+address) {
			t.Errorf("%v: %q (%v)", args, out, err)
		}
	}
	out, err := execute(t, "", "evidence", "check", file, "--genesis", genesis, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var v verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Tick != 7 || len(v.Guilty) != 1 || *v.Guilty[0].Power != 2 || v.Guilty[0].Address.String() != address {
		t.Errorf("%s (%v)", out, err)
	}
}

func TestEvidenceCheck_SaysWhyNobodyIs(t *testing.T) {
	g, genesis := evidenceNetwork(t)
	network := g.NetworkID()
	one := signedBy(t, network, 1, 2)
	for _, c := range []struct {
		name, text, want string
		args             []string
	}{
		{"the same", evidenceOf(t, one, one), "the same one", nil},
		{"two validators", evidenceOf(t, one, signedBy(t, network, 2, 1)), "no validator signed both", nil},
		{"two networks", evidenceOf(t, one, signedBy(t, common.Hash{1}, 2, 2)), "different networks", nil},
		{"foreign network", evidenceOf(t, signedBy(t, common.Hash{1}, 1, 2), signedBy(t, common.Hash{1}, 2, 2)), "the genesis is that of", []string{"--genesis", genesis}},
		{"no validator", evidenceOf(t, signedBy(t, network, 1, 9), signedBy(t, network, 2, 9)), "no validator of the genesis", []string{"--genesis", genesis}},
		{"unknown field", `{"version":1,"checkpoints":[],"more":1}`, "unknown field", nil},
		{"other version", `{"version":2,"checkpoints":[]}`, "version is 2", nil},
		{"no JSON", `x`, "invalid character", nil},
		{"more than one", evidenceOf(t, one, one) + "{}", "data after", nil},
		{"too long", strings.Repeat(" ", maxEvidence+1), "bytes", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := execute(t, c.text, append([]string{"evidence", "check", "-"}, c.args...)...)
			if err == nil || !strings.Contains(err.Error(), c.want) || out != "" {
				t.Errorf("%q (%v), want %q", out, err, c.want)
			}
		})
	}
	for _, args := range [][]string{{"evidence"}, {"evidence", "check"}, {"evidence", "check", "a", "b"}, {"evidence", "check", "-", "--no"}} {
		if _, err := execute(t, "", args...); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}

func keyOf(t *testing.T, n byte) ecdsa.PublicKey {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key.PublicKey
}
