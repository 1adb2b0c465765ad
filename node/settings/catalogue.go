package settings

import (
	_ "embed"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
)

// envPrefix leads the name of every environment variable that is a setting.
const envPrefix = "LOCKSTEP_"

// Setting is one thing that an operator may choose.
type Setting struct {
	// Path is the key in the file and the flag's name, such as gateway.maxBody.
	Path string
	// Env is the environment variable's name.
	Env string
	// Default is the value of a node with a gateway.
	Default any
	// Doc says what it means, with its unit.
	Doc string

	index [][]int // the way to the field, one step for each struct
	kind  reflect.Type
	// section is the rollup of a section of its own; zero for a setting of the node.
	section core.RollupID
}

// descriptions holds a line "path<TAB>description" for each setting, taken from the comments of the fields.
//
//go:embed descriptions.tsv
var descriptions string

// Defaults is the configuration of a node with a gateway, in a home folder.
func Defaults(home string) node.Config {
	cfg := node.Default(home)
	served := gateway.Default()
	cfg.Gateway = &served
	return cfg
}

// List are all settings of a node, in the order of the fields.
func List() []Setting {
	docs := docs()
	var all []Setting
	visit(reflect.ValueOf(Defaults("")), "", nil, func(s Setting) {
		s.Doc = docs[s.Path]
		all = append(all, s)
	})
	return all
}

// docs are the descriptions by path.
func docs() map[string]string {
	docs := make(map[string]string)
	for line := range strings.Lines(descriptions) {
		path, doc, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		docs[path] = doc
	}
	return docs
}

// visit walks over the fields that are data.
func visit(v reflect.Value, prefix string, index [][]int, yield func(Setting)) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		path, at := prefix+key(field.Name), append(index[:len(index):len(index)], field.Index)
		if value.Type() == loggerType {
			continue
		}
		if value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		switch {
		case value.Kind() == reflect.Struct:
			visit(value, path+".", at, yield)
		case isData(value.Type()) && !derived[path]:
			yield(Setting{
				Path: path, Env: envPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_")),
				Default: value.Interface(), index: at, kind: value.Type(),
			})
		}
	}
}

var (
	loggerType   = reflect.TypeFor[*slog.Logger]()
	durationType = reflect.TypeFor[time.Duration]()
)

// derived are fields that follow from others or from the build, or that only tests set.
var derived = map[string]bool{"version": true, "protocol": true, "ordering.home": true, "ordering.inMemory": true, "ordering.follow": true}

func isData(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return true
	case reflect.Slice:
		return t.Elem().Kind() == reflect.String
	default:
		return false
	}
}

// key is a field's name in lower camel case: MaxBody is maxBody, CORS is cors, VHosts is vHosts.
func key(name string) string {
	runes := []rune(name)
	for i := range runes {
		if i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) || unicode.IsLower(runes[i]) {
			break
		}
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}

// parse reads a value from an environment variable or a flag.
func (s Setting) parse(text string) (any, error) {
	v := reflect.New(s.kind).Elem()
	var err error
	switch {
	case s.kind == durationType:
		var d time.Duration
		d, err = time.ParseDuration(text)
		v.SetInt(int64(d))
	case s.kind.Kind() == reflect.Slice:
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				v = reflect.Append(v, reflect.ValueOf(item))
			}
		}
	case s.kind.Kind() == reflect.String:
		v.SetString(text)
	default:
		_, err = fmt.Sscan(text, v.Addr().Interface())
	}
	if err != nil {
		return nil, fmt.Errorf("%q, want %s", text, s.Kind())
	}
	return v.Interface(), nil
}

// Kind says in words what values are possible.
func (s Setting) Kind() string {
	switch {
	case s.kind == durationType:
		return "a duration such as 500ms or 2m"
	case s.kind.Kind() == reflect.Slice:
		return "a list"
	case s.kind.Kind() == reflect.Bool:
		return "true or false"
	case s.kind.Kind() == reflect.String:
		return "text"
	default:
		return "a number"
	}
}
