package ordering

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// The most that parts of a vote extension take in bytes: everything but the zones (with a checkpoint vote), a zone without
// digests, a digest.
const (
	extensionFrame = 128
	zoneFrame      = 26
	digestSize     = 33
)

// maxExtension bounds a vote extension in bytes, so that a system entry with the extensions of core.MaxValidators fills
// at most half a tick. It does not depend on the validator set, which may differ between the tick in which an extension
// is signed and the tick that hands it on.
func (m *Machine) maxExtension() int {
	return int(m.genesis.Params.MaxTickBytes / (2 * core.MaxValidators))
}

// CheckExtension checks a vote extension's format and length. Its content is not judged: a peer cannot.
func (m *Machine) CheckExtension(ext []byte) error {
	_, err := m.decodeExtension(ext)
	return err
}

func (m *Machine) decodeExtension(ext []byte) (*core.VoteExtension, error) {
	if len(ext) > m.maxExtension() {
		return nil, fmt.Errorf("%w: %d bytes, cap %d", ErrExtension, len(ext), m.maxExtension())
	}
	decoded, err := core.DecodeVoteExtension(ext, m.genesis.Params.MaxDigests)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrExtension, err)
	}
	return decoded, nil
}

// Extend makes this validator's vote extension: for each zone its results after the attested one, as many as the
// parameters and the size of an extension allow. results gives the digests of at most max consecutive ticks beginning
// with from, or none. Where not every zone has room for a digest, the zones take turns by height. checkpoint is the
// validator's signature over what CheckpointToSign names, or empty.
func (m *Machine) Extend(results func(zone core.ZoneID, from uint64, max int) []common.Hash, checkpoint core.CheckpointVote) []byte {
	ext := core.VoteExtension{Checkpoint: checkpoint}
	zones := m.now.Zones
	room := m.maxExtension() - extensionFrame
	share := 1
	if len(zones) > 0 {
		share = max(1, (room/len(zones)-zoneFrame)/digestSize)
	}
	for i := range zones {
		z := zones[(m.tick.Height+uint64(i))%uint64(len(zones))]
		limit := min(share, (room-zoneFrame)/digestSize, int(m.genesis.Params.MaxDigests))
		if limit < 1 {
			break
		}
		from := lookup[attestedValue](m.ledger, attestedKey(z.ID)).Tick + 1
		digests := results(z.ID, from, limit)
		if len(digests) == 0 {
			continue
		}
		digests = digests[:min(len(digests), limit)]
		ext.Zones = append(ext.Zones, core.ZoneDigests{Zone: z.ID, FirstTick: from, Digests: digests})
		room -= zoneFrame + digestSize*len(digests)
	}
	slices.SortFunc(ext.Zones, func(a, b core.ZoneDigests) int { return cmp.Compare(a.Zone, b.Zone) })
	return ext.Encode()
}

// tally replaces each validator's results by its newest extension and moves each zone's attested result to the highest
// tick on which results of more than 2/3 of the total power agree. It lists the zones that moved.
//
// An absent vote keeps the validator's results; an extension that leaves a zone out erases them there. Of a list count
// only the ticks that an honest one can name: after the attested tick, at most params.maxDigests of them, and before
// this tick. Zones that are not in the registry have no results.
func (m *Machine) tally(s *stage, in *inspected) []core.Attested {
	var moved []core.Attested
	for _, z := range m.now.Zones {
		at := lookup[attestedValue](s, attestedKey(z.ID))
		lists := make([]resultsValue, len(m.validators))
		for i, v := range m.validators {
			lists[i] = lookup[resultsValue](s, resultsKey(z.ID, v.address))
			if ext := in.extensions[i]; ext != nil {
				lists[i] = listOf(ext, z.ID)
			}
			lists[i] = lists[i].between(at.Tick+1, min(at.Tick+m.genesis.Params.MaxDigests, in.tick.Number-1))
		}
		if next, ok := m.agreed(lists); ok {
			at = next
			s.put(attestedKey(z.ID), at)
			moved = append(moved, core.Attested{Zone: z.ID, Tick: at.Tick, Digest: at.Digest})
		}
		for i, v := range m.validators {
			key := resultsKey(z.ID, v.address)
			if rest := lists[i].between(at.Tick+1, in.tick.Number-1); len(rest.Digests) > 0 {
				s.put(key, rest)
			} else {
				s.drop(key)
			}
		}
	}
	return moved
}

// listOf is what an extension says about a zone.
func listOf(ext *core.VoteExtension, zone core.ZoneID) resultsValue {
	for _, z := range ext.Zones {
		if z.Zone == zone {
			return resultsValue{FirstTick: z.FirstTick, Digests: z.Digests}
		}
	}
	return resultsValue{}
}

// between is the part of the list on the ticks first to last, empty if there is none.
func (r resultsValue) between(first, last uint64) resultsValue {
	end := min(r.FirstTick+uint64(len(r.Digests)), last+1) // decoding made sure that a list ends within uint64
	begin := max(r.FirstTick, first)
	if begin >= end {
		return resultsValue{}
	}
	return resultsValue{FirstTick: begin, Digests: r.Digests[begin-r.FirstTick : end-r.FirstTick]}
}

// agreed is the highest tick on which lists of more than 2/3 of the total power have the same digest. The lists span at
// most params.maxDigests ticks.
func (m *Machine) agreed(lists []resultsValue) (attestedValue, bool) {
	var first, end uint64
	for _, list := range lists {
		if n := uint64(len(list.Digests)); n > 0 {
			if end == 0 || list.FirstTick < first {
				first = list.FirstTick
			}
			end = max(end, list.FirstTick+n)
		}
	}
	for tick := end; tick > first; tick-- {
		if digest, power := m.majority(lists, tick-1); quorum(power, m.power) {
			return attestedValue{Tick: tick - 1, Digest: digest}, true
		}
	}
	return attestedValue{}, false
}

// majority is the digest that more than half of the listed power has at tick, if any has, and that power (Boyer and
// Moore's majority vote, by weight: one pass finds the only candidate, a second one counts it).
func (m *Machine) majority(lists []resultsValue, tick uint64) (digest common.Hash, power uint64) {
	var lead uint64
	for i, list := range lists {
		d, ok := list.at(tick)
		switch weight := m.validators[i].Power; {
		case !ok:
		case d == digest:
			lead += weight
		case lead >= weight:
			lead -= weight
		default:
			digest, lead = d, weight-lead
		}
	}
	for i, list := range lists {
		if d, ok := list.at(tick); ok && d == digest {
			power += m.validators[i].Power
		}
	}
	return digest, power
}

// at is the digest of a tick.
func (r resultsValue) at(tick uint64) (common.Hash, bool) {
	if tick < r.FirstTick || tick-r.FirstTick >= uint64(len(r.Digests)) {
		return common.Hash{}, false
	}
	return r.Digests[tick-r.FirstTick], true
}
