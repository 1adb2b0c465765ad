package evm

import (
	"context"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// Submitter takes transactions from clients.
type Submitter interface {
	// SendTx admits a transaction and waits, for as long as the implementation finds useful, until it was executed. It
	// returns nil when the transaction was included or is still on its way, also when ctx ends after it was admitted. An
	// error goes to the client word for word, with go-ethereum's code -32000 or its own if it has an ErrorCode method.
	SendTx(ctx context.Context, tx *gethtypes.Transaction) error
}

// PoolReader is what RPC reads of the mempool, for this rollup only. All methods answer at once; what they return is the
// caller's, the transactions themselves are shared and never written to.
type PoolReader interface {
	// Get finds a transaction by hash; nil when the pool does not hold it.
	Get(hash common.Hash) *gethtypes.Transaction
	// ContentFrom is one sender's share of the pool in nonce order: executable ones follow each other without a gap,
	// parked ones wait for an earlier nonce.
	ContentFrom(sender common.Address) (executable, parked []*gethtypes.Transaction)
	// Content is ContentFrom for all senders.
	Content() (executable, parked map[common.Address][]*gethtypes.Transaction)
	// Stats counts the executable and the parked transactions.
	Stats() (executable, parked int)
	// SubscribeTxs calls fn with transactions that became executable from now on, until cancel. fn returns quickly.
	SubscribeTxs(fn func(txs []*gethtypes.Transaction)) (cancel func())
}

// Finality tells how far results are attested.
type Finality interface {
	// Safe is the number of the newest sealed block whose seal is attested; ok is false when none is yet.
	Safe() (number uint64, ok bool)
}

// RPCDeps is what the RPC server needs beside the chain. All interfaces are required.
type RPCDeps struct {
	Submit   Submitter
	Pool     PoolReader
	Finality Finality
	// ClientVersion answers web3_clientVersion; the default is "Lockstep".
	ClientVersion string
	// SealedOnly makes `latest` the last sealed block for state reads too, for indexers.
	SealedOnly bool
	// Work is shared by all RPC servers of a process; nil makes one for this server alone.
	Work *Work
	// MaxSyncWait bounds how long eth_sendRawTransactionSync may wait, below what the listener allows a response to take. The
	// default and the most is a minute.
	MaxSyncWait time.Duration
}

func (d *RPCDeps) validate() error {
	switch {
	case d.Submit == nil:
		return fmt.Errorf("%w: Submit", ErrRPCDeps)
	case d.Pool == nil:
		return fmt.Errorf("%w: Pool", ErrRPCDeps)
	case d.Finality == nil:
		return fmt.Errorf("%w: Finality", ErrRPCDeps)
	}
	return nil
}
