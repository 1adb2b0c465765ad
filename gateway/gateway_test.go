package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

func TestListen_SaysThatThePortIsInUse(t *testing.T) {
	t.Parallel()
	l, err := gateway.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := gateway.Listen(l.Addr().String()); !errors.Is(err, gateway.ErrPortInUse) || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("got %v", err)
	}
	if _, err := gateway.Listen("not an address"); err == nil || errors.Is(err, gateway.ErrPortInUse) {
		t.Errorf("got %v", err)
	}
}

// deps are parts that fit together, without a listener.
func deps() gateway.Deps {
	genesis := gatewaytest.Genesis()
	log := gatewaytest.NewLog(genesis)
	return gateway.Deps{
		Genesis: genesis, Pool: gatewaytest.NewPool(genesis), Log: log, Index: log, Ledger: log, Checkpoints: new(gatewaytest.Checkpoints),
		Zones: map[core.ZoneID]gateway.Zone{}, Logger: slog.New(slog.DiscardHandler),
	}
}

func TestNew_TakesAListenerAndClosesIt(t *testing.T) {
	t.Parallel()
	l, err := gateway.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := deps()
	d.Listener = l
	g, err := gateway.New(gateway.Default(), d)
	if err != nil {
		t.Fatal(err)
	}
	if g.Addr().String() != l.Addr().String() {
		t.Errorf("listens on %s, want %s", g.Addr(), l.Addr())
	}
	for range 2 {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
	again, err := gateway.Listen(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}

func TestNew_RefusesPartsThatDoNotFit(t *testing.T) {
	t.Parallel()
	d := deps()
	d.Pool = nil
	if _, err := gateway.New(gateway.Default(), d); !errors.Is(err, gateway.ErrWiring) {
		t.Errorf("got %v", err)
	}
	cfg := gateway.Default()
	cfg.Listen = "127.0.0.1:0"
	g, err := gateway.New(cfg, deps())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if err := g.Mount(gatewaytest.Opaque, rpc.NewServer(), nil); !errors.Is(err, gateway.ErrWiring) {
		t.Errorf("a rollup that is not executed: %v", err)
	}
	if err := g.Mount(gatewaytest.A, rpc.NewServer(), nil); err != nil {
		t.Error(err)
	}
	if err := g.Mount(gatewaytest.A, rpc.NewServer(), nil); !errors.Is(err, gateway.ErrWiring) {
		t.Errorf("mounted twice: %v", err)
	}
}

func TestConfig_ValidateReportsAllProblems(t *testing.T) {
	t.Parallel()
	if err := gateway.Default().Validate(); err != nil {
		t.Errorf("default: %v", err)
	}
	err := gateway.Config{Listen: "nowhere", BodyBudget: -1}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, field := range []string{
		"listen", "maxConnections", "maxBody", "bodyBudget", "maxBatch", "maxBatchResponse", "maxWaiters", "maxSimulations", "maxSubscriptions",
		"feedBacklog", "feedBytes", "submitWait", "acceptWait", "maxWait", "simulateTimeout", "readHeaderTimeout", "readTimeout", "writeTimeout", "idleTimeout", "drainTimeout",
	} {
		if !strings.Contains(err.Error(), "gateway."+field+" ") {
			t.Errorf("%s is not reported", field)
		}
	}
}

func TestMount_ServesTheSealedVariant(t *testing.T) {
	t.Parallel()
	cfg := gateway.Default()
	cfg.Listen = "127.0.0.1:0"
	g, err := gateway.New(cfg, deps())
	if err != nil {
		t.Fatal(err)
	}
	// The variant is told apart by the chain id that its fake answers.
	if err := g.Mount(gatewaytest.A, gatewaytest.Rollup(1, g.Sender(gatewaytest.A)), gatewaytest.Rollup(2, g.Sender(gatewaytest.A))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	for path, want := range map[string]hexutil.Uint64{"/rollup/901": 1, "/rollup/901/sealed": 2} {
		c, err := rpc.DialContext(t.Context(), "http://"+g.Addr().String()+path)
		if err != nil {
			t.Fatal(err)
		}
		if got := call[hexutil.Uint64](t, c, "eth_chainId"); got != want {
			t.Errorf("%s: served by variant %d, want %d", path, got, want)
		}
		c.Close()
	}
	cancel()
	if err := next(t, done); err != nil {
		t.Error(err)
	}
	if err := g.Run(t.Context()); !errors.Is(err, gateway.ErrWiring) {
		t.Errorf("second run: %v", err)
	}
}

func TestRun_LetsACallUnderWayFinish(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: longWait})
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	sent := background[common.Hash](t, h.Dial(t, "http", "/rollup/901"), sendRaw, raw(tx))
	next(t, h.Pool.Added)
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	if got := next(t, sent); got.err != nil || got.result != tx.Hash() {
		t.Errorf("got %s, %v, want the hash", got.result, got.err)
	}
}

func TestRun_CutsOffWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{Config: func(c *gateway.Config) { c.DrainTimeout = 1 }})
	running, release := make(chan struct{}, 1), make(chan struct{})
	h.Zone.OnSimulate = func(context.Context, core.DecodedBundle) (gateway.Simulation, error) {
		running <- struct{}{}
		<-release
		return gateway.Simulation{}, nil
	}
	b := gatewaytest.Bundle(h.Genesis, gatewaytest.Tx(gatewaytest.A, 0))
	stuck := background[gateway.SimulationView](t, h.Dial(t, "http", "/"), simulateBundle, b.Bundle)
	next(t, running)
	if err := h.Stop(); err != nil {
		t.Error(err)
	}
	if got := next(t, stuck); got.err == nil {
		t.Error("the stuck call was answered")
	}
	close(release)
}

func TestRun_EndsWhenTheLogIsDamaged(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	call[gateway.NetworkStatus](t, h.Dial(t, "http", "/"), "lockstep_status") // it runs
	damage := errors.New("damaged record")
	h.Log.Break(damage)
	h.Log.Append(gatewaytest.Content{})
	if err := next(t, h.Done); !errors.Is(err, damage) {
		t.Errorf("Run returned %v, want the damage", err)
	}
	close(h.Done)
}

func TestRun_GoesOnWhenAZoneHasStopped(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	ticks := subscribe(t, h.Dial(t, "ws", "/"))
	h.Zone.Stop()
	tx := gatewaytest.Tx(gatewaytest.A, 0)
	h.Log.Append(gatewaytest.Content{Txs: []core.Transaction{tx}})
	if m := next(t, ticks); m.Type != "tick" {
		t.Errorf("got %+v", m)
	}
	if s := call[gateway.Status](t, h.Dial(t, "http", "/"), getStatus, tx.Hash()); s.Level != core.LevelOrdered {
		t.Errorf("got %+v", s)
	}
}
