package main

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node/devnet"
)

const (
	connections = 8                // WebSocket connections per rollup
	settleTime  = 30 * time.Second // how long the last transactions of a load may take to be attested
	window      = 2000             // transactions under way in a saturating load
)

// traffic sends transfers and sees what becomes of them.
type traffic struct {
	rollups  []*lane
	observer *observer
	root     *client.Client
}

// lane is one rollup with its sending accounts.
type lane struct {
	id      core.RollupID
	conns   []*rpc.Client
	senders []*sender
	turn    int
}

// sender is an account that only this program uses, so its nonce is known without asking.
type sender struct {
	key   *ecdsa.PrivateKey
	conn  *rpc.Client
	nonce uint64
}

func (s *sender) address() common.Address { return crypto.PubkeyToAddress(s.key.PublicKey) }

// transfer is a signed transaction and where to send it.
type transfer struct {
	hash common.Hash
	raw  string
	conn *rpc.Client
}

func newLoad(ctx context.Context, info devnet.Info, senders int) (*traffic, error) {
	url := strings.Replace(info.RPC, "http://", "ws://", 1)
	root, err := client.Dial(ctx, url)
	if err != nil {
		return nil, err
	}
	l := &traffic{root: root, observer: newObserver()}
	if err := l.observer.subscribe(ctx, root); err != nil {
		return nil, err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, r := range info.Rollups {
		ln := &lane{id: r.ChainID}
		l.rollups = append(l.rollups, ln)
		group.Go(func() error { return ln.open(groupCtx, r.WebSocket, senders) })
	}
	return l, group.Wait()
}

func (l *traffic) close() {
	l.root.Close()
	for _, ln := range l.rollups {
		ln.close()
	}
}

func (ln *lane) close() {
	for _, c := range ln.conns {
		c.Close()
	}
}

// open connects and funds the senders from the first development account.
func (ln *lane) open(ctx context.Context, url string, senders int) error {
	for range connections {
		c, err := rpc.DialContext(ctx, url)
		if err != nil {
			return err
		}
		ln.conns = append(ln.conns, c)
	}
	bank := &sender{key: devnet.Accounts()[0].Key, conn: ln.conns[0]}
	grant := new(big.Int).Mul(big.NewInt(10), big.NewInt(params.Ether))
	for i := range senders {
		key, err := crypto.GenerateKey()
		if err != nil {
			return err
		}
		tx, err := ln.sign(bank, crypto.PubkeyToAddress(key.PublicKey), grant)
		if err != nil {
			return err
		}
		if err := tx.send(ctx); err != nil {
			return fmt.Errorf("fund a sender on rollup %s: %w", ln.id, err)
		}
		ln.senders = append(ln.senders, &sender{key: key, conn: ln.conns[i%len(ln.conns)]})
	}
	return nil
}

// sign makes a transfer with the sender's next nonce.
func (ln *lane) sign(s *sender, to common.Address, value *big.Int) (transfer, error) {
	id := new(big.Int).SetUint64(uint64(ln.id))
	tx, err := gethtypes.SignNewTx(s.key, gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, Nonce: s.nonce, GasTipCap: big.NewInt(1), GasFeeCap: big.NewInt(100 * params.GWei),
		Gas: params.TxGas, To: &to, Value: value,
	})
	if err != nil {
		return transfer{}, err
	}
	s.nonce++
	raw, err := tx.MarshalBinary()
	if err != nil {
		return transfer{}, err
	}
	return transfer{tx.Hash(), hexutil.Encode(raw), s.conn}, nil
}

// next signs a transfer of the rollup's next sender in turn.
func (ln *lane) next() (transfer, error) {
	s := ln.senders[ln.turn%len(ln.senders)]
	ln.turn++
	return ln.transfer(s)
}

// transfer signs the sender's next transfer of a load.
func (ln *lane) transfer(s *sender) (transfer, error) {
	return ln.sign(s, common.Address{0xbe, 0xac}, big.NewInt(1))
}

func (t transfer) send(ctx context.Context) error {
	var hash common.Hash
	return t.conn.CallContext(ctx, &hash, "eth_sendRawTransaction", t.raw)
}

// prepare signs n transfers, in turn over the rollups.
func (l *traffic) prepare(n int) ([]transfer, error) {
	batch := make([]transfer, n)
	for i := range batch {
		tx, err := l.rollups[i%len(l.rollups)].next()
		if err != nil {
			return nil, err
		}
		batch[i] = tx
	}
	return batch, nil
}

// paced sends at a constant rate and waits until everything is attested.
func (l *traffic) paced(ctx context.Context, rate int, duration time.Duration) (Latency, error) {
	batch, err := l.prepare(int(float64(rate) * duration.Seconds()))
	if err != nil {
		return Latency{}, err
	}
	run := l.observer.begin(len(batch))
	var failed atomic.Pointer[error]
	var senders sync.WaitGroup
	begin := time.Now()
	for i, tx := range batch {
		at := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if err := sleepUntil(ctx, at); err != nil {
			return Latency{}, err
		}
		run.submitted(tx.hash)
		senders.Go(func() {
			if err := tx.send(ctx); err != nil {
				failed.Store(&err)
			}
		})
	}
	senders.Wait()
	if err := failed.Load(); err != nil {
		return Latency{}, fmt.Errorf("send: %w", *err)
	}
	if err := run.await(ctx, settleTime); err != nil {
		return Latency{}, err
	}
	return run.latency(rate), nil
}

// saturate keeps a window of transactions under way and counts what is executed.
func (l *traffic) saturate(ctx context.Context, duration time.Duration) (Throughput, error) {
	run := l.observer.begin(unknownSize)
	slots := make(chan struct{}, window)
	var failed atomic.Pointer[error]
	var senders sync.WaitGroup
	begin, sent := time.Now(), 0
	for time.Since(begin) < duration && failed.Load() == nil && ctx.Err() == nil {
		tx, err := l.rollups[sent%len(l.rollups)].next()
		if err != nil {
			return Throughput{}, err
		}
		slots <- struct{}{}
		run.submitted(tx.hash)
		sent++
		senders.Go(func() {
			defer func() { <-slots }()
			if err := tx.send(ctx); err != nil {
				failed.Store(&err)
			}
		})
	}
	senders.Wait()
	if err := failed.Load(); err != nil {
		return Throughput{}, fmt.Errorf("send: %w", *err)
	}
	run.expect(sent)
	if err := run.await(ctx, settleTime); err != nil {
		return Throughput{}, err
	}
	return run.throughput(begin), nil
}

func sleepUntil(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
