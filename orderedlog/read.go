package orderedlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Record gives back a tick's record, or ErrNotFound, or ErrPruned. The caller must not change it.
func (l *Log) Record(n uint64) (*core.TickRecord, error) {
	r, err := l.read(n, false)
	return r.record, err
}

// Decoded gives back a tick decoded, or ErrNotFound, or ErrPruned. The caller must not change it.
func (l *Log) Decoded(n uint64) (*core.Tick, error) {
	r, err := l.read(n, true)
	return r.tick, err
}

func (l *Log) read(n uint64, decode bool) (recentTick, error) {
	done, err := l.begin()
	if err != nil {
		return recentTick{}, err
	}
	defer done()
	l.mu.Lock()
	r, ok := l.recent.ticks[n]
	pruned := n != 0 && n < l.oldest
	l.mu.Unlock()
	if pruned {
		return recentTick{}, l.pruned(n)
	}
	if ok {
		return r, nil
	}
	b, err := l.get(tickKey(n))
	if errors.Is(err, pebble.ErrNotFound) {
		if n != 0 && n <= l.Head() {
			if n < l.Oldest() { // while this was read
				return recentTick{}, l.pruned(n)
			}
			return recentTick{}, fmt.Errorf("%w: %s: tick %d is gone", ErrCorrupt, l.cfg.Dir, n)
		}
		return recentTick{}, fmt.Errorf("%w: %d", ErrNotFound, n)
	}
	if err != nil {
		return recentTick{}, l.readError(fmt.Sprintf("read tick %d", n), err)
	}
	if r.record, err = core.DecodeTickRecord(b); err != nil {
		return recentTick{}, fmt.Errorf("%w: tick %d: %w", ErrCorrupt, n, err)
	}
	if r.record.Number != n {
		return recentTick{}, fmt.Errorf("%w: tick %d holds the record of tick %d", ErrCorrupt, n, r.record.Number)
	}
	if decode {
		if r.tick, err = r.record.Tick(l.cfg.Network, l.cfg.Kind); err != nil {
			return recentTick{}, fmt.Errorf("%w: tick %d: %w", ErrCorrupt, n, err)
		}
	}
	return r, nil
}

// Lane reads up to max positions of a lane from seq on, in order; fewer at the lane's end. A position whose tick was
// pruned is ErrPruned.
func (l *Log) Lane(rollup core.RollupID, seq uint64, max int) ([]core.LaneEntry, error) {
	var entries []core.LaneEntry
	for len(entries) < max {
		row, ok, err := l.laneRow(rollup, seq)
		if err != nil || !ok {
			return entries, err
		}
		tick, err := l.Decoded(row.tick)
		if err != nil {
			return nil, err
		}
		items := tick.LaneItems(rollup)
		if uint64(len(items)) != row.count {
			return nil, fmt.Errorf("%w: tick %d holds %d positions of rollup %s, indexed are %d", ErrCorrupt, row.tick, len(items), rollup, row.count)
		}
		for ; seq < row.first+row.count && len(entries) < max; seq++ {
			entries = append(entries, core.LaneEntry{Seq: seq, Tick: row.tick, Item: items[seq-row.first]})
		}
	}
	return entries, nil
}

type laneRow struct{ first, count, tick uint64 }

// laneRow finds the row that holds seq; ok is false beyond the lane's end.
func (l *Log) laneRow(rollup core.RollupID, seq uint64) (row laneRow, ok bool, err error) {
	done, err := l.begin()
	if err != nil {
		return laneRow{}, false, err
	}
	defer done()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: laneKey(rollup, 0), UpperBound: after(laneKey(rollup, seq))})
	if err != nil {
		return laneRow{}, false, l.readError(fmt.Sprintf("read lane of rollup %s", rollup), err)
	}
	if it.Last() {
		row = laneRow{
			first: binary.BigEndian.Uint64(it.Key()[9:]),
			tick:  binary.BigEndian.Uint64(it.Value()), count: binary.BigEndian.Uint64(it.Value()[8:]),
		}
		ok = seq < row.first+row.count
	}
	found := it.Valid()
	if err := it.Close(); err != nil {
		return row, false, l.readError(fmt.Sprintf("read lane of rollup %s", rollup), err)
	}
	if found {
		return row, ok, nil
	}
	switch start, err := l.LaneStart(rollup); {
	case err != nil:
		return row, false, err
	case seq < start:
		return row, false, fmt.Errorf("%w: rollup %s, seq %d, the oldest kept is %d", ErrPruned, rollup, seq, start)
	}
	return row, false, nil
}

// LaneStart is the first position of a lane that is kept, zero if there is none.
func (l *Log) LaneStart(rollup core.RollupID) (seq uint64, err error) {
	done, err := l.begin()
	if err != nil {
		return 0, err
	}
	defer done()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: laneKey(rollup, 0), UpperBound: after(laneKey(rollup, math.MaxUint64))})
	if err != nil {
		return 0, l.readError(fmt.Sprintf("read lane of rollup %s", rollup), err)
	}
	if it.First() {
		seq = binary.BigEndian.Uint64(it.Key()[9:])
	}
	if err := it.Close(); err != nil {
		return 0, l.readError(fmt.Sprintf("read lane of rollup %s", rollup), err)
	}
	return seq, nil
}

// Places lists every lane position at which a transaction was ordered, by rollup and seq.
func (l *Log) Places(hash common.Hash) ([]core.Place, error) {
	var places []core.Place
	err := l.scan(hashPrefix(hash), func(key, value []byte) {
		places = append(places, core.Place{
			Rollup: core.RollupID(binary.BigEndian.Uint64(key)),
			Seq:    binary.BigEndian.Uint64(key[8:]), Tick: binary.BigEndian.Uint64(value),
		})
	})
	return places, err
}

// BundlePlaces lists every tick in which a bundle was ordered.
func (l *Log) BundlePlaces(id common.Hash) ([]core.BundlePlace, error) {
	var places []core.BundlePlace
	err := l.scan(bundlePrefix(id), func(key, value []byte) {
		places = append(places, core.BundlePlace{
			Tick: binary.BigEndian.Uint64(key), Index: uint32(binary.BigEndian.Uint64(value)),
		})
	})
	return places, err
}

// Ledger lists the ordering machine's state after the newest tick.
func (l *Log) Ledger() ([]core.KV, error) {
	var rows []core.KV
	err := l.scan([]byte{spaceLedger}, func(key, value []byte) {
		rows = append(rows, core.KV{Key: append([]byte(nil), key...), Value: append([]byte(nil), value...)})
	})
	return rows, err
}

// scan visits all keys that begin with prefix, without it. The slices are valid during the call only.
func (l *Log) scan(prefix []byte, visit func(key, value []byte)) error {
	done, err := l.begin()
	if err != nil {
		return err
	}
	defer done()
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return l.readError("scan", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		visit(it.Key()[len(prefix):], it.Value())
	}
	if err := it.Close(); err != nil {
		return l.readError("scan", err)
	}
	return nil
}
