package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

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
	info, err := json.Marshal(devnettest.Start(t, devnet.Options{}).Info())
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
