package node

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// Relay is a gateway that stands alone, in front of the gateways of followers or validators.
type Relay struct{ gateway *gateway.Relay }

// NewRelay opens the port of a configuration whose role is RoleGateway. Only its Gateway, Relay, Version and Logger count. A relay that
// is not run must be closed.
func NewRelay(cfg Config, genesis *core.Genesis, listener net.Listener) (*Relay, error) {
	if cfg.Role != RoleGateway || cfg.Gateway == nil || cfg.Logger == nil {
		return nil, fmt.Errorf("node: a gateway alone wants role %q, gateway.listen and a logger", RoleGateway)
	}
	if cfg.EthereumKey != "" {
		return nil, errors.New("node: ethereumKey is set, and a gateway alone signs nothing")
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	relay, err := gateway.NewRelay(*cfg.Gateway, cfg.Relay, gateway.RelayDeps{
		Network: genesis.NetworkID().String(), Listener: listener, Metrics: registry, Version: cfg.Version, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, err
	}
	return &Relay{relay}, nil
}

// Addr is where it listens.
func (r *Relay) Addr() net.Addr { return r.gateway.Addr() }

// Run forwards until ctx ends (nil) or the port fails.
func (r *Relay) Run(ctx context.Context) error { return errors.Join(r.gateway.Run(ctx), r.Close()) }

// Close closes the port. Run does so itself; it is idempotent.
func (r *Relay) Close() error { return r.gateway.Close() }
