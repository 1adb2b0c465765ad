package systems

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// Subscription says how many follow the ticks of a gateway.
type Subscription struct {
	// Connections is how many WebSockets there are, Each how many subscriptions are on each of them.
	Connections, Each int
	// Door is the validator whose gateway is followed.
	Door int
}

// Subscribers are clients that follow the ticks of a gateway and do nothing with them.
type Subscribers struct {
	conns   []*websocket.Conn
	reading sync.WaitGroup
	bytes   atomic.Int64
	events  atomic.Int64
	lost    atomic.Int64
	closing atomic.Bool
	each    int
}

// Received is what came until a moment.
type Received struct {
	At            time.Time
	Bytes, Events int64
}

// ended is in the last message of a subscription that the gateway ends, because the client is too slow.
var ended = []byte(`"type":"error"`)

// dialing is how many connections are opened at a time.
const dialing = 32

// Subscribe opens subscriptions. The caller closes them.
func (l *Lockstep) Subscribe(ctx context.Context, subscription Subscription) (*Subscribers, error) {
	s := &Subscribers{conns: make([]*websocket.Conn, subscription.Connections), each: subscription.Each}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(dialing)
	for i := range s.conns {
		group.Go(func() error {
			conn, response, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+l.Doors[subscription.Door], nil)
			if err != nil {
				return err
			}
			s.conns[i] = conn
			if err := response.Body.Close(); err != nil {
				return err
			}
			if err := s.subscribe(conn); err != nil {
				return err
			}
			s.reading.Go(func() { s.read(conn) })
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// subscribe opens the subscriptions of a connection; events of the first ones come between the answers.
func (s *Subscribers) subscribe(conn *websocket.Conn) error {
	for id := range s.each {
		if err := conn.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": id + 1, "method": "lockstep_subscribe", "params": []string{"ticks"}}); err != nil {
			return err
		}
	}
	for answers := 0; answers < s.each; {
		var message struct{ ID, Error any }
		if err := conn.ReadJSON(&message); err != nil {
			return err
		}
		if message.Error != nil {
			return errors.New("a subscription was refused")
		}
		if message.ID != nil {
			answers++
		}
	}
	return nil
}

// read throws away what comes until the connection ends.
func (s *Subscribers) read(conn *websocket.Conn) {
	for {
		_, message, err := conn.ReadMessage()
		if err != nil {
			if !s.closing.Load() {
				s.lost.Add(int64(s.each))
			}
			return
		}
		if bytes.Contains(message, ended) {
			s.lost.Add(1)
		}
		s.bytes.Add(int64(len(message)))
		s.events.Add(1)
	}
}

// Received is how many bytes and events came so far.
func (s *Subscribers) Received() Received {
	return Received{time.Now(), s.bytes.Load(), s.events.Load()}
}

// Lost is how many subscribers were cut off.
func (s *Subscribers) Lost() int64 { return s.lost.Load() }

// Close ends the connections.
func (s *Subscribers) Close() {
	s.closing.Store(true)
	for _, conn := range s.conns {
		if conn != nil {
			_ = conn.Close() // nobody waits for what it has to say
		}
	}
	s.reading.Wait()
}
