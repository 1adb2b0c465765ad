package opstack

import (
	"cmp"
	"maps"
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
// consumes it for good; or it is carried, and with it all that follow, because the block is full or the rounds are used up. Only
// what is in the block takes room.
type rounds struct {
	// all are the candidates that can be in a block, in their order; room is what the block has.
	all  []candidate
	room capacity
	// live are those that the next block is made of, as far as there is room.
	live []candidate
	// skips are those that no block on this parent can hold at their place, and refusals those that the execution client has refused
	// in the lists that it got: final once what was left out of these by foresight is proven.
	skips, refusals map[uint64]core.OutcomeCode
	// ledger foresees what need not be tried, and foreseen is what it does; nil without one. tried is what it was wrong about, or
	// could not prove.
	ledger   *ledger
	foreseen map[uint64]core.OutcomeCode
	tried    map[uint64]bool
	// whole and until are all and cut as they were in the beginning.
	whole []candidate
	until uint64
	// cut is the position behind the part that may be taken, end behind the part that is: the first candidate that is carried.
	cut, end uint64
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
	skips, in := make(map[uint64]core.OutcomeCode), make([]candidate, 0, len(all))
	seen := make(map[common.Hash]bool, len(all))
	signer := gethtypes.NewPragueSigner(new(big.Int).SetUint64(uint64(chain)))
	for _, c := range all {
		if code := room.inspect(&c, signer); code != core.Included {
			skips[c.seq] = code
			continue
		}
		if seen[c.hash] { // the same transaction again
			skips[c.seq] = core.VoidNonceTooLow
			continue
		}
		seen[c.hash] = true
		in = append(in, c)
	}
	return startRounds(in, cut, room, skips)
}

// startRounds begins with candidates that were inspected.
func startRounds(all []candidate, cut uint64, room capacity, skips map[uint64]core.OutcomeCode) *rounds {
	r := &rounds{
		all: all, cut: cut, whole: all, until: cut, left: maxRounds, room: room, skips: skips,
		refusals: make(map[uint64]core.OutcomeCode), tried: make(map[uint64]bool),
	}
	r.arrange()
	return r
}

// gone tells whether a candidate is skipped, and not by foresight alone.
func (r *rounds) gone(seq uint64) bool {
	_, skipped := r.skips[seq]
	_, refused := r.refusals[seq]
	return skipped || refused
}

// arrange makes the list that is tried next. What was built of it stays built as far as it is the same.
func (r *rounds) arrange() {
	r.look()
	before := r.live
	kept := make([]candidate, 0, len(r.all))
	for _, c := range r.all {
		if _, bad := r.foreseen[c.seq]; !bad && !r.gone(c.seq) {
			kept = append(kept, c)
		}
	}
	n := r.room.limit(kept)
	if r.live, r.end = kept[:n], r.cut; n < len(kept) {
		r.end = kept[n].seq
	}
	same := 0
	for same < min(len(before), n) && before[same].seq == r.live[same].seq {
		same++
	}
	if r.sound = min(max(r.sound, r.good), same); same < r.good {
		r.good = 0
	}
	if r.bad > same { // another list may well be taken
		r.bad = 0
	}
}

// look lets the ledger foresee what is to be left out. Where it leaves out less than before, what the execution client said about
// lists without that does not count any more.
func (r *rounds) look() {
	if r.ledger == nil {
		return
	}
	for {
		before := r.foreseen
		r.foreseen = r.ledger.foresee(r.all, r.tried, r.gone)
		back, any := uint64(0), false
		for seq := range before { //det:unordered a minimum
			if _, still := r.foreseen[seq]; !still && seq < r.cut && !r.gone(seq) && (!any || seq < back) {
				back, any = seq, true
			}
		}
		if !any {
			return
		}
		r.forget(back)
	}
}

// forget drops what the execution client said about anything behind a position.
func (r *rounds) forget(seq uint64) {
	maps.DeleteFunc(r.refusals, func(s uint64, _ core.OutcomeCode) bool { return s > seq })
	r.all, r.cut, r.bad = r.whole, r.until, 0
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
	at, tried := 0, r.live[:n]
	r.good = 0
	for _, c := range slices.Clone(tried) {
		if at < len(included) && included[at] == c.hash {
			at++
			continue
		}
		r.drop(at, core.VoidRejected)
	}
	r.good = at
	r.arrange()
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
	r.drop(at, code)
	r.arrange()
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
	r.bad = 0
	r.drop(0, core.VoidRejected)
	r.arrange()
}

// drop skips live[at].
func (r *rounds) drop(at int, code core.OutcomeCode) {
	r.refusals[r.live[at].seq] = code
	r.live = slices.Delete(slices.Clone(r.live), at, at+1)
	if r.bad > at {
		r.bad--
	}
}

// carry leaves live[at] and everything behind it to the next block.
func (r *rounds) carry(at int) { r.carryFrom(r.live[at].seq) }

// carryFrom leaves what is at a position and everything behind it to the next block. If some of that was built already, a block
// without it is tried, whatever was used up.
func (r *rounds) carryFrom(seq uint64) {
	at := 0
	for at < len(r.live) && r.live[at].seq < seq {
		at++
	}
	if r.good > at {
		r.good, r.sound, r.left = 0, at, max(r.left, 0)
	}
	r.cut, r.end, r.live, r.bad = seq, seq, r.live[:at], 0
	r.sound = min(r.sound, at)
	r.all = slices.DeleteFunc(slices.Clone(r.all), func(c candidate) bool { return c.seq >= seq })
}

// stop lets no further try begin but the one of what was executed already.
func (r *rounds) stop() { r.left, r.hurried = min(r.left, 0), true }

// exhausted tells whether there might be more in the block, had there been more time or rounds.
func (r *rounds) exhausted() bool { return r.hurried || r.left <= 0 }

// without skips candidates that earlier builds on the same parent refused; those behind them need not be built to find that again.
func (r *rounds) without(bad map[uint64]core.OutcomeCode) {
	for _, c := range r.all {
		if code, refused := bad[c.seq]; refused {
			r.skips[c.seq] = code
		}
	}
	r.arrange()
}

// weighed takes a ledger, from now on.
func (r *rounds) weighed(l *ledger) {
	r.ledger = l
	r.arrange()
}

// suspects are the candidates in the part that is taken that are left out by foresight alone.
func (r *rounds) suspects() (list []candidate) {
	for _, c := range r.all {
		if code, bad := r.foreseen[c.seq]; bad && !r.gone(c.seq) && c.seq < r.end && code != core.VoidFeeCapTooLow {
			list = append(list, c)
		}
	}
	return list
}

// settle takes the senders' accounts behind the block of live[:good]. It is true if that proves everything that was foreseen;
// otherwise the rest is tried, or carried if there is no further try.
func (r *rounds) settle(behind map[common.Address]account) bool {
	held := make(map[uint64]bool, r.good)
	for _, c := range r.live[:r.good] {
		held[c.seq] = true
	}
	var part []candidate
	for _, c := range r.all {
		if !r.gone(c.seq) && c.seq < r.end {
			part = append(part, c)
		}
	}
	unproven := r.ledger.prove(part, r.foreseen, held, behind)
	switch {
	case len(unproven) == 0:
		return true
	case r.left <= 0:
		r.carryFrom(unproven[0])
		return false
	}
	for _, seq := range unproven {
		r.tried[seq] = true
	}
	r.arrange()
	return false
}

// skipped are the skips in the part that is taken, by position.
func (r *rounds) skipped() []core.Skip {
	codes := make(map[uint64]core.OutcomeCode)
	maps.Copy(codes, r.skips)
	maps.Copy(codes, r.refusals)
	for seq, code := range r.foreseen { //det:unordered each by itself
		if known, ok := codes[seq]; !ok || known == core.VoidRejected {
			codes[seq] = code
		}
	}
	var taken []core.Skip
	for seq, code := range codes { //det:unordered sorted below
		if seq < r.end {
			taken = append(taken, core.Skip{Seq: seq, Code: code})
		}
	}
	slices.SortFunc(taken, func(a, b core.Skip) int { return cmp.Compare(a.Seq, b.Seq) })
	return taken
}
