package orderedlog

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
)

// Every block of the database's files has a checksum, and a record's encoding has one form only. So a flipped byte is
// either found when it is read (ErrCorrupt), or stands in the tail of the write-ahead log: what comes after it there is
// dropped at Open, as after a loss of power, and the log ends at an earlier tick with the ledger of that tick. The
// engine then hands over again what is missing.

// openDatabase opens the folder. Whatever keeps a folder from being opened that is there and ours to open is damage.
func openDatabase(cfg Config) (db *pebble.DB, g *guard, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %s: %v", ErrCorrupt, cfg.Dir, p)
		}
	}()
	fsys := cfg.fs()
	if err := makeDir(fsys, cfg.Dir); err != nil {
		return nil, nil, fmt.Errorf("orderedlog: make %s: %w", cfg.Dir, err)
	}
	g = &guard{FS: fsys, dir: cfg.Dir}
	db, err = pebble.Open(cfg.Dir, &pebble.Options{FS: g, Logger: silent{}, MemTableSize: memTableBytes, EventListener: &pebble.EventListener{
		BackgroundError: g.background, CompactionBegin: g.compaction,
	}})
	switch {
	case err == nil:
		return db, g, nil
	case environmental(err):
		return nil, nil, fmt.Errorf("orderedlog: open %s: %w", cfg.Dir, err)
	}
	return nil, nil, fmt.Errorf("%w: open %s: %w", ErrCorrupt, cfg.Dir, err)
}

// memTableBytes is how much the database collects in memory before it writes a table. With pebble's own 4 MiB a few full ticks make a table that
// overlaps with all others, as hashes are anywhere, and the records are rewritten with them again and again.
const memTableBytes = 16 << 20

// environmental tells errors of the machine from errors of the files: another process has the folder, or the disk is
// full, read-only or failing, or files are used up.
func environmental(err error) bool {
	for _, e := range []error{
		fs.ErrPermission, syscall.EAGAIN, syscall.EACCES, syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS,
		syscall.EIO, syscall.EMFILE, syscall.ENFILE, syscall.ENOTDIR,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// readError names what could not be read, and says if that is because of damage.
func (l *Log) readError(what string, err error) error {
	if pebble.IsCorruptionError(err) {
		return fmt.Errorf("%w: %s: %s: %w", ErrCorrupt, l.cfg.Dir, what, err)
	}
	return fmt.Errorf("orderedlog: %s: %w", what, err)
}

// makeDir makes the folder and syncs the one it stands in: pebble syncs only what is inside its folder.
func makeDir(fsys vfs.FS, dir string) error {
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	parent, err := fsys.OpenDir(fsys.PathDir(dir))
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}
