package main

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// call runs a command line against a network and checks its exit code.
func call(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, &out, &errs); got != code {
		t.Fatalf("lockstep %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// transfer signs a transfer of a development account.
func transfer(t *testing.T, rollup core.RollupID, nonce uint64, value *big.Int) []byte {
	t.Helper()
	to := common.Address{1}
	tx, err := gethtypes.SignNewTx(devnet.Accounts()[1].Key, gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup))), &gethtypes.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(uint64(rollup)), Nonce: nonce, To: &to, Value: value, Gas: params.TxGas,
		GasFeeCap: big.NewInt(10 * params.GWei), GasTipCap: big.NewInt(params.GWei),
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// bundleOf writes the file of a bundle with one leg on each rollup.
func bundleOf(t *testing.T, nonce uint64, values ...*big.Int) string {
	t.Helper()
	b := core.Bundle{Atomicity: core.AtomicExecution}
	for i, value := range values {
		rollup := core.RollupID(901 + i)
		b.Legs = append(b.Legs, core.Leg{Rollup: rollup, Tx: transfer(t, rollup, nonce, value)})
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bundle.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCommands_ShowANetwork(t *testing.T) {
	d := devnettest.Start(t, devnet.Options{})
	rpc := d.Info().RPC
	ether := big.NewInt(params.Ether)
	good, bad := bundleOf(t, 0, ether, ether), bundleOf(t, 1, ether, new(big.Int).Mul(ether, big.NewInt(1_000_000)))

	out, _ := call(t, exitDone, "bundle", "simulate", good, "--rpc", rpc)
	contains(t, out, "it would take effect", "901", "902", "success")
	out, _ = call(t, exitDone, "bundle", "send", good, "--rpc", rpc)
	contains(t, out, "attested", "included", "leg 1", "block ")
	out, errs := call(t, exitFailed, "bundle", "simulate", bad, "--rpc", rpc)
	contains(t, out+errs, "failing leg 1 (insufficientFunds)", "would have no effect")

	var sent struct {
		ID    common.Hash `json:"id"`
		Level core.Level  `json:"level"`
		Legs  []struct {
			Legs []struct{ TxHash common.Hash }
		} `json:"attempts"`
	}
	third := bundleOf(t, 1, ether, ether)
	out, _ = call(t, exitDone, "bundle", "send", third, "--rpc", rpc, "--json", "--wait", "executed")
	decode(t, out, &sent)
	if sent.Level < core.LevelExecuted || len(sent.Legs) != 1 || len(sent.Legs[0].Legs) != 2 {
		t.Fatalf("%+v", sent)
	}
	leg := sent.Legs[0].Legs[1].TxHash.Hex()
	out, _ = call(t, exitDone, "tx", leg, "--rpc", rpc, "--wait", "attested")
	contains(t, out, "transaction "+leg+": attested", "leg of bundle "+sent.ID.Hex(), "rollup 902, seq 1: included")
	_, errs = call(t, exitFailed, "tx", common.Hash{9}.Hex(), "--rpc", rpc)
	contains(t, errs, "never heard of")
	_, errs = call(t, exitFailed, "tx", common.Hash{9}.Hex(), "--rpc", rpc, "--wait", "ordered", "--timeout", "2100ms")
	contains(t, errs, "waiting for ordered", "never heard of")

	out, _ = call(t, exitDone, "status", "--rpc", rpc)
	contains(t, out, "newest tick", "zone 1", "executed to tick", "checkpoint")
	out, _ = call(t, exitDone, "rollups", "--rpc", rpc)
	contains(t, out, "rollup-901", "rollup-902", rpc+"/rollup/902")
	out, _ = call(t, exitDone, "validators", "--rpc", rpc)
	contains(t, out, d.Genesis().Validators[3].Address.Hex(), "signed")
	out, _ = call(t, exitDone, "tick", "1", "--rpc", rpc)
	contains(t, out, "tick 1 at", "UTC")
	_, errs = call(t, exitFailed, "tick", "99999999", "--rpc", rpc)
	contains(t, errs, "1 to ")
	for _, command := range []string{"status", "rollups", "validators", "tick"} {
		out, _ = call(t, exitDone, command, "--rpc", rpc, "--json")
		decode(t, out, new(any))
	}
}

func TestWatch_FollowsANetwork(t *testing.T) {
	d := devnettest.Start(t, devnet.Options{})
	rpc := d.Info().RPC
	watched := make(chan string, 1)
	go func() {
		var out bytes.Buffer
		run([]string{"watch", "--rpc", rpc, "--count", "1"}, &out, &out)
		watched <- out.String()
	}()
	// The subscription begins at "now", so transfers follow each other until one is seen.
	for nonce := uint64(0); ; nonce++ {
		call(t, exitDone, "bundle", "send", bundleOf(t, nonce, big.NewInt(1), big.NewInt(1)), "--rpc", rpc, "--wait", "executed")
		select {
		case out := <-watched:
			contains(t, out, "rollup 901 +1  rollup 902 +1  1 bundles")
			return
		default:
		}
	}
}

func TestKeys_AreMadeAndShown(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"password": "correct horse\n", "plain": "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := call(t, exitDone, "keys", "import", at("key.json"), "--from", at("plain"), "--password-file", at("password"))
	want := crypto.PubkeyToAddress(devnet.Accounts()[0].Key.PublicKey).Hex()
	contains(t, out, want)
	out, _ = call(t, exitDone, "keys", "show", at("key.json"), "--password-file", at("password"), "--json")
	contains(t, out, strings.ToLower(want))
	_, errs := call(t, exitFailed, "keys", "new", at("key.json"), "--password-file", at("password"))
	contains(t, errs, "file exists")
}

func contains(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in:\n%s", want, text)
		}
	}
}

func decode(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
}
