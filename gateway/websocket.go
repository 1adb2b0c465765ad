package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"time"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/gorilla/websocket"
)

const (
	// pingInterval is how often a WebSocket client is asked whether it is there, pongWait how long its answer may take.
	pingInterval = 30 * time.Second
	pongWait     = 30 * time.Second
	// controlWait is how long a ping or a close may take to be written.
	controlWait = 5 * time.Second
)

// wsConn is one client's WebSocket: go-ethereum's RPC server reads calls from it and writes answers to it, and what goes
// beyond the limits never reaches the server. Of the server's own WebSocket it differs in the limits alone.
type wsConn struct {
	g      *Gateway
	m      *mount
	conn   *websocket.Conn
	remote string

	closing sync.Once
	done    chan struct{}
	// writing is held while a message is written; pings and closes need it not.
	writing sync.Mutex

	mu sync.Mutex
	// calls is the number of messages that are not answered yet.
	calls int
	// asked are the ids of subscribe calls that are not answered yet, subscribed the subscriptions.
	asked      map[string]struct{}
	subscribed map[string]struct{}
}

// serveWebSocket serves JSON-RPC on an upgraded connection until it ends.
func (g *Gateway) serveWebSocket(m *mount, w http.ResponseWriter, r *http.Request) {
	g.websocket.Add(1)
	defer g.websocket.Done()
	upgrader := websocket.Upgrader{
		ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &g.wsBuffers,
		CheckOrigin: func(r *http.Request) bool { return g.originAllowed(r.Header.Get("Origin")) },
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by the upgrader
	}
	c := &wsConn{
		g: g, m: m, conn: conn, remote: r.RemoteAddr, done: make(chan struct{}),
		asked: make(map[string]struct{}), subscribed: make(map[string]struct{}),
	}
	conn.SetReadLimit(int64(g.cfg.MaxBody))
	conn.SetPongHandler(func(string) error { return c.alive() })
	pings := make(chan struct{})
	go func() {
		defer close(pings)
		c.ping()
	}()
	m.server.ServeCodec(newCodec(rpc.NewFuncCodec, c), 0)
	_ = c.Close() // it is closed already unless the server was stopped before
	<-pings
	g.subscriptions.Add(-int64(len(c.asked) + len(c.subscribed)))
}

// rpcMessage is a message as go-ethereum's RPC server has it. Its type has no name outside of that package, so what handles
// it here is generic over all types of this shape.
type rpcMessage interface {
	~struct {
		Version string          `json:"jsonrpc,omitempty"`
		ID      json.RawMessage `json:"id,omitempty"`
		Method  string          `json:"method,omitempty"`
		Params  json.RawMessage `json:"params,omitempty"`
		Error   json.RawMessage `json:"error,omitempty"`
		Result  json.RawMessage `json:"result,omitempty"`
	}
}

// plainMessage is a message of the RPC server under a name.
type plainMessage struct {
	Version string          `json:"jsonrpc,omitempty"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
}

// newCodec calls rpc.NewFuncCodec, whose parameters have types that only inference can name.
func newCodec[C io.Closer, M rpcMessage](
	build func(C, func(context.Context, *M, bool) error, func(context.Context, []*M, bool) error, func(any) error) rpc.ServerCodec, c *wsConn,
) rpc.ServerCodec {
	one := func(_ context.Context, m *M, _ bool) error { return c.write(plainMessage(*m)) }
	many := func(_ context.Context, batch []*M, _ bool) error {
		plain := make([]plainMessage, len(batch))
		for i, m := range batch {
			plain[i] = plainMessage(*m)
		}
		return c.writeBatch(plain)
	}
	return build(any(c).(C), one, many, c.read)
}

// RemoteAddr is the client's address, as Client reads it.
func (c *wsConn) RemoteAddr() string { return c.remote }

// SetWriteDeadline bounds the next write.
func (c *wsConn) SetWriteDeadline(t time.Time) error { return c.conn.SetWriteDeadline(t) }

// Close says goodbye and closes the connection. It is idempotent.
func (c *wsConn) Close() error {
	var err error
	c.closing.Do(func() {
		close(c.done)
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		err = errors.Join(c.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(controlWait)), c.conn.Close())
	})
	return err
}

// alive gives the client time until after the next ping.
func (c *wsConn) alive() error {
	return c.conn.SetReadDeadline(time.Now().Add(pingInterval + pongWait))
}

// ping pings until the connection is closed.
func (c *wsConn) ping() {
	ticker := time.NewTicker(pingInterval)
	defer ticker.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-ticker.C:
			if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(controlWait)) != nil {
				return // the reader sees the same
			}
		}
	}
}

// read gives the server the next message within the limits. It answers those beyond them.
func (c *wsConn) read(to any) error {
	for {
		if err := c.alive(); err != nil {
			return err
		}
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			return err
		}
		raw := to.(*json.RawMessage) // what the codec reads
		if err := json.Unmarshal(frame, raw); err != nil {
			return err
		}
		calls, batch := parseCalls(*raw)
		refusal := c.admit(calls)
		if refusal == nil {
			*raw = c.m.forward(renameDiscover(*raw))
			return nil
		}
		if err := c.refuse(calls, batch, refusal); err != nil {
			return err
		}
	}
}

// callHead is what the limits need to know of a call.
type callHead struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// answered reports whether the server will answer the message: not if it has no id, or is itself an answer.
func (h callHead) answered() bool {
	notification := h.ID == nil && h.Method != ""
	answer := h.ID != nil && h.Method == "" && h.Params == nil
	return !notification && !answer
}

// parseCalls reads the calls of a message; what is no call is an empty one, for the server to answer.
func parseCalls(message json.RawMessage) (heads []callHead, batch bool) {
	calls, batch := splitBatch(message)
	heads = make([]callHead, len(calls))
	for i, call := range calls {
		if json.Unmarshal(call, &heads[i]) != nil {
			heads[i] = callHead{}
		}
	}
	return heads, batch
}

// admit counts a message, or says which limit it goes beyond.
func (c *wsConn) admit(calls []callHead) *Refusal {
	if wait, ok := c.g.throttle.take(clientOf(c.remote), max(len(calls), 1)); !ok {
		c.g.meters.exceeded(limitRate)
		return c.g.throttle.refusal(wait)
	}
	if refusal := c.g.current(func() []callHead { return calls }); refusal != nil {
		return refusal
	}
	if len(calls) > c.g.cfg.MaxBatch {
		c.g.meters.exceeded(limitBatch) // the server answers it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := slices.ContainsFunc(calls, callHead.answered)
	if most := c.g.cfg.MaxCallsPerConnection; waits && c.calls >= most {
		c.g.meters.exceeded(limitCallsPerConnection)
		return limitExceeded(limitCallsPerConnection, fmt.Sprintf("at most %d calls under way on a connection", most))
	}
	if refusal := c.admitSubscriptions(calls); refusal != nil {
		return refusal
	}
	if waits {
		c.calls++
	}
	return nil
}

// admitSubscriptions counts the subscribe and unsubscribe calls of a message.
func (c *wsConn) admitSubscriptions(calls []callHead) *Refusal {
	var ids []string
	for _, call := range calls {
		switch {
		case strings.HasSuffix(call.Method, "_subscribe") && call.answered():
			ids = append(ids, string(call.ID))
		case strings.HasSuffix(call.Method, "_unsubscribe"):
			var params []string
			if json.Unmarshal(call.Params, &params) == nil && len(params) == 1 {
				c.ended(params[0])
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if most := c.g.cfg.MaxSubscriptionsPerConnection; len(c.asked)+len(c.subscribed)+len(ids) > most {
		c.g.meters.exceeded(limitSubscriptionsPerConnection)
		return limitExceeded(limitSubscriptionsPerConnection, fmt.Sprintf("at most %d subscriptions on a connection", most))
	}
	if most := c.g.cfg.MaxSubscriptions; c.g.subscriptions.Add(int64(len(ids))) > int64(most) {
		c.g.subscriptions.Add(-int64(len(ids)))
		c.g.meters.exceeded(limitSubscriptions)
		return limitExceeded(limitSubscriptions, fmt.Sprintf("at most %d subscriptions of all clients", most))
	}
	for _, id := range ids {
		if _, twice := c.asked[id]; twice {
			c.g.subscriptions.Add(-1)
		}
		c.asked[id] = struct{}{}
	}
	return nil
}

// ended frees a subscription's place. One that the gateway has ended keeps its place until the client unsubscribes.
func (c *wsConn) ended(subscription string) {
	if _, ok := c.subscribed[subscription]; ok {
		delete(c.subscribed, subscription)
		c.g.subscriptions.Add(-1)
	}
}

// answer counts an answer; the calls are one fewer with the first one of a message.
func (c *wsConn) answer(m plainMessage) {
	id := string(m.ID)
	if _, ok := c.asked[id]; !ok {
		return
	}
	delete(c.asked, id)
	var subscription string
	if m.Error == nil && json.Unmarshal(m.Result, &subscription) == nil {
		c.subscribed[subscription] = struct{}{}
		return
	}
	c.g.subscriptions.Add(-1)
}

// write writes an answer or a notification.
func (c *wsConn) write(m plainMessage) error {
	switch {
	case m.Method == "":
		c.mu.Lock()
		c.answer(m)
		c.calls = max(0, c.calls-1)
		c.mu.Unlock()
	case m.ID == nil:
		return c.writeText(m.notification())
	}
	return c.writeJSON(m)
}

// notification is the message's JSON. Its params were encoded by the server a moment before; json.Marshal would read all of them again, which
// was a third of what a subscriber costs.
func (m plainMessage) notification() []byte {
	b := make([]byte, 0, 64+len(m.Version)+len(m.Method)+len(m.Params))
	b = strconv.AppendQuote(append(b, `{"jsonrpc":`...), m.Version)
	b = strconv.AppendQuote(append(b, `,"method":`...), m.Method)
	return append(append(append(b, `,"params":`...), m.Params...), '}')
}

// writeBatch writes the answers of a batch.
func (c *wsConn) writeBatch(batch []plainMessage) error {
	c.mu.Lock()
	for _, m := range batch {
		c.answer(m)
	}
	c.calls = max(0, c.calls-1)
	c.mu.Unlock()
	return c.writeJSON(batch)
}

// refuse answers the calls of a message that goes beyond a limit.
func (c *wsConn) refuse(calls []callHead, batch bool, refusal *Refusal) error {
	x, _ := explain(refusal)
	failure, err := json.Marshal(errorObject(newRPCError(x)))
	if err != nil {
		return err
	}
	var answers []plainMessage
	for _, call := range calls {
		if call.answered() {
			id := call.ID
			if id == nil {
				id = json.RawMessage("null")
			}
			answers = append(answers, plainMessage{Version: "2.0", ID: id, Error: failure})
		}
	}
	if len(answers) == 0 {
		return nil
	}
	if err := c.conn.SetWriteDeadline(time.Now().Add(controlWait)); err != nil {
		return err
	}
	if batch {
		return c.writeJSON(answers)
	}
	return c.writeJSON(answers[0])
}

func (c *wsConn) writeJSON(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.writeText(b)
}

func (c *wsConn) writeText(b []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.conn.WriteMessage(websocket.TextMessage, b)
}
