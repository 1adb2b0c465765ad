package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// options of a run.
type options struct {
	binary   string
	rates    []int
	duration time.Duration
	senders  int
	json     string
	// gateway asks for the benchmark of the gateway instead of the loads.
	gateway bool
	reads   gatewayOptions
	// across asks for the benchmark of bundles, assertions and intents instead of the loads.
	isAcross bool
	across   acrossOptions
	// pages asks what so many open explorer pages cost, at the first of the rates.
	pages int
	// stock and from make this program the stock node of that benchmark: the devnet's folder, and where its blocks are read.
	stock, from string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch args := os.Args[1:]; {
	case len(args) == 2 && args[0] == systems.ServeFlag:
		return systems.Serve(ctx, args[1])
	case len(args) > 0 && args[0] == "run":
		return runExperiments(ctx, args[1:])
	}
	o, err := parse()
	if err != nil {
		return err
	}
	if o.stock != "" {
		return serveStock(ctx, o.stock, o.from)
	}
	net, err := startNetwork(ctx, o.binary)
	if err != nil {
		return err
	}
	defer net.stop()
	if o.gateway {
		rows, err := benchGateway(ctx, net, o.reads)
		if err != nil {
			return err
		}
		printGateway(os.Stdout, rows)
		return writeReport(o.json, rows)
	}
	if o.isAcross {
		report, err := benchAcross(ctx, net, o)
		if err != nil {
			return err
		}
		report.print(os.Stdout)
		return writeReport(o.json, report)
	}
	if o.pages > 0 {
		rows, err := benchPages(ctx, net, o)
		if err != nil {
			return err
		}
		printPages(os.Stdout, rows)
		return writeReport(o.json, rows)
	}
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
	return writeReport(o.json, report)
}

// writeReport writes a report as JSON, if a file is named.
func writeReport(file string, report any) error {
	if file == "" {
		return nil
	}
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

func parse() (options, error) {
	var o options
	rates := flag.String("rates", "20,1000", "loads in transactions per second over both rollups, comma-separated")
	flag.StringVar(&o.binary, "binary", "bin/lockstep", "the lockstep binary")
	flag.DurationVar(&o.duration, "duration", 20*time.Second, "length of each load")
	flag.IntVar(&o.senders, "senders", 64, "sending accounts on each rollup")
	flag.StringVar(&o.json, "json", "", "file for the report as JSON")
	flag.BoolVar(&o.gateway, "gateway", false, "ask the gateway and a stock go-ethereum node the same questions instead")
	flag.BoolVar(&o.isAcross, "across", false, "measure bundles across rollups, assertions and intents instead")
	flag.IntVar(&o.across.pairs, "pairs", 150, "with -across: pairs of transactions per second, as bundles and as singles")
	flag.DurationVar(&o.across.round, "pairs-round", 5*time.Second, "with -across: how long each form is sent in a round")
	flag.IntVar(&o.across.intents, "intents", 240, "with -across: orders submitted")
	flag.IntVar(&o.across.perSecond, "intent-rate", 4, "with -across: orders per second")
	flag.IntVar(&o.reads.rounds, "rounds", 5, "with -gateway and -across: rounds of each method or form, in turns")
	flag.DurationVar(&o.reads.round, "round", 2*time.Second, "with -gateway: length of a round of reads")
	flag.IntVar(&o.reads.connections, "connections", 32, "with -gateway: connections that read")
	flag.IntVar(&o.reads.senders, "sending", 256, "with -gateway: connections that send, each for an account of its own")
	flag.StringVar(&o.reads.artifacts, "artifacts", "demo/artifacts", "with -gateway and -across: the folder with the compiled contracts")
	flag.IntVar(&o.pages, "pages", 0, "measure what so many open explorer pages cost instead, at the first rate")
	flag.StringVar(&o.stock, "stock", "", "be the stock node of -gateway, for the devnet in this folder")
	flag.StringVar(&o.from, "from", "", "with -stock: the JSON-RPC to read blocks from")
	flag.Parse()
	o.across.rounds, o.across.artifacts = o.reads.rounds, o.reads.artifacts
	if o.isAcross && (o.across.pairs < 1 || o.across.intents < 1 || o.across.perSecond < 1 || o.across.rounds < 1) {
		return o, errors.New("-pairs, -intents, -intent-rate and -rounds have to be at least 1")
	}
	for field := range strings.SplitSeq(*rates, ",") {
		rate, err := strconv.Atoi(field)
		if err != nil || rate < 1 || rate > 100_000 {
			return o, fmt.Errorf("-rates: %q is not a number from 1 to 100000", field)
		}
		o.rates = append(o.rates, rate)
	}
	return o, nil
}
