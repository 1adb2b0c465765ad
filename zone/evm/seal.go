package evm

import (
	"context"
	"fmt"

	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/zone"
)

// Seal implements zone.Engine. The state is written first, then the block, then the head: a process that is killed in
// between finds the block before this one as its head. The database keeps the tail of its journal in memory until it is
// synced, so before Sync even a killed process, not only a power cut, would lose small blocks.
func (c *Chain) Seal(extra []byte) (_ zone.SealedBlock, err error) {
	defer haltOnPanic(&err, "seal")
	if err := c.writable(); err != nil {
		return zone.SealedBlock{}, err
	}
	if uint64(len(extra)) > params.MaximumExtraDataSize {
		return zone.SealedBlock{}, fmt.Errorf("%w: %d bytes of extra data, at most %d fit", ErrSeal, len(extra), params.MaximumExtraDataSize)
	}
	block, err := c.open.assemble(extra)
	if err != nil {
		return zone.SealedBlock{}, err
	}
	if err := c.commit(block); err != nil {
		return zone.SealedBlock{}, err
	}
	c.unpublished = append(c.unpublished, c.open.included.encoded...)
	c.open.release()
	c.open = nil
	c.setHead(block.Header())
	c.publish()
	return sealedBlock(c.head), nil
}

// assemble ends the block: system calls, state root, transaction and receipt roots.
func (b *openBlock) assemble(extra []byte) (*gethtypes.Block, error) {
	var logs []*gethtypes.Log
	for _, receipt := range b.included.receipts {
		logs = append(logs, receipt.Logs...)
	}
	header := gethtypes.CopyHeader(b.env.header)
	withdrawals := gethtypes.Withdrawals{}
	afterLast := uint32(len(b.included.txs) + 1)
	requests, _, err := gethcore.PostExecution(context.Background(), b.env.config, header.Number, header.Time, logs, withdrawals, b.evm, afterLast)
	if err := b.broken(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: system calls at the end of block %s: %w", ErrSeal, header.Number, err)
	}
	requestsHash := gethtypes.CalcRequestsHash(requests)
	header.RequestsHash = &requestsHash
	header.Extra = extra
	header.GasUsed = b.gas.Used()
	if b.size > maxBodySize { // else the block is valid, whose size in bytes takes as long to find as to encode it
		return nil, fmt.Errorf("%w: the transactions of block %s have %d bytes, at most %d are valid", ErrSeal, header.Number, b.size, maxBodySize)
	}
	header.Root = b.state.IntermediateRoot(b.env.rules)
	b.hash()
	header.TxHash, header.ReceiptHash, header.Bloom = b.txRoot.Hash(), b.receiptRoot.Hash(), b.bloom
	body := gethtypes.Body{Transactions: b.included.txs, Withdrawals: withdrawals}
	return gethtypes.NewBlockWithHeader(header).WithBody(body), b.broken()
}

// commit writes the state, the block and the head, in this order. go-ethereum sees the state when the head is set and
// does not execute the block again.
func (c *Chain) commit(block *gethtypes.Block) error {
	root, err := c.open.state.Commit(c.open.env.rules, block.NumberU64())
	if err != nil {
		return fmt.Errorf("%w: commit state of block %d: %w", ErrSeal, block.NumberU64(), err)
	}
	if root != block.Root() {
		return fmt.Errorf("%w: block %d: state root is %s, header says %s", ErrSeal, block.NumberU64(), root, block.Root())
	}
	chain, db := c.storage.chain, c.storage.db
	if err := chain.TrieDB().Commit(root, false); err != nil {
		return fmt.Errorf("%w: write state of block %d: %w", ErrSeal, block.NumberU64(), err)
	}
	batch := db.NewBatch()
	defer batch.Close()
	rawdb.WriteBlock(batch, block)
	rawdb.WriteReceipts(batch, block.Hash(), block.NumberU64(), c.open.included.receipts)
	if err := batch.Write(); err != nil {
		return fmt.Errorf("%w: write block %d: %w", ErrSeal, block.NumberU64(), err)
	}
	if _, err := chain.SetCanonical(block); err != nil {
		return fmt.Errorf("%w: set head to block %d: %w", ErrSeal, block.NumberU64(), err)
	}
	return nil
}

// Sync implements zone.Engine.
func (c *Chain) Sync() error {
	if err := c.storage.db.SyncKeyValue(); err != nil {
		return fmt.Errorf("%w: sync the database: %w", ErrState, err)
	}
	return nil
}
