package chainrpc

import (
	"context"
	"encoding/json"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// ethMethods are the methods that are more than a question to the execution client.
type ethMethods struct{ c *Chain }

const pendingTag = `"pending"`

// GetTransactionCount is the execution client's, except that pending counts what is ordered and in no block, and what waits for that, where
// the lane is what transactions are sent to.
func (m *ethMethods) GetTransactionCount(ctx context.Context, addr common.Address, at *json.RawMessage) (json.RawMessage, error) {
	if at == nil {
		return m.c.ask(ctx, "eth_getTransactionCount", addr, "latest")
	}
	if string(*at) != pendingTag || m.c.cfg.Submit == SubmitExecution {
		return m.c.ask(ctx, "eth_getTransactionCount", addr, *at)
	}
	var nonce hexutil.Uint64
	if err := m.c.upstream.call(ctx, &nonce, "eth_getTransactionCount", addr, "latest"); err != nil {
		return nil, m.c.deps.Network.Fail(err)
	}
	return json.Marshal(hexutil.Uint64(m.c.deps.Pool.NextNonce(addr, uint64(nonce))))
}

// GetTransactionByHash finds a transaction in a block, in the operator's stream, in the lane, or in the pool.
func (m *ethMethods) GetTransactionByHash(ctx context.Context, hash common.Hash) (json.RawMessage, error) {
	found, err := m.c.ask(ctx, "eth_getTransactionByHash", hash)
	if err != nil {
		return nil, err
	}
	if p, ok := m.c.previews.find(hash); ok && (string(found) == "null" || inNoBlock(found)) {
		return m.c.view(p.tx, p)
	}
	if string(found) != "null" {
		return found, nil
	}
	tx := m.c.deps.Pool.Get(hash)
	if tx == nil {
		if tx, err = m.c.deps.Network.Ordered(hash); err != nil {
			return nil, m.c.deps.Network.Fail(err)
		}
	}
	if tx == nil {
		return found, nil
	}
	return m.c.view(tx, nil)
}

// inNoBlock reports whether a transaction is one of the execution client's own pool.
func inNoBlock(tx json.RawMessage) bool {
	var place struct{ BlockHash *common.Hash }
	return json.Unmarshal(tx, &place) == nil && place.BlockHash == nil
}

// GetTransactionReceipt is the execution client's, or that of the operator's stream while no block has the transaction.
func (m *ethMethods) GetTransactionReceipt(ctx context.Context, hash common.Hash) (json.RawMessage, error) {
	receipt, err := m.c.ask(ctx, "eth_getTransactionReceipt", hash)
	if err != nil || string(receipt) != "null" {
		return receipt, err
	}
	if p, ok := m.c.previews.find(hash); ok {
		return p.receipt, nil
	}
	return receipt, nil
}

// GetBlockByNumber is the execution client's; pending is the newest block of the operator's stream, if it stands on the client's head.
func (m *ethMethods) GetBlockByNumber(ctx context.Context, number json.RawMessage, full bool) (json.RawMessage, error) {
	if string(number) == pendingTag {
		if block, ok := m.pending(ctx, full); ok {
			return block, nil
		}
	}
	return m.c.ask(ctx, "eth_getBlockByNumber", number, full)
}

// pending is the block that the stream shows, if the execution client does not have it yet.
func (m *ethMethods) pending(ctx context.Context, full bool) (json.RawMessage, bool) {
	newest := m.c.previews.newest()
	if newest == nil {
		return nil, false
	}
	var head struct{ Hash common.Hash }
	if err := m.c.upstream.call(ctx, &head, "eth_getBlockByNumber", "latest", false); err != nil || head.Hash != newest.parent {
		return nil, false
	}
	block, err := m.c.pendingBlock(newest, full)
	return block, err == nil
}

// view is a transaction as go-ethereum shows it; p is nil while no block is known that has it.
func (c *Chain) view(tx *gethtypes.Transaction, p *preview) (json.RawMessage, error) {
	text, err := tx.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	if from, err := gethtypes.Sender(c.signer, tx); err == nil {
		fields["from"] = from
	}
	if fields["gasPrice"] == nil {
		fields["gasPrice"] = (*hexutil.Big)(tx.GasFeeCap())
	}
	fields["blockHash"], fields["blockNumber"], fields["transactionIndex"] = nil, nil, nil
	if p != nil {
		fields["blockHash"], fields["blockNumber"], fields["transactionIndex"] = common.Hash{}, hexutil.Uint64(p.block), hexutil.Uint64(p.index)
	}
	return json.Marshal(fields)
}
