package devnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/node"
)

// gatewayValidator is the validator that serves clients.
const gatewayValidator = 0

// acceptWait is gateway.Config.AcceptWait here. All validators share one machine: one that does not answer in time is late, because the
// machine is busy, and not lost.
const acceptWait = 5 * time.Second

// errNotRunning: a validator was stopped or started while the devnet does not run.
var errNotRunning = errors.New("devnet: not running")

// validator is one validator of the devnet over its restarts.
type validator struct {
	devnet *Devnet
	index  int
	node   atomic.Pointer[node.Node]
	// peer is the address nodeid@host:port by which the others know it; it stays over restarts.
	peer string
	// stops and starts are requests to the loop of run, each with a channel for the answer; unbuffered.
	stops, starts chan chan error
	done          chan struct{} // closed when run has returned
}

func newValidator(d *Devnet, index int) *validator {
	return &validator{devnet: d, index: index, stops: make(chan chan error), starts: make(chan chan error), done: make(chan struct{})}
}

// open opens the validator's node, at the first time on a port that the kernel chooses.
func (v *validator) open() error {
	cfg := node.Default(v.devnet.home(v.index))
	cfg.Logger = v.devnet.options.Logger.With("validator", v.index)
	cfg.EthereumKey = node.EthereumKey(cfg.Home)
	cfg.Version = v.devnet.options.Version
	cfg.Ordering.Listen = "127.0.0.1:0"
	if _, address, ok := strings.Cut(v.peer, "@"); ok {
		cfg.Ordering.Listen = address
	}
	var listener net.Listener
	if v.index == gatewayValidator {
		served := gateway.Default()
		served.AcceptWait = acceptWait
		cfg.Gateway = &served
		var err error
		if listener, err = v.devnet.takeListener(); err != nil {
			return err
		}
	}
	if v.devnet.options.Configure != nil {
		v.devnet.options.Configure(v.index, &cfg)
	}
	n, err := node.New(cfg, v.devnet.genesis, listener)
	if err != nil {
		if listener != nil {
			err = errors.Join(err, closeListener(listener))
		}
		return fmt.Errorf("validator %d: %w", v.index, err)
	}
	v.node.Store(n)
	v.peer = n.PeerAddr()
	return nil
}

// meet names the other validators to the node; all are opened.
func (v *validator) meet() error {
	for _, other := range v.devnet.validators {
		if err := v.node.Load().AddPeers(other.peer); err != nil {
			return fmt.Errorf("validator %d: %w", v.index, err)
		}
	}
	return nil
}

// run runs the validator's node, and the ones after it when it is stopped and started again.
func (v *validator) run(ctx context.Context) error {
	defer close(v.done)
	for {
		if err := v.runOnce(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if !v.awaitStart(ctx) {
			return nil
		}
	}
}

// runOnce runs one node until ctx ends or a stop is asked for, both without an error, or until it fails.
func (v *validator) runOnce(ctx context.Context) error {
	nodeCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- v.node.Load().Run(nodeCtx) }()
	select {
	case err := <-ended:
		if err == nil && ctx.Err() == nil {
			err = errors.New("ended by itself")
		}
		if err != nil {
			return fmt.Errorf("validator %d: %w", v.index, err)
		}
		return nil
	case answer := <-v.stops:
		cancel()
		answer <- <-ended
		return nil
	}
}

// awaitStart opens the next node when it is asked for; false means that ctx ended.
func (v *validator) awaitStart(ctx context.Context) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case answer := <-v.starts:
			err := v.open()
			if err == nil {
				err = v.meet()
			}
			answer <- err
			if err == nil {
				return true
			}
		}
	}
}

// ask sends a request to the loop and waits for the answer.
func (v *validator) ask(requests chan chan error) error {
	answer := make(chan error, 1)
	select {
	case requests <- answer:
		return <-answer
	case <-v.done:
		return errNotRunning
	}
}

// takeListener hands the gateway's open port to the first node, and opens it again for later ones.
func (d *Devnet) takeListener() (net.Listener, error) {
	if l := d.rpc; l != nil {
		d.rpc = nil
		return l, nil
	}
	return gateway.Listen(d.rpcAddr)
}

// closeListener closes a port that may be closed already.
func closeListener(l net.Listener) error {
	if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
