package main

import (
	"testing"
)

// Every variant runs to its end, on blocks that are the same everywhere (each run compares their hashes) and hold every
// transaction.
func TestBenchmark_AllVariants(t *testing.T) {
	o := options{
		rounds: 2, artifacts: "../../../demo/artifacts", conflicts: 10,
		transfers: shape{slots: 2, ticks: 10, txs: 40}, swaps: shape{slots: 2, ticks: 10, txs: 40},
	}
	report, err := benchmark(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) != 17 || len(report.Ratios) != 14 {
		t.Errorf("%d rows and %d ratios", len(report.Rows), len(report.Ratios))
	}
	for _, row := range report.Rows {
		if row.CPU.Median <= 0 || row.CPU.Least > row.CPU.Median || row.CPU.Median > row.CPU.Most {
			t.Errorf("%s, %s: CPU %+v", row.Kind, row.Variant, row.CPU)
		}
	}
}
