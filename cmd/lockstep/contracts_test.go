package main

import (
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

func TestContracts_AreDeployedOnceOnEveryRollup(t *testing.T) {
	d := devnettest.Start(t, devnet.Options{})
	rpc := d.Info().RPC
	zone := []core.RollupID{901, 902}
	want := deployment.Of(zone)

	out, _ := call(t, exitDone, "contracts", "addresses", "--rpc", rpc)
	contains(t, out, want.Inbox.Hex(), "on 902", "missing: Outbox, Inbox, TokenBridge, Swap, IntentSettler")

	// The account has nothing on a rollup: the error says where and why, and what was sent elsewhere is not lost.
	poor := filepath.Join(t.TempDir(), "key")
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := crypto.SaveECDSA(poor, key); err != nil {
		t.Fatal(err)
	}
	_, errs := call(t, exitFailed, "contracts", "deploy", "--rpc", rpc, "--key", poor)
	contains(t, errs, "rollup 90", "deploy Outbox", "insufficient funds")

	out, _ = call(t, exitDone, "contracts", "deploy", "--rpc", rpc, "--dev-account")
	contains(t, out, "rollup 901: deployed Outbox, Inbox, TokenBridge, Swap, IntentSettler", "rollup 902: deployed", want.TokenBridge.Hex())

	var view contractsView
	out, _ = call(t, exitDone, "contracts", "addresses", "--rpc", rpc, "--json")
	decode(t, out, &view)
	if view.Contracts != want || view.Zone != 1 || len(view.Rollups) != 2 || len(view.Rollups[0].Missing)+len(view.Rollups[1].Missing) > 0 {
		t.Errorf("after the deployment: %+v", view)
	}
	before := sentBy(t, rpc, zone)
	out, _ = call(t, exitDone, "contracts", "deploy", "--rpc", rpc, "--dev-account")
	contains(t, out, "rollup 901: all there", "rollup 902: all there")
	// A devnet does the same when it starts.
	if got, err := deployOnDevnet(t.Context(), d.Info().RPC, d.Genesis()); err != nil || *got != want {
		t.Errorf("the devnet's deployment: %+v, %v", got, err)
	}
	if after := sentBy(t, rpc, zone); after != before || before != [2]uint64{5, 5} {
		t.Errorf("the deployer sent %d transactions, and %d after the next deployments; want 5 on each rollup", before, after)
	}
}

// sentBy counts the transactions of the account that deploys.
func sentBy(t *testing.T, rpc string, zone []core.RollupID) (sent [2]uint64) {
	t.Helper()
	c, err := client.Dial(t.Context(), rpc)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, rollup := range zone {
		eth, err := c.Rollup(t.Context(), rollup)
		if err != nil {
			t.Fatal(err)
		}
		sent[i], err = eth.NonceAt(t.Context(), crypto.PubkeyToAddress(deployer().PublicKey), nil)
		eth.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	return sent
}
