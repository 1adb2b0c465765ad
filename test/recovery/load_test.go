package recovery

import (
	"context"
	"crypto/ecdsa"
	"math/big"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
)

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902

	callTime = 5 * time.Second // of one call, which a killed gateway never answers
)

// load sends transfers and bundles through both gateways, and remembers where they said that something is ordered.
type load struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // a load is a set of goroutines, and this ends them
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	sent     []common.Hash
	ordered  map[common.Hash]core.Place
	attested map[common.Hash]core.OutcomeCode
	bundles  []common.Hash // that were accepted
}

// startLoad begins; each stream has an account of its own.
func (n *network) startLoad() *load {
	n.t.Helper()
	l := &load{t: n.t, ordered: make(map[common.Hash]core.Place), attested: make(map[common.Hash]core.OutcomeCode)}
	l.ctx, l.cancel = context.WithCancel(n.t.Context())
	accounts := devnet.Accounts()
	for i := range gateways {
		g := l.dial(n.members[i].RPC)
		l.done.Go(func() { l.transfers(g, accounts[3*i].Key, rollupA) })
		l.done.Go(func() { l.transfers(g, accounts[3*i+1].Key, rollupB) })
		l.done.Go(func() { l.sendBundles(g, accounts[3*i+2].Key) })
	}
	return l
}

// door is one gateway; requests are single HTTP calls, so that it may come and go.
type door struct {
	client *client.Client
	eth    map[core.RollupID]*ethclient.Client
}

func (l *load) dial(address string) *door {
	l.t.Helper()
	c, err := client.Dial(l.ctx, "http://"+address)
	if err != nil {
		l.t.Fatal(err)
	}
	d := &door{client: c, eth: make(map[core.RollupID]*ethclient.Client)}
	for _, id := range []core.RollupID{rollupA, rollupB} {
		if d.eth[id], err = c.Rollup(l.ctx, id); err != nil {
			l.t.Fatal(err)
		}
	}
	return d
}

// end stops the load and waits for it.
func (l *load) end() {
	l.cancel()
	l.done.Wait()
}

// pause waits before the next try; false means that the load ends.
func (l *load) pause() bool {
	select {
	case <-time.After(50 * time.Millisecond):
		return true
	case <-l.ctx.Done():
		return false
	}
}

// transfers sends one after another for as long as the gateway takes them, and starts over with the nonce it names.
func (l *load) transfers(d *door, key *ecdsa.PrivateKey, id core.RollupID) {
	for l.ctx.Err() == nil {
		ctx, cancel := context.WithTimeout(l.ctx, callTime)
		tx, err := transfer(ctx, d, key, id)
		if err == nil {
			l.noteSent(tx.Hash())
			err = d.eth[id].SendTransaction(ctx, tx)
		}
		if err == nil {
			err = l.note(ctx, d, tx.Hash(), core.LevelExecuted)
		}
		cancel()
		if err != nil && !l.pause() {
			return
		}
	}
}

// sendBundles sends bundles of a leg on each rollup; in every third one leg cannot be paid for.
func (l *load) sendBundles(d *door, key *ecdsa.PrivateKey) {
	for i := 0; l.ctx.Err() == nil; i++ {
		ctx, cancel := context.WithTimeout(l.ctx, callTime)
		err := l.sendBundle(ctx, d, key, i%3 == 2)
		cancel()
		if err != nil && !l.pause() {
			return
		}
	}
}

func (l *load) sendBundle(ctx context.Context, d *door, key *ecdsa.PrivateKey, fails bool) error {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(20 * time.Second).UnixMilli())}
	var legs []common.Hash
	for _, id := range []core.RollupID{rollupA, rollupB} {
		tx, err := transfer(ctx, d, key, id)
		if err != nil {
			return err
		}
		if fails && id == rollupB { // goes to a contract that refuses payment
			tx, err = sign(key, id, tx.Nonce(), refusing)
		}
		if err != nil {
			return err
		}
		raw, err := tx.MarshalBinary()
		if err != nil {
			return err
		}
		b.Legs, legs = append(b.Legs, core.Leg{Rollup: id, Tx: raw}), append(legs, tx.Hash())
	}
	l.noteSent(legs...)
	id, err := d.client.SendBundle(ctx, b)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.bundles = append(l.bundles, id)
	l.mu.Unlock()
	if _, err := d.client.WaitFor(ctx, id, core.LevelExecuted, callTime); err != nil {
		return err
	}
	for _, hash := range legs {
		if err := l.note(ctx, d, hash, core.LevelOrdered); err != nil {
			return err
		}
	}
	return nil
}

// refusing is the beacon roots contract of EIP-4788, which reverts on what is no timestamp.
var refusing = params.BeaconRootsAddress

func transfer(ctx context.Context, d *door, key *ecdsa.PrivateKey, id core.RollupID) (*gethtypes.Transaction, error) {
	nonce, err := d.eth[id].PendingNonceAt(ctx, crypto.PubkeyToAddress(key.PublicKey))
	if err != nil {
		return nil, err
	}
	return sign(key, id, nonce, common.Address{0xaa})
}

// signatures makes every transaction another one, also with the same nonce.
var signatures atomic.Int64

func sign(key *ecdsa.PrivateKey, id core.RollupID, nonce uint64, to common.Address) (*gethtypes.Transaction, error) {
	chain := new(big.Int).SetUint64(uint64(id))
	return gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(chain), &gethtypes.DynamicFeeTx{
		ChainID: chain, Nonce: nonce, To: &to, Value: big.NewInt(signatures.Add(1)), Gas: 100_000,
		GasFeeCap: big.NewInt(100 * params.GWei), GasTipCap: big.NewInt(1),
	})
}

func (l *load) noteSent(hashes ...common.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, hashes...)
}

// note asks what became of a transaction and remembers every promise in the answer.
func (l *load) note(ctx context.Context, d *door, hash common.Hash, level core.Level) error {
	status, err := d.client.WaitFor(ctx, hash, level, callTime)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range status.Attempts {
		if a.Level < core.LevelOrdered || a.Rollup == nil || a.Seq == nil {
			continue
		}
		l.ordered[hash] = core.Place{Rollup: *a.Rollup, Seq: *a.Seq, Tick: a.Tick}
		if a.Level >= core.LevelAttested && a.Outcome != nil {
			l.attested[hash] = *a.Outcome
		}
	}
	return nil
}

// await waits until so many transactions more are known to be ordered.
func (l *load) await(more int) {
	l.t.Helper()
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.ordered)
	}
	deadline, ticker := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer ticker.Stop()
	for want := count() + more; count() < want; {
		select {
		case <-ticker.C:
		case <-deadline:
			l.t.Fatalf("%d transactions are ordered, want %d", count(), want)
		}
	}
}
