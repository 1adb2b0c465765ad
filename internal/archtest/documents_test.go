package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/internal/golden"
)

// documents are the pages whose paths and links must exist.
func documents(t *testing.T) []string {
	t.Helper()
	pages := []string{"README.md", "ARCHITECTURE.md", "HACKING.md", "STYLE.md"}
	err := filepath.WalkDir("../../docs", func(name string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".md" {
			pages = append(pages, filepath.ToSlash(strings.TrimPrefix(name, filepath.FromSlash("../../"))))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestDocuments_NameOnlyWhatExists(t *testing.T) {
	for _, page := range documents(t) {
		paths, err := CheckPaths("../..", page)
		if err != nil {
			t.Error(err)
		}
		links, err := CheckLinks("../..", page)
		if err != nil {
			t.Error(err)
		}
		reportAll(t, append(paths, links...))
	}
}

func TestArchitecture_PackageMapIsTheTree(t *testing.T) {
	golden.Block(t, "../../ARCHITECTURE.md", "packages", PackageTable(loadRepository(t)))
}

func TestDecisions_HaveTheirFormAndIndex(t *testing.T) {
	decisions, found, err := Decisions("../..", "docs/adr")
	if err != nil {
		t.Fatal(err)
	}
	reportAll(t, found)
	golden.Block(t, "../../docs/adr/README.md", "index", DecisionTable(decisions))
}

// Every `make …` that a document tells people to run is a target.
func TestDocuments_NameOnlyTargetsThatExist(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("(?m)(?:`|^    )make ([a-z][a-z0-9-]*)")
	found := 0
	for _, page := range documents(t) {
		content, err := os.ReadFile(filepath.Join("../..", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range command.FindAllStringSubmatch(string(content), -1) {
			found++
			if !strings.Contains(string(makefile), "\n"+match[1]+":") {
				t.Errorf("%s names `make %s`, which is no target of the Makefile", page, match[1])
			}
		}
	}
	if found == 0 {
		t.Error("no document names a target")
	}
}

// The format specification names every key space of the ledger.
func TestFormats_NameEveryLedgerKey(t *testing.T) {
	page, err := os.ReadFile("../../docs/spec/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Ledger\n")
	spaces := 0
	loadRepository(t).files(false, func(_ *Package, f *File) {
		if f.Path != "ordering/keys.go" {
			return
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(spec.Names[0].Name, "space") {
				return true
			}
			spaces++
			if value := spec.Values[0].(*ast.BasicLit).Value; !strings.Contains(section, "| `"+value) {
				t.Errorf("docs/spec/formats.md, Ledger, has no row for %s (%s)", spec.Names[0].Name, value)
			}
			return true
		})
	})
	if spaces == 0 {
		t.Error("ordering/keys.go declares no key spaces")
	}
}

func TestCheckPathsAndLinks_FindWhatDoesNotExist(t *testing.T) {
	root := t.TempDir()
	page := "Here are `core/` and `core/doc.go`, [good](core/doc.go#top), [bad](core/none.go), `core/none`, `NONE.md`,\n" +
		"`lockstep_status`, `github.com/x/y`, `make test`, [far](https://example.org/x).\n```\n`not/a/path`\n```\n"
	if err := os.MkdirAll(filepath.Join(root, "core"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"core/doc.go": "package core\n", "PAGE.md": page} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	paths, err := CheckPaths(root, "PAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, paths, "`core/none`", "`NONE.md`")
	links, err := CheckLinks(root, "PAGE.md")
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, links, "core/none.go")
}

func TestReadDecision_FindsWhatIsMissing(t *testing.T) {
	_, found := readDecision("docs/adr/0001-x.md", "# X\n\n## Context\n\n## Decision\n\nplain\n")
	wantFindings(t, found, "Status", "sections", "bold")
	good := "# X\n\nStatus: accepted, 2026-01-01\n\n## Context\n## Decision\n\n**We do x.**\n\n## Alternatives\n## Consequences\n## What would make us revisit\n"
	d, found := readDecision("docs/adr/0001-x.md", good)
	wantFindings(t, found)
	if d.Title != "X" || d.Status != "accepted, 2026-01-01" {
		t.Errorf("got %+v", d)
	}
}
