package clients

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// Flashbots' client wants one exact version of ethers, so it has a folder of its own.
func TestFlashbots(t *testing.T) {
	if _, err := os.Stat("flashbots/node_modules/.package-lock.json"); err != nil {
		t.Fatal("the client is not installed: run make clients, or make test-clients")
	}
	info := devnettest.Start(t, devnet.Options{}).Info()
	input, err := json.Marshal(network{HTTP: info.Rollups[0].HTTP, ChainID: info.Rollups[0].ChainID, Bank: info.Accounts[0].PrivateKey})
	if err != nil {
		t.Fatal(err)
	}
	results := json.NewDecoder(bytes.NewReader(run(t, input, "node", "flashbots/scenarios.mjs")))
	count := 0
	for ; results.More(); count++ {
		var r struct {
			Scenario, Error string
			Ms              int
		}
		if err := results.Decode(&r); err != nil {
			t.Fatal(err)
		}
		t.Run(r.Scenario, func(t *testing.T) {
			if r.Error != "" {
				t.Fatalf("after %d ms: %s", r.Ms, r.Error)
			}
		})
	}
	if count == 0 {
		t.Error("no scenario has run")
	}
}
