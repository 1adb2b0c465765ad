package chainrpc

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/gorilla/websocket"

	"github.com/lockstep-network/lockstep/gateway"
)

const (
	// streamRetry is the pause before the stream is connected to again, and streamQuiet how long it may say nothing, not even a ping.
	streamRetry = time.Second
	streamQuiet = time.Minute
	// maxMessage bounds a message of the stream in bytes.
	maxMessage = 16 << 20
	// settleInterval is the pause between two looks whether the execution client has what the stream told.
	settleInterval = 250 * time.Millisecond
)

// followStream reads the stream until ctx ends, and connects again whenever it breaks.
func (c *Chain) followStream(ctx context.Context) {
	if c.cfg.Stream == "" {
		return
	}
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		c.settlePreviews(ctx)
	}()
	for ctx.Err() == nil {
		if err := c.readStream(ctx); err != nil && ctx.Err() == nil {
			c.log.Debug("the stream of pre-confirmed blocks broke", "err", err)
		}
		pause := time.NewTimer(streamRetry)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
	<-settled
}

// readStream reads one connection to its end.
func (c *Chain) readStream(ctx context.Context) error {
	conn, answer, err := websocket.DefaultDialer.DialContext(ctx, c.cfg.Stream, nil)
	if err != nil {
		return err
	}
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer func() { _ = conn.Close() }()
	conn.SetReadLimit(maxMessage)
	alive := func() error { return conn.SetReadDeadline(time.Now().Add(streamQuiet)) }
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		if err := alive(); err != nil {
			return err
		}
		return pong(data)
	})
	c.log.Info("follows the stream of pre-confirmed blocks")
	for {
		if err := alive(); err != nil {
			return err
		}
		_, text, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		m := new(subblock)
		if err := json.Unmarshal(text, m); err != nil {
			return err
		}
		c.hear(c.previews.add(m, time.Now()))
	}
}

func (c *Chain) hear(hashes []common.Hash) {
	if len(hashes) > 0 {
		c.deps.Network.Heard(hashes)
	}
}

// settlePreviews looks how far the execution client is, while anything is pre-confirmed.
func (c *Chain) settlePreviews(ctx context.Context) {
	ticker := time.NewTicker(settleInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if c.previews.empty() {
			continue
		}
		var head hexutil.Uint64
		if err := c.upstream.call(ctx, &head, "eth_blockNumber"); err != nil {
			head = 0 // what is too old goes in any case
		}
		c.hear(c.previews.settle(uint64(head), time.Now()))
	}
}

// PreConfirmed finds a transaction in the operator's stream.
func (c *Chain) PreConfirmed(hash common.Hash) (gateway.PreConfirmation, bool) {
	p, ok := c.previews.find(hash)
	if !ok {
		return gateway.PreConfirmation{}, false
	}
	return gateway.PreConfirmation{Block: p.block, Index: p.index, Reverted: p.reverted, GasUsed: p.gasUsed}, true
}
