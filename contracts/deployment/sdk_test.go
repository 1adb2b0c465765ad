package deployment_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/contracts/predeploy"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// The SDK's addresses and interfaces of the contracts are those that are deployed.
func TestSDK_Contracts(t *testing.T) {
	var b strings.Builder
	b.WriteString("// Written by `go test ./contracts/deployment -run SDK -rewrite` from the compiled contracts.\n\n")
	b.WriteString("/** The contracts that have one address on every rollup. Those that depend on the zone are printed by `lockstep contracts addresses`. */\n")
	b.WriteString("export const contractAddresses = {\n")
	at := deployment.Of(nil)
	for _, row := range []struct {
		name    string
		address common.Address
	}{
		{"create2Factory", deployment.Factory}, {"permit2", predeploy.Permit2Address},
		{"outbox", at.Outbox}, {"swap", at.Swap}, {"intentSettler", at.IntentSettler},
	} {
		fmt.Fprintf(&b, "  %s: '%s',\n", row.name, row.address.Hex())
	}
	b.WriteString("} as const\n")
	for _, name := range []string{"Outbox", "Inbox", "TokenBridge", "Swap", "IntentSettler"} {
		fmt.Fprintf(&b, "\n/** The interface of %s. */\nexport const %s = [\n", name, strings.ToLower(name[:1])+name[1:]+"Abi")
		for _, line := range interfaceOf(t, name) {
			fmt.Fprintf(&b, "  %s,\n", line)
		}
		b.WriteString("] as const\n")
	}
	golden.Equal(t, "../../sdk/ts/src/gen/contracts.ts", b.String())
}

// interfaceOf is a contract's ABI, one line of JSON for each part, without Solidity's own names of types.
func interfaceOf(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../snapshots/abi", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []abiPart
	if err := json.Unmarshal(data, &parts); err != nil {
		t.Fatal(err)
	}
	lines := make([]string, 0, len(parts))
	for _, part := range parts {
		if part.Type == "constructor" {
			continue
		}
		line, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	return lines
}

type abiPart struct {
	Type            string     `json:"type"`
	Name            string     `json:"name"`
	StateMutability string     `json:"stateMutability,omitempty"`
	Inputs          []abiInput `json:"inputs"`
	// Outputs are those of a function, nil elsewhere.
	Outputs *[]abiInput `json:"outputs,omitempty"`
}

type abiInput struct {
	Name       string     `json:"name"`
	Type       string     `json:"type"`
	Indexed    *bool      `json:"indexed,omitempty"`
	Components []abiInput `json:"components,omitempty"`
}
