package differential

import (
	"context"
	"math/big"
	"testing"

	gethcore "github.com/ethereum/go-ethereum/core"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"
)

// namespaces are those that a gateway serves to the public.
var namespaces = []string{"eth", "net", "web3", "txpool"}

// stock is go-ethereum's node, as its users run it, without peers.
type stock struct {
	node    *node.Node
	service *eth.Ethereum
	apis    []rpc.API
	url     string
}

func startStock(t *testing.T, genesis *gethcore.Genesis) *stock {
	t.Helper()
	stack, err := node.New(&node.Config{
		Name: "geth", HTTPHost: "127.0.0.1", HTTPModules: namespaces, WSHost: "127.0.0.1", WSModules: namespaces, WSOrigins: []string{"*"},
		P2P: p2p.Config{NoDiscovery: true, NoDial: true},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stack.Close()) })
	config := ethconfig.Defaults
	config.Genesis, config.NetworkId = genesis, genesis.Config.ChainID.Uint64()
	config.SyncMode, config.NoPruning = ethconfig.FullSync, true
	config.TxPool.NoLocals, config.TxPool.Journal = true, ""
	service, err := eth.New(stack, &config)
	require.NoError(t, err)
	// As cmd/geth does it.
	system := filters.NewFilterSystem(service.APIBackend, filters.Config{LogCacheSize: config.FilterLogCacheSize, LogQueryLimit: config.LogQueryLimit})
	filterAPIs := []rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(system)}}
	stack.RegisterAPIs(filterAPIs)
	require.NoError(t, stack.Start())
	service.SetSynced()
	return &stock{node: stack, service: service, apis: append(service.APIs(), filterAPIs...), url: stack.HTTPEndpoint()}
}

// follow imports what was sealed since the last time, and takes over which blocks are safe. It returns the new head.
func (s *stock) follow(ctx context.Context, t *testing.T, from *ethclient.Client) *gethtypes.Header {
	t.Helper()
	head, err := from.HeaderByNumber(ctx, nil)
	require.NoError(t, err)
	chain := s.service.BlockChain()
	for number := chain.CurrentBlock().Number.Uint64() + 1; number <= head.Number.Uint64(); number++ {
		block, err := from.BlockByNumber(ctx, new(big.Int).SetUint64(number))
		require.NoError(t, err)
		_, err = chain.InsertChain(gethtypes.Blocks{block})
		require.NoError(t, err)
	}
	require.Equal(t, head.Hash(), chain.CurrentBlock().Hash())
	safe, err := from.HeaderByNumber(ctx, big.NewInt(rpc.SafeBlockNumber.Int64()))
	require.NoError(t, err)
	chain.SetSafe(safe)
	chain.SetFinalized(safe)
	return head
}
