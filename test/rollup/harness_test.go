package rollup

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/devnet"
	"github.com/lockstep-network/lockstep/node/devnet/devnettest"
)

const (
	counters core.RollupID = 7000
	notes    core.RollupID = 7001
	// patience bounds waits on a loaded machine.
	patience = 90 * time.Second
)

// start runs a network with two opaque rollups and gateways on the validators 0 and 1.
func start(t *testing.T) *devnet.Devnet {
	t.Helper()
	return devnettest.Start(t, devnet.Options{
		Opaque: []core.RollupID{counters, notes},
		Configure: func(validator int, cfg *node.Config) {
			if validator == 1 {
				served := gateway.Default()
				served.Listen = "127.0.0.1:0"
				cfg.Gateway = &served
			}
		},
	})
}

// proxy is a way to a validator's gateway that can be cut; it stays over the validator's restarts.
type proxy struct {
	net   *devnet.Devnet
	index int
	l     net.Listener

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

func newProxy(t *testing.T, d *devnet.Devnet, index int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{net: d, index: index, l: l, conns: make(map[net.Conn]struct{})}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.cut()
		running.Wait()
	})
	return p
}

func (p *proxy) url() string { return "http://" + p.l.Addr().String() }

func (p *proxy) serve(c net.Conn) {
	defer c.Close()
	to, err := net.Dial("tcp", p.net.Node(p.index).GatewayAddr().String())
	if err != nil {
		return
	}
	defer to.Close()
	p.mu.Lock()
	p.conns[c], p.conns[to] = struct{}{}, struct{}{}
	p.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(to, c)
		to.Close()
	}()
	_, _ = io.Copy(c, to)
	c.Close()
	<-done
	p.mu.Lock()
	delete(p.conns, c)
	delete(p.conns, to)
	p.mu.Unlock()
}

// cut breaks all connections and tells how many there were.
func (p *proxy) cut() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
	return len(p.conns)
}

// within is a context for one wait.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
