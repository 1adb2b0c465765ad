package testnet

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
)

// forwarder takes TCP connections and joins each to another one until either side closes it.
type forwarder struct {
	l    net.Listener
	dial func() (net.Conn, error)
	// up is what carries bytes to the far side; nil is io.Copy.
	up func(to io.Writer, from io.Reader)

	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	closed  bool
	running sync.WaitGroup
}

// run takes connections until the test ends.
func (f *forwarder) run(t *testing.T) {
	t.Helper()
	var err error
	if f.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	f.conns = make(map[net.Conn]struct{})
	f.running.Go(func() {
		for {
			c, err := f.l.Accept()
			if err != nil {
				return
			}
			f.running.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(f.close)
}

func (f *forwarder) close() {
	f.l.Close()
	f.mu.Lock()
	f.closed = true
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.running.Wait()
}

// keep remembers connections for the end; there may have been one already.
func (f *forwarder) keep(conns ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range conns {
		f.conns[c] = struct{}{}
	}
	return !f.closed
}

func (f *forwarder) serve(c net.Conn) {
	defer c.Close()
	to, err := f.dial()
	if err != nil {
		return
	}
	defer to.Close()
	if !f.keep(c, to) {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if f.up != nil {
			f.up(to, c)
		} else {
			_, _ = io.Copy(to, c)
		}
		to.Close()
	}()
	_, _ = io.Copy(c, to)
	c.Close()
	<-done
	f.mu.Lock()
	delete(f.conns, c)
	delete(f.conns, to)
	f.mu.Unlock()
}

// mute is a switch between a follower and its peers: while it is on, the follower hears them and they do not hear it. They go
// on telling it how far they are, and do not know what it lacks.
type mute struct {
	mu  sync.Mutex
	off chan struct{} // closed while they hear it
	end context.Context
}

// greeting is how many bytes of a connection pass in any case: enough to make it, also again.
const greeting = 16 << 10

func newMute(t *testing.T) *mute {
	t.Helper()
	m := &mute{off: make(chan struct{}), end: t.Context()}
	close(m.off)
	return m
}

func (m *mute) on() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.off = make(chan struct{})
}

func (m *mute) release() {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.off)
}

func (m *mute) carry(to io.Writer, from io.Reader) {
	buf, passed := make([]byte, 4<<10), 0
	for {
		n, err := from.Read(buf)
		if passed += n; passed > greeting {
			m.mu.Lock()
			off := m.off
			m.mu.Unlock()
			select {
			case <-off:
			case <-m.end.Done():
				return
			}
		}
		if _, wrong := to.Write(buf[:n]); wrong != nil || err != nil {
			return
		}
	}
}

// between puts a switch between a follower and the nodes that it dials.
func (l layout) between(t *testing.T, follower int) *mute {
	t.Helper()
	m := newMute(t)
	path := filepath.Join(l.home(follower), "node.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	peers := 0
	text = regexp.MustCompile(`@127\.0\.0\.1:\d+"`).ReplaceAllFunc(text, func(peer []byte) []byte {
		peers++
		address := string(peer[1 : len(peer)-1])
		f := &forwarder{dial: func() (net.Conn, error) { return net.Dial("tcp", address) }, up: m.carry}
		f.run(t)
		return []byte("@" + f.l.Addr().String() + `"`)
	})
	if peers != l.validators {
		t.Fatalf("%d peers in\n%s", peers, text)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

// newBalancer is a plain TCP load balancer: each connection goes to the next address, or to one after it if nobody is there.
func newBalancer(t *testing.T, addresses ...string) (url string) {
	t.Helper()
	var turn atomic.Uint64
	f := &forwarder{dial: func() (c net.Conn, err error) {
		first := turn.Add(1)
		for i := range uint64(len(addresses)) {
			if c, err = net.Dial("tcp", addresses[(first+i)%uint64(len(addresses))]); err == nil {
				return c, nil
			}
		}
		return nil, err
	}}
	f.run(t)
	return "http://" + f.l.Addr().String()
}
