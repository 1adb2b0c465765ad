package evm

import (
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"
)

func TestDebugServer_TracesAndIsNotPublic(t *testing.T) {
	t.Parallel()
	n := newRPCNode(t)
	n.open()
	counter := n.deploy()
	tx := n.send(&counter, 0, nil)
	header := n.seal()

	code, _ := n.refuse("debug_traceTransaction", tx.Hash())
	require.Equal(t, -32601, code, "the public server")

	server, err := n.rpc.DebugServer()
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	client := rpc.DialInProc(server)
	t.Cleanup(client.Close)
	for _, tracer := range []string{"callTracer", "prestateTracer", "4byteTracer", "{fault: function() {}, result: function() { return 1 }}"} {
		var trace, block, call any
		config := map[string]any{"tracer": tracer}
		require.NoError(t, client.CallContext(t.Context(), &trace, "debug_traceTransaction", tx.Hash(), config), tracer)
		require.NotNil(t, trace, tracer)
		require.NoError(t, client.CallContext(t.Context(), &block, "debug_traceBlockByHash", header.Hash(), config), tracer)
		require.Len(t, block, 2, tracer)
		require.NoError(t, client.CallContext(t.Context(), &call, "debug_traceCall", map[string]any{"to": counter}, "latest", config), tracer)
		require.NotNil(t, call, tracer)
	}
	// A tracer that never ends.
	endless := map[string]any{"tracer": "{step: function() { while (true) {} }, fault: function() {}, result: function() {}}", "timeout": "100ms"}
	require.Error(t, client.CallContext(t.Context(), nil, "debug_traceTransaction", tx.Hash(), endless))

	var raw hexutil.Bytes
	require.NoError(t, client.CallContext(t.Context(), &raw, "debug_getRawBlock", hexutil.EncodeBig(header.Number)))
	var block gethtypes.Block
	require.NoError(t, rlp.DecodeBytes(raw, &block))
	require.Equal(t, header.Hash(), block.Hash())
	require.NoError(t, client.CallContext(t.Context(), &raw, "debug_getRawHeader", header.Hash()))
	for _, method := range []string{"debug_setHead", "debug_standardTraceBlockToFile", "debug_chaindbCompact", "debug_traceBlockFromFile", "eth_chainId"} {
		var coded rpc.Error
		require.ErrorAs(t, client.CallContext(t.Context(), nil, method, "0x0"), &coded)
		require.Equal(t, -32601, coded.ErrorCode(), method)
	}
}
