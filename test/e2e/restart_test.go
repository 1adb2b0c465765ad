package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
)

// stream sends transfers of a user on a rollup one after another until stopped, and remembers those that were accepted.
type stream struct {
	mu       sync.Mutex
	accepted []common.Hash
	stop     chan struct{}
	done     sync.WaitGroup
}

func (n *network) stream(t *testing.T, users map[core.RollupID]user) *stream {
	s := &stream{stop: make(chan struct{})}
	for id, u := range users {
		s.done.Go(func() {
			for nonce := uint64(0); ; nonce++ {
				select {
				case <-s.stop:
					return
				default:
				}
				tx := signWith(t, id, u, &gethtypes.DynamicFeeTx{Nonce: nonce, To: &common.Address{0xaa}, Value: big.NewInt(1)})
				if err := n.eth[id].SendTransaction(context.Background(), tx); err != nil {
					return // the network was killed
				}
				s.mu.Lock()
				s.accepted = append(s.accepted, tx.Hash())
				s.mu.Unlock()
			}
		})
	}
	return s
}

// await waits until n transactions were accepted.
func (s *stream) await(t *testing.T, n int) {
	t.Helper()
	deadline := time.After(patience)
	for ticker := time.NewTicker(10 * time.Millisecond); ; {
		s.mu.Lock()
		accepted := len(s.accepted)
		s.mu.Unlock()
		if accepted >= n {
			ticker.Stop()
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%d transactions accepted, want %d", accepted, n)
		case <-ticker.C:
		}
	}
}

func (s *stream) end() []common.Hash {
	close(s.stop)
	s.done.Wait()
	return s.accepted
}

// once checks that a transaction was included at exactly one place.
func (n *network) once(t *testing.T, hash common.Hash) {
	t.Helper()
	status, err := n.client.WaitFor(t.Context(), hash, core.LevelAttested, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	included := 0
	for _, a := range status.Attempts {
		if a.Outcome != nil && *a.Outcome == core.Included {
			included++
		}
	}
	if included != 1 || status.Level != core.LevelAttested {
		t.Errorf("%s is included %d times: %+v", hash, included, status)
	}
}

func TestOneValidatorStopsAndComesBackUnderLoad(t *testing.T) {
	t.Parallel()
	n := start(t)
	load := n.stream(t, map[core.RollupID]user{rollupA: n.funded(t), rollupB: n.funded(t)})
	load.await(t, 50)
	if err := n.devnet.Stop(2); err != nil {
		t.Fatal(err)
	}
	stopped := n.devnet.Node(0).Log().Head()
	load.await(t, 200)
	n.agree(t, 0, 1, 3) // order and attestation go on with three
	if err := n.devnet.Start(2); err != nil {
		t.Fatal(err)
	}
	load.await(t, 300)
	accepted := load.end()
	for _, hash := range accepted {
		n.once(t, hash)
	}
	n.agree(t, 0, 1, 2, 3)
	if head := n.devnet.Node(2).Log().Head(); head <= stopped {
		t.Errorf("the restarted validator is at tick %d, it stopped at %d", head, stopped)
	}
}

// startProcess runs the test binary itself as a devnet in another process, so that it can be killed.
func startProcess(t *testing.T, dir string) (*exec.Cmd, devnet.Info) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), devnetDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var info devnet.Info
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&info); err != nil {
		_ = cmd.Process.Kill()
		t.Fatalf("the devnet did not get ready: %v, %v", err, cmd.Wait())
	}
	return cmd, info
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed" is what was asked for
}

func TestWholeDevnetIsKilledUnderLoadAndStartsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, info := startProcess(t, dir)
	n := &network{t: t}
	n.dial(info)
	users := map[core.RollupID]user{rollupA: n.funded(t), rollupB: n.funded(t)}
	load := n.stream(t, users)
	load.await(t, 150)
	kill(t, cmd)
	accepted := load.end()

	cmd, again := startProcess(t, dir)
	t.Cleanup(func() { kill(t, cmd) })
	if again.NetworkID != info.NetworkID {
		t.Fatalf("network %s after the restart, was %s", again.NetworkID, info.NetworkID)
	}
	n = &network{t: t}
	n.dial(again)
	ordered := 0
	for _, hash := range accepted {
		status, err := n.client.Status(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		if status.Level >= core.LevelOrdered {
			ordered++
			n.once(t, hash)
		}
	}
	// Every one was answered after its execution, save those that took longer than the gateway waits.
	if ordered < len(accepted)*9/10 {
		t.Errorf("%d of %d accepted transactions are known after the restart", ordered, len(accepted))
	}
	for id, u := range users {
		nonce, err := n.eth[id].PendingNonceAt(t.Context(), u.address)
		if err != nil {
			t.Fatal(err)
		}
		to := newUser(t)
		n.mine(t, id, signWith(t, id, u, &gethtypes.DynamicFeeTx{Nonce: nonce, To: &to.address, Value: big.NewInt(1)}))
	}
	noTransactionTwice(t, n)
}

// noTransactionTwice looks through all blocks.
func noTransactionTwice(t *testing.T, n *network) {
	t.Helper()
	for id, eth := range n.eth {
		seen := make(map[common.Hash]uint64)
		head, err := eth.BlockNumber(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for number := range head + 1 {
			block, err := eth.BlockByNumber(t.Context(), new(big.Int).SetUint64(number))
			if err != nil {
				t.Fatal(err)
			}
			for _, tx := range block.Transactions() {
				if before, twice := seen[tx.Hash()]; twice {
					t.Errorf("rollup %s: %s is in blocks %d and %d", id, tx.Hash(), before, number)
				}
				seen[tx.Hash()] = number
			}
		}
	}
}
