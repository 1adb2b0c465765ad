package orderedlog

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"

	"github.com/lockstep-network/lockstep/core"
)

// Config says where the log is and what it holds.
type Config struct {
	// Dir is the log's own folder; it is created when missing.
	Dir string
	// Network is checked against the folder's.
	Network core.NetworkID
	// Kind tells the kind of a registered rollup.
	Kind func(core.RollupID) (core.RollupKind, bool)
	// FS is where Dir lies; nil is the operating system's files.
	FS vfs.FS
}

func (c Config) fs() vfs.FS {
	if c.FS == nil {
		return vfs.Default
	}
	return c.FS
}

// Log is the durable ordered log of one node. All methods are safe from any goroutine; Append has one caller.
type Log struct {
	cfg   Config
	db    *pebble.DB
	guard *guard

	mu      sync.Mutex
	head    uint64
	oldest  uint64
	grown   chan struct{} // closed and replaced when head grows or the log closes
	closed  bool
	readers sync.WaitGroup
	recent  recent
	heard   map[core.ZoneID]core.Attested // by what Append was told, see Heard
}

// Open opens or creates the log's folder. Damaged files are ErrCorrupt, with the folder's name.
func Open(cfg Config) (*Log, error) {
	db, guard, err := openDatabase(cfg)
	if err != nil {
		return nil, err
	}
	l := &Log{cfg: cfg, db: db, guard: guard, grown: make(chan struct{}), recent: newRecent(), heard: make(map[core.ZoneID]core.Attested)}
	if err := errors.Join(l.claim(), l.findOldest(), l.findHead(), l.findHeard()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// claim marks a new folder with format and network, or refuses one that belongs elsewhere.
func (l *Log) claim() error {
	version, err := l.get(keyFormat)
	if errors.Is(err, pebble.ErrNotFound) {
		b := l.db.NewBatch()
		defer b.Close()
		if err := errors.Join(b.Set(keyFormat, core.U64(FormatVersion), nil), b.Set(keyNetwork, l.cfg.Network[:], nil)); err != nil {
			return fmt.Errorf("orderedlog: claim folder: %w", err)
		}
		return b.Commit(pebble.Sync)
	}
	if err != nil {
		return l.readError("read format", err)
	}
	if !bytes.Equal(version, core.U64(FormatVersion)) {
		return fmt.Errorf("%w: format version %x, this build reads %d", ErrForeign, version, FormatVersion)
	}
	network, err := l.get(keyNetwork)
	if err != nil {
		return l.readError("read network", err)
	}
	if !bytes.Equal(network, l.cfg.Network[:]) {
		return fmt.Errorf("%w: network %x, want %s", ErrForeign, network, l.cfg.Network)
	}
	return nil
}

func (l *Log) findHead() error {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceTick}, UpperBound: []byte{spaceTick + 1}})
	if err != nil {
		return l.readError("find head", err)
	}
	if it.Last() {
		l.head = binary.BigEndian.Uint64(it.Key()[1:])
	}
	if err := it.Close(); err != nil {
		return l.readError("find head", err)
	}
	if l.head == 0 && l.oldest > 1 {
		return fmt.Errorf("%w: %s: no tick, the oldest should be %d", ErrCorrupt, l.cfg.Dir, l.oldest)
	}
	return nil
}

// Append makes a decided tick and the ledger changes that belong to it durable, then wakes waiting readers. The tick
// must follow the head, or be one already recorded with exactly this content (replay), which changes nothing. Any
// error means the node must halt.
func (l *Log) Append(d *core.Decided) error {
	if err := l.guard.damage(); err != nil {
		return err
	}
	n := d.Record.Number
	record := d.Record.Encoding()
	switch head := l.Head(); {
	case n != 0 && n < l.Oldest():
		return l.pruned(n)
	case n != 0 && n <= head:
		stored, err := l.get(tickKey(n))
		if err != nil {
			return l.readError(fmt.Sprintf("read tick %d", n), err)
		}
		if !bytes.Equal(stored, d.Record.Encode()) {
			return fmt.Errorf("%w: tick %d", ErrConflict, n)
		}
		return nil
	case n != head+1:
		return fmt.Errorf("%w: tick %d, head %d", ErrGap, n, head)
	}
	heard := l.news(d.Heard)
	b := l.batchFor(d, record)
	defer b.Close()
	if err := errors.Join(writeTick(b, d, record), l.writeCheckpoint(b, d), writeHeard(b, heard)); err != nil {
		return fmt.Errorf("orderedlog: write tick %d: %w", n, err)
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("orderedlog: commit tick %d: %w", n, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head = n
	l.recent.add(d.Record, d.Tick, record.Size())
	for _, a := range heard {
		l.heard[a.Zone] = a
	}
	close(l.grown)
	l.grown = make(chan struct{})
	return nil
}

const (
	// smallBatch is up to what size the database's own batches are used, which grow by doubling and keep their memory for the next.
	smallBatch = 256 << 10
	// hashRowBytes is what a row by hash takes in a batch, and otherBytes what a tick's other rows take, roughly.
	hashRowBytes, otherBytes = 64, 32 << 10
)

// batchFor makes a batch with room for a tick.
func (l *Log) batchFor(d *core.Decided, record *core.RecordEncoding) *pebble.Batch {
	if size := record.Size() + positions(d)*hashRowBytes + otherBytes; size > smallBatch {
		return l.db.NewBatchWithSize(size)
	}
	return l.db.NewBatch()
}

// positions is how many a tick adds to all lanes.
func positions(d *core.Decided) (count int) {
	for _, row := range d.Record.Lanes {
		count += int(row.Count)
	}
	return count
}

// writeRecord writes the record to where it stays in the batch.
func writeRecord(b *pebble.Batch, n uint64, record *core.RecordEncoding) error {
	key := tickKey(n)
	row := b.SetDeferred(len(key), record.Size())
	copy(row.Key, key)
	if written := record.AppendTo(row.Value[:0]); len(written) != len(row.Value) {
		return fmt.Errorf("record of %d bytes, foreseen %d", len(written), len(row.Value))
	}
	return row.Finish()
}

// writeTick puts the record, its indexes and the ledger changes into one batch.
func writeTick(b *pebble.Batch, d *core.Decided, record *core.RecordEncoding) error {
	n := d.Record.Number
	errs := []error{writeRecord(b, n, record)}
	hashes := make([]hashRow, 0, positions(d))
	for _, row := range d.Record.Lanes {
		errs = append(errs, b.Set(laneKey(row.Rollup, row.FirstSeq), laneValue(n, row.Count), nil))
		for i, item := range d.Tick.Lane(row.Rollup) {
			seq := row.FirstSeq + uint64(i)
			hashes = append(hashes, newHashRow(item.Tx.Hash(), row.Rollup, seq))
			if block := item.Tx.Block(); block != nil {
				for _, key := range blockKeys(block, seq) {
					errs = append(errs, b.Set(key, core.U64(n), nil))
				}
			}
			if r := item.Tx.Report(); r != nil && r.FirstSeq < r.NextSeq {
				errs = append(errs, b.Set(reportKey(row.Rollup, r.NextSeq, seq), reportValue(n, r.FirstSeq), nil))
			}
		}
	}
	errs = append(errs, writeHashes(b, hashes, n))
	for i, bundle := range d.Tick.Bundles {
		errs = append(errs, b.Set(bundleKey(bundle.Hash, n), core.U64(uint64(i)), nil))
	}
	for _, kv := range d.Ledger {
		if len(kv.Value) == 0 {
			errs = append(errs, b.Delete(ledgerKey(kv.Key), nil))
		} else {
			errs = append(errs, b.Set(ledgerKey(kv.Key), kv.Value, nil))
		}
	}
	return errors.Join(errs...)
}

// writeHashes says of transactions that a tick ordered them. Rows in ascending order cost the database a fraction of what they cost in any.
func writeHashes(b *pebble.Batch, rows []hashRow, tick uint64) error {
	order := make([]rowPlace, len(rows))
	for i := range rows {
		order[i] = rowPlace{binary.BigEndian.Uint64(rows[i][1:]), i}
	}
	slices.SortFunc(order, func(x, y rowPlace) int {
		if x.first != y.first {
			return cmp.Compare(x.first, y.first)
		}
		return bytes.Compare(rows[x.at][:], rows[y.at][:])
	})
	value := core.U64(tick)
	for _, place := range order {
		if err := b.Set(rows[place.at][:], value, nil); err != nil {
			return err
		}
	}
	return nil
}

// rowPlace is a row by the first bytes of its hash, which nearly always tell which of two comes first: rows themselves are long to move.
type rowPlace struct {
	first uint64
	at    int
}

// Head is the number of the newest tick, zero before the first.
func (l *Log) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Wait returns when tick n is in the log, when ctx ends, or with ErrClosed.
func (l *Log) Wait(ctx context.Context, n uint64) error {
	for {
		l.mu.Lock()
		head, grown, closed := l.head, l.grown, l.closed
		l.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case head >= n:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-grown:
		}
	}
}

// Close ends all waits and closes the files; it is idempotent. Reads that are under way finish first.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	close(l.grown)
	l.mu.Unlock()
	l.readers.Wait()
	return l.db.Close()
}

// begin admits a reader; the returned function lets Close go on.
func (l *Log) begin() (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	l.readers.Add(1)
	return l.readers.Done, nil
}

// get copies a value out of the database.
func (l *Log) get(key []byte) ([]byte, error) {
	value, closer, err := l.db.Get(key)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), value...), closer.Close()
}

// silent drops pebble's own log lines; errors reach the caller as values.
type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("orderedlog: "+format, args...)) // pebble cannot go on, so neither can the node
}
