package network

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// weather is what a link does to bytes.
type weather struct {
	delay     time.Duration // one way
	jitter    float64       // part of the delay by which it varies to either side
	loss      float64       // part of the segments that are lost
	bandwidth int64         // bits per second, each way
}

const (
	segment = 1448 // bytes of TCP in an Ethernet frame
	// leastRetransmission is Linux's lower bound of what the retransmission timeout adds to the round trip.
	leastRetransmission = 200 * time.Millisecond
)

func (w weather) retransmission() time.Duration { return 2*w.delay + leastRetransmission }

// link is the way between two nodes. Each of them has an address for dialing the other one.
type link struct {
	weather
	ctx  context.Context //nolint:containedctx // a link is a set of goroutines, and this ends them
	done sync.WaitGroup

	mu    sync.Mutex
	open  chan struct{} // closed while bytes pass
	conns map[net.Conn]bool
	free  [2]time.Time // when the link has sent everything, for each direction
}

func newLink(ctx context.Context, w weather) *link {
	l := &link{weather: w, ctx: ctx, open: make(chan struct{}), conns: make(map[net.Conn]bool)}
	close(l.open)
	return l
}

// listen takes connections for target until the link's end; direction tells the two sides apart.
func (l *link) listen(listener net.Listener, target string, direction int) {
	l.done.Go(func() {
		<-l.ctx.Done()
		_ = listener.Close()
		l.cut()
	})
	l.done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			l.done.Go(func() { l.connect(conn, target, direction) })
		}
	})
}

// connect joins a connection with one to the target, once the link is open.
func (l *link) connect(from net.Conn, target string, direction int) {
	if !l.track(from) {
		return
	}
	defer l.forget(from)
	if l.pass() != nil {
		return
	}
	to, err := new(net.Dialer).DialContext(l.ctx, "tcp", target)
	if err != nil || !l.track(to) {
		return
	}
	defer l.forget(to)
	var both sync.WaitGroup
	both.Go(func() { l.carry(from, to, direction) })
	both.Go(func() { l.carry(to, from, 1-direction) })
	both.Wait()
}

func (l *link) track(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		_ = conn.Close()
		return false
	}
	l.conns[conn] = true
	return true
}

func (l *link) forget(conn net.Conn) {
	_ = conn.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, conn)
}

// cut ends all connections.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.conns {
		_ = conn.Close()
	}
}

// shut holds everything back, as a partition does: nobody is told, and nothing is lost that the ends would not send again.
func (l *link) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
		l.open = make(chan struct{})
	default:
	}
}

func (l *link) heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
	default:
		close(l.open)
	}
}

// pass waits until the link is open.
func (l *link) pass() error {
	l.mu.Lock()
	open := l.open
	l.mu.Unlock()
	select {
	case <-open:
		return nil
	case <-l.ctx.Done():
		return l.ctx.Err()
	}
}

func (l *link) isOpen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
		return true
	default:
		return false
	}
}

// parcel is what was read at once, and when it arrives.
type parcel struct {
	data []byte
	due  time.Time
}

// carry moves bytes one way until either end is closed.
func (l *link) carry(from, to net.Conn, direction int) {
	parcels := make(chan parcel, 1024)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(parcels)
		buffer := make([]byte, 32<<10)
		var last time.Time
		for {
			n, err := from.Read(buffer)
			if n > 0 {
				last = l.arrival(n, direction, last)
				parcels <- parcel{append([]byte(nil), buffer[:n]...), last}
			}
			if err != nil {
				return
			}
		}
	})
	l.deliver(parcels, to)
	_, _ = from.Close(), to.Close()
	for range parcels { //nolint:revive // the reader must not wait for who does not read any more
	}
	reader.Wait()
}

// arrival is when bytes that are sent now arrive, after what was sent before on the connection.
func (l *link) arrival(size, direction int, last time.Time) time.Time {
	l.mu.Lock()
	sent := time.Now()
	if l.free[direction].After(sent) {
		sent = l.free[direction]
	}
	if l.bandwidth > 0 {
		sent = sent.Add(time.Duration(int64(size) * 8 * int64(time.Second) / l.bandwidth))
	}
	l.free[direction] = sent
	l.mu.Unlock()
	due := sent.Add(l.delay + time.Duration(float64(l.delay)*l.jitter*(2*rand.Float64()-1)))
	for range 1 + (size-1)/segment {
		if rand.Float64() < l.loss {
			due = due.Add(l.retransmission())
			break
		}
	}
	if due.Before(last) {
		return last
	}
	return due
}

// deliver writes parcels when they arrive, until one cannot be written. What was held back by a partition comes with the next
// retransmission.
func (l *link) deliver(parcels <-chan parcel, to io.Writer) {
	for p := range parcels {
		if !l.isOpen() {
			if l.pass() != nil {
				return
			}
			p.due = time.Now().Add(l.retransmission())
		}
		timer := time.NewTimer(time.Until(p.due))
		select {
		case <-timer.C:
		case <-l.ctx.Done():
			timer.Stop()
			return
		}
		if _, err := to.Write(p.data); err != nil {
			return
		}
	}
}

// echo is a link to a server that sends everything back, and a connection through it.
func echo(t *testing.T, w weather) (*link, net.Conn) {
	t.Helper()
	listen := func() net.Listener {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return listener
	}
	server, proxy := listen(), listen()
	go func() {
		for conn, err := server.Accept(); err == nil; conn, err = server.Accept() {
			go func() { _, _ = io.Copy(conn, conn) }()
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	l := newLink(ctx, w)
	l.listen(proxy, server.Addr().String(), 0)
	conn, err := net.Dial("tcp", proxy.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_, _ = conn.Close(), server.Close()
		l.done.Wait()
	})
	return l, conn
}

// back is how long it takes until bytes come back, as they were.
func back(t *testing.T, conn net.Conn, size int) time.Duration {
	t.Helper()
	sent, got := make([]byte, size), make([]byte, size)
	for i := range sent {
		sent[i] = byte(i * 7)
	}
	began := time.Now()
	go func() { _, _ = conn.Write(sent) }()
	if _, err := io.ReadFull(conn, got); err != nil {
		t.Fatal(err)
	}
	if string(sent) != string(got) {
		t.Fatal("other bytes came back")
	}
	return time.Since(began)
}

func TestLink_DelaysAndCarriesInOrder(t *testing.T) {
	t.Parallel()
	_, conn := echo(t, weather{delay: 50 * time.Millisecond, jitter: 0.1, bandwidth: 100_000_000})
	if took := back(t, conn, 100); took < 90*time.Millisecond {
		t.Errorf("a round trip took %s, want 90 ms at least", took)
	}
	if took := back(t, conn, 1_250_000); took < 190*time.Millisecond { // 100 ms to send, 100 to travel
		t.Errorf("1.25 MB took %s, want 190 ms at least", took)
	}
}

func TestLink_LossCostsARetransmission(t *testing.T) {
	t.Parallel()
	_, conn := echo(t, weather{delay: time.Millisecond, loss: 1})
	if took := back(t, conn, 10); took < 2*leastRetransmission {
		t.Errorf("a lost segment each way took %s", took)
	}
}

func TestLink_PartitionHoldsBackAndCutEnds(t *testing.T) {
	t.Parallel()
	l, conn := echo(t, weather{delay: time.Millisecond})
	back(t, conn, 10)
	l.shut()
	healed := time.AfterFunc(300*time.Millisecond, l.heal)
	defer healed.Stop()
	if took := back(t, conn, 10); took < 300*time.Millisecond+leastRetransmission {
		t.Errorf("bytes came back after %s through a partition of 300 ms", took)
	}
	l.cut()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection was not cut")
	}
}
