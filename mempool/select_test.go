package mempool_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/mempool/mempooltest"
)

func TestSelect_RotatesOverRollups(t *testing.T) {
	f := newFixture(t)
	data := make([]byte, 4000) // one transaction per turn
	for i := range 30 {
		f.mustAdd(transfer{Key: i, Data: data, Gas: 1e6})
		f.mustAdd(transfer{Rollup: rollupB, Key: i, Data: data, Gas: 1e6})
	}
	f.mustAdd(transfer{Rollup: rollupC, Data: data, Gas: 1e6})
	budget := f.budget()
	budget.Bytes = 11 * 4200
	c := f.pool.Select(budget)
	if a, b, one := len(nonces(c, rollupA)), len(nonces(c, rollupB)), len(nonces(c, rollupC)); a != 5 || b != 5 || one != 1 {
		t.Errorf("A %d, B %d, C %d, want 5, 5, 1", a, b, one)
	}
	firsts := make(map[core.RollupID]int)
	budget.Bytes = 4200
	for tick := range uint64(50) {
		budget.Tick = tick
		c := f.pool.Select(budget)
		if count(c) != 1 {
			t.Fatalf("tick %d: %d transactions, want 1", tick, count(c))
		}
		firsts[c.Sections[0].Rollup]++
	}
	for _, rollup := range []core.RollupID{rollupA, rollupB, rollupC} {
		if firsts[rollup] < 10 {
			t.Errorf("rollup %s was first %d times of 50", rollup, firsts[rollup])
		}
	}
}

func TestSelect_BytesNotCountsAreShared(t *testing.T) {
	f := newFixture(t)
	for i := range 8 {
		f.mustAdd(transfer{Key: i, Data: make([]byte, 16000), Gas: 1e6})
	}
	for i := range 200 {
		f.mustAdd(transfer{Rollup: rollupB, Key: i, Data: make([]byte, 500), Gas: 1e6})
	}
	budget := f.budget()
	budget.Bytes = 100_000
	c := f.pool.Select(budget)
	size := func(rollup core.RollupID) (n int) {
		for _, s := range c.Sections {
			if s.Rollup == rollup {
				n = len(s.Encode())
			}
		}
		return n
	}
	if a, b := size(rollupA), size(rollupB); a < 30_000 || b < 40_000 {
		t.Errorf("A got %d bytes, B %d, of 100,000", a, b)
	}
}

func TestSelect_SendersTakeTurns(t *testing.T) {
	f := newFixture(t)
	for n := range uint64(50) {
		f.mustAdd(transfer{Key: 1, Nonce: n})
	}
	f.mustAdd(transfer{Key: 2})
	budget := f.budget()
	budget.SingleGas[rollupA] = 3 * mempooltest.TransferGas
	c := f.pool.Select(budget)
	if have := nonces(c, rollupA); !slices.Equal(have, []uint64{0, 0, 1}) {
		t.Errorf("selected %v", have)
	}
	f.commit(c)
	f.mustAdd(transfer{Key: 3})
	f.mustAdd(transfer{Key: 2, Nonce: 1})
	if have := nonces(f.pool.Select(budget), rollupA); !slices.Equal(have, []uint64{2, 0, 1}) { // key 1 is longest ready
		t.Errorf("then selected %v", have)
	}
}

func TestSelect_KeepsToGas(t *testing.T) {
	f := newFixture(t)
	f.mustAdd(transfer{Key: 1, Gas: 1 << 20})
	f.mustAdd(transfer{Key: 1, Nonce: 1})
	f.mustAdd(transfer{Key: 2, Gas: 30_000})
	f.mustAdd(transfer{Rollup: rollupB, Key: 1})
	budget := f.budget()
	budget.SingleGas = map[core.RollupID]uint64{rollupA: 60_000}
	c := f.pool.Select(budget)
	if len(c.Sections) != 1 || len(c.Sections[0].Txs) != 1 || c.Sections[0].Txs[0].Eth().Gas() != 30_000 {
		t.Errorf("selected %v on A, %v on B", nonces(c, rollupA), nonces(c, rollupB))
	}
}

func TestSelect_OrdersOpaqueBytesAsTheyCame(t *testing.T) {
	f := newFixture(t)
	for i := range 20 {
		if _, err := f.pool.AddTransaction(t.Context(), opaque, fmt.Appendf(nil, "entry %02d", i)); err != nil {
			t.Fatal(err)
		}
	}
	c := f.order()
	for i, tx := range c.Sections[0].Txs {
		if have := string(tx.Raw()); have != fmt.Sprintf("entry %02d", i) {
			t.Fatalf("position %d: %q", i, have)
		}
	}
	if pending, _ := f.pool.Stats(opaque); pending != 0 || !f.sel().Empty() {
		t.Error("ordered opaque entries are still there")
	}
	_, err := f.pool.AddTransaction(t.Context(), opaque, []byte("entry 03"))
	wantRefusal(t, err, mempool.ErrAlreadyKnown)
}

func TestSelect_BundleExcludesItsSendersFromSections(t *testing.T) {
	f := newFixture(t)
	id := f.mustAddBundle(f.bundle(transfer{Key: 1}, transfer{Rollup: rollupB, Key: 2}))
	f.mustAddBundle(f.bundle(transfer{Key: 1, Gas: 30_000}, transfer{Rollup: rollupB, Key: 3})) // key 1 again
	f.mustAdd(transfer{Key: 1, Gas: 22_000})
	f.mustAdd(transfer{Key: 2}) // the sender of the other leg, on the other rollup
	f.mustAdd(transfer{Rollup: rollupB, Key: 3})
	c := f.sel()
	if len(c.Bundles) != 1 || c.Bundles[0].Hash != id {
		t.Fatalf("selected bundles %v", c.Bundles)
	}
	if len(nonces(c, rollupA)) != 1 || len(nonces(c, rollupB)) != 1 {
		t.Errorf("selected singles A %v, B %v", nonces(c, rollupA), nonces(c, rollupB))
	}
}

func TestSelect_SameTransactionAloneAndInBundle(t *testing.T) {
	leg, other := transfer{Key: 1}, transfer{Rollup: rollupB, Key: 2}
	t.Run("bundle first", func(t *testing.T) {
		f := newFixture(t)
		f.mustAddBundle(f.bundle(leg, other))
		f.mustAdd(leg)
		if c := f.sel(); len(c.Bundles) != 1 || count(c) != 0 {
			t.Errorf("%d bundles, %d singles", len(c.Bundles), count(c))
		}
	})
	t.Run("single first", func(t *testing.T) { // nobody can hold up an open transaction by wrapping it
		f := newFixture(t)
		f.mustAdd(leg)
		id := f.mustAddBundle(f.bundle(leg, other))
		if c := f.order(); len(c.Bundles) != 0 || count(c) != 1 {
			t.Errorf("%d bundles, %d singles", len(c.Bundles), count(c))
		}
		f.state.SetNonce(rollupA, mempooltest.Addr(1), 1)
		f.executed()
		reason, _ := f.pool.Dropped(id)
		wantRefusal(t, reason, mempool.ErrNonceTooLow, "legs[0].tx", "next nonce 1, tx nonce 0")
	})
}

func TestSelect_BundleWaitsForItsTurnAndTime(t *testing.T) {
	f := newFixture(t)
	later := f.bundle(transfer{Key: 1})
	later.NotBefore = startMs + 1000
	f.mustAddBundle(later)
	f.mustAddBundle(f.bundle(transfer{Key: 2, Nonce: 1}))
	if c := f.sel(); len(c.Bundles) != 0 {
		t.Fatal("selected a bundle too early")
	}
	f.clock.Add(1000)
	f.mustAdd(transfer{Key: 2})
	if c := f.order(); len(c.Bundles) != 1 || count(c) != 1 {
		t.Fatalf("%d bundles, %d singles, want 1 and 1", len(c.Bundles), count(c))
	}
	if c := f.sel(); len(c.Bundles) != 0 {
		t.Fatal("selected a bundle whose sender has something in flight")
	}
	f.state.SetNonce(rollupA, mempooltest.Addr(2), 1)
	f.executed()
	if c := f.sel(); len(c.Bundles) != 1 {
		t.Error("the bundle did not follow")
	}
	budget := f.budget()
	budget.Time = startMs + 61_000
	if c := f.pool.Select(budget); len(c.Bundles) != 0 {
		t.Error("selected an expired bundle")
	}
	budget = f.budget()
	budget.Time = startMs - 600_000 // consensus time behind the clock: notAfter is too far away there
	if c := f.pool.Select(budget); len(c.Bundles) != 0 {
		t.Error("selected a bundle whose notAfter is too far away")
	}
}

func TestSelect_BundlesKeepToBudgetsAndLeaveHalfToSingles(t *testing.T) {
	f := newFixture(t)
	for i := range 10 {
		f.mustAddBundle(f.bundle(transfer{Key: i, Gas: 1e6, Data: make([]byte, 10_000)}))
	}
	f.mustAdd(transfer{Key: 100, Gas: 1e6, Data: make([]byte, 10_000)})
	budget := f.budget()
	budget.Bytes = 60_000
	if c := f.pool.Select(budget); len(c.Bundles) != 2 || count(c) != 1 {
		t.Errorf("%d bundles, %d singles, want 2 and 1", len(c.Bundles), count(c))
	}
	budget.Bytes = 12_000
	if c := f.pool.Select(budget); len(c.Bundles) != 1 || count(c) != 0 {
		t.Errorf("%d bundles, %d singles, want 1 and 0", len(c.Bundles), count(c))
	}
	budget = f.budget()
	budget.BundleGas[1] = 3_500_000
	if c := f.pool.Select(budget); len(c.Bundles) != 3 {
		t.Errorf("%d bundles within 3.5 million gas, want 3", len(c.Bundles))
	}
	if budget.BundleGas[1] != 3_500_000 {
		t.Error("Select changed the caller's budget")
	}
	delete(budget.BundleGas, 1)
	if c := f.pool.Select(budget); len(c.Bundles) != 0 {
		t.Error("selected bundles of a zone without gas")
	}
}

// TestSelect_LayoutInvariants checks on random pools what ordering would refuse a proposal for, and that nothing is
// offered twice over many ticks.
func TestSelect_LayoutInvariants(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			f, rng := newFixture(t), rand.New(rand.NewPCG(seed, 1))
			ordered := make(map[common.Hash]bool)
			used := make(map[string]uint64)
			for range 12 {
				for range rng.IntN(60) {
					f.randomEntry(rng)
				}
				budget := f.budget()
				budget.Bytes = uint64(2000 + rng.IntN(40_000))
				budget.SingleGas[rollupA] = uint64(rng.IntN(1_000_000))
				budget.BundleGas[1] = uint64(rng.IntN(500_000))
				kept := maps.Clone(budget.SingleGas)
				c := f.pool.Select(budget)
				if !maps.Equal(kept, budget.SingleGas) {
					t.Fatal("Select changed the caller's budget")
				}
				checkLayout(t, c, budget, ordered, used)
				f.commit(c)
				if rng.IntN(3) > 0 {
					f.apply(used, rng)
				}
			}
			if len(ordered) == 0 {
				t.Error("nothing was ever selected")
			}
		})
	}
}

// randomEntry submits something that may be refused.
func (f *fixture) randomEntry(rng *rand.Rand) {
	random := func() transfer {
		return transfer{
			Rollup: []core.RollupID{rollupA, rollupB}[rng.IntN(2)], Key: rng.IntN(6), Nonce: uint64(rng.IntN(12)),
			FeeCap: int64(100 + rng.IntN(50)), Tip: int64(1 + rng.IntN(5)), Data: make([]byte, rng.IntN(2000)),
			Gas: 21_000 + uint64(rng.IntN(100_000)),
		}
	}
	switch rng.IntN(5) {
	case 0:
		legs := []transfer{random(), random(), random()}[:1+rng.IntN(3)]
		_, _ = f.pool.AddBundle(f.t.Context(), f.bundle(legs...))
	case 1:
		_, _ = f.pool.AddTransaction(f.t.Context(), opaque, make([]byte, 1+rng.IntN(3000)))
	default:
		_, _ = f.add(random())
	}
}

// apply executes everything ordered: for most senders all of it is included, for some all of it is void.
func (f *fixture) apply(used map[string]uint64, rng *rand.Rand) {
	for _, rollup := range []core.RollupID{rollupA, rollupB} {
		for key := range 6 {
			addr := mempooltest.Addr(key)
			if rng.IntN(5) > 0 {
				f.state.SetNonce(rollup, addr, used[senderKey(rollup, addr)])
				continue
			}
			nonce, _, _, err := f.state.Account(rollup, addr)
			if err != nil {
				f.t.Fatal(err)
			}
			used[senderKey(rollup, addr)] = nonce
		}
	}
	f.executed()
}

func senderKey(rollup core.RollupID, addr common.Address) string {
	return rollup.String() + addr.String()
}

// checkLayout checks one selection. used holds every sender's next nonce.
func checkLayout(t *testing.T, c core.Candidates, b core.Budget, ordered map[common.Hash]bool, used map[string]uint64) {
	t.Helper()
	g := mempooltest.Genesis()
	tick := core.Tick{Bundles: c.Bundles, Sections: c.Sections}
	var bytes uint64
	for _, p := range tick.Payload() {
		bytes += uint64(len(p))
	}
	if bytes > b.Bytes {
		t.Fatalf("%d bytes, budget %d", bytes, b.Bytes)
	}
	take := func(tx core.Transaction) {
		if ordered[tx.Hash()] {
			t.Fatalf("%s offered twice", tx.Hash())
		}
		ordered[tx.Hash()] = true
		if eth := tx.Eth(); eth != nil {
			key := sender(t, tx)
			if eth.Nonce() != used[key] {
				t.Fatalf("nonce %d of %s offered, next is %d", eth.Nonce(), key, used[key])
			}
			used[key]++
		}
	}
	place := make(map[string]int) // sender → 1 + index of its bundle
	var bundleGas uint64
	for i, bundle := range c.Bundles {
		if err := g.CheckBundle(bundle, b.Time); err != nil {
			t.Fatal(err)
		}
		for _, tx := range bundle.Txs {
			take(tx)
			bundleGas += tx.Eth().Gas()
			key := sender(t, tx)
			if at, ok := place[key]; ok && at != i+1 {
				t.Fatalf("%s in two bundles", key)
			}
			place[key] = i + 1
		}
	}
	if bundleGas > b.BundleGas[1] {
		t.Fatalf("bundles of %d gas, budget %d", bundleGas, b.BundleGas[1])
	}
	for i, section := range c.Sections {
		if i > 0 && c.Sections[i-1].Rollup >= section.Rollup {
			t.Fatalf("section %d of rollup %s is out of order", i, section.Rollup)
		}
		checkSection(t, section, b.SingleGas[section.Rollup], take, place)
	}
}

// checkSection checks one section; inBundle holds the senders that a bundle took.
func checkSection(t *testing.T, s core.Section, budget uint64, take func(core.Transaction), inBundle map[string]int) {
	t.Helper()
	if len(s.Txs) == 0 {
		t.Fatalf("section of rollup %s is empty", s.Rollup)
	}
	var gas uint64
	for _, tx := range s.Txs {
		if err := mempooltest.Genesis().CheckSingle(tx); err != nil {
			t.Fatal(err)
		}
		take(tx)
		if tx.Eth() == nil {
			continue
		}
		gas += tx.Eth().Gas()
		if key := sender(t, tx); inBundle[key] != 0 {
			t.Fatalf("%s in a bundle and in a section", key)
		}
	}
	if gas > budget {
		t.Fatalf("section of rollup %s with %d gas, budget %d", s.Rollup, gas, budget)
	}
}

// sender names the (rollup, sender) pair of a transaction.
func sender(t *testing.T, tx core.Transaction) string {
	t.Helper()
	from, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(tx.Eth().ChainId()), tx.Eth())
	if err != nil {
		t.Fatal(err)
	}
	return senderKey(tx.Rollup(), from)
}

func BenchmarkSelect(b *testing.B) {
	for _, pending := range []int{1000, 10_000} {
		for _, bytes := range []uint64{64 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("pending=%d/bytes=%d", pending, bytes), func(b *testing.B) {
				benchmarkSelect(b, pending, bytes)
			})
		}
	}
}

// benchmarkSelect selects from a pool of single transactions on two rollups, one in ten of them waiting.
func benchmarkSelect(b *testing.B, pending int, bytes uint64) {
	pool, err := mempool.New(mempool.Default(), mempooltest.Genesis(), mempooltest.NewState(), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	for i := range pending {
		tr := transfer{Rollup: []core.RollupID{rollupA, rollupB}[i%2], Key: i / 10, Nonce: uint64(i % 10 / 2)}
		if i%10 >= 8 {
			tr.Nonce++ // a gap
		}
		if _, err := pool.AddTransaction(b.Context(), tr.Rollup, tr.Raw()); err != nil {
			b.Fatal(err)
		}
	}
	params := core.DefaultParams()
	budget := core.Budget{Tick: 1, Time: uint64(time.Now().UnixMilli()), Bytes: bytes, SingleGas: map[core.RollupID]uint64{
		rollupA: params.SingleGasCapacity, rollupB: params.SingleGasCapacity,
	}}
	b.ReportAllocs()
	selected := 0
	for b.Loop() {
		selected = count(pool.Select(budget))
	}
	if selected == 0 {
		b.Fatal("nothing selected")
	}
	b.ReportMetric(float64(selected), "txs/op")
}

// BenchmarkLife takes 1,000 transactions of 50 senders from submission to execution and tells what each step takes.
func BenchmarkLife(b *testing.B) {
	raws := make([][]byte, 1000)
	for i := range raws {
		raws[i] = transfer{Key: i / 20, Nonce: uint64(i % 20)}.Raw()
	}
	budget := core.Budget{Tick: 1, Bytes: 1 << 20, SingleGas: map[core.RollupID]uint64{rollupA: 1 << 30}}
	took := make(map[string]time.Duration)
	step := func(name string, do func()) {
		start := time.Now()
		do()
		took[name] += time.Since(start)
	}
	for b.Loop() {
		state := mempooltest.NewState()
		pool, err := mempool.New(mempool.Default(), mempooltest.Genesis(), state, time.Now)
		if err != nil {
			b.Fatal(err)
		}
		step("add", func() {
			for _, raw := range raws {
				if _, err := pool.AddTransaction(b.Context(), rollupA, raw); err != nil {
					b.Fatal(err)
				}
			}
		})
		step("reap", func() { pool.Reap(0) })
		var c core.Candidates
		step("select", func() { c = pool.Select(budget) })
		d := mempooltest.Decide(1, 1, c, make(map[core.RollupID]uint64))
		for key := range 50 {
			state.SetNonce(rollupA, mempooltest.Addr(key), 20)
		}
		step("commit", func() { pool.Committed(d) })
		step("execute", func() { pool.Executed(1) })
		if n := pool.Counters(); n.Txs != 0 || n.Ordered != 0 {
			b.Fatalf("left behind: %+v", n)
		}
	}
	for name, d := range took {
		b.ReportMetric(float64(d.Nanoseconds())/1000/float64(b.N)/float64(len(raws)), "µs/tx-"+name)
	}
}
