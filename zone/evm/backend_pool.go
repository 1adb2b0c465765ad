package evm

import (
	"context"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
)

// go-ethereum's own pools stay empty; these methods read Lockstep's mempool instead.

// SendTx hands a client's transaction to the gateway.
func (b *sealedBackend) SendTx(ctx context.Context, tx *gethtypes.Transaction) error {
	return b.deps.Submit.SendTx(ctx, tx)
}

// GetPoolTransactions are the executable transactions of the mempool.
func (b *sealedBackend) GetPoolTransactions() (gethtypes.Transactions, error) {
	executable, _ := b.deps.Pool.Content()
	var txs gethtypes.Transactions
	for _, batch := range executable {
		txs = append(txs, batch...)
	}
	return txs, nil
}

// GetPoolTransaction finds a transaction in the mempool; nil when it is not there.
func (b *sealedBackend) GetPoolTransaction(hash common.Hash) *gethtypes.Transaction {
	return b.deps.Pool.Get(hash)
}

// GetPoolNonce is the nonce that the sender's next transaction needs: that of the open block, and after it one for each
// executable transaction in the mempool. The mempool may still hold transactions that the view has executed already.
func (b *sealedBackend) GetPoolNonce(_ context.Context, sender common.Address) (uint64, error) {
	account, err := b.chain.View().Account(sender)
	if err != nil {
		return 0, err
	}
	nonce := account.Nonce
	executable, _ := b.deps.Pool.ContentFrom(sender)
	for _, tx := range executable {
		if tx.Nonce() == nonce {
			nonce++
		}
	}
	return nonce, nil
}

// Stats counts the executable and the parked transactions of the mempool.
func (b *sealedBackend) Stats() (pending, queued int) { return b.deps.Pool.Stats() }

// TxPoolContent is the mempool by sender.
func (b *sealedBackend) TxPoolContent() (pending, queued map[common.Address][]*gethtypes.Transaction) {
	return b.deps.Pool.Content()
}

// TxPoolContentFrom is one sender's share of the mempool.
func (b *sealedBackend) TxPoolContentFrom(sender common.Address) (pending, queued []*gethtypes.Transaction) {
	return b.deps.Pool.ContentFrom(sender)
}
