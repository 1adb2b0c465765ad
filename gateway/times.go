package gateway

import (
	"sync"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

// timesWindow is for how many of the newest ticks this node remembers when they reached their levels.
const timesWindow = 1 << 14

// levelTimes remembers when ticks reached their levels, by this node's clock.
type levelTimes struct {
	mu    sync.Mutex
	order []stamp
	zones map[core.ZoneID]*zoneTimes
}

// zoneTimes are those of one zone's results.
type zoneTimes struct {
	executed, attested []stamp
	// agreed is the newest tick that is stamped as attested.
	agreed uint64
}

// stamp is when a tick reached a level, in ms since the Unix epoch. It stands at its tick modulo timesWindow.
type stamp struct{ tick, ms uint64 }

func newLevelTimes(zones []core.ZoneID) *levelTimes {
	t := &levelTimes{order: make([]stamp, timesWindow), zones: make(map[core.ZoneID]*zoneTimes)}
	for _, id := range zones {
		t.zones[id] = &zoneTimes{executed: make([]stamp, timesWindow), attested: make([]stamp, timesWindow)}
	}
	return t
}

func milliseconds(at time.Time) uint64 { return uint64(at.UnixMilli()) }

func put(stamps []stamp, tick, ms uint64) {
	if s := &stamps[tick%timesWindow]; s.tick != tick { // the first time counts
		*s = stamp{tick, ms}
	}
}

func get(stamps []stamp, tick uint64) uint64 {
	if s := stamps[tick%timesWindow]; s.tick == tick {
		return s.ms
	}
	return 0
}

// ordered notes that a tick was seen in the log.
func (t *levelTimes) ordered(tick uint64, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	put(t.order, tick, milliseconds(now))
}

// executed notes that a zone's results of a tick are known.
func (t *levelTimes) executed(zone core.ZoneID, tick uint64, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	put(t.zones[zone].executed, tick, milliseconds(now))
}

// agreed notes that a zone's results are attested up to a tick, and says whether that is news. The ticks before the first
// one of this node's life have no time: they were attested before.
func (t *levelTimes) agreed(zone core.ZoneID, tick uint64, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	z := t.zones[zone]
	if tick <= z.agreed {
		return false
	}
	if z.agreed > 0 {
		first := z.agreed + 1
		if tick >= timesWindow {
			first = max(first, tick-timesWindow+1)
		}
		for ; first <= tick; first++ {
			put(z.attested, first, milliseconds(now))
		}
	}
	z.agreed = tick
	return true
}

// of are the times of a place that was ordered in a tick and has the attempt's level; nil if none is remembered.
func (t *levelTimes) of(zone core.ZoneID, tick uint64, a *Attempt) *LevelTimes {
	t.mu.Lock()
	defer t.mu.Unlock()
	times := LevelTimes{Ordered: get(t.order, tick)}
	if z := t.zones[zone]; z != nil && a.Level >= core.LevelExecuted {
		times.Executed = get(z.executed, a.DecidedTick)
		if a.Level >= core.LevelAttested {
			times.Attested = get(z.attested, a.DecidedTick)
		}
	}
	if times == (LevelTimes{}) {
		return nil
	}
	return &times
}

// orderedAt and executedAt are when a tick was seen in the log and when a zone's results of it were known; 0 if that is not
// remembered.
func (t *levelTimes) orderedAt(tick uint64) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return get(t.order, tick)
}

func (t *levelTimes) executedAt(zone core.ZoneID, tick uint64) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return get(t.zones[zone].executed, tick)
}

// latest are the times of a bundle from those of its legs: a level is reached with the last leg. Levels above the
// bundle's are left out.
func (t *LevelTimes) latest(leg *LevelTimes, level core.Level) *LevelTimes {
	if leg == nil {
		return t
	}
	var sum LevelTimes
	if t != nil {
		sum = *t
	}
	sum.Ordered, sum.Executed, sum.Attested = max(sum.Ordered, leg.Ordered), max(sum.Executed, leg.Executed), max(sum.Attested, leg.Attested)
	if level < core.LevelExecuted {
		sum.Executed = 0
	}
	if level < core.LevelAttested {
		sum.Attested = 0
	}
	return &sum
}

// noteAgreed notes how far the zones' own results are attested, and says whether that is news.
func (g *Gateway) noteAgreed(now time.Time) bool {
	news := false
	for id, z := range g.deps.Zones {
		news = g.times.agreed(id, z.Agreed(g.attestedResult(id)), now) || news
	}
	return news
}
