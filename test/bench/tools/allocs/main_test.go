package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const baseline = `pkg: example.com/a
BenchmarkX-2   12   1000 ns/op   4000 B/op   100 allocs/op
BenchmarkX-2   12   9000 ns/op   4000 B/op   101 allocs/op
BenchmarkX-2   12   1000 ns/op   4000 B/op   100 allocs/op
`

func TestCompare(t *testing.T) {
	for _, c := range []struct{ name, after, want string }{
		{"the same, slower", "pkg: example.com/a\nBenchmarkX-2   12   99999 ns/op   4000 B/op   102 allocs/op\n", ""},
		{"more allocations", "pkg: example.com/a\nBenchmarkX-2   12   1000 ns/op   4000 B/op   103 allocs/op\n", "103 allocs/op, the baseline has 100"},
		{"more bytes", "pkg: example.com/a\nBenchmarkX-2   12   1000 ns/op   5100 B/op   100 allocs/op\n", "5100 B/op, the baseline has 4000"},
		{"missing and new", "pkg: example.com/a\nBenchmarkY-2   12   1000 ns/op   1 B/op   1 allocs/op\n", "was not run"},
	} {
		dir := t.TempDir()
		var files []figures
		for _, text := range []string{baseline, c.after} {
			path := filepath.Join(dir, "x.txt")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := read(path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		var out strings.Builder
		err := compare(&out, files[0], files[1])
		if (err != nil) != (c.want != "") || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: %v, %q, want %q", c.name, err, out.String(), c.want)
		}
	}
}

func TestRead_WantsAllocations(t *testing.T) {
	for _, text := range []string{"", "pkg: a\nBenchmarkX-2   12   1000 ns/op\n"} {
		path := filepath.Join(t.TempDir(), "x.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := read(path); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
