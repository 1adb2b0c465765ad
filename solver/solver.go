package solver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Solver watches the orders of one gateway and bids for them.
type Solver struct {
	cfg      Config
	log      *slog.Logger
	now      func() time.Time
	meters   *meters
	accounts []*account
	margins  *margins
	ready    atomic.Bool

	// What follows belongs to Run.
	began     bool // it was set up once
	network   core.NetworkID
	predeploy core.Predeploy
	orders    map[common.Hash]*order
	pairs     leases[Place]
}

// The gas that an order's legs are taken to use before they were simulated. It is a guess for the first price only.
var firstGas = GasUse{Buy: 140_000, Fill: 130_000, Claim: 150_000, Sell: 130_000}

// New checks the configuration; errors wrap ErrConfig. Nothing is connected before Run.
func New(cfg Config) (*Solver, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	meters, err := newMeters(cfg.Metrics)
	if err != nil {
		return nil, fmt.Errorf("solver: metrics: %w", err)
	}
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Solver{
		cfg: cfg, log: log.With("stage", "solver"), now: time.Now, meters: meters, accounts: newAccounts(cfg.Keys),
		margins: newMargins(cfg.MarginFloor, cfg.Margin), orders: make(map[common.Hash]*order), pairs: make(leases[Place]),
	}, nil
}

// Ready tells whether the solver is connected, set up and listening.
func (s *Solver) Ready() bool { return s.ready.Load() }

// Waits between connections.
const (
	firstWait = 100 * time.Millisecond
	lastWait  = 5 * time.Second
)

// Run connects, sets up and bids until the context ends, and connects again whenever the connection is lost. It ends with an
// error that wraps ErrSetup if the network does not have what the configuration names. Once.
func (s *Solver) Run(ctx context.Context) error {
	wait := firstWait
	for {
		begin := s.now()
		err := s.session(ctx)
		s.ready.Store(false)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrSetup):
			return err
		}
		if s.now().Sub(begin) > lastWait {
			wait = firstWait
		}
		s.log.Warn("connects again", "err", err, "after", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = min(2*wait, lastWait)
	}
}
