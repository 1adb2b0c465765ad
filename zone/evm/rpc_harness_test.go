package evm

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"maps"
	"math/big"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"github.com/lockstep-network/lockstep/core"
)

const (
	rpcRollup  = core.RollupID(901)
	rpcGenesis = uint64(1_700_000_000)
)

var (
	rpcBob = common.HexToAddress("0xb0b")

	// counterCode deploys a contract that adds one to slot 0, logs the sum under counterTopic and returns it.
	counterCode  = common.FromHex("6015806009" + "5f395ff3" + "5f54600101805f555f5261beef60205fa160205ff3")
	counterTopic = common.HexToHash("0xbeef")
)

// rpcNode is the smallest node: a real chain, a tick for every transaction, and a mempool that can be told to keep them.
type rpcNode struct {
	t     testing.TB
	chain *Chain
	rpc   *RPC
	http  *httptest.Server
	eth   *ethclient.Client
	raw   *rpc.Client
	alice common.Address

	mu   sync.Mutex
	tick uint64
	time uint64
	// keep makes SendTx leave transactions in the pool.
	keep       bool
	executable map[common.Address][]*gethtypes.Transaction
	parked     map[common.Address][]*gethtypes.Transaction
	listeners  map[int]func([]*gethtypes.Transaction)
	safe       uint64
	attested   bool
	nonce      uint64
}

func newRPCNode(t testing.TB) *rpcNode { return newRPCNodeWith(t, func(*RPCDeps) {}) }

func newRPCNodeWith(t testing.TB, adjust func(*RPCDeps)) *rpcNode {
	t.Helper()
	n := &rpcNode{
		t: t, time: rpcGenesis, alice: crypto.PubkeyToAddress(key(1).PublicKey),
		executable: map[common.Address][]*gethtypes.Transaction{},
		parked:     map[common.Address][]*gethtypes.Transaction{},
		listeners:  map[int]func([]*gethtypes.Transaction){},
	}
	predeploy := core.DefaultPredeploy()
	alloc := SystemAlloc(predeploy)
	alloc[n.alice] = gethtypes.Account{Balance: new(big.Int).Mul(big.NewInt(1000), big.NewInt(params.Ether))}
	chain, err := Open(Config{
		Dir: t.TempDir(), Params: core.DefaultParams(), Predeploy: predeploy, EVMTime: rpcGenesis,
		Rollup: core.Rollup{ID: rpcRollup, Name: "test", Kind: core.KindEVM, EVM: &core.EVMGenesis{BaseFee: params.GWei, Alloc: alloc}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, chain.Close()) })
	deps := RPCDeps{Submit: n, Pool: n, Finality: n}
	adjust(&deps)
	n.chain = chain
	n.rpc, err = NewRPC(chain, deps)
	require.NoError(t, err)
	t.Cleanup(n.rpc.Stop)
	n.http = httptest.NewServer(n.rpc)
	t.Cleanup(n.http.Close)
	n.raw = n.rpc.Client()
	t.Cleanup(n.raw.Close)
	n.eth = ethclient.NewClient(n.raw)
	return n
}

func key(i byte) *ecdsa.PrivateKey {
	k, err := crypto.ToECDSA(common.LeftPadBytes([]byte{i}, 32))
	if err != nil {
		panic(err)
	}
	return k
}

// open begins the next block.
func (n *rpcNode) open() {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.time++
	require.NoError(n.t, n.chain.Open(n.time))
	n.endTick()
}

func (n *rpcNode) endTick() {
	n.tick++
	_, err := n.chain.EndTick(n.tick)
	require.NoError(n.t, err)
}

// seal closes the open block.
func (n *rpcNode) seal() *gethtypes.Header {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	sealed, err := n.chain.Seal(make([]byte, 16))
	require.NoError(n.t, err)
	header := n.chain.BlockChain().GetHeaderByHash(sealed.Hash)
	require.NotNil(n.t, header)
	return header
}

// execute runs a transaction in a tick of its own.
func (n *rpcNode) execute(tx *gethtypes.Transaction) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	wrapped, err := core.NewTransaction(rpcRollup, tx)
	if err != nil {
		return err
	}
	result, err := n.chain.Apply(wrapped)
	if err != nil {
		return err
	}
	n.endTick()
	if result.Code.Void() {
		return errors.New(result.Detail)
	}
	return nil
}

// SendTx implements Submitter.
func (n *rpcNode) SendTx(_ context.Context, tx *gethtypes.Transaction) error {
	if n.keep {
		n.queue(tx)
		return nil
	}
	return n.execute(tx)
}

func (n *rpcNode) queue(tx *gethtypes.Transaction) {
	n.mu.Lock()
	defer n.mu.Unlock()
	from, err := gethtypes.Sender(gethtypes.LatestSignerForChainID(tx.ChainId()), tx)
	if err != nil {
		panic(err)
	}
	n.executable[from] = append(n.executable[from], tx)
	for _, listener := range n.listeners {
		listener([]*gethtypes.Transaction{tx})
	}
}

// Get implements PoolReader.
func (n *rpcNode) Get(hash common.Hash) *gethtypes.Transaction {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, txs := range n.executable {
		if i := slices.IndexFunc(txs, func(tx *gethtypes.Transaction) bool { return tx.Hash() == hash }); i >= 0 {
			return txs[i]
		}
	}
	return nil
}

// ContentFrom implements PoolReader.
func (n *rpcNode) ContentFrom(sender common.Address) (executable, parked []*gethtypes.Transaction) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.executable[sender]), slices.Clone(n.parked[sender])
}

// Content implements PoolReader.
func (n *rpcNode) Content() (executable, parked map[common.Address][]*gethtypes.Transaction) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.executable), maps.Clone(n.parked)
}

// Stats implements PoolReader.
func (n *rpcNode) Stats() (executable, parked int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, txs := range n.executable {
		executable += len(txs)
	}
	for _, txs := range n.parked {
		parked += len(txs)
	}
	return executable, parked
}

// SubscribeTxs implements PoolReader.
func (n *rpcNode) SubscribeTxs(fn func([]*gethtypes.Transaction)) (cancel func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id := len(n.listeners)
	n.listeners[id] = fn
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.listeners, id)
	}
}

// Safe implements Finality.
func (n *rpcNode) Safe() (uint64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.safe, n.attested
}

// sign makes alice's next transaction.
func (n *rpcNode) sign(to *common.Address, value int64, data []byte) *gethtypes.Transaction {
	n.t.Helper()
	tx := n.signAt(n.nonce, to, value, data)
	n.nonce++
	return tx
}

func (n *rpcNode) signAt(nonce uint64, to *common.Address, value int64, data []byte) *gethtypes.Transaction {
	n.t.Helper()
	id := new(big.Int).SetUint64(uint64(rpcRollup))
	tx, err := gethtypes.SignNewTx(key(1), gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, Nonce: nonce, GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(100 * params.GWei),
		Gas: 200_000, To: to, Value: big.NewInt(value), Data: data,
	})
	require.NoError(n.t, err)
	return tx
}

// send sends alice's next transaction through RPC.
func (n *rpcNode) send(to *common.Address, value int64, data []byte) *gethtypes.Transaction {
	n.t.Helper()
	tx := n.sign(to, value, data)
	require.NoError(n.t, n.eth.SendTransaction(n.t.Context(), tx))
	return tx
}

// deploy deploys the counter and returns its address.
func (n *rpcNode) deploy() common.Address {
	n.t.Helper()
	tx := n.send(nil, 0, counterCode)
	return crypto.CreateAddress(n.alice, tx.Nonce())
}

func (n *rpcNode) receipt(tx *gethtypes.Transaction) *gethtypes.Receipt {
	n.t.Helper()
	receipt, err := n.eth.TransactionReceipt(n.t.Context(), tx.Hash())
	require.NoError(n.t, err)
	return receipt
}

// ask calls a method and decodes the result.
func ask[T any](n *rpcNode, method string, args ...any) T {
	n.t.Helper()
	var result T
	require.NoError(n.t, n.raw.CallContext(n.t.Context(), &result, method, args...), method)
	return result
}

// refuse calls a method that must fail, and returns the code and the text of the error.
func (n *rpcNode) refuse(method string, args ...any) (int, string) {
	n.t.Helper()
	err := n.raw.CallContext(n.t.Context(), nil, method, args...)
	require.Error(n.t, err, method)
	var coded rpc.Error
	require.ErrorAs(n.t, err, &coded)
	return coded.ErrorCode(), err.Error()
}

// dialWS connects over WebSocket.
func (n *rpcNode) dialWS() *ethclient.Client {
	n.t.Helper()
	client, err := ethclient.DialContext(n.t.Context(), "ws"+strings.TrimPrefix(n.http.URL, "http"))
	require.NoError(n.t, err)
	n.t.Cleanup(client.Close)
	return client
}
