package mempool

import (
	"container/list"
	"slices"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Whoever signs a bundle's replacement owns the line (signer, uuid), in which a higher nonce takes the place of a lower
// one. What others sign or send about the same bundle gives them no say over it: a bundle leaves the pool by a
// replacement or a cancellation only if nobody else brought it here. So a validator that sees a bundle in the gossip can
// neither cancel it nor replace it.

const (
	// maxSharers is how many lines may hold the same bundle.
	maxSharers = 4
	// maxEarlier is how many of its bundles a line remembers, to notice that one of them was ordered after all.
	maxEarlier = 16
)

// lineKey names a line.
type lineKey struct {
	signer common.Address
	uuid   core.UUID
}

// line is what the pool remembers of a line of bundles of which each replaces the one before.
type line struct {
	key lineKey
	// nonce is the highest one seen, and bundle what it brought: zero if it was a cancellation.
	nonce  uint64
	bundle common.Hash
	// ordered is the tick that ordered one of the line's bundles, orderedID that bundle; zero while none is.
	ordered   uint64
	orderedID common.Hash
	// seen are the line's newest bundles, the current one last.
	seen []common.Hash
	// until is when the line may be forgotten, in ms of this node's clock: every bundle that was signed before the last
	// change has expired by then.
	until uint64
	place *list.Element // in lines.list; nil once forgotten
}

// lines are the lines of all signers.
type lines struct {
	byKey    map[lineKey]*line
	byBundle map[common.Hash][]*line
	bySigner map[common.Address]int
	list     *list.List // of *line, the longest unchanged first
}

func newLines() lines {
	return lines{
		byKey: make(map[lineKey]*line), byBundle: make(map[common.Hash][]*line),
		bySigner: make(map[common.Address]int), list: list.New(),
	}
}

// accepts checks that a replacement by a bundle, or with the zero id a cancellation, may follow what the line has seen.
// same says that it is what the line has already.
func (s *line) accepts(nonce uint64, id common.Hash) (same bool, err error) {
	switch {
	case s == nil:
		return false, nil
	case nonce == s.nonce && id == s.bundle:
		return true, nil
	case s.ordered != 0:
		return false, refuse(ErrAlreadyOrdered, "bundle %s of this uuid is ordered in tick %d; a new uuid begins a new line", s.orderedID, s.ordered)
	case nonce <= s.nonce:
		return false, &Refusal{Cause: ErrReplacementNonce, Field: "nonce", Detail: s.describe(nonce)}
	}
	return false, nil
}

func (s *line) describe(nonce uint64) string {
	text := "have " + strconv.FormatUint(nonce, 10) + ", want above " + strconv.FormatUint(s.nonce, 10) + ", which "
	if s.bundle == (common.Hash{}) {
		return text + "cancelled"
	}
	return text + "brought bundle " + s.bundle.Hex()
}

// lineRoom makes sure that a line exists or can be made.
func (p *Pool) lineRoom(key lineKey) error {
	if p.lines.byKey[key] != nil {
		return nil
	}
	if n := p.lines.bySigner[key.signer]; n >= p.cfg.MaxSignerLines {
		return refuse(ErrAccountLimitExceeded, "%s has replaced or cancelled under %d uuids in the last minutes", key.signer, n)
	}
	for place := p.lines.list.Front(); len(p.lines.byKey) >= p.cfg.MaxLines; {
		if place == nil {
			return refuse(ErrFull, "%d uuids of waiting bundles", len(p.lines.byKey))
		}
		s := place.Value.(*line)
		place = place.Next()
		if b := p.bundles[s.bundle]; b == nil || b.place == nil {
			p.forgetLine(s)
		}
	}
	return nil
}

// setLine notes what a nonce brought, for which lineRoom must have made room. id is zero for a cancellation.
func (p *Pool) setLine(key lineKey, nonce uint64, id common.Hash) *line {
	s := p.lines.byKey[key]
	if s == nil {
		s = &line{key: key}
		s.place = p.lines.list.PushBack(s)
		p.lines.byKey[key] = s
		p.lines.bySigner[key.signer]++
	}
	s.nonce, s.bundle = nonce, id
	s.until = uint64(p.now().UnixMilli()) + p.genesis.InForce().Params.MaxBundleWindow + clockSlack
	p.lines.list.MoveToBack(s.place)
	if id == (common.Hash{}) || slices.Contains(s.seen, id) {
		return s
	}
	if len(s.seen) >= maxEarlier {
		p.lines.leave(s, s.seen[0])
		s.seen = slices.Delete(s.seen, 0, 1)
	}
	s.seen = append(s.seen, id)
	p.lines.byBundle[id] = append(p.lines.byBundle[id], s)
	return s
}

// leave takes a line out of the index of a bundle.
func (s *lines) leave(old *line, id common.Hash) {
	rest := slices.DeleteFunc(s.byBundle[id], func(other *line) bool { return other == old })
	if s.byBundle[id] = rest; len(rest) == 0 {
		delete(s.byBundle, id)
	}
}

func (p *Pool) forgetLine(s *line) {
	p.lines.list.Remove(s.place)
	s.place = nil
	delete(p.lines.byKey, s.key)
	if p.lines.bySigner[s.key.signer]--; p.lines.bySigner[s.key.signer] == 0 {
		delete(p.lines.bySigner, s.key.signer)
	}
	for _, id := range s.seen {
		p.lines.leave(s, id)
	}
}

// forgetLines forgets the lines whose time is over.
func (p *Pool) forgetLines(nowMs uint64) {
	for place := p.lines.list.Front(); place != nil && place.Value.(*line).until < nowMs; place = p.lines.list.Front() {
		p.forgetLine(place.Value.(*line))
	}
}

// current is the line's bundle if it waits and nobody else brought it; nil otherwise.
func (p *Pool) current(s *line) *bundle {
	if s == nil {
		return nil
	}
	b := p.bundles[s.bundle]
	if b == nil || b.place == nil || b.plain || p.sharers(b.Hash) > 1 {
		return nil
	}
	return b
}

// sharers counts the lines whose current bundle this is.
func (p *Pool) sharers(id common.Hash) (n int) {
	for _, s := range p.lines.byBundle[id] {
		if s.bundle == id {
			n++
		}
	}
	return n
}

// orderLines notes that a bundle is ordered. A line that holds another one by now came too late, and that one must not be
// ordered as well.
func (p *Pool) orderLines(id common.Hash, tick uint64) {
	for _, s := range p.lines.byBundle[id] {
		if s.ordered != 0 {
			continue
		}
		s.ordered, s.orderedID = tick, id
		if b := p.current(s); b != nil && b.Hash != id {
			p.dropBundle(b, refuse(ErrAlreadyOrdered, "bundle %s, which it replaces, is ordered in tick %d", id, tick))
		}
	}
}
