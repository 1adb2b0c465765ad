package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/orderedlog"
)

// minRetain leaves readers and a zone that is far behind what they need.
const minRetain = 1000

// defaultRetain is about a week of a network without load, which makes some 17 ticks a second.
const defaultRetain = 10_000_000

// pruneShare: what is too old is forgotten whenever a sixteenth of Config.Retain has come anew.
const pruneShare = 16

// retain forgets ticks that are older than Config.Retain, with their fates, for as long as the node runs.
func (n *Node) retain(ctx context.Context) error {
	if n.cfg.Retain == 0 {
		return nil
	}
	for {
		if err := n.prune(ctx); err != nil && ctx.Err() == nil {
			n.log.Error("old ticks are not pruned, the disk will fill up", "stage", "orderedlog", "err", err)
		}
		if err := n.ticks.Wait(ctx, n.ticks.Head()+n.cfg.Retain/pruneShare); err != nil {
			return nil // the log ends with the node
		}
	}
}

// prune forgets, first in the log and then in the zones, what is too old and not needed by any zone. The engine only
// ever replays what comes after the log's head.
func (n *Node) prune(ctx context.Context) error {
	head := n.ticks.Head()
	if head <= n.cfg.Retain {
		return nil
	}
	before := head - n.cfg.Retain + 1
	for _, z := range n.zones {
		needed, err := z.Needs()
		if err != nil {
			return err
		}
		before = min(before, needed)
	}
	if before <= n.ticks.Oldest() {
		return nil
	}
	if err := n.ticks.Prune(ctx, before); err != nil {
		return err
	}
	var errs []error
	for id, z := range n.zones {
		if err := z.Prune(ctx, n.ticks.Oldest()); err != nil {
			errs = append(errs, fmt.Errorf("zone %s: %w", id, err))
		}
	}
	n.log.Info("old ticks pruned", "stage", "orderedlog", "oldest", n.ticks.Oldest(), "head", head)
	return errors.Join(errs...)
}

// servedLog is the ordered log as clients ask for it: what is pruned is their question's fault, and not the node's.
type servedLog struct{ *orderedlog.Log }

func (l servedLog) Record(n uint64) (*core.TickRecord, error) {
	r, err := l.Log.Record(n)
	return r, l.refuse(n, err)
}

func (l servedLog) Decoded(n uint64) (*core.Tick, error) {
	t, err := l.Log.Decoded(n)
	return t, l.refuse(n, err)
}

func (l servedLog) refuse(n uint64, err error) error {
	if !errors.Is(err, orderedlog.ErrPruned) {
		return err
	}
	return &gateway.Refusal{
		Cause: gateway.ErrUnknownTick, Field: "number", Have: fmt.Sprint(n), Want: fmt.Sprintf("%d to %d", l.Oldest(), l.Head()), Detail: "older ticks are pruned",
	}
}
