package opstacktest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/golang-jwt/jwt/v4"
)

// Style is whose manners an execution client has.
type Style string

// The styles. Where they differ: op-geth builds while it answers, refuses attributes with -38003 and names the transaction, and has
// the whole eth namespace on the authenticated port; op-reth answers with an id at once, fails at getPayload without a name, skips
// what is invalid, and serves there only what op-node needs.
const (
	Geth Style = "op-geth"
	Reth Style = "op-reth"
)

// rethMethods are those that op-reth serves on the authenticated port beside the engine's.
var rethMethods = []string{
	"eth_syncing", "eth_chainId", "eth_blockNumber", "eth_call", "eth_getCode", "eth_getBlockByHash", "eth_getBlockByNumber",
	"eth_getBlockReceipts", "eth_sendRawTransaction", "eth_getTransactionReceipt", "eth_getLogs", "eth_getProof",
}

// Execution is an execution client with a chain, but without execution.
type Execution struct {
	// URL is that of the authenticated port, and JWT the file with its secret.
	URL, JWT string

	style   Style
	chainID uint64
	secret  []byte
	server  *httptest.Server

	mu       sync.Mutex
	chain    chain
	pool     []hexutil.Bytes
	payloads map[string]build
	// kept are the ids of the payloads that are not forgotten, oldest first.
	kept  []string
	calls map[string]int
	delay time.Duration
	// pending is the newest block that was handed in, whatever its place.
	pending common.Hash
	// held: the next build with transactions hangs until its request is given up, and closes stuck before.
	held  bool
	stuck chan struct{}
	// plan says of each of the next builds whether it works.
	plan []bool
	// karst: that fork is active; otherwise those before it.
	karst bool
	// funds are what accounts have in the genesis, if it is not Funds.
	funds map[common.Address]*big.Int
}

// build is an open payload, or why it fails.
type build struct {
	block *Block
	err   *rpcError
}

// StartExecution runs an execution client until the test ends.
func StartExecution(t testing.TB, style Style, chainID uint64) *Execution {
	t.Helper()
	e := &Execution{style: style, chainID: chainID, chain: newChain(), payloads: make(map[string]build), calls: make(map[string]int), funds: make(map[common.Address]*big.Int)}
	e.secret, e.JWT = NewSecret(t)
	e.server = httptest.NewServer(e)
	e.URL = e.server.URL
	t.Cleanup(func() { e.server.Close() })
	return e
}

// NewSecret writes a new secret to a file of the test's.
func NewSecret(t testing.TB) (secret []byte, path string) {
	t.Helper()
	secret = make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "jwt.hex")
	if err := os.WriteFile(path, []byte("0x"+hex.EncodeToString(secret)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return secret, path
}

// Token is a token of a secret, issued at a time.
func Token(secret []byte, issued time.Time) string {
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{IssuedAt: jwt.NewNumericDate(issued)}).SignedString(secret)
	if err != nil {
		panic(err) // a key of bytes always signs
	}
	return text
}

// Stop takes the execution client away, and Resume brings it back at the same address, with its chain.
func (e *Execution) Stop() { e.server.CloseClientConnections(); e.server.Close() }

// Resume is the end of Stop.
func (e *Execution) Resume(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", strings.TrimPrefix(e.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	e.server = &httptest.Server{Listener: l, Config: &http.Server{Handler: e}}
	e.server.Start()
}

// Secret is that of the authenticated port.
func (e *Execution) Secret() []byte { return e.secret }

// Root makes a block without a body known, on which a recorded chain can stand.
func (e *Execution) Root(hash common.Hash) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.chain.byHash[hash] = &Block{Fixed: hash}
}

// Delay makes every answer take this long.
func (e *Execution) Delay(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.delay = d
}

// Plan says of each of the next builds whether it works; those that do not fail for no reason that is theirs.
func (e *Execution) Plan(works ...bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.plan = works
}

// Hold lets the next build that has more than its first transaction hang until its request is given up. stuck is closed when it hangs.
func (e *Execution) Hold() (stuck <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held, e.stuck = true, make(chan struct{})
	return e.stuck
}

// hangs tells whether a request is the build that was to hang.
func (e *Execution) hangs(body []byte) bool {
	var r rpcRequest
	var wanted *attributes
	if json.Unmarshal(body, &r) != nil || len(r.Params) != 2 || json.Unmarshal(r.Params[1], &wanted) != nil || wanted == nil || len(wanted.Transactions) < 2 {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.held {
		e.held = false
		close(e.stuck)
		return true
	}
	return false
}

// Add puts a transaction into the pool.
func (e *Execution) Add(raw ...hexutil.Bytes) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pool = append(e.pool, raw...)
}

// Karst activates that fork, with another version of getPayload.
func (e *Execution) Karst() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.karst = true
}

// Fund says what an account has in the genesis.
func (e *Execution) Fund(a common.Address, wei *big.Int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.funds[a] = wei
}

// Calls counts the calls of a method.
func (e *Execution) Calls(method string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.calls[method]
}

// Canonical is the chain from its genesis to its head.
func (e *Execution) Canonical() []*Block {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.chain.canonical()
}

type rpcRequest struct {
	ID     json.RawMessage   `json:"id"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

func (e *Execution) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var claims jwt.RegisteredClaims
	_, err := jwt.ParseWithClaims(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), &claims,
		func(*jwt.Token) (any, error) { return e.secret, nil }, jwt.WithValidMethods([]string{"HS256"}))
	if err != nil || claims.IssuedAt == nil || time.Since(claims.IssuedAt.Time).Abs() > time.Minute {
		http.Error(w, "token", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	e.mu.Lock()
	delay := e.delay
	e.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return
		}
	}
	if e.hangs(body) {
		<-r.Context().Done()
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var batch []rpcRequest
	if err := json.Unmarshal(body, &batch); err == nil {
		answers := make([]any, len(batch))
		for i, one := range batch {
			answers[i] = e.answer(one)
		}
		_ = json.NewEncoder(w).Encode(answers)
		return
	}
	var one rpcRequest
	if err := json.Unmarshal(body, &one); err != nil {
		one.ID = json.RawMessage("null")
		_ = json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": one.ID, "error": rpcError{-32700, "parse error", nil}})
		return
	}
	_ = json.NewEncoder(w).Encode(e.answer(one))
}

func (e *Execution) answer(r rpcRequest) any {
	result, err := e.call(r)
	if err != nil {
		var known *rpcError
		if !errors.As(err, &known) {
			known = &rpcError{-32602, err.Error(), nil}
		}
		return map[string]any{"jsonrpc": "2.0", "id": r.ID, "error": known}
	}
	return map[string]any{"jsonrpc": "2.0", "id": r.ID, "result": result}
}

func (e *rpcError) Error() string { return e.Message }

func (e *Execution) call(r rpcRequest) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls[r.Method]++
	name := strings.TrimRight(r.Method, "0123456789")
	switch name {
	case "engine_forkchoiceUpdatedV":
		return e.forkchoice(r.Params)
	case "engine_getPayloadV":
		return e.payload(r.Method, r.Params)
	case "engine_newPayloadV":
		return e.newPayload(r.Params)
	}
	if e.style == Reth && !contains(rethMethods, r.Method) {
		return nil, &rpcError{-32601, "Method not found", nil}
	}
	switch r.Method {
	case "eth_chainId":
		return hexutil.Uint64(e.chainID), nil
	case "eth_blockNumber":
		return hexutil.Uint64(e.chain.byHash[e.chain.head].Number), nil
	case "eth_getBlockByHash", "eth_getBlockByNumber":
		return e.block(r)
	case "eth_getProof":
		return e.proof(r.Params)
	case "eth_getBlockReceipts":
		return e.receipts(r)
	}
	return nil, &rpcError{-32601, fmt.Sprintf("the method %s does not exist/is not available", r.Method), nil}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

func (e *Execution) block(r rpcRequest) (any, error) {
	if len(r.Params) != 2 {
		return nil, fmt.Errorf("want 2 parameters, got %d", len(r.Params))
	}
	var full bool
	if err := json.Unmarshal(r.Params[1], &full); err != nil {
		return nil, err
	}
	if r.Method == "eth_getBlockByHash" {
		var hash common.Hash
		if err := json.Unmarshal(r.Params[0], &hash); err != nil {
			return nil, err
		}
		return e.chain.byHash[hash].view(full), nil
	}
	var number hexutil.Uint64
	if err := json.Unmarshal(r.Params[0], &number); err != nil {
		return nil, err
	}
	return e.chain.at(uint64(number)).view(full), nil
}

// receipts answers as the style does: op-geth has those of every block that it knows by its hash, op-reth by its hash those of the chain,
// and those of the newest block on the head as "pending".
func (e *Execution) receipts(r rpcRequest) (any, error) {
	var which string
	if len(r.Params) != 1 || json.Unmarshal(r.Params[0], &which) != nil {
		return nil, fmt.Errorf("want a block")
	}
	hash := common.HexToHash(which)
	if which == "pending" {
		if e.style == Geth {
			return nil, nil
		}
		hash = e.pending
	}
	b, known := e.chain.byHash[hash]
	if !known {
		return nil, nil
	}
	if e.style == Reth {
		onHead := which == "pending" && b.Parent == e.chain.head
		if canonical := e.chain.at(b.Number); !onHead && (canonical == nil || canonical.Hash() != hash) {
			return nil, nil
		}
	}
	return b.receipts(), nil
}
