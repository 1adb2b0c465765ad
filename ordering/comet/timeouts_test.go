package comet

import (
	"testing"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
)

func TestTimeouts_FollowTheSlowestValidator(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	c := Default()
	for _, row := range []struct {
		name          string
		a, b, other   time.Duration
		max           time.Duration
		propose, vote time.Duration
	}{
		{"one machine", ms, 2 * ms, 0, 2 * time.Second, 200 * ms, 20 * ms},
		{"regions", 40 * ms, 150 * ms, 0, 2 * time.Second, 400 * ms, 75 * ms},
		{"nothing measured", 0, 0, 0, 2 * time.Second, 200 * ms, 20 * ms},
		{"a slow follower", ms, ms, 900 * ms, 2 * time.Second, 200 * ms, 20 * ms},
		{"a peer that lies", ms, 900 * ms, 0, 600 * ms, 600 * ms, 450 * ms},
		{"as configured", 40 * ms, 150 * ms, 0, 0, 200 * ms, 20 * ms},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := c
			c.TimeoutMax = row.max
			timeouts := newTimeouts(c)
			timeouts.delays = func() []PeerDelay {
				return []PeerDelay{{"a", row.a, row.a}, {"b", row.b, row.b}, {"other", row.other, row.other}}
			}
			engine := cmtcfg.DefaultConsensusConfig()
			setTimeouts(engine, c.TimeoutPropose, c.TimeoutVote)
			timeouts.begin([]string{"a@127.0.0.1:1", "b@127.0.0.1:2"}, engine)
			timeouts.adapt()
			if engine.TimeoutPropose != row.propose || engine.TimeoutPrevote != row.vote || engine.TimeoutPrecommit != row.vote {
				t.Errorf("propose %s, vote %s, want %s and %s", engine.TimeoutPropose, engine.TimeoutPrevote, row.propose, row.vote)
			}
		})
	}
}

func TestDelays_AreSmoothedAndStaleAnswersDoNotCount(t *testing.T) {
	t.Parallel()
	d := newDelays()
	m := &measured{}
	d.peers["a"] = m
	start := time.Now()
	answer := func(question uint64, took time.Duration) {
		m.question, m.asked = 7, start
		d.answered("a", question, start.Add(took))
	}
	answer(6, time.Millisecond) // to an older question
	if list := d.list(); len(list) != 0 {
		t.Fatalf("a stale answer counts: %v", list)
	}
	for range 100 {
		answer(7, 100*time.Millisecond)
	}
	d.answered("a", 7, start.Add(time.Hour)) // once more
	d.answered("nobody", 7, start)
	if list := d.list(); len(list) != 1 || list[0].RoundTrip != 100*time.Millisecond || list[0].Bound > 101*time.Millisecond {
		t.Fatalf("got %v", list)
	}
	answer(7, 180*time.Millisecond)
	if got := d.list()[0]; got.RoundTrip != 110*time.Millisecond || got.Bound < 180*time.Millisecond || got.Bound > 200*time.Millisecond {
		t.Errorf("got %v", got)
	}
}

// Validators measure each other over their own connections.
func TestCluster_MeasuresDelays(t *testing.T) {
	c := newCluster(t, 4, nil).start()
	c.awaitAll(3)
	for i, m := range c.members {
		deadline := time.After(time.Minute)
		for len(m.node.Delays()) != 3 {
			select {
			case <-deadline:
				t.Fatalf("node %d knows %v", i, m.node.Delays())
			case <-time.After(10 * time.Millisecond):
			}
		}
		if at := m.node.Timeouts(); at.Propose < 200*time.Millisecond || at.Propose > m.node.cfg.TimeoutMax {
			t.Errorf("node %d has timeouts %+v", i, at)
		}
	}
}
