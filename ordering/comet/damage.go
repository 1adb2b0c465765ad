package comet

import (
	"fmt"
	"path/filepath"
	"sync"
)

// dataDir is where the engine keeps its blocks, its state, its write-ahead log and the record of its last signature.
func (n *Node) dataDir() string { return filepath.Join(n.cfg.Home, "data") }

// startFailure names the files that the engine did not start with, and the remedy that is safe: all of the data can be
// had from peers, except for the record of the last signature, without which the validator could sign twice.
func (n *Node) startFailure(err error) error {
	return fmt.Errorf("%w: start with %s at tick %d: %w (if files are damaged or missing: remove everything in %s except %s, "+
		"and the ordered log, and start again; both come back from the peers, as far as they keep blocks)",
		ErrHalted, n.dataDir(), n.deps.Machine.Height(), err, n.dataDir(), filepath.Base(lastSignFile))
}

// absence notes which peers have pruned what this node needs next. Once all have, waiting is in vain.
type absence struct {
	mu    sync.Mutex
	bases map[string]uint64
	said  bool
}

// lacking takes notice that a peer's blocks begin at base, and tells once where the peers begin when none of them can
// help.
func (a *absence) lacking(peer string, base uint64, peers int) (oldest uint64, all bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.bases == nil {
		a.bases = make(map[string]uint64)
	}
	a.bases[peer] = base
	if a.said || peers == 0 || len(a.bases) < peers {
		return 0, false
	}
	a.said = true
	oldest = base
	for _, b := range a.bases {
		oldest = min(oldest, b)
	}
	return oldest, true
}

// all tells whether so many peers have said that they have pruned a tick.
func (a *absence) all(peers int, next uint64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	pruned := 0
	for _, base := range a.bases {
		if base > next {
			pruned++
		}
	}
	return peers > 0 && pruned >= peers
}

// helps takes notice of a peer that has what is needed.
func (a *absence) helps(peer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.bases, peer)
}
