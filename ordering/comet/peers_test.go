package comet

import "testing"

func TestAgreedTick_AThirdOfThePeersCannotMoveIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ticks []uint64
		want  uint64
	}{
		{nil, 0}, {[]uint64{7}, 7}, {[]uint64{9, 10}, 10}, {[]uint64{1 << 60, 10, 11}, 11}, {[]uint64{0, 10, 11, 1 << 60}, 11},
		{[]uint64{1 << 60, 10, 11, 12, 1 << 61, 9, 10}, 12},
	} {
		if got := agreedTick(c.ticks); got != c.want {
			t.Errorf("%v: %d, want %d", c.ticks, got, c.want)
		}
	}
}
