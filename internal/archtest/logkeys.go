package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// logKeys are the words that log lines have for what they carry. Who searches logs knows them: docs/reference/metrics.md.
var logKeys = []string{
	"address", "after", "agreed", "aside", "attested", "bundle", "dir", "dropped_blocks", "engine", "err", "head",
	"height", "home", "input", "mode", "network", "oldest", "order", "output", "own", "peer", "profit", "reason", "request", "role",
	"rollup", "seq", "service", "spender", "stage", "tick", "token", "took", "tx", "version", "zone",
}

// CheckLogKeys finds log lines that have another word for something, or a key that is not a literal.
func CheckLogKeys(t *Tree) []Finding {
	var found []Finding
	t.files(false, func(p *Package, f *File) {
		if p.Harness() || strings.HasPrefix(p.Path, "test/") || strings.HasPrefix(p.Path, "internal/") {
			return
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				for _, key := range keysOf(call) {
					if name, err := strconv.Unquote(literal(key)); err != nil || !slices.Contains(logKeys, name) {
						found = append(found, t.at(key, "a log key that is not among logKeys of internal/archtest: one word for one thing"))
					}
				}
			}
			return true
		})
	})
	return found
}

// keysOf are the keys of a call that logs; nil for other calls.
func keysOf(call *ast.CallExpr) (keys []ast.Expr) {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, method.Sel.Name) || len(call.Args) < 3 || literal(call.Args[0]) == "" || call.Ellipsis.IsValid() {
		return nil
	}
	for i := 1; i < len(call.Args); i += 2 {
		keys = append(keys, call.Args[i])
	}
	return keys
}

// literal is the source of a string literal, "" of anything else.
func literal(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		return lit.Value
	}
	return ""
}
