package demo

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/contracts/deployment"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/demo/actor"
	"github.com/lockstep-network/lockstep/demo/uniswap"
	"github.com/lockstep-network/lockstep/gateway"
)

// Options say which network to use.
type Options struct {
	// RPC is the gateway's URL.
	RPC string
	// Artifacts is the folder in which npm installed the contracts.
	Artifacts string
	// Progress gets the report as text while it is made; nil for none.
	Progress io.Writer
}

// stage is everything the steps act on.
type stage struct {
	*printer
	url     string // the gateway's
	client  *client.Client
	network *gateway.NetworkStatus
	report  *Report
	// eth are the rollups' own RPCs.
	eth map[core.RollupID]*ethclient.Client
	// contracts are Lockstep's own, at the same address on all rollups.
	contracts deployment.Addresses
	// cheap and dear are the exchanges; buyer and seller the trader's account on each.
	cheap, dear   *uniswap.Exchange
	buyer, seller *actor.Account
	// people are all of those named beside.
	people                          []*person
	trader, alice, bob, carol, dora *person
	// modest and greedy are the solvers' accounts.
	modest, greedy *person
	market         *market
}

// Run plays the demo. The report is never nil: it holds the steps that were played, also when an error ends it early.
func Run(ctx context.Context, options Options) (*Report, error) {
	report := &Report{Steps: []*Step{}}
	err := play(ctx, options, report)
	report.OK = err == nil
	if err != nil {
		report.Error = err.Error()
	}
	return report, err
}

func play(ctx context.Context, options Options, report *Report) error {
	contracts, err := uniswap.Load(options.Artifacts)
	if err != nil {
		return err
	}
	c, network, err := connect(ctx, options.RPC)
	if err != nil {
		return err
	}
	defer c.Close()
	report.NetworkID = network.NetworkID
	s := &stage{printer: newPrinter(options.Progress), url: options.RPC, client: c, network: network, report: report, eth: make(map[core.RollupID]*ethclient.Client)}
	defer s.hangUp()
	fmt.Fprintf(s.w, "Lockstep demo at %s (network %q, %d validators)\n", options.RPC, network.Name, len(network.Validators))
	if err := s.setUp(ctx, contracts); err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	for i, step := range []func(context.Context) error{
		s.arbitrage, s.failingLeg, s.protectedLeg, s.swap, s.unevenSwap, s.bridge, s.inventedMessage, s.intent, s.unservable,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	s.summary(report)
	return nil
}

// hangUp ends what setUp began.
func (s *stage) hangUp() {
	if s.market != nil {
		s.market.close()
	}
	for _, eth := range s.eth {
		eth.Close()
	}
}

// connect dials a gateway and asks it what network it is of.
func connect(ctx context.Context, url string) (*client.Client, *gateway.NetworkStatus, error) {
	c, err := client.Dial(ctx, url)
	if err != nil {
		return nil, nil, fmt.Errorf("%w at %s: %w\n%s", ErrNoNetwork, url, err, adviceToStart)
	}
	network, err := c.Network(ctx)
	if err == nil {
		return c, network, nil
	}
	c.Close()
	// An answer that is an error comes from a server, only not from a gateway's root.
	status, answer := rpc.HTTPError{}, rpc.Error(nil)
	if errors.As(err, &status) {
		err = errors.New(status.Status) // without the page that a web server sends along
	} else if !errors.As(err, &answer) {
		return nil, nil, fmt.Errorf("%w at %s: %w\n%s", ErrNoNetwork, url, err, adviceToStart)
	}
	return nil, nil, fmt.Errorf("%w at %s: what answers there is not a gateway's root (%w)\n%s", ErrNoNetwork, url, err, adviceOnURL)
}

const (
	adviceToStart = "start one with `make devnet` in another terminal, or give --rpc the URL of a running gateway"
	adviceOnURL   = "give --rpc the URL that the devnet prints as its gateway, without a path"
)
