package gateway

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// Listen opens the gateway's port. A port that another program holds is ErrPortInUse.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%w: %s", ErrPortInUse, address)
	}
	if err != nil {
		return nil, fmt.Errorf("gateway: listen on %s: %w", address, err)
	}
	return l, nil
}

// limitedListener bounds the open connections and can close all of them.
type limitedListener struct {
	net.Listener
	limit int

	mu   sync.Mutex
	open map[*limitedConn]struct{}
}

func newLimitedListener(l net.Listener, limit int) *limitedListener {
	return &limitedListener{Listener: l, limit: limit, open: make(map[*limitedConn]struct{})}
}

// Accept gives the next connection within the limit. Those beyond are told so and closed, so that they do not wait in
// the kernel's queue until the open ones end.
func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if conn := l.admit(c); conn != nil {
			return conn, nil
		}
		refuseConnection(c)
	}
}

func (l *limitedListener) admit(c net.Conn) *limitedConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) >= l.limit {
		return nil
	}
	conn := &limitedConn{Conn: c, listener: l}
	l.open[conn] = struct{}{}
	return conn
}

// refuseConnection answers without reading; a client that is not there any more is no concern.
func refuseConnection(c net.Conn) {
	const answer = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n\r\ntoo many connections\n"
	if c.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
		_, _ = c.Write([]byte(answer))
	}
	_ = c.Close()
}

// closeAll closes every open connection, whatever it is doing.
func (l *limitedListener) closeAll() {
	l.mu.Lock()
	conns := make([]*limitedConn, 0, len(l.open))
	for c := range l.open {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
	}
}

// limitedConn counts as open until it is closed. While a write is stuck because the client does not read its answers,
// nothing more is read from the client either: otherwise a WebSocket client could pile up requests without end.
type limitedConn struct {
	net.Conn
	listener *limitedListener
	writing  sync.Mutex
}

// Read waits for the write under way, then reads.
func (c *limitedConn) Read(b []byte) (int, error) {
	c.writing.Lock()
	c.writing.Unlock() //nolint:staticcheck // the empty section is the wait
	return c.Conn.Read(b)
}

// Write closes the connection on an error, so that a client that missed its deadline does not keep its place.
func (c *limitedConn) Write(b []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	n, err := c.Conn.Write(b)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}

// Close closes the connection and frees its place.
func (c *limitedConn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.open, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
