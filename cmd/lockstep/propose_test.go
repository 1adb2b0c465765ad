package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// keep writes what a command printed to a file.
func keep(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCommands_ChangeTheNetwork(t *testing.T) {
	dir := t.TempDir()
	d := devnettest.Start(t, devnet.Options{Dir: dir})
	rpc := d.Info().RPC
	key := func(i int) string { return node.EthereumKey(filepath.Join(dir, fmt.Sprintf("validator-%d", i))) }

	out, errs := call(t, exitDone, "propose", "set-parameters", "maxBundleLegs=16", "--rpc", rpc)
	contains(t, errs, "change 1 of network "+d.Genesis().NetworkID().Hex(), "set maxBundleLegs to 16", "0 signatures")
	file := keep(t, "change.json", out)
	out, _ = call(t, exitDone, "sign", file, "--typed-data")
	contains(t, out, `"primaryType": "Control"`, "set maxBundleLegs to 16", d.Genesis().NetworkID().Hex())
	call(t, exitDone, "sign", file, "--key", key(0))
	out, _ = call(t, exitDone, "sign", file, "--key", key(1))
	contains(t, out, "set maxBundleLegs to 16", "2 signatures", "signed by 0x")
	_, errs = call(t, exitFailed, "submit", file, "--rpc", rpc)
	contains(t, errs, "power 2 of 4", "missing: 0x")
	call(t, exitDone, "sign", file, "--key", key(1)) // once more is no harm
	call(t, exitDone, "sign", file, "--key", key(2))
	out, _ = call(t, exitDone, "submit", file, "--rpc", rpc)
	contains(t, out, "accepted: change 1, set maxBundleLegs to 16")
	log := d.Node(0).Log()
	for {
		changes, _ := d.Node(0).Ledger().Control(1, 1)
		if len(changes) == 1 && changes[0].Decided != 0 {
			break
		}
		if err := log.Wait(t.Context(), log.Head()+1); err != nil {
			t.Fatal(err)
		}
	}
	out, _ = call(t, exitDone, "changes", "--rpc", rpc)
	contains(t, out, "the next change is number 2", "effective", "set maxBundleLegs to 16")
	_, errs = call(t, exitFailed, "submit", file, "--rpc", rpc)
	contains(t, errs, "the next one is 2")

	home := t.TempDir()
	fifth := keep(t, "fifth.key", "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318")
	out, errs = call(t, exitDone, "keys", "validator", "--home", home, "--key", fifth, "--power", "1")
	contains(t, errs, "validator 0x", "node id ")
	validator := keep(t, "validator.json", out)
	out, errs = call(t, exitDone, "propose", "add-validator", validator, "--rpc", rpc)
	contains(t, errs, "change 2 of network", "add validator 0x", "with power 1")
	add := keep(t, "add.json", out)
	call(t, exitDone, "sign", add, "--key", key(3))

	third := keep(t, "903.json", `{"zone":1,"id":903,"name":"third","kind":"evm","operator":"0x0000000000000000000000000000000000000000","evm":{"baseFee":7,"alloc":{}}}`)
	genesis := filepath.Join(dir, "genesis.json")
	out, errs = call(t, exitDone, "propose", "join-zone", third, "--genesis", genesis, "--rpc", rpc)
	contains(t, errs, `register rollup 903 "third" of kind evm without an operator in zone 1 with genesis 0x`)
	call(t, exitDone, "sign", keep(t, "join.json", out), "--key", key(3))
	_, errs = call(t, exitFailed, "propose", "join-zone", keep(t, "904.json", `{"zone":2,"id":904,"name":"x","kind":"evm","evm":{"alloc":{}}}`), "--genesis", genesis, "--rpc", rpc)
	contains(t, errs, "zone 2 is none of this network", "form-zone")
	first := keep(t, "905.json", `{"zone":2,"id":905,"name":"fifth","kind":"evm","operator":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","evm":{"alloc":{}}}`)
	out, errs = call(t, exitDone, "propose", "form-zone", first, "--genesis", genesis, "--rpc", rpc)
	contains(t, errs, "with operator 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 as the first one of the new zone 2 with genesis 0x")
	contains(t, out, `"forms": true`)
	_, errs = call(t, exitFailed, "propose", "form-zone", third, "--genesis", genesis, "--rpc", rpc)
	contains(t, errs, "zone 1 exists", "join-zone")
	call(t, exitUsage, "propose", "join-zone", third)
	_, errs = call(t, exitDone, "propose", "cancel", "3", "--rpc", rpc)
	contains(t, errs, "give up change 3")

	_, errs = call(t, exitFailed, "sign", validator, "--key", key(0))
	contains(t, errs, "is no change")
	_, errs = call(t, exitFailed, "propose", "register-rollup", "777", "--name", "op", "--kind", "opstack", "--rpc", rpc)
	contains(t, errs, "operator is missing")
	_, errs = call(t, exitFailed, "propose", "set-parameters", "slotSeconds=2", "--rpc", rpc)
	contains(t, errs, "slotSeconds", "cannot be changed")
	call(t, exitUsage, "propose", "set-power", "0x12", "5")
	call(t, exitUsage, "sign", add)
}
