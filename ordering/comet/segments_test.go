package comet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// testSegment is small, so that logs have many segments.
const testSegment = 1 << 10

// allRecords is what all segments of a folder hold, also what nobody needs any more.
func allRecords(t *testing.T, dir string, size int) io.Reader {
	t.Helper()
	all, err := listSegments(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, number := range all {
		file, err := os.ReadFile(filepath.Join(dir, number.name()))
		if err != nil || len(file) != size {
			t.Fatalf("segment of %d bytes, want %d (%v)", len(file), size, err)
		}
		for _, f := range scanSegment(file, uint64(number)).frames {
			b.Write(f.record)
		}
	}
	return &b
}

// image is a folder's files.
type image map[string][]byte

func imageOf(t *testing.T, dir string) image {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(image)
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// restore makes a new folder of an image.
func (files image) restore(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// opened gives the records that a crash left, after which more can be written and is found.
func (files image) opened(t *testing.T) (records []string, err error) {
	t.Helper()
	dir := files.restore(t)
	s, err := openSegments(dir, testSegment)
	if err != nil {
		return nil, err
	}
	records = tail(t, s)
	for _, more := range []string{"after", "the crash"} {
		if err := errors.Join(s.Append([]byte(more), false), s.Sync()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, dir)
	if got, want := tail(t, again), append(slices.Clone(records), "after", "the crash"); !slices.Equal(got, want) {
		t.Fatalf("written after a crash %q, found %q", want, got)
	}
	return records, again.Close()
}

func mustOpen(t *testing.T, dir string) *segments {
	t.Helper()
	s, err := openSegments(dir, testSegment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tail(t *testing.T, s *segments) (records []string) {
	t.Helper()
	all, _, err := s.read()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		records = append(records, string(r))
	}
	return records
}

// logged is a log and what must and may be in it.
type logged struct {
	*segments
	t *testing.T
	// synced are the records on disk from the newest mark on, waiting those that no sync was asked for yet.
	synced, waiting []string
	count           int
}

// add appends a record of a random size; a mark now and then.
func (l *logged) add(rng *rand.Rand, mark bool) {
	l.t.Helper()
	l.count++
	what := "record"
	if mark {
		what = "mark"
	}
	record := fmt.Sprintf("%s %d %s", what, l.count, bytes.Repeat([]byte{byte(l.count)}, rng.IntN(testSegment/4)))
	if err := l.Append([]byte(record), mark); err != nil {
		l.t.Fatal(err)
	}
	l.waiting = append(l.waiting, record)
}

func (l *logged) sync() {
	l.t.Helper()
	if err := l.Sync(); err != nil {
		l.t.Fatal(err)
	}
	l.synced, l.waiting = sinceMark(append(l.synced, l.waiting...)), nil
}

func sinceMark(records []string) []string {
	for i, r := range slices.Backward(records) {
		if r[0] == 'm' {
			return slices.Clone(records[i:])
		}
	}
	return slices.Clone(records)
}

// mayBe tells whether records are what was synced and some of what waited, in order.
func (l *logged) mayBe(records []string) bool {
	for n := range len(l.waiting) + 1 {
		if slices.Equal(records, sinceMark(append(slices.Clone(l.synced), l.waiting[:n]...))) {
			return true
		}
	}
	return false
}

// TestSegments_ACrashKeepsWhatWasSynced cuts the last write off at every byte, and keeps random pieces of it, after writes of random
// records and marks over files that were used before.
func TestSegments_ACrashKeepsWhatWasSynced(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 9))
		l := &logged{t: t, segments: mustOpen(t, t.TempDir())}
		for range 60 {
			for range 1 + rng.IntN(4) {
				l.add(rng, rng.IntN(6) == 0)
			}
			before := imageOf(t, l.dir)
			if rng.IntN(8) == 0 {
				crashes(t, rng, l, before)
			}
			l.sync()
			if got := tail(t, l.segments); !slices.Equal(got, l.synced) {
				t.Fatalf("read %q, want %q", got, l.synced)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// crashes tries what the next write may leave behind.
func crashes(t *testing.T, rng *rand.Rand, l *logged, before image) {
	t.Helper()
	name, write := l.kept[len(l.kept)-1].name(), l.pending
	// Records that a turn has synced meanwhile are among those that wait, which is as good.
	for range 20 {
		after := maps.Clone(before)
		file := slices.Clone(before[name])
		cut := rng.IntN(len(write) + 1)
		copy(file[l.written:], write[:cut])
		for range rng.IntN(3) { // a later piece came first
			from := rng.IntN(len(write) + 1)
			copy(file[l.written+from:], write[from:from+rng.IntN(len(write)-from+1)])
		}
		after[name] = file
		got, err := after.opened(t)
		if err != nil || !l.mayBe(got) {
			t.Fatalf("after a crash %q (%v), want %q and some of %q", got, err, l.synced, l.waiting)
		}
	}
}

// A write is cut off at every byte of it, with the frames of an earlier use behind.
func TestSegments_AWriteIsCutOffAtAnyByte(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	l := &logged{t: t, segments: mustOpen(t, t.TempDir())}
	for range 30 { // so that files were used before
		l.add(rng, true)
		l.sync()
	}
	for l.written > testSegment/2 {
		l.add(rng, true)
		l.sync()
	}
	number := l.kept[len(l.kept)-1]
	for range 3 {
		if err := l.Append([]byte("one that waits"), false); err != nil {
			t.Fatal(err)
		}
		l.waiting = append(l.waiting, "one that waits")
	}
	before := imageOf(t, l.dir)
	for cut := range len(l.pending) + 1 {
		after := maps.Clone(before)
		after[number.name()] = slices.Concat(before[number.name()][:l.written], l.pending[:cut], before[number.name()][l.written+cut:])
		got, err := after.opened(t)
		if err != nil || !l.mayBe(got) {
			t.Fatalf("cut at %d: %q (%v), want %q and some of %q", cut, got, err, l.synced, l.waiting)
		}
	}
}

func isRecord(got []byte, want string) bool { return string(got) == want }

// The first of three records that were never relied on is lost, and the other two are there. One that is as long is written in its place.
func TestSegments_NothingBehindACutIsReadLater(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, t.TempDir())
	if err := errors.Join(s.Append([]byte("mark"), true), s.Sync()); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := s.Append([]byte{'0' + byte(i)}, false); err != nil {
			t.Fatal(err)
		}
	}
	files := imageOf(t, s.dir)
	file := files[s.kept[0].name()]
	copy(file[s.written+frameHeader+1:], s.pending[frameHeader+1:])
	again := mustOpen(t, files.restore(t))
	if got := tail(t, again); !slices.Equal(got, []string{"mark"}) {
		t.Fatalf("after the crash %q", got)
	}
	if err := errors.Join(again.Append([]byte("x"), false), again.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if got := tail(t, mustOpen(t, again.dir)); !slices.Equal(got, []string{"mark", "x"}) {
		t.Errorf("read %q, want the mark and what was written after the crash", got)
	}
}

// TestSegments_DamageIsFoundOrTakesTheLastWrite changes every byte of a log.
func TestSegments_DamageIsFoundOrTakesTheLastWrite(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	l := &logged{t: t, segments: mustOpen(t, t.TempDir())}
	for i := range 14 {
		l.add(rng, i == 3)
		l.sync()
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, found := imageOf(t, l.dir), 0
	if len(whole) < 2 {
		t.Fatalf("%d segments, want more", len(whole))
	}
	for name, b := range whole {
		for i := range b {
			damaged := maps.Clone(whole)
			damaged[name] = slices.Clone(b)
			damaged[name][i] ^= byte(1 + rng.IntN(255))
			s := &segments{dir: damaged.restore(t), size: testSegment, kept: l.kept}
			got, _, err := s.read()
			switch {
			case errors.Is(err, errWALDamaged):
				found++
			case err != nil:
				t.Fatal(err)
			case !slices.EqualFunc(got, l.synced[:min(len(got), len(l.synced))], isRecord) || len(got) < len(l.synced)-1:
				t.Fatalf("%s at %d: read %q, want %q, the last one perhaps not", name, i, got, l.synced)
			}
		}
	}
	if found == 0 {
		t.Error("no damage was found")
	}
}

func TestSegments_AMissingOrShortFileIsDamage(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 3))
	l := &logged{t: t, segments: mustOpen(t, t.TempDir())}
	for len(l.kept) < 4 { // no mark: all is needed
		l.add(rng, false)
	}
	l.sync()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole := imageOf(t, l.dir)
	for _, number := range l.kept[:3] {
		missing, short := maps.Clone(whole), maps.Clone(whole)
		delete(missing, number.name())
		short[number.name()] = whole[number.name()][:testSegment/2]
		for _, files := range []image{missing, short} {
			if _, err := files.opened(t); !errors.Is(err, errWALDamaged) {
				t.Errorf("%s: %v, want %v", number.name(), err, errWALDamaged)
			}
		}
	}
	// The newest one may be empty, or not have its size yet: so a crash leaves it when it is made.
	newest := l.kept[3].name()
	for _, n := range []int{0, testSegment / 2} {
		files := maps.Clone(whole)
		files[newest] = make([]byte, n)
		if _, err := files.opened(t); err != nil {
			t.Errorf("newest segment of %d zeros: %v", n, err)
		}
	}
	gone := maps.Clone(whole)
	delete(gone, newest)
	if _, err := gone.opened(t); err != nil {
		t.Errorf("before the newest segment is made: %v", err)
	}
}

// TestSegments_AreFewAndOfOneSize: files are used again, and those that a long tick needed are removed.
func TestSegments_AreFewAndOfOneSize(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 3))
	l := &logged{t: t, segments: mustOpen(t, t.TempDir())}
	most := 0
	for i := range 400 {
		l.add(rng, i < 100 || i >= 200) // in between is one tick
		files := imageOf(t, l.dir)
		for name, b := range files {
			if len(b) != testSegment {
				t.Fatalf("%s has %d bytes, want %d", name, len(b), testSegment)
			}
		}
		if most = max(most, len(files)); (i < 100 || i > 210) && len(files) > 3 {
			t.Fatalf("%d files after %d records, want 3 at most", len(files), i+1)
		}
	}
	if most < 10 {
		t.Errorf("%d files at most, want more for the long tick", most)
	}
	l.sync()
	if got := tail(t, l.segments); !slices.Equal(got, l.synced) {
		t.Errorf("read %q, want %q", got, l.synced)
	}
	if err := l.Append(make([]byte, testSegment), false); err == nil {
		t.Error("a record larger than a segment was taken")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// After an error nothing is known of what is on disk, so nothing more is said to be.
func TestSegments_AnErrorStays(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, t.TempDir())
	if err := errors.Join(s.Append([]byte("a record"), true), s.file.Close()); err != nil {
		t.Fatal(err)
	}
	first := s.Sync()
	if first == nil {
		t.Fatal("a closed file was written")
	}
	if err := s.Append([]byte("another one"), true); !errors.Is(err, first) {
		t.Errorf("append after an error: %v, want %v", err, first)
	}
	if err := s.Sync(); !errors.Is(err, first) {
		t.Errorf("sync after an error: %v, want %v", err, first)
	}
}
