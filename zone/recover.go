package zone

import (
	"fmt"
)

// recoverSeal takes all rollups back to the newest common seal that is attested and sets the cursors to it, so that
// executing the log from there on is the same as never having stopped, and the same as on the other validators.
//
// How a seal becomes durable, in order: (1) the tick batches before it, unsynced; (2) each engine's Seal, in parallel,
// durable on its own; (3) the seal record with the hashes of (2), synced, which also syncs (1); (4) only then the next
// blocks are opened. The process can die anywhere:
//
//   - before or between the seals of (2): the engines' heads may differ by one block. The newest record is the one of
//     the slot before; every engine still has its block, and Rewind drops what is above.
//   - after (2), before (3): as before, with all heads one block above the record.
//   - after (3): the record names all heads.
//   - loss of power, where an engine lost sealed blocks that a synced record names: that record does not match, and an
//     older one whose blocks all engines have is taken.
//
// The record follows the engines' seals because it must name their hashes, which exist only then; what a record written
// first would add, the position to replay from, stands in the record before it.
//
// So the right record is always the newest attested one that matches every engine's chain, by number and hash; without
// any the zone begins at the genesis blocks with tick 1. Recovery itself only drops, in an order that finds the same record
// again if it is cut short: blocks first, then records and fates in one synced batch.
func (z *Zone) recoverSeal() error {
	base, err := z.commonSeal()
	if err != nil {
		return err
	}
	dropped := make([]uint64, len(z.machine.lanes))
	err = z.machine.eachLane(func(i int, l *lane) error {
		want := base.Rollups[i]
		dropped[i] = l.engine.Head().Number - want.Number
		if err := l.engine.Rewind(want.Number); err != nil {
			return fmt.Errorf("rewind to block %d: %w", want.Number, err)
		}
		if head := l.engine.Head(); head.Number != want.Number || head.Hash != want.Hash {
			return fmt.Errorf("%w: block %d %s after rewind, want %d %s", ErrInvariant, head.Number, head.Hash, want.Number, want.Hash)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := z.store.rewind(base, z.results.agreement()); err != nil {
		return fmt.Errorf("zone: rewind records: %w", err)
	}
	z.machine.restore(base)
	digests, err := z.store.digestsBefore(base.NextTick)
	if err != nil {
		return err
	}
	z.results.restore(base.NextTick, digests)
	event := Recovered{Seal: base}
	for _, n := range dropped {
		event.Dropped += n
	}
	z.listener.Recovered(event)
	return nil
}

// commonSeal finds the newest attested seal record whose blocks all engines have, or describes the genesis blocks.
func (z *Zone) commonSeal() (SealRecord, error) {
	record, ok, err := z.store.newestSeal(z.matches)
	if err != nil {
		return SealRecord{}, fmt.Errorf("zone: find seal record: %w", err)
	}
	if ok {
		return record, nil
	}
	slot := z.cfg.Genesis.Params.Slot(z.cfg.Genesis.Time) - 1
	genesis := SealRecord{Slot: slot, NextTick: 1, Rollups: make([]RollupSeal, len(z.machine.lanes))}
	for i, l := range z.machine.lanes {
		block, ok := l.engine.Sealed(0)
		if !ok {
			return SealRecord{}, fmt.Errorf("%w: rollup %s has no genesis block", ErrInvariant, l.rollup)
		}
		genesis.Rollups[i] = RollupSeal{Rollup: l.rollup, Hash: block.Hash}
	}
	return genesis, nil
}

// matches reports whether the record is attested and every engine's chain has its block. The tick that caused a seal
// commits to the hashes of its blocks, so its result must be attested, not only the one before it.
func (z *Zone) matches(r SealRecord) bool {
	if r.NextTick > z.results.agreement().Tick || len(r.Rollups) != len(z.machine.lanes) {
		return false
	}
	for i, l := range z.machine.lanes {
		block, ok := l.engine.Sealed(r.Rollups[i].Number)
		if !ok || r.Rollups[i].Rollup != l.rollup || block.Hash != r.Rollups[i].Hash {
			return false
		}
	}
	return true
}
