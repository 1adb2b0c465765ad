package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Kinds of entries in answers.
const (
	kindTransaction = "transaction"
	kindBundle      = "bundle"
	kindCommitment  = "commitment"
	kindUnknown     = "unknown"
)

// status computes what this node knows about a transaction hash or bundle id, without receipts.
func (g *Gateway) status(id common.Hash) (*Status, error) {
	s := &Status{ID: id, Kind: kindUnknown, Attempts: []Attempt{}}
	if err := g.addPlaces(s); err != nil {
		return nil, err
	}
	for _, a := range s.Attempts {
		s.Level = max(s.Level, a.Level)
	}
	entry := g.deps.Pool.Lookup(id)
	if s.Kind == kindUnknown && (entry.Waiting || entry.Dropped != nil) {
		s.Kind = kindTransaction
		if entry.Bundle {
			s.Kind = kindBundle
		}
	}
	if entry.Parking != nil {
		s.Parked = g.parkingView(entry.Parking)
		if entry.Parking.Commitment == id {
			s.Kind = kindCommitment
		} else if s.Kind == kindUnknown {
			s.Kind = kindTransaction
		}
	}
	if entry.Waiting {
		s.Level = max(s.Level, core.LevelAccepted)
	}
	if entry.Dropped != nil && !entry.Waiting && len(s.Attempts) == 0 {
		s.Dropped = g.errorView(entry.Dropped)
	}
	return s, nil
}

// addPlaces adds the places at which the id was ordered.
func (g *Gateway) addPlaces(s *Status) error {
	bundles, err := g.deps.Index.BundlePlaces(s.ID)
	if err != nil {
		return fmt.Errorf("places of bundle %s: %w", s.ID, err)
	}
	for _, p := range bundles {
		a, err := g.bundleAttempt(p)
		if err != nil {
			return err
		}
		s.Kind, s.Attempts = kindBundle, append(s.Attempts, a)
	}
	places, err := g.deps.Index.Places(s.ID)
	if err != nil {
		return fmt.Errorf("places of %s: %w", s.ID, err)
	}
	for _, p := range places {
		a, err := g.txAttempt(p)
		if err != nil {
			return err
		}
		s.Kind, s.Attempts = kindTransaction, append(s.Attempts, a)
	}
	return nil
}

// txAttempt is a transaction's place in a lane.
func (g *Gateway) txAttempt(p core.Place) (Attempt, error) {
	record, tick, err := g.readTick(p.Tick)
	if err != nil {
		return Attempt{}, err
	}
	for _, row := range record.Lanes {
		if row.Rollup != p.Rollup || p.Seq < row.FirstSeq || p.Seq-row.FirstSeq >= row.Count {
			continue
		}
		if items := tick.LaneItems(p.Rollup); p.Seq-row.FirstSeq < uint64(len(items)) {
			return g.laneAttempt(tick, p.Rollup, p.Seq, items[p.Seq-row.FirstSeq])
		}
	}
	return Attempt{}, fmt.Errorf("gateway: tick %d does not hold rollup %s, seq %d", p.Tick, p.Rollup, p.Seq)
}

// laneAttempt is one item of a lane with its fate.
func (g *Gateway) laneAttempt(tick *core.Tick, rollup core.RollupID, seq uint64, item core.LaneItem) (Attempt, error) {
	hash := item.Tx.Hash()
	a := Attempt{Rollup: &rollup, Seq: &seq, TxHash: &hash, Tick: tick.Number, TickTime: tick.Time, Level: core.LevelOrdered}
	if item.IsLeg() {
		a.BundleID = &item.Bundle
	}
	zone := g.deps.Genesis.ZoneOf(rollup)
	a.Times = g.times.of(zone, tick.Number, &a)
	z, ok := g.deps.Zones[zone]
	if !ok {
		if kind, known := g.deps.Genesis.Kind(rollup); known && kind != core.KindEVM {
			return a, g.addClaim(&a, rollup, seq)
		}
		return a, nil
	}
	fate, ok, err := z.Fate(rollup, seq)
	if err != nil {
		return Attempt{}, fmt.Errorf("fate of rollup %s, seq %d: %w", rollup, seq, err)
	}
	if ok {
		a.setFate(fate, z.Agreed(g.attestedResult(zone)))
		a.Times = g.times.of(zone, tick.Number, &a)
	}
	return a, nil
}

// setFate fills in what was decided; attested is the newest attested tick with which this node's result agrees.
func (a *Attempt) setFate(f Fate, attested uint64) {
	a.Level, a.DecidedTick = core.LevelExecuted, f.Tick
	if attested >= f.Tick {
		a.Level = core.LevelAttested
	}
	a.Outcome = &f.Code
	if f.FailingLeg >= 0 && f.Code.Void() {
		a.FailingLeg = &f.FailingLeg
	}
	if f.Code.Void() {
		a.Reason = f.Detail
		return
	}
	a.Block, a.TxIndex, a.Reverted, a.GasUsed = &f.Block, &f.Index, &f.Reverted, &f.GasUsed
}

// bundleAttempt is a bundle's place in a tick, with its legs.
func (g *Gateway) bundleAttempt(p core.BundlePlace) (Attempt, error) {
	record, tick, err := g.readTick(p.Tick)
	if err != nil {
		return Attempt{}, err
	}
	if int(p.Index) >= len(tick.Bundles) {
		return Attempt{}, fmt.Errorf("gateway: tick %d does not hold bundle %d", p.Tick, p.Index)
	}
	b := &tick.Bundles[p.Index]
	a := Attempt{Tick: p.Tick, TickTime: tick.Time, Atomicity: b.Atomicity, Legs: make([]Attempt, len(b.Txs))}
	for _, row := range record.Lanes {
		for i, item := range tick.LaneItems(row.Rollup) {
			if item.Bundle != b.Hash || int(item.Leg) >= len(a.Legs) {
				continue
			}
			if a.Legs[item.Leg], err = g.laneAttempt(tick, row.Rollup, row.FirstSeq+uint64(i), item); err != nil {
				return Attempt{}, err
			}
		}
	}
	a.summarise()
	return a, nil
}

// summarise gives a bundle the lowest level of its legs and, once all are decided, their common outcome: that of the
// failing leg, or the one that all legs have.
func (a *Attempt) summarise() {
	a.Level = core.LevelFinal
	common := true
	for i := range a.Legs {
		leg := &a.Legs[i]
		a.Level = min(a.Level, leg.Level)
		a.DecidedTick = max(a.DecidedTick, leg.DecidedTick)
		a.Times = a.Times.latest(leg.Times, a.Level)
		common = common && leg.Outcome != nil && *leg.Outcome == *a.Legs[0].Outcome
		if leg.FailingLeg != nil && *leg.FailingLeg == i {
			a.FailingLeg, a.Outcome, a.Reason = leg.FailingLeg, leg.Outcome, leg.Reason
		}
	}
	if a.Level < core.LevelExecuted {
		a.DecidedTick = 0
	}
	if a.FailingLeg == nil && common {
		a.Outcome, a.Reason = a.Legs[0].Outcome, a.Legs[0].Reason
	}
}

// errorView is an error as part of an answer.
func (g *Gateway) errorView(err error) *ErrorView {
	if x, ok := explain(err); ok {
		return &ErrorView{x.row.code, x.row.reason, x.message(true)}
	}
	return &ErrorView{codeInternal, "internal", "internal error (request " + g.logInternal(err) + ")"}
}

// addReceipts asks the rollups' own RPC for the receipts of what was included.
func (g *Gateway) addReceipts(ctx context.Context, attempts []Attempt) error {
	for i := range attempts {
		a := &attempts[i]
		if err := g.addReceipts(ctx, a.Legs); err != nil {
			return err
		}
		if a.Rollup == nil || a.Outcome == nil || a.Outcome.Void() {
			continue
		}
		mount := g.mounted(*a.Rollup)
		if mount == nil || g.off(*a.Rollup) != nil {
			continue
		}
		var receipt json.RawMessage
		err := mount.client.CallContext(ctx, &receipt, "eth_getTransactionReceipt", a.TxHash)
		if err != nil && mount.chain != nil {
			continue // its execution client is no part of this node
		}
		if err != nil {
			return fmt.Errorf("receipt of %s on rollup %s: %w", a.TxHash, a.Rollup, err)
		}
		if string(receipt) != "null" {
			a.Receipt = receipt
		}
	}
	return nil
}

// fullStatus is status with receipts, and with who keeps what only waits.
func (g *Gateway) fullStatus(ctx context.Context, id common.Hash) (*Status, error) {
	s, err := g.status(id)
	if err != nil {
		return nil, err
	}
	if s.Level == core.LevelAccepted {
		s.AcceptedBy = g.acceptedBy(ctx, id)
	}
	g.addHeld(ctx, s)
	return s, g.addReceipts(ctx, s.Attempts)
}

// addHeld says whether what is parked would survive this node: never before its bundle is put together.
func (g *Gateway) addHeld(ctx context.Context, s *Status) {
	if s.Parked == nil || g.deps.Holders == nil {
		return
	}
	held := false
	if s.Parked.BundleID != nil {
		by := s.AcceptedBy
		if by == nil {
			by = g.acceptedBy(ctx, *s.Parked.BundleID)
		}
		held = by.Safe
	}
	s.Parked.Held = &held
}

// waitFor returns the status as soon as the level is reached, the pool has dropped the entry, the time is over, or the
// gateway shuts down.
func (g *Gateway) waitFor(ctx context.Context, id common.Hash, level core.Level, timeout time.Duration) (*Status, error) {
	wt, ok := g.waiters.add(id)
	if !ok {
		g.meters.exceeded(limitWaiters)
		return nil, ErrBusy
	}
	defer g.waiters.remove(wt)
	if level == core.LevelAttested {
		g.waiters.watchAttested(wt)
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for over := false; ; {
		s, err := g.status(id)
		if err != nil {
			return nil, err
		}
		if over || s.Level >= level || s.Dropped != nil {
			return s, g.addReceipts(ctx, s.Attempts)
		}
		select {
		case <-wt.wake:
		case <-timer.C:
			over = true
		case <-g.draining:
			over = true
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
