package zone_test

import (
	"context"
	"fmt"

	"github.com/cockroachdb/pebble/vfs"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// A zone follows the ordered log: a bundle with a leg on each of two rollups is executed as one.
func Example() {
	net := zonetest.NewNetwork(nil, 901, 902)
	log := zonetest.NewLog(net.Genesis)
	engines := make(map[core.RollupID]zone.Engine)
	for id, disk := range net.Disks("alice") {
		engines[id] = zonetest.NewEngine(id, net.Genesis.Params, disk)
	}
	z, err := zone.New(zone.Config{Genesis: net.Genesis, Zone: zonetest.Zone, Dir: "/zone", FS: vfs.NewMem()}, engines, log)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer z.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- z.Run(ctx) }()

	pay := zonetest.Leg{Tx: net.Sign(zonetest.Tx{Rollup: 901, From: "alice", To: "bob", Value: 5})}
	deliver := zonetest.Leg{Tx: net.Sign(zonetest.Tx{Rollup: 902, From: "alice", Data: []byte{zonetest.OpRevert}})}
	bundle := net.Bundle(core.AtomicExecution, nil, pay, deliver)
	tick := log.Append(zonetest.Start, []core.DecodedBundle{bundle}, nil)
	if err := z.WaitExecuted(ctx, tick); err != nil {
		fmt.Println(err)
		return
	}
	fates, err := z.Bundle(bundle.Hash)
	fmt.Println(fates[0].Code, "because of leg", fates[0].FailingLeg, err)

	cancel()
	fmt.Println(<-ended)
	// Output:
	// legReverted because of leg 1 <nil>
	// <nil>
}
