// Command allocs compares what benchmarks allocate with a baseline, and fails where they allocate more: unlike nanoseconds, allocations and
// bytes of one operation are the same on every machine, however busy it is.
//
// Usage: allocs BASELINE.txt NEW.txt
//
// Both are outputs of go test -bench -benchmem. Medians of equal benchmarks are compared.
package main
