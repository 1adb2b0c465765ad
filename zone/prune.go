package zone

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
)

// pruneBatch is how many places of bundles are forgotten in one write.
const pruneBatch = 1024

// Needs is the oldest tick that the zone may have to read from the log again after a restart: the one after the newest
// seal that is attested for good, or an older one if a lane was stopped there. It syncs what says so, lest the zone
// goes further back after a loss of power.
func (z *Zone) Needs() (tick uint64, err error) {
	agreed, err := z.store.syncedAgreement()
	if err != nil {
		return 0, fmt.Errorf("zone: sync: %w", err)
	}
	r, ok, err := z.sealBefore(agreed)
	if err != nil || !ok {
		return z.begins.Load(), err
	}
	tick = r.NextTick
	for _, l := range r.Rollups {
		if l.FirstUnapplied == l.NextSeq {
			continue
		}
		entries, err := z.log.Lane(l.Rollup, l.FirstUnapplied, 1)
		if err != nil || len(entries) == 0 {
			return 0, fmt.Errorf("zone: first unapplied position %d of rollup %s: %w", l.FirstUnapplied, l.Rollup, errors.Join(ErrInvariant, err))
		}
		tick = min(tick, entries[0].Tick)
	}
	return tick, nil
}

// Prune forgets the fates, places of bundles and seal records of ticks below before, as far as a seal reaches. The log
// must have forgotten those ticks first, so that nobody is shown a place without its fate. It may run beside everything
// else, but only once at a time; a crash leaves some of it to the next call.
func (z *Zone) Prune(ctx context.Context, before uint64) error {
	r, ok, err := z.sealBefore(before)
	if err != nil || !ok {
		return err
	}
	if err := z.store.pruneBundles(ctx, r.NextTick); err != nil {
		return fmt.Errorf("zone: prune places of bundles: %w", err)
	}
	if err := z.store.pruneFates(r); err != nil {
		return fmt.Errorf("zone: prune fates: %w", err)
	}
	return nil
}

// sealBefore finds the newest seal record whose next tick is at most tick.
func (z *Zone) sealBefore(tick uint64) (SealRecord, bool, error) {
	done, err := z.store.begin()
	if err != nil {
		return SealRecord{}, false, err
	}
	defer done()
	return z.store.newestSeal(func(r SealRecord) bool { return r.NextTick <= tick })
}

// syncedAgreement is the newest agreed tick that a restart finds, whatever happens.
func (s *store) syncedAgreement() (tick uint64, err error) {
	done, err := s.begin()
	if err != nil {
		return 0, err
	}
	defer done()
	agreed, err := s.agreed()
	if err != nil {
		return 0, err
	}
	return agreed.Tick, s.db.LogData(nil, pebble.Sync) // syncs everything that was written before it
}

// pruneBundles forgets the places of bundles below a tick.
func (s *store) pruneBundles(ctx context.Context, before uint64) error {
	b := s.db.NewBatch()
	defer func() { b.Close() }()
	err := s.scan([]byte{spaceBundle}, []byte{spaceBundle + 1}, func(key, _ []byte) error {
		if binary.BigEndian.Uint64(key[len(key)-8:]) >= before {
			return nil
		}
		if err := errors.Join(ctx.Err(), b.Delete(key, nil)); err != nil || b.Count() < pruneBatch {
			return err
		}
		full := b
		b = s.db.NewBatch()
		return errors.Join(full.Commit(pebble.NoSync), full.Close())
	})
	return errors.Join(err, b.Commit(pebble.NoSync))
}

// resultRowAt is the tick of the row that a tick goes with, zero if there is none.
func (s *store) resultRowAt(tick uint64) (uint64, error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: resultKey(0), UpperBound: resultKey(tick + 1)})
	if err != nil {
		return 0, err
	}
	if it.Last() {
		tick = binary.BigEndian.Uint64(it.Key()[1:])
	} else {
		tick = 0
	}
	return tick, it.Close()
}

// pruneFates forgets what was decided before a seal for good, the seals before it, and the result rows, save the one
// that the tick of the seal may still go with.
func (s *store) pruneFates(r SealRecord) error {
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	b := s.db.NewBatch()
	defer b.Close()
	row, err := s.resultRowAt(r.NextTick)
	errs := []error{err, b.DeleteRange(sealKey(0), sealKey(r.NextTick), nil), b.DeleteRange(resultKey(0), resultKey(row), nil)}
	for _, l := range r.Rollups {
		errs = append(errs, b.DeleteRange(fateKey(l.Rollup, 0), fateKey(l.Rollup, l.FirstUnapplied), nil))
	}
	err = errors.Join(append(errs, b.Commit(pebble.NoSync))...)
	s.recent.forget()
	return err
}
