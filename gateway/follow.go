package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// followLog reads the ticks after head from the log, wakes who waits for what was ordered or attested, and tells the
// subscribers.
func (g *Gateway) followLog(ctx context.Context, head uint64) error {
	for next := head + 1; ; next++ {
		if err := g.deps.Log.Wait(ctx, next); err != nil {
			return ignoreDone(ctx, err)
		}
		record, tick, err := g.readTick(next)
		if err != nil {
			return err
		}
		attested := g.attestedWith(record, g.heardNews)
		g.attested.note(attested)
		now := g.deps.Now()
		g.times.ordered(next, now)
		g.meters.ordered(record, now)
		g.noteAgreed(now)
		g.feed.ordered(record, tick, attested)
		if !tick.Empty() && g.waiters.any() {
			g.waiters.wakeOrdered(orderedIDs(tick)...)
		}
		if len(attested) > 0 {
			g.waiters.wakeAttested()
		}
		if brings(tick) {
			g.waiters.wakeAll()
		}
	}
}

// followPool wakes who waits for what the pool dropped.
func (g *Gateway) followPool(ctx context.Context) error {
	for {
		ids, more, err := g.deps.Pool.Dropped(ctx)
		if err != nil {
			return ignoreDone(ctx, err)
		}
		g.waiters.wake(ids...)
		if more {
			g.waiters.wakeAll()
		}
	}
}

// readTick reads a tick that is in the log.
func (g *Gateway) readTick(n uint64) (*core.TickRecord, *core.Tick, error) {
	record, err := g.deps.Log.Record(n)
	if err != nil {
		return nil, nil, fmt.Errorf("gateway: read record of tick %d: %w", n, err)
	}
	tick, err := g.deps.Log.Decoded(n)
	if err != nil {
		return nil, nil, fmt.Errorf("gateway: read tick %d: %w", n, err)
	}
	return record, tick, nil
}

// orderedIDs are the bundle ids and transaction hashes of a tick.
func orderedIDs(tick *core.Tick) []common.Hash {
	var ids []common.Hash
	for i := range tick.Bundles {
		ids = append(ids, tick.Bundles[i].Hash)
		for _, tx := range tick.Bundles[i].Txs {
			ids = append(ids, tx.Hash())
		}
	}
	for _, s := range tick.Sections {
		for _, tx := range s.Txs {
			ids = append(ids, tx.Hash())
		}
	}
	return ids
}

// followZone reads the outcomes of tick after tick from a zone. When the zone has stopped for good it ends without an
// error: the rest of the gateway goes on, and entries of this zone stay at the level they have.
func (g *Gateway) followZone(ctx context.Context, id core.ZoneID, c *cursors) error {
	for next := c.start + 1; ; next++ {
		if err := ignoreDone(ctx, c.zone.WaitExecuted(ctx, next)); err != nil || ctx.Err() != nil {
			if err != nil {
				g.stopZone(id, err)
			}
			return nil
		}
		if back, ok := g.rewinds.take(id); ok { // what was reported after that is reported again, as it is now
			next = back.tick
			c.next = back.unapplied
			g.feed.rebuilt(id, next)
			next--
			continue
		}
		fates, err := g.decidedIn(c, next)
		if err != nil {
			return err
		}
		now := g.deps.Now()
		g.times.executed(id, next, now)
		g.meters.executed(fates)
		if g.noteAgreed(now) {
			g.waiters.wakeAttested()
		}
		g.feed.executed(id, next, fates)
		g.waiters.wakeDecided(fates)
	}
}

// cursors remember, per rollup of a zone, the first lane position that is not known to be decided.
type cursors struct {
	id    core.ZoneID
	zone  Zone
	start uint64
	// next is zero for a rollup that joins the zone later.
	next map[core.RollupID]uint64
}

func (g *Gateway) newCursors(id core.ZoneID) *cursors {
	z := g.deps.Zones[id]
	c := &cursors{id: id, zone: z, start: z.Executed(), next: make(map[core.RollupID]uint64)}
	for _, r := range g.deps.Genesis.Members(id) {
		at := z.Lane(r)
		c.next[r] = at.FirstUnapplied
		if at.SealedHash == (common.Hash{}) && g.deps.Genesis.Retired(r) { // it left before the zone's beginning
			c.next[r] = g.deps.Ledger.Lane(r).NextSeq
		}
	}
	return c
}

// decidedIn lists what a tick decided, ascending by rollup and by lane position: the positions from the cursor on, and
// where a lane is stopped before the tick's own positions, the bundle legs among these.
func (g *Gateway) decidedIn(c *cursors, n uint64) ([]Fate, error) {
	record, tick, err := g.readTick(n)
	if err != nil {
		return nil, err
	}
	rows := make(map[core.RollupID]core.LaneRow, len(record.Lanes))
	for _, row := range record.Lanes {
		rows[row.Rollup] = row
	}
	var fates []Fate
	for _, r := range g.deps.Genesis.Members(c.id) {
		advanced, err := c.advance(r, n)
		if err != nil {
			return nil, err
		}
		fates = append(fates, advanced...)
		if row, ok := rows[r]; ok && c.next[r] < row.FirstSeq {
			legs, err := c.legs(row, tick)
			if err != nil {
				return nil, err
			}
			fates = append(fates, legs...)
		}
	}
	return fates, nil
}

// advance moves a rollup's cursor over what was decided up to tick n and gives back what tick n itself decided.
func (c *cursors) advance(r core.RollupID, n uint64) ([]Fate, error) {
	var fates []Fate
	for {
		fate, ok, err := c.zone.Fate(r, c.next[r])
		if err != nil {
			return nil, fmt.Errorf("gateway: fate of rollup %s, seq %d: %w", r, c.next[r], err)
		}
		if !ok || fate.Tick > n {
			return fates, nil
		}
		if fate.Tick == n {
			fates = append(fates, fate)
		}
		c.next[r]++
	}
}

// legs gives back the fates of a row's bundle legs that the row's tick decided.
func (c *cursors) legs(row core.LaneRow, tick *core.Tick) ([]Fate, error) {
	var fates []Fate
	for i, item := range tick.Lane(row.Rollup) {
		if !item.IsLeg() {
			break // legs come first
		}
		seq := row.FirstSeq + uint64(i)
		fate, ok, err := c.zone.Fate(row.Rollup, seq)
		if err != nil {
			return nil, fmt.Errorf("gateway: fate of rollup %s, seq %d: %w", row.Rollup, seq, err)
		}
		if ok && fate.Tick == tick.Number {
			fates = append(fates, fate)
		}
	}
	return fates, nil
}

// attestations are the newest attested results that were told with ticks of the log. The ledger learns of them later, and who was
// woken by the log must not be answered from a ledger that is behind it.
type attestations struct {
	mu     sync.Mutex
	newest map[core.ZoneID]core.Attested
}

func newAttestations() *attestations {
	return &attestations{newest: make(map[core.ZoneID]core.Attested)}
}

func (a *attestations) note(rows []core.Attested) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, row := range rows {
		if row.Tick > a.newest[row.Zone].Tick {
			a.newest[row.Zone] = row
		}
	}
}

func (a *attestations) of(zone core.ZoneID) core.Attested {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.newest[zone]
}

// heardNews is what votes agree on of a zone and nobody was told; tick 0 for nothing.
func (g *Gateway) heardNews(zone core.ZoneID) core.Attested {
	if heard := g.deps.Log.Heard(zone); heard.Tick > g.attested.of(zone).Tick {
		return heard
	}
	return core.Attested{Zone: zone}
}

// attestedWith are the results that became attested with a tick, ascending by zone: those of its record, or newer ones that are known
// of the ticks before it.
func (g *Gateway) attestedWith(record *core.TickRecord, known func(core.ZoneID) core.Attested) []core.Attested {
	rows := slices.Clone(record.Attested)
	for _, z := range g.deps.Genesis.InForce().Zones {
		newer := known(z.ID)
		of := func(a core.Attested) bool { return a.Zone == z.ID }
		if i := slices.IndexFunc(rows, of); newer.Tick == 0 || newer.Tick >= record.Number || i >= 0 && rows[i].Tick >= newer.Tick {
			continue
		}
		rows = append(slices.DeleteFunc(rows, of), newer)
	}
	slices.SortFunc(rows, func(a, b core.Attested) int { return cmp.Compare(a.Zone, b.Zone) })
	return rows
}

// attestedResult is a zone's newest attested result, from the ledger, the records or the votes, whoever knows most.
func (g *Gateway) attestedResult(zone core.ZoneID) core.Attested {
	newest := g.deps.Ledger.Attested(zone)
	for _, told := range []core.Attested{g.attested.of(zone), g.deps.Log.Heard(zone)} {
		if told.Tick > newest.Tick {
			newest = told
		}
	}
	return newest
}

// ignoreDone turns the end of ctx into success.
func ignoreDone(ctx context.Context, err error) error {
	if errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}
