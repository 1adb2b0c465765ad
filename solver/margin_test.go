package solver

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestMargins_LearnFromAuctions(t *testing.T) {
	t.Parallel()
	m, k := newMargins(10, 60), market{"TOK", "USD"}
	if got := m.of(k); got != 60 {
		t.Errorf("begins with %d", got)
	}
	m.lost(k, big.NewInt(10_000), big.NewInt(10_019)) // 19 basis points: 20 less would have won
	if got := m.of(k); got != 40 {
		t.Errorf("%d after an auction that was lost by 19", got)
	}
	m.won(k)
	if got := m.of(k); got != 41 {
		t.Errorf("%d after one that was won", got)
	}
	m.lost(k, big.NewInt(10_000), big.NewInt(10_000))
	if got := m.of(k); got != 40 {
		t.Errorf("%d after a tie", got)
	}
	if got := m.of(market{"USD", "TOK"}); got != 60 {
		t.Errorf("another market has %d", got)
	}
}

func TestMargins_StayBetweenFloorAndCeiling(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	k := market{"TOK", "USD"}
	for range 200 {
		floor := r.Uint64N(100)
		m := newMargins(floor, floor+r.Uint64N(100))
		for range 100 {
			if r.IntN(2) == 0 {
				m.won(k)
			} else {
				m.lost(k, number(r, 90), number(r, 256))
			}
			if got := m.of(k); got < m.floor || got > m.ceiling {
				t.Fatalf("%d is not from %d to %d", got, m.floor, m.ceiling)
			}
		}
	}
}
