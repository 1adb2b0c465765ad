package recovery

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const lastSignFile = "priv_validator_state.json" // must never be lost or copied: it keeps a validator from signing twice

// TestDamage_WhatFollowsFromTheLogIsRebuilt damages the records of a zone, then a rollup's chain. The validator moves
// them aside, executes the log again, and has the same blocks as the others.
func TestDamage_WhatFollowsFromTheLogIsRebuilt(t *testing.T) {
	n := newNetwork(t, nil)
	n.startAll()
	l := n.startLoad()
	l.await(100)
	for _, folder := range []string{"zone/1", "rollup/902/evm/chaindata"} {
		victim := n.members[n.rng.IntN(validators)]
		victim.kill()
		dir := filepath.Join(victim.Home, filepath.FromSlash(folder))
		t.Logf("validator %d: damaged %d files in %s", victim.Index, n.damageAll(dir), folder)
		head := n.except(victim.Index)[0].state().Head
		victim.startSupervised()
		victim.awaitTick(head)
		if aside, err := filepath.Glob(filepath.Join(victim.Home, "*", "damaged-*")); err != nil || len(aside) == 0 {
			t.Errorf("nothing was moved aside (%v)\n%s", err, victim.stderr)
		}
		if !strings.Contains(victim.stderr.String(), "moved aside") {
			t.Errorf("no log line says so:\n%s", victim.stderr)
		}
		n.agree()
	}
	n.audit(l)
}

// TestDamage_FreezerThatEndsTheProcess makes a rollup's freezer begin behind the genesis, about which go-ethereum panics while it
// opens. The next start rebuilds the zone.
func TestDamage_FreezerThatEndsTheProcess(t *testing.T) {
	n := newNetwork(t, nil)
	n.startAll()
	l := n.startLoad()
	l.await(50)
	victim := n.members[n.rng.IntN(validators)]
	victim.kill()
	indexes, err := filepath.Glob(filepath.Join(victim.Home, "rollup", "902", "evm", "chaindata", "ancient", "chain", "headers.*idx"))
	if err != nil || len(indexes) != 1 {
		t.Fatalf("the freezer's indexes of headers: %v, %v", indexes, err)
	}
	if err := os.WriteFile(indexes[0], []byte{0, 0, 0, 0, 0x9c, 0}, 0o600); err != nil { // file 0, behind 39,936 items
		t.Fatal(err)
	}
	head := n.except(victim.Index)[0].state().Head
	victim.startSupervised()
	victim.awaitTick(head)
	if said := victim.stderr.String(); !strings.Contains(said, "its report is kept") || !strings.Contains(said, "moved aside") {
		t.Errorf("no log lines say so:\n%s", said)
	}
	n.agree()
	n.audit(l)
}

// TestDamage_LogIsNamedAndFetchedFromPeers damages the ordered log. The validator refuses to start and says what to do;
// after that was done it has everything again, from its peers.
func TestDamage_LogIsNamedAndFetchedFromPeers(t *testing.T) {
	n := newNetwork(t, nil)
	n.startAll()
	l := n.startLoad()
	l.await(50)
	victim := n.members[n.rng.IntN(validators)]
	victim.kill()
	log := filepath.Join(victim.Home, "log")
	n.damageAll(log)
	victim.start()
	if err := victim.result(); err == nil {
		t.Fatal("the validator ended without an error")
	}
	if said := victim.stderr.String(); !strings.Contains(said, log) || !strings.Contains(said, "remove") {
		t.Fatalf("the error names neither the folder nor a remedy: %s", said)
	}
	l.await(20) // the others go on
	remove(t, log)
	clearEngine(t, victim.Home)
	head := n.except(victim.Index)[0].state().Head
	victim.start()
	victim.awaitTick(head)
	n.audit(l)
	// It votes again: with another one away, nothing can be decided without it.
	other := n.except(victim.Index)[0]
	other.kill()
	victim.awaitTick(victim.state().Head + 5)
}

// startSupervised starts the process as a service manager does: once more if it crashes. go-ethereum's database ends
// the process when it meets damage in the background.
func (m *member) startSupervised() {
	m.t.Helper()
	for crashes := 0; ; crashes++ {
		m.start()
		ended := m.exited
		for {
			s, err := ask[state](m.t.Context(), m, "/state", struct{}{})
			if err == nil && s.Joined && s.Executed > 0 {
				return
			}
			select {
			case <-time.After(20 * time.Millisecond):
				continue
			case <-ended:
			}
			break
		}
		if crashes == 3 {
			m.t.Fatalf("validator %d goes on crashing: %v\n%s", m.Index, m.err, m.stderr)
		}
		m.t.Logf("validator %d ended (%v) and is started again", m.Index, m.err)
	}
}

// damageAll overwrites some bytes of every file in a folder, and removes what says which files belong together.
func (n *network) damageAll(dir string) (damaged int) {
	n.t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if strings.HasPrefix(e.Name(), "CURRENT") {
			damaged++
			return os.WriteFile(path, []byte("MANIFEST-999999\n"), 0o600)
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) == 0 {
			return err
		}
		for range 1 + len(b)/1000 {
			b[n.rng.IntN(len(b))] ^= byte(1 + n.rng.IntN(255))
		}
		damaged++
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return damaged
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// clearEngine removes the engine's data as the runbook says.
func clearEngine(t *testing.T, home string) {
	t.Helper()
	data := filepath.Join(home, "ordering", "data")
	entries, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != lastSignFile {
			remove(t, filepath.Join(data, e.Name()))
		}
	}
}

// copyFrom restores a validator from another one's copy, as the runbook says. Both are stopped.
func copyFrom(t *testing.T, from, to string) {
	t.Helper()
	for _, dir := range []string{"log", "zone", "rollup"} {
		remove(t, filepath.Join(to, dir))
		if err := os.CopyFS(filepath.Join(to, dir), os.DirFS(filepath.Join(from, dir))); err != nil {
			t.Fatal(err)
		}
	}
	clearEngine(t, to)
	source := filepath.Join(from, "ordering", "data")
	entries, err := os.ReadDir(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		target := filepath.Join(to, "ordering", "data", e.Name())
		switch {
		case e.Name() == lastSignFile || e.Name() == "cs.wal":
		case e.IsDir():
			err = errors.Join(err, os.CopyFS(target, os.DirFS(filepath.Join(source, e.Name()))))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
