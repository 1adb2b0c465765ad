package opstack

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// maxRounds bounds the builds for one block. op-geth names one bad transaction per build; while there is time each of them costs one.
const maxRounds = 256

// rounds finds the longest part of a list of candidates that an execution client takes: a pure machine. A build is tried, its
// outcome goes in, and the next try comes out. Every candidate ends in one of three ways: it is in the block; it is skipped, which
// consumes it for good; or it is carried, and with it all that follow, because the block is full or the rounds are used up.
type rounds struct {
	// live are the candidates that are neither skipped nor carried.
	live  []candidate
	skips []core.Skip
	// end is the position behind the part that is taken: the cut's, or the first candidate that is carried.
	end uint64
	// alone: nothing but the L1 attributes is in the block beside the candidates. What does not fit into it then never will.
	alone bool

	// live[:good] was built; live[:sound] was executed, on the way to a refusal.
	good, sound int
	// bad is a length that was refused without a reason; zero for none.
	bad  int
	left int
	// hurried: the time was used up.
	hurried bool
}

// newRounds begins with the lane's transactions up to the cut, for a block of some capacity of a chain.
func newRounds(all []candidate, cut uint64, room capacity, chain core.RollupID) *rounds {
	r := &rounds{end: cut, left: maxRounds}
	seen := make(map[common.Hash]bool, len(all))
	signer := gethtypes.NewPragueSigner(new(big.Int).SetUint64(uint64(chain)))
	for _, c := range all {
		if code := room.inspect(c, signer); code != core.Included {
			r.skip(c, code)
			continue
		}
		if seen[c.hash] { // the same transaction again
			r.skip(c, core.VoidNonceTooLow)
			continue
		}
		seen[c.hash] = true
		r.live = append(r.live, c)
	}
	if n := room.limit(r.live); n < len(r.live) {
		r.carry(n)
	}
	return r
}

// next is how many candidates are to be tried; false if the end is reached: then live[:good] is the block.
func (r *rounds) next() (n int, more bool) {
	switch {
	case r.good == len(r.live):
		return 0, false
	case r.left > 0 && r.bad == 0:
		r.left--
		return len(r.live), true
	case r.left > 0 && r.bad > r.good+1:
		r.left--
		return (r.good + r.bad) / 2, true
	case r.left == 0 && r.sound > r.good: // what was executed is good
		r.left--
		return r.sound, true
	}
	r.carry(r.good)
	return 0, false
}

// built takes the outcome of a try of n: the block, with these transactions of them. It is false if these are others.
func (r *rounds) built(n int, included []common.Hash) bool {
	kept := make([]candidate, 0, len(r.live))
	at := 0
	for i, c := range r.live {
		switch {
		case i >= n:
			kept = append(kept, c)
		case at < len(included) && included[at] == c.hash:
			kept = append(kept, c)
			at++
		default:
			r.skip(c, core.VoidRejected)
		}
	}
	gone := len(r.live) - len(kept)
	r.live, r.good = kept, n-gone
	if r.bad > 0 {
		r.bad -= gone
	}
	r.close()
	return at == len(included)
}

// refused takes the outcome of a try of n: refused because of a transaction. full says that it did not fit.
func (r *rounds) refused(n int, hash common.Hash, full bool, code core.OutcomeCode) {
	at := slices.IndexFunc(r.live[:n], func(c candidate) bool { return c.hash == hash })
	if at < 0 {
		r.failed(n)
		return
	}
	r.sound = at
	if full && (at > 0 || !r.alone) {
		r.carry(at)
		return
	}
	r.skip(r.live[at], code)
	r.live = slices.Delete(r.live, at, at+1)
	if r.bad > at {
		r.bad--
	}
	if r.bad <= r.good+1 {
		r.bad = 0
	}
}

// failed takes the outcome of a try of n: refused without a name.
func (r *rounds) failed(n int) {
	r.bad = n
	r.close()
}

// close decides about the first candidate that cannot follow what is good.
func (r *rounds) close() {
	if r.bad == 0 || r.bad > r.good+1 {
		return
	}
	if r.good > 0 || !r.alone {
		r.carry(r.good)
		return
	}
	r.skip(r.live[0], core.VoidRejected)
	r.live, r.bad = r.live[1:], 0
}

func (r *rounds) skip(c candidate, code core.OutcomeCode) {
	r.skips = append(r.skips, core.Skip{Seq: c.seq, Code: code})
}

// carry leaves live[at] and everything behind it to the next block.
func (r *rounds) carry(at int) {
	r.end, r.live, r.bad = r.live[at].seq, r.live[:at], 0
	r.sound = min(r.sound, at)
	r.good = min(r.good, at)
}

// stop lets no further try begin but the one of what was executed already.
func (r *rounds) stop() { r.left, r.hurried = min(r.left, 0), true }

// without skips candidates that earlier builds on the same parent refused; those behind them need not be built to find that again.
func (r *rounds) without(bad map[uint64]core.OutcomeCode) {
	r.live = slices.DeleteFunc(r.live, func(c candidate) bool {
		code, refused := bad[c.seq]
		if refused {
			r.skip(c, code)
		}
		return refused
	})
}

// skipped are the skips in the part that is taken, by position.
func (r *rounds) skipped() []core.Skip {
	taken := slices.DeleteFunc(slices.Clone(r.skips), func(s core.Skip) bool { return s.Seq >= r.end })
	slices.SortFunc(taken, func(a, b core.Skip) int { return cmp.Compare(a.Seq, b.Seq) })
	return taken
}
