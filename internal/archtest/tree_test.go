package archtest

import (
	"go/token"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// repository parses the tree once for all tests.
var repository = sync.OnceValues(func() (*Tree, error) { return Load("../..") })

func loadRepository(t *testing.T) *Tree {
	t.Helper()
	tree, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Packages) < 5 {
		t.Fatalf("only %d packages found under %s", len(tree.Packages), tree.Root)
	}
	return tree
}

func reportAll(t *testing.T, found []Finding) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

// treeOf is a tree of sources by file path, for showing that a rule finds what breaks it.
func treeOf(t *testing.T, sources map[string]string) *Tree {
	t.Helper()
	tree := &Tree{Fset: token.NewFileSet()}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if err := tree.add(name, []byte(sources[name])); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

// wantFindings fails unless there is exactly one finding for each of want, in order, that contains it.
func wantFindings(t *testing.T, found []Finding, want ...string) {
	t.Helper()
	if len(found) != len(want) {
		t.Errorf("%d findings, want %d: %v", len(found), len(want), found)
		return
	}
	for i := range want {
		if !strings.Contains(found[i].String(), want[i]) {
			t.Errorf("finding %d is %q, want it to say %q", i, found[i], want[i])
		}
	}
}
