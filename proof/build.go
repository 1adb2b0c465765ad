package proof

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// Builder makes proofs of what a node keeps. Errors are *NotCoveredError for what has to wait, ErrUnknown for what is
// not in the order, and the source's own.
type Builder struct{ Source Source }

// Want says what a proof is to show.
type Want struct {
	// OrderOnly leaves the outcomes out: it is there earlier, and the only proof there is for lanes that no zone executes.
	OrderOnly bool
}

// spot is a lane position whose proof is being built.
type spot struct {
	rollup core.RollupID
	seq    uint64
	zone   ZoneSource // nil for order only
	tick   uint64     // that decided it; zero for order only
}

// Transaction proves a lane position.
func (b Builder) Transaction(rollup core.RollupID, seq uint64, w Want) (*Proof, error) {
	parts, err := b.build([]spot{{rollup: rollup, seq: seq}}, w)
	if err != nil {
		return nil, err
	}
	at := parts.items[0]
	return &Proof{Version: Version, Transaction: &Transaction{
		Anchor: parts.anchor, Tx: at.Tx.Raw(), Bundle: at.Bundle, Leg: at.Leg,
		Place: parts.places[0], Lane: parts.lanes[0], Zones: parts.zones,
	}}, nil
}

// Bundle proves all legs of the index-th bundle of a tick. legs are the lane positions of its legs, in the bundle's order.
func (b Builder) Bundle(bundle *core.Bundle, legs []core.Place, w Want) (*Proof, error) {
	spots := make([]spot, len(legs))
	for i, leg := range legs {
		spots[i] = spot{rollup: leg.Rollup, seq: leg.Seq}
	}
	parts, err := b.build(spots, w)
	if err != nil {
		return nil, err
	}
	return &Proof{Version: Version, Bundle: &Bundle{
		Anchor: parts.anchor, Bundle: bundle.Encode(), Legs: parts.places, Lanes: parts.lanes, Zones: parts.zones,
	}}, nil
}

// parts are the pieces of a proof.
type parts struct {
	anchor Anchor
	places []Place
	items  []core.LaneItem
	lanes  []Lane
	zones  []Zone
}

// build makes the pieces for positions that one tick ordered.
func (b Builder) build(spots []spot, w Want) (*parts, error) {
	rows, _, err := b.Source.Rows(spots[0].rollup, spots[0].seq, 0)
	if err != nil {
		return nil, err
	}
	tick := rows[0].Tick
	if err := b.findDecisions(spots, w); err != nil {
		return nil, err
	}
	order, result, err := b.anchors(tick, spots)
	if err != nil {
		return nil, err
	}
	p := &parts{places: make([]Place, len(spots)), items: make([]core.LaneItem, len(spots)), lanes: []Lane{}, zones: []Zone{}}
	if p.anchor, err = b.anchor(order, result); err != nil {
		return nil, err
	}
	decoded, err := b.Source.Tick(tick)
	if err != nil {
		return nil, err
	}
	for i, s := range spots {
		lane, err := b.laneOf(p, s, order)
		if err != nil {
			return nil, err
		}
		if lane.Rows[0].Gap != tick {
			return nil, fmt.Errorf("%w: rollup %s seq %d is in tick %d, want %d", ErrUnknown, s.rollup, s.seq, lane.Rows[0].Gap, tick)
		}
		items := decoded.LaneItems(s.rollup)
		at := int(s.seq - lane.FirstSeq)
		p.items[i] = items[at]
		p.places[i] = Place{Seq: s.seq, Path: present(core.MerklePath(itemLeaves(items), at))}
		if p.places[i].Outcome, err = outcome(s); err != nil {
			return nil, err
		}
	}
	if p.zones, err = zonesOf(spots, result); err != nil {
		return nil, err
	}
	slices.SortFunc(p.lanes, func(a, b Lane) int { return cmp.Compare(a.Rollup, b.Rollup) })
	return p, nil
}

// findDecisions notes for each position which tick decided it.
func (b Builder) findDecisions(spots []spot, w Want) error {
	if w.OrderOnly {
		return nil
	}
	for i := range spots {
		s := &spots[i]
		if s.zone = b.Source.Zone(s.rollup); s.zone == nil {
			continue
		}
		tick, ok, err := s.zone.DecidedIn(s.rollup, s.seq)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%w: rollup %s seq %d", ErrUndecided, s.rollup, s.seq)
		}
		s.tick = tick
	}
	return nil
}

// anchors finds the checkpoints that the order and the results end in; mostly they are the same.
func (b Builder) anchors(tick uint64, spots []spot) (order, result *core.CompleteCheckpoint, err error) {
	if order, err = b.Source.Checkpoint(tick); err != nil {
		return nil, nil, err
	}
	if order == nil {
		return nil, nil, &NotCoveredError{What: "order", Tick: tick, Newest: b.Source.Newest()}
	}
	for result = order; ; {
		missing := uncovered(spots, result)
		if missing == nil {
			break
		}
		missing.Newest = result.Draft.Checkpoint.Tick
		if result, err = b.Source.Checkpoint(missing.Newest + 1); err != nil {
			return nil, nil, err
		}
		if result == nil {
			return nil, nil, missing
		}
	}
	for _, s := range spots {
		if ledgerProof(result, s.rollup) == nil {
			return order, result, nil
		}
	}
	return result, result, nil
}

// uncovered is a position whose decision is not in the checkpoint's results, nil if there is none.
func uncovered(spots []spot, c *core.CompleteCheckpoint) *NotCoveredError {
	for _, s := range spots {
		if s.tick == 0 {
			continue
		}
		if at := resultOf(c, s.zone.ID()); at < s.tick {
			return &NotCoveredError{What: "result", Tick: s.tick, Attested: at}
		}
	}
	return nil
}

func resultOf(c *core.CompleteCheckpoint, zone core.ZoneID) uint64 {
	for _, r := range c.Draft.Checkpoint.Results {
		if r.Zone == zone {
			return r.Tick
		}
	}
	return 0
}

// anchor is the signed part of a proof.
func (b Builder) anchor(order, result *core.CompleteCheckpoint) (Anchor, error) {
	a := Anchor{Order: order.Signed()}
	if result != order {
		signed := result.Signed()
		a.Result = &signed
	}
	handovers, err := b.Source.Handovers(result.Draft.Checkpoint.Tick)
	if err != nil {
		return Anchor{}, err
	}
	a.Handovers = append([]Handover{}, handovers...)
	return a, nil
}

// laneOf gives the lane of a position, and makes it if it is the first one of its rollup.
func (b Builder) laneOf(p *parts, s spot, c *core.CompleteCheckpoint) (*Lane, error) {
	for i := range p.lanes {
		if p.lanes[i].Rollup == s.rollup {
			return &p.lanes[i], nil
		}
	}
	lane, err := b.lane(s.rollup, s.seq, c)
	if err != nil {
		return nil, err
	}
	p.lanes = append(p.lanes, *lane)
	return &p.lanes[len(p.lanes)-1], nil
}

// lane makes the rows from the one that holds seq to the checkpoint.
func (b Builder) lane(rollup core.RollupID, seq uint64, c *core.CompleteCheckpoint) (*Lane, error) {
	nodes := ledgerProof(c, rollup)
	if nodes == nil {
		return nil, fmt.Errorf("%w: checkpoint %d proves no lane of rollup %s", ErrUnknown, c.Draft.Checkpoint.Tick, rollup)
	}
	rows, before, err := b.Source.Rows(rollup, seq, c.Draft.Checkpoint.Tick)
	if err != nil {
		return nil, err
	}
	if len(rows) > MaxRows {
		return nil, fmt.Errorf("%w: %d rows to checkpoint %d, at most %d", ErrFormat, len(rows), c.Draft.Checkpoint.Tick, MaxRows)
	}
	lane := &Lane{Rollup: rollup, FirstSeq: rows[0].FirstSeq, Before: before, Ledger: nodes}
	last := uint64(0)
	for _, r := range rows {
		lane.Rows = append(lane.Rows, Row{Gap: r.Tick - last, Count: r.Count, Root: r.Root})
		last = r.Tick
	}
	return lane, nil
}

// ledgerProof are the trie's nodes to a lane head, nil if the lane did not move since the checkpoint before.
func ledgerProof(c *core.CompleteCheckpoint, rollup core.RollupID) []hexutil.Bytes {
	key := core.LaneLedgerKey(rollup)
	for _, p := range c.Draft.Proofs {
		if bytes.Equal(p.Key, key) {
			nodes := make([]hexutil.Bytes, len(p.Nodes))
			for i, n := range p.Nodes {
				nodes[i] = n
			}
			return nodes
		}
	}
	return nil
}

// outcome makes the way from a position's outcome to the results root of its tick.
func outcome(s spot) (*Outcome, error) {
	if s.tick == 0 {
		return nil, nil
	}
	results, outcomes, err := s.zone.Decisions(s.tick)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		if r.Rollup != s.rollup {
			continue
		}
		leaves := make([]common.Hash, len(outcomes[i]))
		for j, o := range outcomes[i] {
			leaves[j] = o.Leaf()
		}
		for j, o := range outcomes[i] {
			if o.Seq == s.seq {
				return &Outcome{
					Zone: s.zone.ID(), Tick: s.tick, Code: o.Code, ReceiptHash: o.ReceiptHash, Result: r,
					Branch:       presentBranch(core.NewMerkleBranch(leaves, j)),
					ResultBranch: presentBranch(core.NewMerkleBranch(core.ResultLeaves(results), i)),
				}, nil
			}
		}
	}
	return nil, fmt.Errorf("%w: rollup %s seq %d is not among the decisions of tick %d", ErrUnknown, s.rollup, s.seq, s.tick)
}

// zonesOf makes the chains of digests, one per zone, from the first tick that decided one of the positions.
func zonesOf(spots []spot, c *core.CompleteCheckpoint) ([]Zone, error) {
	zones := []Zone{}
	sources := make(map[core.ZoneID]ZoneSource)
	for _, s := range spots {
		if s.tick == 0 {
			continue
		}
		id := s.zone.ID()
		sources[id] = s.zone
		i := slices.IndexFunc(zones, func(z Zone) bool { return z.Zone == id })
		if i < 0 {
			zones = append(zones, Zone{Zone: id, First: s.tick})
			continue
		}
		zones[i].First = min(zones[i].First, s.tick)
	}
	for i := range zones {
		z := &zones[i]
		last := resultOf(c, z.Zone)
		if last-z.First >= MaxTicks {
			return nil, fmt.Errorf("%w: %d ticks to the result of checkpoint %d, at most %d", ErrFormat, last-z.First+1, c.Draft.Checkpoint.Tick, MaxTicks)
		}
		var err error
		if z.Before, z.Runs, err = sources[z.Zone].Results(z.First, last); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(zones, func(a, b Zone) int { return cmp.Compare(a.Zone, b.Zone) })
	return zones, nil
}

func itemLeaves(items []core.LaneItem) []common.Hash {
	leaves := make([]common.Hash, len(items))
	for i, it := range items {
		leaves[i] = it.Leaf()
	}
	return leaves
}

// present makes an empty list of a missing one, which JSON would write as null.
func present(hashes []common.Hash) []common.Hash { return append([]common.Hash{}, hashes...) }

func presentBranch(b core.MerkleBranch) core.MerkleBranch {
	b.Siblings = present(b.Siblings)
	return b
}
