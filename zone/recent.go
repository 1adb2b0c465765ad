package zone

import (
	"sync"

	"github.com/lockstep-network/lockstep/core"
)

const (
	// recentFates is how many of a rollup's newest fates stay in memory. Those who follow execution ask for each of them, several
	// times, within moments.
	recentFates = recentPages * recentPage
	// recentPages of recentPage fates each are made as they are needed: most rollups of many have few.
	recentPages, recentPage = 16, 64
)

// recentRing has a rollup's fates by position modulo recentFates; a fate of tick zero is none.
type recentRing [recentPages]*[recentPage]Fate

// recent holds fates that are in the store too, by position; a later position takes the place of an earlier one. Readers may
// come from any goroutine.
type recent struct {
	mu    sync.RWMutex
	fates map[core.RollupID]*recentRing
}

func newRecent() *recent { return &recent{fates: make(map[core.RollupID]*recentRing)} }

func (r *recent) put(fates []Fate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range fates {
		f := &fates[i]
		ring := r.fates[f.Rollup]
		if ring == nil {
			ring = new(recentRing)
			r.fates[f.Rollup] = ring
		}
		page := &ring[f.Seq%recentFates/recentPage]
		if *page == nil {
			*page = new([recentPage]Fate)
		}
		(*page)[f.Seq%recentPage] = *f
	}
}

func (r *recent) get(rollup core.RollupID, seq uint64) (Fate, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	ring := r.fates[rollup]
	if ring == nil || ring[seq%recentFates/recentPage] == nil {
		return Fate{}, false
	}
	f := ring[seq%recentFates/recentPage][seq%recentPage]
	return f, f.Tick != 0 && f.Seq == seq
}

// forget drops everything: what was decided is taken back, or pruned.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.fates)
}
