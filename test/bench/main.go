package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

// options of a run.
type options struct {
	binary   string
	rates    []int
	duration time.Duration
	senders  int
	json     string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	o, err := parse()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	net, err := startNetwork(ctx, o.binary)
	if err != nil {
		return err
	}
	defer net.stop()
	report := Report{Machine: machine(), Command: strings.Join(os.Args[1:], " ")}
	load, err := newLoad(ctx, net.info, o.senders)
	if err != nil {
		return err
	}
	defer load.close()
	for _, rate := range o.rates {
		fmt.Fprintf(os.Stderr, "%d tx/s for %s …\n", rate, o.duration)
		row, err := load.paced(ctx, rate, o.duration)
		if err != nil {
			return err
		}
		report.Latency = append(report.Latency, row)
	}
	fmt.Fprintf(os.Stderr, "as fast as it goes for %s …\n", o.duration)
	if report.Throughput, err = load.saturate(ctx, o.duration); err != nil {
		return err
	}
	if report.RSS, err = net.rss(); err != nil {
		return err
	}
	report.print(os.Stdout)
	if o.json == "" {
		return nil
	}
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(b, '\n'), 0o644)
}

func parse() (options, error) {
	var o options
	rates := flag.String("rates", "20,1000", "loads in transactions per second over both rollups, comma-separated")
	flag.StringVar(&o.binary, "binary", "bin/lockstep", "the lockstep binary")
	flag.DurationVar(&o.duration, "duration", 20*time.Second, "length of each load")
	flag.IntVar(&o.senders, "senders", 64, "sending accounts on each rollup")
	flag.StringVar(&o.json, "json", "", "file for the report as JSON")
	flag.Parse()
	for field := range strings.SplitSeq(*rates, ",") {
		rate, err := strconv.Atoi(field)
		if err != nil || rate < 1 || rate > 100_000 {
			return o, fmt.Errorf("-rates: %q is not a number from 1 to 100000", field)
		}
		o.rates = append(o.rates, rate)
	}
	return o, nil
}
