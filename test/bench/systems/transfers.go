package systems

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"runtime"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/test/bench/load"
)

// Connections is how many WebSocket connections a load has to each door that it sends to, and to each rollup, unless there are many
// of them. A single rollup has twice as many, as a connection may have so many calls under way.
const Connections = 8

// mostConnections bounds those to all rollups; a gateway allows one client 768 by default.
const mostConnections = 128

// chain is an EVM chain that transactions are sent to.
type chain struct {
	id    *big.Int
	conns []*rpc.Client
	// call is what a sender's transaction does; nil for a transfer of ether.
	call func(sender common.Address) (actor.Call, error)
}

// transfers signs transfers of the accounts of SenderKey and sends them to chains, in turns.
type transfers struct {
	chains []chain
	keys   []*ecdsa.PrivateKey
	nonces [][]uint64 // by chain and sender
	// prepared and index are of the load under way.
	prepared []string
	index    map[common.Hash]int
	turn     int // over all loads
	first    int // the turn of prepared[0]
}

// newTransfers connects to chains: id and WebSocket URL of each.
func newTransfers(ctx context.Context, senders int, chains map[uint64]string, ids []uint64) (*transfers, error) {
	t := new(transfers)
	for i := range senders {
		t.keys = append(t.keys, SenderKey(i))
	}
	for _, id := range ids {
		c := chain{id: new(big.Int).SetUint64(id)}
		for range min(max(Connections, 2*Connections/len(ids)), max(1, mostConnections/len(ids))) {
			conn, err := rpc.DialContext(ctx, chains[id])
			if err != nil {
				return nil, fmt.Errorf("dial %s: %w", chains[id], err)
			}
			c.conns = append(c.conns, conn)
		}
		t.chains, t.nonces = append(t.chains, c), append(t.nonces, make([]uint64, senders))
	}
	return t, nil
}

// Close ends the connections.
func (t *transfers) Close() {
	for _, c := range t.chains {
		for _, conn := range c.conns {
			conn.Close()
		}
	}
}

// Prepare implements load.Target: it signs.
func (t *transfers) Prepare(n int) error {
	t.prepared, t.index, t.first = make([]string, n), make(map[common.Hash]int, n), t.turn
	hashes := make([]common.Hash, n)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		on, from := t.at(i)
		nonce := t.nonces[on][from]
		t.nonces[on][from]++
		group.Go(func() error {
			raw, hash, err := t.sign(on, from, nonce)
			t.prepared[i], hashes[i] = raw, hash
			return err
		})
	}
	t.turn += n
	if err := group.Wait(); err != nil {
		return err
	}
	for i, hash := range hashes {
		t.index[hash] = i
	}
	return nil
}

// at is the chain of the i-th transfer, and its sender.
func (t *transfers) at(i int) (on, from int) {
	turn := t.first + i
	return turn % len(t.chains), turn / len(t.chains) % len(t.keys)
}

func (t *transfers) sign(on, from int, nonce uint64) (string, common.Hash, error) {
	c := t.chains[on]
	does := actor.Call{To: &common.Address{0xbe, 0xac}, Value: big.NewInt(1), Gas: params.TxGas}
	if c.call != nil {
		var err error
		if does, err = c.call(crypto.PubkeyToAddress(t.keys[from].PublicKey)); err != nil {
			return "", common.Hash{}, err
		}
	}
	tx, err := gethtypes.SignNewTx(t.keys[from], gethtypes.LatestSignerForChainID(c.id), &gethtypes.DynamicFeeTx{
		ChainID: c.id, Nonce: nonce, GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(1000 * params.GWei), Gas: does.Gas, To: does.To, Value: does.Value, Data: does.Data,
	})
	if err != nil {
		return "", common.Hash{}, err
	}
	raw, err := tx.MarshalBinary()
	return hexutil.Encode(raw), tx.Hash(), err
}

// Send implements load.Target: a sender's transfers go over one connection. None waits for the answer to another, which may come with the result.
func (t *transfers) Send(ctx context.Context, first, last int) error {
	var (
		mu      sync.Mutex
		refused load.Refusal
		sends   sync.WaitGroup
	)
	for i := first; i < last; i++ {
		on, from := t.at(i)
		conns := t.chains[on].conns
		sends.Go(func() {
			if err := conns[from%len(conns)].CallContext(ctx, new(common.Hash), "eth_sendRawTransaction", t.prepared[i]); err != nil {
				mu.Lock()
				defer mu.Unlock()
				refused.Count, refused.First = refused.Count+1, err
			}
		})
	}
	sends.Wait()
	if refused.Count > 0 {
		return &refused
	}
	return nil
}

// Transfers is a load of signed transfers on rollups of kind evm.
type Transfers struct {
	*transfers
	door string
}

// Transfers is a load of transfers on the first rollups that are sent to the gateway of one validator and watched at that of
// another. The caller closes it.
func (l *Lockstep) Transfers(ctx context.Context, rollups, senders, from, to int) (*Transfers, error) {
	urls := make(map[uint64]string)
	var ids []uint64
	for i := range rollups {
		id := uint64(FirstEVM) + uint64(i)
		ids, urls[id] = append(ids, id), fmt.Sprintf("ws://%s/rollup/%d", l.Doors[from], id)
	}
	t, err := newTransfers(ctx, senders, urls, ids)
	return &Transfers{t, l.Doors[to]}, err
}

// Levels implements load.Target.
func (t *Transfers) Levels() []load.Level {
	return []load.Level{load.Ordered, load.Executed, load.Attested}
}

// Follow implements load.Target.
func (t *Transfers) Follow(ctx context.Context, sink load.Sink) (func(), error) {
	return (&ticks{door: t.door, index: t.index}).Follow(ctx, sink)
}
