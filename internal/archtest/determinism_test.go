package archtest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMachines_AreDeterministic(t *testing.T) {
	found, err := CheckDeterminism(loadRepository(t))
	if err != nil {
		t.Fatal(err)
	}
	reportAll(t, found)
}

// A module that does everything a machine must not do, beside what it may.
func TestCheckDeterminism_FindsWhatBreaksIt(t *testing.T) {
	root := t.TempDir()
	for name, source := range map[string]string{
		"go.mod": "module " + Module + "\n\ngo 1.26\n",
		"machine/doc.go": `// Package machine is replicated.
//
//det:machine
package machine
`,
		"machine/bad.go": `package machine

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"time"
)

func bad(m map[string]int, c chan int) (keys []string) {
	for range m {
	}
	for k := range maps.Keys(m) {
		keys = append(keys, k)
	}
	keys = slices.Collect(maps.Keys(m))
	go bad(m, c)
	select {
	case <-c:
	default:
	}
	half := 0.5
	_, _, _ = time.Now(), rand.Int(), os.Getpid()
	return append(keys, string(rune(half)))
}
`,
		"machine/good.go": `package machine

import (
	"maps"
	"slices"
	"time"
)

func good(m map[string]int) (sum int, span time.Duration) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		sum += m[k]
	}
	for _, v := range m { //det:unordered a sum has no order
		sum += v
	}
	//det:unordered a sum has no order
	for _, v := range m {
		sum += v
	}
	return sum, time.Second
}
`,
		"half/doc.go":     "// Package half has one replicated file.\npackage half\n",
		"half/machine.go": "//det:machine\n\npackage half\n\nfunc f() { go f() }\n",
		"half/run.go":     "package half\n\nfunc g() { go f() }\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	found, err := CheckDeterminism(tree)
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, found,
		"half/machine.go:5: replicated code starts a goroutine",
		"machine/bad.go:5: replicated code imports math/rand/v2", "machine/bad.go:6: replicated code imports os",
		"machine/bad.go:12: replicated code ranges over a map",
		"machine/bad.go:14: replicated code iterates with maps.Keys", "machine/bad.go:17: replicated code iterates with maps.Keys",
		"machine/bad.go:18: replicated code starts a goroutine", "machine/bad.go:19: replicated code selects",
		"machine/bad.go:23: replicated code computes with float64", "machine/bad.go:23: replicated code computes with float64",
		"machine/bad.go:24: replicated code uses time.Now", "machine/bad.go:25: replicated code computes with float64",
	)
}
