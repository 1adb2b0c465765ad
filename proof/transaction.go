package proof

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// Transaction proves where a transaction, or a bundle's leg by itself, was ordered, and what became of it.
type Transaction struct {
	Anchor Anchor `json:"anchor"`
	// Tx is the transaction's canonical bytes.
	Tx hexutil.Bytes `json:"tx"`
	// Bundle is the id of the bundle that it is a leg of, zero for singles; Leg is its index there.
	Bundle common.Hash `json:"bundle"`
	Leg    uint32      `json:"leg"`
	Place  Place       `json:"place"`
	// Lane begins with the row that holds the transaction.
	Lane Lane `json:"lane"`
	// Zones holds the zone of the outcome; empty where only the order is proven.
	Zones []Zone `json:"zones"`
}

// Verify checks the proof and gives what it proves.
func (p *Transaction) Verify(t Trust) (*Position, error) {
	if err := p.Anchor.verify(t); err != nil {
		return nil, err
	}
	if p.Place.Outcome == nil && p.Anchor.Result != nil {
		return nil, fmt.Errorf("%w: a checkpoint for an outcome that is not there", ErrFormat)
	}
	b := body{order: &p.Anchor.Order.Checkpoint, result: &p.Anchor.newest().Checkpoint, lanes: []Lane{p.Lane}, zones: p.Zones}
	lanes, err := b.verify()
	if err != nil {
		return nil, err
	}
	position, err := p.Place.check(item{p.Lane.Rollup, p.Tx, p.Bundle, p.Leg}, lanes, p.Zones)
	if err != nil {
		return nil, err
	}
	if err := checkZones(p.Zones, []Place{p.Place}); err != nil {
		return nil, err
	}
	return position, nil
}

// checkZones checks that every zone begins with the first tick that an outcome of it was decided in, so that a proof
// holds nothing that nobody looks at.
func checkZones(zones []Zone, places []Place) error {
	for _, z := range zones {
		first := uint64(0)
		for _, p := range places {
			if o := p.Outcome; o != nil && o.Zone == z.Zone && (first == 0 || o.Tick < first) {
				first = o.Tick
			}
		}
		if first != z.First {
			return fmt.Errorf("%w: zone %s begins with tick %d, its first outcome is of tick %d", ErrFormat, z.Zone, z.First, first)
		}
	}
	return nil
}

// Bundle proves where a bundle was ordered, and what became of every leg.
type Bundle struct {
	Anchor Anchor `json:"anchor"`
	// Bundle is the bundle's canonical encoding; its legs' transactions are in it.
	Bundle hexutil.Bytes `json:"bundle"`
	// Legs are the places of the legs, in the bundle's order.
	Legs []Place `json:"legs"`
	// Lanes are those of the legs' rollups, ascending; each begins with the row that holds the legs.
	Lanes []Lane `json:"lanes"`
	// Zones are those of the outcomes, ascending.
	Zones []Zone `json:"zones"`
}

// BundleFact is what a bundle's proof proves.
type BundleFact struct {
	ID        common.Hash    `json:"id"`
	Atomicity core.Atomicity `json:"atomicity"`
	// Tick is the one that ordered it.
	Tick uint64 `json:"tick"`
	// Legs are in the bundle's order.
	Legs []Position `json:"legs"`
	// Included is set where all legs' outcomes are proven: whether all were included. Void legs of an execution bundle are
	// void together.
	Included *bool `json:"included,omitempty"`
}

// Verify checks the proof and gives what it proves. ErrHalfBundle says that the network broke its promise.
func (p *Bundle) Verify(t Trust) (*BundleFact, error) {
	if err := p.Anchor.verify(t); err != nil {
		return nil, err
	}
	decoded, err := core.DecodeBundle(p.Bundle)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if len(p.Legs) == 0 || len(p.Legs) != len(decoded.Legs) {
		return nil, fmt.Errorf("%w: %d places for %d legs", ErrBundle, len(p.Legs), len(decoded.Legs))
	}
	b := body{order: &p.Anchor.Order.Checkpoint, result: &p.Anchor.newest().Checkpoint, lanes: p.Lanes, zones: p.Zones}
	lanes, err := b.verify()
	if err != nil {
		return nil, err
	}
	fact := &BundleFact{ID: decoded.ID(t.network), Atomicity: decoded.Atomicity}
	for i := range p.Legs {
		leg := decoded.Legs[i]
		position, err := p.Legs[i].check(item{leg.Rollup, leg.Tx, fact.ID, uint32(i)}, lanes, p.Zones)
		if err != nil {
			return nil, fmt.Errorf("legs[%d]: %w", i, err)
		}
		fact.Legs = append(fact.Legs, *position)
	}
	if err := p.checkWhole(lanes, fact); err != nil {
		return nil, err
	}
	return fact, nil
}

// checkWhole checks that the legs belong together and that nothing else is in the proof.
func (p *Bundle) checkWhole(lanes []verifiedLane, fact *BundleFact) error {
	for _, l := range lanes {
		if !l.used {
			return fmt.Errorf("%w: no leg is on rollup %s", ErrFormat, l.rollup)
		}
	}
	if err := checkZones(p.Zones, p.Legs); err != nil {
		return err
	}
	fact.Tick = fact.Legs[0].Tick
	included, void := 0, 0
	for i, leg := range fact.Legs {
		switch {
		case leg.Tick != fact.Tick:
			return fmt.Errorf("%w: legs[%d] is in tick %d, legs[0] in tick %d", ErrBundle, i, leg.Tick, fact.Tick)
		case leg.Decided == nil:
		case leg.Decided.Code.Void():
			void++
		default:
			included++
		}
	}
	if known := included + void; fact.Atomicity == core.AtomicExecution && known > 0 && known < len(fact.Legs) {
		return fmt.Errorf("%w: outcomes of %d of %d legs", ErrBundle, known, len(fact.Legs))
	}
	if included+void == 0 && p.Anchor.Result != nil {
		return fmt.Errorf("%w: a checkpoint for outcomes that are not there", ErrFormat)
	}
	if fact.Atomicity == core.AtomicExecution && included > 0 && void > 0 {
		return fmt.Errorf("%w: bundle %s: %d legs included, %d void", ErrHalfBundle, fact.ID, included, void)
	}
	if included+void == len(fact.Legs) {
		all := void == 0
		fact.Included = &all
	}
	return nil
}
