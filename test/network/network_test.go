package network

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/settings"
	"github.com/lockstep-network/lockstep/node/testnet"
)

// internet is what the links of a network are like, but for their delays.
var internet = weather{jitter: 0.1, loss: 0.001, bandwidth: 100_000_000}

// network is validators as processes, with links between them.
type network struct {
	t       *testing.T
	genesis *core.Genesis
	members []*member
	links   map[[2]int]*link // by the lower index first
	keys    []*ecdsa.PrivateKey
	history *history
}

// member is a validator over its restarts.
type member struct {
	t           *testing.T
	index       int
	binary      string
	home        string
	listen, rpc string
	peers       []string
	args        []string
	environ     []string

	cmd    *exec.Cmd
	stderr *tail
	exited chan struct{} // closed when the process is gone
	err    error         // of the process; valid after exited
}

// accounts of the load, with money from the genesis on.
const accounts = 64

// newNetwork writes homes and joins them by links; args are for every node. It starts nothing.
func newNetwork(t *testing.T, validators int, args ...string) *network {
	t.Helper()
	n := &network{t: t, links: make(map[[2]int]*link), history: newHistory()}
	options := testnet.Options{Output: filepath.Join(t.TempDir(), "net"), Shape: devnet.Shape{Validators: validators}}
	for range accounts {
		key, err := crypto.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		n.keys = append(n.keys, key)
		options.Funded = append(options.Funded, crypto.PubkeyToAddress(key.PublicKey))
	}
	options.FeeRecipient = common.Address{0xfe}
	first := ports(t, 2*validators)
	options.P2PPort, options.RPCPort = uint16(first), uint16(first+validators)
	var err error
	if n.genesis, err = testnet.Init(options); err != nil {
		t.Fatal(err)
	}
	for i := range validators {
		n.members = append(n.members, &member{
			t: t, index: i, binary: lockstep, home: filepath.Join(options.Output, fmt.Sprintf("validator-%d", i)), args: args,
			listen: fmt.Sprintf("127.0.0.1:%d", first+i), rpc: fmt.Sprintf("127.0.0.1:%d", first+validators+i),
		})
		t.Cleanup(n.members[i].kill)
	}
	n.connect()
	return n
}

// connect puts a link between every two nodes, and tells each of them the addresses of its ends.
func (n *network) connect() {
	n.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	n.t.Cleanup(func() {
		cancel()
		for _, l := range n.links {
			l.done.Wait()
		}
	})
	for a, m := range n.members {
		e, err := settings.Load(settings.Defaults(m.home), settings.Sources{File: filepath.Join(m.home, testnet.SettingsFile)})
		if err != nil {
			n.t.Fatal(err)
		}
		for _, peer := range e.Config.Ordering.Peers {
			id, address, _ := strings.Cut(peer, "@")
			b := n.at(address)
			key := [2]int{min(a, b), max(a, b)}
			if n.links[key] == nil {
				w := internet
				w.delay = oneWay(a, b)
				n.links[key] = newLink(ctx, w)
			}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				n.t.Fatal(err)
			}
			direction := 0
			if a > b {
				direction = 1
			}
			n.links[key].listen(listener, address, direction)
			m.peers = append(m.peers, id+"@"+listener.Addr().String())
		}
	}
}

// at is the index of the validator that listens at an address.
func (n *network) at(address string) int {
	for i, m := range n.members {
		if m.listen == address {
			return i
		}
	}
	n.t.Fatalf("nobody listens at %s", address)
	return 0
}

// between calls f with every link between a node of the one side and one of the other.
func (n *network) between(side func(int) bool, f func(*link)) {
	for key, l := range n.links {
		if side(key[0]) != side(key[1]) {
			f(l)
		}
	}
}

// ports finds the first of a row of free ports below those that the kernel gives to outgoing connections.
func ports(t *testing.T, count int) int {
	t.Helper()
	for first := 14000 + (os.Getpid()*37+int(time.Now().UnixNano()/1000)%1000)%14000; ; first += count {
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

// start starts the process.
func (m *member) start() {
	m.t.Helper()
	args := append([]string{"node", "--home", m.home, "--log-level", "warn", "--ordering.peers", strings.Join(m.peers, ",")}, m.args...)
	m.cmd = exec.Command(m.binary, args...)
	m.cmd.Env = append(append(os.Environ(), "GOMAXPROCS=2"), m.environ...)
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	m.stderr = new(tail)
	m.cmd.Stderr = m.stderr
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.exited = make(chan struct{})
	go func() {
		m.err = m.cmd.Wait()
		close(m.exited)
	}()
}

// startAll starts everybody and waits until all are in step, and watched.
func (n *network) startAll() {
	n.t.Helper()
	for _, m := range n.members {
		m.start()
	}
	for _, m := range n.members {
		n.watch(m)
	}
	for _, m := range n.members {
		n.reaches(m, 5)
	}
}

// kill ends the process at once. It is idempotent.
func (m *member) kill() {
	if m.cmd == nil {
		return
	}
	_ = m.cmd.Process.Kill() // it may be gone already
	<-m.exited
	m.cmd = nil
}

// signal sends one to the process.
func (m *member) signal(s syscall.Signal) {
	m.t.Helper()
	if err := m.cmd.Process.Signal(s); err != nil {
		m.t.Fatalf("validator %d: %v", m.index, err)
	}
}

// gone fails the test if a process ended by itself.
func (n *network) gone() {
	n.t.Helper()
	for _, m := range n.members {
		if m.cmd == nil {
			continue
		}
		select {
		case <-m.exited:
			n.t.Fatalf("validator %d ended by itself: %v\n%s", m.index, m.err, m.stderr)
		default:
		}
	}
}

// pass lets time pass.
func (n *network) pass(d time.Duration) {
	select {
	case <-time.After(d):
	case <-n.t.Context().Done():
	}
}

// until waits for an event that is looked for again and again, and says how long it took.
func (n *network) until(what string, happened func() bool) time.Duration {
	n.t.Helper()
	began, ticker := time.Now(), time.NewTicker(10*time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		n.gone()
		if time.Since(began) > patience {
			n.t.Fatalf("%s: not within %s\n%s", what, patience, n.history.text())
		}
		<-ticker.C
	}
	return time.Since(began)
}

// reaches waits until a validator has executed up to a tick and knows it attested.
func (n *network) reaches(m *member, tick uint64) time.Duration {
	n.t.Helper()
	return n.until(fmt.Sprintf("validator %d at tick %d", m.index, tick), func() bool {
		s, err := m.status(n.t.Context())
		return err == nil && s.Head.Tick >= tick && s.Zones[0].Executed != nil && *s.Zones[0].Executed >= tick && s.Zones[0].Attested >= tick
	})
}

// tail keeps the end of what a process prints.
type tail struct {
	mu sync.Mutex
	b  []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if over := len(t.b) - 8192; over > 0 {
		t.b = t.b[over:]
	}
	return len(p), nil
}

// String is what was printed last.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
