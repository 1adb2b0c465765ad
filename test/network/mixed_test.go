package network

import (
	"context"
	"crypto/ecdsa"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
)

// mixed counts what a soak does beside transfers. Gateways come and go meanwhile, so single failures mean nothing.
type mixed struct{ bundles, reads atomic.Int64 }

// mix adds bundles, reads and subscriptions at every gateway to the load.
func (s *soaking) mix() {
	for at, m := range s.n.members {
		key := s.n.keys[accounts-1-at]
		s.load.done.Go(func() { s.repeat(500*time.Millisecond, func(ctx context.Context) { s.bundle(ctx, m, key) }) })
		s.load.done.Go(func() { s.repeat(50*time.Millisecond, func(ctx context.Context) { s.look(ctx, m) }) })
		s.load.done.Go(func() { s.repeat(time.Second, func(ctx context.Context) { s.subscribe(ctx, m) }) })
	}
}

func (s *soaking) repeat(pause time.Duration, do func(context.Context)) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			ctx, cancel := context.WithTimeout(s.load.ctx, callTime)
			do(ctx)
			cancel()
		case <-s.load.ctx.Done():
			return
		}
	}
}

// bundle sends one with a leg on each rollup and waits until it is executed.
func (s *soaking) bundle(ctx context.Context, m *member, key *ecdsa.PrivateKey) {
	c, err := client.Dial(ctx, "http://"+m.rpc)
	if err != nil {
		return
	}
	defer c.Close()
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(20 * time.Second).UnixMilli())}
	for _, id := range []core.RollupID{rollupA, rollupB} {
		raw, err := leg(ctx, c, key, id)
		if err != nil {
			return
		}
		b.Legs = append(b.Legs, core.Leg{Rollup: id, Tx: raw})
	}
	id, err := c.SendBundle(ctx, b)
	if err != nil {
		return
	}
	if _, err := c.WaitFor(ctx, id, core.LevelExecuted, callTime); err == nil {
		s.bundles.Add(1)
	}
}

func leg(ctx context.Context, c *client.Client, key *ecdsa.PrivateKey, id core.RollupID) ([]byte, error) {
	eth, err := c.Rollup(ctx, id)
	if err != nil {
		return nil, err
	}
	defer eth.Close()
	nonce, err := eth.PendingNonceAt(ctx, crypto.PubkeyToAddress(key.PublicKey))
	if err != nil {
		return nil, err
	}
	tx, err := transfer(key, id, nonce)
	if err != nil {
		return nil, err
	}
	return tx.MarshalBinary()
}

// look reads as a wallet does.
func (s *soaking) look(ctx context.Context, m *member) {
	eth, err := ethclient.DialContext(ctx, "http://"+m.rpc+"/rollup/"+rollupA.String())
	if err != nil {
		return
	}
	defer eth.Close()
	if _, err := eth.BalanceAt(ctx, common.Address{0xaa}, nil); err != nil {
		return
	}
	if _, err := eth.BlockByNumber(ctx, nil); err == nil {
		s.reads.Add(1)
	}
}

// subscribe follows the blocks for as long as a call may take, and leaves.
func (s *soaking) subscribe(ctx context.Context, m *member) {
	eth, err := ethclient.DialContext(ctx, "ws://"+m.rpc+"/rollup/"+rollupB.String())
	if err != nil {
		return
	}
	defer eth.Close()
	heads := make(chan *gethtypes.Header, 16)
	sub, err := eth.SubscribeNewHead(ctx, heads)
	if err != nil {
		return
	}
	defer sub.Unsubscribe()
	for {
		select {
		case <-heads:
		case <-sub.Err():
			return
		case <-ctx.Done():
			return
		}
	}
}
