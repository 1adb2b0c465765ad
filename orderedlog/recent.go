package orderedlog

import "github.com/lockstep-network/lockstep/core"

// Bounds of the decoded ticks kept in memory for readers that follow closely.
const (
	recentTicks = 1024
	recentBytes = 32 << 20
)

type recentTick struct {
	record *core.TickRecord
	tick   *core.Tick
	size   int
}

// recent holds the newest ticks decoded, so that followers at the head neither read nor decode, and share the
// transaction objects whose senders the pool has already recovered.
type recent struct {
	ticks map[uint64]recentTick
	first uint64
	bytes int
}

func newRecent() recent { return recent{ticks: make(map[uint64]recentTick)} }

func (r *recent) add(record *core.TickRecord, tick *core.Tick, size int) {
	if len(r.ticks) == 0 {
		r.first = record.Number
	}
	r.ticks[record.Number] = recentTick{record, tick, size}
	r.bytes += size
	for len(r.ticks) > 1 && (len(r.ticks) > recentTicks || r.bytes > recentBytes) {
		r.bytes -= r.ticks[r.first].size
		delete(r.ticks, r.first)
		r.first++
	}
}
