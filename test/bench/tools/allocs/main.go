package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/perf/benchfmt"
)

// limits are how much more than the baseline is no regression: maps grow at random, and what a goroutine of the runtime allocates meanwhile counts too.
var limits = map[string]struct {
	share float64 // of the baseline
	least float64
}{"allocs/op": {0.02, 2}, "B/op": {0.05, 1024}}

// figures are medians by benchmark and unit.
type figures map[string]map[string]float64

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "allocs:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	if len(os.Args) != 3 {
		return errors.New("usage: allocs BASELINE.txt NEW.txt")
	}
	before, err := read(os.Args[1])
	if err != nil {
		return err
	}
	after, err := read(os.Args[2])
	if err != nil {
		return err
	}
	return compare(out, before, after)
}

// compare names every benchmark that allocates more than before, and fails if there is one, or if one of the baseline is missing.
func compare(out io.Writer, before, after figures) error {
	worse := 0
	for _, name := range sorted(before) {
		if after[name] == nil {
			fmt.Fprintf(out, "%s is in the baseline and was not run\n", name)
			worse++
			continue
		}
		for _, unit := range []string{"allocs/op", "B/op"} {
			was, is := before[name][unit], after[name][unit]
			if is > was+max(limits[unit].least, was*limits[unit].share) {
				fmt.Fprintf(out, "%s: %.0f %s, the baseline has %.0f\n", name, is, unit, was)
				worse++
			}
		}
	}
	for _, name := range sorted(after) {
		if before[name] == nil {
			fmt.Fprintf(out, "%s is not in the baseline\n", name)
			worse++
		}
	}
	if worse > 0 {
		return fmt.Errorf("%d differences; if they are meant, write the baseline anew: make bench-baseline", worse)
	}
	fmt.Fprintf(out, "%d benchmarks allocate no more than the baseline\n", len(before))
	return nil
}

func sorted(f figures) (names []string) {
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// read gives the medians of a file.
func read(path string) (_ figures, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	values := make(map[string]map[string][]float64)
	reader := benchfmt.NewReader(file, path)
	for reader.Scan() {
		result, ok := reader.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		name := result.GetConfig("pkg") + "." + string(result.Name)
		for unit := range limits {
			v, ok := result.Value(unit)
			if !ok {
				return nil, fmt.Errorf("%s: %s has no %s: it wants -benchmem", path, name, unit)
			}
			if values[name] == nil {
				values[name] = make(map[string][]float64)
			}
			values[name][unit] = append(values[name][unit], v)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("%s has no benchmarks", path)
	}
	medians := make(figures)
	for name, units := range values {
		medians[name] = make(map[string]float64)
		for unit, v := range units {
			slices.Sort(v)
			medians[name][unit] = v[len(v)/2]
		}
	}
	return medians, nil
}
