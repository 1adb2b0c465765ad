package zone

import "github.com/ethereum/go-ethereum/common"

// digestWindow is how many of the newest digests stay readable. Attestation lags by a few ticks and lists at most
// params.maxDigests, so the window is generous.
const digestWindow = 4096

// ring holds the digests of the newest ticks, without gaps: those of ticks first to next-1.
type ring struct {
	first, next uint64
	digests     [digestWindow]common.Hash
}

// reset empties the ring; tick next is the first one to be put.
func (r *ring) reset(next uint64) { r.first, r.next = next, next }

// put adds the digest of tick r.next.
func (r *ring) put(digest common.Hash) {
	r.digests[r.next%digestWindow] = digest
	r.next++
	if r.next-r.first > digestWindow {
		r.first = r.next - digestWindow
	}
}

func (r *ring) get(tick uint64) (common.Hash, bool) {
	if tick < r.first || tick >= r.next {
		return common.Hash{}, false
	}
	return r.digests[tick%digestWindow], true
}

// list gives at most max digests from a tick on; none if that one is not held.
func (r *ring) list(from uint64, max int) []common.Hash {
	var found []common.Hash
	for ; len(found) < max; from++ {
		digest, ok := r.get(from)
		if !ok {
			break
		}
		found = append(found, digest)
	}
	return found
}
