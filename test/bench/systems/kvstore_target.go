package systems

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	cmtclient "github.com/cometbft/cometbft/rpc/jsonrpc/client"

	"github.com/lockstep-network/lockstep/test/bench/load"
)

// Pairs is a load of transactions KEY=VALUE, sent by broadcast_tx_async over WebSocket and seen in the event NewBlock.
type Pairs struct {
	size     int
	door     string // of the follower
	senders  []*cmtclient.WSClient
	answers  sync.WaitGroup
	prepared [][]byte
	made     int // over all loads
	first    int // the number in prepared[0]

	mu      sync.Mutex
	refused load.Refusal // since the last Send
}

// newBlockQuery selects the events that tell blocks.
const newBlockQuery = "tm.event='NewBlock'"

// awaitBlock waits for the first block.
func (k *KVStore) awaitBlock(ctx context.Context) error {
	p := &Pairs{door: k.Doors[0]}
	first := make(waiter, 1)
	stop, err := p.Follow(ctx, first)
	if err != nil {
		return err
	}
	defer stop()
	// A member that makes blocks of transactions only has made its first ones already, and needs one.
	if err := p.dial(k.Doors[0], 1); err != nil {
		return err
	}
	defer p.Close()
	p.prepared = [][]byte{[]byte("first=1")}
	if err := p.Send(ctx, 0, 1); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("no block: %w", context.Cause(ctx))
	case err := <-first:
		return err
	}
}

// waiter is a sink that waits for the first block.
type waiter chan error

func (waiter) Saw(int, load.Level, time.Time) {}
func (w waiter) Tick()                        { w.Failed(nil) }
func (w waiter) Failed(err error) {
	select {
	case w <- err:
	default:
	}
}

// Pairs is a load of transactions of size bytes that are sent to one member and watched at another. The caller closes it.
func (k *KVStore) Pairs(size, from, to int) (*Pairs, error) {
	p := &Pairs{size: size, door: k.Doors[to]}
	return p, p.dial(k.Doors[from], Connections)
}

// dial opens the connections that send, and reads their answers.
func (p *Pairs) dial(door string, count int) error {
	for range count {
		c, err := dialComet(door)
		if err != nil {
			return err
		}
		p.senders = append(p.senders, c)
		p.answers.Go(func() {
			for {
				select {
				case <-c.Quit():
					return
				case answer := <-c.ResponsesCh:
					if answer.Error != nil {
						p.mu.Lock()
						p.refused.Count++
						p.refused.First = answer.Error
						p.mu.Unlock()
					}
				}
			}
		})
	}
	return nil
}

func dialComet(door string) (*cmtclient.WSClient, error) {
	c, err := cmtclient.NewWS("http://"+door, "/websocket")
	if err != nil {
		return nil, err
	}
	return c, c.Start()
}

// Close ends the connections.
func (p *Pairs) Close() {
	for _, c := range p.senders {
		_ = c.Stop() // it may have been lost
	}
	p.answers.Wait()
}

// Levels implements load.Target.
func (p *Pairs) Levels() []load.Level { return []load.Level{load.Ordered} }

// Prepare implements load.Target.
func (p *Pairs) Prepare(n int) error {
	p.prepared, p.first = make([][]byte, n), p.made
	for i := range p.prepared {
		key := strconv.Itoa(p.made) + "="
		p.prepared[i] = []byte(key + strings.Repeat("x", max(1, p.size-len(key))))
		p.made++
	}
	return nil
}

// Send implements load.Target. It does not wait for answers; refusals are those that came since the last one.
func (p *Pairs) Send(ctx context.Context, first, last int) error {
	for i := first; i < last; i++ {
		if err := p.senders[i%len(p.senders)].Call(ctx, "broadcast_tx_async", map[string]any{"tx": p.prepared[i]}); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refused.Count == 0 {
		return nil
	}
	refused := p.refused
	p.refused = load.Refusal{}
	return &refused
}

// Follow implements load.Target.
func (p *Pairs) Follow(ctx context.Context, sink load.Sink) (func(), error) {
	c, err := dialComet(p.door)
	if err != nil {
		return nil, err
	}
	if err := c.Subscribe(ctx, newBlockQuery); err != nil {
		return nil, err
	}
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case answer := <-c.ResponsesCh:
		if answer.Error != nil {
			return nil, answer.Error
		}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case <-c.Quit():
				sink.Failed(fmt.Errorf("the subscription at %s has ended", p.door))
				return
			case answer := <-c.ResponsesCh:
				now := time.Now()
				var block newBlock
				if answer.Error != nil {
					sink.Failed(answer.Error)
					return
				}
				if err := block.parse(answer.Result); err != nil {
					sink.Failed(err)
					return
				}
				sink.Tick()
				for _, tx := range block.Data.Value.Block.Data.Txs {
					if number, err := numberOf(tx); err == nil {
						sink.Saw(number-p.first, load.Ordered, now)
					}
				}
			}
		}
	}()
	return func() {
		close(quit)
		<-done
		_ = c.Stop() // it may have been lost
	}, nil
}

// numberOf is the key of a transaction of a load.
func numberOf(tx []byte) (int, error) {
	key, _, _ := strings.Cut(string(tx), "=")
	return strconv.Atoi(key)
}
