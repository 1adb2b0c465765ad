package evm

import (
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/event"
)

// eventBacklog is how many events a subscriber may lag behind before it loses the oldest.
const eventBacklog = 128

// go-ethereum's feeds send synchronously: a subscriber that does not read holds up whoever sealed the block. Clients are
// subscribers here, so every subscription goes through a relay that always reads.

// SubscribeChainEvent relays sealed blocks.
func (b *sealedBackend) SubscribeChainEvent(ch chan<- gethcore.ChainEvent) event.Subscription {
	return relay(&b.scope, b.EthAPIBackend.SubscribeChainEvent, ch)
}

// SubscribeChainHeadEvent relays sealed headers.
func (b *sealedBackend) SubscribeChainHeadEvent(ch chan<- gethcore.ChainHeadEvent) event.Subscription {
	return relay(&b.scope, b.EthAPIBackend.SubscribeChainHeadEvent, ch)
}

// SubscribeLogsEvent relays the logs of sealed blocks.
func (b *sealedBackend) SubscribeLogsEvent(ch chan<- []*gethtypes.Log) event.Subscription {
	return relay(&b.scope, b.EthAPIBackend.SubscribeLogsEvent, ch)
}

// SubscribeRemovedLogsEvent relays the logs of blocks that a rewind removed.
func (b *sealedBackend) SubscribeRemovedLogsEvent(ch chan<- gethcore.RemovedLogsEvent) event.Subscription {
	return relay(&b.scope, b.EthAPIBackend.SubscribeRemovedLogsEvent, ch)
}

// SubscribeNewTxsEvent relays transactions that became executable in the mempool.
func (b *sealedBackend) SubscribeNewTxsEvent(ch chan<- gethcore.NewTxsEvent) event.Subscription {
	subscribe := func(in chan<- gethcore.NewTxsEvent) event.Subscription { return b.newTxs.Subscribe(in) }
	return relay(&b.scope, subscribe, ch)
}

// relay forwards events from a feed to out through a queue of eventBacklog events that drops the oldest, so that
// the feed never waits for out's reader. It ends with the feed, with Unsubscribe or with the scope.
func relay[T any](scope *event.SubscriptionScope, subscribe func(chan<- T) event.Subscription, out chan<- T) event.Subscription {
	in := make(chan T, 16)
	source := subscribe(in)
	sub := event.NewSubscription(func(quit <-chan struct{}) error {
		defer source.Unsubscribe()
		return forward(in, out, source.Err(), quit)
	})
	return scope.Track(sub)
}

func forward[T any](in <-chan T, out chan<- T, failed <-chan error, quit <-chan struct{}) error {
	var queue []T
	for {
		var (
			ready chan<- T
			next  T
		)
		if len(queue) > 0 {
			ready, next = out, queue[0]
		}
		select {
		case event := <-in:
			if queue = append(queue, event); len(queue) > eventBacklog {
				queue = queue[1:]
			}
		case ready <- next:
			queue = queue[1:]
		case err := <-failed:
			return err
		case <-quit:
			return nil
		}
	}
}
