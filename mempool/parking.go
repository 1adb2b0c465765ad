package mempool

import (
	"container/list"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// A protected transaction that comes alone is parked under the commitment that it names, so that wallets that can only
// broadcast take part in bundles: somebody tells the node the bundle's skeleton, each wallet sends its leg, and when the
// last one has come the node puts the bundle together. All of it is local to one node: parked legs are not gossiped, so
// everybody has to send to the node that knows the skeleton, and a parked leg is never offered for the order.

// Parking is what the pool knows about a commitment.
type Parking struct {
	Commitment common.Hash
	// Skeleton is nil while nobody has told it to this node. It must not be changed.
	Skeleton *core.Skeleton
	// Legs are the transactions that came, by the skeleton's legs, zero where one is missing; without a skeleton those that
	// came, in that order.
	Legs []common.Hash
	// Bundle is the id of the bundle that was put together, or sent by somebody; zero before.
	Bundle common.Hash
	// Until is when what is parked is dropped.
	Until time.Time
}

// parked is a leg that waits for its bundle.
type parked struct {
	e     *entry
	group *parkingGroup
	// leg is the index in the skeleton, -1 while there is none.
	leg   int
	since time.Time
	place *list.Element // in parking.order
}

// slot is what only one parked leg can have.
type slot struct {
	rollup core.RollupID
	from   common.Address
	nonce  uint64
}

func (l *parked) slot() slot { return slot{l.e.tx.Rollup(), l.e.from, l.e.nonce()} }

// parkingGroup is everything that names one commitment.
type parkingGroup struct {
	commitment common.Hash
	skeleton   *core.Skeleton
	// client told the skeleton and answers for the bundle.
	client string
	legs   []*parked // those that wait, in order of arrival
	// hashes are by the skeleton's legs, also after the bundle was put together.
	hashes []common.Hash
	bundle common.Hash
	// busy: the bundle is being put together.
	busy  bool
	place *list.Element // in parking.skeletons, nil without a skeleton
}

// parking is what is parked. Whatever is sent, it stays within the caps of Config.
type parking struct {
	groups    map[common.Hash]*parkingGroup
	legs      map[common.Hash]*parked
	slots     map[slot]*parked
	senders   map[slot]int // by rollup and sender; the nonce is zero
	known     map[common.Hash]*parkingGroup
	skeletons *list.List // of *parkingGroup, the one told first in front
	order     *list.List // of *parked, in order of arrival
	bytes     int
}

func newParking() parking {
	return parking{
		groups: make(map[common.Hash]*parkingGroup), legs: make(map[common.Hash]*parked), slots: make(map[slot]*parked),
		senders: make(map[slot]int), known: make(map[common.Hash]*parkingGroup), skeletons: list.New(), order: list.New(),
	}
}

// group finds or makes the group of a commitment. The caller must end with tidy.
func (k *parking) group(commitment common.Hash) *parkingGroup {
	g := k.groups[commitment]
	if g == nil {
		g = &parkingGroup{commitment: commitment}
		k.groups[commitment] = g
	}
	return g
}

// tidy forgets a group of which nothing is known.
func (k *parking) tidy(g *parkingGroup) {
	if g.skeleton == nil && len(g.legs) == 0 {
		delete(k.groups, g.commitment)
	}
}

func (k *parking) put(l *parked) {
	k.legs[l.e.tx.Hash()] = l
	l.place = k.order.PushBack(l)
	k.slots[l.slot()] = l
	k.senders[slot{rollup: l.e.tx.Rollup(), from: l.e.from}]++
	k.bytes += l.e.size()
	l.group.legs = append(l.group.legs, l)
	k.join(l)
}

// join notes a leg's place in its skeleton.
func (k *parking) join(l *parked) {
	if l.leg >= 0 {
		l.group.hashes[l.leg] = l.e.tx.Hash()
		k.known[l.e.tx.Hash()] = l.group
	}
}

// take takes a leg out; its hash stays in the skeleton if a bundle has it now.
func (k *parking) take(l *parked, bundled bool) {
	g, hash := l.group, l.e.tx.Hash()
	delete(k.legs, hash)
	k.order.Remove(l.place)
	delete(k.slots, l.slot())
	sender := slot{rollup: l.e.tx.Rollup(), from: l.e.from}
	if k.senders[sender]--; k.senders[sender] == 0 {
		delete(k.senders, sender)
	}
	k.bytes -= l.e.size()
	g.legs = slices.DeleteFunc(g.legs, func(other *parked) bool { return other == l })
	if !bundled && l.leg >= 0 {
		g.hashes[l.leg] = common.Hash{}
		delete(k.known, hash)
	}
	k.tidy(g)
}

// forgetSkeleton forgets a skeleton; its legs must be gone.
func (k *parking) forgetSkeleton(g *parkingGroup) {
	for _, hash := range g.hashes {
		delete(k.known, hash)
	}
	k.skeletons.Remove(g.place)
	g.skeleton, g.place, g.hashes = nil, nil, nil
	k.tidy(g)
}

// find tells which leg of the skeleton a transaction is.
func (g *parkingGroup) find(e *entry) (leg int, ok bool) {
	for i := range g.skeleton.Legs {
		want := &g.skeleton.Legs[i]
		have := core.CommitLeg(e.tx.Eth(), e.tx.Rollup(), e.from, want.MayRevert)
		if have.Equal(want) {
			return i, true
		}
	}
	return 0, false
}

// complete gives the bundle if all legs are there and nobody else puts it together.
func (g *parkingGroup) complete() *core.Bundle {
	if g.skeleton == nil || g.busy || len(g.legs) < len(g.skeleton.Legs) {
		return nil
	}
	// Each leg was compared with the skeleton, whose commitment is the one that they name.
	b := &core.Bundle{
		Atomicity: g.skeleton.Atomicity, NotBefore: g.skeleton.NotBefore, NotAfter: g.skeleton.NotAfter,
		Commitment: g.commitment, Legs: make([]core.Leg, len(g.skeleton.Legs)),
	}
	for _, l := range g.legs {
		b.Legs[l.leg] = core.Leg{Rollup: l.e.tx.Rollup(), Tx: hexutil.Bytes(l.e.tx.Raw()), MayRevert: g.skeleton.Legs[l.leg].MayRevert}
	}
	g.busy = true
	return b
}

// missing says which legs are not there, for people.
func (g *parkingGroup) missing() string {
	if g.skeleton == nil {
		return "nobody told this node the bundle of commitment " + g.commitment.String()
	}
	var missing []string
	for i, hash := range g.hashes {
		if leg := g.skeleton.Legs[i]; hash == (common.Hash{}) {
			missing = append(missing, fmt.Sprintf("legs[%d] of %s on rollup %d", i, leg.Sender, leg.Rollup))
		}
	}
	return strings.Join(missing, ", ") + " did not come"
}
