package testnet

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/node/devnet"
)

var startedLine = regexp.MustCompile(`validator (\d): process (\d+), log`)

// pids are those of the newest process of each validator, as a devnet has said.
func pids(text string) map[string]int {
	found := make(map[string]int)
	for _, m := range startedLine.FindAllStringSubmatch(text, -1) {
		found[m[1]], _ = strconv.Atoi(m[2])
	}
	return found
}

// A devnet of processes is one network; a killed process is reported and started again, and Ctrl-C ends all.
func TestDevnet_RunsAsProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "net")
	cmd := exec.Command(lockstep, "devnet", "--processes", "--restart", "--json", "--rpc", "127.0.0.1:0", "--dir", dir, "--gateway.maxBatch", "7")
	out, errs := new(lines), new(lines)
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		for _, pid := range pids(errs.text()) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	var info struct {
		devnet.Info
		Contracts map[string]any
	}
	out.await(t, func(text string) bool { return json.Unmarshal([]byte(text), &info) == nil })
	if info.Validators != 4 || len(info.Contracts) == 0 || info.Dir != dir+"-processes" {
		t.Errorf("%+v", info)
	}
	before := pids(errs.text())
	if len(before) != 4 {
		t.Fatalf("processes %v", before)
	}
	if err := syscall.Kill(before["2"], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	errs.await(t, func(text string) bool {
		return strings.Contains(text, fmt.Sprintf("validator 2: process %d has ended: signal: killed; it is started again", before["2"])) && pids(text)["2"] != before["2"]
	})
	port, err := strconv.Atoi(info.RPC[strings.LastIndex(info.RPC, ":")+1:])
	if err != nil {
		t.Fatal(err)
	}
	reaches(t, fmt.Sprintf("http://127.0.0.1:%d", port+2), reaches(t, info.RPC, 5))
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("%v\n%s", err, errs.text())
		}
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
	for name, pid := range pids(errs.text()) {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("validator %s still runs", name)
		}
	}
}

// Its second start continues the same chains, and another shape is refused.
func TestDevnet_ProcessesRefuseAnotherShape(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "net")
	if text, err := exec.Command(lockstep, "testnet", "init", "--output", dir+"-processes").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	text, err := exec.CommandContext(ctx, lockstep, "devnet", "--processes", "--validators", "7", "--dir", dir).CombinedOutput()
	if err == nil || !strings.Contains(string(text), "has 4 validators and 2 rollups") {
		t.Errorf("%v\n%s", err, text)
	}
	if text, err := exec.CommandContext(ctx, lockstep, "devnet", "--restart").CombinedOutput(); err == nil || !strings.Contains(string(text), "goes with --processes") {
		t.Errorf("%v\n%s", err, text)
	}
}
