package evm

import (
	"context"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
)

// A copy of a chain is a stream of RLP lists [kind, key, value]: blocks in ascending order, then the state after the last
// of them in the order of its trie (an account, its code where that is new, its storage), then the end. So equal states
// give equal bytes, whoever writes them, and a reader keeps nothing of it in memory.
const (
	itemBlock   = 1 // block, its receipts as the database keeps them
	itemAccount = 2 // hash of the address, account
	itemCode    = 3 // nothing, code of the account before
	itemSlot    = 4 // hash of the slot, value
	itemEnd     = 5
)

// copiedBlocks is how many blocks a copy has: those whose hashes BLOCKHASH gives in the next block.
const copiedBlocks = 256

// maxItem bounds a copy's items in bytes: a block of 8 MiB and its receipts.
const maxItem = 64 << 20

// copyItem is one list of a copy.
type copyItem struct {
	Kind       uint8
	Key, Value []byte
}

// firstCopied is the oldest block of the copy at a block.
func firstCopied(number uint64) uint64 {
	if number < copiedBlocks {
		return 1
	}
	return number - copiedBlocks + 1
}

// Export writes a copy of the chain that ends in a sealed block: that block, those before it as far as a contract can ask
// for their hashes, and the state after it. It reads what does not change any more, so it may run beside everything else.
func (c *Chain) Export(ctx context.Context, number uint64, w io.Writer) error {
	header := c.storage.chain.GetHeaderByNumber(number)
	if header == nil || number == 0 {
		return fmt.Errorf("%w: %d cannot be copied", ErrUnknownBlock, number)
	}
	for n := firstCopied(number); n <= number; n++ {
		if err := c.exportBlock(ctx, n, w); err != nil {
			return err
		}
	}
	if err := c.exportState(ctx, header.Root, w); err != nil {
		return fmt.Errorf("copy state of block %d: %w", number, err)
	}
	return rlp.Encode(w, &copyItem{Kind: itemEnd})
}

func (c *Chain) exportBlock(ctx context.Context, number uint64, w io.Writer) error {
	block := c.storage.chain.GetBlockByNumber(number)
	if block == nil {
		return fmt.Errorf("%w: %d is not kept", ErrUnknownBlock, number)
	}
	body, err := rlp.EncodeToBytes(block)
	if err != nil {
		return fmt.Errorf("%w: encode block %d: %w", ErrState, number, err)
	}
	receipts := rawdb.ReadReceiptsRLP(c.storage.db, block.Hash(), number)
	if len(receipts) == 0 {
		return fmt.Errorf("%w: block %d has no receipts", ErrState, number)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return rlp.Encode(w, &copyItem{itemBlock, body, receipts})
}

// exportState writes all accounts of a state.
func (c *Chain) exportState(ctx context.Context, root common.Hash, w io.Writer) error {
	seen := make(map[common.Hash]bool) // code that was written
	return c.walk(ctx, trie.StateTrieID(root), func(key, value []byte) error {
		var account gethtypes.StateAccount
		if err := rlp.DecodeBytes(value, &account); err != nil {
			return fmt.Errorf("%w: account %x: %w", ErrState, key, err)
		}
		if err := rlp.Encode(w, &copyItem{itemAccount, key, value}); err != nil {
			return err
		}
		if hash := common.BytesToHash(account.CodeHash); hash != gethtypes.EmptyCodeHash && !seen[hash] {
			seen[hash] = true
			if err := rlp.Encode(w, &copyItem{Kind: itemCode, Value: rawdb.ReadCode(c.storage.db, hash)}); err != nil {
				return err
			}
		}
		if account.Root == gethtypes.EmptyRootHash {
			return nil
		}
		return c.walk(ctx, trie.StorageTrieID(root, common.BytesToHash(key), account.Root), func(slot, value []byte) error {
			return rlp.Encode(w, &copyItem{itemSlot, slot, value})
		})
	})
}

// walk visits the leaves of a trie in order.
func (c *Chain) walk(ctx context.Context, id *trie.ID, visit func(key, value []byte) error) error {
	t, err := trie.New(id, c.storage.chain.TrieDB())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	nodes, err := t.NodeIterator(nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	leaves := trie.NewIterator(nodes)
	for leaves.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := visit(leaves.Key, leaves.Value); err != nil {
			return err
		}
	}
	if leaves.Err != nil {
		return fmt.Errorf("%w: %w", ErrState, leaves.Err)
	}
	return nil
}
