package comet

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"sync"
	"testing"
	"time"

	cmtabci "github.com/cometbft/cometbft/abci/types"
	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"go.uber.org/goleak"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

func TestMain(m *testing.M) {
	if home := os.Getenv(signUntilKilled); home != "" {
		signForever(home)
	}
	engine, db := "github.com/cometbft/cometbft/", "github.com/syndtr/goleveldb/"
	goleak.VerifyTestMain(m,
		// The engine never ends these: the cleaner of the gossip cache, and two for the write-ahead log's file.
		goleak.IgnoreAnyFunction(engine+"internal/guard.NewWithInterval[...].func2"),
		goleak.IgnoreAnyFunction(engine+"libs/autofile.OpenAutoFile.func1"),
		goleak.IgnoreAnyFunction(engine+"libs/autofile.(*AutoFile).closeFileRoutine"),
		// An engine that fails while it is built gives nobody a handle on what it has started.
		goleak.IgnoreAnyFunction(engine+"libs/pubsub.(*Server).loop"),
		goleak.IgnoreAnyFunction(engine+"proxy.(*multiAppConn).killTMOnClientError"),
		// These end by themselves within seconds, but do not listen to a stop: pauses before dialing, requesting, gossiping.
		goleak.IgnoreAnyFunction(engine+"consensus.(*Reactor).queryMaj23Routine"),
		goleak.IgnoreAnyFunction(engine+"consensus.(*Reactor).gossipDataRoutine"),
		goleak.IgnoreAnyFunction(engine+"consensus.(*Reactor).gossipVotesRoutine"),
		goleak.IgnoreAnyFunction(engine+"p2p.(*Switch).reconnectToPeer"),
		goleak.IgnoreAnyFunction(engine+"p2p.(*Switch).dialPeersAsync.func1"),
		goleak.IgnoreAnyFunction(engine+"blocksync.(*BlockPool).makeRequestersRoutine"),
		goleak.IgnoreAnyFunction(db+"leveldb.(*DB).mpoolDrain"),
	)
}

// patience bounds every wait of these tests; it is never a measure of anything.
const patience = 60 * time.Second

func ethKey(t testing.TB, n int) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.ToECDSA(common.LeftPadBytes(big.NewInt(int64(n)+1).Bytes(), 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// genesisOf is a network of the given consensus keys with two EVM rollups in zone 1.
func genesisOf(t testing.TB, keys ...ed25519.PrivateKey) *core.Genesis {
	t.Helper()
	g := &core.Genesis{
		Version: core.GenesisVersion, Name: "comet-test", Time: uint64(time.Now().UnixMilli()), Params: core.DefaultParams(),
		Zones: []core.Zone{{ID: 1, Rollups: []core.RollupID{901, 902}}}, Predeploy: core.DefaultPredeploy(),
	}
	for i, key := range keys {
		v, err := core.NewValidator(key, ethKey(t, i), 10)
		if err != nil {
			t.Fatal(err)
		}
		g.Validators = append(g.Validators, v)
	}
	for _, id := range g.Zones[0].Rollups {
		g.Rollups = append(g.Rollups, core.Rollup{
			ID: id, Name: "evm-" + id.String(), Kind: core.KindEVM,
			EVM: &core.EVMGenesis{BaseFee: 1, Alloc: gethtypes.GenesisAlloc{
				g.Predeploy.Address: {Balance: new(big.Int), Code: g.Predeploy.Code},
			}},
		})
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	return g
}

func testGenesis(t testing.TB, validators int) *core.Genesis {
	t.Helper()
	keys := make([]ed25519.PrivateKey, validators)
	for i := range keys {
		keys[i] = ed25519.NewKeyFromSeed(common.LeftPadBytes([]byte{byte(i + 1)}, ed25519.SeedSize))
	}
	return genesisOf(t, keys...)
}

func testTx(t testing.TB, rollup core.RollupID, nonce uint64) core.Transaction {
	t.Helper()
	signer := gethtypes.LatestSignerForChainID(new(big.Int).SetUint64(uint64(rollup)))
	signed, err := gethtypes.SignNewTx(ethKey(t, 100), signer, &gethtypes.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(uint64(rollup)), Nonce: nonce, Gas: 21000,
		GasFeeCap: big.NewInt(10), GasTipCap: big.NewInt(1), To: &common.Address{19: 1}, Value: new(big.Int),
	})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := core.NewTransaction(rollup, signed)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// logBook collects warnings and errors by their message.
type logBook struct {
	slog.Handler
	mu   *sync.Mutex
	seen map[string]int
}

func newLogBook() *logBook {
	h := slog.DiscardHandler
	if testing.Verbose() && os.Getenv("COMET_TEST_LOG") != "" {
		h = slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})
	}
	return &logBook{h, new(sync.Mutex), make(map[string]int)}
}

func (b *logBook) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
func (b *logBook) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logBook{b.Handler.WithAttrs(attrs), b.mu, b.seen}
}
func (b *logBook) WithGroup(string) slog.Handler { return b }
func (b *logBook) Handle(ctx context.Context, r slog.Record) error {
	b.mu.Lock()
	b.seen[r.Message]++
	b.mu.Unlock()
	return b.Handler.Handle(ctx, r)
}

func (b *logBook) count(msg string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen[msg]
}

// member is one validator of a cluster; log and keys outlive its node.
type member struct {
	cfg  Config
	pool *memPool
	log  *memLog
	book *logBook
	ears *ears

	node    *Node
	machine *ordering.Machine
	cancel  context.CancelFunc
	done    chan struct{} // closed when Run returned err
	err     error
}

// cluster is a network of validators in one process, over real connections and with real files.
type cluster struct {
	t       testing.TB
	genesis *core.Genesis
	members []*member
}

// newCluster prepares validators; start runs them.
func newCluster(t testing.TB, n int, tune func(*Config)) *cluster {
	t.Helper()
	c := &cluster{t: t}
	keys := make([]ed25519.PrivateKey, n)
	for i := range n {
		cfg := Default()
		cfg.Home, cfg.Listen = t.TempDir(), "127.0.0.1:0"
		if tune != nil {
			tune(&cfg)
		}
		var err error
		if keys[i], _, err = GenerateKeys(cfg.Home); err != nil {
			t.Fatal(err)
		}
		c.members = append(c.members, &member{cfg: cfg, log: new(memLog), book: newLogBook(), ears: newEars()})
	}
	c.genesis = genesisOf(t, keys...)
	for i, m := range c.members {
		m.pool = newMemPool(c.genesis)
		c.build(i)
	}
	for _, m := range c.members {
		if err := m.node.AddPeers(c.addrs()...); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for i := range c.members {
			c.stop(i)
		}
	})
	return c
}

func (c *cluster) addrs() []string {
	var addrs []string
	for _, m := range c.members {
		addrs = append(addrs, m.node.P2PAddr())
	}
	return addrs
}

// build makes a member's node from its log, at the address it had before.
func (c *cluster) build(i int) {
	c.t.Helper()
	m := c.members[i]
	machine, err := ordering.New(c.genesis, VerifyExtension)
	if err != nil {
		c.t.Fatal(err)
	}
	if head := m.log.head(); head > 0 {
		if err := machine.Load(head, m.log.ledger(head)); err != nil {
			c.t.Fatal(err)
		}
	}
	m.machine = machine
	m.node, err = New(m.cfg, Deps{
		Genesis: c.genesis, Machine: machine, Pool: m.pool, Log: m.log, Results: memResults{m.log}, Logger: slog.New(m.book),
		Listener: m.ears,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	m.cfg.Listen = m.node.cfg.Listen
}

// run starts a member, with the application behind wrap if it is given.
func (c *cluster) run(i int, wrap func(*App) cmtabci.Application) {
	m := c.members[i]
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel, m.done = cancel, make(chan struct{})
	var app cmtabci.Application = m.node.app
	if wrap != nil {
		app = wrap(m.node.app)
	}
	go func() {
		defer close(m.done)
		m.err = m.node.run(ctx, app)
	}()
}

func (c *cluster) start() *cluster {
	for i := range c.members {
		c.run(i, nil)
	}
	return c
}

// restart makes a new node from what the old one left on disk and in its log.
func (c *cluster) restart(i int) {
	c.t.Helper()
	c.build(i)
	if err := c.members[i].node.AddPeers(c.addrs()...); err != nil {
		c.t.Fatal(err)
	}
	c.run(i, nil)
}

// stop ends a member and gives the error of its Run.
func (c *cluster) stop(i int) error {
	c.t.Helper()
	m := c.members[i]
	if m.cancel == nil {
		return m.node.Close()
	}
	m.cancel()
	return c.result(i)
}

// result waits for the end of a member's Run.
func (c *cluster) result(i int) error {
	c.t.Helper()
	select {
	case <-c.members[i].done:
		return c.members[i].err
	case <-time.After(patience):
		c.t.Fatalf("validator %d does not stop", i)
		return nil
	}
}

// await waits until a member's log fulfils a condition.
func (c *cluster) await(i int, what string, done func(l *memLog) bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	m := c.members[i]
	if err := m.log.until(ctx, func() bool { return done(m.log) }); err != nil {
		c.t.Fatalf("validator %d at tick %d: waiting for %s: %v", i, m.log.head(), what, err)
	}
}

// awaitTick waits for a tick for as long as there are ticks: how many there are in a second is the machine's affair.
func (c *cluster) awaitTick(i int, tick uint64) {
	c.t.Helper()
	log := c.members[i].log
	for at := log.head(); at < tick; at = log.head() {
		c.await(i, "a tick", func(l *memLog) bool { return l.head() > at })
	}
}

func (c *cluster) awaitOrdered(i int, tx core.Transaction) uint64 {
	c.t.Helper()
	c.await(i, "a transaction", func(l *memLog) bool { return l.tickOf(tx.Hash()) != 0 })
	return c.members[i].log.tickOf(tx.Hash())
}

// awaitAll waits until every member takes part and has a tick.
func (c *cluster) awaitAll(tick uint64) {
	c.t.Helper()
	for i, m := range c.members {
		select {
		case <-m.node.Joined():
		case <-time.After(patience):
			c.t.Fatalf("validator %d does not take part", i)
		}
		c.awaitTick(i, tick)
	}
}

// awaitMesh waits until every member takes part and is connected to every other: only then does gossip reach all.
func (c *cluster) awaitMesh() {
	c.t.Helper()
	c.awaitAll(1)
	deadline := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond) // the engine tells nobody when a peer has come
	defer tick.Stop()
	for i, m := range c.members {
		for m.node.Peers() < len(c.members)-1 {
			select {
			case <-tick.C:
			case <-deadline:
				c.t.Fatalf("validator %d has %d peers", i, m.node.Peers())
			}
		}
	}
}

// mustAgree checks that all logs say the same, up to the shortest, and lead to the same ledger root.
func (c *cluster) mustAgree() {
	c.t.Helper()
	head := c.members[0].log.head()
	for _, m := range c.members {
		head = min(head, m.log.head())
	}
	var want common.Hash
	for i, m := range c.members {
		machine, err := ordering.New(c.genesis, VerifyExtension)
		if err != nil {
			c.t.Fatal(err)
		}
		if err := machine.Load(head, m.log.ledger(head)); err != nil {
			c.t.Fatalf("validator %d: %v", i, err)
		}
		if i == 0 {
			want = machine.AppHash()
		}
		if machine.AppHash() != want {
			c.t.Errorf("validator %d has root %s at tick %d, validator 0 has %s", i, machine.AppHash(), head, want)
		}
		for n, d := range m.log.all()[:head] {
			if string(d.Record.Encode()) != string(c.members[0].log.all()[n].Record.Encode()) {
				c.t.Fatalf("validators 0 and %d differ at tick %d", i, n+1)
			}
		}
	}
}

func (c *cluster) mustStop(i int) {
	c.t.Helper()
	if err := c.stop(i); err != nil {
		c.t.Errorf("validator %d: %v", i, err)
	}
}

func mustBe(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}
