package golden

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write golden files anew instead of comparing with them")

// Equal compares got with the file at path, or writes the file with -rewrite. The first line that differs is reported.
func Equal(t testing.TB, path, got string) {
	t.Helper()
	if *rewrite {
		write(t, path, got)
		return
	}
	if diff := firstDifference(read(t, path), got); diff != "" {
		t.Errorf("%s: %s\nif the change is meant, run the test again with -rewrite and review the diff", path, diff)
	}
}

// Block compares got with the lines of the document at path between the lines `<!-- generated: name -->` and
// `<!-- end: name -->`, or writes them with -rewrite.
func Block(t testing.TB, path, name, got string) {
	t.Helper()
	document := read(t, path)
	begin, end := fmt.Sprintf("<!-- generated: %s -->\n", name), fmt.Sprintf("<!-- end: %s -->", name)
	before, rest, ok := strings.Cut(document, begin)
	block, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no block %q: want the lines %q and %q", path, name, strings.TrimSpace(begin), end)
	}
	if *rewrite {
		write(t, path, before+begin+got+end+after)
		return
	}
	if diff := firstDifference(block, got); diff != "" {
		t.Errorf("%s, block %q: %s\nif the change is meant, run the test again with -rewrite and review the diff", path, name, diff)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// firstDifference describes the first line in which two texts differ; it is empty if they are equal.
func firstDifference(want, got string) string {
	if want == got {
		return ""
	}
	wantLines, gotLines := strings.Split(want, "\n"), strings.Split(got, "\n")
	line := func(lines []string, i int) string {
		if i < len(lines) {
			return lines[i]
		}
		return "(end)"
	}
	i := 0
	for i < len(wantLines) && i < len(gotLines) && wantLines[i] == gotLines[i] {
		i++
	}
	return fmt.Sprintf("line %d differs\nwant: %s\ngot:  %s", i+1, line(wantLines, i), line(gotLines, i))
}
