package systems

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// Subscribers are clients that follow the ticks of a gateway, each by a connection of its own, and do nothing with them.
type Subscribers struct {
	conns    []*websocket.Conn
	reading  sync.WaitGroup
	received atomic.Int64
	lost     atomic.Int64
	closing  atomic.Bool
}

// dialing is how many connections are opened at a time.
const dialing = 32

// Subscribe opens subscriptions at the gateway of one validator. The caller closes them.
func (l *Lockstep) Subscribe(ctx context.Context, count, door int) (*Subscribers, error) {
	s := &Subscribers{conns: make([]*websocket.Conn, count)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(dialing)
	for i := range count {
		group.Go(func() error {
			conn, response, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+l.Doors[door], nil)
			if err != nil {
				return err
			}
			s.conns[i] = conn
			if err := response.Body.Close(); err != nil {
				return err
			}
			if err := conn.WriteJSON(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "lockstep_subscribe", "params": []string{"ticks"}}); err != nil {
				return err
			}
			var answer struct{ Error any }
			if err := conn.ReadJSON(&answer); err != nil {
				return err
			}
			if answer.Error != nil {
				return errors.New("a subscription was refused")
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

// read throws away what comes until the connection ends.
func (s *Subscribers) read(conn *websocket.Conn) {
	for {
		_, message, err := conn.ReadMessage()
		if err != nil {
			if !s.closing.Load() {
				s.lost.Add(1)
			}
			return
		}
		s.received.Add(int64(len(message)))
	}
}

// Received is how many bytes came so far, Lost how many subscribers were cut off.
func (s *Subscribers) Received() int64 { return s.received.Load() }

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
