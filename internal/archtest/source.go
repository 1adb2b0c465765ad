package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
)

// Sizes beyond which code is harder to read than to split. Tests and their harnesses are excepted: a table is as long as its cases.
const (
	maxFileLines     = 800
	maxFunctionLines = 70
	maxParameters    = 4 // besides a context
)

// parameterExceptions are functions that may have more parameters, with the reason.
var parameterExceptions = map[string]string{
	"core/merkle.go VerifyMerklePath":             "the five parts of a proof in RFC 9162 §2.1.3.2, in its order",
	"core/outcome.go NextZoneDigest":              "the parts of one hash, in the order of its formula",
	"core/outcome.go ChainZoneDigest":             "the parts of one hash, in the order of its formula",
	"core/tick.go Next":                           "the parts of one hash, in the order of its formula",
	"zone/evm/recorder.go Prepare":                "a method of go-ethereum's vm.StateDB",
	"ordering/comet/extension.go VerifyExtension": "the parts of CometBFT's sign bytes, as a function value that ordering is given",
}

// bannedNames say nothing about what a package is for.
var bannedNames = []string{"common", "helper", "helpers", "lib", "misc", "pkg", "shared", "type", "types", "util", "utils"}

// CheckPackageComments finds packages without a doc.go that says what they are, and packages whose name says nothing.
func CheckPackageComments(t *Tree) []Finding {
	var found []Finding
	for _, p := range t.Packages {
		if slices.Contains(bannedNames, p.Name) {
			found = append(found, Finding{p.Path, "package " + p.Name + ": the name says nothing about what it is for"})
		}
		at := slices.IndexFunc(p.Files, func(f *File) bool { return path.Base(f.Path) == "doc.go" })
		if at < 0 {
			found = append(found, Finding{p.Path, "no doc.go: the first thing a reader opens"})
			continue
		}
		if want := "Package " + p.Name + " "; !strings.HasPrefix(p.Files[at].Syntax.Doc.Text(), want) {
			found = append(found, Finding{p.Files[at].Path, "the package comment does not begin with \"" + want + "\""})
		}
		for _, f := range p.Files {
			if f.Syntax.Doc != nil && path.Base(f.Path) != "doc.go" {
				found = append(found, t.at(f.Syntax, "a package comment outside of doc.go"))
			}
		}
	}
	return found
}

// CheckSizes finds files and functions that have grown too long, and functions with too many parameters.
func CheckSizes(t *Tree) []Finding {
	var found []Finding
	t.files(false, func(p *Package, f *File) {
		if p.Harness() {
			return
		}
		if f.Lines > maxFileLines {
			found = append(found, t.at(f.Syntax, "%d lines, at most %d", f.Lines, maxFileLines))
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			var name string
			var body *ast.BlockStmt
			var signature *ast.FuncType
			switch fn := n.(type) {
			case *ast.FuncDecl:
				name, body, signature = fn.Name.Name, fn.Body, fn.Type
			case *ast.FuncLit:
				body, signature = fn.Body, fn.Type
			default:
				return true
			}
			if body == nil {
				return true
			}
			if lines := t.Fset.Position(body.End()).Line - t.Fset.Position(n.Pos()).Line + 1; lines > maxFunctionLines {
				found = append(found, t.at(n, "a function of %d lines, at most %d", lines, maxFunctionLines))
			}
			if parameters := countParameters(signature); parameters > maxParameters && parameterExceptions[f.Path+" "+name] == "" {
				found = append(found, t.at(n, "a function with %d parameters besides a context, at most %d: more of them are a struct", parameters, maxParameters))
			}
			return true
		})
	})
	return found
}

func countParameters(signature *ast.FuncType) int {
	n := 0
	for _, field := range signature.Params.List {
		if !isSelector(field.Type, "context", "Context") {
			n += max(1, len(field.Names))
		}
	}
	return n
}

// CheckSleep finds code and tests that wait for time to pass where they could wait for an event.
func CheckSleep(t *Tree) []Finding {
	return checkSelectors(t, true, []string{"time.Sleep"}, "wait for the event, with a deadline; in tests of timers use testing/synctest")
}

// CheckGlobalLogger finds logging that does not go to an injected logger.
func CheckGlobalLogger(t *Tree) []Finding {
	global := []string{
		"slog.Default", "slog.SetDefault", "slog.Log", "slog.Debug", "slog.Info", "slog.Warn", "slog.Error",
		"slog.DebugContext", "slog.InfoContext", "slog.WarnContext", "slog.ErrorContext",
	}
	return checkSelectors(t, false, global, "loggers are injected, so that four validators in one process can be told apart")
}

// checkSelectors finds uses of names of the form package.Name. The packages meant are never renamed on import (CheckAliases holds them to one
// spelling, and no file here gives another).
func checkSelectors(t *Tree, tests bool, names []string, reason string) []Finding {
	var found []Finding
	t.files(tests, func(_ *Package, f *File) {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := selector.X.(*ast.Ident); ok && slices.Contains(names, pkg.Name+"."+selector.Sel.Name) {
					found = append(found, t.at(n, "%s.%s: %s", pkg.Name, selector.Sel.Name, reason))
				}
			}
			return true
		})
	})
	return found
}

// CheckContexts finds contexts that are kept in a struct, or are not a function's first parameter.
func CheckContexts(t *Tree) []Finding {
	var found []Finding
	t.files(false, func(p *Package, f *File) {
		if p.Harness() {
			return
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.StructType:
				for _, field := range n.Fields.List {
					if isSelector(field.Type, "context", "Context") {
						found = append(found, t.at(field, "a context in a struct: it is the first parameter of what can block, and is never stored"))
					}
				}
			case *ast.FuncType:
				for i, field := range n.Params.List {
					if i > 0 && isSelector(field.Type, "context", "Context") {
						found = append(found, t.at(field, "a context is the first parameter"))
					}
				}
			}
			return true
		})
	})
	return found
}

// CheckErrorTexts finds errors that are told apart by their text.
func CheckErrorTexts(t *Tree) []Finding {
	var found []Finding
	t.files(false, func(_ *Package, f *File) {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 || !callsPackage(call, "strings") {
				return true
			}
			if inner, ok := call.Args[0].(*ast.CallExpr); ok && isErrorCall(inner) {
				found = append(found, t.at(n, "an error is matched by its text: use errors.Is or errors.As"))
			}
			return true
		})
	})
	return found
}

// CheckLeftovers finds marks of unfinished work.
func CheckLeftovers(t *Tree) []Finding {
	marks := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}
	var found []Finding
	t.files(true, func(_ *Package, f *File) {
		for _, group := range f.Syntax.Comments {
			for _, comment := range group.List {
				for _, mark := range marks {
					if strings.Contains(comment.Text, mark) {
						found = append(found, t.at(comment, "%s: open an issue instead", mark))
					}
				}
			}
		}
	})
	return found
}

func isSelector(expr ast.Expr, pkg, name string) bool {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != name {
		return false
	}
	ident, ok := selector.X.(*ast.Ident)
	return ok && ident.Name == pkg
}

func callsPackage(call *ast.CallExpr, pkg string) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	ident, ok := selector.X.(*ast.Ident)
	return ok && ident.Name == pkg
}

// isErrorCall tells whether a call is err.Error(), by the name of the method and its lack of arguments.
func isErrorCall(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Error" && len(call.Args) == 0 && call.Ellipsis == token.NoPos
}
