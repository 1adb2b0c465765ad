package gatewaytest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// Harness is a running gateway over fakes, on a port of its own on the loopback interface.
type Harness struct {
	Gateway     *gateway.Gateway
	Genesis     *core.Genesis
	Log         *Log
	Checkpoints *Checkpoints
	Zone        *Zone
	Pool        *Pool
	// Done gets what Run returned.
	Done chan error
	stop context.CancelFunc
}

// Options change the harness before it starts.
type Options struct {
	Config func(*gateway.Config)
	Logger *slog.Logger
	// Prover makes the proofs; nil for none.
	Prover gateway.Prover
	// Intents is the book; nil for none.
	Intents gateway.Intents
	// Control takes changes of the network; nil for none.
	Control gateway.Control
	// Listener is the port; nil opens one.
	Listener net.Listener
	// Ledger answers instead of the log.
	Ledger gateway.Ledger
	// Genesis makes another network of that of the tests; nil for none.
	Genesis func(*core.Genesis) *core.Genesis
	// Mount is called before the gateway runs; nil for nothing.
	Mount func(*gateway.Gateway)
	// Now is the gateway's clock; nil for the real one.
	Now func() time.Time
	// Decided is what the network has decided; nil for a node that decides itself.
	Decided func() uint64
	// Holders asks the validators; nil asks nobody.
	Holders gateway.Holders
	// Rollups is another protocol on the port; nil for none.
	Rollups gateway.RollupAPI
}

// New starts a gateway that serves zone 1 and rollups A and B, after one empty tick. It is shut down with the test.
func New(t testing.TB, o Options) *Harness {
	t.Helper()
	genesis := Genesis()
	if o.Genesis != nil {
		genesis = o.Genesis(genesis)
	}
	h := &Harness{Genesis: genesis, Log: NewLog(genesis), Checkpoints: new(Checkpoints), Zone: NewZone(), Pool: NewPool(genesis), Done: make(chan error, 1)}
	h.Log.Append(Content{})
	h.Zone.Decide(1)
	cfg := gateway.Default()
	cfg.Listen = "127.0.0.1:0"
	if o.Config != nil {
		o.Config(&cfg)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Ledger == nil {
		o.Ledger = h.Log
	}
	g, err := gateway.New(cfg, gateway.Deps{
		Genesis: genesis, Pool: h.Pool, Log: h.Log, Index: h.Log, Chains: h.Log, Reports: h.Log, Ledger: o.Ledger, Checkpoints: h.Checkpoints, Prover: o.Prover, Intents: o.Intents, Control: o.Control,
		Zones: map[core.ZoneID]gateway.Zone{Zone1: h.Zone}, Version: "test", Logger: o.Logger, Listener: o.Listener, Now: o.Now, Decided: o.Decided, Holders: o.Holders, Rollups: o.Rollups,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Gateway = g
	for _, id := range []core.RollupID{A, B} {
		if err := g.Mount(id, Rollup(id, g.Sender(id)), nil); err != nil {
			t.Fatal(err)
		}
	}
	if o.Mount != nil {
		o.Mount(g)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	go func() { h.Done <- g.Run(ctx) }()
	t.Cleanup(func() {
		if err := h.Stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return h
}

// Stop shuts the gateway down and gives back what Run returned; further calls give nil.
func (h *Harness) Stop() error {
	h.stop()
	err, ok := <-h.Done
	if ok {
		close(h.Done)
	}
	return err
}

// URL is an address under the gateway's port; scheme is http or ws.
func (h *Harness) URL(scheme, path string) string {
	return fmt.Sprintf("%s://%s%s", scheme, h.Gateway.Addr(), path)
}

// Dial connects a JSON-RPC client that is closed with the test.
func (h *Harness) Dial(t testing.TB, scheme, path string) *rpc.Client {
	t.Helper()
	c, err := rpc.DialContext(t.Context(), h.URL(scheme, path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// submitter is what a rollup's RPC backend asks of the gateway.
type submitter interface {
	SendTx(ctx context.Context, tx *gethtypes.Transaction) error
}

// Rollup is the part of a rollup's Ethereum JSON-RPC that the gateway touches.
func Rollup(id core.RollupID, s submitter) *rpc.Server {
	server := rpc.NewServer()
	if err := server.RegisterName("eth", &ethAPI{id, s}); err != nil {
		panic(err)
	}
	return server
}

type ethAPI struct {
	id     core.RollupID
	submit submitter
}

// ChainId is eth_chainId.
func (e *ethAPI) ChainId() hexutil.Uint64 { return hexutil.Uint64(e.id) }

// GetBlockByNumber is eth_getBlockByNumber: whatever is asked for, block OpenBlock is open, and its slot begins at Start.
func (e *ethAPI) GetBlockByNumber(string, bool) map[string]any {
	return map[string]any{"number": hexutil.Uint64(OpenBlock), "timestamp": hexutil.Uint64(Start / 1000)}
}

// GetTransactionReceipt is eth_getTransactionReceipt.
func (e *ethAPI) GetTransactionReceipt(hash common.Hash) map[string]any {
	return map[string]any{"transactionHash": hash, "status": "0x1"}
}

// SendRawTransaction is eth_sendRawTransaction.
func (e *ethAPI) SendRawTransaction(ctx context.Context, raw hexutil.Bytes) (common.Hash, error) {
	tx := new(gethtypes.Transaction)
	if err := tx.UnmarshalBinary(raw); err != nil {
		return common.Hash{}, err
	}
	if err := e.submit.SendTx(ctx, tx); err != nil {
		return common.Hash{}, err
	}
	return tx.Hash(), nil
}
