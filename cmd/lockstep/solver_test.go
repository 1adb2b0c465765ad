package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

// solverFile writes the settings of a solver with a development account, and an exchange on each rollup.
func solverFile(t *testing.T, info devnet.Info) string {
	t.Helper()
	contracts, err := uniswap.Load("../../demo/artifacts")
	if err != nil {
		t.Fatal(err)
	}
	gate, err := client.Dial(t.Context(), info.RPC)
	if err != nil {
		t.Fatal(err)
	}
	defer gate.Close()
	account, amount := devnet.Accounts()[3], big.NewInt(params.Ether)
	var text, tokens strings.Builder
	fmt.Fprintf(&text, "gateway = %q\nstrategy = \"pools\"\nmargin = 10\nmaxOrder = \"1\"\nbundleLife = \"20s\"\nmetrics = \"127.0.0.1:0\"\n"+
		"[gas]\ntip = \"0.1\"\nmaxPrice = \"100\"\n[[keys]]\nfile = \"solver.key\"\n", "ws"+strings.TrimPrefix(info.RPC, "http"))
	for _, r := range info.Rollups {
		id := r.ChainID
		eth, err := gate.Rollup(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		x, err := uniswap.Deploy(t.Context(), contracts, actor.On(id, eth, account.Key), amount, amount)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "[[rollups]]\nid = %d\nrouter = %q\nfactory = %q\nweth = %q\nkeep = \"1\"\n", id, x.Router, x.Factory, x.WETH)
		fmt.Fprintf(&tokens, "%d = %q\n", id, x.Token)
	}
	fmt.Fprintf(&text, "[[tokens]]\nsymbol = \"TOK\"\ndecimals = 18\nkeep = \"0\"\n[tokens.addresses]\n%s", tokens.String())
	dir := t.TempDir()
	for name, content := range map[string]string{"solver.key": account.KeyHex(), "solver.toml": text.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "solver.toml")
}

func TestSolver_RunsFromAFile(t *testing.T) {
	info := devnettest.Start(t, devnet.Options{}).Info()
	file := solverFile(t, info)
	if _, errs := call(t, exitFailed, "solver", "--config", file); !strings.Contains(errs, "`lockstep contracts deploy` makes it") {
		t.Errorf("without the contracts: %s", errs)
	}
	call(t, exitDone, "contracts", "deploy", "--rpc", info.RPC, "--dev-account")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log, writer := io.Pipe()
	root, done := newRoot(), make(chan error, 1)
	root.SetArgs([]string{"solver", "--config", file})
	root.SetErr(writer)
	go func() {
		done <- root.ExecuteContext(ctx)
		writer.Close()
	}()
	port := ""
	for lines := bufio.NewScanner(log); lines.Scan() && !strings.Contains(lines.Text(), "watches for orders"); {
		if m := regexp.MustCompile(`"serves metrics" address=(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, log) }() // the rest of the log, so that the solver never waits for a reader
	for path, want := range map[string]string{"/readyz": "ok", "/healthz": "ok", "/metrics": "lockstep_solver_sessions_total 1"} {
		answer, err := http.Get("http://" + port + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: status %d, %.200q (%v)", path, answer.StatusCode, body, err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("ends with %v", err)
	}
}
