package chainrpc

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// Bounds of one chain.
const (
	// maxCalls bounds the calls under way to the execution client, callTimeout the time of each, and maxAnswer its size.
	maxCalls    = 64
	callTimeout = 20 * time.Second
	maxAnswer   = 32 << 20
	// checkTimeout is how long a transaction that is sent waits for what the execution client knows of its sender.
	checkTimeout = 300 * time.Millisecond
	// watchInterval is the pause between two questions about senders whose transactions wait for an earlier nonce, and about a receipt
	// that somebody waits for; maxWatched bounds these senders.
	watchInterval = time.Second
	maxWatched    = 64
)

// Network is what the chain needs of the gateway that serves it.
type Network interface {
	// SendTx brings a transaction into the chain's lane. It returns when it is ordered, waits for an earlier nonce, or after a short
	// time; errors are those that a client gets.
	SendTx(ctx context.Context, tx *gethtypes.Transaction) error
	// Ordered finds a transaction in the lane; nil if it is not there.
	Ordered(hash common.Hash) (*gethtypes.Transaction, error)
	// Fail makes of an error what a client gets.
	Fail(err error) error
	// Heard takes notice of transactions of which more is known now than before.
	Heard(hashes []common.Hash)
}

// Pool is where the chain's transactions wait to be ordered.
type Pool interface {
	// Get finds a transaction; nil if it is not there.
	Get(hash common.Hash) *gethtypes.Transaction
	// NoteNonce takes notice of a sender's next nonce as the chain says it.
	NoteNonce(sender common.Address, nonce uint64)
	// NextNonce is the first nonce from one on that no transaction has which waits or is ordered and not in a block.
	NextNonce(sender common.Address, from uint64) uint64
	// Gaps lists senders whose transactions wait for an earlier nonce.
	Gaps(limit int) []common.Address
}

// Deps are what stands behind a chain.
type Deps struct {
	Rollup  core.RollupID
	Network Network
	Pool    Pool
	// MaxSyncWait bounds the timeout of eth_sendRawTransactionSync.
	MaxSyncWait time.Duration
	Logger      *slog.Logger
}

// Chain serves one chain.
type Chain struct {
	cfg      Config
	deps     Deps
	log      *slog.Logger
	signer   gethtypes.Signer
	server   *rpc.Server
	upstream *upstream
	previews *previews
}

// New makes a chain's server. It starts nothing, and asks nobody before it is asked.
func New(cfg Config, deps Deps) (*Chain, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("chain %s: %w", deps.Rollup, err)
	}
	c := &Chain{
		cfg: cfg, deps: deps, log: deps.Logger.With("stage", "gateway", "rollup", deps.Rollup), server: rpc.NewServer(),
		signer: gethtypes.LatestSignerForChainID(chainID(deps.Rollup)), previews: newPreviews(),
	}
	c.upstream = newUpstream(cfg.Execution, c.log)
	if err := c.server.RegisterName("eth", &ethMethods{c}); err != nil {
		return nil, fmt.Errorf("chain %s: %w", deps.Rollup, err)
	}
	if err := c.server.RegisterName("forward", &forwarded{c}); err != nil {
		return nil, fmt.Errorf("chain %s: %w", deps.Rollup, err)
	}
	return c, nil
}

// Server has the methods. The gateway that mounts it stops it.
func (c *Chain) Server() *rpc.Server { return c.server }

// Close ends the connection to the execution client. It is idempotent.
func (c *Chain) Close() { c.upstream.close() }

// Run reads the stream, and asks for the nonces of senders whose transactions wait, until ctx ends.
func (c *Chain) Run(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.followStream(ctx)
	}()
	c.watchGaps(ctx)
	<-done
	return nil
}

// forwarded is everything that the execution client answers.
type forwarded struct{ c *Chain }

// Call asks the execution client.
func (f *forwarded) Call(ctx context.Context, method string, params *json.RawMessage) (json.RawMessage, error) {
	if !f.c.mayForward(method) {
		return nil, &methodNotFound{method}
	}
	args, err := arguments(params)
	if err != nil {
		return nil, err
	}
	return f.c.ask(ctx, method, args...)
}

// ask asks the execution client, for a client of the gateway.
func (c *Chain) ask(ctx context.Context, method string, args ...any) (result json.RawMessage, err error) {
	if err := c.upstream.call(ctx, &result, method, args...); err != nil {
		return nil, c.deps.Network.Fail(err)
	}
	if result == nil {
		result = json.RawMessage("null")
	}
	return result, nil
}

// arguments takes positional parameters apart.
func arguments(params *json.RawMessage) ([]any, error) {
	if params == nil || string(*params) == "null" {
		return nil, nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(*params, &items); err != nil {
		return nil, &invalidParams{"non-array args"}
	}
	args := make([]any, len(items))
	for i, item := range items {
		args[i] = item
	}
	return args, nil
}
