package evm

import (
	"context"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/event"
	"github.com/ethereum/go-ethereum/rpc"
)

// PendingLogs announces the matching logs of the open block as ticks execute, each once and in order. They carry the
// provisional block hash, and are not announced again when the block is sealed. When the zone goes back and executes anew,
// those of its open block come again with removed set, the newest first, and then everything that it executes.
func (s *subscriptions) PendingLogs(ctx context.Context, crit *filters.FilterCriteria) (*rpc.Subscription, error) {
	follower := &logFollower{chain: s.b.chain, last: s.b.chain.View()}
	if crit != nil {
		if crit.FromBlock != nil || crit.ToBlock != nil || crit.BlockHash != nil {
			return nil, invalidParams("pendingLogs are those of the open block: give address and topics only")
		}
		if err := checkPositions(*crit); err != nil {
			return nil, err
		}
		follower.addresses, follower.topics = crit.Addresses, crit.Topics
	}
	subscribe := func(views chan<- *View) event.Subscription { return s.b.chain.SubscribeViews(views) }
	return stream(ctx, s, subscribe, func(_ context.Context, v *View) []any { return follower.next(v) })
}

// logFollower turns views into what one subscriber to pendingLogs has not heard yet.
type logFollower struct {
	chain     *Chain
	addresses []common.Address
	topics    [][]common.Hash
	// last is the view up to which everything is announced.
	last *View
}

// next announces what is in v and was not in the view before.
func (f *logFollower) next(v *View) (items []any) {
	last := f.last
	f.last = v
	switch {
	case v.Hash == last.Hash:
		common := commonPrefix(last, v)
		items = f.removed(items, last.Receipts()[common:])
		return f.added(items, v.Receipts()[common:])
	case v.Sealed.Number.Cmp(last.Sealed.Number) < 0 || v.Header != nil && last.Header != nil && v.Number() <= last.Number():
		items = f.removed(items, last.Receipts()) // the zone went back
	default:
		items = f.missed(items, last, v)
	}
	return f.added(items, v.Receipts())
}

// commonPrefix counts the transactions that two views of one open block begin with.
func commonPrefix(a, b *View) int {
	n := min(len(a.txs), len(b.txs))
	// Views share what they have in common, so the last transaction tells about all before it, unless the zone went back.
	if n == 0 || a.txs[n-1] == b.txs[n-1] && a.receipts[n-1] == b.receipts[n-1] {
		return n
	}
	for i := range n {
		if a.receipts[i] != b.receipts[i] {
			return i
		}
	}
	return n
}

// missed announces what the open block of the last view still got before it was sealed, if this subscriber was so slow that it
// lost the views in between. Blocks that opened and sealed meanwhile are lost to it: eth_getLogs has them.
func (f *logFollower) missed(items []any, last, v *View) []any {
	if last.Header == nil || v.Sealed.Number.Cmp(last.Header.Number) != 0 || v.Sealed.GasUsed == last.Header.GasUsed {
		return items
	}
	receipts := f.chain.BlockChain().GetReceiptsByHash(v.Sealed.Hash())
	for _, receipt := range receipts[min(len(last.receipts), len(receipts)):] {
		items = f.added(items, gethtypes.Receipts{relabel(receipt, last.Hash)})
	}
	return items
}

func (f *logFollower) added(items []any, receipts gethtypes.Receipts) []any {
	for _, receipt := range receipts {
		for _, log := range receipt.Logs {
			if matches(log, f.addresses, f.topics) {
				items = append(items, log)
			}
		}
	}
	return items
}

func (f *logFollower) removed(items []any, receipts gethtypes.Receipts) []any {
	for _, receipt := range slices.Backward(receipts) {
		for _, log := range slices.Backward(receipt.Logs) {
			if matches(log, f.addresses, f.topics) {
				undone := *log
				undone.Removed = true
				items = append(items, &undone)
			}
		}
	}
	return items
}
