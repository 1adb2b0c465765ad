package evm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
)

// Import makes a chain in an empty folder from a copy that Export wrote, which must end in this block. Nothing of the copy
// is believed: blocks lead to the hash by their parents, their roots cover transactions and receipts, and the last
// one's state root covers the state. What is before the copy's first block is not there, and RPC answers of
// it say so. Errors are ErrCopy for a copy that is not good, or those of Open. After an error the folder is of no use.
func Import(ctx context.Context, cfg Config, number uint64, hash common.Hash, r io.Reader) (err error) {
	defer haltOnPanic(&err, "import a chain")
	if err := cfg.validate(); err != nil {
		return err
	}
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s, err := openStorage(&cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if head := s.chain.CurrentBlock().Number.Uint64(); head != 0 || number == 0 {
		return fmt.Errorf("%w: import block %d into a chain with head %d", ErrUnknownBlock, number, head)
	}
	in := &importer{storage: s, number: number, hash: hash, next: firstCopied(number), in: rlp.NewStream(bufio.NewReaderSize(r, 1<<20), 0)}
	in.batch = s.db.NewBatch()
	defer in.batch.Close()
	if err := in.copy(ctx); err != nil {
		return err
	}
	if err := s.skipHistory(firstCopied(number)); err != nil {
		return fmt.Errorf("%w: skip history: %w", ErrState, err)
	}
	return in.finish()
}

// importer reads a copy.
type importer struct {
	storage *storage
	in      *rlp.Stream
	batch   ethdb.Batch
	number  uint64
	hash    common.Hash

	next   uint64 // number of the next block
	parent *gethtypes.Header
	// accounts is the state's trie, nil before the first account; storage is that of account.
	accounts, slots *trie.StackTrie
	key             []byte
	account         *gethtypes.StateAccount
	encoded         []byte
}

// copy reads all items and writes what they hold, save the head.
func (im *importer) copy(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, size, err := im.in.Kind(); err != nil || size > maxItem {
			return fmt.Errorf("%w: item of %d bytes: %w", ErrCopy, size, err)
		}
		var item copyItem
		if err := im.in.Decode(&item); err != nil {
			return fmt.Errorf("%w: %w", ErrCopy, err)
		}
		if item.Kind == itemEnd && len(item.Key)+len(item.Value) == 0 {
			break
		}
		if err := im.take(item); err != nil {
			return err
		}
		if im.batch.ValueSize() > ethdb.IdealBatchSize {
			if err := im.flush(); err != nil {
				return err
			}
		}
	}
	if err := im.endAccount(); err != nil {
		return err
	}
	if im.accounts == nil || im.accounts.Hash() != im.parent.Root {
		return fmt.Errorf("%w: the state is not that of block %d", ErrCopy, im.number)
	}
	return im.flush()
}

func (im *importer) flush() error {
	defer im.batch.Reset()
	return im.batch.Write()
}

func (im *importer) take(item copyItem) error {
	switch item.Kind {
	case itemBlock:
		return im.block(item.Key, item.Value)
	case itemAccount:
		return im.beginAccount(item.Key, item.Value)
	case itemCode:
		if im.account == nil || len(item.Key) > 0 || crypto.Keccak256Hash(item.Value) != common.BytesToHash(im.account.CodeHash) {
			return fmt.Errorf("%w: code that is not account %x's", ErrCopy, im.key)
		}
		rawdb.WriteCode(im.batch, crypto.Keccak256Hash(item.Value), item.Value)
		return im.flush() // so that endAccount finds it
	case itemSlot:
		if im.account == nil || len(item.Key) != common.HashLength || len(item.Value) == 0 {
			return fmt.Errorf("%w: a slot of account %x", ErrCopy, im.key)
		}
		if err := im.slots.Update(item.Key, item.Value); err != nil {
			return fmt.Errorf("%w: slot %x of account %x: %w", ErrCopy, item.Key, im.key, err)
		}
		return nil
	}
	return fmt.Errorf("%w: item of kind %d", ErrCopy, item.Kind)
}

// block writes a block that is the next one.
func (im *importer) block(encoded, receipts []byte) error {
	block := new(gethtypes.Block)
	if err := rlp.DecodeBytes(encoded, block); err != nil {
		return fmt.Errorf("%w: block %d: %w", ErrCopy, im.next, err)
	}
	switch {
	case im.accounts != nil || im.next > im.number || block.NumberU64() != im.next:
		return fmt.Errorf("%w: block %d is out of order", ErrCopy, block.NumberU64())
	case im.parent != nil && block.ParentHash() != im.parent.Hash():
		return fmt.Errorf("%w: block %d does not follow the one before it", ErrCopy, im.next)
	case im.next == 1 && block.ParentHash() != im.storage.chain.Genesis().Hash():
		return fmt.Errorf("%w: block 1 does not follow the genesis block", ErrCopy)
	case im.next == im.number && block.Hash() != im.hash:
		return fmt.Errorf("%w: block %d is %s, want %s", ErrCopy, im.number, block.Hash(), im.hash)
	}
	if err := checkBody(block); err != nil {
		return fmt.Errorf("%w: block %d: %w", ErrCopy, im.next, err)
	}
	if err := im.checkReceipts(block, receipts); err != nil {
		return fmt.Errorf("%w: receipts of block %d: %w", ErrCopy, im.next, err)
	}
	rawdb.WriteBlock(im.batch, block)
	rawdb.WriteRawReceipts(im.batch, block.Hash(), im.next, receipts)
	rawdb.WriteCanonicalHash(im.batch, block.Hash(), im.next)
	rawdb.WriteTxLookupEntriesByBlock(im.batch, block)
	im.parent = block.Header()
	im.next++
	return nil
}

func checkBody(b *gethtypes.Block) error {
	hasher := trie.NewStackTrie(nil)
	switch {
	case gethtypes.DeriveSha(b.Transactions(), hasher) != b.TxHash():
		return errors.New("transactions are not those of the header")
	case len(b.Uncles()) > 0 || gethtypes.CalcUncleHash(b.Uncles()) != b.UncleHash():
		return errors.New("uncles are not those of the header")
	case b.Header().WithdrawalsHash == nil || gethtypes.DeriveSha(b.Withdrawals(), hasher) != *b.Header().WithdrawalsHash:
		return errors.New("withdrawals are not those of the header")
	}
	return nil
}

func (im *importer) checkReceipts(b *gethtypes.Block, encoded []byte) error {
	var stored []*gethtypes.ReceiptForStorage
	if err := rlp.DecodeBytes(encoded, &stored); err != nil {
		return err
	}
	receipts := make(gethtypes.Receipts, len(stored))
	for i, r := range stored {
		receipts[i] = (*gethtypes.Receipt)(r)
	}
	config := im.storage.chain.Config()
	if err := receipts.DeriveFields(config, b.Hash(), b.NumberU64(), b.Time(), b.BaseFee(), nil, b.Transactions()); err != nil {
		return err
	}
	if gethtypes.DeriveSha(receipts, trie.NewStackTrie(nil)) != b.ReceiptHash() {
		return errors.New("they are not those of the header")
	}
	return nil
}

// beginAccount ends the account before and begins the next.
func (im *importer) beginAccount(key, value []byte) error {
	if im.next != im.number+1 || len(key) != common.HashLength {
		return fmt.Errorf("%w: account %x before block %d", ErrCopy, key, im.number)
	}
	if err := im.endAccount(); err != nil {
		return err
	}
	if im.accounts == nil {
		im.accounts = trie.NewStackTrie(im.node)
	}
	im.account = new(gethtypes.StateAccount)
	if err := rlp.DecodeBytes(value, im.account); err != nil {
		return fmt.Errorf("%w: account %x: %w", ErrCopy, key, err)
	}
	im.key, im.encoded, im.slots = key, value, trie.NewStackTrie(im.node)
	return nil
}

// endAccount checks that code and storage of the account are there, and adds it to the state.
func (im *importer) endAccount() error {
	if im.account == nil {
		return nil
	}
	if root := im.slots.Hash(); root != im.account.Root {
		return fmt.Errorf("%w: storage of account %x has root %s, want %s", ErrCopy, im.key, root, im.account.Root)
	}
	if hash := common.BytesToHash(im.account.CodeHash); hash != gethtypes.EmptyCodeHash && !rawdb.HasCode(im.storage.db, hash) {
		return fmt.Errorf("%w: account %x has no code", ErrCopy, im.key)
	}
	if err := im.accounts.Update(im.key, im.encoded); err != nil {
		return fmt.Errorf("%w: account %x: %w", ErrCopy, im.key, err)
	}
	im.account = nil
	return nil
}

// node writes a node of a trie. Nodes of a state that turns out not to be the block's are in a folder that is thrown away.
func (im *importer) node(_ []byte, hash common.Hash, blob []byte) {
	rawdb.WriteLegacyTrieNode(im.batch, hash, blob)
}

// finish makes the copy's last block the head.
func (im *importer) finish() error {
	rawdb.WriteTxIndexTail(im.batch, firstCopied(im.number))
	rawdb.WriteHeadHeaderHash(im.batch, im.hash)
	rawdb.WriteHeadFastBlockHash(im.batch, im.hash)
	rawdb.WriteHeadBlockHash(im.batch, im.hash)
	if err := errors.Join(im.flush(), im.storage.db.SyncKeyValue()); err != nil {
		return fmt.Errorf("%w: set head to block %d: %w", ErrState, im.number, err)
	}
	return nil
}

// skipHistory tells the database that the chain's history begins at a block: its freezer, which must not have gaps, gets
// empty places for the blocks before, and forgets their bodies and receipts as if they had been pruned. go-ethereum
// answers "pruned history unavailable" for them from then on.
func (s *storage) skipHistory(first uint64) error {
	if first <= 1 {
		return nil
	}
	genesis := s.chain.Genesis().Header()
	encoded, err := rlp.EncodeToBytes(genesis)
	if err != nil {
		return err
	}
	const step = 10_000
	for from := uint64(0); from < first; from += step {
		_, err := s.db.ModifyAncients(func(op ethdb.AncientWriteOp) error {
			for n := from; n < min(from+step, first); n++ {
				hash, header := common.Hash{}, []byte(nil)
				if n == 0 {
					hash, header = genesis.Hash(), encoded
				}
				if err := placeholder(op, n, hash, header); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if _, err := s.db.TruncateTail(rawdb.ChainFreezerBlockDataGroup, first); err != nil {
		return err
	}
	return s.db.SyncAncient()
}

// placeholder is the freezer's place of a block without body and receipts.
func placeholder(op ethdb.AncientWriteOp, number uint64, hash common.Hash, header []byte) error {
	return errors.Join(
		op.AppendRaw(rawdb.ChainFreezerHashTable, number, hash[:]),
		op.AppendRaw(rawdb.ChainFreezerHeaderTable, number, header),
		op.AppendRaw(rawdb.ChainFreezerBodiesTable, number, nil),
		op.AppendRaw(rawdb.ChainFreezerReceiptTable, number, nil),
		op.AppendRaw(rawdb.ChainFreezerBALTable, number, nil),
	)
}
