package network

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// document has the tables that -table writes.
const document = "../../docs/network.md"

// TestWAN_Table measures networks of several sizes in good weather and through every fault.
func TestWAN_Table(t *testing.T) {
	if !*long {
		t.Skip("some ten minutes: part of make test-network")
	}
	speeds, faults, before := speedHead, "", loadAverage(t)
	run := func(name string, validators, rate int, args []string, each func(n *network) []trouble) {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t, validators, args...)
			n.startAll()
			n.settle()
			speeds += n.measure(rate, 20*time.Second).row(validators, name[strings.LastIndex(name, " ")+1:])
			faults += fmt.Sprintf("\n%s:\n\n%s", name, faultHead)
			for _, f := range each(n) {
				faults += n.suffer(f, rate/2, 6*time.Second).row()
			}
		})
	}
	few := func(n *network) []trouble { return []trouble{n.alone(2), n.frozen(1)} }
	run("4 validators, timeouts fixed", 4, 100, []string{"--ordering.timeoutMax", "0s"}, few)
	run("4 validators, timeouts measured", 4, 100, nil, func(n *network) []trouble {
		return []trouble{n.alone(2), n.halves(), n.frozen(1), n.slow(3), n.killed(2), n.disconnected()}
	})
	run("7 validators, timeouts measured", 7, 60, []string{"--ordering.gossipSleep", "5ms"}, func(n *network) []trouble {
		return []trouble{n.alone(2), n.halves(), n.frozen(1)}
	})
	if *sixteen {
		run("16 validators, timeouts measured", 16, 20, []string{"--ordering.gossipSleep", "20ms"}, few)
	}
	t.Logf("\n%s\n%s", speeds, faults)
	if *table && !t.Failed() {
		write(t, "latency", fmt.Sprintf("%s, %d cores; load average before it began: %s.\n\n%s", time.Now().Format(time.DateOnly), runtime.NumCPU(), before, speeds))
		write(t, "faults", strings.TrimPrefix(faults, "\n"))
	}
}

// TestWAN_WrongClock does so with a validator whose clock is 30 s ahead. Its binary takes minutes to build for the first time.
func TestWAN_WrongClock(t *testing.T) {
	if !*long {
		t.Skip("part of make test-network")
	}
	binary := buildAhead(t)
	n := newNetwork(t, 4)
	n.startAll()
	n.settle()
	text := "4 validators, one of them with a wrong clock:\n\n" + faultHead + n.suffer(n.wrongClock(1, binary), 50, 6*time.Second).row()
	t.Logf("\n%s", text)
	if *table && !t.Failed() {
		write(t, "clock", text)
	}
}

// settle waits until the delays are known well: the deviation of the first measurements is a guess.
func (n *network) settle() { n.pass(8 * time.Second) }

func loadAverage(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	average, _, _ := strings.Cut(string(b), " ")
	return average
}

// write replaces what stands in the document between two comments.
func write(t *testing.T, name, text string) {
	t.Helper()
	b, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := fmt.Sprintf("<!-- measured: %s -->\n", name), fmt.Sprintf("<!-- end: %s -->", name)
	before, rest, ok := strings.Cut(string(b), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no lines %q and %q", document, begin, end)
	}
	if err := os.WriteFile(document, []byte(before+begin+text+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
