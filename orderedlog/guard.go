package orderedlog

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/sstable"
	"github.com/cockroachdb/pebble/vfs"
)

// guard keeps damage from spreading. A compaction that finds the first block of a table damaged leaves out the table's
// keys without an error (pebble v1.1.5, sstable's compactionIterator.skipForward), and the table is deleted then. So
// every table is checked before a compaction reads it, and once damage is known no new table is made: the compaction
// fails, what is there stays, and the next Append reports the damage.
type guard struct {
	vfs.FS
	dir string

	mu    sync.Mutex
	found error
}

// damage is what was found by now, as ErrCorrupt.
func (g *guard) damage() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.found
}

func (g *guard) report(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.found == nil {
		g.found = fmt.Errorf("%w: %s: %w", ErrCorrupt, g.dir, err)
	}
}

// Create refuses new tables once damage is known.
func (g *guard) Create(name string) (vfs.File, error) {
	if strings.HasSuffix(name, tableSuffix) {
		if err := g.damage(); err != nil {
			return nil, err
		}
	}
	return g.FS.Create(name)
}

const tableSuffix = ".sst"

// background hears of errors in compactions and flushes.
func (g *guard) background(err error) {
	if pebble.IsCorruptionError(err) {
		g.report(err)
	}
}

// compaction checks the tables that a compaction is going to read.
func (g *guard) compaction(info pebble.CompactionInfo) {
	for _, level := range info.Input {
		for _, table := range level.Tables {
			if err := g.check(g.PathJoin(g.dir, table.FileNum.String()+tableSuffix)); err != nil {
				g.report(err)
			}
		}
	}
}

// check reads a whole table and compares its checksums.
func (g *guard) check(path string) error {
	f, err := g.FS.Open(path)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	r, err := sstable.NewReader(readable, sstable.ReaderOptions{})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err) // the reader has closed the file
	}
	if err = r.ValidateBlockChecksums(); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return errors.Join(err, r.Close())
}
