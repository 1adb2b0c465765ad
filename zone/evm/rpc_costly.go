package evm

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/rpc"
)

// costlyMethods are go-ethereum's methods that may take long, each in its turn (Work) and within a time limit. Their arguments are
// decoded by go-ethereum's own types.
type costlyMethods struct {
	b *openBackend

	simulate, estimateGas, createAccessList, fill, getProof, feeHistory stockMethod
	evmCall                                                             stockMethod
}

func newCostlyMethods(b *openBackend, stock *stockServices) (*costlyMethods, error) {
	m := &costlyMethods{b: b}
	for _, method := range []struct {
		target  *stockMethod
		service any
		name    string
		args    int
	}{
		{&m.evmCall, stock.chain, "Call", 4},
		{&m.simulate, stock.chain, "SimulateV1", 2},
		{&m.estimateGas, stock.chain, "EstimateGas", 4},
		{&m.createAccessList, stock.chain, "CreateAccessList", 3},
		{&m.fill, stock.transactions, "FillTransaction", 1},
		{&m.getProof, stock.chain, "GetProof", 3},
		{&m.feeHistory, stock.ethereum, "FeeHistory", 3},
	} {
		found, err := newStockMethod(method.service, method.name, method.args)
		if err != nil {
			return nil, err
		}
		*method.target = found
	}
	return m, nil
}

// run calls a method in its turn. An EVM that was cancelled reports a result all the same, so a call that has run out of
// time has none.
func (m *costlyMethods) run(ctx context.Context, method stockMethod, args ...any) (any, error) {
	end, err := m.b.deps.Work.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	limited, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	result, err := method.call(limited, args...)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, fmt.Errorf("execution aborted (timeout = %v)", callTimeout)
	}
	return result, err
}

// Call executes a call without a transaction.
func (m *costlyMethods) Call(ctx context.Context, args json.RawMessage, at, overrides, blockOverrides *json.RawMessage) (any, error) {
	return m.run(ctx, m.evmCall, &args, at, overrides, blockOverrides)
}

// SimulateV1 executes calls in blocks that follow one that exists.
func (m *costlyMethods) SimulateV1(ctx context.Context, blocks json.RawMessage, at *json.RawMessage) (any, error) {
	return m.run(ctx, m.simulate, &blocks, at)
}

// EstimateGas finds the gas limit that a transaction needs.
func (m *costlyMethods) EstimateGas(ctx context.Context, args json.RawMessage, at, overrides, blockOverrides *json.RawMessage) (any, error) {
	return m.run(ctx, m.estimateGas, &args, at, overrides, blockOverrides)
}

// CreateAccessList finds the accounts and slots that a transaction touches.
func (m *costlyMethods) CreateAccessList(ctx context.Context, args json.RawMessage, at, overrides *json.RawMessage) (any, error) {
	return m.run(ctx, m.createAccessList, &args, at, overrides)
}

// FillTransaction completes a transaction, and may estimate its gas for that.
func (m *costlyMethods) FillTransaction(ctx context.Context, args json.RawMessage) (any, error) {
	return m.run(ctx, m.fill, &args)
}

// FeeHistory reads the fees of a range of blocks.
func (m *costlyMethods) FeeHistory(ctx context.Context, blocks math.HexOrDecimal64, last rpc.BlockNumber, percentiles []float64) (any, error) {
	return m.run(ctx, m.feeHistory, blocks, last, percentiles)
}

// GetProof proves an account against a sealed block: the open block has no root yet, so latest and pending mean the last
// sealed one here.
func (m *costlyMethods) GetProof(ctx context.Context, address common.Address, keys []string, at *rpc.BlockNumberOrHash) (any, error) {
	sealed := rpc.BlockNumber(m.b.chain.View().Sealed.Number.Int64())
	number, byNumber := sealed, at == nil
	if at != nil {
		number, byNumber = at.Number()
	}
	if byNumber {
		switch {
		case number == rpc.LatestBlockNumber || number == rpc.PendingBlockNumber:
			number = sealed
		case number > sealed:
			return nil, errHeaderNotFound
		}
		pinned := rpc.BlockNumberOrHashWithNumber(number)
		at = &pinned
	} else if hash, ok := at.Hash(); ok && m.b.chain.View().isOpen(hash) {
		return nil, errHeaderNotFound
	}
	return m.run(ctx, m.getProof, address, keys, at)
}
