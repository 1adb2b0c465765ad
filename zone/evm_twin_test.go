package zone_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
	"github.com/lockstep-network/lockstep/zone/zonetest"
)

const evmTwinTicks = 80

// TestZone_EVMTwinsAgree is TestZone_TwinsAgree with go-ethereum on disk. The restless twin dies in the middle of engine
// calls, and what a new process finds is a copy of its folders at that moment, not closed.
func TestZone_EVMTwinsAgree(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			net := evmNetwork(t)
			log := zonetest.NewLog(net.Genesis)
			steady := newEVMRig(t, net, log)
			if err := steady.open(nil); err != nil {
				t.Fatal(err)
			}
			finish := steady.live(seed)
			log.Attest(steady.zone.Digest)
			restless := newEVMRig(t, net, log)
			if deaths := restless.liveAndDie(rand.New(rand.NewPCG(seed, 1))); deaths < 5 {
				t.Fatalf("died %d times only: the test shows nothing", deaths)
			}
			codes := compareTwins(t, log, steady.twin(), restless.twin())
			for _, code := range []core.OutcomeCode{core.Included, core.VoidBlockFull, core.VoidLegReverted, core.VoidOtherLeg, core.VoidCommitment, core.VoidAssertion} {
				if codes[code] == 0 {
					t.Errorf("no position is %s: the traffic shows too little (%v)", code, codes)
				}
			}
			if err := finish(); err != nil {
				t.Error(err)
			}
		})
	}
}

// counterCode counts its calls in slot 0 and logs; with calldata it reverts.
var counterCode = common.FromHex("36600f57" + "5f54600101" + "5f55" + "5f5fa0" + "00" + "5b" + "5f5ffd")

// evmNetwork has two rollups on which "sink" is a contract, and blocks so small that lanes stop.
func evmNetwork(t *testing.T) *zonetest.Network {
	t.Helper()
	net := zonetest.NewNetwork(func(p *core.Params) { p.BlockGas, p.MaxTxGas = 200_000, 100_000 }, 901, 902)
	for i := range net.Genesis.Rollups {
		alloc := evm.SystemAlloc(net.Genesis.Predeploy)
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			alloc[net.Address(name)] = gethtypes.Account{Balance: new(big.Int).SetUint64(zonetest.Funds)}
		}
		alloc[net.Address("sink")] = gethtypes.Account{
			Code: counterCode, Balance: new(big.Int), Storage: map[common.Hash]common.Hash{{}: {31: 1}},
		}
		alloc[net.Address(program)] = gethtypes.Account{Code: zonetest.ProgramCode, Balance: new(big.Int)}
		net.Genesis.Rollups[i].EVM = &core.EVMGenesis{BaseFee: 7, Alloc: alloc}
	}
	return net
}

// evmRig runs a zone over go-ethereum's folders.
type evmRig struct {
	t     *testing.T
	net   *zonetest.Network
	log   *zonetest.Log
	fs    vfs.FS
	home  string // of the zone in fs
	dir   string // of the chains
	lives int

	zone   *zone.Zone
	chains map[core.RollupID]*evm.Chain
}

func newEVMRig(t *testing.T, net *zonetest.Network, log *zonetest.Log) *evmRig {
	return &evmRig{t: t, net: net, log: log, fs: vfs.NewStrictMem(), home: "/zone", dir: t.TempDir()}
}

// chainDir is the folder of a rollup in the current life.
func (r *evmRig) chainDir(id core.RollupID) string {
	return filepath.Join(r.dir, fmt.Sprint(r.lives), id.String())
}

func (r *evmRig) open(wrap func(zone.Engine) zone.Engine) error {
	r.t.Helper()
	r.chains = make(map[core.RollupID]*evm.Chain)
	engines := make(map[core.RollupID]zone.Engine)
	for _, id := range r.net.Genesis.Zones[0].Rollups {
		chain, err := evm.Open(evm.ConfigOf(r.net.Genesis, id, r.chainDir(id)))
		if err != nil {
			r.t.Fatal(err)
		}
		r.t.Cleanup(func() { _ = chain.Close() })
		r.chains[id], engines[id] = chain, chain
		if wrap != nil {
			engines[id] = wrap(chain)
		}
	}
	z, err := zone.New(zone.Config{
		Genesis: r.net.Genesis, Zone: zonetest.Zone, Dir: r.home, FS: r.fs, Shown: r.log.Head(), Build: fmt.Sprint("life ", r.lives),
	}, engines, r.log)
	if err == nil {
		r.t.Cleanup(func() { _ = z.Close() })
	}
	r.zone = z
	return err
}

// run starts the loop; the result ends it and gives its error.
func (r *evmRig) run() (finish func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	z := r.zone
	go func() { ended <- z.Run(ctx) }()
	finish = func() error {
		cancel()
		return <-ended
	}
	r.t.Cleanup(cancel)
	return finish
}

// live fills the log with traffic and executes it; the result ends the loop and gives its error.
func (r *evmRig) live(seed uint64) (finish func() error) {
	r.t.Helper()
	finish = r.run()
	traffic := zonetest.NewTraffic(r.net, r.log, seed, r.nonce)
	traffic.Price, traffic.About = 1_000_000, program
	traffic.Assert = func(a core.Assertion) zonetest.Tx {
		return zonetest.Tx{To: program, Gas: 50_000, Data: zonetest.Program(nil).Assert(a)}
	}
	for range evmTwinTicks {
		traffic.Tick()
		if err := r.zone.WaitExecuted(r.t.Context(), r.log.Head()); err != nil {
			r.t.Fatal(err, finish())
		}
	}
	return finish
}

func (r *evmRig) nonce(id core.RollupID, name string) uint64 {
	account, err := r.chains[id].View().Account(r.net.Address(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return account.Nonce
}

func (r *evmRig) twin() twin {
	engines := make(map[core.RollupID]zone.Engine)
	for id, c := range r.chains {
		engines[id] = c
	}
	return twin{r.zone, engines}
}

// liveAndDie runs the zone until all is executed, dying on the way, and counts the deaths.
func (r *evmRig) liveAndDie(rng *rand.Rand) int {
	r.t.Helper()
	for deaths := 0; ; deaths++ {
		life := &life{left: 10 + rng.IntN(250), after: rng.IntN(2) == 0}
		err := r.open(life.wrap)
		if err == nil {
			err = r.untilExecuted()
		}
		if err == nil {
			return deaths
		}
		if !errors.Is(err, errDied) {
			r.t.Fatalf("death %d: %v", deaths, err)
		}
		r.image(rng.IntN(2) == 0)
	}
}

// untilExecuted runs the zone until the log's end is executed, or gives the error that ended it before.
func (r *evmRig) untilExecuted() error {
	ctx, cancel := context.WithCancel(r.t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- r.zone.Run(ctx) }()
	err := r.zone.WaitExecuted(ctx, r.log.Head())
	cancel()
	return errors.Join(<-ended, ignoreStopped(err))
}

// ignoreStopped leaves it to Run's own error to say why the zone stopped.
func ignoreStopped(err error) error {
	if errors.Is(err, zone.ErrStopped) {
		return nil
	}
	return err
}

// image makes the folders of the next life: go-ethereum's as they are on disk now, the zone's as they are or without
// what was not synced.
func (r *evmRig) image(powerLoss bool) {
	r.t.Helper()
	from := make(map[core.RollupID]string)
	for id := range r.chains {
		from[id] = r.chainDir(id)
	}
	r.lives++
	for id, dir := range from {
		if err := os.CopyFS(r.chainDir(id), os.DirFS(dir)); err != nil {
			r.t.Fatal(err)
		}
		if err := r.chains[id].Close(); err != nil {
			r.t.Fatal(err)
		}
	}
	if r.zone == nil {
		return // died while recovering; New has closed the files
	}
	mem := r.fs.(*vfs.MemFS)
	mem.SetIgnoreSyncs(powerLoss)
	if err := r.zone.Close(); err != nil {
		r.t.Fatal(err)
	}
	if powerLoss {
		mem.ResetToSyncedState()
		mem.SetIgnoreSyncs(false)
	}
}
