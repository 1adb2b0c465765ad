//det:machine

package zone

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// machine is the zone's replicated function. Its only effects are on the engines. Per tick the loop calls, in this
// order: sealBlocks (if seals says so), execute, finish. Any error is a broken invariant after which it must not be used.
type machine struct {
	network core.NetworkID
	zone    core.ZoneID
	params  core.Params
	// predeploy is the address whose events are assertions.
	predeploy common.Address
	lanes     []*lane // of the members, ascending by rollup
	engines   map[core.RollupID]Engine
	joining   map[core.RollupID]common.Hash // the genesis that engines of later members were made of
	backlog   backlog

	tick    uint64 // the newest tick begun
	time    uint64 // its consensus time in ms
	digest  common.Hash
	open    bool
	slot    uint64 // of the open blocks, or of the newest sealed ones while none is open
	fresh   bool   // the open blocks were opened by the current tick
	bundles []BundlePlace
	sealed  *SealRecord // made because of the current tick
}

// newMachine makes the machine of a zone before its first tick. engines are those of all rollups that are or may become members.
func newMachine(cfg Config, members []core.RollupID, engines map[core.RollupID]Engine, b backlog) *machine {
	m := &machine{
		network: cfg.Genesis.NetworkID(), zone: cfg.Zone, params: cfg.Genesis.Params, backlog: b,
		predeploy: cfg.Genesis.Predeploy.Address,
		slot:      cfg.Genesis.Params.Slot(cfg.Genesis.Time) - 1, engines: engines, joining: cfg.Joining,
	}
	for _, id := range members {
		m.lanes = append(m.lanes, &lane{rollup: id, engine: engines[id]})
	}
	return m
}

// restore sets the cursors to those of a seal, on which the engines already are.
func (m *machine) restore(r SealRecord) {
	m.tick, m.slot, m.digest, m.open, m.sealed = r.NextTick-1, r.Slot, r.Digest, false, nil
	for i, l := range m.lanes { // as seat made them
		l.nextSeq, l.cursor = r.Rollups[i].NextSeq, r.Rollups[i].FirstUnapplied
		l.stopped = l.cursor < l.nextSeq
	}
	if r.NextTick > 1 && len(r.Rollups) > 0 { // else it is where the zone begins
		m.sealed = &r
	}
}

// seals reports whether the open blocks must be sealed before the tick: it is the first one of a later slot. A tick
// of the same or an older time runs in the open blocks.
func (m *machine) seals(t *core.Tick) bool { return m.open && m.params.Slot(t.Time) > m.slot }

// sealBlocks seals the open blocks of all rollups because of tick next.
func (m *machine) sealBlocks(next uint64) (SealRecord, error) {
	record := SealRecord{Slot: m.slot, NextTick: next, Digest: m.digest, Rollups: make([]RollupSeal, len(m.lanes))}
	if next != m.tick+1 {
		return record, fmt.Errorf("%w: seal before tick %d, executed is %d", ErrInvariant, next, m.tick)
	}
	err := m.eachLane(func(i int, l *lane) error {
		block, err := l.engine.Seal(extra(next, l.cursor))
		if err != nil {
			return fmt.Errorf("seal block %d: %w", l.block, err)
		}
		if block.Number != l.block {
			return fmt.Errorf("%w: sealed block %d, open was %d", ErrInvariant, block.Number, l.block)
		}
		record.Rollups[i] = RollupSeal{l.rollup, block.Number, block.Hash, l.nextSeq, l.cursor, l.leaving}
		return nil
	})
	m.open, m.sealed = false, &record
	return record, err
}

// extra is header.Extra: the next tick and the first unapplied seq, 8 bytes each, big-endian.
func extra(nextTick, firstUnapplied uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, nextTick), firstUnapplied)
}

// execute runs a tick: the backlog if its blocks are new, the bundles in order, then the sections side by side.
// record is the log's account of what the tick added to the lanes, which must agree, and of who joins and leaves.
func (m *machine) execute(t *core.Tick, record *core.TickRecord) error {
	if err := m.begin(t, record.Lanes); err != nil {
		return err
	}
	m.fresh = !m.open
	if err := m.changeMembers(record.Members); err != nil {
		return err
	}
	if m.fresh {
		if err := m.openBlocks(m.params.Slot(t.Time)); err != nil {
			return err
		}
	}
	for i := range t.Bundles {
		if err := m.bundle(&t.Bundles[i], i); err != nil {
			return fmt.Errorf("bundle %d: %w", i, err)
		}
	}
	return m.eachLane(func(_ int, l *lane) error {
		for _, s := range t.Sections {
			if s.Rollup == l.rollup {
				return l.section(s.Txs)
			}
		}
		return nil
	})
}

// begin checks that the tick is the next one and that the lanes go on where they ended.
func (m *machine) begin(t *core.Tick, rows []core.LaneRow) error {
	if t.Number != m.tick+1 {
		return fmt.Errorf("%w: tick %d after tick %d", ErrInvariant, t.Number, m.tick)
	}
	if slot := m.params.Slot(t.Time); !m.open && slot <= m.slot {
		return fmt.Errorf("%w: tick %d of slot %d, slot %d is already sealed", ErrInvariant, t.Number, slot, m.slot)
	}
	for _, l := range m.lanes {
		want := core.LaneRow{Rollup: l.rollup, FirstSeq: l.nextSeq}
		for _, row := range rows {
			if row.Rollup == l.rollup {
				want = row
			}
		}
		if n := countItems(t, l.rollup); want.FirstSeq != l.nextSeq || want.Count != n {
			return fmt.Errorf("%w: rollup %s: the log has %d positions from seq %d, the tick %d from seq %d",
				ErrInvariant, l.rollup, want.Count, want.FirstSeq, n, l.nextSeq)
		}
		l.decided, l.stoppedNow = nil, false
		if want.Count > 0 {
			l.decided = make([]Fate, 0, want.Count)
		}
	}
	m.tick, m.time, m.bundles = t.Number, t.Time, nil
	return nil
}

// countItems counts what the tick ordered for one rollup.
func countItems(t *core.Tick, rollup core.RollupID) uint64 {
	var n uint64
	for i := range t.Bundles {
		for _, tx := range t.Bundles[i].Txs {
			if tx.Rollup() == rollup {
				n++
			}
		}
	}
	for _, s := range t.Sections {
		if s.Rollup == rollup {
			n += uint64(len(s.Txs))
		}
	}
	return n
}

// openBlocks opens the blocks of a slot and runs the lanes' backlogs in them.
func (m *machine) openBlocks(slot uint64) error {
	m.open, m.slot = true, slot
	return m.eachLane(func(_ int, l *lane) error {
		if l.closed {
			return nil
		}
		if err := l.engine.Open(m.params.SlotTime(slot)); err != nil {
			return fmt.Errorf("open block: %w", err)
		}
		l.block, l.blockTxs = l.engine.Head().Number+1, 0
		return l.runBacklog(m.backlog)
	})
}

// finish publishes the tick's effects and chains its digest.
func (m *machine) finish() (TickResult, error) {
	results := make([]core.RollupResult, len(m.lanes))
	err := m.eachLane(func(i int, l *lane) error {
		receipts, err := l.engine.EndTick(m.tick)
		if err != nil {
			return fmt.Errorf("end tick: %w", err)
		}
		results[i] = core.RollupResult{
			Rollup: l.rollup, NextSeq: l.nextSeq, FirstUnapplied: l.cursor,
			OutcomesRoot: core.OutcomesRoot(len(l.decided), func(i int) *core.Outcome { return &l.decided[i].Outcome }), ReceiptsRoot: receipts, LastSealed: l.engine.Head().Hash,
		}
		return nil
	})
	if err != nil {
		return TickResult{}, err
	}
	before := m.digest
	m.digest = core.NextZoneDigest(m.network, m.zone, before, m.tick, results)
	r := TickResult{Tick: m.tick, Time: m.time, Before: before, Digest: m.digest, Rollups: results, Bundles: m.bundles, Sealed: m.sealed}
	m.sealed = nil
	defer m.dropClosed()
	decided := 0
	for _, l := range m.lanes {
		decided += len(l.decided)
	}
	if decided > 0 {
		r.Outcomes = make([]Fate, 0, decided)
	}
	for _, l := range m.lanes {
		for i := range l.decided {
			l.decided[i].Tick = m.tick
		}
		r.Outcomes = append(r.Outcomes, l.decided...)
		if l.stoppedNow {
			r.Stopped = append(r.Stopped, LaneStopped{Rollup: l.rollup, Tick: m.tick, Seq: l.cursor})
		}
	}
	return r, nil
}

// eachLane runs f for all lanes at the same time and waits; lanes share nothing, so the order cannot matter.
func (m *machine) eachLane(f func(int, *lane) error) error {
	return eachOf(m.lanes, func(l *lane) core.RollupID { return l.rollup }, f)
}

// eachOf runs f for all at the same time and waits. A panic becomes an error: it would otherwise take ordering down with the zone.
func eachOf[T any](all []T, rollup func(T) core.RollupID, f func(int, T) error) error {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, one := range all {
		wg.Go(func() {
			if err := guard(func() error { return f(i, one) }); err != nil {
				errs[i] = fmt.Errorf("rollup %s: %w", rollup(one), err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// guard turns a panic of f into an error.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", ErrInvariant, p, debug.Stack())
		}
	}()
	return f()
}
