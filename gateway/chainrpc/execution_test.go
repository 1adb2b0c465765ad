package chainrpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"
)

// execution is a chain's execution client that says what the test wants.
type execution struct {
	url    string
	server *http.Server

	mu       sync.Mutex
	nonce    uint64
	balance  *big.Int
	head     uint64
	headHash common.Hash
	receipts map[common.Hash]string
	sent     int
	accepts  bool
	delay    chan struct{}
	heads    map[chan uint64]struct{}
	drop     func()
}

func startExecution(t *testing.T) *execution {
	t.Helper()
	e := &execution{balance: big.NewInt(1e18), head: 5, headHash: common.Hash{5}, receipts: make(map[common.Hash]string), heads: make(map[chan uint64]struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e.url = l.Addr().String()
	e.serve(t, l)
	t.Cleanup(func() { e.stop() })
	return e
}

func (e *execution) serve(t *testing.T, l net.Listener) {
	t.Helper()
	served := rpc.NewServer()
	for name, service := range map[string]any{"eth": &ethService{e}, "net": &netService{}, "debug": &netService{}, "engine": &netService{}, "admin": &netService{}} {
		if err := served.RegisterName(name, service); err != nil {
			t.Fatal(err)
		}
	}
	ws := served.WebsocketHandler([]string{"*"})
	var conns sync.Map
	e.drop = func() {
		_ = e.server.Close()
		conns.Range(func(c, _ any) bool { _ = c.(net.Conn).Close(); return true }) // those that WebSockets took over, too
		served.Stop()
	}
	e.server = &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			ws.ServeHTTP(w, r)
			return
		}
		served.ServeHTTP(w, r)
	}), ConnState: func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Store(c, nil)
		}
	}}
	go func() { _ = e.server.Serve(l) }()
}

// stop takes the client away, and resume brings it back at the same address.
func (e *execution) stop() { e.drop() }

func (e *execution) resume(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", e.url)
	if err != nil {
		t.Fatal(err)
	}
	e.serve(t, l)
}

// set changes what the client says.
func (e *execution) set(change func(*execution)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e)
}

// mine tells a new head.
func (e *execution) mine(number uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.head, e.headHash = number, common.Hash{byte(number)}
	for ch := range e.heads {
		ch <- number
	}
}

type netService struct{}

// Version is net_version, and everything else that must not be reached.
func (*netService) Version() string { return "905" }

// TraceTransaction is debug_traceTransaction.
func (*netService) TraceTransaction(common.Hash) string { return "trace" }

type ethService struct{ e *execution }

type revert struct{}

func (revert) Error() string  { return "execution reverted: no" }
func (revert) ErrorCode() int { return 3 }
func (revert) ErrorData() any { return "0x08c379a0" }

func (s *ethService) BlockNumber() hexutil.Uint64 {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	return hexutil.Uint64(s.e.head)
}

func (s *ethService) ChainId(ctx context.Context) hexutil.Uint64 {
	s.e.mu.Lock()
	delay := s.e.delay
	s.e.mu.Unlock()
	if delay != nil {
		select {
		case <-delay:
		case <-ctx.Done():
		}
	}
	return 905
}

func (s *ethService) Call(args json.RawMessage, at *string) (hexutil.Bytes, error) {
	if strings.Contains(string(args), "revert") {
		return nil, revert{}
	}
	return hexutil.Bytes{1, 2}, nil
}

func (s *ethService) GetTransactionCount(_ common.Address, at string) hexutil.Uint64 {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	if at == "pending" {
		return hexutil.Uint64(s.e.nonce + uint64(s.e.sent))
	}
	return hexutil.Uint64(s.e.nonce)
}

func (s *ethService) GetBalance(common.Address, string) *hexutil.Big {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	return (*hexutil.Big)(s.e.balance)
}

func (s *ethService) GetBlockByNumber(tag string, _ bool) map[string]any {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	return map[string]any{"number": hexutil.Uint64(s.e.head), "hash": s.e.headHash, "tag": tag}
}

func (s *ethService) GetTransactionByHash(hash common.Hash) json.RawMessage {
	return s.GetTransactionReceipt(hash)
}

func (s *ethService) GetTransactionReceipt(hash common.Hash) json.RawMessage {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	if text, ok := s.e.receipts[hash]; ok {
		return json.RawMessage(text)
	}
	return json.RawMessage("null")
}

// SendRawTransaction puts a transaction into the client's own pool.
func (s *ethService) SendRawTransaction(raw hexutil.Bytes) (common.Hash, error) {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	s.e.sent++
	if !s.e.accepts {
		return common.Hash{}, errors.New("the client's own words")
	}
	return crypto.Keccak256Hash(raw), nil
}

func (s *ethService) NewHeads(ctx context.Context) (*rpc.Subscription, error) {
	notifier, ok := rpc.NotifierFromContext(ctx)
	if !ok {
		return nil, rpc.ErrNotificationsUnsupported
	}
	sub, heads := notifier.CreateSubscription(), make(chan uint64, 16)
	s.e.mu.Lock()
	s.e.heads[heads] = struct{}{}
	s.e.mu.Unlock()
	go func() {
		defer func() { s.e.mu.Lock(); delete(s.e.heads, heads); s.e.mu.Unlock() }()
		for {
			select {
			case n := <-heads:
				_ = notifier.Notify(sub.ID, map[string]any{"number": hexutil.Uint64(n)})
			case <-sub.Err():
				return
			}
		}
	}()
	return sub, nil
}

// proxyStream is the stream of an operator's proxy.
type proxyStream struct {
	url   string
	conns chan *websocket.Conn
}

func startStream(t *testing.T) *proxyStream {
	t.Helper()
	s := &proxyStream{conns: make(chan *websocket.Conn, 8)}
	upgrader := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		s.conns <- conn
		for { // what a subscriber says is of no interest, but its pongs are
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
		}
	}))
	s.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(server.Close)
	return s
}
