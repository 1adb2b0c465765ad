package settings

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"github.com/lockstep-network/lockstep/internal/golden"
	"github.com/lockstep-network/lockstep/node"
)

// The comments of the fields are the descriptions, so that there is one place to write them.
func TestDescriptions_AreTheFieldsComments(t *testing.T) {
	var out strings.Builder
	for _, s := range append(List(), Sections()...) {
		doc := fieldComment(t, s)
		if doc == "" {
			t.Errorf("%s: its field has no comment", s.Path)
		}
		fmt.Fprintf(&out, "%s\t%s\n", s.Path, doc)
	}
	golden.Equal(t, "descriptions.tsv", out.String())
}

func TestReference_ListsEverySetting(t *testing.T) {
	var out strings.Builder
	out.WriteString("| Setting | Default | What it means |\n|---|---|---|\n")
	for _, s := range append(List(), Sections()...) {
		value := "`" + tomlValue(s.Default) + "`"
		if s.Path == "mempool.workers" {
			value = "the number of cores"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", s.Path, value, strings.ReplaceAll(fieldComment(t, s), "|", "\\|"))
	}
	golden.Block(t, "../../docs/reference/config.md", "settings", out.String())
}

// fieldComment finds the comment of a setting's field; fields below one comment share it.
func fieldComment(t *testing.T, s Setting) string {
	t.Helper()
	owner, name := ownerOf(s)
	doc := ""
	for _, field := range structFields(t, owner) {
		if field.Doc != nil {
			doc = strings.Join(strings.Fields(field.Doc.Text()), " ")
		}
		for _, n := range field.Names {
			if n.Name == name {
				return doc
			}
		}
	}
	return ""
}

// ownerOf is the struct that a setting's field is in.
func ownerOf(s Setting) (reflect.Type, string) {
	t := reflect.TypeFor[node.Config]()
	for _, step := range s.index[:len(s.index)-1] {
		t = t.FieldByIndex(step).Type
		if t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
			t = t.Elem()
		}
	}
	return t, t.FieldByIndex(s.index[len(s.index)-1]).Name
}

func structFields(t *testing.T, owner reflect.Type) []*ast.Field {
	t.Helper()
	dir := "../../" + strings.TrimPrefix(owner.PkgPath(), "github.com/lockstep-network/lockstep/")
	packages, err := parser.ParseDir(token.NewFileSet(), dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, parser.ParseComments) //nolint:staticcheck // no build tags are involved
	if err != nil {
		t.Fatal(err)
	}
	var fields []*ast.Field
	for _, p := range packages {
		ast.Inspect(p, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != owner.Name() {
				return true
			}
			if body, ok := spec.Type.(*ast.StructType); ok {
				fields = body.Fields.List
			}
			return false
		})
	}
	return fields
}
