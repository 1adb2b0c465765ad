package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/lockstep-network/lockstep/node/devnet"
)

// network is a devnet in a process of its own.
type network struct {
	cmd  *exec.Cmd
	dir  string
	info devnet.Info
}

// startNetwork starts the binary on a new folder and a free port and waits until it is ready.
func startNetwork(ctx context.Context, binary string) (*network, error) {
	dir, err := os.MkdirTemp("", "lockstep-bench-")
	if err != nil {
		return nil, err
	}
	n := &network{dir: dir}
	n.cmd = exec.CommandContext(ctx, binary, "devnet", "--json", "--dir", dir, "--rpc", "127.0.0.1:0", "--log-level", "error")
	n.cmd.Stderr = os.Stderr
	n.cmd.Cancel = func() error { return n.cmd.Process.Signal(syscall.SIGTERM) }
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := n.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	if err := json.NewDecoder(out).Decode(&n.info); err != nil {
		n.stop()
		return nil, fmt.Errorf("the devnet did not get ready: %w", err)
	}
	return n, nil
}

// stop ends the devnet and removes its folder.
func (n *network) stop() {
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err == nil {
		if err := n.cmd.Wait(); err != nil {
			fmt.Fprintln(os.Stderr, "bench: devnet:", err)
		}
	}
	if err := os.RemoveAll(n.dir); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}

// rss is the devnet's resident memory in MiB: now, and at its highest (proc(5), VmRSS and VmHWM).
func (n *network) rss() (Memory, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.cmd.Process.Pid))
	if err != nil {
		return Memory{}, err
	}
	var m Memory
	for line := range strings.Lines(string(b)) {
		var kb int
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kb); err == nil {
			m.NowMiB = kb / 1024
		}
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kb); err == nil {
			m.PeakMiB = kb / 1024
		}
	}
	return m, nil
}
