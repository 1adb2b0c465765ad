package orderedlog

import (
	"encoding/binary"
	"fmt"

	"github.com/cockroachdb/pebble"

	"github.com/lockstep-network/lockstep/core"
)

// maxReports bounds the reports that are looked at for one lane position: one block takes it, and another one after each reorg.
const maxReports = 64

func reportPrefix(rollup core.RollupID) []byte {
	return binary.BigEndian.AppendUint64([]byte{spaceReport}, uint64(rollup))
}

func reportKey(rollup core.RollupID, next, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(reportPrefix(rollup), next), seq)
}

func reportValue(tick, first uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, tick), first)
}

// ReportOn is where the newest report stands that an operator gave about a position of its lane, of those that are kept. Reports of
// ticks that a build without this index wrote are not found.
func (l *Log) ReportOn(rollup core.RollupID, position uint64) (p core.Place, ok bool, err error) {
	done, err := l.begin()
	if err != nil {
		return p, false, err
	}
	defer done()
	lower := binary.BigEndian.AppendUint64(reportPrefix(rollup), position+1)
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: after(reportPrefix(rollup))})
	if err != nil {
		return p, false, l.readError(fmt.Sprintf("read reports of rollup %s", rollup), err)
	}
	for n, there := 0, it.First(); there && n < maxReports; n, there = n+1, it.Next() {
		seq, tick, first := binary.BigEndian.Uint64(it.Key()[17:]), binary.BigEndian.Uint64(it.Value()), binary.BigEndian.Uint64(it.Value()[8:])
		if first <= position && (!ok || seq > p.Seq) {
			p, ok = core.Place{Rollup: rollup, Seq: seq, Tick: tick}, true
		}
	}
	if err := it.Close(); err != nil {
		return p, false, l.readError(fmt.Sprintf("read reports of rollup %s", rollup), err)
	}
	return p, ok, nil
}
