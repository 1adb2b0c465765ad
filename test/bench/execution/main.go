package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

// options of a run.
type options struct {
	rounds    int
	artifacts string
	json      string
	transfers shape
	swaps     shape
	conflicts int
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	o := options{transfers: shape{slots: 4, ticks: 10}, swaps: shape{slots: 4, ticks: 10}}
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of every variant, in turns")
	flag.StringVar(&o.artifacts, "artifacts", "demo/artifacts", "the folder with the compiled contracts")
	flag.StringVar(&o.json, "json", "", "file for the report as JSON")
	flag.IntVar(&o.transfers.txs, "transfers", 5000, "transfers in a block")
	flag.IntVar(&o.swaps.txs, "swaps", 2000, "swaps in a block")
	flag.IntVar(&o.conflicts, "conflicts", 1000, "bundles of two swaps that all meet in the same two pools")
	flag.Parse()
	for name, n := range map[string]int{"rounds": o.rounds, "transfers": o.transfers.txs / 40, "swaps": o.swaps.txs / 40, "conflicts": o.conflicts / 10} {
		if n < 1 {
			return fmt.Errorf("-%s is too small: at least 1 round, 40 transactions in a block and 10 bundles are needed", name)
		}
	}
	report, err := benchmark(o)
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	if o.json == "" {
		return nil
	}
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(b, '\n'), 0o644)
}
