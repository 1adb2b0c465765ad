package explorer

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/core"
)

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902
	start   uint64        = 1_800_000_000_000
)

func testKey(n byte) *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(common.LeftPadBytes([]byte{n}, 32))
	if err != nil {
		panic(err)
	}
	return key
}

func testAddress(n byte) common.Address { return crypto.PubkeyToAddress(testKey(n).PublicKey) }

func testGenesis() *core.Genesis {
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "explorertest", Time: start, Params: core.DefaultParams(), Predeploy: core.DefaultPredeploy(),
		Zones: []core.Zone{{ID: 1, Rollups: []core.RollupID{rollupA, rollupB}}},
	}
	for n := byte(1); n <= 2; n++ {
		v, err := core.NewValidator(ed25519.NewKeyFromSeed(common.LeftPadBytes([]byte{n}, ed25519.SeedSize)), testKey(n), uint64(n)*10)
		if err != nil {
			panic(err)
		}
		g.Validators = append(g.Validators, v)
	}
	for _, id := range []core.RollupID{rollupA, rollupB} {
		g.Rollups = append(g.Rollups, core.Rollup{ID: id, Name: "rollup-" + id.String(), Kind: core.KindEVM, EVM: &core.EVMGenesis{BaseFee: 1}})
	}
	return g
}

// testTx is a transfer from account 1 to an address.
func testTx(rollup core.RollupID, nonce uint64, to common.Address) core.Transaction {
	signer := gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup)))
	tx, err := core.NewTransaction(rollup, gethtypes.MustSignNewTx(testKey(1), signer, &gethtypes.DynamicFeeTx{
		ChainID: signer.ChainID(), Nonce: nonce, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(1e9), Gas: 21000, To: &to, Value: big.NewInt(7),
	}))
	if err != nil {
		panic(err)
	}
	return tx
}

func testBundle(g *core.Genesis, txs ...core.Transaction) core.DecodedBundle {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: start + 60_000}
	for _, tx := range txs {
		b.Legs = append(b.Legs, core.Leg{Rollup: tx.Rollup(), Tx: tx.Raw()})
	}
	return core.DecodedBundle{Bundle: b, Hash: b.ID(g.NetworkID()), Txs: txs}
}

// network is everything that the explorer reads, in memory.
type network struct {
	genesis *core.Genesis

	mu       sync.Mutex
	grown    chan struct{}
	oldest   uint64
	records  []*core.TickRecord
	ticks    []*core.Tick
	heads    map[core.RollupID]core.LaneHead
	fates    map[core.Place]Fate // by rollup and seq; Tick is zero
	executed uint64
	agreed   uint64
	receipts map[common.Hash]*gethtypes.Receipt
	calls    func(result any, method string, args ...any) error
}

func newNetwork() *network {
	return &network{
		genesis: testGenesis(), grown: make(chan struct{}), oldest: 1, heads: make(map[core.RollupID]core.LaneHead),
		fates: make(map[core.Place]Fate), receipts: make(map[common.Hash]*gethtypes.Receipt),
	}
}

func (n *network) deps(dir string) Deps {
	return Deps{
		Genesis: n.genesis, Log: n, Ledger: n, RPC: n, Dir: dir, Version: "test", Logger: slog.New(slog.DiscardHandler),
		Zones: map[core.ZoneID]Zone{1: n}, Chains: map[core.RollupID]Chain{rollupA: chain{n, rollupA}, rollupB: chain{n, rollupB}},
		Pool: func() PoolState { return PoolState{Pending: 3} },
	}
}

// order appends a tick.
func (n *network) order(bundles []core.DecodedBundle, txs ...core.Transaction) uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	number := uint64(len(n.ticks)) + 1
	tick := &core.Tick{Number: number, Time: start + 10*number, Bundles: bundles}
	for _, id := range []core.RollupID{rollupA, rollupB} {
		s := core.Section{Rollup: id}
		for _, tx := range txs {
			if tx.Rollup() == id {
				s.Txs = append(s.Txs, tx)
			}
		}
		if len(s.Txs) > 0 {
			tick.Sections = append(tick.Sections, s)
		}
	}
	record := &core.TickRecord{Number: number, Time: tick.Time, Payload: tick.Payload()}
	for _, id := range []core.RollupID{rollupA, rollupB} {
		if row, ok := n.heads[id].Advance(n.genesis.NetworkID(), id, number, tick.LaneItems(id)); ok {
			record.Lanes = append(record.Lanes, row)
			n.heads[id] = row.After()
		}
	}
	n.records, n.ticks = append(n.records, record), append(n.ticks, tick)
	close(n.grown)
	n.grown = make(chan struct{})
	return number
}

// decide gives every position of a tick its outcome, and attests it if asked to.
func (n *network) decide(tick uint64, code core.OutcomeCode, attest bool) Result {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := Result{Zone: 1, Tick: tick}
	for _, row := range n.records[tick-1].Lanes {
		for i, item := range n.ticks[tick-1].LaneItems(row.Rollup) {
			seq := row.FirstSeq + uint64(i)
			f := Fate{Outcome: core.Outcome{Rollup: row.Rollup, Seq: seq, TxHash: item.Tx.Hash(), Code: code, Bundle: item.Bundle}, Tick: tick, FailingLeg: -1}
			n.fates[core.Place{Rollup: row.Rollup, Seq: seq}] = f
			r.Outcomes = append(r.Outcomes, f)
		}
		r.Rollups = append(r.Rollups, core.RollupResult{Rollup: row.Rollup, FirstUnapplied: row.FirstSeq + row.Count})
	}
	n.executed = max(n.executed, tick)
	if attest {
		n.agreed = max(n.agreed, tick)
	}
	return r
}

func (n *network) Oldest() uint64 { n.mu.Lock(); defer n.mu.Unlock(); return n.oldest }
func (n *network) Head() uint64   { n.mu.Lock(); defer n.mu.Unlock(); return uint64(len(n.ticks)) }

func (n *network) Tick(tick uint64) (*core.TickRecord, *core.Tick, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if tick < n.oldest || tick > uint64(len(n.ticks)) {
		return nil, nil, fmt.Errorf("%w: %d", ErrPruned, tick)
	}
	return n.records[tick-1], n.ticks[tick-1], nil
}

func (n *network) Wait(ctx context.Context, tick uint64) error {
	for {
		n.mu.Lock()
		head, grown := uint64(len(n.ticks)), n.grown
		n.mu.Unlock()
		if head >= tick {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (n *network) all(rollup core.RollupID) (entries []core.LaneEntry) {
	for i, tick := range n.ticks {
		for _, row := range n.records[i].Lanes {
			if row.Rollup == rollup && tick.Number >= n.oldest {
				for j, item := range tick.LaneItems(rollup) {
					entries = append(entries, core.LaneEntry{Seq: row.FirstSeq + uint64(j), Tick: tick.Number, Item: item})
				}
			}
		}
	}
	return entries
}

func (n *network) Lane(rollup core.RollupID, seq uint64, most int) ([]core.LaneEntry, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	entries := n.all(rollup)
	if len(entries) > 0 && seq < entries[0].Seq {
		return nil, ErrPruned
	}
	i := slices.IndexFunc(entries, func(e core.LaneEntry) bool { return e.Seq == seq })
	if i < 0 {
		return nil, nil
	}
	return entries[i:min(len(entries), i+most)], nil
}

func (n *network) LaneStart(rollup core.RollupID) (uint64, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if entries := n.all(rollup); len(entries) > 0 {
		return entries[0].Seq, nil
	}
	return 0, nil
}

func (n *network) Places(hash common.Hash) (places []core.Place, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range []core.RollupID{rollupA, rollupB} {
		for _, e := range n.all(id) {
			if e.Item.Tx.Hash() == hash {
				places = append(places, core.Place{Rollup: id, Seq: e.Seq, Tick: e.Tick})
			}
		}
	}
	return places, nil
}

func (n *network) BundlePlaces(id common.Hash) (places []core.BundlePlace, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, tick := range n.ticks {
		for i := range tick.Bundles {
			if tick.Bundles[i].Hash == id {
				places = append(places, core.BundlePlace{Tick: tick.Number, Index: uint32(i)})
			}
		}
	}
	return places, nil
}

func (n *network) Attested(zone core.ZoneID) core.Attested {
	return core.Attested{Zone: zone, Tick: n.Agreed()}
}

func (n *network) LaneHead(rollup core.RollupID) core.LaneHead {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.heads[rollup]
}

func (n *network) Validators() []core.Validator      { return n.genesis.Validators }
func (n *network) Equivocated(common.Address) uint64 { return 0 }
func (n *network) Executed() uint64                  { n.mu.Lock(); defer n.mu.Unlock(); return n.executed }
func (n *network) Agreed() uint64                    { n.mu.Lock(); defer n.mu.Unlock(); return n.agreed }
func (n *network) Err() error                        { return nil }

func (n *network) Fate(rollup core.RollupID, seq uint64) (Fate, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f, ok := n.fates[core.Place{Rollup: rollup, Seq: seq}]
	return f, ok, nil
}

func (n *network) Network(_ context.Context, result any, method string, args ...any) error {
	return n.calls(result, method, args...)
}

// chain is a rollup with a genesis block only.
type chain struct {
	*network
	rollup core.RollupID
}

func (c chain) genesisBlock() *gethtypes.Block {
	return gethtypes.NewBlockWithHeader(&gethtypes.Header{
		Number: new(big.Int), GasLimit: 30_000_000, BaseFee: big.NewInt(1), Difficulty: new(big.Int), Extra: core.U64(uint64(c.rollup)),
	})
}

func (c chain) Newest() Sealed       { return Sealed{c.rollup, 0, c.genesisBlock().Hash()} }
func (c chain) Safe() (uint64, bool) { return 0, true }
func (c chain) BaseFee() *big.Int    { return big.NewInt(5) }

func (c chain) Block(number uint64) *gethtypes.Block {
	if number > 0 {
		return nil
	}
	return c.genesisBlock()
}

func (c chain) BlockByHash(hash common.Hash) *gethtypes.Block {
	if b := c.genesisBlock(); b.Hash() == hash {
		return b
	}
	return nil
}

func (c chain) Receipt(_, _ uint64, tx common.Hash) *gethtypes.Receipt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.receipts[tx]
}

func (c chain) Account(common.Address) (Account, error) {
	return Account{Balance: big.NewInt(int64(c.rollup)), Nonce: 2, Code: []byte{1}}, nil
}

// open makes an explorer over the network in a folder, for the length of a test.
func (n *network) open(t testing.TB, dir string, change func(*Config)) *Explorer {
	t.Helper()
	cfg := Default()
	cfg.Frame = 20 * time.Millisecond
	if change != nil {
		change(&cfg)
	}
	x, err := New(cfg, n.deps(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}
