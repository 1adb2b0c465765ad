package orderedlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Heard is the newest result of a zone on which the votes that decided a tick agree, by what Append was told; tick zero before
// the first. It is as durable as the ticks, so who was told of it may rely on it after a restart too.
func (l *Log) Heard(zone core.ZoneID) core.Attested {
	l.mu.Lock()
	defer l.mu.Unlock()
	if heard, ok := l.heard[zone]; ok {
		return heard
	}
	return core.Attested{Zone: zone}
}

// news are the results that were not heard yet. What is heard never goes back: a commit may show less than the one before it.
func (l *Log) news(heard []core.Attested) []core.Attested {
	return slices.DeleteFunc(slices.Clone(heard), func(a core.Attested) bool { return a.Tick <= l.Heard(a.Zone).Tick })
}

// writeHeard puts what votes agree on into the batch of the tick that they decide.
func writeHeard(b *pebble.Batch, heard []core.Attested) error {
	for _, a := range heard {
		if err := b.Set(heardKey(a.Zone), append(core.U64(a.Tick), a.Digest[:]...), nil); err != nil {
			return err
		}
	}
	return nil
}

// findHeard reads what votes agreed on before the start.
func (l *Log) findHeard() error {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceHeard}, UpperBound: []byte{spaceHeard + 1}})
	if err != nil {
		return l.readError("find heard results", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		a, bad := readHeard(it.Key()[1:], it.Value())
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("%w: %s: %w", ErrCorrupt, l.cfg.Dir, bad))
			continue
		}
		l.heard[a.Zone] = a
	}
	if err := errors.Join(err, it.Close()); err != nil {
		return l.readError("find heard results", err)
	}
	return nil
}

func readHeard(key, value []byte) (core.Attested, error) {
	if len(key) != 8 || len(value) != 8+common.HashLength {
		return core.Attested{}, fmt.Errorf("heard result %x has %d bytes", key, len(value))
	}
	return core.Attested{
		Zone: core.ZoneID(binary.BigEndian.Uint64(key)), Tick: binary.BigEndian.Uint64(value), Digest: common.BytesToHash(value[8:]),
	}, nil
}
