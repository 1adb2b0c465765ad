package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// folder is the SDK's.
const folder = "../../sdk/ts"

// patience bounds the tests on a loaded machine; it is no measure of anything.
const patience = 4 * time.Minute

func TestSDK_AgainstANetwork(t *testing.T) {
	if _, err := os.Stat(folder + "/node_modules/.package-lock.json"); err != nil {
		t.Fatal("the SDK's packages are not installed: run make test-sdk")
	}
	// A window long enough for a loaded machine to offer two solutions in it.
	network := devnettest.Start(t, devnet.Options{Configure: func(_ int, cfg *node.Config) { cfg.Intents.Window = 40 }}).Info()
	deploy(t, network)
	info, err := json.Marshal(network)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("vitest does not end"))
	defer cancel()
	cmd := exec.CommandContext(ctx, "node_modules/.bin/vitest", "run", "--dir", "test/network", "--reporter=verbose")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LOCKSTEP_DEVNET="+string(info), "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

// deploy brings the contracts to all rollups, as `lockstep devnet` does.
func deploy(t *testing.T, network devnet.Info) {
	t.Helper()
	c, err := client.Dial(t.Context(), network.RPC)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var zone []core.RollupID
	for _, r := range network.Rollups {
		zone = append(zone, r.ChainID)
	}
	for _, id := range zone {
		eth, err := c.Rollup(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := deployment.Deploy(t.Context(), eth, id, zone, devnet.Accounts()[0].Key); err != nil {
			t.Fatal(err)
		}
		eth.Close()
	}
}
