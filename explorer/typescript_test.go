package explorer

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

// gatewayTypes are the answers of the gateway that stand in answers of the explorer, with all that they are made of.
var gatewayTypes = []string{
	"Status", "Acceptance", "ReportedView", "ParkingView", "AccessEntry", "ParkedLegView", "ErrorView", "Attempt", "LevelTimes", "TickView", "LaneView", "BundleView", "LegView", "Section", "AttestedView",
	"NetworkStatus", "PredeployView", "HeadView", "CheckpointHead", "ValidatorView", "ZoneView", "RollupView", "PoolStats",
}

// TestTypes compares the page's type declarations with the Go types that are encoded.
func TestTypes(t *testing.T) {
	golden.Equal(t, "web/src/types.ts", typescript(t))
}

// TestReference_ListsEveryPath compares the table of the documentation with the one that is served, and asks for every path.
func TestReference_ListsEveryPath(t *testing.T) {
	var b strings.Builder
	b.WriteString("| GET | Query | Answer | |\n|---|---|---|---|\n")
	for _, e := range endpoints {
		query := e.query
		if query != "" {
			query = "`" + query + "`"
		}
		fmt.Fprintf(&b, "| `%s%s` | %s | %s | %s |\n", Prefix, e.path, query, e.answer, e.about)
	}
	golden.Block(t, "../docs/reference/explorer.md", "paths", b.String())
	x := newNetwork().open(t, t.TempDir()+"/x", nil)
	for _, e := range endpoints {
		r := httptest.NewRequest(http.MethodGet, Prefix+strings.NewReplacer("{", "", "}", "").Replace(e.path), nil)
		if _, pattern := x.mux.Handler(r); pattern != "GET "+Prefix+e.path {
			t.Errorf("%s is served by %q", e.path, pattern)
		}
	}
}

func typescript(t *testing.T) string {
	var b strings.Builder
	b.WriteString("// The JSON of the explorer's live feed and API, generated from the Go types by `go test ./explorer -rewrite`.\n\n")
	b.WriteString("// GET, below " + Prefix + ":\n")
	for _, e := range endpoints {
		path := e.path
		if e.query != "" {
			path += "?" + e.query
		}
		fmt.Fprintf(&b, "//   %s → %s: %s\n", path, e.answer, e.about)
	}
	b.WriteString("// Answers other than 200 and 304 are a Failure.\n\n")
	b.WriteString("/** 0x hex, lower case. */\nexport type Hex = `0x${string}`;\n\n")
	fmt.Fprintf(&b, "/** How far an entry has come. */\nexport type Level = %s;\n\n", union(names(core.LevelUnknown, core.LevelFinal)))
	var codes []string
	for code := range core.OutcomeCode(256) {
		if name := code.String(); !strings.Contains(name, "(") {
			codes = append(codes, name)
		}
	}
	fmt.Fprintf(&b, "/** What became of a lane position: included, or the reason why it is void. */\nexport type OutcomeCode = %s;\n\n", union(codes))
	fmt.Fprintf(&b, "export type RollupKind = %s;\n\n", union(names(core.KindEVM, core.KindOpaque)))
	fmt.Fprintf(&b, "export type Atomicity = %s;\n\n", union(names(core.AtomicExecution, core.AtomicInclusion)))
	for _, file := range []string{"kinds.go", "live_views.go", "views.go"} {
		declare(t, &b, file, nil)
	}
	for _, file := range []string{"../gateway/views.go", "../gateway/parking.go", "../gateway/acceptance.go", "../gateway/reports.go", "../gateway/deps.go"} {
		declare(t, &b, file, gatewayTypes)
	}
	b.WriteString("/** What eth_getTransactionReceipt answers: quantities are 0x hex. */\nexport interface EthReceipt {\n" +
		"  transactionHash: Hex;\n  blockHash: Hex;\n  blockNumber: Hex;\n  transactionIndex: Hex;\n  from: Hex;\n  to: Hex | null;\n" +
		"  contractAddress: Hex | null;\n  status: Hex;\n  gasUsed: Hex;\n  effectiveGasPrice: Hex;\n  logs: EthLog[];\n}\n\n" +
		"/** A log of a receipt. */\nexport interface EthLog {\n  address: Hex;\n  topics: Hex[];\n  data: Hex;\n  logIndex: Hex;\n}\n")
	return b.String()
}

func names[T interface {
	~uint8
	String() string
}](first, last T) []string {
	var list []string
	for v := first; v <= last; v++ {
		list = append(list, v.String())
	}
	return list
}

func union(names []string) string {
	for i := range names {
		names[i] = strconv.Quote(names[i])
	}
	return strings.Join(names, " | ")
}

// declare writes the exported structs and string kinds of a Go file; of only those in the list, unless that is nil.
func declare(t *testing.T, b *strings.Builder, path string, only []string) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.TYPE {
			continue
		}
		for _, spec := range group.Specs {
			declared := spec.(*ast.TypeSpec)
			name := declared.Name.Name
			if only != nil && !slices.Contains(only, name) {
				continue
			}
			switch shape := declared.Type.(type) {
			case *ast.StructType:
				comment(b, "", group.Doc.Text())
				declareStruct(b, name, shape)
			case *ast.Ident:
				comment(b, "", group.Doc.Text())
				fmt.Fprintf(b, "export type %s = %s;\n\n", name, union(valuesOf(file, name)))
			}
		}
	}
}

// valuesOf lists the string constants of a type.
func valuesOf(file *ast.File, name string) []string {
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == name {
			value, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			values = append(values, value)
		}
		return false
	})
	return values
}

func declareStruct(b *strings.Builder, name string, s *ast.StructType) {
	var parents []string
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			parents = append(parents, f.Type.(*ast.Ident).Name)
		}
	}
	fmt.Fprintf(b, "export interface %s", name)
	if len(parents) > 0 {
		fmt.Fprintf(b, " extends %s", strings.Join(parents, ", "))
	}
	b.WriteString(" {\n")
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			continue
		}
		comment(b, "  ", f.Doc.Text())
		raw, _ := strconv.Unquote(f.Tag.Value)
		tag := reflect.StructTag(raw)
		key, options, _ := strings.Cut(tag.Get("json"), ",")
		optional := ""
		if strings.Contains(options, "omitempty") {
			optional = "?"
		}
		kind := tag.Get("ts")
		if kind == "" {
			kind = typeName(f.Type)
		}
		fmt.Fprintf(b, "  %s%s: %s;\n", key, optional, kind)
	}
	b.WriteString("}\n\n")
}

// comment writes a Go comment for readers of TypeScript.
func comment(b *strings.Builder, indent, text string) {
	if text != "" {
		fmt.Fprintf(b, "%s/** %s */\n", indent, strings.ReplaceAll(strings.TrimSpace(text), "\n", " "))
	}
}

// typeName is the TypeScript type of a Go type's JSON.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.ArrayType:
		return typeName(e.Elt) + "[]"
	case *ast.SelectorExpr:
		switch name := e.X.(*ast.Ident).Name + "." + e.Sel.Name; name {
		case "core.RollupID", "core.ZoneID":
			return "number"
		case "common.Hash", "common.Address", "hexutil.Bytes", "hexutil.Big", "hexutil.Uint64":
			return "Hex"
		case "json.RawMessage":
			return "EthReceipt"
		}
		return e.Sel.Name
	case *ast.Ident:
		switch e.Name {
		case "uint64", "uint32", "uint8", "int", "float64":
			return "number"
		case "bool":
			return "boolean"
		}
		return e.Name
	}
	return "unknown"
}
