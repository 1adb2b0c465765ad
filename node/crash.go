package node

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
)

// crashFile has the report of the process's end by a panic, in the node's home.
const crashFile = "crash.txt"

// chainDatabases are in the stack when go-ethereum's database or its freezer has ended the process. They do so when they meet
// damaged files: the first from goroutines of its own, where nobody can recover; the second while it opens, with the database open
// already, which holds the folder until the process ends. No other stage uses them (of pebble, this major version).
var chainDatabases = []string{"github.com/cockroachdb/pebble/v2.", "github.com/ethereum/go-ethereum/core/rawdb."}

// KeepCrashReport lets the runtime write the report of a crash into a node's home, so that New can tell a rollup's
// damaged database by it and rebuild the zone instead of crashing again. It is for processes that run one node.
func KeepCrashReport(home string) error {
	f, err := os.OpenFile(filepath.Join(home, crashFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("node: crash report: %w", err)
	}
	return errors.Join(debug.SetCrashOutput(f, debug.CrashOptions{}), f.Close())
}

// readCrash looks whether the last process ended in a rollup's database, and asks for a rebuild then. The report is
// kept under another name.
func (n *Node) readCrash() error {
	path := filepath.Join(n.cfg.Home, crashFile)
	report, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(report) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("node: crash report: %w", err)
	}
	kept := path + ".old"
	n.log.Error("the process crashed before; its report is kept", "dir", kept)
	crashed, _, _ := bytes.Cut(report, []byte("\n\ngoroutine ")) // what panicked
	rest := report[len(crashed):]
	first, _, _ := bytes.Cut(bytes.TrimPrefix(rest, []byte("\n\n")), []byte("\n\n")) // and where
	inDatabase := func(name string) bool { return bytes.Contains(first, []byte(name)) }
	if slices.ContainsFunc(chainDatabases, inDatabase) {
		for _, z := range n.knownZones() {
			n.mark(z.ID, fmt.Errorf("%w: a rollup's database ended the process: %s", errCrashed, crashed))
		}
	}
	// Written anew, not renamed: the runtime may already write the next report to the old file.
	return errors.Join(os.WriteFile(kept, report, 0o644), os.Truncate(path, 0))
}
