package explorer

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// index remembers which entries touched which account. Everything in it follows from the log and the results, so nothing
// is synced: after a crash it goes on from where its files end.
type index struct {
	dir     string
	network core.NetworkID
	maxRows uint64
	log     *slog.Logger

	mu   sync.RWMutex // held to read while the database is used, and to write while it is replaced
	db   *pebble.DB   // nil once closed
	rows uint64       // only the writer reads and writes it, as the next one
	// cursors are those that were read or written since the database was opened.
	cursors map[core.RollupID]uint64
	oldest  uint64 // since
}

// openIndex opens the folder. What cannot be read, or is of another version or network, is removed and made again.
func openIndex(dir string, network core.NetworkID, maxRows uint64, log *slog.Logger) (*index, error) {
	x := &index{dir: dir, network: network, maxRows: maxRows, log: log}
	err := x.open()
	if err == nil {
		return x, nil
	}
	log.Warn("the index of accounts is made anew", "err", err)
	return x, x.renew()
}

// renew removes the files and begins with nothing.
func (x *index) renew() error {
	if err := x.close(); err != nil {
		x.log.Warn("close index", "err", err)
	}
	if err := os.RemoveAll(x.dir); err != nil {
		return fmt.Errorf("explorer: remove index: %w", err)
	}
	return x.open()
}

func (x *index) open() (err error) {
	defer func() {
		if p := recover(); p != nil { // pebble panics over some damage
			err = fmt.Errorf("explorer: open %s: %v", x.dir, p)
		}
	}()
	cache := pebble.NewCache(8 << 20)
	defer cache.Unref()
	db, err := pebble.Open(x.dir, &pebble.Options{
		Cache: cache, MemTableSize: 4 << 20, DisableWAL: true, MaxOpenFiles: 100, Logger: silent{},
	})
	if err != nil {
		return fmt.Errorf("explorer: open %s: %w", x.dir, err)
	}
	if err := x.claim(db); err != nil {
		return errors.Join(err, db.Close())
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.db, x.cursors = db, make(map[core.RollupID]uint64)
	return nil
}

// claim marks a new folder, or refuses one that is of another version or network.
func (x *index) claim(db *pebble.DB) error {
	mark := append(binary.BigEndian.AppendUint64(nil, indexFormat), x.network[:]...)
	have, err := get(db, keyFormat)
	switch {
	case err != nil:
		return err
	case have == nil:
		x.rows, x.oldest = 0, 0
		return db.Set(keyFormat, mark, pebble.NoSync)
	case !bytes.Equal(have, mark):
		return fmt.Errorf("explorer: index in %s is of format and network %x, want %x", x.dir, have, mark)
	}
	if x.rows, err = getNumber(db, keyRows); err != nil {
		return err
	}
	x.oldest, err = getNumber(db, keySince)
	return err
}

// close makes durable what is in memory, and closes the files; it is idempotent.
func (x *index) close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.db == nil {
		return nil
	}
	db := x.db
	x.db = nil
	return errors.Join(db.Flush(), db.Close())
}

// since is the oldest tick of which everything is kept, where the log begins with a tick.
func (x *index) since(log uint64) uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return max(x.oldest, log)
}

// of lists up to limit rows of an account, newest first, from before a place on; the place for the next page is empty at
// the end.
func (x *index) of(address common.Address, before string, limit int) (rows []indexRow, next string, err error) {
	lower := addressPrefix(address)
	upper := after(lower)
	if before != "" {
		place, err := readPlace(before)
		if err != nil {
			return nil, "", err
		}
		upper = append(bytes.Clone(lower), place...)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.db == nil {
		return nil, "", nil
	}
	it, err := x.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, "", fmt.Errorf("explorer: read index: %w", err)
	}
	for ok := it.Last(); ok; ok = it.Prev() {
		if len(rows) == limit {
			next = hex.EncodeToString(rows[limit-1].place())
			break
		}
		if row, ok := decodeRow(it.Key()[len(lower):], it.Value()); ok {
			rows = append(rows, row)
		}
	}
	if err := it.Close(); err != nil {
		return nil, "", fmt.Errorf("explorer: read index: %w", err)
	}
	return rows, next, nil
}

// get copies a value, nil if there is none.
func get(db *pebble.DB, key []byte) ([]byte, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("explorer: read index: %w", err)
	}
	return bytes.Clone(value), closer.Close()
}

// getNumber reads a number, zero if there is none.
func getNumber(db *pebble.DB, key []byte) (uint64, error) {
	b, err := get(db, key)
	if err != nil || b == nil {
		return 0, err
	}
	if len(b) != 8 {
		return 0, fmt.Errorf("explorer: index: %q is %x, want 8 bytes", key, b)
	}
	return binary.BigEndian.Uint64(b), nil
}

// after is the first key behind all that begin with prefix.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// silent drops pebble's own log lines; errors reach the caller as values.
type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("explorer: "+format, args...)) // the disk is gone, and with it the node's log
}
