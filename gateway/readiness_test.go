package gateway

import (
	"testing"
	"time"

	"github.com/lockstep-network/lockstep/core"
)

func TestReadiness_SeesThatTheLogStandsStill(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	r := &readiness{head: 5, since: start}
	for _, c := range []struct {
		head  uint64
		after time.Duration
		want  time.Duration
	}{{5, time.Second, time.Second}, {6, 2 * time.Second, 0}, {6, 14 * time.Second, 12 * time.Second}, {7, 15 * time.Second, 0}} {
		if got := r.still(c.head, start.Add(c.after)); got != c.want {
			t.Errorf("tick %d after %s: still for %s, want %s", c.head, c.after, got, c.want)
		}
	}
}

func TestLevelTimes_RememberTheFirstTimeOfTheNewestTicks(t *testing.T) {
	t.Parallel()
	times := newLevelTimes([]core.ZoneID{1})
	at := func(ms int64) time.Time { return time.UnixMilli(ms) }
	times.agreed(1, 9, at(1)) // attested before this node's life
	times.ordered(10, at(20))
	times.executed(1, 10, at(30))
	times.executed(1, 10, at(99)) // again after a rebuild
	if !times.agreed(1, 12, at(40)) || times.agreed(1, 11, at(50)) {
		t.Error("only a later tick is news")
	}
	a := &Attempt{Level: core.LevelAttested, DecidedTick: 10}
	if got := times.of(1, 10, a); got == nil || *got != (LevelTimes{20, 30, 40}) {
		t.Errorf("got %+v", got)
	}
	times.ordered(10+timesWindow, at(60))
	if got := times.of(1, 10, &Attempt{Level: core.LevelOrdered}); got != nil {
		t.Errorf("a tick out of the window has times %+v", got)
	}
	if got := (&LevelTimes{1, 2, 3}).latest(&LevelTimes{2, 1, 0}, core.LevelExecuted); *got != (LevelTimes{2, 2, 0}) {
		t.Errorf("a bundle's times are %+v", got)
	}
}
