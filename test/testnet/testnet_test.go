package testnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/demo"
	"github.com/lockstep-network/lockstep/node/settings"
	"github.com/lockstep-network/lockstep/node/testnet"
)

// patience bounds waits on a loaded machine; it is no measure of anything.
const patience = time.Minute

// lockstep is the binary, built once for all tests.
var lockstep string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lockstep-testnet")
	if err != nil {
		panic(err)
	}
	lockstep = filepath.Join(dir, "lockstep")
	build := exec.Command("go", "build", "-o", lockstep, "../../cmd/lockstep")
	build.Stderr = os.Stderr
	code := 1
	if build.Run() == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is a running command whose output is kept.
type process struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	ended  chan error
}

func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), ended: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Env = append(os.Environ(), "LOCKSTEP="+name)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	return p
}

// end sends a signal and gives the exit code.
func (p *process) end(t *testing.T, signal os.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatal("the process does not end")
		return 0
	}
}

// ports finds the first of a row of free ports below those that the kernel gives to outgoing connections.
func ports(t *testing.T, count int) int {
	t.Helper()
	for first := 13000 + os.Getpid()%15000; ; first += count {
		free := 0
		for i := range count {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+i))
			if err != nil {
				break
			}
			_ = l.Close()
			free++
		}
		if free == count {
			return first
		}
	}
}

// reaches waits until a gateway has executed up to a tick.
func reaches(t *testing.T, url string, tick uint64) uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := client.Dial(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		s, err := c.Network(ctx)
		if err == nil && s.Head.Tick >= tick && s.Zones[0].Executed != nil && *s.Zones[0].Executed >= tick {
			return s.Head.Tick
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			t.Fatalf("%s does not reach tick %d: %v", url, tick, err)
		}
	}
}

// playDemo runs the demo, which brings its contracts with it: a network with development accounts is enough.
func playDemo(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var report demo.Report
	text, err := exec.CommandContext(ctx, lockstep, "demo", "--json", "--rpc", url, "--artifacts", "../../demo/artifacts").Output()
	if err := errors.Join(err, json.Unmarshal(text, &report)); err != nil || !report.OK || len(report.Steps) == 0 || report.Unserved == "" {
		t.Errorf("the demo: %v\n%s", err, text)
	}
}

func TestTestnet_RunsAsProcesses(t *testing.T) {
	first := ports(t, 8)
	out := filepath.Join(t.TempDir(), "net")
	init := exec.Command(lockstep, "testnet", "init", "--output", out, "--dev-accounts", "--p2p-port", fmt.Sprint(first), "--rpc-port", fmt.Sprint(first+4))
	if text, err := init.CombinedOutput(); err != nil || !strings.Contains(string(text), "start.sh") {
		t.Fatalf("%v\n%s", err, text)
	}
	url := func(i int) string { return fmt.Sprintf("http://127.0.0.1:%d", first+4+i) }
	home := func(i int) string { return filepath.Join(out, fmt.Sprintf("validator-%d", i)) }
	nodes := make([]*process, 4)
	for i := range nodes {
		nodes[i] = start(t, lockstep, "node", "--home", home(i), "--json-log", acceptPatiently)
	}
	head := reaches(t, url(3), reaches(t, url(0), 5))
	playDemo(t, url(1))

	// A killed validator misses ticks, comes back and catches up; the others go on meanwhile.
	if code := nodes[2].end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed process", code)
	}
	head = reaches(t, url(0), head+10)
	nodes[2] = start(t, lockstep, "node", "--home", home(2), "--log-level", "debug")
	reaches(t, url(2), head)

	// A second process on the same home is refused, and the first is left alone.
	if text, err := exec.Command(lockstep, "node", "--home", home(1)).CombinedOutput(); err == nil {
		t.Errorf("a second process runs\n%s", text)
	}
	for i, p := range nodes {
		if code := p.end(t, syscall.SIGTERM); code != 0 {
			t.Errorf("validator %d: exit code %d\n%s", i, code, p.output.String())
		}
	}
	for line := range strings.Lines(nodes[0].output.String()) {
		if !strings.HasPrefix(line, "{") {
			t.Errorf("not JSON: %s", line)
		}
	}
}

// The script that init writes starts all validators and ends them with itself.
func TestTestnet_StartsByItsScript(t *testing.T) {
	first := ports(t, 8)
	out := filepath.Join(t.TempDir(), "net")
	if text, err := exec.Command(lockstep, "testnet", "init", "--output", out, "--p2p-port", fmt.Sprint(first), "--rpc-port", fmt.Sprint(first+4)).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	script := exec.Command(filepath.Join(out, "start.sh"))
	script.Env = append(os.Environ(), "LOCKSTEP="+lockstep)
	script.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := script.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-script.Process.Pid, syscall.SIGKILL) })
	url := fmt.Sprintf("http://127.0.0.1:%d", first+6)
	reaches(t, url, 3)
	if err := script.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = script.Wait() // by the signal
	if c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		_ = c.Close()
		t.Error("a validator still runs")
	}
	e, err := settings.Load(settings.Defaults(""), settings.Sources{File: filepath.Join(out, "validator-1", testnet.SettingsFile)})
	if err != nil || len(e.Config.Ordering.Peers) != 3 {
		t.Errorf("%v", err)
	}
}
