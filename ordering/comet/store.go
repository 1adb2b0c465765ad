package comet

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
	cmtdb "github.com/cometbft/cometbft-db"
)

// store is all that the engine keeps of its blocks and its state, in one database, so that one sync makes everything before it durable. The
// engine has a database for each of them and syncs thrice per tick: the block, the machine's answer, the state. In one database only the second has to be:
//
//   - the block is durable with the answer, and nobody relies on it before: the machine's log gets the tick, and the write-ahead log the
//     tick's end, after the answer;
//   - the state is durable with the next tick's answer, or with any later write that is. After a crash before that, the engine makes it anew from the
//     block and the answer.
//
// What is written later is never there without what was written before: the database replays its log up to where a crash cut it off.
type store struct{ db *pebble.DB }

// storeDir is the database's folder.
const storeDir = "engine"

// memTableBytes is how much the database collects in memory before it writes a table: several full ticks, so that their parts lie in tables of their
// own, which are not rewritten when small rows are.
const memTableBytes = 16 << 20

// openStore opens or makes the database in the engine's data folder, which must not have the other database's blocks. fs is where
// the database lies; nil is the operating system's files.
func openStore(data string, fs vfs.FS) (*store, error) {
	if _, err := os.Stat(filepath.Join(data, "blockstore.db")); err == nil {
		return nil, fmt.Errorf("%w: %s has blocks in a database of another kind: configure db %q", ErrConfig, data, GoLevelDB)
	}
	if fs == nil {
		fs = vfs.Default
	}
	db, err := pebble.Open(filepath.Join(data, storeDir), &pebble.Options{FS: fs, Logger: silentStore{}, MemTableSize: memTableBytes})
	if err != nil {
		return nil, err
	}
	if err := syncDir(fs, data); err != nil { // pebble syncs only what is inside its folder
		return nil, errors.Join(err, db.Close())
	}
	return &store{db}, nil
}

func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Close makes everything durable.
func (s *store) Close() error { return errors.Join(s.db.LogData(nil, pebble.Sync), s.db.Close()) }

// silentStore drops pebble's own log lines; errors reach the engine as values.
type silentStore struct{}

func (silentStore) Infof(string, ...any)  {}
func (silentStore) Errorf(string, ...any) {}
func (silentStore) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("ordering: "+format, args...)) // pebble cannot go on, so neither can the node
}

// room is the part of the store that stands for one of the engine's databases: the keys that begin with its name. Its Close
// leaves the store open.
type room struct {
	*store
	name []byte
}

var _ cmtdb.DB = room{}

var (
	errNoKey      = errors.New("ordering: key is empty")
	errNoValue    = errors.New("ordering: value is missing")
	errBatchEnded = errors.New("ordering: batch was written or closed")
)

func (s *store) room(name string) room { return room{s, append([]byte(name), '/')} }

func (r room) key(key []byte) []byte {
	return append(append(make([]byte, 0, len(r.name)+len(key)), r.name...), key...)
}

// Get gives a value; nil if there is none.
func (r room) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, errNoKey
	}
	value, closer, err := r.db.Get(r.key(key))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return append([]byte{}, value...), closer.Close()
}

// Has tells whether a key exists.
func (r room) Has(key []byte) (bool, error) {
	value, err := r.Get(key)
	return value != nil, err
}

func (r room) set(key, value []byte, how *pebble.WriteOptions) error {
	if len(key) == 0 {
		return errNoKey
	}
	if value == nil {
		return errNoValue
	}
	return r.db.Set(r.key(key), value, how)
}

func (r room) remove(key []byte, how *pebble.WriteOptions) error {
	if len(key) == 0 {
		return errNoKey
	}
	return r.db.Delete(r.key(key), how)
}

// Set writes a value.
func (r room) Set(key, value []byte) error { return r.set(key, value, pebble.NoSync) }

// SetSync writes a value; it and everything before it are durable then.
func (r room) SetSync(key, value []byte) error { return r.set(key, value, pebble.Sync) }

// Delete removes a key.
func (r room) Delete(key []byte) error { return r.remove(key, pebble.NoSync) }

// DeleteSync removes a key; that and everything before it are durable then.
func (r room) DeleteSync(key []byte) error { return r.remove(key, pebble.Sync) }

// Close leaves the store open for the other rooms.
func (room) Close() error { return nil }

// Print prints nothing.
func (room) Print() error { return nil }

// Stats has none.
func (room) Stats() map[string]string { return nil }

// Compact does nothing: pebble does by itself.
func (room) Compact(_, _ []byte) error { return nil }

// NewBatch begins a batch.
func (r room) NewBatch() cmtdb.Batch { return &roomBatch{room: r} }

// Iterator walks over the keys from start to before end, ascending; nil is the room's own bound.
func (r room) Iterator(start, end []byte) (cmtdb.Iterator, error) { return r.walk(start, end, false) }

// ReverseIterator walks descending.
func (r room) ReverseIterator(start, end []byte) (cmtdb.Iterator, error) {
	return r.walk(start, end, true)
}

func (r room) walk(start, end []byte, down bool) (cmtdb.Iterator, error) {
	if (start != nil && len(start) == 0) || (end != nil && len(end) == 0) {
		return nil, errNoKey
	}
	upper := r.key(end)
	if end == nil {
		upper[len(upper)-1]++ // the name's '/'
	}
	it, err := r.db.NewIter(&pebble.IterOptions{LowerBound: r.key(start), UpperBound: upper})
	if err != nil {
		return nil, err
	}
	w := &roomIterator{Iterator: it, room: r, start: start, end: end, next: it.Next}
	if down {
		w.next = it.Prev
		it.Last()
	} else {
		it.First()
	}
	return w, nil
}

// roomBatch collects writes, and makes a batch of the database of their size at the end: its own grow by doubling, and copy the parts of a
// full tick again and again.
type roomBatch struct {
	room
	writes []roomWrite
	size   int
	ended  bool
}

// roomWrite is a write, or a removal if there is no value. The engine does not change what it gave to a batch.
type roomWrite struct{ key, value []byte }

const (
	// smallBatch is up to what size the database's own batches are used, which keep their memory for the next.
	smallBatch = 256 << 10
	// batchHead is what a batch begins with, and writeOverhead the most that it takes for a write beside key and value.
	batchHead     = 12
	writeOverhead = 1 + 5 + 5
)

// Set adds a write.
func (b *roomBatch) Set(key, value []byte) error {
	if value == nil && !b.ended && len(key) > 0 {
		return errNoValue
	}
	return b.add(roomWrite{key, value})
}

// Delete adds a removal.
func (b *roomBatch) Delete(key []byte) error { return b.add(roomWrite{key: key}) }

func (b *roomBatch) add(w roomWrite) error {
	switch {
	case b.ended:
		return errBatchEnded
	case len(w.key) == 0:
		return errNoKey
	}
	b.writes = append(b.writes, w)
	b.size += len(b.name) + len(w.key) + len(w.value) + writeOverhead
	return nil
}

// Write writes the batch, all or nothing.
func (b *roomBatch) Write() error {
	if b.ended {
		return errBatchEnded
	}
	batch := b.make()
	for _, w := range b.writes {
		if err := b.put(batch, w); err != nil {
			return errors.Join(err, batch.Close())
		}
	}
	if err := errors.Join(batch.Commit(pebble.NoSync), batch.Close()); err != nil {
		return err
	}
	return b.Close()
}

// make makes the database's batch.
func (b *roomBatch) make() *pebble.Batch {
	if b.size > smallBatch {
		return b.db.NewBatchWithSize(batchHead + b.size)
	}
	return b.db.NewBatch()
}

// put adds a write to the database's batch.
func (b *roomBatch) put(batch *pebble.Batch, w roomWrite) error {
	if w.value == nil {
		return batch.Delete(b.key(w.key), nil)
	}
	row := batch.SetDeferred(len(b.name)+len(w.key), len(w.value))
	copy(row.Key[copy(row.Key, b.name):], w.key)
	copy(row.Value, w.value)
	return row.Finish()
}

// WriteSync writes the batch; it is durable with what is synced next, see store.
func (b *roomBatch) WriteSync() error { return b.Write() }

// Close ends the batch; it is idempotent.
func (b *roomBatch) Close() error {
	b.ended, b.writes = true, nil
	return nil
}

// roomIterator gives keys without the room's name.
type roomIterator struct {
	*pebble.Iterator
	room       room
	start, end []byte
	next       func() bool
}

// Domain is what the iterator was asked for.
func (w *roomIterator) Domain() (start, end []byte) { return w.start, w.end }

// Next moves on.
func (w *roomIterator) Next() {
	if !w.Valid() {
		panic("ordering: iterator has ended") // as the interface wants it
	}
	w.next()
}

// Key is a copy of the key.
func (w *roomIterator) Key() []byte {
	return append([]byte{}, w.Iterator.Key()[len(w.room.name):]...)
}

// Value is a copy of the value.
func (w *roomIterator) Value() []byte { return append([]byte{}, w.Iterator.Value()...) }
