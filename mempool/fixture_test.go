package mempool_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

const (
	rollupA = mempooltest.EVMA
	rollupB = mempooltest.EVMB
	rollupC = mempooltest.EVMC
	opaque  = mempooltest.Opaque
)

type transfer = mempooltest.Transfer

// startMs is the time at which the fixture's clock starts.
const startMs = 1_800_000_000_000

// fixture is a pool with an order and an executed state around it.
type fixture struct {
	t     *testing.T
	pool  *mempool.Pool
	state *mempooltest.State
	clock atomic.Int64 // ms
	tick  uint64
	seqs  map[core.RollupID]uint64
}

func newFixture(t *testing.T, change ...func(*mempool.Config)) *fixture {
	t.Helper()
	cfg := mempool.Default()
	for _, c := range change {
		c(&cfg)
	}
	f := &fixture{t: t, state: mempooltest.NewState(), seqs: make(map[core.RollupID]uint64)}
	f.clock.Store(startMs)
	pool, err := mempool.New(cfg, mempooltest.Genesis(), f.state, func() time.Time { return time.UnixMilli(f.clock.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	f.pool = pool
	return f
}

func (f *fixture) add(tr transfer) (common.Hash, error) {
	if tr.Rollup == 0 {
		tr.Rollup = rollupA
	}
	return f.pool.AddTransaction(f.t.Context(), tr.Rollup, tr.Raw())
}

func (f *fixture) mustAdd(tr transfer) common.Hash {
	f.t.Helper()
	hash, err := f.add(tr)
	if err != nil {
		f.t.Fatalf("add %+v: %v", tr, err)
	}
	return hash
}

// bundle makes an execution bundle of these legs that is valid for a minute.
func (f *fixture) bundle(legs ...transfer) *core.Bundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(f.clock.Load()) + 60_000}
	for _, leg := range legs {
		if leg.Rollup == 0 {
			leg.Rollup = rollupA
		}
		b.Legs = append(b.Legs, core.Leg{Rollup: leg.Rollup, Tx: leg.Raw()})
	}
	return b
}

func (f *fixture) mustAddBundle(b *core.Bundle) common.Hash {
	f.t.Helper()
	id, err := f.pool.AddBundle(f.t.Context(), b)
	if err != nil {
		f.t.Fatalf("add bundle: %v", err)
	}
	return id
}

// budget has room for everything.
func (f *fixture) budget() core.Budget {
	params := core.DefaultParams()
	b := core.Budget{
		Tick: f.tick + 1, Time: uint64(f.clock.Load()), Bytes: params.MaxTickBytes,
		SingleGas: make(map[core.RollupID]uint64), BundleGas: make(map[core.ZoneID]uint64),
	}
	for _, r := range mempooltest.Genesis().Rollups {
		b.SingleGas[r.ID] = params.SingleGasCapacity
	}
	for _, z := range mempooltest.Genesis().Zones {
		b.BundleGas[z.ID] = params.BundleGasCapacity
	}
	return b
}

func (f *fixture) sel() core.Candidates { return f.pool.Select(f.budget()) }

// commit decides a tick of these candidates.
func (f *fixture) commit(c core.Candidates) *core.Decided {
	f.tick++
	d := mempooltest.Decide(f.tick, uint64(f.clock.Load()), c, f.seqs)
	f.pool.Committed(d)
	return d
}

// order selects and commits everything selectable.
func (f *fixture) order() core.Candidates {
	c := f.sel()
	f.commit(c)
	return c
}

// executed publishes the newest tick.
func (f *fixture) executed() { f.pool.Executed(f.tick) }

// nonces lists the nonces of a rollup's section.
func nonces(c core.Candidates, rollup core.RollupID) []uint64 {
	var list []uint64
	for _, s := range c.Sections {
		if s.Rollup == rollup {
			for _, tx := range s.Txs {
				list = append(list, tx.Eth().Nonce())
			}
		}
	}
	return list
}

func count(c core.Candidates) (n int) {
	for _, s := range c.Sections {
		n += len(s.Txs)
	}
	return n
}

// wantRefusal checks that err matches a sentinel and that its text names what is wrong.
func wantRefusal(t *testing.T, err, sentinel error, text ...string) {
	t.Helper()
	if !errors.Is(err, sentinel) {
		t.Fatalf("have error %v, want %v", err, sentinel)
	}
	for _, s := range text {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not say %q", err, s)
		}
	}
}
