package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// opstackEnv leads the names of the environment variables of lockstep opstack.
const opstackEnv = "LOCKSTEP_OPSTACK_"

// loadOPStackSettings gives the flags that are not on the command line their values from the environment or, failing that, a TOML
// file. What is in neither list of flags is an error; all problems are reported at once.
func loadOPStackSettings(flags *pflag.FlagSet, path string) error {
	given := make(map[string]bool)
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	var problems []error
	take := func(origin, name, value string) {
		flag := flags.Lookup(name)
		if flag == nil || name == "config" || name == "help" {
			problems = append(problems, fmt.Errorf("%s: %s is no setting; docs/reference/cli.md lists the flags of lockstep opstack", origin, name))
			return
		}
		if given[name] {
			return
		}
		if err := flags.Set(name, value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", origin, err))
		}
	}
	if path != "" {
		in := koanf.New(".")
		if err := in.Load(file.Provider(path), toml.Parser()); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, key := range in.Keys() {
			value := fmt.Sprint(in.Get(key))
			if list := in.Strings(key); len(list) > 0 {
				value = strings.Join(list, ",")
			}
			take(path, key, value)
		}
	}
	for _, variable := range slices.Sorted(slices.Values(os.Environ())) {
		name, value, _ := strings.Cut(variable, "=")
		if key, ours := strings.CutPrefix(name, opstackEnv); ours {
			take(name, strings.ReplaceAll(strings.ToLower(key), "_", "-"), value)
		}
	}
	return errors.Join(problems...)
}
