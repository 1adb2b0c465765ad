package ordering_test

import (
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering"
	. "github.com/lockstep-network/lockstep/ordering/orderingtest"
)

// listener follows a cluster by what machine 0 hears of each commit.
type listener struct {
	*Cluster
	t *testing.T
}

func newListener(t *testing.T) *listener {
	return &listener{NewNetwork(t, 1, 1, 1, 1).NewCluster(t), t}
}

// step decides a tick and gives what machine 0 heard of zone 1; edit changes the votes of the commit as it hears them.
func (l *listener) step(edit func([]ordering.ExtendedVote) []ordering.ExtendedVote) (heard core.Attested) {
	l.t.Helper()
	l.Before = func(height uint64, votes []ordering.ExtendedVote) {
		votes = slices.Clone(votes)
		if edit != nil {
			votes = edit(votes)
		}
		for _, a := range l.Machines[0].Hear(height, 0, votes) {
			if ledger := l.Machines[0].Attested(a.Zone); a.Tick <= ledger.Tick {
				l.t.Fatalf("tick %d: heard of zone %d, tick %d, the ledger has %d", height, a.Zone, a.Tick, ledger.Tick)
			}
			if a.Zone == Zone1 {
				heard = a
			}
		}
	}
	l.Step(core.Candidates{})
	return heard
}

func TestHear_OneTickBeforeTheLedger(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	var before core.Attested
	for range 6 {
		heard := l.step(nil)
		if last := l.Height() - 1; heard.Tick != last || last > 0 && heard.Digest != Digest(Zone1, last) {
			t.Fatalf("tick %d: heard %d (%s)", l.Height(), heard.Tick, heard.Digest)
		}
		if ledger := l.Machines[0].Attested(Zone1); ledger.Tick != before.Tick || ledger.Digest != before.Digest {
			t.Fatalf("tick %d: the ledger has %+v, a tick before it was heard %+v", l.Height(), ledger, before)
		}
		before = heard
	}
}

func TestHear_CountsOnlyGoodVotes(t *testing.T) {
	t.Parallel()
	without := func(n int) func([]ordering.ExtendedVote) []ordering.ExtendedVote {
		return func(votes []ordering.ExtendedVote) []ordering.ExtendedVote { return votes[n:] }
	}
	for _, test := range []struct {
		name  string
		edit  func([]ordering.ExtendedVote) []ordering.ExtendedVote
		heard bool
	}{
		{"one is missing", without(1), true},
		{"two are missing", without(2), false},
		{"two votes are one validator's", func(votes []ordering.ExtendedVote) []ordering.ExtendedVote {
			return append(votes[:2], votes[1], votes[1])
		}, false},
		{"signatures of others", func(votes []ordering.ExtendedVote) []ordering.ExtendedVote {
			votes[0].Signature, votes[1].Signature = votes[2].Signature, votes[3].Signature
			return votes
		}, false},
		{"names of others", func(votes []ordering.ExtendedVote) []ordering.ExtendedVote {
			votes[2].Validator, votes[3].Validator = votes[0].Validator, votes[1].Validator
			return votes[2:]
		}, false},
		{"a stranger's", func(votes []ordering.ExtendedVote) []ordering.ExtendedVote {
			votes[0].Validator, votes[1].Validator = make([]byte, 20), nil
			return votes
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := newListener(t)
			l.Step(core.Candidates{}) // its votes know of nothing
			if heard := l.step(test.edit); (heard.Tick > 0) != test.heard {
				t.Fatalf("heard %+v, want something: %v", heard, test.heard)
			}
			if heard := l.step(nil); heard.Tick != l.Height()-1 {
				t.Fatalf("good votes of tick %d: heard %+v", l.Height(), heard)
			}
		})
	}
}

// Who is not in the commit counts with what the ledger has of it.
func TestHear_AddsUpWithTheLedger(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	l.Results = func(i int, zone core.ZoneID, from uint64, limit int) []common.Hash {
		if i >= 2 && l.Height() < 5 {
			return nil
		}
		return Honest(zone, from, l.Height(), limit)
	}
	for range 5 {
		if heard := l.step(nil); heard.Tick > 0 {
			t.Fatalf("half of the power agrees: heard %+v", heard)
		}
	}
	slow := func(votes []ordering.ExtendedVote) []ordering.ExtendedVote { return votes[2:] }
	if heard := l.step(slow); heard.Tick != 3 { // the others' votes for tick 4 are in the ledger after tick 5
		t.Fatalf("heard %+v, want tick 3", heard)
	}
}

func TestHear_OfOtherHeightsNothing(t *testing.T) {
	t.Parallel()
	l := newListener(t)
	for range 3 {
		l.step(nil)
	}
	var votes []ordering.ExtendedVote
	l.Before = func(_ uint64, of []ordering.ExtendedVote) { votes = of }
	l.Step(core.Candidates{})
	for _, height := range []uint64{0, l.Height() - 1, l.Height(), l.Height() + 1, l.Height() + 2} {
		if heard := l.Machines[0].Hear(height, 0, votes); len(heard) > 0 { // at the next height the signatures are for another one
			t.Errorf("votes of tick %d as those of tick %d: heard %+v", l.Height(), height, heard)
		}
	}
	l.Before = func(height uint64, of []ordering.ExtendedVote) {
		if heard := l.Machines[0].Hear(height, 1, of); len(heard) > 0 {
			t.Errorf("votes of round 0 as those of round 1: heard %+v", heard)
		}
	}
	l.Step(core.Candidates{})
}
