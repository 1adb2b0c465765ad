package orderedlog

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Checkpoints are written with the ticks that open and complete them. A draft that is skipped is dropped with the next
// one. A completion is stored without its validator set, which is nearly always that of the one before: the sets are
// kept by their hash.

// writeCheckpoint adds what a tick says about checkpoints to its batch.
func (l *Log) writeCheckpoint(b *pebble.Batch, d *core.Decided) error {
	var errs []error
	if done := d.Completion; done != nil {
		draft, err := l.draft(done.Tick)
		if err != nil {
			return fmt.Errorf("complete the checkpoint of tick %d: %w", done.Tick, err)
		}
		hash, stored := done.Set.Hash(), *done
		stored.Set = nil
		errs = append(errs,
			b.Set(completionKey(done.Tick), append(hash[:], stored.Encode()...), nil),
			b.Set(slotKey(draft.Slot), core.U64(done.Tick), nil),
			b.Set(setKey(hash), done.Set.Encode(), nil))
		if draft.Checkpoint.ValidatorSet != hash {
			errs = append(errs, b.Set(handoverKey(done.Tick), nil, nil))
		}
	}
	if draft := d.Draft; draft != nil {
		errs = append(errs, b.Set(draftKey(draft.Checkpoint.Tick), draft.Encode(), nil))
		if draft.Skipped != 0 {
			errs = append(errs, b.Delete(draftKey(draft.Skipped), nil))
		}
	}
	return errors.Join(errs...)
}

// Checkpoint is the complete checkpoint of a tick. ErrNotFound: the tick has none, or it lacks signatures.
func (l *Log) Checkpoint(tick uint64) (*core.CompleteCheckpoint, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	return l.checkpoint(tick)
}

// CheckpointOfSlot is the complete checkpoint of the first tick of a slot, or ErrNotFound.
func (l *Log) CheckpointOfSlot(slot uint64) (*core.CompleteCheckpoint, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	tick, err := l.get(slotKey(slot))
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return nil, fmt.Errorf("%w: no complete checkpoint of slot %d", ErrNotFound, slot)
	case err != nil:
		return nil, l.readError(fmt.Sprintf("read slot %d", slot), err)
	case len(tick) != 8:
		return nil, fmt.Errorf("%w: slot %d points to %x", ErrCorrupt, slot, tick)
	}
	return l.checkpoint(binary.BigEndian.Uint64(tick))
}

// LatestCheckpoint is the newest complete checkpoint, or ErrNotFound before the first.
func (l *Log) LatestCheckpoint() (*core.CompleteCheckpoint, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	tick, err := l.latestCheckpoint()
	if err != nil {
		return nil, err
	}
	if tick == 0 {
		return nil, fmt.Errorf("%w: no complete checkpoint yet", ErrNotFound)
	}
	return l.checkpoint(tick)
}

// Checkpoints lists the complete checkpoints of the ticks from and after, ascending, at most max of them.
func (l *Log) Checkpoints(from uint64, max int) ([]*core.CompleteCheckpoint, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	var all []*core.CompleteCheckpoint
	ticks, err := l.completed(from, after([]byte{spaceCompletion}), max)
	if err != nil {
		return nil, err
	}
	for _, tick := range ticks {
		c, err := l.checkpoint(tick)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// Draft is the checkpoint of a tick whether it is complete or not. ErrNotFound: the tick has none, or it was skipped.
func (l *Log) Draft(tick uint64) (*core.CheckpointDraft, error) {
	done, err := l.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	return l.draft(tick)
}

func (l *Log) checkpoint(tick uint64) (*core.CompleteCheckpoint, error) {
	b, err := l.get(completionKey(tick))
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return nil, fmt.Errorf("%w: no complete checkpoint of tick %d", ErrNotFound, tick)
	case err != nil:
		return nil, l.readError(fmt.Sprintf("read completion of tick %d", tick), err)
	case len(b) < common.HashLength:
		return nil, fmt.Errorf("%w: completion of tick %d", ErrCorrupt, tick)
	}
	completion, err := core.DecodeCheckpointCompletion(b[common.HashLength:])
	if err != nil {
		return nil, fmt.Errorf("%w: completion of tick %d: %w", ErrCorrupt, tick, err)
	}
	set, err := l.get(setKey(common.Hash(b[:common.HashLength])))
	if err != nil {
		return nil, l.readError(fmt.Sprintf("read validators of tick %d", tick), err)
	}
	if completion.Set, err = core.DecodeValidatorSet(set); err != nil {
		return nil, fmt.Errorf("%w: validators of tick %d: %w", ErrCorrupt, tick, err)
	}
	draft, err := l.draft(tick)
	if err != nil {
		return nil, err
	}
	return &core.CompleteCheckpoint{Draft: draft, Completion: completion}, nil
}

func (l *Log) draft(tick uint64) (*core.CheckpointDraft, error) {
	b, err := l.get(draftKey(tick))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, fmt.Errorf("%w: no checkpoint of tick %d", ErrNotFound, tick)
	}
	if err != nil {
		return nil, l.readError(fmt.Sprintf("read checkpoint of tick %d", tick), err)
	}
	draft, err := core.DecodeCheckpointDraft(b)
	if err != nil {
		return nil, fmt.Errorf("%w: checkpoint of tick %d: %w", ErrCorrupt, tick, err)
	}
	return draft, nil
}

// latestCheckpoint is the tick of the newest complete checkpoint, zero before the first.
func (l *Log) latestCheckpoint() (uint64, error) {
	space := []byte{spaceCompletion}
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: space, UpperBound: after(space)})
	if err != nil {
		return 0, l.readError("find the newest checkpoint", err)
	}
	var tick uint64
	if it.Last() {
		tick = binary.BigEndian.Uint64(it.Key()[1:])
	}
	if err := it.Close(); err != nil {
		return 0, l.readError("find the newest checkpoint", err)
	}
	return tick, nil
}

// completed lists the ticks of complete checkpoints from a tick on and below a key, at most max.
func (l *Log) completed(from uint64, end []byte, max int) ([]uint64, error) {
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: completionKey(from), UpperBound: end})
	if err != nil {
		return nil, l.readError("list checkpoints", err)
	}
	var ticks []uint64
	for ok := it.First(); ok && len(ticks) < max; ok = it.Next() {
		ticks = append(ticks, binary.BigEndian.Uint64(it.Key()[1:]))
	}
	if err := it.Close(); err != nil {
		return nil, l.readError("list checkpoints", err)
	}
	return ticks, nil
}

// forgetCheckpoints deletes the checkpoints of the ticks from and after, below to. It keeps the newest complete one, and
// those that name another set of validators than signed them: whoever follows the sets from the genesis needs these.
func (l *Log) forgetCheckpoints(b *pebble.Batch, from, to uint64) error {
	latest, err := l.latestCheckpoint()
	if err != nil {
		return err
	}
	ticks, err := l.completed(from, completionKey(min(to, latest)), int(to-from))
	if err != nil {
		return err
	}
	var errs []error
	for _, tick := range ticks {
		c, err := l.checkpoint(tick)
		if err != nil {
			return err
		}
		if c.Draft.Checkpoint.ValidatorSet == c.Completion.Set.Hash() {
			errs = append(errs, b.Delete(draftKey(tick), nil), b.Delete(completionKey(tick), nil), b.Delete(slotKey(c.Draft.Slot), nil))
		}
	}
	return errors.Join(errs...)
}
