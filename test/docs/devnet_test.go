package docs

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// What README.md says about make devnet: Ctrl-C ends it, and the next start goes on where it was.
func TestDevnet_IsInterruptedContinuedAndBegunAnew(t *testing.T) {
	flags := elsewhere(filepath.Join(t.TempDir(), "net"))
	build(t)
	first := serve(t, `make devnet ARGS="`+flags+`"`)
	id, bridge := networkOf(t, first), first.field(t, "TokenBridge")
	wantRefusal(t, "bin/lockstep devnet"+flags, "folder is in use")
	wantRefusal(t, "bin/lockstep devnet --fresh"+flags, "folder is in use")
	// make hands Ctrl-C on to whoever waits for it by ending with the signal itself; its output is the devnet's.
	if rest, _ := first.interrupt(t); first.errs.Len() > 0 || !strings.HasSuffix(rest, "\nstopped; the chains are kept in "+first.field(t, "folder")+"\n") {
		t.Errorf("make devnet: Ctrl-C prints %q and the errors\n%s", rest, first.errs.String())
	}
	for _, c := range []struct {
		flag string
		same bool
	}{{"", true}, {" --fresh", false}} {
		again := serve(t, "exec bin/lockstep devnet"+flags+c.flag)
		if got := networkOf(t, again); (got == id) != c.same {
			t.Errorf("devnet%s is network %s after %s", c.flag, got, id)
		}
		if got := again.field(t, "TokenBridge"); got != bridge {
			t.Errorf("devnet%s has its bridge at %s, before it was at %s", c.flag, got, bridge)
		}
		if _, err := again.interrupt(t); err != nil || again.errs.Len() > 0 {
			t.Errorf("devnet%s: Ctrl-C ends it with %v and logs\n%s", c.flag, err, again.errs.String())
		}
	}
}

func networkOf(t *testing.T, s *service) string {
	t.Helper()
	_, id, ok := strings.Cut(s.field(t, "Lockstep devnet:"), "network ")
	if !ok {
		t.Fatal("the devnet does not print its network")
	}
	return id
}

// wantRefusal wants a command to fail with exit code 1 and an error that says why.
func wantRefusal(t *testing.T, line, want string) {
	t.Helper()
	cmd, late := shell(t, line)
	defer patiently(late)()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(errs.String(), want) {
		t.Errorf("%s: %v, %q; want exit code 1 and %q", line, err, errs.String(), want)
	}
}
