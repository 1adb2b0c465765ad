package main

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/test/bench/harness"
	"github.com/lockstep-network/lockstep/test/bench/load"
	"github.com/lockstep-network/lockstep/test/bench/systems"
)

// withoutPause lets a proposer never wait for an entry: ticks come as fast as they are decided.
const withoutPause = `[ordering]
idleInterval = "0s"
`

// folders of a home that have a column; the others are one more.
var folders = []string{"ordering", "log", "zone", "rollup", "explorer"}

// aged is a network with a history.
type aged struct {
	Ticks uint64 `json:"ticks"`
	// Blocks is how many sealed blocks its rollup has.
	Blocks uint64 `json:"blocks"`
	// DiskMiB is the validator's files, by folder of its home.
	DiskMiB map[string]float64 `json:"diskMiB"`
	// Tick and Block are the times of reading a random one from a gateway, in ms.
	Tick, Block reading
	// StartSeconds is from the start of the process until it has executed a new tick.
	StartSeconds float64 `json:"startSeconds"`
	// PerSecond is how many ticks per second came since the row before.
	PerSecond float64 `json:"perSecond"`
	PeakMiB   float64 `json:"peakMiB"`
}

// reading is how long reads took, in ms.
type reading struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// historyPatience bounds a history of a million ticks; historyLeast is the time that it has when all others together took too long.
const historyPatience, historyLeast = 3 * time.Hour, 3 * time.Minute

// ages are the lengths of history up to the last one, at each of which the network is measured.
func ages(last uint64) (list []uint64) {
	for age := uint64(1000); age < last; age *= 10 {
		list = append(list, age)
	}
	return append(list, last)
}

// measureHistory lets a validator grow old, and weighs what transactions leave on its disk.
func measureHistory(ctx context.Context, b *bench) (_ *harness.Result, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, historyPatience, fmt.Errorf("not done within %s", historyPatience))
	defer cancel()
	weights, weighed, err := b.weigh(ctx)
	if err != nil {
		return nil, err
	}
	if least := time.Now().Add(historyLeast); !b.until.IsZero() && b.until.Before(least) {
		b.until = least
	}
	history, err := b.growOld(ctx)
	if err != nil {
		return nil, err
	}
	start, disk := harness.Line{Name: "start, s"}, harness.Line{Name: "disk, MiB"}
	for _, a := range history {
		x := float64(a.Ticks)
		start.Points = append(start.Points, harness.Summarize([]float64{a.StartSeconds}).At(x))
		disk.Points = append(disk.Points, harness.Summarize([]float64{sum(a.DiskMiB)}).At(x))
	}
	plot := harness.Plot{Name: "history", Title: "A validator by its history", X: harness.Axis{Label: "ticks", Log: true}, Y: harness.Axis{Label: "seconds, MiB", Log: true}, Lines: []harness.Line{start, disk}}
	samples := map[string]any{"history": history, "weights": weighed}
	return &harness.Result{Tables: []harness.Table{historyTable(history), weights}, Plots: []harness.Plot{plot}, Samples: samples}, nil
}

func historyTable(history []aged) harness.Table {
	t := harness.Table{
		Caption: "A network of one validator in memory, whose ticks come as fast as it decides them, without a pause, 20 opaque transactions per second among them; its other settings are the default ones, so that the engine keeps its last " +
			"100,000 blocks and the log 10,000,000 ticks. Reads are of random ticks (lockstep_getTick) and of random sealed blocks of a rollup (eth_getBlockByNumber), one after the other; the start is that of the process, until it has decided and executed something new. " +
			"Disk is MiB by folder of its home: the engine, the ordered log, the zone's results, the rollup's chain, the explorer's index; a row may have more where a database was not compacted yet.",
		Columns: append(append([]string{"ticks", "ticks/s", "blocks", "start s", "tick p50 ms", "p99 ms", "block p50 ms", "p99 ms", "peak memory MiB", "disk MiB"}, folders...), "others", "bytes per tick"),
	}
	for _, a := range history {
		cells := []any{a.Ticks, a.PerSecond, a.Blocks, a.StartSeconds, a.Tick.P50, a.Tick.P99, a.Block.P50, a.Block.P99, a.PeakMiB}
		t.Add(append(append(cells, diskCells(a.DiskMiB, 1)...), sum(a.DiskMiB)*(1<<20)/float64(a.Ticks))...)
	}
	return t
}

// diskCells are the sum, the folders with a column, and the others, each so many times.
func diskCells(disk map[string]float64, times float64) []any {
	all := sum(disk)
	cells, others := []any{all * times}, all
	for _, folder := range folders {
		cells, others = append(cells, disk[folder]*times), others-disk[folder]
	}
	return append(cells, others*times)
}

func sum(disk map[string]float64) (all float64) {
	for _, v := range disk {
		all += v
	}
	return all
}

// growOld lets a network decide ticks until it has the longest history, or its time is over, and measures it at each age.
func (b *bench) growOld(ctx context.Context) (history []aged, err error) {
	file, err := b.settingsWith(withoutPause)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Remove(file)) }()
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(b.memory != "", false), Validators: 1, EVM: 1, Opaque: 1, Settings: file})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	for _, age := range ages(b.history) {
		b.say("         %d ticks", age)
		a, err := b.age(ctx, network, age)
		if err != nil {
			return nil, err
		}
		if history = append(history, *a); b.over() {
			b.say("         time is over with %d ticks", a.Ticks)
			break
		}
	}
	return history, nil
}

// over tells whether the experiment's time is.
func (b *bench) over() bool { return !b.until.IsZero() && time.Now().After(b.until) }

// age waits for a tick while transactions come, measures, and starts the network again.
func (b *bench) age(ctx context.Context, network *systems.Lockstep, until uint64) (*aged, error) {
	a := new(aged)
	began, before, blocks, err := aliveSince(ctx, network)
	if err != nil {
		return nil, err
	}
	for a.Ticks, a.Blocks = before, blocks; a.Ticks < until && !b.over(); {
		plan := load.Plan{Rate: 20, Duration: time.Second}
		if _, err := plan.Run(ctx, network.Opaque(1, payload, 0, 0).From(a.Ticks)); err != nil {
			return nil, err
		}
		if _, a.Ticks, a.Blocks, err = aliveSince(ctx, network); err != nil {
			return nil, err
		}
	}
	a.PerSecond = float64(a.Ticks-before) / time.Since(began).Seconds()
	if a.Tick, a.Block, err = readHistory(ctx, network, a); err != nil {
		return nil, err
	}
	used, err := harness.UsageOf(network.PIDs()...)
	if err != nil {
		return nil, err
	}
	a.PeakMiB = used.PeakMiB
	network.Halt()
	if a.DiskMiB, err = network.DiskMiB(); err != nil {
		return nil, err
	}
	restart := time.Now()
	err = network.Begin(ctx)
	a.StartSeconds = time.Since(restart).Seconds()
	return a, err
}

// aliveSince is how far the network has come now.
func aliveSince(ctx context.Context, network *systems.Lockstep) (now time.Time, tick, block uint64, err error) {
	c, err := client.Dial(ctx, "http://"+network.Doors[0])
	if err != nil {
		return now, 0, 0, err
	}
	defer c.Close()
	status, err := c.Network(ctx)
	if err != nil {
		return now, 0, 0, err
	}
	rollup, err := c.Rollup(ctx, systems.FirstEVM)
	if err != nil {
		return now, 0, 0, err
	}
	defer rollup.Close()
	safe, err := rollup.BlockByNumber(ctx, big.NewInt(safeBlock))
	if err != nil {
		return now, 0, 0, err
	}
	return time.Now(), status.Head.Tick, safe.NumberU64(), nil
}

// safeBlock is the tag "safe" as go-ethereum's client has it: a block that is sealed, whatever "latest" is.
const safeBlock = -4

// reads is how many random ticks and blocks are read.
const reads = 1000

// readHistory reads random ticks, and random blocks, one after the other.
func readHistory(ctx context.Context, network *systems.Lockstep, a *aged) (tick, block reading, err error) {
	c, err := client.Dial(ctx, "ws://"+network.Doors[0])
	if err != nil {
		return tick, block, err
	}
	defer c.Close()
	rollup, err := c.Rollup(ctx, systems.FirstEVM)
	if err != nil {
		return tick, block, err
	}
	defer rollup.Close()
	random := rand.New(rand.NewPCG(1, a.Ticks))
	tick, err = timed(func() error {
		_, err := c.Tick(ctx, 1+random.Uint64N(a.Ticks))
		return err
	})
	if err != nil {
		return tick, block, err
	}
	block, err = timed(func() error {
		_, err := rollup.BlockByNumber(ctx, new(big.Int).SetUint64(random.Uint64N(a.Blocks+1)))
		return err
	})
	return tick, block, err
}

// timed reads again and again.
func timed(read func() error) (reading, error) {
	took := make([]time.Duration, reads)
	for i := range took {
		begin := time.Now()
		if err := read(); err != nil {
			return reading{}, err
		}
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	return reading{harness.Percentile(took, 0.5, time.Millisecond), harness.Percentile(took, 0.99, time.Millisecond)}, nil
}
