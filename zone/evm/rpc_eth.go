package evm

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// ethMethods are the methods of the namespace eth that differ from go-ethereum's by more than where they read from.
type ethMethods struct {
	b      *openBackend
	blocks stockBlocks
	txs    stockTransactions

	capabilities reflect.Value
	// syncing counts the synchronous sends that wait.
	syncing atomic.Int64
}

// stockBlocks is what is used of go-ethereum's block methods.
type stockBlocks interface {
	GetBlockByHash(ctx context.Context, hash common.Hash, fullTx bool) (map[string]any, error)
	GetHeaderByHash(ctx context.Context, hash common.Hash) map[string]any
}

// stockTransactions is what is used of go-ethereum's transaction methods.
type stockTransactions interface {
	SendRawTransaction(ctx context.Context, input hexutil.Bytes) (common.Hash, error)
	GetTransactionReceipt(ctx context.Context, hash common.Hash) (map[string]any, error)
}

// newEthMethods also makes the subjects of eth_subscribe, which use the same services.
func newEthMethods(b *openBackend, stock *stockServices) (*ethMethods, *subscriptions, error) {
	blocks, isBlocks := stock.chain.(stockBlocks)
	txs, isTxs := stock.transactions.(stockTransactions)
	if !isBlocks || !isTxs {
		return nil, nil, fmt.Errorf("%w: %T or %T", ErrGethChanged, stock.chain, stock.transactions)
	}
	m, s := &ethMethods{b: b, blocks: blocks, txs: txs}, &subscriptions{b: b, txs: txs}
	var err error
	if s.full, err = newStockMethod(stock.transactions, "GetTransactionByHash", 1); err != nil {
		return nil, nil, err
	}
	m.capabilities = reflect.ValueOf(stock.chain).MethodByName("Capabilities")
	if !m.capabilities.IsValid() || m.capabilities.Type().NumIn() != 0 || m.capabilities.Type().NumOut() != 1 {
		return nil, nil, fmt.Errorf("%w: %T.Capabilities", ErrGethChanged, stock.chain)
	}
	return m, s, nil
}

// GasPrice suggests a gas price for transactions without a fee cap, in wei.
func (m *ethMethods) GasPrice(ctx context.Context) (*hexutil.Big, error) {
	price, err := m.b.suggestGasPrice(ctx)
	return (*hexutil.Big)(price), err
}

// GetBlockByHash finds the open block by its provisional hash too, and shows it under that.
func (m *ethMethods) GetBlockByHash(ctx context.Context, hash common.Hash, fullTx bool) (map[string]any, error) {
	fields, err := m.blocks.GetBlockByHash(ctx, hash, fullTx)
	return m.nameProvisional(fields, hash), err
}

// GetHeaderByHash finds the open block by its provisional hash too, and shows it under that.
func (m *ethMethods) GetHeaderByHash(ctx context.Context, hash common.Hash) map[string]any {
	return m.nameProvisional(m.blocks.GetHeaderByHash(ctx, hash), hash)
}

// nameProvisional replaces the hash of a header that is not sealed yet, which would change with every tick.
func (m *ethMethods) nameProvisional(fields map[string]any, provisional common.Hash) map[string]any {
	if hash, ok := fields["hash"].(common.Hash); ok && m.b.chain.BlockChain().GetBlockNumber(hash) == nil {
		fields["hash"] = provisional
	}
	return fields
}

// Capabilities is go-ethereum's, but for the logs: without an index it calls them unavailable, while they are found by their
// blocks' blooms, as far back as receipts are.
func (m *ethMethods) Capabilities() (map[string]json.RawMessage, error) {
	stock, err := json.Marshal(m.capabilities.Call(nil)[0].Interface())
	if err != nil {
		return nil, err
	}
	var resources map[string]json.RawMessage
	if err := json.Unmarshal(stock, &resources); err != nil {
		return nil, err
	}
	resources["logs"] = resources["receipts"]
	return resources, nil
}

// SendRawTransaction hands a signed transaction to the gateway and returns its hash.
func (m *ethMethods) SendRawTransaction(ctx context.Context, input hexutil.Bytes) (common.Hash, error) {
	if err := refuseBlobs(input); err != nil {
		return common.Hash{}, err
	}
	return m.txs.SendRawTransaction(ctx, input)
}

// refuseBlobs keeps blob transactions away from go-ethereum, which would compute their cell proofs before anything else.
func refuseBlobs(input hexutil.Bytes) error {
	if len(input) > 0 && input[0] == gethtypes.BlobTxType {
		return gethtypes.ErrTxTypeNotSupported
	}
	return nil
}
