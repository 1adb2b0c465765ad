package gateway

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

const referencePage = "../docs/reference/rpc.md"

func TestReference_MatchesTheCode(t *testing.T) {
	golden.Block(t, referencePage, "methods", methodText())
	golden.Block(t, referencePage, "bundle", typeText(t, "../core", "Bundle", "Leg", "Replacement", "Cancellation"))
	golden.Block(t, referencePage, "types", typeText(t, ".", answerTypes()...))
	golden.Block(t, referencePage, "errors", errorText())
}

// Every method that the server finds by reflection is in the table, and nothing else is.
func TestReference_NamesEveryMethod(t *testing.T) {
	var have, want []string
	for _, m := range methods {
		have = append(have, m.Name)
	}
	api := reflect.TypeFor[*API]()
	for i := range api.NumMethod() {
		name := api.Method(i).Name
		name = strings.ToLower(name[:1]) + name[1:]
		if api.Method(i).Type.Out(0) == reflect.TypeFor[*rpc.Subscription]() {
			want = append(want, fmt.Sprintf("lockstep_subscribe(%q)", name))
		} else {
			want = append(want, "lockstep_"+name)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("documented: %v\nserved:     %v", have, want)
	}
}

// The golden file keeps codes from moving: a line may be added, none may change.
func TestErrorTable_Golden(t *testing.T) {
	var b strings.Builder
	for _, row := range sortedErrors() {
		fmt.Fprintf(&b, "%d %s | %s | %s\n", row.code, row.reason, row.err, row.text)
	}
	golden.Equal(t, "testdata/errors.golden", b.String())
}

func TestErrorTable_IsUnambiguous(t *testing.T) {
	codes, reasons, sentinels := make(map[int]bool), make(map[string]bool), make(map[error]bool)
	for _, row := range errorTable {
		if codes[row.code] || reasons[row.reason] || sentinels[row.err] {
			t.Errorf("%d %s is there twice", row.code, row.reason)
		}
		codes[row.code], reasons[row.reason], sentinels[row.err] = true, true, true
		if row.code != codeLimitExceeded && (row.code <= codeInternal || row.code > 47999) {
			t.Errorf("%d is outside the block", row.code)
		}
		if x, ok := explain(row.err); !ok || x.row.code != row.code {
			t.Errorf("%s is explained as %d", row.err, x.row.code)
		}
	}
	for code, err := range voidErrors {
		if _, ok := explain(err); !ok {
			t.Errorf("void %s has no row", code)
		}
	}
}

func TestExplain_FindsFieldAndDetail(t *testing.T) {
	for _, c := range []struct {
		name          string
		err           error
		field, detail string
	}{
		{"bare", core.ErrNoLegs, "", ""},
		{"path and detail", fmt.Errorf("legs[3].tx: gas: %w: have 3, cap 2", core.ErrGasAboveCap), "legs[3].tx.gas", "have 3, cap 2"},
		{"words before it", fmt.Errorf("add bundle: legs: %w", core.ErrNoLegs), "legs", ""},
		{"unknown rollup", &core.UnknownRollupError{Rollup: 5}, "", "5"},
		{"refusal", &Refusal{Cause: ErrBadValue, Field: "id", Have: "1", Want: "2"}, "id", "have 1, want 2"},
		{"refusal with a wrapped cause", &Refusal{Cause: fmt.Errorf("gas: %w: high", core.ErrGasAboveCap), Field: "legs[0].tx"}, "legs[0].tx.gas", "high"},
		{"refusal with geth's words", &Refusal{Cause: ErrNonceTooLow, Detail: "nonce too low: next nonce 2, tx nonce 1"}, "", "next nonce 2, tx nonce 1"},
		{"malformed inside something else", fmt.Errorf("legs[0]: %w: transaction: %w", core.ErrMalformed, core.ErrTxType), "legs[0]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, ok := explain(c.err)
			if !ok || x.field != c.field || x.detail != c.detail {
				t.Errorf("got field %q, detail %q, want %q, %q", x.field, x.detail, c.field, c.detail)
			}
		})
	}
	if x, ok := explain(fmt.Errorf("disk on fire")); ok {
		t.Errorf("an unknown error is explained as %+v", x)
	}
}

func sortedErrors() []errorRow {
	rows := slices.Clone(errorTable)
	slices.SortFunc(rows, func(a, b errorRow) int { return a.code - b.code })
	return rows
}

func methodText() string {
	var b strings.Builder
	for _, m := range methods {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", m.Name, m.Text)
		if len(m.Params) > 0 {
			b.WriteString("| Parameter | Type | |\n|---|---|---|\n")
			for _, p := range m.Params {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p.Name, p.Type.Text, p.Text)
			}
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "Result: `%s`.", strings.Join(resultNames(m), "`, `"))
		if len(m.Errors) > 0 {
			var reasons []string
			for _, err := range m.Errors {
				x, _ := explain(err)
				reasons = append(reasons, fmt.Sprintf("`%s` (%d)", x.row.reason, x.row.code))
			}
			fmt.Fprintf(&b, " Errors: %s.", strings.Join(reasons, ", "))
		}
		b.WriteString("\n\n")
	}
	return b.String()
}

// resultNames are the names of what a method answers or sends.
func resultNames(m method) []string {
	var all []string
	for _, r := range m.Results {
		all = append(all, resultName(r))
	}
	return all
}

func errorText() string {
	var b strings.Builder
	b.WriteString("| Code | Reason | Message |\n|---|---|---|\n")
	fmt.Fprintf(&b, "| %d | `internal` | internal error (request …) |\n", codeInternal)
	for _, row := range sortedErrors() {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", row.code, row.reason, row.text)
	}
	return b.String()
}

// answerTypes are the results of all methods and the structures they are made of.
func answerTypes() []string {
	var names []string
	seen := make(map[reflect.Type]bool)
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Status]().PkgPath() || seen[t] {
			return
		}
		seen[t], names = true, append(names, t.Name())
		for i := range t.NumField() {
			visit(t.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[IntentCancellation]())
	for _, m := range methods {
		for _, result := range m.Results {
			if _, elsewhere := result.(document); !elsewhere {
				visit(reflect.TypeOf(result))
			}
		}
	}
	return names
}

// typeText renders structures with their JSON names and field comments.
func typeText(t *testing.T, folder string, names ...string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	specs := make(map[string]*ast.StructType)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					specs[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	var b strings.Builder
	for _, name := range names {
		spec, ok := specs[name]
		if !ok {
			t.Fatalf("no structure %s in %s", name, folder)
		}
		fmt.Fprintf(&b, "### %s\n\n| Field | Type | |\n|---|---|---|\n", name)
		for _, field := range spec.Fields.List {
			writeField(&b, field)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func writeField(b *strings.Builder, field *ast.Field) {
	if embedded, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 0 {
		fmt.Fprintf(b, "| | all of `%s` | |\n", embedded.Name)
		return
	}
	if field.Tag == nil {
		return // not part of the JSON
	}
	tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
	name, options, _ := strings.Cut(tag, ",")
	kind := jsonType(field.Type)
	if options == "omitempty" {
		kind += ", optional"
	}
	fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, kind, strings.Join(strings.Fields(field.Doc.Text()), " "))
}

// jsonType says how a Go type looks in JSON.
func jsonType(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return jsonType(e.X)
	case *ast.ArrayType:
		return "list of " + jsonType(e.Elt)
	case *ast.SelectorExpr:
		return namedType(e.Sel.Name)
	case *ast.Ident:
		return namedType(e.Name)
	}
	return "object"
}

func namedType(name string) string {
	switch name {
	case "uint64", "int", "RollupID", "ZoneID":
		return "number"
	case "string", "UUID":
		return "string"
	case "bool":
		return "bool"
	case "Hash":
		return "hash"
	case "Address":
		return "address"
	case "Bytes":
		return "bytes"
	case "Big", "Uint64":
		return "0x quantity"
	case "Level", "OutcomeCode", "RollupKind", "Atomicity":
		return "name"
	case "RawMessage":
		return "object"
	case "Log":
		return "log as in eth_getLogs"
	}
	return "`" + name + "`"
}
