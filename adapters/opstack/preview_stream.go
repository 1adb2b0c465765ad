package opstack

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// maxSubscribers bounds the connections to the stream.
	maxSubscribers = 256
	// maxCaught bounds the messages that are kept for who comes late. Behind a longer block they wait for the next one.
	maxCaught = 256
	// subscriberRoom is how many messages wait for a subscriber. Who is further behind is dropped, and may come again.
	subscriberRoom = 2 * maxCaught
	// streamPing is how often a subscriber is asked whether it is there, streamPong how long its answer may take.
	streamPing = 15 * time.Second
	streamPong = 15 * time.Second
	// streamWrite is how long a message may take.
	streamWrite = 5 * time.Second
	// maxSaid bounds what a subscriber may say, in bytes: there is nothing to say.
	maxSaid = 4 << 10
)

// stream hands messages to whoever listens.
type stream struct {
	listener net.Listener
	server   *http.Server
	upgrader websocket.Upgrader
	meters   *meters
	log      *slog.Logger

	serving sync.WaitGroup
	mu      sync.Mutex
	closed  bool
	// taken counts the places of subscribers, with those that are about to be.
	taken       int
	subscribers map[*subscriber]struct{}
	// caught are the messages of the newest block, from its first one on; nil if there were too many.
	caught []*websocket.PreparedMessage
}

// subscriber is a connection.
type subscriber struct {
	conn *websocket.Conn
	// out is what waits for it, and gone is closed when it is dropped.
	out  chan *websocket.PreparedMessage
	gone chan struct{}
}

// newStream opens the port; it serves nothing yet.
func newStream(address string, m *meters, log *slog.Logger) (*stream, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: listen on %s: %w", ErrPort, address, err)
	}
	s := &stream{listener: listener, meters: m, log: log, subscribers: make(map[*subscriber]struct{})}
	s.upgrader = websocket.Upgrader{HandshakeTimeout: streamWrite, WriteBufferPool: new(sync.Pool)}
	s.server = &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// run serves until it is closed (nil) or the port fails.
func (s *stream) run() error {
	s.log.Info("pre-confirmed blocks", "address", s.listener.Addr().String())
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%w: serve the stream: %w", ErrPort, err)
	}
	return nil
}

// close closes the port and all connections. It is idempotent.
func (s *stream) close() error {
	s.mu.Lock()
	s.closed = true
	for one := range s.subscribers { //det:unordered all of them
		s.drop(one)
	}
	s.mu.Unlock()
	err := s.server.Close()
	if portErr := s.listener.Close(); portErr != nil && !errors.Is(portErr, net.ErrClosed) {
		err = errors.Join(err, portErr)
	}
	s.serving.Wait()
	return err
}

// publish hands a message to all who listen. It never waits: who has no room for it is dropped. first says that a block begins.
func (s *stream) publish(text []byte, first bool) error {
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case first:
		s.caught = []*websocket.PreparedMessage{m}
	case len(s.caught) >= maxCaught:
		s.caught = nil
	case s.caught != nil:
		s.caught = append(s.caught, m)
	}
	for one := range s.subscribers { //det:unordered none sees the others
		select {
		case one.out <- m:
		default:
			s.meters.streamDropped.Inc()
			s.log.Debug("a subscriber is too slow", "peer", one.conn.RemoteAddr().String())
			s.drop(one)
		}
	}
	return nil
}

// drop ends a subscription; mu is held.
func (s *stream) drop(one *subscriber) {
	if _, there := s.subscribers[one]; !there {
		return
	}
	delete(s.subscribers, one)
	s.meters.subscribers.Set(float64(len(s.subscribers)))
	_ = one.conn.NetConn().SetWriteDeadline(time.Now()) // a write that does not get on ends
	close(one.gone)
}

// count is how many listen.
func (s *stream) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subscribers)
}

// place takes a place, if there is one.
func (s *stream) place() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.taken >= maxSubscribers {
		return false
	}
	s.taken++
	s.serving.Add(1)
	return true
}

// leave gives a place back.
func (s *stream) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	s.serving.Done()
}

// join begins a subscription, with what the newest block has so far; nil if the stream is closed.
func (s *stream) join(conn *websocket.Conn) *subscriber {
	one := &subscriber{conn, make(chan *websocket.PreparedMessage, subscriberRoom), make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	for _, m := range s.caught {
		one.out <- m
	}
	s.subscribers[one] = struct{}{}
	s.meters.subscribers.Set(float64(len(s.subscribers)))
	return one
}

// ServeHTTP serves a subscriber until it goes or is dropped.
func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.place() {
		http.Error(w, fmt.Sprintf("%d connections are all that there are", maxSubscribers), http.StatusServiceUnavailable)
		return
	}
	defer s.leave()
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by the upgrader
	}
	one := s.join(conn)
	if one == nil {
		_ = conn.Close()
		return
	}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		one.listen()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drop(one)
	}()
	one.write()
	s.mu.Lock()
	s.drop(one)
	s.mu.Unlock()
	_ = conn.Close() // it may be closed already
	<-listening
}

// listen hears the connection's end. What is said is nothing that anybody asked for.
func (c *subscriber) listen() {
	alive := func(string) error { return c.conn.SetReadDeadline(time.Now().Add(streamPing + streamPong)) }
	c.conn.SetReadLimit(maxSaid)
	c.conn.SetPongHandler(alive)
	if alive("") != nil {
		return
	}
	for {
		if _, _, err := c.conn.ReadMessage(); err != nil {
			return
		}
	}
}

// write writes what waits until the subscription ends.
func (c *subscriber) write() {
	ping := time.NewTicker(streamPing)
	defer ping.Stop()
	for {
		select {
		case <-c.gone:
			goodbye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
			_ = c.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(streamWrite))
			return
		case m := <-c.out:
			if c.conn.SetWriteDeadline(time.Now().Add(streamWrite)) != nil || c.conn.WritePreparedMessage(m) != nil {
				return
			}
		case <-ping.C:
			if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(streamWrite)) != nil {
				return
			}
		}
	}
}
