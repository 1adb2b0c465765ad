package evm

import (
	"context"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/event"
	"github.com/ethereum/go-ethereum/rpc"
)

// Limits of subscriptions.
const (
	// maxSubscriptions is how many there may be at a time, over all connections.
	maxSubscriptions = 4096
	// maxReceiptHashes is how many transactions one subscription to receipts may name, as in go-ethereum.
	maxReceiptHashes = 200
)

// subscriptions are the subjects of eth_subscribe. go-ethereum's own share one loop, in which a client that does not read
// holds up all others for as long as a write may take; here every subscription has its own.
type subscriptions struct {
	b      *openBackend
	txs    stockTransactions
	full   stockMethod // GetTransactionByHash
	active atomic.Int64
}

// stream sends what emit makes of each event to the client until it unsubscribes, its connection ends or the source does.
// A client that is eventBacklog events behind misses the oldest.
func stream[T any](ctx context.Context, s *subscriptions, subscribe func(chan<- T) event.Subscription, emit func(context.Context, T) []any) (*rpc.Subscription, error) {
	notifier, supported := rpc.NotifierFromContext(ctx)
	if !supported {
		return &rpc.Subscription{}, rpc.ErrNotificationsUnsupported
	}
	if s.active.Add(1) > maxSubscriptions {
		s.active.Add(-1)
		return nil, errTooManySubscriptions
	}
	client, events := notifier.CreateSubscription(), make(chan T)
	source := subscribe(events)
	go func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer s.active.Add(-1)
		defer source.Unsubscribe()
		defer cancel()
		for {
			select {
			case next := <-events:
				for _, item := range emit(ctx, next) {
					if notifier.Notify(client.ID, item) != nil {
						return
					}
				}
			case <-client.Err():
				return
			case <-source.Err():
				return
			}
		}
	}()
	return client, nil
}

// NewHeads announces sealed blocks.
func (s *subscriptions) NewHeads(ctx context.Context) (*rpc.Subscription, error) {
	return stream(ctx, s, s.b.SubscribeChainEvent, func(_ context.Context, sealed gethcore.ChainEvent) []any {
		return []any{sealed.Header}
	})
}

// Logs announces the matching logs of sealed blocks.
func (s *subscriptions) Logs(ctx context.Context, crit filters.FilterCriteria) (*rpc.Subscription, error) {
	if err := checkPositions(crit); err != nil {
		return nil, err
	}
	first, last, err := sealedBounds(crit)
	if err != nil {
		return nil, err
	}
	return stream(ctx, s, s.b.SubscribeLogsEvent, func(_ context.Context, logs []*gethtypes.Log) (items []any) {
		for _, log := range logs {
			if first <= log.BlockNumber && log.BlockNumber <= last && matches(log, crit.Addresses, crit.Topics) {
				items = append(items, log)
			}
		}
		return items
	})
}

// sealedBounds are the block numbers that a subscription covers, under go-ethereum's rules: an end that is latest or not
// given is open.
func sealedBounds(crit filters.FilterCriteria) (first, last uint64, err error) {
	open := func(tag rpc.BlockNumber) bool { return tag == rpc.LatestBlockNumber }
	from, to := rpc.LatestBlockNumber, rpc.LatestBlockNumber
	if crit.FromBlock != nil {
		from = rpc.BlockNumber(crit.FromBlock.Int64())
	}
	if crit.ToBlock != nil {
		to = rpc.BlockNumber(crit.ToBlock.Int64())
	}
	if from == rpc.PendingBlockNumber || to == rpc.PendingBlockNumber {
		return 0, 0, errPendingLogs
	}
	if from == rpc.EarliestBlockNumber {
		from = 0
	}
	const end = 1<<64 - 1
	switch {
	case open(from) && open(to):
		return 0, end, nil
	case from >= 0 && open(to):
		return uint64(from), end, nil
	case from >= 0 && to >= from:
		return uint64(from), uint64(to), nil
	}
	return 0, 0, errInvalidRange
}

// NewPendingTransactions announces transactions that became executable in the mempool, by hash or in full.
func (s *subscriptions) NewPendingTransactions(ctx context.Context, fullTx *bool) (*rpc.Subscription, error) {
	return stream(ctx, s, s.b.SubscribeNewTxsEvent, func(ctx context.Context, added gethcore.NewTxsEvent) (items []any) {
		for _, tx := range added.Txs {
			if fullTx == nil || !*fullTx {
				items = append(items, tx.Hash())
			} else if full, err := s.full.call(ctx, tx.Hash()); err == nil {
				items = append(items, full)
			}
		}
		return items
	})
}

// TransactionReceipts announces the receipts of sealed blocks, one list per block: all of them, or those that were named.
func (s *subscriptions) TransactionReceipts(ctx context.Context, query *filters.TransactionReceiptsQuery) (*rpc.Subscription, error) {
	wanted := make(map[common.Hash]bool)
	if query != nil {
		if len(query.TransactionHashes) > maxReceiptHashes {
			return nil, errTooManyHashes
		}
		for _, hash := range query.TransactionHashes {
			wanted[hash] = true
		}
	}
	return stream(ctx, s, s.b.SubscribeChainEvent, func(ctx context.Context, sealed gethcore.ChainEvent) []any {
		var receipts []any
		for _, tx := range sealed.Transactions {
			if len(wanted) > 0 && !wanted[tx.Hash()] {
				continue
			}
			if receipt, err := s.txs.GetTransactionReceipt(ctx, tx.Hash()); err == nil && receipt != nil {
				receipts = append(receipts, receipt)
			}
		}
		if len(receipts) == 0 {
			return nil
		}
		return []any{receipts}
	})
}
