package devnet

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFolder_RefusesWhatIsNotItsOwnAndTouchesNothing(t *testing.T) {
	t.Parallel()
	write := func(name, content string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for _, c := range []struct {
		name, dir string
		fresh     bool
		want      error
	}{
		{"foreign files", write("thesis.tex", "years of work"), false, ErrNotDevnet},
		{"foreign files, fresh", write("thesis.tex", "years of work"), true, ErrNotDevnet},
		{"a file", filepath.Join(write("thesis.tex", "years of work"), "thesis.tex"), false, ErrNotDevnet},
		{"in a file, fresh", filepath.Join(write("thesis.tex", "years of work"), "thesis.tex", "net"), true, ErrNotDevnet},
		{"broken marker", write(markerFile, "{"), false, ErrNotDevnet},
		{"other layout", write(markerFile, `{"version":99,"genesisVersion":1}`), false, ErrVersion},
		{"other genesis", write(markerFile, `{"version":1,"genesisVersion":99}`), false, ErrVersion},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before, _ := os.ReadDir(c.dir)
			if _, err := openFolder(c.dir, c.fresh); !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			after, _ := os.ReadDir(c.dir)
			if !slices.EqualFunc(before, after, func(a, b os.DirEntry) bool { return a.Name() == b.Name() }) {
				t.Fatalf("folder changed from %v to %v", before, after)
			}
		})
	}
}

func TestFolder_IsLockedReusedAndEmptied(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	f, err := openFolder(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(dir, true); !errors.Is(err, ErrInUse) {
		t.Fatalf("second devnet in the folder: %v", err)
	}
	if err := writeFile(f.path("kept"), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ fresh, kept bool }{{false, true}, {true, false}} {
		f, err := openFolder(dir, c.fresh)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(f.path("kept")); (err == nil) != c.kept {
			t.Fatalf("fresh=%v: kept=%v", c.fresh, err == nil)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFolder_FreshTakesAnOlderVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, markerFile), []byte(`{"version":0}`), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := openFolder(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f, err = openFolder(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
