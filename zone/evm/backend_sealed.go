package evm

import (
	"context"
	"errors"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/filtermaps"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/event"
	"github.com/ethereum/go-ethereum/rpc"
)

// Limits of one call.
const (
	callGasCap  = 50_000_000
	callTimeout = 5 * time.Second
)

// sealedBackend is go-ethereum's backend of the sealed chain with our mempool, our finality, and events that no client
// can hold up. It knows nothing of the open block, except that provisional hashes of sealed blocks still find them.
// Promoted methods see only *eth.EthAPIBackend: every method that must not is overridden here or in openBackend.
type sealedBackend struct {
	*eth.EthAPIBackend
	chain   *Chain
	deps    RPCDeps
	aliases aliases

	scope        event.SubscriptionScope
	sealedBlocks lazyFeed[gethcore.ChainEvent]
	sealedHeads  lazyFeed[gethcore.ChainHeadEvent]
	sealedLogs   lazyFeed[[]*gethtypes.Log]
	newTxs       lazyFeed[gethcore.NewTxsEvent]
}

func newSealedBackend(c *Chain, service *eth.Ethereum, deps RPCDeps) *sealedBackend {
	return &sealedBackend{EthAPIBackend: service.APIBackend, chain: c, deps: deps}
}

// close ends all subscriptions.
func (b *sealedBackend) close() { b.scope.Close() }

// RPCGasCap limits the gas of one call.
func (b *sealedBackend) RPCGasCap() uint64 { return callGasCap }

// RPCEVMTimeout limits the time of one call.
func (b *sealedBackend) RPCEVMTimeout() time.Duration { return callTimeout }

// GetEVM makes an EVM that stops when the request ends. eth_createAccessList would otherwise run up to the gas cap for
// each slot that it finds.
func (b *sealedBackend) GetEVM(ctx context.Context, statedb *state.StateDB, header *gethtypes.Header, config *vm.Config, block *vm.BlockContext) *vm.EVM {
	evm := b.EthAPIBackend.GetEVM(ctx, statedb, header, config, block)
	context.AfterFunc(ctx, evm.Cancel)
	return evm
}

// SyncProgress says that nothing is being synchronised: a zone follows the log, and go-ethereum has no part in that.
func (b *sealedBackend) SyncProgress(context.Context) ethereum.SyncProgress {
	return ethereum.SyncProgress{}
}

// TxIndexDone is always true: transactions are indexed as their block is sealed.
func (b *sealedBackend) TxIndexDone() bool { return true }

// NewMatcherBackend says that logs have no index: it costs 12 % of the CPU under load. getLogs scans blooms instead.
func (b *sealedBackend) NewMatcherBackend() filtermaps.MatcherBackend { return noLogIndex{} }

// noLogIndex is an index of logs that has no blocks; nothing else is asked of it.
type noLogIndex struct{ filtermaps.MatcherBackend }

// SyncLogIndex implements filtermaps.MatcherBackend.
func (noLogIndex) SyncLogIndex(context.Context) (filtermaps.SyncRange, error) {
	return filtermaps.SyncRange{}, nil
}

// Close implements filtermaps.MatcherBackend.
func (noLogIndex) Close() {}

// safe is the header behind the tags safe and finalized. Genesis needs no attestation.
func (b *sealedBackend) safe() (*gethtypes.Header, error) {
	bc := b.chain.BlockChain()
	number, ok := b.deps.Finality.Safe()
	if !ok {
		return bc.Genesis().Header(), nil
	}
	header := bc.GetHeaderByNumber(min(number, b.CurrentHeader().Number.Uint64()))
	if header == nil {
		return nil, errors.New("safe block not found")
	}
	return header, nil
}

// resolve replaces the tags latest, safe and finalized by a number.
func (b *sealedBackend) resolve(number rpc.BlockNumber) (rpc.BlockNumber, error) {
	switch number {
	case rpc.LatestBlockNumber:
		return rpc.BlockNumber(b.CurrentHeader().Number.Int64()), nil
	case rpc.SafeBlockNumber, rpc.FinalizedBlockNumber:
		header, err := b.safe()
		if err != nil {
			return 0, err
		}
		return rpc.BlockNumber(header.Number.Int64()), nil
	}
	return number, nil
}

// CurrentHeader is the newest sealed header in the newest view. go-ethereum's own head is a moment ahead of it while a block
// is being sealed; a client that heard of that block could not read its logs yet.
func (b *sealedBackend) CurrentHeader() *gethtypes.Header { return b.chain.View().Sealed }

// CurrentBlock is CurrentHeader.
func (b *sealedBackend) CurrentBlock() *gethtypes.Header { return b.CurrentHeader() }

// HeaderByNumber returns nil without an error for a block that does not exist.
func (b *sealedBackend) HeaderByNumber(ctx context.Context, number rpc.BlockNumber) (*gethtypes.Header, error) {
	number, err := b.resolve(number)
	if err != nil {
		return nil, err
	}
	if newest := b.CurrentHeader(); number == rpc.BlockNumber(newest.Number.Int64()) {
		return newest, nil // what most requests ask for, without a look into the database
	}
	return b.EthAPIBackend.HeaderByNumber(ctx, number)
}

// HeaderByHash returns nil without an error for an unknown hash.
func (b *sealedBackend) HeaderByHash(_ context.Context, hash common.Hash) (*gethtypes.Header, error) {
	bc := b.chain.BlockChain()
	if header := bc.GetHeaderByHash(hash); header != nil {
		return header, nil
	}
	if sealed, ok := b.aliases.sealed(b.chain, hash); ok {
		return bc.GetHeaderByHash(sealed), nil
	}
	return nil, nil
}

// GetReceipts are the receipts of a sealed block, by its own or its provisional hash.
func (b *sealedBackend) GetReceipts(ctx context.Context, hash common.Hash) (gethtypes.Receipts, error) {
	return b.EthAPIBackend.GetReceipts(ctx, b.sealedHash(hash))
}

// sealedHash replaces the provisional hash of a sealed block by its own; any other hash stays as it is.
func (b *sealedBackend) sealedHash(hash common.Hash) common.Hash {
	if b.chain.BlockChain().GetBlockNumber(hash) != nil {
		return hash
	}
	if sealed, ok := b.aliases.sealed(b.chain, hash); ok {
		return sealed
	}
	return hash
}
