package recovery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/node/devnet"
)

const (
	validators = 4
	gateways   = 2               // validators 0 and 1 have one
	patience   = 3 * time.Minute // for events that a loaded machine may take long for
)

// network is four validators, each in a process of its own.
type network struct {
	t       *testing.T
	rng     *rand.Rand
	dir     string
	members [validators]*member
}

// member is a validator over its restarts.
type member struct {
	child
	t      *testing.T
	cmd    *exec.Cmd
	input  io.Closer // ends the process when closed
	stderr *tail
	exited chan struct{} // closed when the process is gone
	err    error         // of the process; valid after exited
}

// newNetwork makes keys and genesis as a devnet does, and starts nothing.
func newNetwork(t *testing.T, change func(*child)) *network {
	t.Helper()
	t.Logf("seed %d", *seed)
	n := &network{t: t, rng: rand.New(rand.NewPCG(*seed, 0)), dir: t.TempDir()}
	d, err := devnet.New(devnet.Options{Dir: n.dir, RPC: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, validators)
	for i := range ids {
		ids[i], _, _ = strings.Cut(d.Node(i).PeerAddr(), "@")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	addresses := freePorts(t, 2*validators+gateways)
	var peers []string
	for i, id := range ids {
		peers = append(peers, id+"@"+addresses[i])
	}
	for i := range n.members {
		m := &member{t: t, child: child{
			Index: i, Home: filepath.Join(n.dir, fmt.Sprintf("validator-%d", i)), Genesis: filepath.Join(n.dir, "genesis.json"),
			Listen: addresses[i], State: addresses[validators+i], RetainBlocks: 100000,
		}}
		m.Peers = append(append(m.Peers, peers[:i]...), peers[i+1:]...)
		if i < gateways {
			m.RPC = addresses[2*validators+i]
		}
		if change != nil {
			change(&m.child)
		}
		n.members[i] = m
		t.Cleanup(m.kill)
	}
	return n
}

// freePorts finds addresses outside of the range from which the kernel takes ports for outgoing connections, so that
// they are still free when a killed validator comes back.
func freePorts(t *testing.T, count int) []string {
	t.Helper()
	var found []string
	for port := 12000 + rand.IntN(18000); len(found) < count; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			found = append(found, address)
		}
	}
	return found
}

// start starts the process.
func (m *member) start() {
	m.t.Helper()
	description, err := json.Marshal(m.child)
	if err != nil {
		m.t.Fatal(err)
	}
	m.cmd = exec.Command(os.Args[0])
	m.cmd.Env = append(os.Environ(), childVariable+"="+string(description), "GOMAXPROCS=2")
	m.stderr = new(tail)
	m.cmd.Stderr = m.stderr
	if m.input, err = m.cmd.StdinPipe(); err != nil {
		m.t.Fatal(err)
	}
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.exited = make(chan struct{})
	go func() {
		m.err = m.cmd.Wait()
		close(m.exited)
	}()
}

// kill sends SIGKILL and waits until the process is gone. It is idempotent.
func (m *member) kill() {
	if m.cmd == nil {
		return
	}
	_ = m.cmd.Process.Kill() // it may be gone already, which the test notices elsewhere
	<-m.exited
	m.cmd = nil
}

// stop ends the process in order.
func (m *member) stop() {
	m.t.Helper()
	_ = m.input.Close()
	if err := m.result(); err != nil {
		m.t.Fatalf("validator %d: %v\n%s", m.Index, err, m.stderr)
	}
}

// result waits for the process to end by itself.
func (m *member) result() error {
	m.t.Helper()
	select {
	case <-m.exited:
		m.cmd = nil
		return m.err
	case <-time.After(patience):
		m.t.Fatalf("validator %d does not end\n%s", m.Index, m.stderr)
		return nil
	}
}

// ask puts a question to the process.
func ask[A any](ctx context.Context, m *member, path string, question any) (a A, err error) {
	body, err := json.Marshal(question)
	if err != nil {
		return a, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+m.State+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return a, fmt.Errorf("%s: %s", response.Status, text)
	}
	err = json.NewDecoder(response.Body).Decode(&a)
	return a, err
}

func mustAsk[A any](m *member, path string, question any) A {
	m.t.Helper()
	a, err := ask[A](m.t.Context(), m, path, question)
	if err != nil {
		m.t.Fatalf("validator %d: %s: %v\n%s", m.Index, path, err, m.stderr)
	}
	return a
}

// await waits until the validator's state is as wanted. A process that ends meanwhile fails the test: nobody is there to
// start it again.
func (m *member) await(what string, reached func(state) bool) state {
	m.t.Helper()
	deadline := time.After(patience)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	var last state
	for {
		if s, err := ask[state](m.t.Context(), m, "/state", struct{}{}); err == nil {
			if last = s; reached(s) {
				return s
			}
		}
		select {
		case <-ticker.C:
		case <-m.exited:
			m.t.Fatalf("validator %d ended by itself: %v\n%s", m.Index, m.err, m.stderr)
		case <-deadline:
			m.t.Fatalf("validator %d: no %s; its state is %+v\n%s", m.Index, what, last, m.stderr)
		}
	}
}

func (m *member) state() state { m.t.Helper(); return mustAsk[state](m, "/state", struct{}{}) }

// awaitTick waits until the validator has executed a tick, knows it attested, and takes part in voting.
func (m *member) awaitTick(tick uint64) {
	m.t.Helper()
	m.await(fmt.Sprintf("tick %d", tick), func(s state) bool {
		return s.Joined && s.Head >= tick && s.Executed >= tick && s.Attested >= tick
	})
}

func (n *network) startAll() {
	n.t.Helper()
	for _, m := range n.members {
		m.start()
	}
	for _, m := range n.members {
		m.awaitTick(3)
	}
}

func (n *network) except(victim int) []*member {
	var others []*member
	for i, m := range n.members {
		if i != victim {
			others = append(others, m)
		}
	}
	return others
}

// within waits for a random moment of at most d.
func (n *network) within(d time.Duration) {
	select {
	case <-time.After(time.Duration(n.rng.Int64N(int64(d) + 1))):
	case <-n.t.Context().Done():
	}
}

// tailSize leaves room for the report of a damaged database, a stack of calls among it, and what is logged around it.
const tailSize = 64 << 10

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
	if over := len(t.b) - tailSize; over > 0 {
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
