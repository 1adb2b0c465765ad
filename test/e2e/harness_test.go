package e2e

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"math/big"
	"strings"
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
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

const (
	rollupA core.RollupID = 901
	rollupB core.RollupID = 902
	zoneID  core.ZoneID   = 1

	patience = time.Minute // for events that a loaded machine may take long for
)

// network is a running devnet with clients.
type network struct {
	t      *testing.T
	devnet *devnet.Devnet
	client *client.Client
	eth    map[core.RollupID]*ethclient.Client
	users  atomic.Uint64
}

// start runs a devnet in this process until the test ends.
func start(t *testing.T) *network { return startIn(t, t.TempDir()) }

func startIn(t *testing.T, dir string) *network {
	t.Helper()
	return startWith(t, devnet.Options{Dir: dir})
}

func startWith(t *testing.T, options devnet.Options) *network {
	t.Helper()
	d := devnettest.Start(t, options)
	n := &network{t: t, devnet: d}
	n.dial(d.Info())
	return n
}

// dial connects to the gateway by WebSocket.
func (n *network) dial(info devnet.Info) {
	n.t.Helper()
	var err error
	if n.client, err = client.Dial(n.t.Context(), strings.Replace(info.RPC, "http://", "ws://", 1)); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(n.client.Close)
	n.eth = make(map[core.RollupID]*ethclient.Client)
	for _, r := range info.Rollups {
		if n.eth[r.ChainID], err = ethclient.DialContext(n.t.Context(), r.WebSocket); err != nil {
			n.t.Fatal(err)
		}
		n.t.Cleanup(n.eth[r.ChainID].Close)
	}
}

// user is an account of one test, so that tests can share a network.
type user struct {
	key     *ecdsa.PrivateKey
	address common.Address
}

func newUser(t *testing.T) user {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return user{key, crypto.PubkeyToAddress(key.PublicKey)}
}

// funded makes a user with 10 ETH on both rollups. Each caller gets a development account of its own to take it from
// as long as there are any, so that tests side by side do not fight for nonces.
func (n *network) funded(t *testing.T) user {
	t.Helper()
	u := newUser(t)
	accounts := devnet.Accounts()
	bank := accounts[n.users.Add(1)%uint64(len(accounts))]
	for id := range n.eth {
		n.mine(t, id, n.sign(t, id, user{bank.Key, bank.Address}, &gethtypes.DynamicFeeTx{To: &u.address, Value: ether(10)}))
	}
	return u
}

func ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(params.Ether)) }

// sign fills in what a test leaves out: chain id, nonce (next one), fees, gas (100,000).
func (n *network) sign(t *testing.T, id core.RollupID, u user, tx *gethtypes.DynamicFeeTx) *gethtypes.Transaction {
	t.Helper()
	if tx.Nonce == 0 {
		nonce, err := n.eth[id].PendingNonceAt(t.Context(), u.address)
		if err != nil {
			t.Fatal(err)
		}
		tx.Nonce = nonce
	}
	return signWith(t, id, u, tx)
}

// signWith is sign with exactly the nonce given.
func signWith(t *testing.T, id core.RollupID, u user, tx *gethtypes.DynamicFeeTx) *gethtypes.Transaction {
	t.Helper()
	tx.ChainID = new(big.Int).SetUint64(uint64(id))
	if tx.GasFeeCap == nil {
		tx.GasFeeCap = big.NewInt(10 * params.GWei)
	}
	if tx.GasTipCap == nil {
		tx.GasTipCap = big.NewInt(1)
	}
	if tx.Gas == 0 {
		tx.Gas = 100_000
	}
	signed, err := gethtypes.SignNewTx(u.key, gethtypes.LatestSignerForChainID(tx.ChainID), tx)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// mine sends a transaction and waits for its receipt, which must be a success.
func (n *network) mine(t *testing.T, id core.RollupID, tx *gethtypes.Transaction) *gethtypes.Receipt {
	t.Helper()
	if err := n.eth[id].SendTransaction(t.Context(), tx); err != nil {
		t.Fatalf("send: %v", err)
	}
	receipt := n.receipt(t, id, tx.Hash())
	if receipt.Status != gethtypes.ReceiptStatusSuccessful {
		t.Fatalf("transaction %s reverted", tx.Hash())
	}
	return receipt
}

// receipt waits for a transaction to be executed and gives its receipt.
func (n *network) receipt(t *testing.T, id core.RollupID, hash common.Hash) *gethtypes.Receipt {
	t.Helper()
	status, err := n.client.WaitFor(t.Context(), hash, core.LevelExecuted, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := n.eth[id].TransactionReceipt(t.Context(), hash)
	if err != nil {
		t.Fatalf("receipt of %s: %v; its status: %+v", hash, err, status)
	}
	return receipt
}

// bundle makes an execution bundle of signed legs that is valid for the next minute.
func bundle(t *testing.T, legs ...leg) *core.Bundle {
	t.Helper()
	b := &core.Bundle{Atomicity: core.AtomicExecution, NotAfter: uint64(time.Now().Add(time.Minute).UnixMilli())}
	for _, l := range legs {
		raw, err := l.tx.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		b.Legs = append(b.Legs, core.Leg{Rollup: l.rollup, Tx: raw})
	}
	return b
}

type leg struct {
	rollup core.RollupID
	tx     *gethtypes.Transaction
}

// outcome sends a bundle and waits until it is attested.
func (n *network) outcome(t *testing.T, b *core.Bundle) (core.OutcomeCode, *int) {
	t.Helper()
	id, err := n.client.SendBundle(t.Context(), b)
	if err != nil {
		t.Fatalf("send bundle: %v", err)
	}
	status, err := n.client.WaitFor(t.Context(), id, core.LevelAttested, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if status.Level < core.LevelAttested || len(status.Attempts) != 1 || status.Attempts[0].Outcome == nil {
		t.Fatalf("bundle is not attested once: %+v", status)
	}
	return *status.Attempts[0].Outcome, status.Attempts[0].FailingLeg
}

func (n *network) balance(t *testing.T, id core.RollupID, who common.Address) *big.Int {
	t.Helper()
	balance, err := n.eth[id].BalanceAt(t.Context(), who, nil)
	if err != nil {
		t.Fatal(err)
	}
	return balance
}

// agree checks that all validators have the same ledger, log, digests and sealed blocks up to a tick at which
// everything that was ordered so far is attested.
func (n *network) agree(t *testing.T, validators ...int) {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("validators do not get that far"))
	defer cancel()
	first := n.devnet.Node(validators[0])
	tick := first.Log().Head()
	for _, v := range validators {
		n.awaitAttested(t, ctx, v, tick)
	}
	record, err := first.Log().Record(tick)
	if err != nil {
		t.Fatal(err)
	}
	digest, ok := first.Zone(zoneID).Digest(tick)
	if !ok {
		t.Fatalf("validator %d has no digest of tick %d", validators[0], tick)
	}
	for _, v := range validators[1:] {
		other := n.devnet.Node(v)
		r, err := other.Log().Record(tick)
		if err != nil || string(r.Encode()) != string(record.Encode()) {
			t.Errorf("validator %d has another record of tick %d (%v)", v, tick, err)
		}
		if d, ok := other.Zone(zoneID).Digest(tick); !ok || d != digest {
			t.Errorf("validator %d: digest of tick %d is %s, want %s", v, tick, d, digest)
		}
		n.sameBlocks(t, validators[0], v)
	}
}

// awaitAttested waits until a validator has executed tick and knows that it is attested.
func (n *network) awaitAttested(t *testing.T, ctx context.Context, validator int, tick uint64) {
	t.Helper()
	node := n.devnet.Node(validator)
	if err := node.Zone(zoneID).WaitExecuted(ctx, tick); err != nil {
		t.Fatalf("validator %d, tick %d: %v", validator, tick, context.Cause(ctx))
	}
	for next := tick; node.Ledger().Attested(zoneID).Tick < tick; next++ {
		if err := node.Log().Wait(ctx, next); err != nil {
			t.Fatalf("validator %d: tick %d is not attested: %v", validator, tick, context.Cause(ctx))
		}
	}
}

// sameBlocks compares the sealed chains of two validators block by block.
func (n *network) sameBlocks(t *testing.T, a, b int) {
	t.Helper()
	for id := range n.eth {
		left, right := n.devnet.Node(a).Chain(id).BlockChain(), n.devnet.Node(b).Chain(id).BlockChain()
		height := min(left.CurrentBlock().Number.Uint64(), right.CurrentBlock().Number.Uint64())
		for number := range height + 1 {
			if x, y := left.GetCanonicalHash(number), right.GetCanonicalHash(number); x != y {
				t.Fatalf("rollup %s, block %d: validator %d has %s, validator %d has %s", id, number, a, x, b, y)
			}
		}
	}
}
