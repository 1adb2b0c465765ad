package archtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

const (
	// machineMark on a line of its own marks replicated code: in a package's doc.go the whole package, in another file
	// that file.
	machineMark = "//det:machine"
	// unorderedMark, with a reason behind it, marks a range over a map whose order cannot matter.
	unorderedMark = "//det:unordered "
)

// machineImports are packages that replicated code has no use for, with the reason.
var machineImports = []struct{ pattern, reason string }{
	{"math/rand/...", "validators would draw different numbers"},
	{"crypto/rand", "validators would draw different numbers"},
	{"os/...", "environment, files and processes differ between nodes"},
	{"net/...", "a machine does no I/O"},
	{"log/...", "a machine does not log: it gives effects"},
	{"context", "a machine cannot block"},
	{"reflect", "its orders are not ours to rely on"},
	{"unsafe", "its results depend on the platform"},
	{"runtime", "its answers depend on the process"},
	{"golang.org/x/sync/...", "it starts goroutines, whose order is random"},
	{"encoding/gob", "its encoding is not canonical"},
}

// machineObjects are functions and types that replicated code has no use for, with the reason.
var machineObjects = map[string]string{
	"time.Now": "time is the tick's, as data", "time.Since": "time is the tick's, as data", "time.Until": "time is the tick's, as data",
	"time.After": "time is the tick's, as data", "time.AfterFunc": "time is the tick's, as data", "time.Tick": "time is the tick's, as data",
	"time.NewTimer": "time is the tick's, as data", "time.NewTicker": "time is the tick's, as data",
	"sync.Pool": "what it gives back depends on the garbage collector", "sync.Map": "its order is random",
}

// CheckDeterminism type-checks the packages that carry the machine mark and finds what could make two validators
// differ. tests, which are not replicated, are not looked at.
func CheckDeterminism(t *Tree) ([]Finding, error) {
	marked, patterns := markedFiles(t)
	if len(patterns) == 0 {
		return nil, errors.New("no package carries the mark " + machineMark)
	}
	loaded, err := packages.Load(&packages.Config{
		Dir:  t.Root,
		Fset: token.NewFileSet(),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedSyntax | packages.NeedTypes |
			packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s does not compile: %w", p.PkgPath, p.Errors[0])
		}
		folder := strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, Module), "/")
		for _, f := range p.Syntax {
			position := p.Fset.Position(f.Package).Filename
			name := path.Join(folder, path.Base(position))
			if slices.Contains(marked, folder) || slices.Contains(marked, name) {
				checker := &determinism{name: name, fset: p.Fset, info: p.TypesInfo, file: f}
				found = append(found, checker.check()...)
			}
		}
	}
	return found, nil
}

// markedFiles lists the packages and single files that carry the mark, and the package patterns to load for them.
func markedFiles(t *Tree) (marked, patterns []string) {
	t.files(false, func(p *Package, f *File) {
		if !hasMark(f.Syntax) {
			return
		}
		if path.Base(f.Path) == "doc.go" {
			marked = append(marked, p.Path)
		} else {
			marked = append(marked, f.Path)
		}
		if pattern := "./" + p.Path; !slices.Contains(patterns, pattern) {
			patterns = append(patterns, pattern)
		}
	})
	return marked, patterns
}

func hasMark(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, comment := range group.List {
			if comment.Text == machineMark {
				return true
			}
		}
	}
	return false
}

// determinism checks one type-checked file.
type determinism struct {
	name  string
	fset  *token.FileSet
	info  *types.Info
	file  *ast.File
	found []Finding
}

func (d *determinism) report(n ast.Node, format string, args ...any) {
	place := fmt.Sprintf("%s:%d", d.name, d.fset.Position(n.Pos()).Line)
	d.found = append(d.found, Finding{place, fmt.Sprintf(format, args...)})
}

func (d *determinism) check() []Finding {
	for _, spec := range d.file.Imports {
		for _, banned := range machineImports {
			if matches(banned.pattern, importPath(spec)) {
				d.report(spec, "replicated code imports %s: %s", importPath(spec), banned.reason)
			}
		}
	}
	sorted := d.sortedIterators()
	ast.Inspect(d.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			d.report(n, "replicated code starts a goroutine: their order is random")
		case *ast.SelectStmt:
			d.report(n, "replicated code selects: its choice is random")
		case *ast.RangeStmt:
			d.checkRange(n)
		case *ast.CallExpr:
			d.checkMapIterator(n, sorted)
		case *ast.SelectorExpr:
			d.checkObject(n)
		case *ast.Ident, *ast.BasicLit:
			d.checkFloat(n.(ast.Expr))
		}
		return true
	})
	return d.found
}

// checkRange refuses ranges over maps that carry no reason why their order cannot matter.
func (d *determinism) checkRange(n *ast.RangeStmt) {
	if _, ok := d.info.TypeOf(n.X).Underlying().(*types.Map); ok && !d.excused(n) {
		d.report(n, "replicated code ranges over a map: range over slices.Sorted(maps.Keys(m)), or say after //det:unordered why the order cannot matter")
	}
}

// excused tells whether the line of a statement, or the one above, carries //det:unordered with a reason.
func (d *determinism) excused(n ast.Node) bool {
	line := d.fset.Position(n.Pos()).Line
	for _, group := range d.file.Comments {
		for _, comment := range group.List {
			reason, ok := strings.CutPrefix(comment.Text, unorderedMark)
			if at := d.fset.Position(comment.Pos()).Line; ok && strings.TrimSpace(reason) != "" && (at == line || at == line-1) {
				return true
			}
		}
	}
	return false
}

// sortedIterators are the calls whose elements are sorted before anything sees them: the first arguments of
// slices.Sorted and its kin.
func (d *determinism) sortedIterators() map[ast.Expr]bool {
	sorted := make(map[ast.Expr]bool)
	ast.Inspect(d.file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 && strings.HasPrefix(d.callee(call), "slices.Sorted") {
			sorted[call.Args[0]] = true
		}
		return true
	})
	return sorted
}

// checkMapIterator refuses iterators over maps that are not sorted at once.
func (d *determinism) checkMapIterator(n *ast.CallExpr, sorted map[ast.Expr]bool) {
	switch callee := d.callee(n); callee {
	case "maps.Keys", "maps.Values", "maps.All":
		if !sorted[n] && !d.excused(n) {
			d.report(n, "replicated code iterates with %s without sorting at once", callee)
		}
	}
}

// callee is "package.Function" of a call of a package's function, else empty.
func (d *determinism) callee(call *ast.CallExpr) string {
	fun := call.Fun
	if index, ok := fun.(*ast.IndexExpr); ok { // with type arguments
		fun = index.X
	}
	selector, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	return d.object(selector)
}

// object is "package.Name" of what a selector selects from a package, else empty.
func (d *determinism) object(selector *ast.SelectorExpr) string {
	ident, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	name, ok := d.info.Uses[ident].(*types.PkgName)
	if !ok {
		return ""
	}
	return name.Imported().Path() + "." + selector.Sel.Name
}

func (d *determinism) checkObject(n *ast.SelectorExpr) {
	if reason, banned := machineObjects[d.object(n)]; banned {
		d.report(n, "replicated code uses %s: %s", d.object(n), reason)
	}
}

// checkFloat refuses names and literals whose type is a floating-point number.
func (d *determinism) checkFloat(n ast.Expr) {
	var typ types.Type
	if ident, ok := n.(*ast.Ident); ok {
		object := d.info.ObjectOf(ident)
		if object == nil {
			return
		}
		typ = object.Type()
	} else {
		typ = d.info.TypeOf(n)
	}
	if typ == nil {
		return
	}
	if basic, ok := typ.Underlying().(*types.Basic); ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0 {
		d.report(n, "replicated code computes with %s: rounding may differ between platforms", typ)
	}
}
