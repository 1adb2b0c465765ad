package comet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/cockroachdb/pebble/vfs"
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
	if n.dbs == nil {
		n.dbs = &databases{dir: n.dataDir(), kind: n.cfg.DB, fs: n.fs}
	}
	db, err := n.dbs.open(ctx.ID)
	if err != nil {
		return nil, err
	}
	return db, nil
}

// closeDBs closes what the engine may have left open, as it does when it was never started.
func (n *Node) closeDBs() {
	if n.dbs == nil {
		return
	}
	if err := n.dbs.Close(); err != nil {
		n.log.Warn("close database", "err", err)
	}
}

// Databases are the folders that Restore makes in a data folder with this kind of database.
func Databases(kind string) []string {
	if kind == GoLevelDB {
		return []string{stateDB + ".db", blocksDB + ".db", evidenceDB + ".db"}
	}
	return []string{storeDir}
}

// databases are those of one engine.
type databases struct {
	dir, kind string
	fs        vfs.FS // of Pebble; nil is the operating system's files
	store     *store // of all of them; nil for GoLevelDB
	opened    []*database
}

// open opens the engine's database of this name.
func (d *databases) open(name string) (*database, error) {
	if d.kind == GoLevelDB {
		if _, err := os.Stat(filepath.Join(d.dir, storeDir)); err == nil {
			return nil, fmt.Errorf("%w: %s has blocks in a database of another kind: configure db %q", ErrConfig, d.dir, Pebble)
		}
		db, err := cmtdb.NewDB(name, cmtdb.GoLevelDBBackend, d.dir)
		if err != nil {
			return nil, err
		}
		d.opened = append(d.opened, &database{DB: db})
		return d.opened[len(d.opened)-1], nil
	}
	if d.store == nil {
		var err error
		if d.store, err = openStore(d.dir, d.fs); err != nil {
			return nil, err
		}
	}
	d.opened = append(d.opened, &database{DB: d.store.room(name)})
	return d.opened[len(d.opened)-1], nil
}

// Close closes all; it is idempotent.
func (d *databases) Close() (err error) {
	for _, db := range d.opened {
		err = errors.Join(err, db.Close())
	}
	if d.store != nil {
		err = errors.Join(err, d.store.Close())
		d.store = nil
	}
	return err
}
