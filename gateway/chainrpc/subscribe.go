package chainrpc

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ethereum/go-ethereum/rpc"
)

// resubscribePause is the time before a subscription that the execution client has ended is made again.
const resubscribePause = time.Second

// NewHeads is eth_subscribe("newHeads").
func (m *ethMethods) NewHeads(ctx context.Context) (*rpc.Subscription, error) {
	return m.c.subscribe(ctx, "newHeads")
}

// Logs is eth_subscribe("logs", filter).
func (m *ethMethods) Logs(ctx context.Context, filter *json.RawMessage) (*rpc.Subscription, error) {
	if filter == nil {
		return m.c.subscribe(ctx, "logs", struct{}{})
	}
	return m.c.subscribe(ctx, "logs", *filter)
}

// NewPendingTransactions is eth_subscribe("newPendingTransactions"): those of the execution client's own pool.
func (m *ethMethods) NewPendingTransactions(ctx context.Context, full *json.RawMessage) (*rpc.Subscription, error) {
	if full == nil {
		return m.c.subscribe(ctx, "newPendingTransactions")
	}
	return m.c.subscribe(ctx, "newPendingTransactions", *full)
}

// subscribe makes a subscription of the execution client's for a client. When the execution client ends it, because it restarts, it is
// made again, and what happened between the two is missing.
func (c *Chain) subscribe(ctx context.Context, args ...any) (*rpc.Subscription, error) {
	notifier, ok := rpc.NotifierFromContext(ctx)
	if !ok {
		return nil, rpc.ErrNotificationsUnsupported
	}
	messages := make(chan json.RawMessage)
	source, err := c.source(ctx, messages, args)
	if err != nil {
		return nil, c.deps.Network.Fail(err)
	}
	sub := notifier.CreateSubscription()
	go func() {
		defer func() {
			if source != nil {
				source.Unsubscribe()
			}
		}()
		for {
			select {
			case message := <-messages:
				if notifier.Notify(sub.ID, message) != nil {
					return
				}
			case <-sub.Err():
				return
			case <-source.Err():
				if source = c.sourceAgain(sub, messages, args); source == nil {
					return
				}
			}
		}
	}()
	return sub, nil
}

func (c *Chain) source(ctx context.Context, messages chan<- json.RawMessage, args []any) (source *rpc.ClientSubscription, err error) {
	err = c.upstream.with(ctx, func(ctx context.Context, client *rpc.Client) error {
		source, err = client.EthSubscribe(ctx, messages, args...)
		return err
	})
	return source, err
}

// sourceAgain makes a subscription again until it is there; nil when the client's own has ended.
func (c *Chain) sourceAgain(sub *rpc.Subscription, messages chan<- json.RawMessage, args []any) *rpc.ClientSubscription {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		pause := time.NewTimer(resubscribePause)
		select {
		case <-sub.Err():
			pause.Stop()
			return nil
		case <-pause.C:
		}
		if source, err := c.source(ctx, messages, args); err == nil {
			return source
		}
	}
}
