package evm

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/ethereum/go-ethereum/common"
	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/history"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethdb"
	gethlog "github.com/ethereum/go-ethereum/log"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"

	// Tracers register themselves; without them one debug_traceBlock with a tracer's name kills the process.
	_ "github.com/ethereum/go-ethereum/eth/tracers/js"
	_ "github.com/ethereum/go-ethereum/eth/tracers/native"
)

const (
	// instanceName is the folder below Config.Dir that go-ethereum locks and keeps the chain in.
	instanceName = "evm"
	// chainFolder is the database's folder below that; eth.New has this name built in.
	chainFolder = "chaindata"

	databaseCacheMB  = 32
	databaseHandles  = 128
	trieCleanCacheMB = 64
	snapshotCacheMB  = 48
	// snapshotLayers is how many of the newest blocks have a layer of their own in the flat state, as many as a zone goes back at a
	// start. go-ethereum keeps 128, and each has a bloom filter of 100 KiB.
	snapshotLayers = 8

	// noTxIndexer leaves out what indexes transactions of older blocks: a block's are indexed with it.
	noTxIndexer = -1
)

// storage is an open folder: the sealed chain. It is a hash-scheme archive, which finds exactly the last sealed block after a
// kill and can rewind to any depth. The stack only lends its lock of the folder and its way to open a database: it is never started.
type storage struct {
	stack *node.Node
	db    ethdb.Database
	chain *gethcore.BlockChain
}

func openStorage(cfg *Config, log *slog.Logger) (*storage, error) {
	key, err := crypto.GenerateKey() // the node's name among peers, of which it has none
	if err != nil {
		return nil, fmt.Errorf("generate node key: %w", err)
	}
	stack, err := node.New(&node.Config{
		Name: instanceName, DataDir: cfg.Dir, UseLightweightKDF: true, Logger: gethlog.NewLogger(log.Handler()),
		// Room for no peer means that none is dialed or let in; NoDial would say so too, and warn about it at every start.
		P2P: p2p.Config{NoDiscovery: true, MaxPeers: 0, PrivateKey: key},
	})
	if errors.Is(err, node.ErrDatadirUsed) {
		return nil, fmt.Errorf("%w: %s", ErrFolderInUse, cfg.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open folder %s: %w", cfg.Dir, err)
	}
	s := &storage{stack: stack}
	if cfg.Dir != "" {
		err = mendFreezer(freezerFolder(cfg.Dir), cfg.Rollup.ID, log)
	}
	if err == nil {
		err = s.openChain(cfg.Genesis())
	}
	if err != nil {
		_ = stack.Close() // the first error is the one that matters
		if mismatch := (*gethcore.GenesisMismatchError)(nil); errors.As(err, &mismatch) {
			return nil, fmt.Errorf("%w: %s: genesis block %s, want %s", ErrOtherGenesis, cfg.Dir, mismatch.Stored, mismatch.New)
		}
		return nil, fmt.Errorf("open chain in %s: %w", cfg.Dir, err)
	}
	return s, nil
}

// openChain opens the sealed chain, without anything of go-ethereum that follows it.
func (s *storage) openChain(genesis *gethcore.Genesis) error {
	db, err := s.stack.OpenDatabaseWithOptions(chainFolder, node.DatabaseOptions{Cache: databaseCacheMB, Handles: databaseHandles})
	if err != nil {
		return err
	}
	engine, err := ethconfig.CreateConsensusEngine(genesis.Config, db)
	if err != nil {
		return err
	}
	s.db = db
	s.chain, err = gethcore.NewBlockChain(db, genesis, engine, &gethcore.BlockChainConfig{
		StateScheme: rawdb.HashScheme, ArchiveMode: true,
		TrieCleanLimit: trieCleanCacheMB, SnapshotLimit: snapshotCacheMB,
		HistoryPolicy: history.HistoryPolicy{Mode: history.KeepAll},
		TxLookupLimit: noTxIndexer,
	})
	return err
}

// capSnapshots merges the older layers of the flat state below a block's. Who still reads from one of them reads the trie instead.
func (s *storage) capSnapshots(root common.Hash) {
	if snaps := s.chain.Snapshots(); snaps != nil {
		_ = snaps.Cap(root, snapshotLayers) // fails for a state that has no layer: it has none below it either
	}
}

func (s *storage) close() error {
	s.chain.Stop()
	return s.stack.Close()
}
