package comet

import (
	"path/filepath"
	"sync"

	cmtdb "github.com/cometbft/cometbft-db"
	cmtcfg "github.com/cometbft/cometbft/config"
)

// database is one of the engine's databases. The engine does not wait for the goroutines that serve its peers: they
// read on for some hundred milliseconds after it has closed its databases, and an error makes them panic. So a closed
// database is an empty one, which they take for "pruned". Writers are waited for.
type database struct {
	cmtdb.DB
	mu     sync.RWMutex // held for reading while a read is under way
	closed bool
}

// Get reads a value; nil if there is none, and after Close.
func (d *database) Get(key []byte) ([]byte, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, nil
	}
	return d.DB.Get(key)
}

// Has tells whether a key exists; not after Close.
func (d *database) Has(key []byte) (bool, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return false, nil
	}
	return d.DB.Has(key)
}

// Close lets reads that are under way finish; it is idempotent.
func (d *database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	return d.DB.Close()
}

func (n *Node) openDB(ctx *cmtcfg.DBContext) (cmtdb.DB, error) {
	if n.cfg.InMemory {
		return cmtdb.NewMemDB(), nil
	}
	db, err := cmtdb.NewDB(ctx.ID, cmtdb.BackendType(n.cfg.DB), filepath.Join(n.cfg.Home, "data"))
	if err != nil {
		return nil, err
	}
	d := &database{DB: db}
	n.dbs = append(n.dbs, d)
	return d, nil
}

// closeDBs closes what the engine may have left open, as it does when it was never started.
func (n *Node) closeDBs() {
	for _, db := range n.dbs {
		if err := db.Close(); err != nil {
			n.log.Warn("close database", "err", err)
		}
	}
}
