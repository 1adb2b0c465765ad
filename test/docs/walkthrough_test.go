package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// walkthroughs are the documents whose ```sh run blocks are run from the first to the last in one shell, as a reader types
// them. Their other ```sh blocks need root, another machine, or a terminal of their own.
var walkthroughs = []string{
	"docs/tutorial.md", "docs/runbooks/start.md", "docs/runbooks/restore.md", "docs/runbooks/stuck-zone.md",
	"docs/runbooks/disk-full.md", "docs/runbooks/slow-gateway.md", "docs/runbooks/upgrade.md", "docs/operations.md",
}

// script joins the blocks of a page that are to be run.
func script(page string) string {
	var out strings.Builder
	running := false
	for line := range strings.Lines(page) {
		switch {
		case strings.HasPrefix(line, "```"):
			running = strings.TrimSpace(line) == "```sh run"
		case running:
			out.WriteString(line)
		}
	}
	return out.String()
}

func TestWalkthroughs_Run(t *testing.T) {
	build(t)
	dir := filepath.Join(t.TempDir(), "net")
	network := serve(t, "exec bin/lockstep devnet"+elsewhere(dir))
	url := network.field(t, "gateway")
	for _, page := range walkthroughs {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(root, page))
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.NewReplacer(documentedRPC, url, "devnet-data", dir).Replace(script(string(text)))
			if strings.Count(lines, "\n") < 3 {
				t.Fatalf("%s has hardly a line to run", page)
			}
			walk(t, scratch(t), lines)
		})
	}
	if _, err := network.interrupt(t); err != nil {
		t.Errorf("Ctrl-C ends the devnet with %v", err)
	}
}

// scratch is a folder that looks like the repository, so that what commands write is nobody's.
func scratch(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	from, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bin", "demo", "test"} {
		if err := os.Symlink(filepath.Join(from, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// walk runs lines in a folder to their end, which must be a success.
func walk(t *testing.T, dir, lines string) {
	t.Helper()
	cmd, late := shell(t, "set -euo pipefail\n"+lines)
	defer patiently(late)()
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Errorf("%v; the lines were\n%s\nand printed\n%s", err, lines, out.String())
	}
}

func TestScript_TakesWhatIsToBeRun(t *testing.T) {
	t.Parallel()
	page := "# Title\n```sh\nrm -r x\n```\n```sh run\na=1\n```\nprose\n\n```sh run\necho $a\n```\n"
	if got, want := script(page), "a=1\necho $a\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
