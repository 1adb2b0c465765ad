package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

const (
	validators = 4
	senders    = 256
	payload    = 200 // bytes of an opaque transaction

	// variantPatience is how long a network may take to be started, measured with every load, and stopped.
	variantPatience = 5 * time.Minute
)

// latencySample is one network under its loads, by their names.
type latencySample struct {
	Loads map[string]*load.Result `json:"loads"`
	// PeakMiB is the highest resident memory of all of its processes.
	PeakMiB float64 `json:"peakMiB"`
}

// loadPlan is a load of the latency experiment.
type loadPlan struct {
	name string
	rate int // zero is an idle network
	// transfers are signed transfers of ether; otherwise transactions are bytes that are only ordered.
	transfers bool
}

const idleLoad = "idle"

// latencyLoads are what each network is put under, in this order.
func latencyLoads() []loadPlan {
	return []loadPlan{
		{name: idleLoad},
		{name: "20/s", rate: 20}, {name: "20/s transfers", rate: 20, transfers: true},
		{name: "1,000/s", rate: 1000}, {name: "1,000/s transfers", rate: 1000, transfers: true},
		{name: "10,000/s", rate: 10_000},
	}
}

// targets are how a network is reached: a load of opaque transactions and one of transfers, either of which may be missing. They
// serve all loads, so that no transaction comes twice.
type targets struct{ opaque, transfers load.Target }

func (t targets) of(l loadPlan) load.Target {
	if l.transfers {
		return t.transfers
	}
	return t.opaque
}

// measurable is a network with its name for profiles.
type measurable struct {
	name    string
	network *systems.Network
}

// measureLoads puts a network under those loads that it has a target for and whose rate it may have, one after the other.
func (b *bench) measureLoads(ctx context.Context, n measurable, t targets, most int) (latencySample, error) {
	sample := latencySample{Loads: make(map[string]*load.Result)}
	for _, l := range latencyLoads() {
		target := t.of(l)
		if target == nil || l.rate > most {
			continue
		}
		var err error
		measured := b.profile(n.network, n.name+" "+l.name)
		if l.rate == 0 {
			sample.Loads[l.name], err = load.Idle{Transactions: pick(b, 10, 30), Pause: 200 * time.Millisecond, Measured: measured}.Run(ctx, target)
		} else {
			plan := load.Plan{Rate: l.rate, WarmUp: pick(b, 500*time.Millisecond, time.Second), Duration: pick(b, 2*time.Second, 4*time.Second), PIDs: n.network.PIDs(), Measured: measured}
			sample.Loads[l.name], err = plan.Run(ctx, target)
		}
		if err != nil {
			return sample, fmt.Errorf("%s: %w", l.name, err)
		}
	}
	used, err := harness.UsageOf(n.network.PIDs()...)
	sample.PeakMiB = used.PeakMiB
	return sample, err
}

// lockstepLatency measures a network of ours: submitted at the first validator's gateway, seen at the third one's.
func (b *bench) lockstepLatency(ctx context.Context, name string, place systems.Place) (_ latencySample, err error) {
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: place, Validators: validators, EVM: 2, Opaque: 2, Senders: senders, Settings: b.settings})
	if err != nil {
		return latencySample{}, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	transfers, err := network.Transfers(ctx, 2, senders, 0, 2)
	if err != nil {
		return latencySample{}, err
	}
	defer transfers.Close()
	return b.measureLoads(ctx, measurable{name, network.Network}, targets{network.Opaque(2, payload, 0, 2), transfers}, 10_000)
}

// kvstoreLatency measures a control in the same way.
func (b *bench) kvstoreLatency(ctx context.Context, name string, place systems.Place, tuned bool) (_ latencySample, err error) {
	network, err := systems.StartKVStore(ctx, systems.KVStoreShape{Place: place, Validators: validators, Tuned: tuned, Settings: b.settings})
	if err != nil {
		return latencySample{}, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	pairs, err := network.Pairs(payload, 0, 2)
	if err != nil {
		return latencySample{}, err
	}
	defer pairs.Close()
	most := 10_000
	if !tuned {
		most = 1000 // beyond it, its mempool is full
	}
	return b.measureLoads(ctx, measurable{name, network.Network}, targets{opaque: pairs}, most)
}

// developmentLatency measures a node that makes blocks alone.
func (b *bench) developmentLatency(ctx context.Context, name string, start func() (*systems.Development, error)) (_ latencySample, err error) {
	network, err := start()
	if err != nil {
		return latencySample{}, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	transfers, err := network.Transfers(ctx, senders)
	if err != nil {
		return latencySample{}, err
	}
	defer transfers.Close()
	return b.measureLoads(ctx, measurable{name, network.Network}, targets{transfers: transfers}, 10_000)
}

// Names of systems in the tables.
const (
	oursName    = "Lockstep"
	otherName   = "Lockstep, other build"
	tunedName   = "kvstore, tuned"
	stockName   = "kvstore, stock"
	gethName    = "geth --dev"
	gethSlow    = "geth --dev, 1 s blocks"
	anvilName   = "anvil"
	oneProcess  = "one process"
	manyProcess = "four processes"
)

// latencyVariants are all networks of the experiment.
func (b *bench) latencyVariants() (variants []harness.Variant[latencySample]) {
	add := func(name string, run func(ctx context.Context, name string) (latencySample, error)) {
		if b.wanted(name) {
			once := func(ctx context.Context) (latencySample, error) { return run(ctx, name) }
			variants = append(variants, harness.Variant[latencySample]{Name: name, Run: once, Patience: variantPatience})
		}
	}
	for _, where := range b.settingsOfPlaces() {
		add(oursName+where.name, func(ctx context.Context, name string) (latencySample, error) {
			return b.lockstepLatency(ctx, name, where.place)
		})
		if b.other != "" {
			other := where.place
			other.Binary = b.other
			add(otherName+where.name, func(ctx context.Context, name string) (latencySample, error) {
				return b.lockstepLatency(ctx, name, other)
			})
		}
		add(tunedName+where.name, func(ctx context.Context, name string) (latencySample, error) {
			return b.kvstoreLatency(ctx, name, where.place, true)
		})
	}
	disk := b.place(false, true)
	add(stockName+", "+manyProcess+", disk", func(ctx context.Context, name string) (latencySample, error) {
		return b.kvstoreLatency(ctx, name, disk, false)
	})
	add(gethName, func(ctx context.Context, name string) (latencySample, error) {
		return b.developmentLatency(ctx, name, func() (*systems.Development, error) { return systems.StartGeth(ctx, disk, 0, senders) })
	})
	add(gethSlow, func(ctx context.Context, name string) (latencySample, error) {
		return b.developmentLatency(ctx, name, func() (*systems.Development, error) { return systems.StartGeth(ctx, disk, 1, senders) })
	})
	if b.anvil != "" {
		add(anvilName, func(ctx context.Context, name string) (latencySample, error) {
			return b.developmentLatency(ctx, name, func() (*systems.Development, error) { return systems.StartAnvil(ctx, disk, b.anvil, 0, senders) })
		})
	}
	return variants
}

// setting is a place with its name in the tables.
type placeSetting struct {
	name  string
	place systems.Place
}

// settingsOfPlaces are one process and four, on disk and in memory.
func (b *bench) settingsOfPlaces() (list []placeSetting) {
	for _, memory := range []bool{false, true} {
		if memory && b.memory == "" {
			continue
		}
		for _, many := range []bool{true, false} {
			if memory && !many && !b.full {
				continue // the quick form has the corner that says least left out
			}
			name := ", " + oneProcess
			if many {
				name = ", " + manyProcess
			}
			if memory {
				name += ", memory"
			} else {
				name += ", disk"
			}
			list = append(list, placeSetting{name, b.place(memory, many)})
		}
	}
	return list
}

func measureLatency(ctx context.Context, b *bench) (*harness.Result, error) {
	samples, err := harness.Rounds(ctx, b.roundsOr(1, 3), b.latencyVariants(), b.say)
	if err != nil {
		return nil, err
	}
	return &harness.Result{Tables: []harness.Table{latencyTable(samples), aimsTable(samples), loadTable(samples)}, Plots: latencyPlots(samples), Samples: samples}, nil
}
