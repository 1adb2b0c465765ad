package zone_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// killHome names the folder of a zone that a child process executes until it is killed.
const killHome = "LOCKSTEP_ZONE_KILL_TEST"

// TestZone_SurvivesKill executes a log in child processes that are killed (SIGKILL) at random ticks, wherever their
// go-ethereum and their zone happen to be then, until one reaches the end. Digests, blocks and fates are those of a
// zone that was never killed.
func TestZone_SurvivesKill(t *testing.T) {
	if home := os.Getenv(killHome); home != "" {
		executeUntilKilled(t, home)
		return
	}
	net := evmNetwork(t)
	log := zonetest.NewLog(net.Genesis)
	steady := newEVMRig(t, net, log)
	if err := steady.open(nil); err != nil {
		t.Fatal(err)
	}
	finish := steady.live(7)
	log.Attest(steady.zone.Digest)
	home := t.TempDir()
	writeLog(t, home, log)

	rng := rand.New(rand.NewPCG(7, 1))
	kills := 0
	for executeInChild(t, home, 1+rng.IntN(20)) {
		kills++
	}
	if kills < 4 {
		t.Fatalf("killed %d times only: the test shows nothing", kills)
	}
	killed := newKillRig(t, home)
	if err := killed.open(nil); err != nil {
		t.Fatal(err)
	}
	if err := killed.untilExecuted(); err != nil {
		t.Fatal(err)
	}
	compareTwins(t, log, steady.twin(), killed.twin())
	if err := finish(); err != nil {
		t.Error(err)
	}
}

// executeInChild lets a child execute some ticks and kills it; false if it came to the log's end before.
func executeInChild(t *testing.T, home string, ticks int) (killed bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestZone_SurvivesKill$")
	child.Env = append(os.Environ(), killHome+"="+home)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); {
		switch line := lines.Text(); line {
		case "tick":
			n++
		case "end":
			if err := child.Wait(); err != nil {
				t.Fatal(err)
			}
			return false
		default:
			t.Logf("child: %s", line)
		}
		if n == ticks {
			break
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	err = child.Wait()
	if err == nil {
		return false // it was at the end before the signal came
	}
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v", err)
	}
	return true
}

// executeUntilKilled is the child: it prints a line per executed tick.
func executeUntilKilled(t *testing.T, home string) {
	r := newKillRig(t, home)
	if err := r.open(nil); err != nil {
		t.Fatal(err)
	}
	finish := r.run()
	for tick := r.zone.Executed() + 1; tick <= r.log.Head(); tick++ {
		if err := r.zone.WaitExecuted(t.Context(), tick); err != nil {
			t.Fatal(err, finish())
		}
		fmt.Println("tick")
	}
	fmt.Println("end")
	if err := finish(); err != nil {
		t.Fatal(err)
	}
}

// newKillRig is a rig with everything on disk.
func newKillRig(t *testing.T, home string) *evmRig {
	t.Helper()
	net := evmNetwork(t)
	r := &evmRig{t: t, net: net, log: zonetest.NewLog(net.Genesis), fs: vfs.Default, home: filepath.Join(home, "zone"), dir: home}
	b, err := os.ReadFile(filepath.Join(home, "log"))
	if err != nil {
		t.Fatal(err)
	}
	var records [][]byte
	if err := errors.Join(rlp.DecodeBytes(b, &records), r.log.Load(records)); err != nil {
		t.Fatal(err)
	}
	return r
}

func writeLog(t *testing.T, home string, log *zonetest.Log) {
	t.Helper()
	var records [][]byte
	for tick := uint64(1); tick <= log.Head(); tick++ {
		record, err := log.Record(tick)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record.Encode())
	}
	b, err := rlp.EncodeToBytes(records)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "log"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}
