package core_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/internal/golden"
)

const formatsPage = "../docs/spec/formats.md"

// The tables of the format specification are read from the code, so that neither can move alone.
func TestFormatsPage_TablesAreTheCode(t *testing.T) {
	kinds := constants(t, "encoding.go", "EncodingKind")
	kindRows := [][]string{{"Kind byte", "Constant", "What follows"}}
	for _, c := range kinds {
		kindRows = append(kindRows, []string{code(c.value), code("core." + c.name), c.comment})
	}
	golden.Block(t, formatsPage, "kinds", table(kindRows))

	tagRows := [][]string{{"Tag", "Constant", "What is hashed under it"}}
	for _, c := range constants(t, "tags.go", "Tag") {
		tagRows = append(tagRows, []string{code(strings.Trim(c.value, `"`)), code("core." + c.name), c.comment})
	}
	golden.Block(t, formatsPage, "tags", table(tagRows))

	outcomeRows := [][]string{{"Code", "Name", "Meaning"}}
	for _, c := range constants(t, "outcome.go", "OutcomeCode") {
		n, err := strconv.ParseUint(c.value, 0, 16)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		name := core.OutcomeCode(n).String()
		if strings.HasPrefix(name, "code(") {
			t.Errorf("%s has no name", c.name)
		}
		outcomeRows = append(outcomeRows, []string{c.value, code(name), c.comment})
	}
	golden.Block(t, formatsPage, "outcomes", table(outcomeRows))

	golden.Block(t, formatsPage, "params", table(paramRows(t)))
}

// The examples of the format specification are the golden vectors.
func TestFormatsPage_ExamplesAreTheVectors(t *testing.T) {
	rows := [][]string{{"Vector", "Value"}}
	for _, v := range vectors(t) {
		if len(v.value) <= 65 {
			rows = append(rows, []string{v.name, code(hexutil.Encode(v.value))})
		}
	}
	golden.Block(t, formatsPage, "vectors", table(rows))
}

// constant is one line of a const block: its name, its literal and the comment behind or above it.
type constant struct{ name, value, comment string }

// constants lists the constants of a type that a file declares, in order.
func constants(t *testing.T, file, typeName string) []constant {
	t.Helper()
	var found []constant
	for _, decl := range parse(t, file).Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			value := spec.(*ast.ValueSpec)
			if ident, ok := value.Type.(*ast.Ident); !ok || ident.Name != typeName {
				continue
			}
			c := constant{name: value.Names[0].Name, value: value.Values[0].(*ast.BasicLit).Value}
			c.comment = oneLine(value.Comment) + strings.TrimPrefix(oneLine(value.Doc), c.name+": ")
			c.comment = strings.TrimSuffix(c.comment, ".")
			if c.comment == "" {
				t.Errorf("%s: %s has no comment", file, c.name)
			}
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s declares no constants of type %s", file, typeName)
	}
	return found
}

// paramRows is a row for each field of the genesis parameters, with the value of a new network. Fields without a
// comment share the one above them.
func paramRows(t *testing.T) [][]string {
	t.Helper()
	rows, defaults := [][]string{{"Parameter", "Default", "Meaning"}}, paramDefaults(t)
	ast.Inspect(parse(t, "params.go"), func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Params" {
			return true
		}
		last := ""
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			if field.Doc != nil {
				last = oneLine(field.Doc)
			}
			tag, err := strconv.Unquote(field.Tag.Value)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(strings.TrimPrefix(tag, `json:"`), `"`)
			meaning := last
			if rest, own := strings.CutPrefix(last, field.Names[0].Name+" "); own && !strings.HasPrefix(rest, "(") {
				meaning = strings.TrimPrefix(rest, "is ")
			}
			rows = append(rows, []string{code(name), defaults[name], strings.TrimSuffix(meaning, ".")})
		}
		return false
	})
	return rows
}

// paramDefaults are the defaults by name, as the JSON form has them.
func paramDefaults(t *testing.T) map[string]string {
	t.Helper()
	g := sampleGenesis(t)
	g.Params = core.DefaultParams()
	_, params, ok := strings.Cut(genesisJSON(t, g), `"params": {`)
	if !ok {
		t.Fatal("the genesis has no params")
	}
	params, _, _ = strings.Cut(params, "}")
	defaults := make(map[string]string)
	for _, line := range strings.Split(params, "\n") {
		if name, value, ok := strings.Cut(strings.Trim(strings.TrimSpace(line), ","), ": "); ok {
			defaults[strings.Trim(name, `"`)] = value
		}
	}
	return defaults
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

func code(s string) string { return "`" + s + "`" }

// table writes a Markdown table; the first row is its head.
func table(rows [][]string) string {
	var out strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&out, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(&out, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	return out.String()
}
