package testnet

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// layout is a network on this machine and where its nodes are.
type layout struct {
	dir               string
	first             int
	names             []string
	validators, count int
}

// initNetwork makes a network with four validators.
func initNetwork(t *testing.T, followers, gateways int) layout {
	t.Helper()
	l := layout{dir: filepath.Join(t.TempDir(), "net"), validators: 4, count: 4 + followers + gateways}
	l.first = ports(t, 2*l.count)
	for _, role := range []struct {
		name  string
		count int
	}{{"validator", 4}, {"follower", followers}, {"gateway", gateways}} {
		for i := range role.count {
			l.names = append(l.names, fmt.Sprintf("%s-%d", role.name, i))
		}
	}
	text, err := exec.Command(lockstep, "testnet", "init", "--output", l.dir, "--dev-accounts", "--followers", fmt.Sprint(followers), "--gateways", fmt.Sprint(gateways),
		"--p2p-port", fmt.Sprint(l.first), "--rpc-port", fmt.Sprint(l.first+l.count)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return l
}

func (l layout) url(node int) string  { return fmt.Sprintf("http://127.0.0.1:%d", l.first+l.count+node) }
func (l layout) home(node int) string { return filepath.Join(l.dir, l.names[node]) }

// run starts a node, with further arguments.
func (l layout) run(t *testing.T, node int, args ...string) *process {
	t.Helper()
	return start(t, lockstep, append([]string{"node", "--home", l.home(node)}, args...)...)
}

// runAll starts all nodes, with further arguments.
func (l layout) runAll(t *testing.T, args ...string) []*process {
	t.Helper()
	nodes := make([]*process, l.count)
	for i := range nodes {
		nodes[i] = l.run(t, i, args...)
	}
	return nodes
}

// acceptPatiently has a gateway wait until the validators say that they keep what it was sent, however busy the machine is.
const acceptPatiently = "--gateway.acceptWait=25s"

// A follower has no key that signs for the network, executes and checks what the validators decide, and takes transactions.
func TestFollower_ServesAndSubmits(t *testing.T) {
	l := initNetwork(t, 1, 0)
	follower := 4
	nodes := l.runAll(t, acceptPatiently)
	if err := filepath.WalkDir(l.home(follower), func(path string, _ fs.DirEntry, err error) error {
		if name := filepath.Base(path); strings.Contains(name, "priv_validator") || name == "ethereum.key" {
			t.Errorf("a follower has %s", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	reaches(t, l.url(follower), reaches(t, l.url(0), 5))
	playDemo(t, l.url(follower))

	// It was away, comes back and catches up; nobody waited for it.
	if code := nodes[follower].end(t, syscall.SIGKILL); code != -1 {
		t.Errorf("exit code %d of a killed process", code)
	}
	head := reaches(t, l.url(0), reaches(t, l.url(0), 1)+50)
	nodes[follower] = l.run(t, follower, acceptPatiently)
	reaches(t, l.url(follower), head)
	agrees(t, l.url(follower))
	for i, p := range nodes {
		if code := p.end(t, syscall.SIGTERM); code != 0 {
			t.Errorf("%s: exit code %d\n%s", l.names[i], code, p.output.String())
		}
	}
}

// agrees checks that a node's own results are attested ones.
func agrees(t *testing.T, url string) {
	t.Helper()
	ready := awaitReady(t, url)
	if len(ready.Attested) == 0 {
		t.Error("no zone")
	}
	for zone, attested := range ready.Attested { // the newest attested tick with which the node agrees
		if attested == 0 || attested+1000 < ready.Tick {
			t.Errorf("zone %s: attested %d of %d", zone, attested, ready.Tick)
		}
	}
}
