package settings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

// A section holds the settings of one rollup: "opstack.9101.execution" in a file, under [opstack.9101], LOCKSTEP_OPSTACK_9101_EXECUTION
// as a variable, and "9101=VALUE" for the flag --opstack.execution, which may be given once for each rollup.

// sectionTable is where the sections are, and sectionID stands for a rollup in the path of a setting that belongs to none yet.
const sectionTable, sectionID = "opstack", "ID"

// Sections are the settings that every section has, in the order of the fields.
func Sections() (all []Setting) {
	field, ok := reflect.TypeFor[node.Config]().FieldByName("OPStack")
	if !ok {
		panic("settings: the configuration has no sections") // fixed types
	}
	docs := docs()
	empty := reflect.New(field.Type.Elem()).Elem()
	visit(empty, sectionTable+"."+sectionID+".", [][]int{field.Index}, func(s Setting) {
		s.Doc = docs[s.Path]
		all = append(all, s)
	})
	return all
}

// in is the setting in the section of a rollup.
func (s Setting) in(rollup core.RollupID) Setting {
	s.section = rollup
	s.Path = strings.Replace(s.Path, sectionID, rollup.String(), 1)
	s.Env = strings.Replace(s.Env, sectionID, rollup.String(), 1)
	return s
}

// flagOf is the flag for a setting of all sections.
func flagOf(s Setting) string { return strings.Replace(s.Path, sectionID+".", "", 1) }

// sectionOf finds the setting of a path "opstack.9101.execution".
func sectionOf(path string) (Setting, bool) {
	parts := strings.Split(path, ".")
	if len(parts) != 3 || parts[0] != sectionTable {
		return Setting{}, false
	}
	return findSection(parts[1], func(s Setting) bool { return s.Path == sectionTable+"."+sectionID+"."+parts[2] })
}

// sectionOfEnv finds the setting of a variable.
func sectionOfEnv(name string) (Setting, bool) {
	rest, ok := strings.CutPrefix(name, envPrefix+strings.ToUpper(sectionTable)+"_")
	id, field, found := strings.Cut(rest, "_")
	if !ok || !found {
		return Setting{}, false
	}
	return findSection(id, func(s Setting) bool { return strings.HasSuffix(s.Env, "_"+sectionID+"_"+field) })
}

func findSection(id string, is func(Setting) bool) (Setting, bool) {
	rollup, err := core.ParseRollupID(id)
	all := Sections()
	at := slices.IndexFunc(all, is)
	if err != nil || at < 0 {
		return Setting{}, false
	}
	return all[at].in(rollup), true
}

// sectionFlag keeps the texts of a flag until Load.
type sectionFlag struct {
	setting Setting
	given   []givenSection
}

type givenSection struct {
	setting Setting
	text    string
}

func (f *sectionFlag) String() string { return "" }
func (f *sectionFlag) Type() string   { return "ID=VALUE" }

// Set implements pflag.Value.
func (f *sectionFlag) Set(text string) error {
	id, value, ok := strings.Cut(text, "=")
	rollup, err := core.ParseRollupID(id)
	if !ok || err != nil {
		return errors.New("want ID=VALUE, the id of a rollup and its setting")
	}
	if _, err := f.setting.parse(value); err != nil {
		return fmt.Errorf("want ID=VALUE with %s", f.setting.Kind())
	}
	f.given = append(f.given, givenSection{f.setting.in(rollup), value})
	return nil
}

// knownSection takes notice of a setting of a section.
func (l *loader) knownSection(path string) bool {
	s, ok := sectionOf(path)
	if ok {
		l.settings[path] = s
	}
	return ok
}

// sections are the settings of the sections that there are, by rollup.
func (e *Effective) sections() (all []Setting) {
	ids := make([]core.RollupID, 0, len(e.Config.OPStack))
	for id := range e.Config.OPStack {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		for _, s := range Sections() {
			s = s.in(id)
			if e.Origin[s.Path] == "" {
				e.Origin[s.Path] = "default"
			}
			all = append(all, s)
		}
	}
	return all
}

// read is the setting's value in a configuration.
func (s Setting) read(cfg node.Config) reflect.Value {
	if s.section == 0 {
		return s.field(&cfg)
	}
	sections := reflect.ValueOf(cfg).FieldByIndex(s.index[0])
	section := sections.MapIndex(reflect.ValueOf(s.section))
	if !section.IsValid() {
		section = reflect.Zero(sections.Type().Elem())
	}
	return section.FieldByIndex(s.index[1])
}

// set changes the setting in a configuration. The map of the sections is a new one afterwards, so that copies of the configuration do
// not change.
func (s Setting) set(cfg *node.Config, value reflect.Value) {
	if s.section == 0 {
		s.field(cfg).Set(value)
		return
	}
	sections := reflect.ValueOf(cfg).Elem().FieldByIndex(s.index[0])
	changed := reflect.MakeMap(sections.Type())
	for _, id := range sections.MapKeys() {
		changed.SetMapIndex(id, sections.MapIndex(id))
	}
	section := reflect.New(sections.Type().Elem()).Elem()
	if old := sections.MapIndex(reflect.ValueOf(s.section)); old.IsValid() {
		section.Set(old)
	}
	section.FieldByIndex(s.index[1]).Set(value)
	changed.SetMapIndex(reflect.ValueOf(s.section), section)
	sections.Set(changed)
}
