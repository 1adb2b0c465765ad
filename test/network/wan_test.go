package network

import (
	"testing"
	"time"
)

// One network of four regions goes through good weather, a minority and two halves that are cut off, and a frozen validator.
func TestWAN_OrdersThroughPartitionsAndComesBack(t *testing.T) {
	n := newNetwork(t, 4)
	n.startAll()
	s := n.measure(40, 5*time.Second)
	t.Logf("floor %s, ordered %v, executed %v, attested %v, tick every %s, %.0f late rounds per 1000, %.1f cores, timeouts %s and %s",
		s.floor, s.ordered, s.executed, s.attested, s.interval, s.late, s.cores, s.propose, s.vote)
	if s.ordered.p50 < s.floor/2 || s.ordered.p50 > s.executed.p50+time.Millisecond || s.executed.p50 > s.attested.p50 {
		t.Errorf("these are no latencies of this network: %+v", s)
	}
	for _, f := range []trouble{n.alone(2), n.halves(), n.frozen(1)} {
		n.suffer(f, 40, 3*time.Second)
	}
}
