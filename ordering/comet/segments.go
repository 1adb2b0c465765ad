package comet

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/cockroachdb/pebble/vfs"
)

// segments is a log in a few files of a fixed size that are written again, instead of files that grow: a sync then is one write to blocks that
// the file has already, and the file system need not commit what changed of the file. The newest segment is written to; one is free, and its file
// used again, once a mark is on disk in a later one. Files are written with zeros when they are made. Not for concurrent use.
type segments struct {
	dir string
	// size is that of each file, in bytes.
	size int
	// kept are the segments, in order; the last one is written to.
	kept []segment
	// marked is the newest of kept with a mark, or the first one while there is none.
	marked int
	file   *os.File
	// written is how much of the last segment is on disk, pending what comes next.
	written int
	pending []byte
	// failed is why nothing can be written any more: what is on disk is unknown after an error.
	failed error
}

// segmentPrefix leads the name of each file.
const segmentPrefix = "segment-"

// errWALDamaged: something that was on disk is not there any more.
var errWALDamaged = errors.New("write-ahead log is damaged")

// segment is the number of one: how many there were before it, and a random half, so that nobody who can put bytes into
// a record can make a frame.
type segment uint64

func (s segment) sequence() uint32 { return uint32(s >> 32) }

// after is the number of the next one.
func (s segment) after() segment {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return segment(uint64(s.sequence()+1)<<32 | uint64(binary.BigEndian.Uint32(b[:])))
}

func (s segment) name() string { return fmt.Sprintf("%s%016x", segmentPrefix, uint64(s)) }

// listSegments gives the segments of a folder in order.
func listSegments(dir string) (all []segment, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), segmentPrefix)
		if number, err := strconv.ParseUint(digits, 16, 64); ok && err == nil && segment(number).name() == e.Name() {
			all = append(all, segment(number))
		}
	}
	slices.Sort(all)
	return all, nil
}

// openSegments opens the log of a folder, or makes one, in files of size bytes. Where the last write was cut off, it goes on; damage before that, in what may
// be needed, is errWALDamaged.
func openSegments(dir string, size int) (*segments, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := syncDir(vfs.Default, filepath.Dir(dir)); err != nil {
		return nil, err
	}
	s := &segments{dir: dir, size: size}
	var err error
	if s.kept, err = listSegments(dir); err != nil {
		return nil, err
	}
	_, last, err := s.read()
	if err != nil {
		return nil, err
	}
	if len(s.kept) == 0 {
		return s, s.begin()
	}
	return s, s.resume(last)
}

// resume makes durable what was read, and sees to it that nothing behind it is ever read: of a write that was cut off, any part may be there.
func (s *segments) resume(last scan) error {
	path := s.path(len(s.kept) - 1)
	if err := syncFile(path); err != nil {
		return err
	}
	if last.closed {
		return s.begin()
	}
	if last.torn || last.size != s.size {
		if err := blank(path, last.end, s.size); err != nil {
			return err
		}
	}
	var err error
	s.file, err = openSegment(path)
	s.written = last.end
	return err
}

func (s *segments) path(i int) string { return filepath.Join(s.dir, s.kept[i].name()) }

// openSegment opens a file whose writes are on disk when they return.
func openSegment(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|syscall.O_DSYNC, 0)
}

// blank fills a file with zeros, from a place up to its size. It does so by pages, since the system takes what was written at once
// for one piece from then on, all of which it counts as written when any of it is.
func blank(path string, from, size int) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	page := make([]byte, os.Getpagesize())
	for err == nil && from < size {
		n := min(len(page)-from%len(page), size-from)
		_, err = f.WriteAt(page[:n], int64(from))
		from += n
	}
	return errors.Join(err, f.Sync(), f.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// read gives the records from the newest mark on, or all while there is none, and what the last segment holds.
func (s *segments) read() (records [][]byte, last scan, err error) {
	var damage error
	next := segment(0).sequence() + 1
	for i, number := range s.kept {
		b, err := os.ReadFile(s.path(i))
		if err != nil {
			return nil, scan{}, err
		}
		if number.sequence() != next {
			damage = fmt.Errorf("%w: %s follows one that is missing", errWALDamaged, s.path(i))
		}
		next = number.sequence() + 1
		last = scanSegment(b[:min(len(b), s.size)], uint64(number))
		for j, f := range last.frames {
			if last.damage >= 0 && j == last.whole {
				damage = fmt.Errorf("%w: %s at byte %d, records behind it are whole", errWALDamaged, s.path(i), last.damage)
			}
			if f.mark {
				records, damage, s.marked = nil, nil, i
			}
			records = append(records, f.record)
		}
		if last.damage >= 0 && last.whole == len(last.frames) || !last.closed && i < len(s.kept)-1 {
			damage = fmt.Errorf("%w: %s has lost its end", errWALDamaged, s.path(i))
		}
	}
	return records, last, damage
}

// Append adds a record, which is on disk after the next Sync. A mark is a record that makes all before it needless.
func (s *segments) Append(record []byte, mark bool) error {
	if s.failed != nil {
		return s.failed
	}
	if room := s.size - 2*frameHeader; len(record) > room { // the second one closes the segment
		return fmt.Errorf("a record of %d bytes, a segment has room for %d", len(record), room)
	}
	if s.written+len(s.pending)+len(record)+2*frameHeader > s.size {
		if err := s.turn(); err != nil {
			return s.fail(err)
		}
	}
	if mark {
		s.marked = len(s.kept) - 1
	}
	s.add(frame{record: record, mark: mark})
	return nil
}

func (s *segments) add(f frame) {
	f.synced = s.written
	s.pending = f.appendTo(s.pending, uint64(s.kept[len(s.kept)-1]))
}

// Sync returns when all records are on disk.
func (s *segments) Sync() error {
	if s.failed != nil || len(s.pending) == 0 {
		return s.failed
	}
	if _, err := s.file.WriteAt(s.pending, int64(s.written)); err != nil {
		return s.fail(err)
	}
	s.written, s.pending = s.written+len(s.pending), s.pending[:0]
	return nil
}

// turn closes the segment and begins the next one.
func (s *segments) turn() error {
	s.add(frame{closed: true})
	if err := errors.Join(s.Sync(), s.file.Close()); err != nil {
		return err
	}
	return s.begin()
}

// begin makes the next segment, of a file that is free if there is one. More that are free, of a tick that needed many, are removed.
func (s *segments) begin() error {
	var newest segment
	if len(s.kept) > 0 {
		newest = s.kept[len(s.kept)-1]
	}
	next := newest.after()
	path := filepath.Join(s.dir, next.name())
	for i := range s.marked {
		how := os.Remove
		if i == 0 {
			how = func(old string) error { return os.Rename(old, path) }
		}
		if err := how(s.path(i)); err != nil {
			return err
		}
	}
	s.kept = append(s.kept[s.marked:], next)
	s.marked, s.written = 0, 0
	if info, err := os.Stat(path); err != nil || info.Size() != int64(s.size) {
		if err := blank(path, 0, s.size); err != nil {
			return err
		}
	}
	if err := syncDir(vfs.Default, s.dir); err != nil {
		return err
	}
	var err error
	s.file, err = openSegment(path)
	return err
}

func (s *segments) fail(err error) error {
	if s.failed == nil {
		s.failed = fmt.Errorf("write-ahead log: %w", err)
	}
	return s.failed
}

// Close makes all records durable.
func (s *segments) Close() error {
	err := s.Sync()
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
	}
	_ = s.fail(os.ErrClosed)
	return err
}
