package chainrpc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/chainrpc"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

const (
	chain    = gatewaytest.Chain
	patience = 20 * time.Second
)

// pool is what the chain asks of the pool beside admission.
type pool struct {
	mu    sync.Mutex
	txs   map[common.Hash]*gethtypes.Transaction
	noted map[common.Address]uint64
	gaps  []common.Address
	next  uint64
	heard chan uint64
}

func (p *pool) Get(hash common.Hash) *gethtypes.Transaction {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.txs[hash]
}

func (p *pool) NoteNonce(addr common.Address, nonce uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noted[addr] = nonce
	select {
	case p.heard <- nonce:
	default:
	}
}

func (p *pool) NextNonce(_ common.Address, from uint64) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(from, p.next)
}

func (p *pool) Gaps(int) []common.Address {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gaps
}

// scene is a gateway with a chain behind it.
type scene struct {
	*gatewaytest.Harness
	execution *execution
	pool      *pool
	stream    *proxyStream
	http      *rpc.Client
}

func newScene(t *testing.T, scheme string, change ...func(*chainrpc.Config)) *scene {
	t.Helper()
	s := &scene{execution: startExecution(t), stream: startStream(t)}
	s.pool = &pool{txs: make(map[common.Hash]*gethtypes.Transaction), noted: make(map[common.Address]uint64), heard: make(chan uint64, 64)}
	cfg := chainrpc.Config{Execution: scheme + "://" + s.execution.url, Stream: s.stream.url}
	for _, c := range change {
		c(&cfg)
	}
	var served *chainrpc.Chain
	s.Harness = gatewaytest.New(t, gatewaytest.Options{Mount: func(g *gateway.Gateway) {
		var err error
		served, err = chainrpc.New(cfg, chainrpc.Deps{Rollup: chain, Network: g.Sender(chain), Pool: s.pool, MaxSyncWait: patience, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := g.MountChain(chain, served); err != nil {
			t.Fatal(err)
		}
	}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- served.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		served.Close()
	})
	s.http = s.Dial(t, "http", "/rollup/905")
	return s
}

func call[T any](t *testing.T, c *rpc.Client, method string, args ...any) (result T) {
	t.Helper()
	if err := c.CallContext(t.Context(), &result, method, args...); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return result
}

// fails checks an error's code and text.
func fails(t *testing.T, err error, code int, text string) {
	t.Helper()
	var coded rpc.Error
	if !errors.As(err, &coded) || coded.ErrorCode() != code || !strings.Contains(err.Error(), text) {
		t.Errorf("got %v, want %d with %q", err, code, text)
	}
}

func signed(t *testing.T, nonce uint64, change ...func(*gethtypes.DynamicFeeTx)) *gethtypes.Transaction {
	t.Helper()
	id := new(big.Int).SetUint64(uint64(chain))
	inner := &gethtypes.DynamicFeeTx{ChainID: id, Nonce: nonce, Gas: 21000, GasFeeCap: big.NewInt(1e9), GasTipCap: big.NewInt(1), To: &common.Address{1}, Value: big.NewInt(1)}
	for _, c := range change {
		c(inner)
	}
	tx, err := gethtypes.SignNewTx(gatewaytest.Key(7), gethtypes.LatestSignerForChainID(inner.ChainID), inner)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func encoded(t *testing.T, tx *gethtypes.Transaction) hexutil.Bytes {
	t.Helper()
	raw, err := tx.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func entry(t *testing.T, tx *gethtypes.Transaction) core.Transaction {
	t.Helper()
	e, err := core.NewTransaction(chain, tx)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestChain_ForwardsWhatReadsAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newScene(t, "http", func(c *chainrpc.Config) { c.Allow = []string{"debug_traceTransaction"} })
	if id := call[hexutil.Uint64](t, s.http, "eth_chainId"); id != 905 {
		t.Errorf("chain id %d", id)
	}
	if v := call[string](t, s.http, "net_version"); v != "905" {
		t.Errorf("version %s", v)
	}
	if out := call[hexutil.Bytes](t, s.http, "eth_call", map[string]any{"to": common.Address{}}, "latest"); !bytes.Equal(out, []byte{1, 2}) {
		t.Errorf("call %s", out)
	}
	if out := call[string](t, s.http, "debug_traceTransaction", common.Hash{}); out != "trace" {
		t.Errorf("trace %s", out)
	}
	err := s.http.Call(nil, "eth_call", map[string]any{"data": "revert"}, "latest")
	fails(t, err, 3, "execution reverted: no")
	var data rpc.DataError
	if !errors.As(err, &data) || data.ErrorData() != "0x08c379a0" {
		t.Errorf("data %v", data)
	}
	for _, method := range []string{"engine_version", "admin_version", "debug_version", "eth_sendTransaction", "eth_sign", "personal_sign", "miner_start", "txpool_content"} {
		fails(t, s.http.Call(nil, method), -32601, "the method "+method+" does not exist/is not available")
		fails(t, s.http.Call(nil, "forward_call", method), -32601, "does not exist")
	}
	fails(t, s.http.Call(nil, "eth_getProof"), -32601, "eth_getProof") // what the client itself says
}

func TestChain_AnswersBatches(t *testing.T) {
	t.Parallel()
	s := newScene(t, "http")
	answer, err := http.Post(s.URL("http", "/rollup/905"), "application/json", strings.NewReader(
		`[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","id":2,"method":"engine_version","params":[]},{"jsonrpc":"2.0","id":"x","method":"eth_call","params":{"to":1}},{"jsonrpc":"2.0","method":"eth_chainId"}]`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"jsonrpc":"2.0","id":1,"result":"0x389"},` +
		`{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"the method engine_version does not exist/is not available"}},` +
		`{"jsonrpc":"2.0","id":"x","error":{"code":-32602,"message":"non-array args"}}]`
	if got := strings.TrimSpace(string(body)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestChain_SaysWhenTheClientIsAway(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "ws"} {
		s := newScene(t, scheme)
		call[hexutil.Uint64](t, s.http, "eth_chainId")
		s.execution.stop()
		err := s.http.Call(nil, "eth_chainId")
		fails(t, err, 47510, "the chain's execution client does not answer")
		if strings.Contains(err.Error(), s.execution.url) {
			t.Errorf("the error names an address: %v", err)
		}
		tx := signed(t, 0) // sending does not need it
		sent := make(chan error, 1)
		go func() { sent <- s.http.Call(nil, "eth_sendRawTransaction", encoded(t, tx)) }()
		if hash := <-s.Pool.Added; hash != tx.Hash() {
			t.Errorf("added %s", hash)
		}
		s.Log.Append(gatewaytest.Content{Txs: []core.Transaction{entry(t, tx)}})
		if err := <-sent; err != nil {
			t.Error(err)
		}
		s.execution.resume(t)
		call[hexutil.Uint64](t, s.http, "eth_chainId")
	}
}

func TestChain_TakesTransactionsIntoTheLane(t *testing.T) {
	t.Parallel()
	s := newScene(t, "http")
	s.execution.set(func(e *execution) { e.nonce = 4 })
	for _, c := range []struct {
		name string
		raw  hexutil.Bytes
		code int
		text string
	}{
		{"forged deposit", hexutil.Bytes{0x7e, 1, 2}, -32000, "transaction type not supported: type 126, want legacy, 1, 2 or 4"},
		{"post-exec", hexutil.Bytes{0x7d, 1, 2}, -32000, "type 125"},
		{"blob", hexutil.Bytes{3, 0xc0}, -32000, "type 3"},
		{"garbage", hexutil.Bytes{0xf8, 0xff, 1}, -32000, "malformed"},
		{"nothing", hexutil.Bytes{}, -32000, "malformed"},
		{"another chain", encoded(t, signed(t, 4, func(tx *gethtypes.DynamicFeeTx) { tx.ChainID = big.NewInt(1) })), -32000, "invalid chain id for signer: have 1 want 905"},
		{"too much gas", encoded(t, signed(t, 4, func(tx *gethtypes.DynamicFeeTx) { tx.Gas = 1<<24 + 1 })), -32000, "transaction gas limit too high: (cap: 16777216, tx: 16777217)"},
		{"used nonce", encoded(t, signed(t, 3)), -32000, "nonce too low: next nonce 4, tx nonce 3"},
		{"no funds", encoded(t, signed(t, 4, func(tx *gethtypes.DynamicFeeTx) { tx.Value = big.NewInt(2e18) })), -32000, "insufficient funds for gas * price + value: balance 1000000000000000000, tx cost 2000021000000000000, overshot 1000021000000000000"},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, s.http.Call(nil, "eth_sendRawTransaction", c.raw), c.code, c.text) })
	}
	legacy, err := gethtypes.SignNewTx(gatewaytest.Key(7), gethtypes.HomesteadSigner{}, &gethtypes.LegacyTx{Gas: 21000, GasPrice: big.NewInt(1), To: &common.Address{}})
	if err != nil {
		t.Fatal(err)
	}
	fails(t, s.http.Call(nil, "eth_sendRawTransaction", encoded(t, legacy)), -32000, "only replay-protected (EIP-155) transactions allowed over RPC")
	tx := signed(t, 4)
	answer := make(chan error, 1)
	var hash common.Hash
	go func() { answer <- s.http.Call(&hash, "eth_sendRawTransaction", encoded(t, tx)) }()
	<-s.Pool.Added
	s.Log.Append(gatewaytest.Content{Txs: []core.Transaction{entry(t, tx)}})
	if err := <-answer; err != nil || hash != tx.Hash() {
		t.Errorf("%s, %v", hash, err)
	}
	if from := crypto.PubkeyToAddress(gatewaytest.Key(7).PublicKey); s.pool.noted[from] != 4 {
		t.Errorf("the pool was told %v", s.pool.noted)
	}
	if s.execution.sent != 0 {
		t.Error("the execution client was sent a transaction")
	}

	found := call[map[string]any](t, s.http, "eth_getTransactionByHash", tx.Hash()) // ordered, and in no block
	if found["hash"] != tx.Hash().Hex() || found["blockHash"] != nil || found["from"] == nil || found["gasPrice"] != "0x3b9aca00" {
		t.Errorf("found %v", found)
	}
	waiting := signed(t, 5)
	s.pool.txs[waiting.Hash()] = waiting
	if found := call[map[string]any](t, s.http, "eth_getTransactionByHash", waiting.Hash()); found["nonce"] != "0x5" {
		t.Errorf("found %v", found)
	}
	if found := call[any](t, s.http, "eth_getTransactionByHash", common.Hash{1}); found != nil {
		t.Errorf("found %v", found)
	}
	s.pool.next = 6
	from := crypto.PubkeyToAddress(gatewaytest.Key(7).PublicKey)
	if n := call[hexutil.Uint64](t, s.http, "eth_getTransactionCount", from, "pending"); n != 6 {
		t.Errorf("pending nonce %d", n)
	}
	if n := call[hexutil.Uint64](t, s.http, "eth_getTransactionCount", from, "latest"); n != 4 {
		t.Errorf("latest nonce %d", n)
	}
	s.pool.mu.Lock()
	s.pool.gaps = []common.Address{from}
	s.pool.mu.Unlock()
	s.execution.set(func(e *execution) { e.nonce = 9 })
	for deadline := time.After(patience); ; {
		select {
		case n := <-s.pool.heard:
			if n == 9 {
				return
			}
		case <-deadline:
			t.Fatal("nobody tells the pool how far the chain is")
		}
	}
}

func TestChain_ForwardsSubscriptionsAndMakesThemAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t, "ws")
	c := s.Dial(t, "ws", "/rollup/905")
	heads := make(chan map[string]string, 16)
	sub, err := c.EthSubscribe(t.Context(), heads, "newHeads")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	expect := func(n uint64) {
		t.Helper()
		deadline := time.After(patience)
		for again := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case head := <-heads:
				if head["number"] == hexutil.EncodeUint64(n) {
					again.Stop()
					return
				}
			case <-again.C: // the subscription may not be there yet
				s.execution.mine(n)
			case <-deadline:
				t.Fatalf("no head %d", n)
			}
		}
	}
	expect(6)
	if id := call[hexutil.Uint64](t, c, "eth_chainId"); id != 905 {
		t.Errorf("chain id %d", id)
	}
	s.execution.stop()
	s.execution.resume(t)
	expect(7)
	over := newScene(t, "http")
	_, err = over.Dial(t, "ws", "/rollup/905").EthSubscribe(t.Context(), heads, "newHeads")
	fails(t, err, -32000, "only a ws:// URL has them")
}

// tell sends a message on the stream.
func (s *scene) tell(t *testing.T, id byte, index, number uint64, txs ...*gethtypes.Transaction) {
	t.Helper()
	var raw []hexutil.Bytes
	receipts := make(map[common.Hash]any)
	for i, tx := range txs {
		raw = append(raw, encoded(t, tx))
		receipts[tx.Hash()] = map[string]any{
			"transactionHash": tx.Hash(), "blockHash": common.Hash{0xbb}, "blockNumber": hexutil.Uint64(number), "status": "0x1", "gasUsed": "0x5208",
			"transactionIndex": hexutil.Uint64(i), "logs": []any{map[string]any{"blockHash": common.Hash{0xbb}, "data": "0x01"}},
		}
	}
	m := map[string]any{
		"payload_id": hexutil.Bytes{id}, "index": index,
		"diff":     map[string]any{"transactions": raw, "gas_used": "0x5208", "receipts_root": common.Hash{3}, "logs_bloom": "0x00"},
		"metadata": map[string]any{"block_number": number, "receipts": receipts, "new_account_balances": map[string]any{}},
	}
	if index == 0 {
		m["base"] = map[string]any{"parent_hash": common.Hash{byte(number - 1)}, "block_number": hexutil.Uint64(number), "timestamp": "0x64", "gas_limit": "0x3938700", "base_fee_per_gas": "0x7", "extra_data": "0x"}
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	conn := <-s.stream.conns
	s.stream.conns <- conn
	if err := conn.WriteMessage(1, text); err != nil {
		t.Fatal(err)
	}
}

// receipt waits until a receipt is there, or is not.
func (s *scene) receipt(t *testing.T, hash common.Hash, there bool) map[string]any {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if r := call[map[string]any](t, s.http, "eth_getTransactionReceipt", hash); (r != nil) == there {
			return r
		}
	}
	t.Fatalf("receipt of %s: want %v", hash, there)
	return nil
}

func TestChain_AnswersReceiptsOfTheStream(t *testing.T) {
	t.Parallel()
	s := newScene(t, "http")
	first, second, third := signed(t, 0), signed(t, 1), signed(t, 2)
	s.Log.Append(gatewaytest.Content{Txs: []core.Transaction{entry(t, first), entry(t, second)}})
	s.tell(t, 1, 0, 6)
	s.tell(t, 1, 1, 6, first)
	s.tell(t, 1, 2, 6, second)
	r := s.receipt(t, second.Hash(), true)
	if r["blockHash"] != (common.Hash{}).Hex() || r["preconfirmed"] != true || r["blockNumber"] != "0x6" || r["logs"].([]any)[0].(map[string]any)["blockHash"] != (common.Hash{}).Hex() {
		t.Errorf("receipt %v", r)
	}
	if tx := call[map[string]any](t, s.http, "eth_getTransactionByHash", first.Hash()); tx["blockNumber"] != "0x6" || tx["transactionIndex"] != "0x0" {
		t.Errorf("transaction %v", tx)
	}
	for _, full := range []bool{false, true} {
		block := call[map[string]any](t, s.http, "eth_getBlockByNumber", "pending", full)
		if txs := block["transactions"].([]any); block["number"] != "0x6" || block["hash"] != nil || len(txs) != 2 {
			t.Errorf("block %v", block)
		}
	}
	root := s.Dial(t, "http", "/")
	status := call[gateway.Status](t, root, "lockstep_getStatus", second.Hash())
	if a := status.Attempts[0]; status.Level != core.LevelExecuted || !a.PreConfirmed || *a.Block != 6 || a.Reported != nil {
		t.Errorf("status %+v", status)
	}

	s.tell(t, 2, 0, 6) // the operator begins the block anew, without the second one
	s.tell(t, 2, 1, 6, first)
	s.receipt(t, second.Hash(), false)
	s.receipt(t, first.Hash(), true)
	if status := call[gateway.Status](t, root, "lockstep_getStatus", second.Hash()); status.Level != core.LevelOrdered {
		t.Errorf("status %+v", status)
	}
	s.tell(t, 3, 1, 7, third) // its begin was missed
	s.tell(t, 4, 0, 7)
	s.tell(t, 4, 2, 7, third) // one between was missed
	s.execution.mine(6)       // and the block is without the first one, too
	s.receipt(t, first.Hash(), false)
	s.receipt(t, third.Hash(), false)
	if block := call[map[string]any](t, s.http, "eth_getBlockByNumber", "pending", false); block["number"] != "0x7" {
		t.Errorf("block %v", block)
	}
	s.execution.mine(9)
	if block := call[map[string]any](t, s.http, "eth_getBlockByNumber", "pending", false); block["tag"] != "pending" {
		t.Errorf("block %v", block)
	}
	conn := <-s.stream.conns
	_ = conn.Close() // it connects again
	s.tell(t, 5, 0, 10)
	s.tell(t, 5, 1, 10, third)
	s.receipt(t, third.Hash(), true)
}

func TestChain_SendsAndWaitsForTheReceipt(t *testing.T) {
	t.Parallel()
	s := newScene(t, "http")
	tx := signed(t, 0)
	type answer struct {
		receipt map[string]any
		err     error
	}
	got := make(chan answer, 1)
	go func() {
		var a answer
		a.err = s.http.Call(&a.receipt, "eth_sendRawTransactionSync", encoded(t, tx), 10_000)
		got <- a
	}()
	<-s.Pool.Added
	s.Log.Append(gatewaytest.Content{Txs: []core.Transaction{entry(t, tx)}})
	s.tell(t, 1, 0, 6, tx)
	if a := <-got; a.err != nil || a.receipt["transactionHash"] != tx.Hash().Hex() {
		t.Errorf("%v, %v", a.receipt, a.err)
	}
	fails(t, s.http.Call(nil, "eth_sendRawTransactionSync", encoded(t, signed(t, 1)), "0x1"), 4, "wasn't processed in 1ms")
	fails(t, s.http.Call(nil, "eth_sendRawTransactionSync", encoded(t, signed(t, 1)), "soon"), -32602, "timeout")
}

// In mode confirm nobody takes the lane: what is sent goes to the execution client, and the network has no say in it.
func TestChain_SendsToTheExecutionClient(t *testing.T) {
	t.Parallel()
	s := newScene(t, "http", func(c *chainrpc.Config) { c.Submit = chainrpc.SubmitExecution })
	s.execution.set(func(e *execution) { e.nonce = 4 })
	s.pool.next = 9
	tx := signed(t, 4)
	fails(t, s.http.Call(nil, "eth_sendRawTransaction", encoded(t, tx)), -32000, "the client's own words")
	s.execution.set(func(e *execution) { e.accepts = true })
	if hash := call[common.Hash](t, s.http, "eth_sendRawTransaction", encoded(t, tx)); hash != tx.Hash() {
		t.Errorf("hash %s", hash)
	}
	from := crypto.PubkeyToAddress(gatewaytest.Key(7).PublicKey)
	if n := call[hexutil.Uint64](t, s.http, "eth_getTransactionCount", from, "pending"); n != 6 {
		t.Errorf("pending nonce %d, want the client's", n)
	}
	fails(t, s.http.Call(nil, "eth_sendRawTransactionSync", encoded(t, tx), "0x1"), 4, "wasn't processed in 1ms")
	s.execution.set(func(e *execution) { e.receipts[tx.Hash()] = `{"blockNumber":"0x6"}` })
	if r := call[map[string]any](t, s.http, "eth_sendRawTransactionSync", encoded(t, tx)); r["blockNumber"] != "0x6" {
		t.Errorf("receipt %v", r)
	}
	s.execution.mu.Lock()
	defer s.execution.mu.Unlock()
	if len(s.Pool.Added) != 0 || s.execution.sent < 3 {
		t.Errorf("%d transactions for the lane, %d for the execution client", len(s.Pool.Added), s.execution.sent)
	}
}

func TestConfig_NamesEveryProblem(t *testing.T) {
	t.Parallel()
	err := chainrpc.Config{Execution: "127.0.0.1:8545", Stream: "http://x", Submit: "pool", Allow: []string{"engine_getPayloadV4", "eth", "eth_sendRawTransaction", "debug_setHead"}}.Validate()
	for _, want := range []string{`execution is "127.0.0.1:8545", want a URL that begins with http://`, `stream is "http://x"`, `submit is "pool", want "lane"`, `"engine_getPayloadV4"`, `"eth"`, `"eth_sendRawTransaction"`, `"debug_setHead"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
	if err := (chainrpc.Config{Stream: "ws://x"}).Validate(); err == nil {
		t.Error("a stream without an execution client")
	}
}
