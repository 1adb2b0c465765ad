package core_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// sdk is the TypeScript SDK, which shares tables and vectors with this package.
const sdk = "../sdk/ts/"

// The SDK knows the outcomes that this package knows, by the same names and numbers.
func TestSDK_Outcomes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("// Written by `go test ./core -rewrite` from core/outcome.go.\n\n")
	b.WriteString("/** The outcomes of a lane position with their numbers, which never move. */\nexport const outcomeCodes = {\n")
	for code := core.OutcomeCode(0); code < 1<<12; code++ {
		name := code.String()
		if !strings.HasPrefix(name, "code(") {
			fmt.Fprintf(&b, "  %s: %d,\n", name, code)
		}
	}
	b.WriteString("} as const\n")
	golden.Equal(t, sdk+"src/gen/outcomes.ts", b.String())
}

// The SDK computes the same networkId and the same first set from a genesis.
func TestSDK_Genesis(t *testing.T) {
	t.Parallel()
	type vector struct {
		Name       string            `json:"name"`
		NetworkID  core.NetworkID    `json:"networkId"`
		Validators core.ValidatorSet `json:"validators"`
		SetHash    common.Hash       `json:"setHash"`
		Genesis    *core.Genesis     `json:"genesis"`
	}
	var vectors []vector
	add := func(name string, change func(*core.Genesis)) {
		g := sampleGenesis(t)
		change(g)
		if err := g.Validate(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		vectors = append(vectors, vector{name, g.NetworkID(), g.ValidatorSet(), g.ValidatorSet().Hash(), g})
	}
	add("sample", func(*core.Genesis) {})
	add("renamed", func(g *core.Genesis) { g.Name = "golden-2" })
	add("another parameter", func(g *core.Genesis) { g.Params.MaxBundleLegs++ })
	add("without the last rollup", func(g *core.Genesis) { g.Rollups = g.Rollups[:len(g.Rollups)-1] })
	add("empty account", func(g *core.Genesis) {
		g.Rollups[0].EVM.Alloc[common.Address{7}] = gethtypes.Account{Balance: new(big.Int)}
	})
	add("validators out of order", func(g *core.Genesis) { slices.Reverse(g.Validators) })
	golden.Equal(t, sdk+"vectors/genesis.json", indented(t, vectors))
}

func indented(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}
