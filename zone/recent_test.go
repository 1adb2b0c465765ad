package zone

import (
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

func fateAt(rollup core.RollupID, seq, tick uint64) Fate {
	return Fate{Outcome: core.Outcome{Rollup: rollup, Seq: seq}, Tick: tick}
}

func TestRecent_HasTheNewestFatesOfEachRollup(t *testing.T) {
	r := newRecent()
	r.put([]Fate{fateAt(901, 5, 1), fateAt(902, 5, 2)})
	for rollup, tick := range map[core.RollupID]uint64{901: 1, 902: 2} {
		if f, ok := r.get(rollup, 5); !ok || f.Tick != tick {
			t.Errorf("rollup %s: %v, %v, want tick %d", rollup, f, ok, tick)
		}
	}
	r.put([]Fate{fateAt(901, 5+recentFates, 3)})
	if f, ok := r.get(901, 5); ok {
		t.Errorf("a position whose place was taken has %v", f)
	}
	if f, ok := r.get(901, 5+recentFates); !ok || f.Tick != 3 {
		t.Errorf("the newest is %v, %v", f, ok)
	}
	if f, ok := r.get(902, 0); ok {
		t.Errorf("a position that was never decided has %v", f)
	}
	r.forget()
	if f, ok := r.get(902, 5); ok {
		t.Errorf("what was forgotten is %v", f)
	}
}
