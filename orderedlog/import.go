package orderedlog

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"

	"github.com/lockstep-network/lockstep/core"
)

// Import makes a log in an empty folder that begins with a tick, as if all ticks before it had been pruned. d is that tick
// with the whole ledger after it, and handovers are the complete checkpoints since the genesis that named another set of
// validators. The caller has verified both. The folder is whole when Import returns, or has no tick in it.
func Import(cfg Config, d *core.Decided, handovers []*core.CompleteCheckpoint) (err error) {
	l, err := Open(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	n := d.Record.Number
	if head := l.Head(); head != 0 || n == 0 {
		return fmt.Errorf("%w: import of tick %d into a log with head %d", ErrConflict, n, head)
	}
	b := l.db.NewBatch()
	defer b.Close()
	errs := []error{b.Set(keyOldest, core.U64(n), nil), writeTick(b, d, d.Record.Encoding())}
	for _, h := range handovers {
		errs = append(errs, writeHandover(b, h))
	}
	if d.Draft != nil {
		errs = append(errs, b.Set(draftKey(n), d.Draft.Encode(), nil))
	}
	if err := errors.Join(append(errs, b.Commit(pebble.Sync))...); err != nil {
		return fmt.Errorf("orderedlog: import tick %d: %w", n, err)
	}
	return nil
}

// writeHandover writes a complete checkpoint that names another set of validators than signed it.
func writeHandover(b *pebble.Batch, h *core.CompleteCheckpoint) error {
	tick, hash, stored := h.Completion.Tick, h.Completion.Set.Hash(), *h.Completion
	stored.Set = nil
	return errors.Join(
		b.Set(draftKey(tick), h.Draft.Encode(), nil),
		b.Set(completionKey(tick), append(hash[:], stored.Encode()...), nil),
		b.Set(slotKey(h.Draft.Slot), core.U64(tick), nil),
		b.Set(setKey(hash), h.Completion.Set.Encode(), nil),
		b.Set(handoverKey(tick), nil, nil),
	)
}
