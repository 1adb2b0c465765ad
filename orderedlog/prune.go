package orderedlog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"

	"github.com/lockstep-network/lockstep/core"
)

// pruneBatch is how many ticks are forgotten in one write, so that an Append waits for little.
const pruneBatch = 256

// Oldest is the number of the oldest tick that is kept: 1 until something is pruned.
func (l *Log) Oldest() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.oldest
}

// Prune forgets the ticks below before, with everything that points to them; the head always stays. Reads of them give
// ErrPruned from then on. It works in batches, each of which is all or nothing after a crash, and returns ctx's error
// between two. It may run beside Append and the readers, but only once at a time.
func (l *Log) Prune(ctx context.Context, before uint64) error {
	before = min(before, l.Head())
	for from := l.Oldest(); from < before; from = l.Oldest() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.pruneTicks(from, min(from+pruneBatch, before)); err != nil {
			return err
		}
	}
	return nil
}

// pruneTicks forgets the ticks from and after, up to and not including to. Readers are refused first: what they have
// under way may still miss an index row, and is then refused as well.
func (l *Log) pruneTicks(from, to uint64) error {
	done, err := l.begin()
	if err != nil {
		return err
	}
	defer done()
	b := l.db.NewBatch()
	defer b.Close()
	errs := []error{b.Set(keyOldest, core.U64(to), nil), b.DeleteRange(tickKey(from), tickKey(to), nil)}
	for n := from; n < to; n++ {
		if err := l.forget(b, n); err != nil {
			return err
		}
	}
	if err := l.forgetCheckpoints(b, from, to); err != nil {
		return err
	}
	l.mu.Lock()
	l.oldest = to
	l.mu.Unlock()
	// Unsynced: the database's log keeps the order of writes, so a crash loses at most the pruning itself.
	if err := errors.Join(append(errs, b.Commit(pebble.NoSync))...); err != nil {
		return fmt.Errorf("orderedlog: prune ticks %d to %d: %w", from, to-1, err)
	}
	return nil
}

// forget deletes what points to a tick.
func (l *Log) forget(b *pebble.Batch, n uint64) error {
	stored, err := l.get(tickKey(n))
	if err != nil {
		return l.readError(fmt.Sprintf("prune tick %d", n), err)
	}
	record, err := core.DecodeTickRecord(stored)
	if err != nil {
		return fmt.Errorf("%w: tick %d: %w", ErrCorrupt, n, err)
	}
	tick, err := record.Tick(l.cfg.Network, l.cfg.Kind)
	if err != nil {
		return fmt.Errorf("%w: tick %d: %w", ErrCorrupt, n, err)
	}
	var errs []error
	for _, row := range record.Lanes {
		errs = append(errs, b.Delete(laneKey(row.Rollup, row.FirstSeq), nil))
		for i, item := range tick.LaneItems(row.Rollup) {
			seq := row.FirstSeq + uint64(i)
			errs = append(errs, b.Delete(hashKey(item.Tx.Hash(), row.Rollup, seq), nil))
			if block := item.Tx.Block(); block != nil {
				for _, key := range blockKeys(block, seq) {
					errs = append(errs, b.Delete(key, nil))
				}
			}
			if r := item.Tx.Report(); r != nil {
				errs = append(errs, b.Delete(reportKey(row.Rollup, r.NextSeq, seq), nil))
			}
		}
	}
	for _, bundle := range tick.Bundles {
		errs = append(errs, b.Delete(bundleKey(bundle.Hash, n), nil))
	}
	return errors.Join(errs...)
}

// findOldest reads where the log begins.
func (l *Log) findOldest() error {
	b, err := l.get(keyOldest)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		l.oldest = 1
	case err != nil:
		return l.readError("read the oldest tick", err)
	case len(b) != 8:
		return fmt.Errorf("%w: %s: oldest tick %x", ErrCorrupt, l.cfg.Dir, b)
	default:
		l.oldest = binary.BigEndian.Uint64(b)
	}
	return nil
}

// pruned is the answer to a read below the oldest tick.
func (l *Log) pruned(n uint64) error {
	return fmt.Errorf("%w: tick %d, the oldest kept is %d", ErrPruned, n, l.Oldest())
}
