package zone

import (
	"errors"
	"fmt"
	"math"

	"github.com/lockstep-network/lockstep/core"
)

// recoverSeal takes all rollups back to the newest common seal that is attested and sets the cursors to it, so that
// executing the log from there on is the same as never having stopped, and the same as on the other validators.
//
// How a seal becomes durable, in order: (1) the tick batches before it, unsynced; (2) each engine's Seal and then its Sync, in
// parallel; (3) the seal record with the hashes of (2), synced, which also syncs (1). From the last Seal on the next slot's ticks are
// executed beside that (durable.go), but nothing of (2) begins for the next seal before (3) has ended. The process can die anywhere:
//
//   - before or within (2): the engines' heads may differ by one block. The newest record is the one of the slot before; every
//     engine still has its block, and Rewind drops what is above.
//   - after (2), before (3): as before, with all heads one block above the record.
//   - after (3): the record names all heads.
//   - with batches of ticks of the next slot in the store, before (3) or after it: they are dropped as far as they are not attested.
//   - loss of power, where an engine lost sealed blocks that a synced record names: that record does not match, and an
//     older one whose blocks all engines have is taken. So it is if the engine is that of a rollup that left since.
//
// The record follows the engines' seals because it must name their hashes, which exist only then; what a record written
// first would add, the position to replay from, stands in the record before it.
//
// So the right record is always the newest attested one that matches every engine's chain, by number and hash; without
// any the zone begins at the genesis blocks, with its first tick. Recovery itself only drops, in an order that finds the same record
// again if it is cut short: blocks first, then records and fates in one synced batch.
func (z *Zone) recoverSeal() error {
	base, err := z.commonSeal()
	if err != nil {
		return err
	}
	z.machine.seat(base)
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
	if err := z.store.rewind(base, z.results.agreement(), z.cfg.later(base)); err != nil {
		return fmt.Errorf("zone: rewind records: %w", err)
	}
	z.machine.restore(base)
	z.publishMembers()
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
	whole, err := z.wholeUntil()
	if err != nil {
		return SealRecord{}, fmt.Errorf("zone: find seal record: %w", err)
	}
	var missing error
	record, ok, err := z.store.newestSeal(func(r SealRecord) bool {
		missing = z.executable(r) // an older record without the rollup would only be executed up to where it joined
		return missing != nil || r.NextTick <= whole && z.matches(r)
	})
	if err := errors.Join(err, missing); err != nil {
		return SealRecord{}, fmt.Errorf("zone: find seal record: %w", err)
	}
	if ok {
		return record, nil
	}
	members, err := z.cfg.members()
	if err != nil {
		return SealRecord{}, err
	}
	slot := z.cfg.Genesis.Params.Slot(z.cfg.Genesis.Time) - 1
	genesis := SealRecord{Slot: slot, NextTick: z.begins.Load(), Rollups: make([]RollupSeal, len(members))}
	for i, id := range members {
		block, ok := z.engines[id].Sealed(0)
		if !ok {
			return SealRecord{}, fmt.Errorf("%w: rollup %s has no genesis block", ErrInvariant, id)
		}
		genesis.Rollups[i] = RollupSeal{Rollup: id, Hash: block.Hash}
	}
	return genesis, nil
}

// recentSeals is how many seals a loss of power may have reached back to, with much to spare.
const recentSeals = 1024

// wholeUntil finds the next tick of the newest seal from which on nothing is missing of rollups that left since: a later seal
// says nothing of them, and what an engine lost of their last blocks would never be executed again.
func (z *Zone) wholeUntil() (tick uint64, err error) {
	tick = math.MaxUint64
	seen, newer := 0, make(map[core.RollupID]bool)
	_, _, err = z.store.newestSeal(func(r SealRecord) bool {
		for _, seal := range r.Rollups {
			if engine := z.engines[seal.Rollup]; seen > 0 && !newer[seal.Rollup] && engine != nil {
				if block, ok := engine.Sealed(seal.Number); !ok || block.Hash != seal.Hash {
					tick = min(tick, r.NextTick)
				}
			}
			newer[seal.Rollup] = true
		}
		seen++
		return seen == recentSeals
	})
	return tick, err
}

// matches reports whether the record is attested and every engine's chain has its block. The tick that caused a seal
// commits to the hashes of its blocks, so its result must be attested, not only the one before it.
func (z *Zone) matches(r SealRecord) bool {
	if r.NextTick > z.results.agreement().Tick {
		return false
	}
	for _, seal := range r.Rollups {
		block, ok := z.engines[seal.Rollup].Sealed(seal.Number)
		if !ok || block.Hash != seal.Hash {
			return false
		}
	}
	return true
}

// executable says whether the zone has an engine for every rollup of a seal.
func (z *Zone) executable(r SealRecord) error {
	for _, seal := range r.Rollups {
		if z.engines[seal.Rollup] == nil {
			return notConfigured(seal.Rollup, z.cfg.Zone)
		}
	}
	return nil
}
