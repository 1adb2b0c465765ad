package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a testing.TB that remembers failures instead of failing.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Errorf(f string, a ...any) { r.failures = append(r.failures, f) }

func TestEqual_ReportsADifferentFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.golden")
	write(t, path, "one\ntwo\n")
	same, other := &recorder{TB: t}, &recorder{TB: t}
	Equal(same, path, "one\ntwo\n")
	Equal(other, path, "one\n2\n")
	if len(same.failures) != 0 || len(other.failures) != 1 {
		t.Errorf("equal text: %d failures, different text: %d", len(same.failures), len(other.failures))
	}
}

func TestBlock_ComparesOnlyItsLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	write(t, path, "prose\n<!-- generated: a -->\nrow\n<!-- end: a -->\nmore prose\n")
	same, other := &recorder{TB: t}, &recorder{TB: t}
	Block(same, path, "a", "row\n")
	Block(other, path, "a", "another row\n")
	if len(same.failures) != 0 || len(other.failures) != 1 {
		t.Errorf("equal block: %d failures, different block: %d", len(same.failures), len(other.failures))
	}
}

func TestBlock_RewritesOnlyItsLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	write(t, path, "prose\n<!-- generated: a -->\nold\n<!-- end: a -->\nmore prose\n")
	before := *rewrite
	*rewrite = true
	Block(t, path, "a", "new\n")
	*rewrite = before
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "prose\n<!-- generated: a -->\nnew\n<!-- end: a -->\nmore prose\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFirstDifference_NamesTheLine(t *testing.T) {
	for _, c := range []struct{ name, want, got, in string }{
		{"equal", "a\nb", "a\nb", ""},
		{"line", "a\nb", "a\nc", "line 2"},
		{"longer", "a", "a\nb", "line 2"},
		{"shorter", "a\nb\nc", "a\nb", "line 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := firstDifference(c.want, c.got); !strings.Contains(diff, c.in) || (c.in == "") != (diff == "") {
				t.Errorf("got %q, want it to say %q", diff, c.in)
			}
		})
	}
}
