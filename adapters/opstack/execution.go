package opstack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/core"
)

// execution reads blocks of the execution client, with methods that op-reth, too, serves on its authenticated port.
type execution struct {
	client *rpc.Client
	rollup core.RollupID
}

// dialExecution connects to nothing yet.
func dialExecution(url string, s secret, rollup core.RollupID) (*execution, error) {
	client, err := rpc.DialOptions(context.Background(), url, rpc.WithHTTPAuth(func(h http.Header) error { return s.sign(h, time.Now()) }))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrExecution, err)
	}
	return &execution{client, rollup}, nil
}

func (e *execution) close() { e.client.Close() }

// chainID is the chain's id, which is the rollup's.
func (e *execution) chainID(ctx context.Context) (core.RollupID, error) {
	var id hexutil.Uint64
	err := e.client.CallContext(ctx, &id, "eth_chainId")
	return core.RollupID(id), err
}

// header is what is read of a block.
type header struct {
	Number       hexutil.Uint64    `json:"number"`
	Hash         common.Hash       `json:"hash"`
	Parent       common.Hash       `json:"parentHash"`
	Timestamp    hexutil.Uint64    `json:"timestamp"`
	TxsRoot      common.Hash       `json:"transactionsRoot"`
	Transactions []json.RawMessage `json:"transactions"`
}

// blockOf is the block of a hash; nil if there is none.
func (e *execution) blockOf(ctx context.Context, hash common.Hash) (*core.Block, error) {
	b, err := e.full(ctx, "eth_getBlockByHash", hash)
	if err == nil && b != nil && b.Hash != hash {
		return nil, fmt.Errorf("%w: asked for block %s, got %s", ErrExecution, hash, b.Hash)
	}
	return b, err
}

// blockAt is the block of a number on the chain that ends in the head; nil if there is none.
func (e *execution) blockAt(ctx context.Context, number uint64) (*core.Block, error) {
	b, err := e.full(ctx, "eth_getBlockByNumber", hexutil.Uint64(number))
	if err == nil && b != nil && b.Number != number {
		return nil, fmt.Errorf("%w: asked for block %d, got %d", ErrExecution, number, b.Number)
	}
	return b, err
}

// hashAt is that block's hash; zero if there is none.
func (e *execution) hashAt(ctx context.Context, number uint64) (common.Hash, error) {
	var h *header
	if err := e.client.CallContext(ctx, &h, "eth_getBlockByNumber", hexutil.Uint64(number), false); err != nil || h == nil {
		return common.Hash{}, err
	}
	return h.Hash, nil
}

// body is what is read of a block to compare it with the lane.
type body struct {
	number, timestamp uint64
	parent            common.Hash
	// ordered are the hashes of the transactions that are no deposits.
	ordered []common.Hash
}

// bodyOf is the body of a block.
func (e *execution) bodyOf(ctx context.Context, hash common.Hash) (*body, error) {
	var h *header
	if err := e.client.CallContext(ctx, &h, "eth_getBlockByHash", hash, true); err != nil {
		return nil, err
	}
	if h == nil {
		return nil, fmt.Errorf("%w: it has no block %s", ErrExecution, hash)
	}
	b := &body{number: uint64(h.Number), timestamp: uint64(h.Timestamp), parent: h.Parent}
	for _, text := range h.Transactions {
		var tx struct {
			Hash common.Hash    `json:"hash"`
			Type hexutil.Uint64 `json:"type"`
		}
		if err := json.Unmarshal(text, &tx); err != nil {
			return nil, fmt.Errorf("%w: transaction of block %d: %w", ErrExecution, b.number, err)
		}
		if tx.Type != depositType {
			b.ordered = append(b.ordered, tx.Hash)
		}
	}
	return b, nil
}

// full reads a block with its transactions, of which the first one says what the L1 origin is. A block of which it does not say
// so is given with ErrL1Info.
func (e *execution) full(ctx context.Context, method string, which any) (*core.Block, error) {
	var h *header
	if err := e.client.CallContext(ctx, &h, method, which, true); err != nil || h == nil {
		return nil, err
	}
	b := &core.Block{
		Rollup: e.rollup, Number: uint64(h.Number), Hash: h.Hash, Parent: h.Parent, Timestamp: uint64(h.Timestamp), TxsHash: h.TxsRoot,
	}
	if b.Hash == (common.Hash{}) || b.Hash == b.Parent {
		return nil, fmt.Errorf("%w: block %d is %s after %s", ErrExecution, b.Number, b.Hash, b.Parent)
	}
	if len(h.Transactions) == 0 {
		return b, nil // the genesis has none
	}
	var first struct {
		Input hexutil.Bytes `json:"input"`
	}
	if err := json.Unmarshal(h.Transactions[0], &first); err != nil {
		return nil, fmt.Errorf("%w: first transaction of block %d: %w", ErrExecution, b.Number, err)
	}
	var err error
	if b.L1Number, b.L1Hash, err = l1Origin(first.Input); err != nil {
		return b, fmt.Errorf("block %d: %w", b.Number, err)
	}
	return b, nil
}
