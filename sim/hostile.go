package sim

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
)

// hostile makes bad proposals of good ones.
type hostile struct {
	s    *simulation
	rand *rand.Rand
	next int // of spoilers: they take turns
}

// spoilers are the rules that a proposer can break; each gives the new transactions, nil if the proposal has nothing
// to break the rule with.
var spoilers = []struct {
	name  string
	spoil func(h *hostile, p *ordering.Proposal, t *core.Tick) [][]byte
}{
	{"empty", func(*hostile, *ordering.Proposal, *core.Tick) [][]byte { return [][]byte{} }},
	{"noSystemEntry", func(_ *hostile, p *ordering.Proposal, _ *core.Tick) [][]byte { return p.Txs[1:] }},
	{"twoSystemEntries", func(_ *hostile, p *ordering.Proposal, _ *core.Tick) [][]byte {
		return slices.Insert(p.Txs, 1, p.Txs[0])
	}},
	{"forgedVote", (*hostile).forgedVote},
	{"noQuorum", (*hostile).noQuorum},
	{"swappedVotes", (*hostile).swappedVotes},
	{"timeGoesBack", func(h *hostile, p *ordering.Proposal, _ *core.Tick) [][]byte {
		p.Time = h.s.timeMs - 1
		return p.Txs
	}},
	{"wrongHeight", func(_ *hostile, p *ordering.Proposal, _ *core.Tick) [][]byte {
		p.Height++
		return p.Txs
	}},
	{"trailingGarbage", func(_ *hostile, p *ordering.Proposal, _ *core.Tick) [][]byte {
		return append(p.Txs, []byte{1, 0xff, 3})
	}},
	{"flippedByte", (*hostile).flippedByte},
	{"oversize", (*hostile).oversize},
	{"emptySection", func(h *hostile, p *ordering.Proposal, _ *core.Tick) [][]byte {
		return append(p.Txs[:1:1], core.Section{Rollup: h.s.net.evm[0]}.Encode())
	}},
	{"sectionsSwapped", (*hostile).sectionsSwapped},
	{"sectionTwice", func(_ *hostile, p *ordering.Proposal, t *core.Tick) [][]byte {
		if len(t.Sections) == 0 {
			return nil
		}
		return append(p.Txs, p.Txs[len(p.Txs)-1])
	}},
	{"wrongLane", (*hostile).wrongLane},
	{"unknownRollup", (*hostile).unknownRollup},
	{"duplicateSingle", (*hostile).duplicateSingle},
	{"duplicateBundle", func(_ *hostile, p *ordering.Proposal, t *core.Tick) [][]byte {
		if len(t.Bundles) == 0 {
			return nil
		}
		t.Bundles = append(t.Bundles, t.Bundles[0])
		return rebuilt(p, t)
	}},
	{"legAsSingle", (*hostile).legAsSingle},
	{"protectedAlone", (*hostile).protectedAlone},
	{"wrongCommitment", (*hostile).wrongCommitment},
	{"expiredBundle", (*hostile).expiredBundle},
	{"tooManyLegs", (*hostile).tooManyLegs},
}

// spoil breaks one rule; no name means that the proposer says nothing instead.
func (h *hostile) spoil(honest ordering.Proposal) (ordering.Proposal, string) {
	for range 8 {
		i := h.next % len(spoilers)
		h.next++
		t := &core.Tick{Number: honest.Height, Time: honest.Time}
		if t.DecodePayload(honest.Txs[1:], h.s.net.id, h.s.net.genesis.Kind) != nil {
			break
		}
		p := honest
		p.Txs = slices.Clone(honest.Txs)
		if txs := spoilers[i].spoil(h, &p, t); txs != nil {
			p.Txs = txs
			return p, spoilers[i].name
		}
	}
	return honest, ""
}

// rebuilt is the proposal with a changed tick.
func rebuilt(p *ordering.Proposal, t *core.Tick) [][]byte {
	return append(p.Txs[:1:1], t.Payload()...)
}

func (h *hostile) editVotes(p *ordering.Proposal, edit func([]core.ExtendedVote) bool) [][]byte {
	entry, err := core.DecodeSystemEntry(p.Txs[0])
	if err != nil || len(entry.Votes) == 0 || !edit(entry.Votes) {
		return nil
	}
	return append([][]byte{entry.Encode()}, p.Txs[1:]...)
}

func (h *hostile) forgedVote(p *ordering.Proposal, _ *core.Tick) [][]byte {
	return h.editVotes(p, func(votes []core.ExtendedVote) bool {
		for i := range votes {
			if len(votes[i].Signature) > 0 {
				votes[i].Signature = bytes.Clone(votes[i].Signature)
				votes[i].Signature[h.rand.IntN(32)] ^= 1
				return true
			}
		}
		return false
	})
}

func (h *hostile) noQuorum(p *ordering.Proposal, _ *core.Tick) [][]byte {
	return h.editVotes(p, func(votes []core.ExtendedVote) bool {
		left := 0
		for i := range votes {
			if left++; 3*left > 2*len(votes) {
				votes[i].Signature, votes[i].Extension = nil, nil
			}
		}
		return true
	})
}

func (h *hostile) swappedVotes(p *ordering.Proposal, _ *core.Tick) [][]byte {
	return h.editVotes(p, func(votes []core.ExtendedVote) bool {
		if len(votes) < 2 {
			return false
		}
		votes[0], votes[1] = votes[1], votes[0]
		return true
	})
}

func (h *hostile) flippedByte(p *ordering.Proposal, _ *core.Tick) [][]byte {
	part := h.rand.IntN(len(p.Txs))
	p.Txs[part] = bytes.Clone(p.Txs[part])
	p.Txs[part][h.rand.IntN(2)] ^= 0x40 // version or kind: elsewhere it may be another good transaction
	return p.Txs
}

func (h *hostile) oversize(p *ordering.Proposal, _ *core.Tick) [][]byte {
	filler := core.NewOpaqueTransaction(opaque, make([]byte, h.s.net.genesis.Params.MaxTxBytes))
	var txs []core.Transaction
	for i := range byte(9) {
		raw := bytes.Clone(filler.Raw())
		raw[0] = i
		txs = append(txs, core.NewOpaqueTransaction(opaque, raw))
	}
	return append(p.Txs[:1:1], core.Section{Rollup: opaque, Txs: txs}.Encode())
}

func (h *hostile) sectionsSwapped(p *ordering.Proposal, t *core.Tick) [][]byte {
	if len(t.Sections) < 2 {
		return nil
	}
	t.Sections[0], t.Sections[1] = t.Sections[1], t.Sections[0]
	return rebuilt(p, t)
}

func (h *hostile) wrongLane(p *ordering.Proposal, t *core.Tick) [][]byte {
	for i := range t.Sections {
		if t.Sections[i].Rollup != h.s.net.evm[0] && t.Sections[i].Rollup != opaque {
			t.Sections = []core.Section{{Rollup: h.s.net.evm[0], Txs: t.Sections[i].Txs}}
			return rebuilt(p, t)
		}
	}
	return nil
}

func (h *hostile) unknownRollup(p *ordering.Proposal, t *core.Tick) [][]byte {
	if len(t.Sections) == 0 {
		return nil
	}
	t.Sections[len(t.Sections)-1].Rollup = 77_777
	return rebuilt(p, t)
}

func (h *hostile) duplicateSingle(p *ordering.Proposal, t *core.Tick) [][]byte {
	if len(t.Sections) == 0 {
		return nil
	}
	s := &t.Sections[h.rand.IntN(len(t.Sections))]
	s.Txs = append(s.Txs, s.Txs[0])
	return rebuilt(p, t)
}

// legAsSingle orders a bundle's leg a second time in the same tick.
func (h *hostile) legAsSingle(p *ordering.Proposal, t *core.Tick) [][]byte {
	if len(t.Bundles) == 0 {
		return nil
	}
	tx := t.Bundles[0].Txs[0]
	t.Sections = []core.Section{{Rollup: tx.Rollup(), Txs: []core.Transaction{tx}}}
	return rebuilt(p, t)
}

// protectedAlone tears a protected leg out of its bundle.
func (h *hostile) protectedAlone(p *ordering.Proposal, t *core.Tick) [][]byte {
	for _, b := range t.Bundles {
		for _, tx := range b.Txs {
			if h.s.protected(tx) {
				t.Bundles, t.Sections = nil, []core.Section{{Rollup: tx.Rollup(), Txs: []core.Transaction{tx}}}
				return rebuilt(p, t)
			}
		}
	}
	return nil
}

// wrongCommitment puts a protected leg into a bundle of another commitment.
func (h *hostile) wrongCommitment(p *ordering.Proposal, t *core.Tick) [][]byte {
	for _, b := range t.Bundles {
		if slices.ContainsFunc(b.Txs, h.s.protected) {
			other := *b.Bundle
			other.Commitment[5]++
			b.Bundle = &other
			t.Bundles, t.Sections = []core.DecodedBundle{b}, nil
			return rebuilt(p, t)
		}
	}
	return nil
}

func (h *hostile) expiredBundle(p *ordering.Proposal, t *core.Tick) [][]byte {
	if len(t.Bundles) == 0 {
		return nil
	}
	other := *t.Bundles[0].Bundle
	other.NotBefore, other.NotAfter = 0, p.Time-1
	t.Bundles[0].Bundle = &other
	return rebuilt(p, t)
}

func (h *hostile) tooManyLegs(p *ordering.Proposal, t *core.Tick) [][]byte {
	if len(t.Bundles) == 0 {
		return nil
	}
	other := *t.Bundles[0].Bundle
	for uint64(len(other.Legs)) <= h.s.net.genesis.Params.MaxBundleLegs {
		other.Legs = append(other.Legs[:len(other.Legs):len(other.Legs)], other.Legs[0])
	}
	t.Bundles[0].Bundle = &other
	return rebuilt(p, t)
}

// nasty is a proposal within the rules of whatever was signed lately, ordered already or not, in any order.
func (h *hostile) nasty(v *validator, honest ordering.Proposal, votes []ordering.ExtendedVote, round int32) ordering.Proposal {
	singles := make(map[core.RollupID][]core.Transaction)
	for _, i := range h.rand.Perm(len(h.s.load.signed))[:min(len(h.s.load.signed), 20)] {
		tx := h.s.load.signed[i]
		singles[tx.Rollup()] = append(singles[tx.Rollup()], tx)
	}
	var c core.Candidates
	for _, id := range h.s.net.evm {
		c.Sections = append(c.Sections, core.Section{Rollup: id, Txs: singles[id]})
	}
	for _, i := range h.rand.Perm(len(h.s.load.bundles))[:min(len(h.s.load.bundles), 8)] {
		c.Bundles = append(c.Bundles, h.s.load.bundles[i])
	}
	return ordering.Proposal{Height: honest.Height, Time: honest.Time, Txs: v.machine.Build(ordering.BuildRequest{
		Height: honest.Height, Time: honest.Time, Round: round, Votes: votes, MaxBytes: int64(h.s.net.genesis.Params.MaxTickBytes),
	}, c)}
}
