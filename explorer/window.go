package explorer

import (
	"sort"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// windowRows bounds the ticks of a lane whose entries are known while they wait for their outcome.
const windowRows = 4096

// laneWindow remembers when the entries of a lane that wait for an outcome began.
type laneWindow struct{ rows []windowRow }

// windowRow is what one tick added.
type windowRow struct {
	first, count, proposed uint64
	accepted               []uint64 // by entry; shorter if the last ones did not come from a client of this node
}

// accept notes when entry i came from a client; zero if it did not.
func (r *windowRow) accept(i int, at uint64) {
	if at == 0 {
		return
	}
	for len(r.accepted) <= i {
		r.accepted = append(r.accepted, 0)
	}
	r.accepted[i] = at
}

func (r *windowRow) acceptedAt(i uint64) uint64 {
	if i < uint64(len(r.accepted)) {
		return r.accepted[i]
	}
	return 0
}

func (w *laneWindow) add(r windowRow) {
	if len(w.rows) == windowRows {
		w.rows = w.rows[1:]
	}
	w.rows = append(w.rows, r)
}

// find tells when an entry began.
func (w *laneWindow) find(seq uint64) (beginning, bool) {
	i := sort.Search(len(w.rows), func(i int) bool { return w.rows[i].first > seq }) - 1
	if i < 0 || seq-w.rows[i].first >= w.rows[i].count {
		return beginning{}, false
	}
	r := &w.rows[i]
	return beginning{r.proposed, r.acceptedAt(seq - r.first)}, true
}

// forgetAfter is for how many rows decided entries are kept: a zone that executes again decides them anew.
const forgetAfter = 256

// forget drops the rows of which everything is decided, but the newest of them.
func (w *laneWindow) forget(undecided uint64) {
	n := sort.Search(len(w.rows), func(i int) bool { return w.rows[i].first+w.rows[i].count > undecided })
	if n > forgetAfter {
		w.rows = w.rows[n-forgetAfter:]
	}
}

// maxArrivals bounds the ids whose arrival is remembered.
const maxArrivals = 1 << 16

// arrivals remember when this node took entries from clients, in ms since the Unix epoch: the newest ones.
type arrivals struct {
	at   map[common.Hash]uint64
	ring []common.Hash
	next int
}

func newArrivals() *arrivals {
	return &arrivals{at: make(map[common.Hash]uint64), ring: make([]common.Hash, maxArrivals)}
}

func (a *arrivals) add(id common.Hash, now uint64) {
	if _, known := a.at[id]; known {
		return
	}
	delete(a.at, a.ring[a.next])
	a.at[id], a.ring[a.next] = now, id
	a.next = (a.next + 1) % len(a.ring)
}

// of is when an entry of a lane came, as itself or with its bundle; zero if it did not come from a client, or is forgotten.
func (a *arrivals) of(item core.LaneItem) uint64 {
	if item.IsLeg() {
		return a.at[item.Bundle]
	}
	return a.at[item.Tx.Hash()]
}

// seenTicks is for how many of the newest ticks it is remembered when this node learned of them.
const seenTicks = 1 << 13

// seen remembers when ticks came, in ms since the Unix epoch.
type seen struct {
	ring [seenTicks]struct{ tick, ms uint64 }
}

func (s *seen) put(tick, ms uint64) {
	s.ring[tick%seenTicks].tick, s.ring[tick%seenTicks].ms = tick, ms
}

func (s *seen) get(tick uint64) uint64 {
	if r := s.ring[tick%seenTicks]; r.tick == tick {
		return r.ms
	}
	return 0
}
