package network

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// aheadVariable is by how many seconds the clock of a process of the changed binary is ahead.
const aheadVariable = "CLOCK_AHEAD_OF_TIME"

// buildAhead builds the binary with a time.Now that can be wrong. Programs in Go do not ask the C library for the time, so
// that what is preloaded in its place changes nothing, and the kernel has no namespaces for this clock.
func buildAhead(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	const now, imports = "	sec, nsec, mono := runtimeNow()\n	if mono == 0 {", "import (\n"
	if strings.Count(string(source), now) != 1 || strings.Contains(string(source), `"syscall"`) {
		t.Fatal("time.Now is not the one that this test knows how to change")
	}
	text := strings.Replace(string(source), now, strings.Replace(now, "\n", "\n	sec += clockAhead\n", 1), 1)
	text = strings.Replace(text, imports, imports+"	\"syscall\"\n", 1) + `
var clockAhead = secondsOf("` + aheadVariable + `")

func secondsOf(variable string) (seconds int64) {
	text, _ := syscall.Getenv(variable)
	for _, digit := range []byte(text) {
		seconds = 10*seconds + int64(digit-'0')
	}
	return seconds
}
`
	dir := t.TempDir()
	changed, overlay, binary := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "lockstep")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{changed: []byte(text), overlay: replace} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if said, err := exec.Command("go", "build", "-overlay", overlay, "-o", binary, "../../cmd/lockstep").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return binary
}

// ahead is by how much the node's clock is ahead, to a second: every answer over HTTP says what time it is.
func (m *member) ahead() time.Duration {
	m.t.Helper()
	answer, err := http.Get("http://" + m.rpc + "/healthz")
	if err != nil {
		m.t.Fatal(err)
	}
	defer answer.Body.Close()
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		m.t.Fatal(err)
	}
	return time.Until(at)
}

// wrongClock restarts a validator with a clock that is 30 s ahead, and at the end with the right one. Its clients see what all
// others see, and the network's time does not follow it.
func (n *network) wrongClock(at int, binary string) trouble {
	m := n.members[at]
	restart := func(binary string, environ ...string) {
		m.kill()
		m.binary, m.environ = binary, environ
		m.start()
		n.watch(m)
	}
	return trouble{
		name: "clock 30 s ahead", affected: []int{at},
		begin: func() {
			restart(binary, aheadVariable+"=30")
			n.reaches(m, n.history.head((at+1)%len(n.members))+3)
		},
		during: func() {
			n.pass(100 * time.Millisecond)
			s, err := n.members[(at+1)%len(n.members)].status(n.t.Context())
			if err != nil {
				n.t.Error(err)
				return
			}
			if off := time.Until(time.UnixMilli(int64(s.Head.Time))); off.Abs() > 5*time.Second {
				n.t.Errorf("the network's time is off by %s", off)
			}
		},
		end: func() {
			if off := m.ahead(); off < 28*time.Second || off > 32*time.Second {
				n.t.Errorf("the clock of validator %d is off by %s", at, off)
			}
			restart(lockstep)
		},
	}
}
