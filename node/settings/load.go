package settings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/lockstep-network/lockstep/node"
)

// ErrInvalid: a setting is unknown, malformed or not allowed here.
var ErrInvalid = errors.New("settings: invalid")

// Sources are where settings come from; later fields win.
type Sources struct {
	// File is the path of a TOML file, empty for none.
	File string
	// Environ lists variables as os.Environ does. Those that begin with LOCKSTEP_ must be settings.
	Environ []string
	// Flags are the parsed flags; nil for none. See Register.
	Flags *pflag.FlagSet
	// Fixed are the paths that the caller chooses itself, with the reason; they are refused.
	Fixed map[string]string
}

// Effective is a configuration with the origin of each setting.
type Effective struct {
	Config node.Config
	// Origin says for each path where its value comes from: "default", "file", or the variable or flag.
	Origin map[string]string
}

// flagValue keeps the text of a flag until Load.
type flagValue struct {
	setting Setting
	text    string
}

func (f *flagValue) String() string { return f.text }
func (f *flagValue) Type() string   { return "VALUE" }
func (f *flagValue) Set(text string) error {
	if _, err := f.setting.parse(text); err != nil {
		return fmt.Errorf("want %s", f.setting.Kind())
	}
	f.text = text
	return nil
}

// Register adds a flag for each setting but the fixed ones. They are hidden: there are too many for a page of help, and
// docs/reference/config.md lists them.
func Register(flags *pflag.FlagSet, fixed map[string]string) {
	for _, s := range Sections() {
		name := flagOf(s)
		flags.Var(&sectionFlag{setting: s}, name, s.Doc)
		flags.Lookup(name).Hidden = true
	}
	for _, s := range List() {
		if _, taken := fixed[s.Path]; taken || flags.Lookup(s.Path) != nil {
			continue
		}
		flags.Var(&flagValue{setting: s}, s.Path, s.Doc)
		flags.Lookup(s.Path).Hidden = true
		if s.kind.Kind() == reflect.Bool {
			flags.Lookup(s.Path).NoOptDefVal = "true"
		}
	}
}

// Load gives base with the settings of all sources. Errors wrap ErrInvalid and name every problem.
func Load(base node.Config, from Sources) (*Effective, error) {
	l := loader{k: koanf.New("."), settings: make(map[string]Setting), fixed: from.Fixed, out: Effective{base, make(map[string]string)}}
	for _, s := range List() {
		l.settings[s.Path] = s
		l.out.Origin[s.Path] = "default"
	}
	l.file(from.File)
	l.environ(from.Environ)
	l.flags(from.Flags)
	l.decode()
	if err := errors.Join(l.problems...); err != nil {
		return nil, err
	}
	return &l.out, nil
}

type loader struct {
	k        *koanf.Koanf
	settings map[string]Setting
	fixed    map[string]string
	out      Effective
	problems []error
}

func (l *loader) fail(origin, format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf("%w: %s: %s", ErrInvalid, origin, fmt.Sprintf(format, args...)))
}

// known takes notice of a path and where it came from.
func (l *loader) known(path, origin string) bool {
	if why, taken := l.fixed[path]; taken {
		l.fail(origin, "%s cannot be set here: %s", path, why)
		return false
	}
	if _, ok := l.settings[path]; !ok && !l.knownSection(path) {
		l.fail(origin, "%s is no setting%s", path, l.nearest(path))
		return false
	}
	l.out.Origin[path] = origin
	return true
}

// nearest suggests the path that was perhaps meant.
func (l *loader) nearest(path string) string {
	for _, s := range List() {
		if strings.EqualFold(s.Path, path) || strings.EqualFold(s.Path[strings.LastIndex(s.Path, ".")+1:], path[strings.LastIndex(path, ".")+1:]) {
			return fmt.Sprintf("; did you mean %s?", s.Path)
		}
	}
	return "; docs/reference/config.md lists them"
}

func (l *loader) file(path string) {
	if path == "" {
		return
	}
	in := koanf.New(".")
	if err := in.Load(file.Provider(path), toml.Parser()); err != nil {
		l.fail(path, "%v", err)
		return
	}
	for _, key := range in.Keys() {
		if !l.known(key, path) {
			in.Delete(key)
		}
	}
	_ = l.k.Merge(in) // into an empty one, nothing can conflict
}

func (l *loader) environ(variables []string) {
	byEnv := make(map[string]Setting)
	for _, s := range l.settings {
		byEnv[s.Env] = s
	}
	_ = l.k.Load(env.Provider(".", env.Opt{
		Prefix: envPrefix, EnvironFunc: func() []string { return slices.Sorted(slices.Values(variables)) },
		TransformFunc: func(name, text string) (string, any) {
			s, ok := byEnv[name]
			if !ok {
				s, ok = sectionOfEnv(name)
			}
			if !ok {
				l.fail(name, "is no setting; docs/reference/config.md lists them")
				return "", nil
			}
			return l.text(s, name, text)
		},
	}), nil) // reads a list that is there
}

func (l *loader) flags(flags *pflag.FlagSet) {
	if flags == nil {
		return
	}
	given := make(map[string]any)
	flags.Visit(func(f *pflag.Flag) {
		if v, ok := f.Value.(*flagValue); ok {
			if path, value := l.text(v.setting, "--"+f.Name, v.text); path != "" {
				given[path] = value
			}
		}
		if v, ok := f.Value.(*sectionFlag); ok {
			for _, one := range v.given {
				if path, value := l.text(one.setting, "--"+f.Name, one.text); path != "" {
					given[path] = value
				}
			}
		}
	})
	_ = l.k.Load(confmap.Provider(given, "."), nil) // a map that is there
}

// text is a setting that came as text.
func (l *loader) text(s Setting, origin, text string) (string, any) {
	value, err := s.parse(text)
	if err != nil {
		l.fail(origin, "is %v", err)
		return "", nil
	}
	if !l.known(s.Path, origin) {
		return "", nil
	}
	return s.Path, value
}

// decode writes every given value into its field.
func (l *loader) decode() {
	if l.out.Config.Gateway != nil {
		served := *l.out.Config.Gateway
		l.out.Config.Gateway = &served
	}
	for _, path := range l.k.Keys() {
		s := l.settings[path]
		target := reflect.New(s.kind)
		d, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
			DecodeHook: mapstructure.StringToTimeDurationHookFunc(), Result: target.Interface(),
		})
		if err == nil {
			err = d.Decode(l.k.Get(path))
		}
		if err == nil && s.kind == durationType && !isDuration(l.k.Get(path)) {
			err = errors.New("a number without a unit")
		}
		if err != nil {
			l.fail(l.out.Origin[path], "%s is %#v, want %s", path, l.k.Get(path), s.Kind())
			continue
		}
		s.set(&l.out.Config, target.Elem())
	}
}

// isDuration tells text and durations from bare numbers, which would be nanoseconds.
func isDuration(v any) bool {
	return reflect.TypeOf(v) == durationType || reflect.TypeOf(v).Kind() == reflect.String
}

// field is the setting's field in a configuration.
func (s Setting) field(cfg *node.Config) reflect.Value {
	v := reflect.ValueOf(cfg).Elem()
	for _, step := range s.index {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		v = v.FieldByIndex(step)
	}
	return v
}

// Apply sets in cfg what was chosen, and leaves the rest. Settings of a gateway are skipped where there is none.
func (e *Effective) Apply(cfg *node.Config) {
	for _, s := range List() {
		if e.Origin[s.Path] == "default" || (cfg.Gateway == nil && strings.HasPrefix(s.Path, "gateway.")) {
			continue
		}
		s.field(cfg).Set(s.field(&e.Config))
	}
	for _, s := range e.sections() {
		if e.Origin[s.Path] != "default" {
			s.set(cfg, s.read(e.Config))
		}
	}
}

// Value is the setting's value in a configuration with a gateway.
func (s Setting) Value(cfg node.Config) any { return s.read(cfg).Interface() }
