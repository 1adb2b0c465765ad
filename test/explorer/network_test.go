package explorer

import (
	"context"
	"crypto/ecdsa"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
)

const (
	patience = time.Minute
	pace     = 120 * time.Millisecond
)

// network is a devnet that can go away and come back at the same address, with load.
type network struct {
	t      *testing.T
	dir    string
	listen string
	url    string
	// id is the network's.
	id  core.NetworkID
	end func()
}

func startNetwork(t *testing.T) *network {
	n := &network{t: t, dir: t.TempDir(), listen: "127.0.0.1:0"}
	n.start()
	t.Cleanup(func() { n.stop() })
	return n
}

// start runs the network and its load until stop.
func (n *network) start() {
	n.t.Helper()
	d, err := devnet.New(devnet.Options{
		Dir: n.dir, RPC: n.listen, Version: "test", Shape: devnet.Shape{Rollups: 4}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	select {
	case <-d.Ready():
	case <-time.After(patience):
		cancel()
		n.t.Fatalf("the network is not ready: %v", <-ended)
	}
	info := d.Info()
	n.url, n.id = info.RPC, d.Genesis().NetworkID()
	n.listen = strings.TrimPrefix(info.RPC, "http://")
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		n.load(ctx, info)
	}()
	n.end = func() {
		cancel()
		<-loaded
		if err := <-ended; err != nil {
			n.t.Errorf("devnet: %v", err)
		}
	}
}

func (n *network) stop() {
	if n.end != nil {
		n.end()
		n.end = nil
	}
}

// loader sends transfers, and now and then a bundle, every third of which is void.
type loader struct {
	*client.Client
	rollups []core.RollupID
	eth     map[core.RollupID]*ethclient.Client
	random  *rand.Rand
}

func (n *network) load(ctx context.Context, info devnet.Info) {
	c, err := client.Dial(ctx, info.RPC)
	if err != nil {
		n.t.Error(err)
		return
	}
	defer c.Close()
	l := &loader{Client: c, eth: make(map[core.RollupID]*ethclient.Client), random: rand.New(rand.NewPCG(1, 2))}
	for _, r := range info.Rollups {
		l.rollups = append(l.rollups, r.ChainID)
		if l.eth[r.ChainID], err = c.Rollup(ctx, r.ChainID); err != nil {
			n.t.Error(err)
			return
		}
		defer l.eth[r.ChainID].Close()
	}
	accounts := devnet.Accounts()
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for i := 0; ; i++ {
		var err error
		if i%4 == 3 {
			err = l.bundle(ctx, accounts[1+i%8], i%12 == 11)
		} else {
			err = l.transfer(ctx, accounts[0])
		}
		if err != nil && ctx.Err() == nil {
			n.t.Logf("load: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (l *loader) transfer(ctx context.Context, from devnet.Account) error {
	rollup := l.rollups[l.random.IntN(len(l.rollups))]
	tx, err := l.signed(ctx, from, rollup, false)
	if err != nil {
		return err
	}
	return l.eth[rollup].SendTransaction(ctx, tx)
}

// bundle sends a bundle across two or three rollups and waits until it is decided, so that its account's nonces are known.
func (l *loader) bundle(ctx context.Context, from devnet.Account, void bool) error {
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(time.Minute).UnixMilli())}
	order := l.random.Perm(len(l.rollups))[:2+l.random.IntN(2)]
	for i, at := range order {
		tx, err := l.signed(ctx, from, l.rollups[at], void && i == len(order)-1)
		if err != nil {
			return err
		}
		raw, err := tx.MarshalBinary()
		if err != nil {
			return err
		}
		b.Legs = append(b.Legs, core.Leg{Rollup: l.rollups[at], Tx: raw})
	}
	id, err := l.SendBundle(ctx, b)
	if err != nil {
		return err
	}
	_, err = l.WaitFor(ctx, id, core.LevelExecuted, 20*time.Second)
	return err
}

// signed signs a transfer, or the creation of a contract that reverts.
func (l *loader) signed(ctx context.Context, from devnet.Account, rollup core.RollupID, reverts bool) (*gethtypes.Transaction, error) {
	nonce, err := l.eth[rollup].PendingNonceAt(ctx, from.Address)
	if err != nil {
		return nil, err
	}
	tx := &gethtypes.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(uint64(rollup)), Nonce: nonce, Gas: 21_000, GasFeeCap: big.NewInt(3e9), GasTipCap: big.NewInt(1e8),
		To: &common.Address{19: 0xaa}, Value: big.NewInt(1e15),
	}
	if reverts {
		tx.Gas, tx.To, tx.Value, tx.Data = 120_000, nil, new(big.Int), common.FromHex("0x60006000fd")
	}
	return sign(tx, from.Key)
}

func sign(tx *gethtypes.DynamicFeeTx, key *ecdsa.PrivateKey) (*gethtypes.Transaction, error) {
	return gethtypes.SignNewTx(key, gethtypes.LatestSignerForChainID(tx.ChainID), tx)
}
