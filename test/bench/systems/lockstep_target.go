package systems

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	rollupv1 "github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1"
	"github.com/lockstep-network/lockstep/gen/pb/lockstep/rollup/v1/rollupv1connect"
	"github.com/lockstep-network/lockstep/test/bench/load"
)

// ticks follows the subscription "ticks" of a gateway, for all targets of ours.
type ticks struct {
	door  string
	index map[common.Hash]int
}

// Follow implements load.Target.
func (t *ticks) Follow(ctx context.Context, sink load.Sink) (func(), error) {
	c, err := client.Dial(ctx, "ws://"+t.door)
	if err != nil {
		return nil, err
	}
	events := make(chan *client.TickEvent, 1<<14)
	sub, err := c.SubscribeTicks(ctx, events)
	if err != nil {
		c.Close()
		return nil, err
	}
	f := follower{ticks: t, sink: sink}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case err := <-sub.Err():
				sink.Failed(fmt.Errorf("the subscription has ended: %w", err))
				return
			case e := <-events:
				f.take(e, time.Now())
			}
		}
	}()
	return func() { close(quit); <-done; c.Close() }, nil
}

// follower is one subscription.
type follower struct {
	*ticks
	sink load.Sink
	// decided are transactions that are executed and not yet attested, in the order of their ticks.
	decided []decision
}

type decision struct {
	tick uint64
	i    int
}

func (f *follower) take(e *client.TickEvent, now time.Time) {
	switch e.Type {
	case "tick":
		f.sink.Tick()
	case "empty":
		for range e.Empty {
			f.sink.Tick()
		}
	}
	for _, lane := range e.Lanes {
		for _, hash := range lane.Txs {
			if i, ok := f.index[hash]; ok {
				f.sink.Saw(i, load.Ordered, now)
			}
		}
	}
	for _, o := range e.Outcomes {
		i, ok := f.index[o.TxHash]
		if !ok {
			continue
		}
		if o.Outcome != core.Included || o.Reverted {
			f.sink.Failed(fmt.Errorf("transaction %d: %s, reverted %v: %s", i, o.Outcome, o.Reverted, o.Reason))
		}
		f.sink.Saw(i, load.Executed, now)
		f.decided = append(f.decided, decision{e.Tick, i})
	}
	results, err := e.Results()
	if err != nil {
		f.sink.Failed(err)
	}
	for _, r := range results {
		for len(f.decided) > 0 && f.decided[0].tick <= r.Tick {
			f.sink.Saw(f.decided[0].i, load.Attested, now)
			f.decided = f.decided[1:]
		}
	}
}

// Opaque sends transactions of any bytes to rollups of kind opaque, in turns.
type Opaque struct {
	ticks
	rollups  []core.RollupID
	size     int
	service  rollupv1connect.RollupServiceClient
	prepared [][]byte
	made     uint64 // loads, so that no two transactions are equal
	run      int    // so many one after the other are of one rollup
}

// Opaque is a load of transactions of size bytes that are sent to the gateway of one validator and watched at that of another.
func (l *Lockstep) Opaque(rollups, size, from, to int) *Opaque {
	o := &Opaque{ticks: ticks{door: l.Doors[to]}, size: size, service: laneService(l.Doors[from]), run: 1}
	for i := range rollups {
		o.rollups = append(o.rollups, FirstOpaque+core.RollupID(i))
	}
	return o
}

// From makes the transactions of the following loads differ from those of other values.
func (o *Opaque) From(value uint64) *Opaque {
	o.made = value << 20
	return o
}

// InRuns gives each rollup so many transactions one after the other: those of a Send are then of one rollup, as they are of one client.
func (o *Opaque) InRuns(length int) *Opaque {
	o.run = length
	return o
}

// laneService speaks to a gateway's API for rollups' nodes by HTTP/2 over one connection. It asks for answers that are not compressed: they are hashes.
func laneService(door string) rollupv1connect.RollupServiceClient {
	transport := &http.Transport{Protocols: new(http.Protocols), DisableCompression: true}
	transport.Protocols.SetUnencryptedHTTP2(true)
	return rollupv1connect.NewRollupServiceClient(&http.Client{Transport: transport}, "http://"+door, connect.WithAcceptCompression("gzip", nil, nil))
}

// Levels implements load.Target: results of opaque rollups are not the network's.
func (o *Opaque) Levels() []load.Level { return []load.Level{load.Ordered} }

// Prepare implements load.Target: bytes that do not compress, and of which none are like others.
func (o *Opaque) Prepare(n int) error {
	o.prepared, o.index = make([][]byte, n), make(map[common.Hash]int, n)
	var seed [32]byte
	binary.BigEndian.PutUint64(seed[:], o.made)
	o.made++
	random := rand.NewChaCha8(seed)
	all := make([]byte, n*o.size)
	_, _ = random.Read(all) // it never fails
	for i := range o.prepared {
		o.prepared[i] = all[i*o.size : (i+1)*o.size : (i+1)*o.size]
		o.index[crypto.Keccak256Hash(o.prepared[i])] = i
	}
	return nil
}

// Send implements load.Target: a single transaction by Submit, several by SubmitMany for each rollup.
func (o *Opaque) Send(ctx context.Context, first, last int) error {
	if last-first == 1 {
		_, err := o.service.Submit(ctx, connect.NewRequest(&rollupv1.SubmitRequest{Rollup: uint64(o.rollups[o.on(first)]), Transaction: o.prepared[first]}))
		return err
	}
	refused := new(load.Refusal)
	parts := make([][][]byte, len(o.rollups))
	for i := first; i < last; i++ {
		on := o.on(i)
		parts[on] = append(parts[on], o.prepared[i])
	}
	for on, txs := range parts {
		if len(txs) == 0 {
			continue
		}
		res, err := o.service.SubmitMany(ctx, connect.NewRequest(&rollupv1.SubmitManyRequest{Rollup: uint64(o.rollups[on]), Transactions: txs}))
		if err != nil {
			refused.Count, refused.First = refused.Count+len(txs), err
			continue
		}
		for _, r := range res.Msg.Results {
			if why := r.GetRefusal(); why != nil {
				refused.Count, refused.First = refused.Count+1, errors.New(why.String())
			}
		}
	}
	if refused.Count > 0 {
		return refused
	}
	return nil
}

// on is which of the rollups a transaction is for.
func (o *Opaque) on(i int) int { return i / o.run % len(o.rollups) }
