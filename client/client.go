package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
)

// Client is a connection to a gateway. It is safe for concurrent use.
type Client struct {
	rpc     *rpc.Client
	url     string
	options []rpc.ClientOption
}

// Dial connects to a gateway by its root URL, http(s):// or ws(s)://. Subscriptions need ws.
func Dial(ctx context.Context, gatewayURL string) (*Client, error) { return dial(ctx, gatewayURL) }

// DialSession connects by http(s):// as part of a session; so do the clients of rollups that Rollup gives.
func DialSession(ctx context.Context, gatewayURL string, s *Session) (*Client, error) {
	return dial(ctx, gatewayURL, rpc.WithHTTPClient(&http.Client{Transport: s}))
}

func dial(ctx context.Context, gatewayURL string, options ...rpc.ClientOption) (*Client, error) {
	u, err := url.Parse(gatewayURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("client: %q is not a gateway URL, want for example http://127.0.0.1:8545", gatewayURL)
	}
	c, err := rpc.DialOptions(ctx, gatewayURL, options...)
	if err != nil {
		return nil, fmt.Errorf("client: dial %s: %w", gatewayURL, err)
	}
	return &Client{rpc: c, url: strings.TrimRight(gatewayURL, "/"), options: options}, nil
}

// Close ends the connection and its subscriptions.
func (c *Client) Close() { c.rpc.Close() }

// Rollup connects to a rollup's Ethereum JSON-RPC through the same gateway. The caller closes it.
func (c *Client) Rollup(ctx context.Context, id core.RollupID) (*ethclient.Client, error) {
	rollup, err := rpc.DialOptions(ctx, c.url+"/rollup/"+id.String(), c.options...)
	if err != nil {
		return nil, err
	}
	return ethclient.NewClient(rollup), nil
}

// Network is lockstep_status: what the network is and how far it has come.
func (c *Client) Network(ctx context.Context) (*gateway.NetworkStatus, error) {
	return call[gateway.NetworkStatus](ctx, c, "lockstep_status")
}

// SendBundle is lockstep_sendBundle; the hash is the bundle's id.
func (c *Client) SendBundle(ctx context.Context, b *core.Bundle) (common.Hash, error) {
	receipt, err := call[gateway.BundleReceipt](ctx, c, "lockstep_sendBundle", b)
	if err != nil {
		return common.Hash{}, err
	}
	return receipt.BundleID, nil
}

// ReplaceBundle is lockstep_replaceBundle; the hash is the new bundle's id. See core.Replacement.Sign.
func (c *Client) ReplaceBundle(ctx context.Context, b *core.Bundle, r *core.Replacement) (common.Hash, error) {
	receipt, err := call[gateway.BundleReceipt](ctx, c, "lockstep_replaceBundle", b, r)
	if err != nil {
		return common.Hash{}, err
	}
	return receipt.BundleID, nil
}

// CancelBundle is lockstep_cancelBundle. See core.Cancellation.Sign.
func (c *Client) CancelBundle(ctx context.Context, cancellation *core.Cancellation) (*gateway.CancelReceipt, error) {
	return call[gateway.CancelReceipt](ctx, c, "lockstep_cancelBundle", cancellation)
}

// SubmitControl is lockstep_submitControl: brings a change of the network that its validators have signed.
func (c *Client) SubmitControl(ctx context.Context, entry *core.Control) (*gateway.ControlReceipt, error) {
	return call[gateway.ControlReceipt](ctx, c, "lockstep_submitControl", hexutil.Bytes(entry.Encode()))
}

// Control is lockstep_getControl: the changes from a sequence on.
func (c *Client) Control(ctx context.Context, from uint64) (*gateway.ControlView, error) {
	return call[gateway.ControlView](ctx, c, "lockstep_getControl", from)
}

// PrepareBundle tells the node a bundle whose legs are not signed yet: see lockstep_prepareBundle. notBefore and notAfter
// are ms since the Unix epoch.
func (c *Client) PrepareBundle(ctx context.Context, notBefore, notAfter uint64, legs []gateway.SkeletonLeg) (*gateway.ParkingView, error) {
	skeleton := map[string]any{"notBefore": notBefore, "notAfter": notAfter, "legs": legs}
	return call[gateway.ParkingView](ctx, c, "lockstep_prepareBundle", skeleton)
}

// SimulateBundle is lockstep_simulateBundle: what the bundle would do on the newest executed state.
func (c *Client) SimulateBundle(ctx context.Context, b *core.Bundle) (*gateway.SimulationView, error) {
	return call[gateway.SimulationView](ctx, c, "lockstep_simulateBundle", b)
}

// Status is lockstep_getStatus of a transaction hash or bundle id.
func (c *Client) Status(ctx context.Context, id common.Hash) (*gateway.Status, error) {
	return call[gateway.Status](ctx, c, "lockstep_getStatus", id)
}

// WaitFor is lockstep_waitFor: the status when the level is reached, or at the timeout the status then.
func (c *Client) WaitFor(ctx context.Context, id common.Hash, level core.Level, timeout time.Duration) (*gateway.Status, error) {
	return call[gateway.Status](ctx, c, "lockstep_waitFor", id, level, timeout.Milliseconds())
}

// Tick is lockstep_getTick.
func (c *Client) Tick(ctx context.Context, n uint64) (*gateway.TickView, error) {
	return call[gateway.TickView](ctx, c, "lockstep_getTick", n)
}

// LatestTick is lockstep_getTick of the newest tick.
func (c *Client) LatestTick(ctx context.Context) (*gateway.TickView, error) {
	return call[gateway.TickView](ctx, c, "lockstep_getTick", "latest")
}

// Checkpoint is lockstep_getCheckpoint of the newest complete checkpoint.
func (c *Client) Checkpoint(ctx context.Context) (*gateway.CheckpointView, error) {
	return call[gateway.CheckpointView](ctx, c, "lockstep_getCheckpoint", "latest")
}

// Finality is lockstep_getFinality of a block of a chain whose operator tells its blocks: a number, a hash, or "latest".
func (c *Client) Finality(ctx context.Context, id core.RollupID, block any) (*gateway.FinalityView, error) {
	return call[gateway.FinalityView](ctx, c, "lockstep_getFinality", id, block)
}

func call[T any](ctx context.Context, c *Client, method string, args ...any) (*T, error) {
	answer := new(T)
	if err := c.rpc.CallContext(ctx, answer, method, args...); err != nil {
		return nil, err
	}
	return answer, nil
}

// TickEvent is a message of the subscription "ticks": what a tick ordered, how many ticks without entries went by, or
// what a tick decided. Type says which fields are set; gateway.TickMessage, ExecutedMessage and RebuiltMessage document
// them.
type TickEvent struct {
	Type     string                   `json:"type"`
	Number   uint64                   `json:"number"`
	Time     uint64                   `json:"time"`
	Seen     uint64                   `json:"seen"`
	Empty    uint64                   `json:"empty"`
	Lanes    []gateway.LaneMessage    `json:"lanes"`
	Bundles  []gateway.BundleView     `json:"bundles"`
	Zone     core.ZoneID              `json:"zone"`
	Tick     uint64                   `json:"tick"`
	Outcomes []gateway.OutcomeMessage `json:"outcomes"`
	Error    *gateway.ErrorView       `json:"error"`
	// Attested is a list of results in tick messages and a number in executed ones; see Results.
	Attested json.RawMessage `json:"attested"`
}

// Results are the results that became attested with a tick message; executed messages have none.
func (e *TickEvent) Results() ([]gateway.AttestedView, error) {
	if e.Type == "executed" || len(e.Attested) == 0 {
		return nil, nil
	}
	var rows []gateway.AttestedView
	if err := json.Unmarshal(e.Attested, &rows); err != nil {
		return nil, fmt.Errorf("client: attested results: %w", err)
	}
	return rows, nil
}

// SubscribeTicks is lockstep_subscribe("ticks"); the client must be connected by WebSocket.
func (c *Client) SubscribeTicks(ctx context.Context, ch chan<- *TickEvent) (*rpc.ClientSubscription, error) {
	return c.rpc.Subscribe(ctx, "lockstep", ch, "ticks")
}
