package orderedlog_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

// damageSteps is at how many places each file is damaged.
const damageSteps = 200

// oldLog makes a log with all kinds of files: tables of earlier runs, a write-ahead log, a manifest.
func oldLog(t *testing.T) (*vfs.MemFS, []*core.Decided) {
	t.Helper()
	disk, c := vfs.NewMem(), newChain(t)
	var ticks []*core.Decided
	for range 4 {
		l, err := openOn(disk)
		if err != nil {
			t.Fatal(err)
		}
		for range 8 {
			d := c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB)}, core.Section{Rollup: rollupB, Txs: []core.Transaction{c.tx(rollupB)}})
			appendAll(t, l, d)
			ticks = append(ticks, d)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return disk, ticks
}

func content(t *testing.T, disk vfs.FS, path string) []byte {
	t.Helper()
	f, err := disk.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// damaged is a copy of the disk with one file replaced; nil removes it.
func damaged(t *testing.T, disk vfs.FS, name string, b []byte) vfs.FS {
	t.Helper()
	clone := vfs.NewMem()
	if _, err := vfs.Clone(disk, clone, "/log", "/log"); err != nil {
		t.Fatal(err)
	}
	path := clone.PathJoin("/log", name)
	if b == nil {
		if err := clone.Remove(path); err != nil {
			t.Fatal(err)
		}
		return clone
	}
	f, err := clone.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return clone
}

// verdict opens a damaged log: found (an error that says so), shorter (an earlier tick, all before it right), or whole.
func verdict(t *testing.T, what string, disk vfs.FS, ticks []*core.Decided) string {
	t.Helper()
	l, err := openOn(disk)
	if err == nil {
		defer l.Close()
		err = checkContent(l, ticks)
	}
	switch {
	case errors.Is(err, orderedlog.ErrCorrupt):
		if !strings.Contains(err.Error(), "/log") && !strings.Contains(err.Error(), "tick") {
			t.Errorf("%s: the error names neither folder nor tick: %v", what, err)
		}
		return "found"
	case err != nil:
		t.Errorf("%s: not found as damage: %v", what, err)
	case l.Head() < uint64(len(ticks)):
		return "shorter"
	}
	return "whole"
}

// TestLog_FindsDamagedFilesOrIsNotHurt flips bytes of every file, cuts it short, and removes it.
func TestLog_FindsDamagedFilesOrIsNotHurt(t *testing.T) {
	t.Parallel()
	disk, ticks := oldLog(t)
	names, err := disk.List("/log")
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[string]int)
	for _, name := range names {
		if name == "LOCK" {
			continue
		}
		b := content(t, disk, disk.PathJoin("/log", name))
		seen := map[string]int{verdict(t, name+" removed", damaged(t, disk, name, nil), ticks): 1}
		for at := 0; at < len(b); at += max(1, len(b)/damageSteps) {
			flipped := append([]byte{}, b...)
			flipped[at] ^= 1 << (at % 8)
			seen[verdict(t, fmt.Sprintf("%s flipped at %d", name, at), damaged(t, disk, name, flipped), ticks)]++
			if at%8 == 0 {
				seen[verdict(t, fmt.Sprintf("%s cut at %d", name, at), damaged(t, disk, name, append([]byte{}, b[:at]...)), ticks)]++
			}
		}
		t.Logf("%-24s %6d bytes: %v", name, len(b), seen)
		kinds[name[strings.LastIndexByte(name, '.')+1:]] += seen["found"] + seen["shorter"]
	}
	if kinds["sst"] == 0 || kinds["log"] == 0 {
		t.Errorf("no damage had an effect on tables or write-ahead logs: %v", kinds)
	}
}

// TestLog_CompactionsDoNotHideDamage lets the database compact a damaged table: the log must say so, and nothing of
// the other tables may be lost.
func TestLog_CompactionsDoNotHideDamage(t *testing.T) {
	t.Parallel()
	disk, ticks := oldLog(t)
	names, err := disk.List("/log")
	if err != nil {
		t.Fatal(err)
	}
	c := newChain(t)
	for _, name := range names {
		if !strings.HasSuffix(name, ".sst") {
			continue
		}
		b := content(t, disk, disk.PathJoin("/log", name))
		b[0] ^= 1 // the first block
		l, err := openOn(damaged(t, disk, name, b))
		for i := 0; err == nil && i < 2000; i++ {
			d := c.decide(nil)
			d.Record.Number += uint64(len(ticks))
			err = l.Append(d)
		}
		if !errors.Is(err, orderedlog.ErrCorrupt) || !strings.Contains(err.Error(), strings.TrimSuffix(name, ".sst")) {
			t.Errorf("%s: %v", name, err)
		}
		c = newChain(t)
		if l != nil {
			l.Close()
		}
	}
}
