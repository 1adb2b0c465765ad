package chainrpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/gateway"
)

// upstream is the chain's execution client.
type upstream struct {
	url string
	log *slog.Logger
	// slots bounds the calls under way; capacity maxCalls, callers wait for their own time.
	slots chan struct{}
	http  *http.Client

	mu     sync.Mutex
	client *rpc.Client // nil until somebody asks
	closed bool
	away   bool

	breaking sync.Mutex // is taken while mu is held
	// broken is closed when the WebSocket that is there breaks.
	broken chan struct{}
}

func newUpstream(url string, log *slog.Logger) *upstream {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = maxCalls
	transport.Proxy = nil
	return &upstream{url: url, log: log, slots: make(chan struct{}, maxCalls), http: &http.Client{Transport: bounded{transport}}, broken: make(chan struct{})}
}

// dial opens the connection under a WebSocket. go-ethereum's client may let a call wait for its time that was sent just when the
// connection broke, so calls under way are ended from here.
func (u *upstream) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &watched{Conn: conn, broke: sync.OnceFunc(func() {
		u.breaking.Lock()
		defer u.breaking.Unlock()
		close(u.broken)
		u.broken = make(chan struct{})
	})}, nil
}

// watched tells when nothing can be read any more.
type watched struct {
	net.Conn
	broke func()
}

// Read implements net.Conn.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.broke()
	}
	return n, err
}

// bounded cuts answers at maxAnswer.
type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &boundedBody{answer.Body, maxAnswer}
	return answer, nil
}

var errAnswerTooLarge = errors.New("the answer is too large")

type boundedBody struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errAnswerTooLarge
	}
	return n, err
}

// connect is the connection to the client, which mends itself once it has been made.
func (u *upstream) connect(ctx context.Context) (*rpc.Client, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, errors.New("closed")
	}
	if u.client != nil {
		return u.client, nil
	}
	client, err := rpc.DialOptions(ctx, u.url, rpc.WithHTTPClient(u.http), rpc.WithWebsocketMessageSizeLimit(maxAnswer),
		rpc.WithWebsocketDialer(websocket.Dialer{NetDialContext: u.dial, HandshakeTimeout: callTimeout}))
	if err != nil {
		return nil, err
	}
	u.client = client
	return client, nil
}

// call asks the client. Its own errors pass as they are; if there is no answer the error wraps gateway.ErrExecution.
func (u *upstream) call(ctx context.Context, result any, method string, args ...any) error {
	return u.with(ctx, func(ctx context.Context, client *rpc.Client) error {
		return client.CallContext(ctx, result, method, args...)
	})
}

// with does something with the client in its turn.
func (u *upstream) with(ctx context.Context, do func(context.Context, *rpc.Client) error) error {
	limited, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	select {
	case u.slots <- struct{}{}:
		defer func() { <-u.slots }()
	case <-limited.Done():
		return &gateway.Refusal{Cause: gateway.ErrBusy, Want: fmt.Sprintf("at most %d calls to the chain's execution client at once", maxCalls)}
	}
	u.breaking.Lock()
	broken := u.broken
	u.breaking.Unlock()
	client, err := u.connect(limited)
	if err == nil {
		asking, stop := context.WithCancel(limited)
		done := make(chan struct{})
		go func() {
			select {
			case <-broken:
				stop()
			case <-done:
			}
		}()
		err = do(asking, client)
		close(done)
		stop()
	}
	if ctx.Err() != nil { // the caller is gone
		return ctx.Err()
	}
	if errors.Is(err, rpc.ErrNotificationsUnsupported) {
		return &gateway.Refusal{Cause: gateway.ErrUnsupported, Detail: "subscriptions: this node asks the chain's execution client by HTTP, and only a ws:// URL has them"}
	}
	var answered rpc.Error
	if err == nil || errors.As(err, &answered) {
		u.note(nil)
		return err
	}
	u.note(err)
	if errors.Is(err, errAnswerTooLarge) {
		return &gateway.Refusal{Cause: gateway.ErrExecution, Detail: fmt.Sprintf("its answer is larger than %d bytes", maxAnswer)}
	}
	if limited.Err() != nil {
		return &gateway.Refusal{Cause: gateway.ErrExecution, Detail: fmt.Sprintf("no answer within %s", callTimeout)}
	}
	return &gateway.Refusal{Cause: gateway.ErrExecution}
}

// note logs when the client goes away and when it is back.
func (u *upstream) note(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if away := err != nil; away != u.away {
		u.away = away
		if away {
			u.log.Warn("the chain's execution client does not answer", "err", err)
		} else {
			u.log.Info("the chain's execution client answers again")
		}
	}
}

func (u *upstream) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	if u.client != nil {
		u.client.Close()
		u.client = nil
	}
	u.http.CloseIdleConnections()
}
