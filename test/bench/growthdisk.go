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

// weight is what transactions left on a validator's disk.
type weight struct {
	Load  string `json:"load"`
	Count int    `json:"count"`
	// DiskMiB is by folder of the validator's home, less than nothing where a new network has more.
	DiskMiB map[string]float64 `json:"diskMiB"`
}

// weigh measures the disk that transactions take, of a network of one validator that was ended in good order.
func (b *bench) weigh(ctx context.Context) (t harness.Table, weights []weight, err error) {
	t = harness.Table{Columns: append(append([]string{"a million", "from", "disk MiB"}, folders...), "others")}
	empty, _, err := b.left(ctx, "")
	if err != nil {
		return t, nil, err
	}
	for _, form := range []string{opaqueLoad, transfersLoad} {
		b.say("         disk of %s", form)
		disk, count, err := b.left(ctx, form)
		if err != nil {
			return t, nil, err
		}
		for folder, v := range empty {
			disk[folder] -= v
		}
		weights = append(weights, weight{form, count, disk})
		t.Add(append([]any{form, count}, diskCells(disk, 1e6/float64(count))...)...)
	}
	t.Caption = fmt.Sprintf("Disk in MiB that a million transactions take on one validator, reckoned from as many as the column says that were ordered as fast as it takes them: opaque ones of %d bytes, and signed transfers of ether. "+
		"What a network without transactions has is taken off. The engine's share is bounded by the blocks that it keeps, the others' by what the log keeps; the rollup's chain keeps everything.", payload)
	return t, weights, nil
}

// left is what a load leaves on disk, and how many transactions it had; an empty form is no load.
func (b *bench) left(ctx context.Context, form string) (disk map[string]float64, count int, err error) {
	network, err := systems.StartLockstep(ctx, systems.Shape{Place: b.place(b.memory != "", false), Validators: 1, EVM: 1, Opaque: 1, Senders: senders, Settings: b.settings})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	switch form {
	case opaqueLoad:
		count = pick(b, 50_000, 200_000)
		plan := load.Plan{Window: oursWindow, Batch: oursBatch, Duration: time.Hour, Transactions: count}
		_, err = plan.Run(ctx, network.Opaque(1, payload, 0, 0))
	case transfersLoad:
		count = pick(b, 5000, 20_000)
		var target *systems.Transfers
		if target, err = network.Transfers(ctx, 1, senders, 0, 0); err != nil {
			return nil, 0, err
		}
		defer target.Close()
		plan := load.Plan{Window: transfersWindow, Batch: endBatch, Duration: time.Hour, Transactions: count}
		_, err = plan.Run(ctx, executed{target})
	}
	if err != nil {
		return nil, 0, err
	}
	network.Halt()
	disk, err = network.DiskMiB()
	return disk, count, err
}
