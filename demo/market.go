package demo

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/solver"
)

// What the two solvers keep for themselves, in basis points of what an order is worth. The rest is the user's.
const (
	smallMargin = 30
	largeMargin = 150
)

const (
	solverLife = 30 * time.Second // how long a bid stays valid
	readyPace  = 10 * time.Millisecond
)

// market is two solvers that compete for orders, and the demo's own view of the orders.
type market struct {
	events chan *client.IntentEvent
	gate   *client.Client
	// books are what the solvers count.
	books map[*person]*prometheus.Registry
	stop  context.CancelFunc
	group *errgroup.Group
	// failed is closed when a solver ends.
	failed <-chan struct{}
}

// openMarket starts both solvers in this process and waits until they watch for orders.
func (s *stage) openMarket(ctx context.Context) (*market, error) {
	url := webSocket(s.url)
	gate, err := client.Dial(ctx, url)
	if err != nil {
		return nil, err
	}
	m := &market{events: make(chan *client.IntentEvent, 64), gate: gate, books: make(map[*person]*prometheus.Registry)}
	if _, err := gate.SubscribeIntents(ctx, m.events); err != nil {
		gate.Close()
		return nil, fmt.Errorf("subscribe to intents: %w", err)
	}
	running, stop := context.WithCancel(ctx)
	m.stop = stop
	group, groupCtx := errgroup.WithContext(running)
	m.group, m.failed = group, groupCtx.Done()
	var solvers []*solver.Solver
	for p, margin := range map[*person]uint64{s.modest: smallMargin, s.greedy: largeMargin} {
		config := s.solverConfig(url, p.key, margin)
		config.Metrics = prometheus.NewRegistry()
		m.books[p] = config.Metrics
		one, err := solver.New(config)
		if err != nil {
			m.close()
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		solvers = append(solvers, one)
		group.Go(func() error { return one.Run(groupCtx) })
	}
	if err := m.ready(ctx, solvers); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// webSocket is a gateway's URL for subscriptions.
func webSocket(url string) string { return strings.Replace(url, "http", "ws", 1) }

// ready waits until all solvers are set up.
func (m *market) ready(ctx context.Context, solvers []*solver.Solver) error {
	ticker := time.NewTicker(readyPace)
	defer ticker.Stop()
	for _, one := range solvers {
		for !one.Ready() {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-m.failed:
				return fmt.Errorf("a solver does not start: %w", m.group.Wait())
			case <-ticker.C:
			}
		}
	}
	return nil
}

// offers is how many offers a solver has made so far that the gateway took.
func (m *market) offers(p *person) (n float64, err error) {
	families, err := m.books[p].Gather()
	if err != nil {
		return 0, err
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if family.GetName() == "lockstep_solver_solutions_total" && label.GetValue() == "sent" {
					n += metric.GetCounter().GetValue()
				}
			}
		}
	}
	return n, nil
}

// close stops the solvers.
func (m *market) close() {
	m.stop()
	_ = m.group.Wait() // what a solver that is stopped still has to say is of no use
	m.gate.Close()
}

// await is the next message about an order with one of these events.
func (m *market) await(ctx context.Context, id common.Hash, events ...string) (*gateway.IntentView, error) {
	ctx, cancel := context.WithTimeout(ctx, stepWait)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: order %s was not %s within %s", ErrFailed, id, strings.Join(events, " or "), stepWait)
		case <-m.failed:
			return nil, fmt.Errorf("a solver ended: %w", m.group.Wait())
		case e := <-m.events:
			if e.Error != nil {
				return nil, fmt.Errorf("subscription to intents: %s", e.Error.Message)
			}
			if e.Intent.OrderID != id {
				continue
			}
			for _, want := range events {
				if e.Event == want {
					return &e.Intent, nil
				}
			}
		}
	}
}

// solverConfig is that of a solver with an inventory on both rollups that trades in both pools.
func (s *stage) solverConfig(url string, key *ecdsa.PrivateKey, margin uint64) solver.Config {
	config := solver.Config{
		Gateway: url, Keys: []*ecdsa.PrivateKey{key}, Strategy: solver.Both, Margin: margin, MarginFloor: margin,
		MaxOrder: ether(100), BundleLife: solverLife, Tip: big.NewInt(1), MaxGasPrice: ether(1),
		Tokens: []solver.Token{{Symbol: inToken, Decimals: 18, Keep: new(big.Int), Addresses: make(map[core.RollupID]common.Address)}},
	}
	for _, x := range s.exchanges() {
		config.Rollups = append(config.Rollups, solver.Rollup{
			ID: x.Rollup, Router: x.Router, Factory: x.Factory, WETH: x.WETH, Settler: s.contracts.IntentSettler, Keep: gasMoney,
		})
		config.Tokens[0].Addresses[x.Rollup] = x.Token
	}
	return config
}
