package network

import (
	"slices"
	"strings"
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
	n.knowsItsDelays(s)
	for _, f := range []trouble{n.alone(2), n.halves(), n.frozen(1)} {
		n.suffer(f, 40, 3*time.Second)
	}
}

// knowsItsDelays checks that validator 0 has measured the ways to the others, and waits accordingly.
func (n *network) knowsItsDelays(s speed) {
	n.t.Helper()
	values, err := n.members[0].metrics(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	var measured, ways []time.Duration
	for name, value := range values {
		if strings.HasPrefix(name, "lockstep_ordering_round_trip_seconds{") {
			measured = append(measured, time.Duration(value*float64(time.Second)))
		}
	}
	for at := range n.members[1:] {
		ways = append(ways, 2*oneWay(0, at+1))
	}
	slices.Sort(measured)
	slices.Sort(ways)
	if len(measured) != len(ways) {
		n.t.Fatalf("validator 0 has measured %v, want %d round trips", measured, len(ways))
	}
	for i, way := range ways {
		if measured[i] < way*9/10 {
			n.t.Errorf("round trips of validator 0 are %v, and were measured as %v", ways, measured)
			break
		}
	}
	if slowest := ways[len(ways)-1]; s.propose < 2*slowest || s.vote < slowest/2 {
		n.t.Errorf("timeouts are %s and %s with a round trip of %s", s.propose, s.vote, slowest)
	}
}
