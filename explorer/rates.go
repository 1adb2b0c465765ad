package explorer

import "github.com/lockstep-network/lockstep/core"

// rateSpan is over how long in ms the longer rate is taken, rateShort the shorter one.
const (
	rateSpan  = 10_000
	rateShort = 1000
)

// rates count over the newest seconds, frame by frame.
type rates struct {
	ticks  uint64 // since the frame before
	frames []rateFrame
}

// rateFrame is what one frame counted.
type rateFrame struct {
	at, ticks uint64
	added     map[core.RollupID]uint64
}

// close ends a frame at a moment in ms.
func (r *rates) close(now uint64, added map[core.RollupID]uint64) {
	r.frames = append(r.frames, rateFrame{now, r.ticks, added})
	r.ticks = 0
	for len(r.frames) > 2 && r.frames[1].at+rateSpan <= now {
		r.frames = r.frames[1:]
	}
}

// over is how much a count grew per second in the newest span of ms. The oldest frame is only where the time begins.
func (r *rates) over(span uint64, count func(*rateFrame) uint64) float64 {
	last := len(r.frames) - 1
	if last < 1 {
		return 0
	}
	now := r.frames[last].at
	var sum uint64
	begin := last
	for ; begin > 0 && r.frames[begin-1].at+span >= now; begin-- {
		sum += count(&r.frames[begin])
	}
	if begin == last {
		begin, sum = last-1, count(&r.frames[last])
	}
	elapsed := now - r.frames[begin].at
	if elapsed == 0 {
		return 0
	}
	return float64(sum*1000) / float64(elapsed)
}
