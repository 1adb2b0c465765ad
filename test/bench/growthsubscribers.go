package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// subscribed is what followers of one gateway cost it.
type subscribed struct {
	*load.Result
	// MiBPerSecond and EventsPerSecond are what all of them received; Lost is how many were cut off.
	MiBPerSecond    float64 `json:"mibPerSecond"`
	EventsPerSecond float64 `json:"eventsPerSecond"`
	Lost            int64   `json:"lost"`
}

// manyClients lets a gateway have as many clients of one address as the experiment needs; it refuses them by default.
const manyClients = `[gateway]
maxConnections = 20000
maxConnectionsPerClient = 20000
maxSubscriptions = 20000
`

// How subscribers share connections: each has its own, or so many have one, which is fewer than a gateway allows.
const (
	ownConnections    = "a connection each"
	sharedConnections = "100 on a connection"
	sharing           = 100
)

// mostSubscribers is what the experiment aims at, spareFiles what a process has open besides.
const mostSubscribers, spareFiles = 10_000, 1500

// subscriberSizes are bounded by the files that a process may have open; the runtime raises that limit as far as it may.
func subscriberSizes() ([]size, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return nil, err
	}
	most := mostSubscribers
	if limit.Cur < mostSubscribers+spareFiles {
		if limit.Cur < 2*spareFiles {
			return nil, fmt.Errorf("a process may have %d files open here, and %d are needed at least: raise the hard limit (ulimit -Hn)", limit.Cur, 2*spareFiles)
		}
		most = int(limit.Cur) - spareFiles
	}
	return append(sizesOf([]string{ownConnections}, 1, 100, 1000, most), sizesOf([]string{sharedConnections}, 1000, mostSubscribers)...), nil
}

// settingsWith is a file with the settings that were asked for, and more; the caller removes it.
func (b *bench) settingsWith(more string) (name string, err error) {
	var text []byte
	if b.settings != "" {
		if text, err = os.ReadFile(b.settings); err != nil {
			return "", err
		}
	}
	file, err := os.CreateTemp("", "lockstep-bench-*.toml")
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(string(text) + "\n" + more)
	return file.Name(), errors.Join(err, file.Close())
}

// measureSubscribers is about many clients that follow the ticks of one gateway.
func measureSubscribers(ctx context.Context, b *bench) (_ *harness.Result, err error) {
	file, err := b.settingsWith(manyClients)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Remove(file)) }()
	sizes, err := subscriberSizes()
	if err != nil {
		return nil, err
	}
	all, err := growth(ctx, b, "subscribers", sizes, func(ctx context.Context, s size) (subscribed, error) { return b.subscribe(ctx, file, s) })
	if err != nil {
		return nil, err
	}
	t := harness.Table{
		Caption: fmt.Sprintf("%d opaque transactions per second; so many subscribers follow the ticks of one gateway by WebSocket, and one more notes the latency. Cores and memory are those of the gateway's process, which is a validator too. "+
			"Four processes, on disk; the clients are in the load generator's process, on the same cores, and take as much as the gateway to read what it sends.%s", steady, all.note()),
		Columns: []string{"subscribers", "with", "cores", "events/s sent", "MiB/s sent", "peak memory MiB", "ticks/s", "ordered p50 ms", "p99 ms", "cut off"},
	}
	for _, g := range all.rows {
		r := g.rounds()
		column := func(of func(s subscribed) float64) harness.Summary { return harness.SummaryOf(r, of) }
		t.Add(g.of, g.form, column(subscribedCores), column(func(s subscribed) float64 { return s.EventsPerSecond }), column(func(s subscribed) float64 { return s.MiBPerSecond }),
			column(func(s subscribed) float64 { return s.Used.PeakMiB }), column(func(s subscribed) float64 { return ticksPerSecond(s.Result) }),
			column(func(s subscribed) float64 { return orderedP50(s.Result) }), column(func(s subscribed) float64 { return orderedP99(s.Result) }), column(func(s subscribed) float64 { return float64(s.Lost) }))
	}
	plot := harness.Plot{Name: "subscribers", Title: "A gateway by the number of its subscribers", X: harness.Axis{Label: "subscribers", Log: true}, Y: harness.Axis{Label: "cores of its process"}, Lines: all.lines("", subscribedCores)}
	return &harness.Result{Tables: []harness.Table{t}, Plots: []harness.Plot{plot}, Samples: all.samples()}, nil
}

func subscribedCores(s subscribed) float64 { return coresUsed(s.Result) }

// subscribe measures the gateway of the third validator with so many subscribers.
func (b *bench) subscribe(ctx context.Context, settings string, s size) (_ subscribed, err error) {
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(false, true), Validators: validators, EVM: 1, Opaque: 1, Settings: settings})
	if err != nil {
		return subscribed{}, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	each := 1
	if s.form == sharedConnections {
		each = sharing
	}
	clients, err := network.Subscribe(ctx, systems.Subscription{Connections: s.of / each, Each: each, Door: 2})
	if err != nil {
		return subscribed{}, err
	}
	defer clients.Close()
	plan := b.steadyPlan(network.PIDs()[2:3])
	plan.Measured = b.profile(network.Network, s.name("subscribers"))
	before := clients.Received()
	result, err := plan.Run(ctx, network.Opaque(1, payload, 0, 2))
	if err != nil {
		return subscribed{}, err
	}
	after := clients.Received()
	seconds := after.At.Sub(before.At).Seconds()
	return subscribed{result, float64(after.Bytes-before.Bytes) / (1 << 20) / seconds, float64(after.Events-before.Events) / seconds, clients.Lost()}, nil
}
