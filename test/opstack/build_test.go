package opstack

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// programs are the files that a run starts.
type programs struct {
	anvil, geth, opNode, opBatcher, lockstep string
}

// build makes the programs that are not up to date; Go's build cache knows.
func build(t *testing.T) programs {
	t.Helper()
	bin, err := filepath.Abs("../../bin")
	if err != nil {
		t.Fatal(err)
	}
	anvil, err := filepath.Glob("node_modules/@foundry-rs/anvil-*/bin/anvil")
	if err != nil || len(anvil) != 1 {
		t.Fatal("anvil is not installed: make test-opstack does that")
	}
	p := programs{
		opNode:    filepath.Join(bin, "opstack/op-node"),
		opBatcher: filepath.Join(bin, "opstack/op-batcher"),
		geth:      filepath.Join(bin, "opstack/op-geth"),
		lockstep:  filepath.Join(bin, "opstack/lockstep"),
	}
	if *lockstep != "" {
		p.lockstep = *lockstep
	}
	if p.anvil, err = filepath.Abs(anvil[0]); err != nil {
		t.Fatal(err)
	}
	for _, b := range []struct{ module, pkg, file string }{
		{".", "github.com/ethereum-optimism/optimism/op-node/cmd", p.opNode},
		{".", "github.com/ethereum-optimism/optimism/op-batcher/cmd", p.opBatcher},
		{"execution", "github.com/ethereum/go-ethereum/cmd/geth", p.geth},
		{"../..", "github.com/lockstep-network/lockstep/cmd/lockstep", p.lockstep},
	} {
		if b.file == *lockstep {
			continue
		}
		say("building %s (a minute or two unless it is in the build cache)", filepath.Base(b.file))
		from := time.Now()
		// One package at a time, and behind what else the machine has to do.
		cmd := exec.CommandContext(interrupted, "nice", "-n", "15", "go", "build", "-p", "1", "-o", b.file, b.pkg)
		cmd.Dir = b.module
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", b.pkg, err, out)
		}
		if took := time.Since(from); took > 10*time.Second {
			say("built %s in %v", filepath.Base(b.file), took.Round(time.Second))
		}
	}
	return p
}

// moduleDir is where the go command keeps a module of this one's.
func moduleDir(path string) (string, error) {
	out, err := exec.CommandContext(interrupted, "go", "list", "-m", "-json", path).Output()
	if err != nil {
		return "", fmt.Errorf("find module %s: %w", path, err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil {
		return "", err
	}
	if _, err := os.Stat(m.Dir); err != nil {
		return "", fmt.Errorf("module %s is not in the cache: %w", path, err)
	}
	return m.Dir, nil
}
