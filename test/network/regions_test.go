package network

import (
	"slices"
	"testing"
	"time"
)

// regions are where validators stand, in turn.
var regions = []string{"us-east", "us-west", "eu-west", "eu-north"}

// roundTrips between regions, in ms: 40 to 150, and 2 within one.
var roundTrips = [4][4]int{
	{2, 62, 80, 110},
	{62, 2, 136, 150},
	{80, 136, 2, 40},
	{110, 150, 40, 2},
}

// region of a validator.
func region(validator int) int { return validator % len(regions) }

// oneWay is the delay between two validators, without jitter.
func oneWay(a, b int) time.Duration {
	return time.Duration(roundTrips[region(a)][region(b)]) * time.Millisecond / 2
}

// floor is what no protocol of this kind gets below: the time from a proposal until a validator has the precommits of more than
// 2/3, over three one-way delays to a quorum, with nothing but the ways; the mean over all proposers and all validators.
func floor(validators int) time.Duration {
	quorum := 2*validators/3 + 1
	var sum time.Duration
	for proposer := range validators {
		at := make([]time.Duration, validators)
		for v := range at {
			if v != proposer {
				at[v] = oneWay(proposer, v)
			}
		}
		for _, done := range heardFrom(heardFrom(at, quorum), quorum) {
			sum += done
		}
	}
	return sum / time.Duration(validators*validators)
}

// heardFrom is when each validator has the votes of a quorum that were sent at the given times.
func heardFrom(sent []time.Duration, quorum int) []time.Duration {
	heard := make([]time.Duration, len(sent))
	for v := range sent {
		var arrivals []time.Duration
		for from, at := range sent {
			if from != v {
				at += oneWay(from, v)
			}
			arrivals = append(arrivals, at)
		}
		slices.Sort(arrivals)
		heard[v] = arrivals[quorum-1]
	}
	return heard
}

func TestFloor_IsThreeWaysToAQuorum(t *testing.T) {
	t.Parallel()
	// A quorum of four is three: the proposer's own region, and the nearer ones.
	sent := []time.Duration{0, 0, 0, 0}
	want := []int64{40, 68, 40, 55} // ms: the second nearest of the others
	for v, got := range heardFrom(sent, 3) {
		if got.Milliseconds() != want[v] || got%time.Millisecond != 0 {
			t.Errorf("validator %d has heard a quorum after %s, want %d ms", v, got, want[v])
		}
	}
	for _, n := range []int{4, 7, 16} {
		if f := floor(n); f < 90*time.Millisecond || f > 180*time.Millisecond {
			t.Errorf("floor of %d validators is %s", n, f)
		}
	}
	for a := range roundTrips {
		for b := range roundTrips {
			if roundTrips[a][b] != roundTrips[b][a] {
				t.Errorf("%s to %s is not the way back", regions[a], regions[b])
			}
		}
	}
}
