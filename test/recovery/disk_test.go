package recovery

import (
	"io/fs"
	"path/filepath"
	"testing"
	"time"
)

// TestDisk_BytesPerTickAndTransaction reports what a validator's folders grow by in an idle network, and under load. The
// databases write their journals ahead in pieces of some MiB, so the figures are good for long runs only.
func TestDisk_BytesPerTickAndTransaction(t *testing.T) {
	if !*long {
		t.Skip("a minute of ticks: part of make test-recovery-long")
	}
	n := newNetwork(t, func(c *child) { c.Retain, c.RetainBlocks = 0, 0 })
	n.startAll()
	m := n.members[2]
	measure := func() (map[string]int64, uint64) {
		head := m.state().Head
		m.stop()
		sizes := make(map[string]int64)
		for _, dir := range []string{"log", "zone", "rollup/901", "ordering/data/engine", "ordering/data/cs.wal"} {
			sizes[dir] = size(t, filepath.Join(m.Home, filepath.FromSlash(dir)))
		}
		m.start()
		m.awaitTick(head + 1)
		return sizes, head
	}
	report := func(what string, before, after map[string]int64, per int64) {
		for dir := range before {
			t.Logf("%-30s %8d bytes per %s", dir, (after[dir]-before[dir])/per, what)
		}
	}
	before, from := measure()
	n.pass(30 * time.Second)
	idle, to := measure()
	report("empty tick", before, idle, int64(to-from))
	l := n.startLoad()
	n.pass(30 * time.Second)
	l.end()
	loaded, _ := measure()
	report("transaction (with its share of ticks)", idle, loaded, int64(len(l.ordered)))
}

// pass lets time pass.
func (n *network) pass(d time.Duration) {
	select {
	case <-time.After(d):
	case <-n.t.Context().Done():
	}
}

func size(t *testing.T, dir string) (bytes int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}
