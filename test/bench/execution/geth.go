package execution

import (
	"errors"
	"fmt"
	"os"

	"github.com/ethereum/go-ethereum/core/rawdb"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// asArchive keeps the state of every block, as a rollup's chain does.
func asArchive(config *ethconfig.Config) {
	config.NoPruning, config.StateScheme = true, rawdb.HashScheme
}

// withoutPrefetch executes every transaction once: by default go-ethereum does so a second time on another core, to have read
// the state by the time it is needed.
func withoutPrefetch(config *ethconfig.Config) { config.NoPrefetch = true }

// imported is go-ethereum's whole service, as cmd/geth starts it, importing the first rollup's blocks one by one, with
// its default settings but for edits. The senders are known to it, as they are to the zone.
func (w *workload) imported(blocks gethtypes.Blocks, edits ...func(*ethconfig.Config)) (c cost, err error) {
	dir, err := os.MkdirTemp("", "lockstep-bench-geth-")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	stack, err := node.New(&node.Config{Name: "geth", DataDir: dir, P2P: p2p.Config{NoDiscovery: true, NoDial: true}})
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	rollup, config := evm.ConfigOf(w.genesis, rollups[0], ""), ethconfig.Defaults
	config.Genesis = rollup.Genesis()
	config.NetworkId, config.SyncMode = config.Genesis.Config.ChainID.Uint64(), ethconfig.FullSync
	for _, edit := range edits {
		edit(&config)
	}
	service, err := eth.New(stack, &config)
	if err != nil {
		return c, err
	}
	if err := stack.Start(); err != nil {
		return c, err
	}
	chain := service.BlockChain()
	if _, err := chain.InsertChain(blocks[:measuredFrom-1]); err != nil {
		return c, err
	}
	signer := gethtypes.LatestSignerForChainID(config.Genesis.Config.ChainID)
	for _, block := range blocks[measuredFrom-1:] {
		for _, tx := range block.Transactions() {
			if _, err := gethtypes.Sender(signer, tx); err != nil {
				return c, err
			}
			c.txs++
		}
	}
	txs := c.txs
	c, err = measured(func() error {
		for _, block := range blocks[measuredFrom-1:] {
			if _, err := chain.InsertChain(gethtypes.Blocks{block}); err != nil {
				return fmt.Errorf("import block %s: %w", block.Number(), err)
			}
		}
		return nil
	})
	c.txs = txs
	if have, want := chain.CurrentBlock().Hash(), blocks[len(blocks)-1].Hash(); err == nil && have != want {
		return c, fmt.Errorf("go-ethereum is at %s, want %s", have, want)
	}
	return c, err
}

// alone is the engine without a zone: every block's transactions in one piece, published to readers once.
func (w *workload) alone(blocks gethtypes.Blocks) (c cost, err error) {
	dir, err := os.MkdirTemp("", "lockstep-bench-engine-")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	chain, err := evm.Open(evm.ConfigOf(w.genesis, rollups[0], dir))
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, chain.Close()) }()
	var txs [][]core.Transaction
	for i, block := range blocks {
		txs = append(txs, nil)
		for _, eth := range block.Transactions() {
			if known := w.pool[eth.Hash()]; known != nil {
				eth = known
			}
			tx, err := core.NewTransaction(rollups[0], eth)
			if err != nil {
				return c, err
			}
			txs[i] = append(txs[i], tx)
		}
		if i >= measuredFrom-1 {
			c.txs += len(txs[i])
		}
	}
	build := func(from, to int) error {
		for i := from; i < to; i++ {
			if err := buildBlock(chain, blocks[i], txs[i], uint64(i)); err != nil {
				return fmt.Errorf("build block %s: %w", blocks[i].Number(), err)
			}
		}
		return nil
	}
	if err := build(0, measuredFrom-1); err != nil {
		return c, err
	}
	count := c.txs
	c, err = measured(func() error { return build(measuredFrom-1, len(blocks)) })
	c.txs = count
	return c, err
}

func buildBlock(chain *evm.Chain, like *gethtypes.Block, txs []core.Transaction, tick uint64) error {
	if err := chain.Open(like.Time()); err != nil {
		return err
	}
	for _, tx := range txs {
		if x, err := chain.Apply(tx); err != nil || x.Code != core.Included || x.NoRoom {
			return fmt.Errorf("transaction %s: %+v: %w", tx.Hash(), x, err)
		}
	}
	if _, err := chain.EndTick(tick + 1); err != nil {
		return err
	}
	sealed, err := chain.Seal(like.Extra())
	if err == nil && sealed.Hash != like.Hash() {
		return fmt.Errorf("hash is %s, want %s", sealed.Hash, like.Hash())
	}
	return errors.Join(err, chain.Sync())
}
