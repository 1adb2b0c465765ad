package evm

import (
	"errors"
	"fmt"
	"log/slog"

	gethcore "github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/history"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth"
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
)

// storage is an open folder: the sealed chain and, if asked for, go-ethereum's whole service around it. Both forms
// keep the same files: a hash-scheme archive, which finds exactly the last sealed block after a kill and can rewind
// to any depth.
type storage struct {
	stack   *node.Node
	service *eth.Ethereum
	db      ethdb.Database
	chain   *gethcore.BlockChain
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
	open := s.openChain
	if cfg.Service {
		open = s.openService
	}
	if err := open(cfg.Genesis()); err != nil {
		_ = stack.Close() // the first error is the one that matters
		if mismatch := (*gethcore.GenesisMismatchError)(nil); errors.As(err, &mismatch) {
			return nil, fmt.Errorf("%w: %s: genesis block %s, want %s", ErrOtherGenesis, cfg.Dir, mismatch.Stored, mismatch.New)
		}
		return nil, fmt.Errorf("open chain in %s: %w", cfg.Dir, err)
	}
	return s, nil
}

// openChain opens the sealed chain alone, with the settings that openService gives it.
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
	})
	return err
}

// openService opens and starts the whole service, without listeners and peers.
func (s *storage) openService(genesis *gethcore.Genesis) error {
	config := ethconfig.Defaults
	config.Genesis = genesis
	config.NetworkId = genesis.Config.ChainID.Uint64()
	config.SyncMode = ethconfig.FullSync
	config.StateScheme, config.NoPruning = rawdb.HashScheme, true
	config.DatabaseCache, config.DatabaseHandles = databaseCacheMB, databaseHandles
	config.TrieCleanCache, config.TrieDirtyCache, config.SnapshotCache = trieCleanCacheMB, 0, snapshotCacheMB
	config.TransactionHistory = 0 // index all
	config.LogNoHistory = true    // the index costs 12 % of the CPU under load; getLogs scans blooms instead
	config.TxPool.NoLocals, config.TxPool.Journal = true, ""
	config.BlobPool.Datadir = "" // it never holds anything, and its files would be half of those that a rollup has open
	service, err := eth.New(s.stack, &config)
	if err != nil {
		return err
	}
	if err := s.stack.Start(); err != nil {
		return err
	}
	service.SetSynced()
	s.service, s.db, s.chain = service, service.ChainDb(), service.BlockChain()
	return nil
}

func (s *storage) close() error {
	if s.service == nil {
		s.chain.Stop()
	}
	return s.stack.Close()
}
