package rollup

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/client/lane"
	"github.com/lockstep-network/lockstep/proof"
)

// instance is a running counter.
type instance struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// line is what a counter prints.
type line struct {
	Seq, Proven uint64
	Hash        common.Hash
	Counters    map[string]int64
}

// until reads lines up to the first one that is enough.
func (i *instance) until(t *testing.T, enough func(line) bool) line {
	t.Helper()
	for i.lines.Scan() {
		var l line
		if err := json.Unmarshal(i.lines.Bytes(), &l); err != nil {
			t.Fatalf("%s: %v", i.lines.Text(), err)
		}
		if enough(l) {
			return l
		}
	}
	t.Fatalf("the counter ended: %v", i.lines.Err())
	return line{}
}

// Two instances of the example rollup, of which one is killed under load and goes on from its file, come to the same state.
func TestCounter_InstancesAgreeAndSurviveKills(t *testing.T) {
	d := start(t)
	dir := t.TempDir()
	binary := filepath.Join(dir, "counter")
	if out, err := exec.CommandContext(within(t), "go", "build", "-o", binary, "../../examples/counter").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	genesis, err := json.Marshal(d.Genesis())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "genesis.json"), genesis, 0o600); err != nil {
		t.Fatal(err)
	}
	urls := []string{"http://" + d.Node(0).GatewayAddr().String(), "http://" + d.Node(1).GatewayAddr().String()}
	args := func(n int) []string {
		return []string{"-genesis", filepath.Join(dir, "genesis.json"), "-gateways", urls[n], "-state", filepath.Join(dir, fmt.Sprintf("state-%d.json", n))}
	}
	run := func(n int) *instance {
		cmd := exec.CommandContext(t.Context(), binary, args(n)...)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		return &instance{cmd, bufio.NewScanner(out)}
	}
	const total = 300
	submit := func(from, to int) {
		c := lane.New(counters, proof.FromGenesis(d.Genesis()), urls[0])
		for i := from; i < to; i++ {
			if _, err := c.Submit(within(t), fmt.Appendf(nil, "add k%d %d #%d", i%3, i, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	steady, killed := run(0), run(1)
	submit(0, total/2)
	killed.until(t, func(l line) bool { return l.Seq > 20 })
	if err := killed.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.cmd.Wait()
	submit(total/2, total)
	killed = run(1)
	all := func(l line) bool { return l.Seq == total && l.Proven == total }
	a, b := steady.until(t, all), killed.until(t, all)
	if a.Hash != b.Hash {
		t.Errorf("the instances differ: %+v and %+v", a, b)
	}
	var sum int64
	for _, n := range a.Counters {
		sum += n
	}
	if want := int64(total * (total - 1) / 2); sum != want || len(a.Counters) != 3 {
		t.Errorf("counters %v, sum %d, want %d", a.Counters, sum, want)
	}
	if out, err := exec.CommandContext(within(t), binary, append(args(0), "add", "k9", "7")...).CombinedOutput(); err != nil {
		t.Errorf("add by the command line: %v: %s", err, out)
	}
	if l := steady.until(t, func(l line) bool { return l.Seq == total+1 }); l.Counters["k9"] != 7 {
		t.Errorf("after add k9 7: %v", l.Counters)
	}
}
