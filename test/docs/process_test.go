package docs

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	root     = "../.." // of the repository, where people type the commands
	patience = 4 * time.Minute
)

// shell makes a process of a command line as a user's shell does, in a process group of its own, which late kills.
func shell(t *testing.T, line string) (cmd *exec.Cmd, late context.CancelFunc) {
	t.Helper()
	ctx, late := context.WithCancel(context.Background())
	t.Cleanup(late)
	cmd = exec.CommandContext(ctx, "bash", "-c", line)
	cmd.Dir = root
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	// What a surrounding make hands down is not the user's: its flags would make this one run dry or in parallel.
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "MAKE") && !strings.HasPrefix(v, "MFLAGS") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd, late
}

// patiently has what takes too long end unless stop is called before. A devnet itself may run for as long as there are commands for it.
func patiently(late context.CancelFunc) (stop func() bool) {
	return time.AfterFunc(patience, late).Stop
}

// build makes bin/lockstep. It also looks at every source, because the go command remembers a test's success until
// what the test itself has looked at changes.
func build(t *testing.T) {
	t.Helper()
	execute(t, "make build")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && slices.Contains([]string{".git", "bin", "node_modules", "devnet-data"}, entry.Name()) {
			return cmp.Or(err, fs.SkipDir)
		}
		if name := entry.Name(); strings.HasSuffix(name, ".go") || name == "Makefile" || name == "go.mod" {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// execute runs a command line to its end, which must be a success, and gives what it printed on standard output.
func execute(t *testing.T, line string) string {
	t.Helper()
	cmd, late := shell(t, line)
	defer patiently(late)()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v\n%s%s", line, err, out.String(), errs.String())
	}
	return out.String()
}

// service is a running devnet.
type service struct {
	cmd    *exec.Cmd
	late   context.CancelFunc
	lines  *bufio.Scanner
	errs   bytes.Buffer
	output []string // until it was ready
	ended  bool
}

// serve starts a devnet by a command line and waits until it says that it is ready.
func serve(t *testing.T, line string) *service {
	t.Helper()
	s := new(service)
	s.cmd, s.late = shell(t, line)
	defer patiently(s.late)()
	s.cmd.Stderr = &s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !s.ended {
			_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) // the test has failed already
			_ = s.cmd.Wait()
		}
	})
	s.lines = bufio.NewScanner(out)
	for s.lines.Scan() {
		s.output = append(s.output, s.lines.Text())
		if s.lines.Text() == "ready" {
			return s
		}
	}
	s.ended = true
	t.Fatalf("%s: %v before it was ready\n%s\n%s", line, s.cmd.Wait(), strings.Join(s.output, "\n"), s.errs.String())
	return nil
}

// interrupt does what Ctrl-C in a terminal does, and gives the error of the process and what it printed since it
// was ready.
func (s *service) interrupt(t *testing.T) (rest string, err error) {
	t.Helper()
	defer patiently(s.late)()
	if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for s.lines.Scan() {
		text.WriteString(s.lines.Text() + "\n")
	}
	if err := s.lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("output: %v", err)
	}
	s.ended = true
	return text.String(), s.cmd.Wait()
}

// field is what follows a label in the printed table.
func (s *service) field(t *testing.T, label string) string {
	t.Helper()
	for _, line := range s.output {
		if value, ok := strings.CutPrefix(line, label); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("the devnet prints no line %q:\n%s", label, strings.Join(s.output, "\n"))
	return ""
}
