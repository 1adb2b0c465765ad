package explorer

import (
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// Bounds of a frame that no page needs more of.
const (
	laneEntries = 8   // entries listed of a tick's additions to a lane
	tickRows    = 400 // rows of ticks
)

// live gathers what happens between two frames. Its methods take a lock for microseconds and never wait.
type live struct {
	genesis   *core.Genesis
	maxEvents int

	mu      sync.Mutex
	frame   Frame // being filled
	events  int   // entries, bundles and outcomes in it
	tick    uint64
	held    []Result // of ticks that were not reported yet
	lanes   map[core.RollupID]*laneProgress
	zones   map[core.ZoneID]*zoneProgress
	voters  *voters
	arrived *arrivals
	seen    seen
	rates   rates

	accepted, proposed levelTimes
	measured           func(core.Level, time.Duration) // nil for nobody
}

// laneProgress is how far a rollup is.
type laneProgress struct {
	next, unapplied uint64
	sealed          *Sealed
	window          laneWindow
	added           uint64 // since the frame before
}

// zoneProgress is how far a zone is.
type zoneProgress struct {
	executed, attested uint64
	// waiting are the executed entries that are not attested, by tick.
	waiting []decidedTick
}

// decidedTick holds the beginnings of what was decided in a tick.
type decidedTick struct {
	tick    uint64
	entries []beginning
}

// beginning is when an entry came: the consensus time of its tick, and when this node took it from a client, zero if it
// did not.
type beginning struct{ proposed, accepted uint64 }

// maxWaiting bounds the ticks and the entries of a tick for which times are measured.
const maxWaiting = 1024

func newLive(genesis *core.Genesis, maxEvents int) *live {
	l := &live{
		genesis: genesis, maxEvents: maxEvents, lanes: make(map[core.RollupID]*laneProgress), zones: make(map[core.ZoneID]*zoneProgress),
		voters: newVoters(genesis), arrived: newArrivals(),
	}
	for _, r := range genesis.Rollups {
		l.lanes[r.ID] = new(laneProgress)
	}
	return l
}

// zone is how far a zone is; that of one which was formed later begins here. l.mu is held.
func (l *live) zone(id core.ZoneID) *zoneProgress {
	p := l.zones[id]
	if p == nil {
		p = new(zoneProgress)
		l.zones[id] = p
	}
	return p
}

// lane is how far a rollup's lane is; that of one which joined the network begins here. l.mu is held.
func (l *live) lane(id core.RollupID) *laneProgress {
	p := l.lanes[id]
	if p == nil {
		p = new(laneProgress)
		l.lanes[id] = p
	}
	return p
}

// begin says where the log ends before the first tick that is reported.
func (l *live) begin(head uint64, ledger Ledger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick = head
	for id, p := range l.lanes {
		p.next = ledger.LaneHead(id).NextSeq
	}
	for _, z := range l.genesis.InForce().Zones {
		l.zone(z.ID).attested = ledger.Attested(z.ID).Tick
	}
}

// ordered takes notice of a tick at a moment in ms since the Unix epoch.
func (l *live) ordered(record *core.TickRecord, tick *core.Tick, now uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick, l.frame.Head = tick.Number, Head{tick.Number, tick.Time}
	l.seen.put(tick.Number, now)
	l.rates.ticks++
	if row := l.row(tick); row != nil {
		l.addTick(row, record, tick, now)
	}
	for _, a := range record.Attested {
		l.attested(a, now)
	}
	for len(l.held) > 0 && l.held[0].Tick <= l.tick {
		l.decided(l.held[0], now)
		l.held = l.held[1:]
	}
}

// row is the row of a tick with content; nil for an empty one, which makes a run longer.
func (l *live) row(tick *core.Tick) *TickRow {
	rows := l.frame.Ticks
	last := len(rows) - 1
	if tick.Empty() && last >= 0 && rows[last].Empty > 0 {
		rows[last].Number, rows[last].Time = tick.Number, tick.Time
		rows[last].Empty++
		return nil
	}
	if len(rows) >= tickRows {
		l.frame.Dropped++
		return &TickRow{} // counted, and not shown
	}
	row := TickRow{Number: tick.Number, Time: tick.Time}
	if tick.Empty() {
		row.Empty = 1
	}
	l.frame.Ticks = append(rows, row)
	if tick.Empty() {
		return nil
	}
	return &l.frame.Ticks[last+1]
}

// addTick fills the row of a tick with content.
func (l *live) addTick(row *TickRow, record *core.TickRecord, tick *core.Tick, now uint64) {
	seqs := make(map[common.Hash][]LegPlace, len(tick.Bundles))
	for i := range tick.Bundles {
		seqs[tick.Bundles[i].Hash] = make([]LegPlace, len(tick.Bundles[i].Txs))
	}
	for _, lane := range record.Lanes {
		p := l.lane(lane.Rollup)
		p.next = lane.FirstSeq + lane.Count
		p.added += lane.Count
		add := LaneAdd{Rollup: lane.Rollup, FirstSeq: lane.FirstSeq, Count: lane.Count, Entries: []EntryBrief{}}
		begun := windowRow{first: lane.FirstSeq, count: lane.Count, proposed: tick.Time}
		for i, item := range tick.Lane(lane.Rollup) {
			seq := lane.FirstSeq + uint64(i)
			if item.IsLeg() {
				add.Legs++
				if places := seqs[item.Bundle]; int(item.Leg) < len(places) {
					places[item.Leg] = LegPlace{lane.Rollup, seq}
				}
			}
			begun.accept(i, l.arrived.of(item))
			if i < laneEntries && l.admit() {
				add.Entries = append(add.Entries, entryBrief(seq, item))
			}
			l.measure(beginning{tick.Time, begun.acceptedAt(uint64(i))}, core.LevelOrdered, now)
		}
		p.window.add(begun)
		row.Lanes = append(row.Lanes, add)
	}
	row.BundleCount = uint64(len(tick.Bundles))
	for i := range tick.Bundles {
		b := &tick.Bundles[i]
		if l.admit() {
			row.Bundles = append(row.Bundles, BundleAdd{b.Hash, b.Atomicity, seqs[b.Hash]})
		}
	}
}

// admit reports whether the frame has room for one more event, and takes it.
func (l *live) admit() bool {
	if l.events >= l.maxEvents {
		l.frame.Dropped++
		return false
	}
	l.events++
	return true
}

// measure notes how long an entry took to a level.
func (l *live) measure(b beginning, level core.Level, now uint64) {
	add := func(t *levelTimes, since uint64) {
		if since == 0 {
			return
		}
		ms := now - min(since, now)
		switch level {
		case core.LevelOrdered:
			t.ordered.add(now, ms, 1)
		case core.LevelExecuted:
			t.executed.add(now, ms, 1)
		case core.LevelAttested:
			t.attested.add(now, ms, 1)
		}
	}
	add(&l.proposed, b.proposed)
	add(&l.accepted, b.accepted)
	if l.measured != nil && b.accepted != 0 {
		l.measured(level, time.Duration(now-min(b.accepted, now))*time.Millisecond)
	}
}

// executed takes notice of a zone's result.
func (l *live) executed(r Result, now uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Tick > l.tick { // pages learn of the order first
		if len(l.held) < maxWaiting {
			l.held = append(l.held, r)
		}
		return
	}
	l.decided(r, now)
}

func (l *live) decided(r Result, now uint64) {
	z := l.zone(r.Zone)
	z.executed = r.Tick
	for _, s := range r.Sealed {
		l.lane(s.Rollup).sealed = &s
	}
	for _, result := range r.Rollups {
		p := l.lane(result.Rollup)
		p.unapplied = result.FirstUnapplied
		p.window.forget(result.FirstUnapplied)
	}
	if len(r.Outcomes) == 0 {
		return
	}
	waiting := decidedTick{tick: r.Tick}
	for i := range r.Outcomes {
		fate := &r.Outcomes[i]
		l.addOutcome(fate, r.Tick)
		if b, ok := l.lane(fate.Rollup).window.find(fate.Seq); ok {
			l.measure(b, core.LevelExecuted, now)
			waiting.entries = append(waiting.entries, b)
		}
	}
	l.addBundles(r)
	if r.Tick > z.attested && len(z.waiting) < maxWaiting {
		z.waiting = append(z.waiting, waiting)
		return
	}
	for _, b := range waiting.entries {
		l.measure(b, core.LevelAttested, now)
	}
}

// addOutcome makes a run of outcomes longer, or begins one.
func (l *live) addOutcome(fate *Fate, tick uint64) {
	runs := l.frame.Outcomes
	if last := len(runs) - 1; last >= 0 {
		run := &runs[last]
		if run.Rollup == fate.Rollup && run.Tick == tick && run.FirstSeq+run.Count == fate.Seq && run.Outcome == fate.Code && run.Reverted == fate.Reverted {
			run.Count++
			return
		}
	}
	if l.admit() {
		l.frame.Outcomes = append(runs, OutcomeRun{
			Rollup: fate.Rollup, FirstSeq: fate.Seq, Count: 1, Tick: tick, Outcome: fate.Code, Reverted: fate.Reverted,
		})
	}
}

// addBundles adds what became of the bundles of which the tick decided legs.
func (l *live) addBundles(r Result) {
	at := make(map[common.Hash]int)
	for i := range r.Outcomes {
		fate := &r.Outcomes[i]
		if fate.Bundle == (common.Hash{}) {
			continue
		}
		j, known := at[fate.Bundle]
		if !known {
			j = -1
			if l.admit() {
				j = len(l.frame.Bundles)
				l.frame.Bundles = append(l.frame.Bundles, BundleOutcome{ID: fate.Bundle, Tick: r.Tick})
			}
			at[fate.Bundle] = j
		}
		if j < 0 {
			continue
		}
		b := &l.frame.Bundles[j]
		if fate.FailingLeg >= 0 {
			b.FailingLeg = &fate.FailingLeg
		}
		// The leg that failed has the reason; the others say only that another one has.
		if fate.Code.Void() && (!b.Outcome.Void() || b.Outcome == core.VoidOtherLeg) {
			b.Outcome, b.Reason = fate.Code, fate.Detail
		}
	}
}

// rebuilt takes notice of a zone that executes again from a tick on.
func (l *live) rebuilt(zone core.ZoneID, tick uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	keep := l.held[:0]
	for _, r := range l.held {
		if r.Zone != zone || r.Tick < tick {
			keep = append(keep, r)
		}
	}
	l.held = keep
	z := l.zone(zone)
	z.executed, z.waiting = tick-1, nil
	l.frame.Rebuilt = append(l.frame.Rebuilt, ZoneTick{zone, tick})
}

// attested takes notice of a zone's newest attested result.
func (l *live) attested(a core.Attested, now uint64) {
	z := l.zone(a.Zone)
	z.attested = a.Tick
	for len(z.waiting) > 0 && z.waiting[0].tick <= a.Tick {
		for _, b := range z.waiting[0].entries {
			l.measure(b, core.LevelAttested, now)
		}
		z.waiting = z.waiting[1:]
	}
}

// voted takes notice of what a tick says about the commit of the tick before.
func (l *live) voted(tick uint64, votes []core.Vote) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.voters.add(tick-1, votes)
}

// seat takes notice of who the validators are now. It is not called with l.mu held, which a ledger that votes may wait for.
func (l *live) seat(ledger Ledger) {
	set := ledger.Validators()
	l.mu.Lock()
	absent := l.voters.absent(set)
	l.mu.Unlock()
	jailed := slices.DeleteFunc(absent, func(a common.Address) bool { return ledger.Equivocated(a) == 0 })
	l.mu.Lock()
	defer l.mu.Unlock()
	l.voters.seat(set, jailed)
}
