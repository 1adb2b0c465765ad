package client

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

// Intent is an order of a gateway's book.
type Intent = gateway.IntentView

// IntentEvent is a message of the subscription "intents"; Error is set in the last one of a subscriber that was too slow.
type IntentEvent struct {
	Event  string             `json:"event"`
	Intent gateway.IntentView `json:"intent"`
	Error  *gateway.ErrorView `json:"error"`
}

// SubmitIntent is lockstep_submitIntent; the hash is the order's id.
func (c *Client) SubmitIntent(ctx context.Context, order *intentsettler.GaslessCrossChainOrder, signature []byte) (common.Hash, error) {
	id, err := call[common.Hash](ctx, c, "lockstep_submitIntent", map[string]any{
		"order": gateway.NewOrderView(order), "signature": hexutil.Bytes(signature),
	})
	if err != nil {
		return common.Hash{}, err
	}
	return *id, nil
}

// Intent is lockstep_getIntent.
func (c *Client) Intent(ctx context.Context, id common.Hash) (*Intent, error) {
	return call[Intent](ctx, c, "lockstep_getIntent", id)
}

// Intents is lockstep_getIntents: what is open or pending.
func (c *Client) Intents(ctx context.Context) ([]Intent, error) {
	all, err := call[[]Intent](ctx, c, "lockstep_getIntents")
	if err != nil {
		return nil, err
	}
	return *all, nil
}

// IntentsAfter is lockstep_getIntents by pages: at most so many of the orders behind another one, from the first one on if that is zero.
func (c *Client) IntentsAfter(ctx context.Context, after common.Hash, limit int) ([]Intent, error) {
	page := map[string]any{"limit": limit}
	if after != (common.Hash{}) {
		page["after"] = after
	}
	orders, err := call[[]Intent](ctx, c, "lockstep_getIntents", page)
	if err != nil {
		return nil, err
	}
	return *orders, nil
}

// SubmitSolution is lockstep_submitSolution: a bundle that fills and claims the order.
func (c *Client) SubmitSolution(ctx context.Context, id common.Hash, b *core.Bundle) (*gateway.SolutionReceipt, error) {
	return call[gateway.SolutionReceipt](ctx, c, "lockstep_submitSolution", id, b)
}

// CancelIntent is lockstep_cancelIntent; the signature is that of core.SignCancelIntent.
func (c *Client) CancelIntent(ctx context.Context, id common.Hash, signature []byte) (*gateway.CancelIntentReceipt, error) {
	return call[gateway.CancelIntentReceipt](ctx, c, "lockstep_cancelIntent", gateway.IntentCancellation{OrderID: id, Signature: signature})
}

// SubscribeIntents is lockstep_subscribe("intents"); the client must be connected by WebSocket.
func (c *Client) SubscribeIntents(ctx context.Context, ch chan<- *IntentEvent) (*rpc.ClientSubscription, error) {
	return c.rpc.Subscribe(ctx, "lockstep", ch, "intents")
}
