package solver

import "math/big"

// market is a pair of tokens that orders are about.
type market struct{ input, output string }

// margins are what is asked for on each market. They fall with auctions that were lost to better offers, by as much as would
// have won them, and rise by a basis point with each that was won: between floor and ceiling.
type margins struct {
	floor, ceiling uint64
	now            map[market]uint64
}

func newMargins(floor, ceiling uint64) *margins {
	return &margins{floor, ceiling, make(map[market]uint64)}
}

// of is what is asked for on a market now.
func (m *margins) of(k market) uint64 {
	if margin, ok := m.now[k]; ok {
		return margin
	}
	return m.ceiling
}

// won takes notice of an auction that was won: a little less would perhaps have been enough.
func (m *margins) won(k market) { m.now[k] = min(m.ceiling, m.of(k)+1) }

// lost takes notice of one that went to an offer that was better by the difference of the two outputs.
func (m *margins) lost(k market, ours, theirs *big.Int) {
	step := uint64(1)
	if better := new(big.Int).Sub(theirs, ours); better.Sign() > 0 && ours.Sign() > 0 {
		points := divUp(better.Mul(better, basisPoints), ours)
		step = min(new(big.Int).Add(points, big.NewInt(1)).Uint64(), basisPoints.Uint64())
		if !points.IsUint64() {
			step = basisPoints.Uint64()
		}
	}
	m.now[k] = max(m.floor, m.of(k)-min(step, m.of(k)))
}
