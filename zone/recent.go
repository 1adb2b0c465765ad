package zone

import (
	"sync"

	"github.com/lockstep-network/lockstep/core"
)

// recentFates is how many of a rollup's newest fates stay in memory. Those who follow execution ask for each of them, several
// times, within moments.
const recentFates = 1024

// recent holds fates that are in the store too, by position; a later position takes the place of an earlier one. Readers may
// come from any goroutine.
type recent struct {
	mu    sync.RWMutex
	fates map[core.RollupID]map[uint64]Fate // by position modulo recentFates
}

func newRecent() *recent { return &recent{fates: make(map[core.RollupID]map[uint64]Fate)} }

func (r *recent) put(fates []Fate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range fates {
		f := &fates[i]
		slots := r.fates[f.Rollup]
		if slots == nil {
			slots = make(map[uint64]Fate)
			r.fates[f.Rollup] = slots
		}
		slots[f.Seq%recentFates] = *f
	}
}

func (r *recent) get(rollup core.RollupID, seq uint64) (Fate, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	f, ok := r.fates[rollup][seq%recentFates]
	return f, ok && f.Seq == seq
}

// forget drops everything: what was decided is taken back, or pruned.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.fates)
}
