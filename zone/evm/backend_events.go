package evm

import (
	"sync"

	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/event"
)

// eventBacklog is how many events a subscriber may lag behind before it loses the oldest.
const eventBacklog = 128

// go-ethereum's feeds send synchronously, from the middle of a seal. So every subscription goes through a relay that always
// reads: a client that does not read must not hold up the seal. And events are announced only when the view has the
// block: what a client hears of, it must be able to read.

// lazyFeed passes on the events of one kind from the first subscription on: most rollups of a node are followed by nobody.
type lazyFeed[T any] struct {
	feed  event.FeedOf[T]
	begin sync.Once
}

// subscribe begins to pass on events with start if nobody did, and relays them to ch.
func (a *lazyFeed[T]) subscribe(scope *event.SubscriptionScope, ch chan<- T, start func()) event.Subscription {
	a.begin.Do(start)
	return relay(scope, feedOf(&a.feed), ch)
}

// pump starts a goroutine that sends events on when the newest view includes their block, until the scope is closed.
func pump[T any](b *sealedBackend, subscribe func(chan<- T) event.Subscription, feed *event.FeedOf[T], number func(T) uint64) {
	events := make(chan T)
	sub := relay(&b.scope, subscribe, events)
	go func() {
		for {
			select {
			case next := <-events:
				if !b.awaitSealed(number(next), sub.Err()) {
					return
				}
				feed.Send(next)
			case <-sub.Err():
				return
			}
		}
	}()
}

// awaitSealed waits until the newest view includes a sealed block; false when it is not worth waiting any more.
func (b *sealedBackend) awaitSealed(number uint64, quit <-chan error) bool {
	views := make(chan *View, 1)
	sub := b.chain.SubscribeViews(views)
	defer sub.Unsubscribe()
	for b.chain.View().Sealed.Number.Uint64() < number {
		select {
		case <-views:
		case <-quit:
			return false
		case <-sub.Err():
			return false
		}
	}
	return true
}

// SubscribeChainEvent announces sealed blocks.
func (b *sealedBackend) SubscribeChainEvent(ch chan<- gethcore.ChainEvent) event.Subscription {
	return b.sealedBlocks.subscribe(&b.scope, ch, func() {
		pump(b, b.EthAPIBackend.SubscribeChainEvent, &b.sealedBlocks.feed, func(sealed gethcore.ChainEvent) uint64 { return sealed.Header.Number.Uint64() })
	})
}

// SubscribeChainHeadEvent announces sealed headers.
func (b *sealedBackend) SubscribeChainHeadEvent(ch chan<- gethcore.ChainHeadEvent) event.Subscription {
	return b.sealedHeads.subscribe(&b.scope, ch, func() {
		pump(b, b.EthAPIBackend.SubscribeChainHeadEvent, &b.sealedHeads.feed, func(sealed gethcore.ChainHeadEvent) uint64 { return sealed.Header.Number.Uint64() })
	})
}

// SubscribeLogsEvent announces the logs of sealed blocks.
func (b *sealedBackend) SubscribeLogsEvent(ch chan<- []*gethtypes.Log) event.Subscription {
	return b.sealedLogs.subscribe(&b.scope, ch, func() {
		pump(b, b.EthAPIBackend.SubscribeLogsEvent, &b.sealedLogs.feed, func(logs []*gethtypes.Log) uint64 { return logs[0].BlockNumber })
	})
}

// SubscribeRemovedLogsEvent relays the logs of blocks that a reorganisation removed, which does not happen here.
func (b *sealedBackend) SubscribeRemovedLogsEvent(ch chan<- gethcore.RemovedLogsEvent) event.Subscription {
	return relay(&b.scope, b.EthAPIBackend.SubscribeRemovedLogsEvent, ch)
}

// SubscribeNewTxsEvent announces transactions that became executable in the mempool.
func (b *sealedBackend) SubscribeNewTxsEvent(ch chan<- gethcore.NewTxsEvent) event.Subscription {
	return b.newTxs.subscribe(&b.scope, ch, b.followPool)
}

// followPool passes on what the mempool tells, until the scope is closed.
func (b *sealedBackend) followPool() {
	cancel := b.deps.Pool.SubscribeTxs(func(txs []*gethtypes.Transaction) { b.newTxs.feed.Send(gethcore.NewTxsEvent{Txs: txs}) })
	sub := event.NewSubscription(func(quit <-chan struct{}) error {
		<-quit
		cancel()
		return nil
	})
	if b.scope.Track(sub) == nil {
		sub.Unsubscribe() // the scope is closed
	}
}

func feedOf[T any](feed *event.FeedOf[T]) func(chan<- T) event.Subscription {
	return func(ch chan<- T) event.Subscription { return feed.Subscribe(ch) }
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
	if tracked := scope.Track(sub); tracked != nil {
		return tracked
	}
	sub.Unsubscribe() // the scope is closed
	return sub
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
