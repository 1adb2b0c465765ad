package gateway

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
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
	// perClient bounds those of one client, except of those in exempt; 0 sets no limit.
	perClient int
	exempt    proxies
	// refused is told the limit because of which a connection was refused; nil for nobody.
	refused func(limit string)

	mu      sync.Mutex
	open    map[*limitedConn]struct{}
	clients map[string]int
}

func newLimitedListener(l net.Listener, limit int) *limitedListener {
	return &limitedListener{Listener: l, limit: limit, open: make(map[*limitedConn]struct{}), clients: make(map[string]int)}
}

// Accept gives the next connection within the limit. Those beyond are told so and closed, so that they do not wait in
// the kernel's queue until the open ones end.
func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		conn, limit := l.admit(c)
		if conn != nil {
			return conn, nil
		}
		if l.refused != nil {
			l.refused(limit)
		}
		refuseConnection(c, limit)
	}
}

// admit takes a connection in, or names the limit that is reached.
func (l *limitedListener) admit(c net.Conn) (conn *limitedConn, limit string) {
	client := l.clientOf(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(l.open) >= l.limit:
		return nil, limitConnections
	case client != "" && l.clients[client] >= l.perClient:
		return nil, limitConnectionsPerClient
	}
	conn = &limitedConn{Conn: c, listener: l, client: client}
	l.open[conn] = struct{}{}
	if client != "" {
		l.clients[client]++
	}
	return conn, ""
}

// clientOf names the client whose connections are counted; empty if nobody's are.
func (l *limitedListener) clientOf(c net.Conn) string {
	if l.perClient == 0 {
		return ""
	}
	remote := c.RemoteAddr().String()
	if peer, err := netip.ParseAddrPort(remote); err == nil && l.exempt.contain(peer.Addr()) {
		return ""
	}
	return clientOf(remote)
}

// refuseConnection answers without reading; a client that is not there any more is no concern.
func refuseConnection(c net.Conn, limit string) {
	status, text := "503 Service Unavailable", "too many connections\n"
	if limit == limitConnectionsPerClient {
		status, text = "429 Too Many Requests", "too many connections of this client\n"
	}
	answer := fmt.Sprintf("HTTP/1.1 %s\r\nConnection: close\r\nRetry-After: 1\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", status, len(text), text)
	if c.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
		_, _ = io.WriteString(c, answer)
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
	client   string
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
	if _, open := c.listener.open[c]; open && c.client != "" {
		if c.listener.clients[c.client]--; c.listener.clients[c.client] == 0 {
			delete(c.listener.clients, c.client)
		}
	}
	delete(c.listener.open, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
