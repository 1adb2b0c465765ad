package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// patience bounds one child process on a loaded machine; it is no measure of anything.
const patience = 2 * time.Minute

// scenarios narrows the scenarios of viem and ethers, for work on one of them.
var scenarios = flag.String("scenarios", "", "regular expression of the viem and ethers scenarios to run")

// network is what the scripts read from their standard input.
type network struct {
	HTTP      string        `json:"http"`
	WebSocket string        `json:"ws"`
	ChainID   core.RollupID `json:"chainId"`
	// Bank is the key of a development account that only this client uses.
	Bank    string   `json:"bank"`
	Counter contract `json:"counter"`
	Run     string   `json:"run"`
}

// contract is contracts/Counter.sol, compiled.
type contract struct {
	ABI      json.RawMessage `json:"abi"`
	Bytecode string          `json:"bytecode"`
}

func TestClients(t *testing.T) {
	if _, err := os.Stat("node_modules/.package-lock.json"); err != nil {
		t.Fatal("the clients are not installed: run make clients, or make test-clients")
	}
	info := devnettest.Start(t, devnet.Options{}).Info()
	rollup := info.Rollups[0]
	n := network{HTTP: rollup.HTTP, WebSocket: rollup.WebSocket, ChainID: rollup.ChainID, Run: *scenarios}
	if err := json.Unmarshal(run(t, nil, "node", "scenarios/compile.mjs"), &n.Counter); err != nil {
		t.Fatal(err)
	}
	var seen coverage
	t.Run("clients", func(t *testing.T) {
		for i, client := range []string{"viem", "ethers"} {
			t.Run(client, func(t *testing.T) {
				t.Parallel()
				mine := n
				mine.Bank = info.Accounts[i].PrivateKey
				testScript(t, client, mine, &seen)
			})
		}
		t.Run("cast", func(t *testing.T) {
			t.Parallel()
			mine := n
			mine.Bank = info.Accounts[2].PrivateKey
			testCast(t, mine, &seen)
		})
	})
	if !t.Failed() && *scenarios == "" && flag.Lookup("test.run").Value.String() == "" {
		golden.Block(t, "../../docs/guides/clients.md", "scenarios", seen.table())
	}
}

// testScript runs a client's script and makes a test of every scenario that it reports.
func testScript(t *testing.T, client string, n network, seen *coverage) {
	input, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	results := json.NewDecoder(bytes.NewReader(run(t, input, "node", "scenarios/run.mjs", client)))
	count := 0
	for ; results.More(); count++ {
		var r struct {
			Scenario, Error string
			Ms              int
			Measured        map[string]float64 // in ms
		}
		if err := results.Decode(&r); err != nil {
			t.Fatal(err)
		}
		t.Run(r.Scenario, func(t *testing.T) {
			if r.Error != "" {
				t.Fatalf("after %d ms: %s", r.Ms, r.Error)
			}
			seen.works(r.Scenario, client)
			t.Logf("%d ms %v", r.Ms, r.Measured)
		})
	}
	if count == 0 {
		t.Error("no scenario has run")
	}
}

// run runs a child process to its end and gives its output; that it fails is a failure of the test.
func run(t *testing.T, input []byte, name string, args ...string) []byte {
	t.Helper()
	out, err := try(t, input, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// try runs a child process to its end; what it says on standard error is the text of the error.
func try(t *testing.T, input []byte, name string, args ...string) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("the process does not end"))
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &errs
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s %.300q: %w: %s", name, args, err, errs.String())
	}
	return out, nil
}

// coverage is which scenario works with which client.
type coverage struct {
	mu      sync.Mutex
	clients map[string][]string
}

func (c *coverage) works(scenario, client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clients == nil {
		c.clients = make(map[string][]string)
	}
	c.clients[scenario] = append(c.clients[scenario], client)
}

// table is the coverage as Markdown, by name.
func (c *coverage) table() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	b.WriteString("| scenario | viem | ethers | cast |\n|---|---|---|---|\n")
	names := make([]string, 0, len(c.clients))
	for name := range c.clients {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "| %s |", name)
		for _, client := range []string{"viem", "ethers", "cast"} {
			mark := ""
			if slices.Contains(c.clients[name], client) {
				mark = "works"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		b.WriteString("\n")
	}
	return b.String()
}
