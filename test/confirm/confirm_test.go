package confirm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/adapters/opstack"
	"github.com/lockstep-network/lockstep/adapters/opstack/opstacktest"
	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

const (
	chain core.RollupID = 10
	// patience bounds waits on a loaded machine; it is no measure of anything.
	patience = 90 * time.Second
)

// stage is a devnet, a chain, and the binary.
type stage struct {
	test        *testing.T
	dir, binary string
	devnet      *devnet.Devnet
	engine      *opstacktest.Execution
	secret      []byte
	jwt         string
	client      *client.Client
	op          *opstacktest.Sequencer
	proxy       *process
	// stream is the address of the stream of the next proxy.
	stream string
}

// process is a running proxy.
type process struct {
	cmd                   *exec.Cmd
	listen, admin, stream string
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func newStage(t *testing.T, change ...func(*stage, *devnet.Options)) *stage {
	t.Helper()
	s := &stage{test: t, dir: t.TempDir(), engine: opstacktest.StartExecution(t, opstacktest.Reth, uint64(chain)), stream: "127.0.0.1:0"}
	s.binary = filepath.Join(s.dir, "lockstep")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, "../../cmd/lockstep").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	options := devnet.Options{OPStack: []core.RollupID{chain}}
	for _, c := range change {
		c(s, &options)
	}
	s.devnet = devnettest.Start(t, options)
	s.secret, s.jwt = opstacktest.NewSecret(t)
	genesis, err := json.Marshal(s.devnet.Genesis())
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "genesis.json", string(genesis))
	if err := crypto.SaveECDSA(filepath.Join(s.dir, "operator.key"), devnet.Operator().Key); err != nil {
		t.Fatal(err)
	}
	if s.client, err = client.Dial(t.Context(), s.devnet.Info().RPC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.client.Close)
	s.start(t, "127.0.0.1:0")
	if s.op, err = opstacktest.NewSequencer(t.Context(), "http://"+s.proxy.listen, s.secret, s.engine.Canonical()[0]); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.op.Close)
	return s
}

func (s *stage) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start runs the binary: some settings from a file, one from the environment, the others by flags.
func (s *stage) start(t *testing.T, listen string) {
	t.Helper()
	s.write(t, "opstack.toml", fmt.Sprintf("rollup = %d\ngenesis = %q\noperator-key = %q\njournal = %q\nmode = \"pass-through\"\n",
		chain, filepath.Join(s.dir, "genesis.json"), filepath.Join(s.dir, "operator.key"), filepath.Join(s.dir, "journal")))
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), s.binary, "opstack", "--config", filepath.Join(s.dir, "opstack.toml"), "--listen", listen, "--admin", "127.0.0.1:0", "--stream", s.stream,
		"--engine", s.engine.URL, "--jwt-in", s.jwt, "--jwt-out", s.engine.JWT, "--gateways", s.devnet.Info().RPC, "--json-log")
	cmd.Env = append(os.Environ(), "LOCKSTEP_OPSTACK_MODE=confirm")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	s.proxy = p
	s.test.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(stderr)
	for (p.listen == "" || p.admin == "" || p.stream == "") && lines.Scan() {
		var line struct{ Msg, Address string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("log line %q: %v", lines.Text(), err)
		}
		switch line.Msg {
		case "engine proxy":
			p.listen = line.Address
		case "private listener":
			p.admin = "http://" + line.Address
		case "pre-confirmed blocks":
			p.stream = "ws://" + line.Address
		}
	}
	if p.listen == "" || p.admin == "" || p.stream == "" {
		t.Fatal("the proxy ended")
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
}

// command runs the binary to its end.
func (s *stage) command(t *testing.T, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(within(t), s.binary, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, stderr.String())
	}
	return string(out)
}

// seal makes blocks; each L1 block is the origin of two.
func (s *stage) seal(t *testing.T, n int, fork byte) {
	t.Helper()
	for range n {
		l1 := s.op.Head.Number/2 + 1
		s.op.Origin = opstacktest.L1{Number: l1, Hash: common.Hash{fork, byte(l1)}}
		if _, err := s.op.Seal(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
}

// until asks for a block's finality until it is enough.
func (s *stage) until(t *testing.T, block any, what string, enough func(*gateway.FinalityView) bool) *gateway.FinalityView {
	t.Helper()
	ctx := within(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		view, err := s.client.Finality(ctx, chain, block)
		if err == nil && enough(view) {
			return view
		}
		select {
		case <-ctx.Done():
			t.Fatalf("block %v is not %s: %+v, %v; state %s", block, what, view, err, s.command(t, "opstack", "state", "--admin", s.proxy.admin))
		case <-tick.C:
		}
	}
}

func (s *stage) status(t *testing.T, block any, status string) *gateway.FinalityView {
	t.Helper()
	return s.until(t, block, status, func(v *gateway.FinalityView) bool { return v.Status == status })
}

func TestConfirm_OnADevnet(t *testing.T) {
	s := newStage(t, func(s *stage, o *devnet.Options) {
		serve(o, chainrpc.Config{Execution: s.engine.StartPublic(t), Submit: chainrpc.SubmitExecution})
	})
	s.seal(t, 6, 1)
	head := s.op.Head
	v := s.status(t, head.Hash(), "proven")
	if v.Number != head.Number || v.Parent != head.Parent || v.TransactionsHash != head.TxsRoot() || v.L1Number != 3 || v.Checkpoint == nil || v.Checkpoint.Tick < v.Tick {
		t.Errorf("finality %+v of block %+v", v, head)
	}
	s.seal(t, 24, 1)
	if v := s.status(t, head.Hash(), "safe"); v.L1Depth < 10 || v.Orphaned != nil {
		t.Errorf("finality %+v", v)
	}
	if v := s.status(t, s.op.Head.Hash(), "proven"); v.L1Depth != 0 || v.Newest.Hash != v.Hash {
		t.Errorf("finality of the head %+v", v)
	}

	t.Run("pooled", s.pooled)
	t.Run("orphans", s.orphans)
	t.Run("switches", s.switches)
	t.Run("kill", s.kill)
	t.Run("refusals", s.refusals)
	t.Run("figures", s.figures)
}

// orphans goes back, first because the L1 did, then without a reason.
func (s *stage) orphans(t *testing.T) {
	for _, c := range []struct {
		fork  byte
		cause string
	}{{2, "l1"}, {2, "chain"}} {
		blocks := s.engine.Canonical()
		old := blocks[len(blocks)-1]
		if err := s.op.Rewind(t.Context(), blocks[len(blocks)-5], s.op.Origin); err != nil {
			t.Fatal(err)
		}
		if c.cause == "chain" { // other content on the same L1
			s.engine.Add([]byte{2, 'x'})
		}
		s.status(t, old.Hash(), "orphaned")
		s.seal(t, 6, c.fork)
		v := s.until(t, old.Hash(), "orphaned by "+c.cause, func(v *gateway.FinalityView) bool { return v.Orphaned != nil && v.Orphaned.Cause == c.cause })
		if v.Orphaned.By.Number > old.Number || v.Checkpoint == nil {
			t.Errorf("finality %+v", v)
		}
		s.status(t, s.op.Head.Number, "proven")
		if v := s.status(t, old.Number, "proven"); v.Hash == old.Hash() {
			t.Errorf("by its number the old block is found: %+v", v)
		}
	}
}

// switches goes out of confirm and in again, by the command line.
func (s *stage) switches(t *testing.T) {
	if out := s.command(t, "opstack", "mode", "pass-through", "--admin", s.proxy.admin); !strings.Contains(out, `"pass-through"`) {
		t.Errorf("mode: %s", out)
	}
	s.seal(t, 5, 2)
	var state opstack.State
	if err := json.Unmarshal([]byte(s.command(t, "opstack", "state", "--admin", s.proxy.admin)), &state); err != nil {
		t.Fatal(err)
	}
	if state.Mode != opstack.PassThrough || state.Engine != "ok" || state.Confirm == nil || state.Confirm.Rollup != chain {
		t.Errorf("state %+v", state)
	}
	s.command(t, "opstack", "mode", "confirm", "--admin", s.proxy.admin)
	s.status(t, s.op.Head.Hash(), "proven")
	for _, b := range s.engine.Canonical()[6:] { // the lane begins with one of the first blocks
		if v := s.until(t, b.Hash(), "told", func(v *gateway.FinalityView) bool { return v.Status != "orphaned" }); v.Number != b.Number {
			t.Errorf("block %d: %+v", b.Number, v)
		}
	}
}

// kill ends the proxy in the middle of its work.
func (s *stage) kill(t *testing.T) {
	s.seal(t, 3, 2)
	listen := s.proxy.listen
	if err := s.proxy.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.proxy.cmd.Wait()
	if _, err := s.op.Seal(t.Context(), false); err == nil {
		t.Error("a block without a proxy")
	}
	s.start(t, listen)
	s.seal(t, 3, 2)
	v := s.status(t, s.op.Head.Hash(), "proven")
	if v.Number != s.op.Head.Number {
		t.Errorf("finality %+v", v)
	}
}

func (s *stage) refusals(t *testing.T) {
	for _, c := range []struct {
		rollup core.RollupID
		block  any
		want   string
	}{
		{901, "latest", "no operator"}, {77, "latest", "rollup"}, {chain, common.Hash{9}, "not in the order"}, {chain, 1 << 40, "not in the order"}, {chain, "earliest", "block"},
	} {
		if v, err := s.client.Finality(t.Context(), c.rollup, c.block); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("rollup %s, block %v: %+v, %v, want %q", c.rollup, c.block, v, err, c.want)
		}
	}
	for _, args := range [][]string{
		{"--mode", "confirm"}, {"--rollup", "901"}, {"--config", filepath.Join(s.dir, "genesis.json")}, {"--listen", "here"}, {"--jwt-in", filepath.Join(s.dir, "operator.key") + "x"},
	} {
		cmd := exec.CommandContext(within(t), s.binary, append([]string{"opstack", "--jwt-in", s.jwt, "--listen", "127.0.0.1:0", "--admin", ""}, args...)...)
		if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.ExitCode() != 2 {
			t.Errorf("%v: %v: %s", args, err, out)
		}
	}
}

// figures shows what the proxy adds, as it measures itself.
func (s *stage) figures(t *testing.T) {
	var took []time.Duration
	for range 40 {
		s.seal(t, 1, 2)
		sealed := time.Now()
		s.until(t, s.op.Head.Hash(), "told", func(v *gateway.FinalityView) bool { return true })
		took = append(took, time.Since(sealed))
	}
	slices.Sort(took)
	t.Logf("from the head's being taken to lockstep_getFinality: median %s, longest %s of %d", took[len(took)/2], took[len(took)-1], len(took))
	s.seal(t, 200, 2)
	s.status(t, s.op.Head.Hash(), "proven")
	r, err := http.NewRequestWithContext(within(t), http.MethodGet, s.proxy.admin+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	sums, counts := make(map[string]float64), make(map[string]float64)
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		var value float64
		name, text, _ := strings.Cut(lines.Text(), " ")
		if _, err := fmt.Sscan(text, &value); err != nil {
			continue
		}
		base, label, _ := strings.Cut(name, "{")
		if sum, ok := strings.CutSuffix(base, "_sum"); ok {
			sums[sum+"{"+label] = value
		} else if count, ok := strings.CutSuffix(base, "_count"); ok {
			counts[count+"{"+label] = value
		}
	}
	for _, name := range []string{
		`lockstep_opstack_added_seconds{call="forkchoiceUpdated"}`, `lockstep_opstack_added_seconds{call="newPayload"}`, `lockstep_opstack_added_seconds{call="getPayload"}`,
		"lockstep_opstack_ordered_seconds{",
	} {
		if counts[name] == 0 {
			t.Errorf("%s counts nothing", name)
			continue
		}
		t.Logf("%s: %.3f ms on average over %.0f", name, 1000*sums[name]/counts[name], counts[name])
	}
}
