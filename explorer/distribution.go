package explorer

import "slices"

// bounds are the upper bounds in ms of a histogram's buckets; the last bucket has none.
var bounds = []uint64{
	1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 200, 250, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000,
}

// window is how many seconds a distribution covers.
const window = 60

// histogram counts times by bucket.
type histogram [30]uint64

// distribution is a histogram over the last seconds: one for each second, in a ring.
type distribution struct {
	seconds [window]histogram
	of      [window]uint64 // the second that each is of
}

// add counts n times of ms at a moment in ms since the Unix epoch.
func (d *distribution) add(now, ms, n uint64) {
	second := now / 1000
	i := second % window
	if d.of[i] != second {
		d.of[i], d.seconds[i] = second, histogram{}
	}
	bucket, _ := slices.BinarySearch(bounds, ms)
	d.seconds[i][bucket] += n
}

// view sums up the seconds before now.
func (d *distribution) view(now uint64) Distribution {
	var sum histogram
	second := now / 1000
	for i := range d.seconds {
		if d.of[i]+window <= second {
			continue
		}
		for bucket, n := range d.seconds[i] {
			sum[bucket] += n
		}
	}
	v := Distribution{Buckets: sum[:]}
	for _, n := range sum {
		v.Count += n
	}
	v.P50, v.P90, v.P99 = sum.quantile(v.Count, 0.5), sum.quantile(v.Count, 0.9), sum.quantile(v.Count, 0.99)
	return v
}

// quantile estimates one, evenly within its bucket; of the open bucket it is the bound below.
func (h *histogram) quantile(count uint64, q float64) float64 {
	rank := q * float64(count)
	if count == 0 {
		return 0
	}
	var below float64
	for bucket, n := range h {
		if below+float64(n) < rank || n == 0 {
			below += float64(n)
			continue
		}
		lower := uint64(0)
		if bucket > 0 {
			lower = bounds[bucket-1]
		}
		if bucket == len(bounds) {
			return float64(lower)
		}
		return float64(lower) + (rank-below)/float64(n)*float64(bounds[bucket]-lower)
	}
	return float64(bounds[len(bounds)-1])
}

// levelTimes are the distributions from one beginning to each level.
type levelTimes struct{ ordered, executed, attested distribution }

func (t *levelTimes) view(now uint64) LevelDistributions {
	return LevelDistributions{Ordered: t.ordered.view(now), Executed: t.executed.view(now), Attested: t.attested.view(now)}
}
