package evm

import (
	"fmt"
	"log/slog"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/consensus/misc/eip1559"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/ethdb"
	"github.com/ethereum/go-ethereum/params"

	"github.com/lockstep-network/lockstep/zone"
)

// Chain is one rollup: its sealed chain, its open block and its readers. It implements zone.Engine, whose methods are
// called from one goroutine at a time; View, SubscribeViews, Scratch, MarkSafe and the accessors of go-ethereum's
// objects are safe from any goroutine.
type Chain struct {
	cfg     Config
	log     *slog.Logger
	storage *storage
	config  *params.ChainConfig
	signer  gethtypes.Signer
	states  state.Database
	// vm configures every EVM made here.
	vm vm.Config

	// head is the newest sealed block and sealed its state.
	head   *gethtypes.Header
	sealed *sealedState
	// open is the open block, nil between a seal and the next Open.
	open *openBlock
	// running is the attempt over the open block that is neither merged nor dropped yet.
	running *attempt
	// tick is the last tick that ended.
	tick uint64
	// unpublished are receipts of sealed blocks that no EndTick has counted yet.
	unpublished [][]byte
	views       viewFeed

	closing sync.Once
	closed  error
}

// Open opens the rollup's chain, or begins it in an empty folder. Errors are ErrConfig, ErrOtherGenesis,
// ErrFolderInUse, or those of the disk.
func Open(cfg Config) (*Chain, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("stage", "evm", "rollup", uint64(cfg.Rollup.ID))
	storage, err := openStorage(&cfg, log)
	if err != nil {
		return nil, err
	}
	c := &Chain{
		cfg: cfg, log: log, storage: storage, config: storage.chain.Config(),
		signer: gethtypes.LatestSignerForChainID(storage.chain.Config().ChainID),
		states: state.NewMPTDatabase(storage.chain.TrieDB(), storage.chain.CodeDB()).WithSnapshot(storage.chain.Snapshots()),
	}
	c.reset()
	log.Info("chain opened", "height", c.head.Number, "dir", cfg.Dir)
	return c, nil
}

// Close releases the folder. Views stop working, subscriptions end. It is idempotent.
func (c *Chain) Close() error {
	c.closing.Do(func() {
		c.views.close()
		if err := c.storage.close(); err != nil {
			c.closed = fmt.Errorf("close chain %s: %w", c.cfg.Rollup.ID, err)
		}
	})
	return c.closed
}

// reset forgets everything that is not sealed and shows readers the newest sealed block.
func (c *Chain) reset() {
	if c.running != nil {
		c.running.Drop()
	}
	c.open, c.tick, c.unpublished = nil, 0, nil
	c.setHead(c.storage.chain.CurrentBlock())
	c.publish()
}

func (c *Chain) setHead(head *gethtypes.Header) {
	c.storage.capSnapshots(head.Root)
	c.head, c.sealed = head, newSealedState(head.Root, c.states)
}

// Head implements zone.Engine.
func (c *Chain) Head() zone.SealedBlock { return sealedBlock(c.head) }

// Sealed implements zone.Engine.
func (c *Chain) Sealed(number uint64) (zone.SealedBlock, bool) {
	if number > c.head.Number.Uint64() {
		return zone.SealedBlock{}, false
	}
	header := c.storage.chain.GetHeaderByNumber(number)
	if header == nil {
		return zone.SealedBlock{}, false
	}
	return sealedBlock(header), true
}

// Rewind implements zone.Engine. Logs of transactions in dropped blocks are not announced as removed.
func (c *Chain) Rewind(number uint64) error {
	if number > c.head.Number.Uint64() {
		return fmt.Errorf("%w: rewind to %d, head is %s", ErrUnknownBlock, number, c.head.Number)
	}
	if number < c.head.Number.Uint64() {
		if err := c.storage.chain.SetHead(number); err != nil {
			return fmt.Errorf("%w: rewind to %d: %w", ErrState, number, err)
		}
		if at := c.storage.chain.CurrentBlock().Number.Uint64(); at != number {
			return fmt.Errorf("%w: rewind to %d ended at %d", ErrState, number, at)
		}
		if err := c.Sync(); err != nil {
			return err
		}
	}
	c.reset()
	c.log.Info("chain rewound", "height", number)
	return nil
}

// MarkSafe moves the tags `safe` and `finalized`, which are one while there is no L1, to a sealed block. It is safe to
// call from any goroutine.
func (c *Chain) MarkSafe(number uint64) error {
	header := c.storage.chain.GetHeaderByNumber(number)
	if header == nil {
		return fmt.Errorf("%w: %d cannot be safe", ErrUnknownBlock, number)
	}
	c.storage.chain.SetSafe(header)
	c.storage.chain.SetFinalized(header)
	return nil
}

// NextBaseFee is the base fee in wei of the block after the newest sealed one: that of the open block, if there is one.
// It is safe to call from any goroutine.
func (c *Chain) NextBaseFee() *big.Int { return eip1559.CalcBaseFee(c.config, c.View().Sealed) }

// BlockChain is the sealed chain. Callers only read.
func (c *Chain) BlockChain() *gethcore.BlockChain { return c.storage.chain }

// ChainDb is the database of the sealed chain. Callers only read.
func (c *Chain) ChainDb() ethdb.Database { return c.storage.db }

func sealedBlock(h *gethtypes.Header) zone.SealedBlock {
	return zone.SealedBlock{Number: h.Number.Uint64(), Hash: h.Hash(), Time: h.Time, Extra: h.Extra}
}
