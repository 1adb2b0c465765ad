package zone_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"go.uber.org/goleak"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

// newStill makes a rig over two rollups that is not started.
func newStill(t *testing.T) *rig {
	net := zonetest.NewNetwork(nil, 901, 902)
	return newRig(t, net, zonetest.NewLog(net.Genesis), nil)
}

// tick appends and executes a tick with a's next transfer on rollup 901.
func (r *rig) tick(nonce uint64, attested ...core.Attested) uint64 {
	tx := r.net.Sign(zonetest.Tx{Rollup: 901, From: "a", Nonce: nonce})
	return r.log.Append(zonetest.Start+nonce, nil, []core.Section{{Rollup: 901, Txs: []core.Transaction{tx}}}, attested...)
}

func TestZone_DigestIsTheChainOfResults(t *testing.T) {
	r := newStill(t)
	r.start()
	genesis901, _ := r.engines[901].Sealed(0)
	genesis902, _ := r.engines[902].Sealed(0)
	r.log.Append(zonetest.Start, nil, nil)
	r.executeAll()
	r.tick(0)
	second := r.executeAll()[0]

	empty := []core.RollupResult{
		{Rollup: 901, ReceiptsRoot: gethtypes.EmptyReceiptsHash, LastSealed: genesis901.Hash},
		{Rollup: 902, ReceiptsRoot: gethtypes.EmptyReceiptsHash, LastSealed: genesis902.Hash},
	}
	network := r.net.Genesis.NetworkID()
	first := core.NextZoneDigest(network, zonetest.Zone, common.Hash{}, 1, empty)
	if got, ok := r.zone.Digest(1); !ok || got != first {
		t.Errorf("digest of an empty tick: %s %v, want %s", got, ok, first)
	}
	outcome := second.Outcomes[0]
	hash := outcome.ReceiptHash
	empty[0].NextSeq, empty[0].FirstUnapplied = 1, 1
	empty[0].OutcomesRoot = core.MerkleRoot([]common.Hash{outcome.Leaf()})
	empty[0].ReceiptsRoot = plainRoot(hash[:])
	if want := core.NextZoneDigest(network, zonetest.Zone, first, 2, empty); second.Digest != want {
		t.Errorf("digest of a transfer: %s, want %s", second.Digest, want)
	}
}

func TestZone_SealedBlocksNameTheNextTickAndTheFirstUnappliedSeq(t *testing.T) {
	r := newStill(t)
	r.start()
	r.tick(0)
	r.log.Append(zonetest.Start+1000, nil, nil)
	r.executeAll()
	for id, seq := range map[core.RollupID]byte{901: 1, 902: 0} {
		head := r.engines[id].Head()
		want := []byte{0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, seq}
		if head.Number != 1 || !bytes.Equal(head.Extra, want) || head.Time != zonetest.Start/1000 {
			t.Errorf("rollup %s: block %d at %d, extra %x, want %x", id, head.Number, head.Time, head.Extra, want)
		}
	}
}

func TestZone_ReadersFollowTheLoop(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r := newStill(t)
	if err := r.open(); err != nil {
		t.Fatal(err)
	}
	full := make(chan zone.TickResult, 1)
	cancelFull := r.zone.SubscribeExecuted(full)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.zone.Run(ctx) }()

	if r.zone.Digests(1, 64) != nil {
		t.Error("digests of a tick that is not executed")
	}
	for nonce := range uint64(3) {
		r.tick(nonce)
	}
	if err := r.zone.WaitExecuted(ctx, 3); err != nil {
		t.Fatal(err)
	}
	third, ok := r.zone.Digest(3)
	if list := r.zone.Digests(2, 64); !ok || len(list) != 2 || list[1] != third {
		t.Errorf("digests from tick 2: %v, digest of tick 3: %s", list, third)
	}
	if list := r.zone.Digests(1, 2); len(list) != 2 {
		t.Errorf("%d digests, want at most 2", len(list))
	}
	if first := <-full; first.Tick != 1 {
		t.Errorf("a full subscriber got tick %d first", first.Tick)
	}
	r.tick(3)
	if err := r.zone.WaitExecuted(ctx, 4); err != nil {
		t.Fatal(err)
	}
	if gap := <-full; gap.Tick != 4 {
		t.Errorf("a subscriber that was full got tick %d next, want 4", gap.Tick)
	}
	cancelFull()

	waited := make(chan error, 1)
	go func() { waited <- r.zone.WaitExecuted(context.Background(), 100) }()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("a cancelled run ended with %v", err)
	}
	if err := <-waited; !errors.Is(err, zone.ErrStopped) {
		t.Errorf("a wait on a stopped zone ended with %v", err)
	}
	if err := errors.Join(r.zone.Close(), r.zone.Close()); err != nil {
		t.Error(err)
	}
	if _, _, err := r.zone.Fate(901, 0); !errors.Is(err, zone.ErrStopped) {
		t.Errorf("a read after Close gave %v", err)
	}
}

func TestZone_StopsWhenItsResultIsNotTheAttestedOne(t *testing.T) {
	wrong := core.Attested{Zone: zonetest.Zone, Tick: 2, Digest: common.Hash{1}}
	for _, c := range []struct {
		name string
		tell func(r *rig)
		last uint64
	}{
		{"told after the tick", func(r *rig) { r.tick(0); r.tick(1); r.executeAll(); r.zone.Attested(wrong); r.tick(2) }, 2},
		{"told before the tick", func(r *rig) { r.zone.Attested(wrong); r.tick(0); r.tick(1); r.tick(2) }, 2},
		{"told by the log", func(r *rig) { r.tick(0); r.tick(1); r.tick(2, wrong); r.tick(3) }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newStill(t)
			if err := r.open(); err != nil {
				t.Fatal(err)
			}
			defer r.zone.Close()
			r.results = make(chan zone.TickResult, 16)
			ended := make(chan error, 1)
			go func() { ended <- r.zone.Run(t.Context()) }()
			r.stop = func() error { return nil }
			c.tell(r)
			if err := <-ended; !errors.Is(err, zone.ErrDiverged) || !strings.Contains(err.Error(), "tick 2") {
				t.Errorf("the run ended with %v", err)
			}
			if r.zone.Executed() != c.last || r.zone.Digests(1, 64) != nil {
				t.Errorf("executed %d, want %d; digests offered: %v", r.zone.Executed(), c.last, r.zone.Digests(1, 64))
			}
		})
	}
}

func TestZone_GoesOnWhenItsResultIsTheAttestedOne(t *testing.T) {
	r := newStill(t)
	r.start()
	r.tick(0)
	r.executeAll()
	digest, _ := r.zone.Digest(1)
	r.zone.Attested(core.Attested{Zone: zonetest.Zone, Tick: 1, Digest: digest})
	r.zone.Attested(core.Attested{Zone: zonetest.Zone + 1, Tick: 1})
	r.tick(1, core.Attested{Zone: zonetest.Zone, Tick: 1, Digest: digest})
	if got := r.executeAll(); len(got) != 1 || got[0].Tick != 2 {
		t.Errorf("results %+v", got)
	}
}

// badRows gives lane rows that do not fit the tick.
type badRows struct {
	*zonetest.Log
	row core.LaneRow
}

func (b badRows) Record(tick uint64) (*core.TickRecord, error) {
	record, err := b.Log.Record(tick)
	if err != nil {
		return nil, err
	}
	edited := *record
	edited.Lanes = []core.LaneRow{b.row}
	return &edited, nil
}

type panicking struct{ *zonetest.Engine }

func (panicking) Apply(core.Transaction) (zone.Execution, error) { panic("engine bug") }

func TestZone_HaltsOnBrokenInvariants(t *testing.T) {
	for _, c := range []struct {
		name string
		wrap func(*zonetest.Engine) zone.Engine
		log  func(*zonetest.Log) zone.Log
		want string
	}{
		{"an engine panics", func(e *zonetest.Engine) zone.Engine { return panicking{e} }, nil, "engine bug"},
		{"a lane begins elsewhere", nil, func(l *zonetest.Log) zone.Log { return badRows{l, core.LaneRow{Rollup: 901, FirstSeq: 1, Count: 1}} }, "positions from seq 1"},
		{"a lane has more", nil, func(l *zonetest.Log) zone.Log { return badRows{l, core.LaneRow{Rollup: 901, Count: 2}} }, "2 positions"},
		{"a row without a section", nil, func(l *zonetest.Log) zone.Log { return badRows{l, core.LaneRow{Rollup: 902, Count: 1}} }, "positions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newStill(t)
			engines := make(map[core.RollupID]zone.Engine)
			for id, disk := range r.disks {
				e := zonetest.NewEngine(id, r.net.Genesis.Params, disk)
				if engines[id] = e; c.wrap != nil {
					engines[id] = c.wrap(e)
				}
			}
			var log zone.Log = r.log
			if c.log != nil {
				log = c.log(r.log)
			}
			z, err := zone.New(r.config(), engines, log)
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			r.tick(0)
			if err := z.Run(t.Context()); !errors.Is(err, zone.ErrInvariant) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if z.Executed() != 0 {
				t.Errorf("executed %d", z.Executed())
			}
		})
	}
}

func TestNew_RefusesForeignFolders(t *testing.T) {
	r := newStill(t)
	r.start()
	r.tick(0)
	r.executeAll()
	r.crash()
	for name, edit := range map[string]func(*core.Genesis){
		"another network": func(g *core.Genesis) { g.Name = "other" },
		"another zone":    func(g *core.Genesis) { g.Zones[0].ID = 9 },
	} {
		genesis := *r.net.Genesis
		genesis.Zones = append([]core.Zone(nil), genesis.Zones...)
		edit(&genesis)
		cfg := r.config()
		cfg.Genesis, cfg.Zone = &genesis, genesis.Zones[0].ID
		engines := make(map[core.RollupID]zone.Engine)
		for id, disk := range r.disks {
			engines[id] = zonetest.NewEngine(id, genesis.Params, disk)
		}
		if _, err := zone.New(cfg, engines, r.log); !errors.Is(err, zone.ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNew_RefusesIncompleteConfigurations(t *testing.T) {
	net := zonetest.NewNetwork(nil, 901, 902)
	disks := net.Disks()
	engine := func(id core.RollupID) zone.Engine { return zonetest.NewEngine(id, net.Genesis.Params, disks[id]) }
	good := zone.Config{Genesis: net.Genesis, Zone: zonetest.Zone, Dir: "/zone", FS: vfs.NewMem()}
	for _, c := range []struct {
		name    string
		edit    func(*zone.Config)
		engines map[core.RollupID]zone.Engine
		want    string
	}{
		{"no genesis", func(c *zone.Config) { c.Genesis = nil }, nil, "genesis is missing"},
		{"unknown zone", func(c *zone.Config) { c.Zone = 5 }, nil, "zone 5"},
		{"no folder", func(c *zone.Config) { c.Dir = "" }, map[core.RollupID]zone.Engine{901: engine(901), 902: engine(902)}, "dir is empty"},
		{"missing engine", func(*zone.Config) {}, map[core.RollupID]zone.Engine{901: engine(901)}, "no engine for rollup 902"},
		{"foreign engine", func(*zone.Config) {}, map[core.RollupID]zone.Engine{901: engine(901), 902: engine(902), 903: engine(901)}, "3 engines for 2"},
	} {
		cfg := good
		c.edit(&cfg)
		if _, err := zone.New(cfg, c.engines, zonetest.NewLog(net.Genesis)); !errors.Is(err, zone.ErrConfig) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Recovering a sender is the dearest part of a transfer, so it must not be done twice.
func TestZone_ReusesKnownTransactions(t *testing.T) {
	r := newStill(t)
	tx := r.net.Sign(zonetest.Tx{Rollup: 901, From: "a"})
	var executed *gethtypes.Transaction
	r.wrap = func(e *zonetest.Engine) zone.Engine { return spy{e, func(tx core.Transaction) { executed = tx.Eth() }} }
	engines := make(map[core.RollupID]zone.Engine)
	for id, disk := range r.disks {
		engines[id] = r.wrap(zonetest.NewEngine(id, r.net.Genesis.Params, disk))
	}
	cfg := r.config()
	cfg.Known = func(id core.RollupID, hash common.Hash) *gethtypes.Transaction {
		if id == 901 && hash == tx.Hash() {
			return tx.Eth()
		}
		return nil
	}
	z, err := zone.New(cfg, engines, r.log)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- z.Run(ctx) }()
	r.tick(0)
	err = z.WaitExecuted(ctx, 1)
	cancel()
	if err := errors.Join(err, <-ended); err != nil {
		t.Fatal(err)
	}
	if executed != tx.Eth() {
		t.Error("the log's own transaction object was executed")
	}
}

type spy struct {
	*zonetest.Engine
	saw func(core.Transaction)
}

func (s spy) Apply(tx core.Transaction) (zone.Execution, error) {
	s.saw(tx)
	return s.Engine.Apply(tx)
}
