package evm

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/eth/tracers"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
)

// traceTimeout bounds one call of a tracer. The time that a trace's own configuration names is per transaction and may be shorter.
const traceTimeout = time.Minute

// DebugServer makes a server with the namespace debug, for a listener that only operators reach: go-ethereum's tracers and raw blocks
// of the sealed chain. Nothing in it writes files or changes the chain. The caller stops it; it must be stopped before the chain is
// closed.
func (r *RPC) DebugServer() (*rpc.Server, error) {
	sealed := r.backend.sealedBackend
	m := &debugMethods{b: sealed, api: tracers.NewAPI(sealed)}
	traceCall, err := newStockMethod(m.api, "TraceCall", 3)
	if err != nil {
		return nil, err
	}
	m.traceCall = traceCall
	server := rpc.NewServer()
	if err := server.RegisterName("debug", m); err != nil {
		return nil, fmt.Errorf("register debug: %w", err)
	}
	server.SetBatchLimits(batchItems, batchBytes)
	return server, nil
}

// debugMethods are those methods of go-ethereum's namespace debug that are of use for a rollup.
type debugMethods struct {
	b         *sealedBackend
	api       *tracers.API
	traceCall stockMethod
}

// limited runs a trace in its turn and within a time limit.
func limited[T any](ctx context.Context, m *debugMethods, trace func(context.Context) (T, error)) (result T, err error) {
	end, err := m.b.deps.Work.begin(ctx)
	if err != nil {
		return result, err
	}
	defer end()
	ctx, cancel := context.WithTimeout(ctx, traceTimeout)
	defer cancel()
	return trace(ctx)
}

// TraceTransaction traces a transaction of a sealed block.
func (m *debugMethods) TraceTransaction(ctx context.Context, hash common.Hash, config *tracers.TraceConfig) (any, error) {
	return limited(ctx, m, func(ctx context.Context) (any, error) { return m.api.TraceTransaction(ctx, hash, config) })
}

// TraceBlockByNumber traces all transactions of a sealed block.
func (m *debugMethods) TraceBlockByNumber(ctx context.Context, number rpc.BlockNumber, config *tracers.TraceConfig) (any, error) {
	return limited(ctx, m, func(ctx context.Context) (any, error) { return m.api.TraceBlockByNumber(ctx, number, config) })
}

// TraceBlockByHash traces all transactions of a sealed block.
func (m *debugMethods) TraceBlockByHash(ctx context.Context, hash common.Hash, config *tracers.TraceConfig) (any, error) {
	return limited(ctx, m, func(ctx context.Context) (any, error) { return m.api.TraceBlockByHash(ctx, hash, config) })
}

// TraceCall traces a call on a sealed block.
func (m *debugMethods) TraceCall(ctx context.Context, args json.RawMessage, at, config *json.RawMessage) (any, error) {
	return limited(ctx, m, func(ctx context.Context) (any, error) { return m.traceCall.call(ctx, &args, at, config) })
}

// GetRawHeader is a sealed block's header in RLP.
func (m *debugMethods) GetRawHeader(ctx context.Context, at rpc.BlockNumberOrHash) (hexutil.Bytes, error) {
	header, err := m.b.HeaderByNumberOrHash(ctx, at)
	if err != nil {
		return nil, err
	}
	if header == nil {
		return nil, errHeaderNotFound
	}
	return rlp.EncodeToBytes(header)
}

// GetRawBlock is a sealed block in RLP, as an unmodified go-ethereum imports it.
func (m *debugMethods) GetRawBlock(ctx context.Context, at rpc.BlockNumberOrHash) (hexutil.Bytes, error) {
	block, err := m.b.BlockByNumberOrHash(ctx, at)
	if err != nil {
		return nil, err
	}
	if block == nil {
		return nil, errHeaderNotFound
	}
	return rlp.EncodeToBytes(block)
}
