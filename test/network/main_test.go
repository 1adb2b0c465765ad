package network

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var (
	long    = flag.Bool("long", false, "run also what takes minutes: 7 validators, and the table")
	sixteen = flag.Bool("sixteen", false, "with -long: 16 validators too, for a machine with at least 8 cores")
	table   = flag.Bool("table", false, "with -long: write the tables of docs/network.md")
	soak    = flag.Duration("soak", 0, "how long the soak test runs instead of its short form")
)

// patience bounds waits on a loaded machine; it is no measure of anything.
const patience = 90 * time.Second

// lockstep is the binary, built once for all tests.
var lockstep string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "lockstep-network")
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
