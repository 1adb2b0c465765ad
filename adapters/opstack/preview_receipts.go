package opstack

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// receipts are those of a block that was handed in and is not the chain's head, in the order of its transactions. op-geth has them by
// the block's hash. op-reth has by hash only what is on the chain, and calls the newest block on the head "pending".
func (e *execution) receipts(ctx context.Context, b *preview) ([]json.RawMessage, error) {
	all, err := e.receiptsOf(ctx, b, b.Hash)
	if err != nil {
		all, err = e.receiptsOf(ctx, b, "pending")
	}
	return all, err
}

func (e *execution) receiptsOf(ctx context.Context, b *preview, block any) ([]json.RawMessage, error) {
	var all []json.RawMessage
	if err := e.client.CallContext(ctx, &all, "eth_getBlockReceipts", block); err != nil {
		return nil, err
	}
	if len(all) != len(b.hashes) {
		return nil, fmt.Errorf("%w: %d receipts for %d transactions", ErrExecution, len(all), len(b.hashes))
	}
	for i, text := range all {
		var receipt struct {
			Block common.Hash `json:"blockHash"`
			Tx    common.Hash `json:"transactionHash"`
		}
		if err := json.Unmarshal(text, &receipt); err != nil || receipt.Block != b.Hash || receipt.Tx != b.hashes[i] {
			return nil, fmt.Errorf("%w: its receipts are of another block", ErrExecution)
		}
	}
	return all, nil
}
