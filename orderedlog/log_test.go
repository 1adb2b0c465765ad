package orderedlog_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/orderedlog"
)

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902
	rollupC core.RollupID = 10 // its operator tells blocks
)

var network = common.Hash{1}

func kind(id core.RollupID) (core.RollupKind, bool) {
	if id == rollupC {
		return core.KindOPStack, true
	}
	return core.KindEVM, id == rollupA || id == rollupB
}

func open(t *testing.T, dir string) *orderedlog.Log {
	t.Helper()
	l, err := orderedlog.Open(orderedlog.Config{Dir: dir, Network: network, Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// chain decides ticks one after another, as the ordering machine does.
type chain struct {
	t     *testing.T
	key   *ecdsa.PrivateKey
	heads map[core.RollupID]core.LaneHead
	tick  uint64
	nonce uint64
}

func newChain(t *testing.T) *chain {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &chain{t: t, key: key, heads: make(map[core.RollupID]core.LaneHead)}
}

func (c *chain) tx(rollup core.RollupID) core.Transaction {
	c.t.Helper()
	c.nonce++
	eth, err := gethtypes.SignNewTx(c.key, gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup))),
		&gethtypes.DynamicFeeTx{ChainID: new(big.Int).SetUint64(uint64(rollup)), Nonce: c.nonce, Gas: 21000, To: &common.Address{}})
	if err != nil {
		c.t.Fatal(err)
	}
	tx, err := core.NewTransaction(rollup, eth)
	if err != nil {
		c.t.Fatal(err)
	}
	return tx
}

func (c *chain) bundle(rollups ...core.RollupID) core.DecodedBundle {
	c.t.Helper()
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: 1}
	for _, r := range rollups {
		b.Legs = append(b.Legs, core.Leg{Rollup: r, Tx: c.tx(r).Raw()})
	}
	d, err := b.DecodeLegs(network, kind)
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

func (c *chain) decide(bundles []core.DecodedBundle, sections ...core.Section) *core.Decided {
	c.tick++
	tick := &core.Tick{Number: c.tick, Time: 1000 + c.tick, Bundles: bundles, Sections: sections}
	d := &core.Decided{Tick: tick, Record: &core.TickRecord{Number: tick.Number, Time: tick.Time, Payload: tick.Payload()}}
	for _, r := range []core.RollupID{rollupC, rollupA, rollupB} {
		if row, ok := c.heads[r].Advance(network, r, tick.Number, tick.LaneItems(r)); ok {
			d.Record.Lanes = append(d.Record.Lanes, row)
			c.heads[r] = row.After()
		}
	}
	d.Ledger = []core.KV{{Key: []byte("height"), Value: core.U64(c.tick)}}
	return d
}

func appendAll(t *testing.T, l *orderedlog.Log, ticks ...*core.Decided) {
	t.Helper()
	for _, d := range ticks {
		if err := l.Append(d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLog_GivesBackWhatWasAppendedAfterReopening(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newChain(t)
	l := open(t, dir)
	bundle := c.bundle(rollupA, rollupB, rollupA)
	single := c.tx(rollupA)
	first := c.decide([]core.DecodedBundle{bundle}, core.Section{Rollup: rollupA, Txs: []core.Transaction{single}})
	second := c.decide(nil)
	third := c.decide(nil, core.Section{Rollup: rollupA, Txs: []core.Transaction{c.tx(rollupA), single}})
	appendAll(t, l, first, second, third)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	l = open(t, dir)
	if l.Head() != 3 {
		t.Fatalf("head is %d, want 3", l.Head())
	}
	for _, want := range []*core.Decided{first, second, third} {
		got, err := l.Record(want.Record.Number)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Encode()) != string(want.Record.Encode()) {
			t.Fatalf("tick %d differs after reopening", want.Record.Number)
		}
	}
	places, err := l.Places(single.Hash())
	if err != nil || len(places) != 2 || places[0] != (core.Place{Rollup: rollupA, Seq: 2, Tick: 1}) || places[1] != (core.Place{Rollup: rollupA, Seq: 4, Tick: 3}) {
		t.Fatalf("places of a transaction ordered twice: %+v, %v", places, err)
	}
	bundles, err := l.BundlePlaces(bundle.Hash)
	if err != nil || len(bundles) != 1 || bundles[0] != (core.BundlePlace{Tick: 1}) {
		t.Fatalf("places of the bundle: %+v, %v", bundles, err)
	}
	rows, err := l.Ledger()
	if err != nil || len(rows) != 1 || string(rows[0].Key) != "height" || string(rows[0].Value) != string(core.U64(3)) {
		t.Fatalf("ledger: %+v, %v", rows, err)
	}
}

func TestLog_KeepsWhatWasHeardAndNeverLess(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newChain(t)
	l := open(t, dir)
	heard := func(zone core.ZoneID, tick uint64) core.Attested {
		return core.Attested{Zone: zone, Tick: tick, Digest: common.Hash{byte(zone), byte(tick)}}
	}
	if got := l.Heard(1); got != (core.Attested{Zone: 1}) {
		t.Errorf("nothing was heard, got %+v", got)
	}
	for _, now := range [][]core.Attested{{heard(1, 3)}, {heard(1, 5), heard(2, 4)}, {heard(1, 4), heard(2, 6)}, nil} {
		d := c.decide(nil)
		d.Heard = now
		appendAll(t, l, d)
	}
	for range 2 { // before and after a restart
		for zone, tick := range map[core.ZoneID]uint64{1: 5, 2: 6} {
			if got := l.Heard(zone); got != heard(zone, tick) {
				t.Errorf("zone %s: heard %+v, want tick %d", zone, got, tick)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir)
	}
}

func TestLog_LaneIsReadAcrossTicksFromAnyPosition(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	appendAll(t, l, c.decide([]core.DecodedBundle{c.bundle(rollupA, rollupB, rollupA)}, core.Section{Rollup: rollupA, Txs: []core.Transaction{c.tx(rollupA)}}),
		c.decide(nil), c.decide(nil, core.Section{Rollup: rollupA, Txs: []core.Transaction{c.tx(rollupA), c.tx(rollupA)}}))
	all, err := l.Lane(rollupA, 0, 100)
	if err != nil || len(all) != 5 {
		t.Fatalf("lane has %d positions (%v), want 5", len(all), err)
	}
	for from := range uint64(6) {
		part, err := l.Lane(rollupA, from, 2)
		if err != nil {
			t.Fatal(err)
		}
		if want := min(2, 5-int(from)); len(part) != want {
			t.Fatalf("from %d: %d positions, want %d", from, len(part), want)
		}
		for i, entry := range part {
			if entry.Seq != from+uint64(i) || entry.Item.Tx.Hash() != all[entry.Seq].Item.Tx.Hash() {
				t.Fatalf("from %d: position %d is seq %d", from, i, entry.Seq)
			}
		}
	}
	if !all[0].Item.IsLeg() || all[1].Item.Leg != 2 || all[2].Item.IsLeg() || all[3].Tick != 3 {
		t.Fatalf("bundle legs, singles and ticks are mixed up: %+v", all)
	}
}

func TestLog_RefusesGapsAndConflictsAndAcceptsReplay(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	first, second, third := c.decide(nil), c.decide(nil), c.decide(nil)
	appendAll(t, l, first, first)
	if err := l.Append(third); !errors.Is(err, orderedlog.ErrGap) {
		t.Fatalf("gap: %v", err)
	}
	appendAll(t, l, second, first)
	other := *first.Record
	other.Time++
	if err := l.Append(&core.Decided{Record: &other, Tick: first.Tick}); !errors.Is(err, orderedlog.ErrConflict) {
		t.Fatalf("conflict: %v", err)
	}
	if _, err := l.Record(9); !errors.Is(err, orderedlog.ErrNotFound) {
		t.Fatalf("missing tick: %v", err)
	}
}

func TestLog_RefusesFolderOfAnotherNetwork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	_, err := orderedlog.Open(orderedlog.Config{Dir: dir, Network: common.Hash{2}, Kind: kind})
	if !errors.Is(err, orderedlog.ErrForeign) {
		t.Fatalf("foreign folder: %v", err)
	}
}

func TestLog_WaitReturnsWithTheTickTheContextOrTheEnd(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	reached := make(chan error, 1)
	go func() { reached <- l.Wait(t.Context(), 2) }()
	appendAll(t, l, c.decide(nil), c.decide(nil))
	if err := <-reached; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Wait(ctx, 3); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled wait: %v", err)
	}
	go func() { reached <- l.Wait(t.Context(), 3) }()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-reached; !errors.Is(err, orderedlog.ErrClosed) {
		t.Fatalf("wait on a closed log: %v", err)
	}
	if _, err := l.Record(1); !errors.Is(err, orderedlog.ErrClosed) {
		t.Fatalf("read of a closed log: %v", err)
	}
}

func TestLog_KeepsRecentTicksBounded(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	l := open(t, t.TempDir())
	for range 1100 {
		appendAll(t, l, c.decide(nil))
	}
	for _, n := range []uint64{1, 50, 1100} {
		if tick, err := l.Decoded(n); err != nil || tick.Number != n {
			t.Fatalf("tick %d: %v", n, err)
		}
	}
}
