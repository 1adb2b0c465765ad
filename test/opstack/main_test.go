package opstack

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

var (
	long     = flag.Bool("long", false, "windows of five times the length")
	lockstep = flag.String("lockstep", "", "`FILE` of the lockstep to test; without it this tree's is built")
)

// interrupted ends with Ctrl-C: waits give up, and what was started is ended.
var interrupted context.Context

var began = time.Now()

func TestMain(m *testing.M) {
	flag.Parse()
	var stop context.CancelFunc
	interrupted, stop = signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := m.Run()
	stop()
	os.Exit(code)
}

// say tells on standard output what the run is at.
func say(format string, args ...any) {
	fmt.Printf("%4.0fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
}

// scaled is a window's length: short as a rule, five times that in the long form.
func scaled(short time.Duration) time.Duration {
	if *long {
		return 5 * short
	}
	return short
}
