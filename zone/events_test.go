package zone_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

func TestZone_TellsItsListener(t *testing.T) {
	net := zonetest.NewNetwork(func(p *core.Params) { p.BlockGas = 40_000 }, 901, 902)
	r := newRig(t, net, zonetest.NewLog(net.Genesis), nil)
	r.start()
	r.tick(0)
	r.executeAll()
	r.fs.SetIgnoreSyncs(true) // a seal may be durable together with the tick that caused it, or before
	r.log.Append(zonetest.Start+1000, nil, nil)
	r.log.Append(zonetest.Start+1001, nil, nil)
	r.executeAll()
	if err := r.stop(); err != nil { // the seal is durable then
		t.Fatal(err)
	}
	r.log.Attest(r.zone.Digest)
	r.image()

	var heard []string
	say := func(format string, args ...any) { heard = append(heard, fmt.Sprintf(format, args...)) }
	cfg := r.config()
	cfg.Listener = zone.Listener{
		Recovered:   func(e zone.Recovered) { say("recovered: next %d, dropped %d", e.Seal.NextTick, e.Dropped) },
		Executed:    func(e zone.TickResult) { say("executed %d: %d outcomes", e.Tick, len(e.Outcomes)) },
		Sealed:      func(e zone.SealRecord) { say("sealed: next %d", e.NextTick) },
		LaneStopped: func(e zone.LaneStopped) { say("stopped in %d: rollup %s seq %d", e.Tick, e.Rollup, e.Seq) },
		Rebuilding:  func(e zone.Death) { say("rebuilding at %d", e.Tick) },
		Diverged:    func(e zone.Diverged) { say("diverged at %d", e.Tick) },
	}
	engines := make(map[core.RollupID]zone.Engine)
	for id, disk := range r.disks {
		engines[id] = zonetest.NewEngine(id, net.Genesis.Params, disk)
	}
	z, err := zone.New(cfg, engines, r.log)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	r.tick(1)
	r.tick(2)
	r.log.Append(zonetest.Start+2000, nil, nil, core.Attested{Zone: zonetest.Zone, Tick: 5})
	r.log.Append(zonetest.Start+3000, nil, nil)
	if err := z.Run(t.Context()); !errors.Is(err, zone.ErrDiverged) {
		t.Fatal(err)
	}
	want := []string{
		// The sealed blocks survived, but not the record that names them.
		"recovered: next 1, dropped 2",
		"executed 1: 1 outcomes", "sealed: next 2", "executed 2: 0 outcomes", "executed 3: 0 outcomes", "executed 4: 1 outcomes",
		"stopped in 5: rollup 901 seq 2", "executed 5: 0 outcomes",
		"diverged at 5", "rebuilding at 5", "recovered: next 2, dropped 0",
		"executed 2: 0 outcomes", "executed 3: 0 outcomes", "executed 4: 1 outcomes",
		"diverged at 5", "stopped in 5: rollup 901 seq 2", "executed 5: 0 outcomes",
	}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

// TestZone_ReadsWhileExecuting has something to show under the race detector only.
func TestZone_ReadsWhileExecuting(t *testing.T) {
	net := zonetest.NewNetwork(nil, 901, 902)
	r := newRig(t, net, zonetest.NewLog(net.Genesis), nil)
	r.start()
	r.log.Append(zonetest.Start, nil, nil)
	r.executeAll()
	b := net.Bundle(core.AtomicExecution, nil,
		zonetest.Leg{Tx: net.Sign(zonetest.Tx{Rollup: 901, From: "e"})}, zonetest.Leg{Tx: net.Sign(zonetest.Tx{Rollup: 902, From: "e"})})

	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var simulated int
	readers.Go(func() {
		for ctx.Err() == nil {
			s, err := r.zone.Simulate(t.Context(), b)
			if err != nil || !s.Success {
				t.Errorf("simulation: %+v, %v", s, err)
				return
			}
			simulated++
		}
	})
	readers.Go(func() {
		for tick := uint64(1); ctx.Err() == nil; tick++ {
			if r.zone.WaitExecuted(ctx, tick) == nil && len(r.zone.Digests(tick, 1)) != 1 {
				t.Errorf("tick %d is executed but has no digest", tick)
			}
			if _, _, err := r.zone.Fate(901, tick); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range uint64(100) {
		tx := net.Sign(zonetest.Tx{Rollup: 901, From: "a", Nonce: i})
		r.log.Append(zonetest.Start+i*100, []core.DecodedBundle{net.Bundle(core.AtomicExecution, nil, zonetest.Leg{Tx: tx})}, nil)
	}
	r.executeAll()
	cancel()
	readers.Wait()
	if simulated == 0 {
		t.Error("nothing was simulated")
	}
}
