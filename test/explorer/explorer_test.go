package explorer

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	web = "../../explorer/web"
	// limit bounds the whole script on a loaded machine; alone it takes a fraction of it.
	limit = 5 * time.Minute
)

// TestDist builds the page again and compares it with the committed one, byte for byte.
func TestDist(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for _, args := range [][]string{{"tsc", "--noEmit"}, {"vite", "build", "--outDir", out, "--emptyOutDir", "--logLevel", "warn"}} {
		cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", args[0]), args[1:]...)
		cmd.Dir = web
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v (`make explorer/web/node_modules/.package-lock.json` installs it)\n%s", args, err, output)
		}
	}
	built, committed := files(t, out), files(t, "../../explorer/dist")
	for name, content := range built {
		if !bytes.Equal(content, committed[name]) {
			t.Errorf("explorer/dist/%s is not what the sources build: `make explorer` renews it", name)
		}
	}
	for name := range committed {
		if _, ok := built[name]; !ok {
			t.Errorf("explorer/dist/%s is built by nothing: `make explorer` removes it", name)
		}
	}
}

func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := make(map[string][]byte)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		found[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestPage clicks through everything: the script's output says what it saw.
func TestPage(t *testing.T) {
	t.Parallel()
	n := startNetwork(t)
	script(t, n, "e2e/explorer.mjs", n.url, screenshots(t))
}

// TestWallet swaps across rollups with a wallet in the browser, and with a development account in the page.
func TestWallet(t *testing.T) {
	t.Parallel()
	m := startMarket(t)
	script(t, nil, "e2e/wallet.mjs", m.url, screenshots(t), m.facts(t))
}

// screenshots is the folder for pictures of the pages: the one that LOCKSTEP_SCREENSHOTS names, or one that goes away.
func screenshots(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv("LOCKSTEP_SCREENSHOTS"); folder != "" {
		return folder
	}
	return t.TempDir()
}

// script runs a script of the page's, and does what it asks for with the network, if that can go away.
func script(t *testing.T, n *network, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = web
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	serve(t, n, out, in)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, problems.String())
	}
}

// serve does what the script asks for, line by line, and says when it is done.
func serve(t *testing.T, n *network, out io.Reader, in io.Writer) {
	t.Helper()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		answer, line := "done", lines.Text()
		request, argument, _ := strings.Cut(line, " ")
		switch request {
		case "stop":
			n.stop()
		case "start":
			n.start()
		case "change":
			answer = n.change(argument)
		default:
			t.Log(line)
			continue
		}
		if _, err := fmt.Fprintln(in, answer); err != nil {
			t.Error(err)
		}
	}
}
