package deploy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

const root = "../.."

var rewrite = flag.Bool("rewrite", false, "write generated files anew")

// lockstep is the binary, built once for all tests.
var lockstep string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lockstep-deploy")
	if err != nil {
		panic(err)
	}
	lockstep = filepath.Join(dir, "lockstep")
	build := exec.Command("go", "build", "-o", lockstep, "./cmd/lockstep")
	build.Dir, build.Stderr = root, os.Stderr
	code := 1
	if build.Run() == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// scrape runs a devnet, and gives the names of the metrics that its gateway exports.
func scrape(t *testing.T) map[string]bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), lockstep, "devnet", "--json", "--rpc", "127.0.0.1:0", "--dir", filepath.Join(t.TempDir(), "net"))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Cancel()
		if err := cmd.Wait(); err != nil {
			t.Errorf("devnet: %v\n%s", err, errs.String())
		}
	}()
	var info struct {
		RPC string `json:"rpc"`
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &info) != nil {
		t.Fatalf("devnet prints %q: %v\n%s", line, err, errs.String())
	}
	return exported(t, info.RPC)
}

// exported are the names of the metrics at a URL.
func exported(t *testing.T, at string) map[string]bool {
	t.Helper()
	answer, err := http.Get(at + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("/metrics: %s, %v", answer.Status, err)
	}
	names := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^(\w+)[{ ]`).FindAllSubmatch(text, -1) {
		names[string(m[1])] = true
	}
	return names
}

// metric is a row of docs/reference/metrics.md.
type metric struct {
	kind   string
	labels []string
}

var row = regexp.MustCompile("(?m)^\\| `(lockstep_\\w+)` \\| (\\w+) \\| ([^|]*) \\|")

func documented(t *testing.T) map[string]metric {
	t.Helper()
	rows := make(map[string]metric)
	for _, m := range row.FindAllSubmatch(read(t, "docs/reference/metrics.md"), -1) {
		var labels []string
		for _, label := range strings.Split(string(m[3]), ",") {
			if label = strings.Trim(label, " `"); label != "" {
				labels = append(labels, label)
			}
		}
		rows[string(m[1])] = metric{string(m[2]), labels}
	}
	if len(rows) < 30 {
		t.Fatalf("%d metrics found: the test reads the reference wrongly", len(rows))
	}
	return rows
}

// wantTaken wants the binary to know a command line's commands and flags.
func wantTaken(t *testing.T, args []string) {
	t.Helper()
	var commands, flags []string
	for _, a := range args {
		switch {
		case strings.HasPrefix(a, "-"):
			flags = append(flags, strings.SplitN(a, "=", 2)[0])
		case len(flags) == 0:
			commands = append(commands, a)
		}
	}
	help, err := exec.Command(lockstep, append(commands, "--help")...).CombinedOutput()
	if err != nil || len(commands) == 0 || !strings.Contains(string(help), "lockstep "+strings.Join(commands, " ")+" [flags]") {
		t.Errorf("%q: lockstep has no such command: %v\n%.300s", args, err, help)
	}
	for _, flag := range flags {
		if !regexp.MustCompile(`(?m)^ +(-\w, )?` + regexp.QuoteMeta(flag) + `\b`).Match(help) {
			t.Errorf("%q: lockstep %s has no flag %s", args, strings.Join(commands, " "), flag)
		}
	}
}
