package core

import (
	"fmt"
	"iter"
	"slices"

	"github.com/ethereum/go-ethereum/common"
)

// Tick is one decided block of the ordering engine, decoded: what it ordered and when.
type Tick struct {
	// Number is the engine's height, from 1.
	Number uint64
	// Time is the consensus time in ms since the Unix epoch; it never decreases from tick to tick.
	Time uint64
	// Control changes the network; nil for most ticks. It moves no lane.
	Control *Control
	// Bundles stand in the proposer's order and come before the sections in every lane they touch.
	Bundles []DecodedBundle
	// Sections stand in ascending order of their rollup.
	Sections []Section
}

// Empty reports whether the tick ordered nothing for any rollup.
func (t *Tick) Empty() bool { return len(t.Bundles) == 0 && len(t.Sections) == 0 }

// DecodePayload reads the encodings of a tick's control entry, bundle section and sections (its CometBFT transactions without the
// system entry) into t. It checks encodings only: the layout rules are package ordering's.
func (t *Tick) DecodePayload(payload [][]byte, network NetworkID, kind func(RollupID) (RollupKind, bool)) error {
	for i, b := range payload {
		k, err := KindOf(b)
		if err != nil {
			return fmt.Errorf("payload %d: %w", i, err)
		}
		switch k {
		case EncControl:
			if i != 0 {
				return fmt.Errorf("payload %d: %w: control entry not first", i, ErrMalformed)
			}
			if t.Control, err = DecodeControl(b); err != nil {
				return fmt.Errorf("payload %d: %w", i, err)
			}
		case EncBundleSection:
			if t.Bundles != nil || t.Sections != nil {
				return fmt.Errorf("payload %d: %w: bundle section not first or not alone", i, ErrMalformed)
			}
			if t.Bundles, err = DecodeBundleSection(b, network, kind); err != nil {
				return fmt.Errorf("payload %d: %w", i, err)
			}
		case EncSection:
			s, err := DecodeSection(b, kind)
			if err != nil {
				return fmt.Errorf("payload %d: %w", i, err)
			}
			t.Sections = append(t.Sections, s)
		default:
			return fmt.Errorf("payload %d: %w: %#x", i, ErrUnknownKind, k)
		}
	}
	return nil
}

// Payload encodes what the tick ordered: the control entry if there is one, the bundle section if there are bundles, then
// the sections.
func (t *Tick) Payload() [][]byte {
	var payload [][]byte
	if t.Control != nil {
		payload = append(payload, t.Control.Encode())
	}
	if len(t.Bundles) > 0 {
		payload = append(payload, EncodeBundleSection(t.Bundles))
	}
	for _, s := range t.Sections {
		payload = append(payload, s.Encode())
	}
	return payload
}

// LaneItem is one position of a lane: a single transaction, a leg of a bundle, a block or a report.
type LaneItem struct {
	Tx Transaction
	// Bundle is the id of the bundle the item is a leg of; zero for singles.
	Bundle common.Hash
	// Leg is the item's index among the bundle's legs; for singles it is zero, for a block or a report its kind's number.
	Leg uint32
}

// IsLeg reports whether the item is a leg of a bundle.
func (i LaneItem) IsLeg() bool { return i.Bundle != (common.Hash{}) }

// Leaf is the item's leaf in the tick's lane tree: keccak(tag ‖ bundle ‖ leg ‖ transaction hash).
func (i LaneItem) Leaf() common.Hash {
	hash := i.Tx.Hash()
	return TagLaneItem.Sum(i.Bundle[:], U64(uint64(i.Leg)), hash[:])
}

// NewLaneItem is the item of an entry that stands by itself. The leg's number, without a bundle, keeps a block or a report
// apart from a transaction of the same bytes.
func NewLaneItem(tx Transaction) LaneItem {
	if tx.Kind() == EncTransaction {
		return LaneItem{Tx: tx}
	}
	return LaneItem{Tx: tx, Leg: uint32(tx.Kind())}
}

// LaneItems lists what the tick ordered for one rollup, in execution order: bundle legs, then the section.
func (t *Tick) LaneItems(rollup RollupID) []LaneItem {
	count := t.countLane(rollup)
	if count == 0 {
		return nil
	}
	items := make([]LaneItem, 0, count)
	for _, item := range t.Lane(rollup) {
		items = append(items, item)
	}
	return items
}

// Lane is LaneItems one after the other, with their places in the list, without memory for all of them.
func (t *Tick) Lane(rollup RollupID) iter.Seq2[int, LaneItem] {
	return func(yield func(int, LaneItem) bool) {
		i := 0
		for j := range t.Bundles {
			b := &t.Bundles[j]
			for leg, tx := range b.Txs {
				if tx.Rollup() != rollup {
					continue
				}
				if !yield(i, LaneItem{Tx: tx, Bundle: b.Hash, Leg: uint32(leg)}) {
					return
				}
				i++
			}
		}
		for _, s := range t.Sections {
			if s.Rollup != rollup {
				continue
			}
			for _, tx := range s.Txs {
				if !yield(i, NewLaneItem(tx)) {
					return
				}
				i++
			}
		}
	}
}

// countLane is how many items LaneItems lists.
func (t *Tick) countLane(rollup RollupID) (count int) {
	for i := range t.Bundles {
		for j := range t.Bundles[i].Txs {
			if t.Bundles[i].Txs[j].rollup == rollup {
				count++
			}
		}
	}
	for _, s := range t.Sections {
		if s.Rollup == rollup {
			count += len(s.Txs)
		}
	}
	return count
}

// LaneRow says what a tick added to one lane. Rows exist only for lanes the tick added to.
type LaneRow struct {
	Rollup   RollupID
	FirstSeq uint64
	Count    uint64
	// Root is the MerkleRoot over the items' leaves.
	Root common.Hash
	// Head is the lane head after the tick.
	Head common.Hash
}

// LaneHead is the state of a lane: how much was ordered for it, and the hash that commits to all of it.
type LaneHead struct {
	NextSeq uint64
	Head    common.Hash
}

// Advance moves the head over the items a tick ordered: head' = keccak(tag ‖ networkId ‖ rollup ‖ head ‖ tick ‖
// firstSeq ‖ count ‖ root). Without items nothing moves and ok is false.
func (h LaneHead) Advance(network NetworkID, rollup RollupID, tick uint64, items []LaneItem) (row LaneRow, ok bool) {
	return h.advance(network, tick, LaneRow{Rollup: rollup, Count: uint64(len(items))}, slices.All(items))
}

// AdvanceOver is Advance over what a tick ordered for the rollup.
func (h LaneHead) AdvanceOver(network NetworkID, rollup RollupID, tick *Tick) (row LaneRow, ok bool) {
	return h.advance(network, tick.Number, LaneRow{Rollup: rollup, Count: uint64(tick.countLane(rollup))}, tick.Lane(rollup))
}

func (h LaneHead) advance(network NetworkID, tick uint64, row LaneRow, lane iter.Seq2[int, LaneItem]) (LaneRow, bool) {
	if row.Count == 0 {
		return LaneRow{}, false
	}
	row.Root = laneRoot(int(row.Count), lane)
	return h.Next(network, tick, row), true
}

// laneRoot is MerkleRoot over the leaves of so many items.
func laneRoot(count int, lane iter.Seq2[int, LaneItem]) common.Hash {
	switch {
	case count < manyHashes:
		leaves := make([]common.Hash, 0, manyHashes)
		for _, item := range lane {
			leaves = append(leaves, item.Leaf())
		}
		return MerkleRoot(leaves)
	case hasFourfold():
		return newFourfold().laneRoot(count, lane)
	default:
		return newHashing().laneRoot(count, lane)
	}
}

// Next is Advance for who knows the root over the items' leaves and not the items: it completes a row that has Rollup,
// Count (at least 1) and Root.
func (h LaneHead) Next(network NetworkID, tick uint64, row LaneRow) LaneRow {
	row.FirstSeq = h.NextSeq
	row.Head = TagLane.Sum(network[:], U64(uint64(row.Rollup)), h.Head[:], U64(tick), U64(row.FirstSeq), U64(row.Count), row.Root[:])
	return row
}

// After is the lane head after a row.
func (r LaneRow) After() LaneHead { return LaneHead{NextSeq: r.FirstSeq + r.Count, Head: r.Head} }
