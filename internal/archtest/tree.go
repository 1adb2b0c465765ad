package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Module is the path of the Go module whose tree is tested.
const Module = "github.com/lockstep-network/lockstep"

// Tree is the parsed Go source of a module: everything but generated code, test data and nested modules.
type Tree struct {
	Root     string
	Fset     *token.FileSet
	Packages []*Package // by path
}

// Package is the Go files of one folder.
type Package struct {
	// Path is the folder relative to the module's root, with slashes.
	Path  string
	Name  string
	Files []*File // by path
}

// Harness tells whether the package serves only the tests of the package above it: zone/zonetest, for one.
func (p *Package) Harness() bool { return p.Name == path.Base(path.Dir(p.Path))+"test" }

// File is one parsed Go file.
type File struct {
	// Path is relative to the module's root, with slashes.
	Path   string
	Test   bool
	Syntax *ast.File
	Lines  int
}

// Finding is one place that breaks a rule.
type Finding struct {
	Place  string // file:line, or the package
	Reason string
}

func (f Finding) String() string { return f.Place + ": " + f.Reason }

// Load parses the Go files under root.
func Load(root string) (*Tree, error) {
	t := &Tree{Root: root, Fset: token.NewFileSet()}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != root && skipped(name, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return t.add(filepath.ToSlash(relative), src)
	})
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", root, err)
	}
	slices.SortFunc(t.Packages, func(a, b *Package) int { return strings.Compare(a.Path, b.Path) })
	return t, nil
}

// skipped tells whether a folder is not part of the module's own source.
func skipped(name, base string) bool {
	switch base {
	case "gen", "testdata", "node_modules", "bin":
		return true
	}
	if strings.HasPrefix(base, ".") {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	return err == nil
}

// add parses one file into its package.
func (t *Tree) add(name string, src []byte) error {
	syntax, err := parser.ParseFile(t.Fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	folder := path.Dir(name)
	at := slices.IndexFunc(t.Packages, func(p *Package) bool { return p.Path == folder })
	if at < 0 {
		at = len(t.Packages)
		t.Packages = append(t.Packages, &Package{Path: folder})
	}
	p := t.Packages[at]
	test := strings.HasSuffix(name, "_test.go")
	if p.Name == "" || !test {
		p.Name = strings.TrimSuffix(syntax.Name.Name, "_test")
	}
	p.Files = append(p.Files, &File{Path: name, Test: test, Syntax: syntax, Lines: strings.Count(string(src), "\n")})
	return nil
}

// at makes a finding for a node.
func (t *Tree) at(n ast.Node, format string, args ...any) Finding {
	position := t.Fset.Position(n.Pos())
	return Finding{fmt.Sprintf("%s:%d", position.Filename, position.Line), fmt.Sprintf(format, args...)}
}

// files calls visit for every file, the tests only if asked for.
func (t *Tree) files(tests bool, visit func(p *Package, f *File)) {
	for _, p := range t.Packages {
		for _, f := range p.Files {
			if tests || !f.Test {
				visit(p, f)
			}
		}
	}
}

// importPath is the path that a file imports.
func importPath(spec *ast.ImportSpec) string {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		panic(fmt.Sprintf("archtest: import %s: %v", spec.Path.Value, err)) // the parser has checked it
	}
	return name
}

// matches tells whether a slash-separated path is pattern, or, if pattern ends in "/...", lies at or under it. The
// pattern "..." matches everything.
func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	if folder, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == folder || strings.HasPrefix(name, folder+"/")
	}
	return name == pattern
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, name) })
}
